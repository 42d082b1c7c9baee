"""One batch of records: read, screened, decided. Nothing is decided while a record is faulty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.figures import Figures
from hypolicy.backends.exact.screen import Screen
from hypolicy.records.decode import Decoded, Fault, decode
from hypolicy.records.files import read_raw

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hypolicy.rules.outcome import Decided, Decision, Entry, Settings
    from hypolicy.rules.tree import Policy, RecordKind

Row = Sequence[Any]


@frozen
class Batch:
    """Records of one kind in the order of their file, with every fault of every one."""

    decoded: Decoded
    rows: list[Row] = field(repr=False)
    faults: list[Fault]

    @property
    def kind(self) -> RecordKind:
        return self.decoded.kind

    def keys(self) -> list[str]:
        return [str(row[self.kind.key.index]) for row in self.rows]


def read_batch(path: Path, kind: RecordKind, settings: Settings, encoding: str = "utf-8") -> Batch:
    """Read a file and put it through the 校验 of the policy.

    Raises Refusal where the file as a whole cannot be read; faults of rows are collected.
    """
    decoded = decode(read_raw(path, encoding), kind)
    columns = [decoded.columns[fact.name] for fact in kind.facts]
    rows: list[Row] = list(zip(*columns, strict=True))
    broken = {fault.row for fault in decoded.faults}
    sound = [(place, row) for place, row in enumerate(rows) if place not in broken]
    violations = Screen(kind, settings).violations(sound)
    faults = [*decoded.faults, *(Fault(v.row, v.column, v.message) for v in violations)]
    faults.sort(key=lambda fault: fault.row)
    return Batch(decoded, rows, faults)


def decide_batch(policy: Policy, settings: Settings, batch: Batch, history: Iterable[Entry] = ()) -> Decided:
    """Decisions on a batch without faults."""
    assert not batch.faults
    return Evaluator(policy, settings).decide(batch.rows, history, batch.kind.name)


def figures_of(
    policy: Policy, settings: Settings, batch: Batch
) -> tuple[tuple[str, ...], list[list[Decision]], dict[str, Decision]]:
    """Names and results of checks and computations of each record, and of those over all records."""
    figures = Figures(policy, batch.kind, settings)
    rows = [list(figures.of(row).values()) for row in batch.rows]
    return figures.names, rows, figures.overall(batch.rows)
