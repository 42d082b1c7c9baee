"""The records of a run as they come in: their faults told, the ledger of earlier runs read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

from hypolicy.cli.console import FINDINGS, give_up, tell
from hypolicy.cli.settings import encoding_of
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.checks import NAMED, Checks, Remark
from hypolicy.records.faults import faults_path, write_faults
from hypolicy.records.history import read_history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from hypolicy.records.reading import Records
    from hypolicy.rules.outcome import Entry
    from hypolicy.rules.tree import Policy

_MOST_LISTED = 1000


def history_entries(path: Path | None, policy: Policy, encoding: str) -> tuple[Entry, ...]:
    """The entries of earlier runs; a faulty file ends the run."""
    if path is None:
        return ()
    history = read_history(path, policy, encoding_of(path, encoding))
    for text in history.decoded.notices:
        tell(f"提示：{text}")
    faults = history.decoded.faults
    if faults:
        listed = ((fault.row, fault.column, fault.problem) for fault in faults[:_MOST_LISTED])
        _tell_faults(listed, len(faults), history.decoded.row_label)
        tell(f"台账文件 {path} 有{len(faults)}处问题，没有写任何结果。")
        sys.exit(FINDINGS)
    return history.entries


def keys_of(entries: Iterable[Entry], policy: Policy) -> frozenset[str]:
    """The keys of the records that these entries come from."""
    key = policy.records[0].key.name
    return frozenset(str(entry.facts[key]) for entry in entries)


def require_sound(checks: Checks, data: Path | None, outputs: Sequence[Path], code: int = FINDINGS) -> None:
    """End the run where records are faulty, or have been decided before; all faults are listed in a file.

    `code` is that of the end for faults.
    """
    records = checks.records
    entered = checks.alone.entered
    if entered.count:
        facts = {"count": str(entered.count), "rows": _named(entered, records)}
        raise Refusal(Diagnostic("HY911", facts))
    if checks.faults:
        _refuse(checks, data, outputs, code)


def _refuse(checks: Checks, data: Path | None, outputs: Sequence[Path], code: int) -> NoReturn:
    """List every fault; where the data's folder is closed, or no folder of this machine, beside the output."""
    records, faults = checks.records, checks.faults.all()
    _tell_faults(faults.head(_MOST_LISTED).iter_rows(), faults.height, records.row_label)
    written: Path | None = None
    problem: Refusal | None = None
    for place in [faults_path(path) for path in (data, *outputs) if path is not None]:
        try:
            write_faults(place, faults, records)
        except Refusal as refusal:
            problem = problem or refusal
            continue
        written = place
        break
    tell(f"共{faults['row'].n_unique()}条记录、{faults.height}处问题，没有写任何结果。")
    if written is not None:
        tell(f"问题清单：{written}")
    elif problem is not None:
        give_up(problem)
    sys.exit(code)


def tell_remarks(checks: Checks) -> None:
    """What was not read, and what is odd."""
    for text in checks.records.notices:
        tell(f"提示：{text}")
    for remark in checks.remarks():
        tell(f"提示：{remark.message}（{_named(remark, checks.records)}，共{remark.count}条）。")


def _named(remark: Remark, records: Records) -> str:
    named = "、".join(records.row_label(row) for row in remark.first)
    return named + ("等" if remark.count > NAMED else "")


def _tell_faults(faults: Iterable[tuple[int, str, str]], count: int, label: Callable[[int], str]) -> None:
    for row, column, problem in faults:
        tell(f"{label(row)}「{column}」：{problem}")
    if count > _MOST_LISTED:
        tell(f"……还有{count - _MOST_LISTED}处。")
