"""The results of a simulation, as far as pages show them: what each reading would cost, and what a draft would.

A run vouches for its files by their hashes, and for the rules that it was made with; both are compared before
anything of it is shown.
"""

from __future__ import annotations

import csv
import hashlib
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hypolicy.source.folder import PolicyFolder

RUN: Final = "run.json"
READINGS: Final = "readings.csv"
COMPARISON: Final = "comparison.csv"
WHOLE: Final = "合计"
_NAMES: Final = frozenset({"年度", "补贴项目", "资金来源", "人次差", "金额差"})
_FIGURES: Final = ("人次", "金额")


@frozen
class Price:
    """What another option of a reading would come to, over all years: more payments, and more money in yuan."""

    reading: str
    option: str
    payments: int
    yuan: Fraction


@frozen
class BudgetChange:
    """Money of an item in a year, in yuan, before and after amendments; the sums are called 合计."""

    year: str
    item: str
    before: Fraction
    after: Fraction
    more: Fraction


@frozen
class Simulation:
    """`scenario` is what was simulated. Prices and changes are there where the run has worked them out."""

    scenario: str
    prices: tuple[Price, ...]
    changes: tuple[BudgetChange, ...]


def read_simulation(
    path: Path, number: str, folder: PolicyFolder, amendments: Sequence[Path] = ()
) -> Simulation:
    """The results in a folder that `simulate` has written for the policy `number`, whose files are in `folder`, with
    these files of amendments.

    Raises Refusal where these are no results, are not what the run has written, or are of other rules.
    """
    try:
        record: dict[str, Any] = json.loads((path / RUN).read_text(encoding="utf-8"))
        inputs, outputs, policy = record["输入"], record["输出"], record["政策"]
        scenario, amended = str(record["情景"]), list(record.get("修订", ()))
        assumed = [str(one) for name in ("参数", "替换的表") for one in record.get(name, ())]
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(Diagnostic("HY896", {"path": str(path)})) from None
    hashes = set(inputs.values())
    other = [name for name in _rules(folder) if _hash((folder.root / name).read_bytes()) not in hashes]
    other += [str(file) for file in amendments if _hash(file.read_bytes()) not in hashes]
    other += [*amended[len(amendments) :], *assumed]
    if policy != number or other:
        raise Refusal(Diagnostic("HY897", {"path": str(path), "file": other[0] if other else policy}))
    tables = {name: _table(path, name, outputs[name]) for name in (READINGS, COMPARISON) if name in outputs}
    return Simulation(
        scenario, tuple(_prices(tables.get(READINGS, []))), tuple(_changes(tables.get(COMPARISON, [])))
    )


def _rules(folder: PolicyFolder) -> list[str]:
    """The rule files that no result can do without: worked cases and drafts apart."""
    names = [str(path) for path in folder.rule_files()]
    return [name for name in names if not name.startswith(("修订/", "用例/"))]


def _table(path: Path, name: str, expected: str) -> list[dict[str, str]]:
    try:
        data = (path / name).read_bytes()
    except OSError:
        data = b""
    if _hash(data) != expected:
        raise Refusal(Diagnostic("HY898", {"path": str(path), "file": name}))
    return list(csv.DictReader(data.decode("utf-8-sig").splitlines()))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _prices(rows: list[dict[str, str]]) -> Iterator[Price]:
    for row in rows:
        if row["本次采用"] == "否":
            yield Price(row["口径"], row["选项"], int(row["人次差"]), Fraction(row["金额差"]))


def _changes(rows: list[dict[str, str]]) -> Iterator[BudgetChange]:
    """The lines of the whole city, item by item and altogether; what stays as it is, is left out."""
    for row in rows:
        dimensions = [name for name in row if name not in _NAMES and not name.endswith(_FIGURES)]
        summed = all(row[name] == WHOLE for name in dimensions)
        whole = row["补贴项目"] != WHOLE or row["资金来源"] == WHOLE
        more = Fraction(row["金额差"])
        if summed and whole and (more or row["补贴项目"] == WHOLE):
            before, after = Fraction(row["现行金额"]), Fraction(row["修订金额"])
            yield BudgetChange(row["年度"], row["补贴项目"], before, after, more)
