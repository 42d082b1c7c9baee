"""One batch of records, all in memory, decided by the exact evaluator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.records.checks import Checks
    from hypolicy.rules.outcome import Decided, Decision, Entry, Settings
    from hypolicy.rules.tree import Policy, RecordKind

Row = Sequence[Any]


def read_batch(checks: Checks) -> list[Row]:
    """All records as rows of values, in their order; what is wrong with them is then known to the checks."""
    rows: list[Row] = []
    for piece in checks.pieces():
        columns = [piece.decoded.columns[fact.name] for fact in checks.records.kind.facts]
        rows += zip(*columns, strict=True)
    return rows


def decide_batch(
    policy: Policy, settings: Settings, kind: RecordKind, rows: list[Row], history: Iterable[Entry] = ()
) -> Decided:
    """Decisions on records without faults."""
    from hypolicy.backends.exact.evaluate import Evaluator  # noqa: PLC0415 - compiled rules need not wait for it

    return Evaluator(policy, settings).decide(rows, history, kind.name)


def figures_of(
    policy: Policy, settings: Settings, kind: RecordKind, rows: list[Row]
) -> tuple[tuple[str, ...], list[list[Decision]], dict[str, Decision]]:
    """Names and results of checks and computations of each record, and of those over all records."""
    from hypolicy.backends.exact.figures import Figures  # noqa: PLC0415 - as above

    figures = Figures(policy, kind, settings)
    found = [list(figures.of(row).values()) for row in rows]
    return figures.names, found, figures.overall(rows)
