"""Worked cases, run: what was expected of each record, and what came out."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.figures import Figures
from hypolicy.rules.outcome import Decision, Settings, Status, fen_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.rules import tree


@frozen
class Mismatch:
    """One item of one record (counted from 1) that came out otherwise."""

    record: int
    item: str
    expected: str
    got: str


@frozen
class CaseResult:
    case: tree.WorkedCase
    mismatches: tuple[Mismatch, ...]

    @property
    def passed(self) -> bool:
        return not self.mismatches


def run_case(policy: tree.Policy, case: tree.WorkedCase) -> CaseResult:
    """Decide the records of a case under its own readings and tables.

    An item that is not expected must not be paid.
    """
    settings = Settings(case.readings, case.parameters, case_tables(policy, case))
    kind = next(kind for kind in policy.records if kind.name == case.record)
    rows = [[record.get(fact.name) for fact in kind.facts] for record in case.records]
    decided = Evaluator(policy, settings, complete=False).decide(rows, record=kind.name)
    names = [benefit.name for benefit in policy.benefits]
    figures = Figures(policy, kind, settings)
    overall = figures.overall(rows)
    mismatches: list[Mismatch] = []
    for number, (row, decisions, expected) in enumerate(
        zip(rows, decided.rows, case.expected, strict=True), start=1
    ):
        got: dict[str, Decision] = dict(zip(names, decisions, strict=True))
        got.update(figures.of(row) | overall)
        mismatches += _compare(number, got, expected)
    return CaseResult(case, tuple(mismatches))


def case_tables(policy: tree.Policy, case: tree.WorkedCase) -> dict[str, tuple[tree.TableVersion, ...]]:
    """The tables that a case puts in place of the policy's own, single cells changed."""
    tables: dict[str, tuple[tree.TableVersion, ...]] = {
        name: (version,) for name, version in case.tables.items()
    }
    for name, keys, column, value in case.cells:
        table = next(table for table in policy.tables if table.name == name)
        index = next(c.index for c in table.columns if c.name == column)
        versions = tables.get(name, table.versions)
        tables[name] = tuple(_with_cell(version, keys, index, value) for version in versions)
    return tables


def _with_cell(
    version: tree.TableVersion, keys: tuple[str, ...], index: int, value: tree.Value
) -> tree.TableVersion:
    row = version.rows.get(keys)
    if row is None:
        return version
    changed = (*row[:index], value, *row[index + 1 :])
    return evolve(version, rows={**version.rows, keys: changed})


def _compare(number: int, got: dict[str, Decision], expected: Sequence[tree.Expected]) -> Iterator[Mismatch]:
    for wanted in expected:
        decision = got.get(wanted.item)
        if decision is None:
            yield Mismatch(number, wanted.item, _wanted_text(wanted), "这种记录没有这一项")
        elif not _fits(decision, wanted):
            yield Mismatch(number, wanted.item, _wanted_text(wanted), _got_text(decision))
    named = {wanted.item for wanted in expected}
    for item, decision in got.items():
        if item not in named and decision.status is Status.GRANTED:
            yield Mismatch(number, item, "不发", _got_text(decision))


def _fits(decision: Decision, wanted: tree.Expected) -> bool:
    return (
        decision.status.value == wanted.status
        and (wanted.amount is None or Fraction(decision.fen, 100) == wanted.amount)
        and wanted.reason in decision.reason_text
        and set(wanted.clauses) <= set(decision.clauses)
    )


def _wanted_text(wanted: tree.Expected) -> str:
    amount = "" if wanted.amount is None else f"{fen_text(int(wanted.amount * 100))}元"
    reason = f"“{wanted.reason}”" if wanted.reason else ""
    clauses = f"，依据{'、'.join(wanted.clauses)}" if wanted.clauses else ""
    return f"{wanted.status}{amount}{reason}{clauses}"


def _got_text(decision: Decision) -> str:
    amount = f"{fen_text(decision.fen)}元" if decision.status is Status.GRANTED else ""
    clauses = f"，依据{'、'.join(decision.clauses)}" if decision.clauses else ""
    return f"{decision.status.value}{amount}“{decision.reason_text}”{clauses}"
