"""The records of a run as they come in: their faults told, the ledger of earlier runs read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

from hypolicy.cli.console import FINDINGS, give_up, tell
from hypolicy.cli.settings import encoding_of
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.faults import faults_path, write_faults
from hypolicy.records.history import read_history

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hypolicy.records.batch import Batch
    from hypolicy.records.decode import Decoded, Fault
    from hypolicy.rules.outcome import Entry
    from hypolicy.rules.tree import Policy

ROWS_NAMED = 5
_MOST_LISTED = 1000


def history_entries(path: Path | None, policy: Policy, encoding: str, batch: Batch) -> tuple[Entry, ...]:
    """The entries of earlier runs; a faulty file ends the run, and a record in both is refused."""
    if path is None:
        return ()
    history = read_history(path, policy, encoding_of(path, encoding))
    for text in history.decoded.notices:
        tell(f"提示：{text}")
    if history.decoded.faults:
        _tell_faults(history.decoded, history.decoded.faults)
        tell(f"台账文件 {path} 有{len(history.decoded.faults)}处问题，没有写任何结果。")
        sys.exit(FINDINGS)
    key = batch.kind.key.name
    known = {str(entry.facts[key]) for entry in history.entries}
    both = [batch.decoded.row_label(row) for row, name in enumerate(batch.keys()) if name in known]
    if both:
        rows = "、".join(both[:ROWS_NAMED]) + ("等" if len(both) > ROWS_NAMED else "")
        raise Refusal(Diagnostic("HY911", {"count": str(len(both)), "rows": rows}))
    return history.entries


def refuse(batch: Batch, data: Path, outputs: Sequence[Path]) -> NoReturn:
    """List every fault, write the list, and end; where the data's folder is closed, beside the output."""
    faults = batch.faults
    _tell_faults(batch.decoded, faults)
    rows = len({fault.row for fault in faults})
    places = [faults_path(data), *(faults_path(path) for path in outputs)]
    written: Path | None = None
    problem: Refusal | None = None
    for place in places:
        try:
            write_faults(place, faults, batch.decoded.raw)
        except Refusal as refusal:
            problem = problem or refusal
            continue
        written = place
        break
    tell(f"共{rows}条记录、{len(faults)}处问题，没有写任何结果。")
    if written is not None:
        tell(f"问题清单：{written}")
    elif problem is not None:
        give_up(problem)
    sys.exit(FINDINGS)


def _tell_faults(decoded: Decoded, faults: list[Fault]) -> None:
    for fault in faults[:_MOST_LISTED]:
        tell(f"{decoded.row_label(fault.row)}「{fault.column}」：{fault.problem}")
    if len(faults) > _MOST_LISTED:
        tell(f"……还有{len(faults) - _MOST_LISTED}处。")
