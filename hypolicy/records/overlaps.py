"""Records of one holder whose days overlap, among millions: 提示 of the form 同一X的A至B重叠."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from attrs import define, field

from hypolicy.backends.columns.parts import numbers_of, part_of
from hypolicy.records.spill import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hypolicy.rules.tree import Fact

_BITS: Final = 32


@define
class Overlaps:
    """The days of all records of a run; `room` is about how many bytes they may take in memory."""

    holder: Fact
    first: Fact
    last: Fact
    room: int
    _holders: Numbers = field(init=False)
    _days: Numbers = field(init=False)  # the first in the upper half, the last in the lower
    _rows: Numbers = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._holders, self._days, self._rows = (Numbers(self.room // 6) for _ in range(3))

    def add(self, first_row: int, columns: dict[str, pl.Series]) -> None:
        """Take in the records of a piece."""
        holders, days, rows = days_of((self.holder, self.first, self.last), first_row, columns)
        self._holders.add(holders)
        self._days.add(days)
        self._rows.add(rows)

    def rows(self) -> NDArray[np.int64]:
        """Records whose days, both ends included, meet those of another record of the same holder."""
        count = self._holders.count
        parts = 1 + 3 * 8 * count // self.room
        found = [np.zeros(0, np.int64)]
        for part in range(parts):
            pieces = zip(self._holders.pieces(), self._days.pieces(), self._rows.pieces(), strict=True)
            chosen = [
                [numbers[inside] for numbers in piece]
                for piece in pieces
                for inside in [part_of(piece[0], parts) == part]
            ]
            if chosen:
                found.append(meeting(*(np.concatenate(column) for column in zip(*chosen, strict=True))))
        return np.sort(np.concatenate(found))


def days_of(
    facts: tuple[Fact, Fact, Fact], first_row: int, columns: dict[str, pl.Series]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Holders as numbers, first and last day in one word, and rows; what lacks a fact overlaps with nothing."""
    chosen = [columns[fact.name] for fact in facts]
    given = np.ones(len(chosen[0]), np.bool_)
    for series in chosen:
        if series.null_count():
            given &= series.is_not_null().to_numpy()
    rows = np.flatnonzero(given)
    holder, first, last = (series.gather(rows) for series in chosen)
    days = [series.to_physical().cast(pl.Int64).to_numpy() for series in (first, last)]
    return numbers_of(holder), (days[0] << _BITS) + days[1], rows + first_row


def meeting(
    holders: NDArray[np.int64], days: NDArray[np.int64], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """By holder and first day, a record meets an earlier one if it begins before the latest end so far."""
    order = np.lexsort((rows, days, holders))
    holders, days, rows = holders[order], days[order], rows[order]
    last = (days & ((1 << _BITS) - 1)).astype(np.int32).astype(np.int64)
    first = (days - last) >> _BITS
    # Days of different holders lie so far apart that they cannot meet.
    group = np.concatenate([[0], np.cumsum(holders[1:] != holders[:-1])]) if len(holders) else holders
    first, last = first + (group << _BITS), last + (group << _BITS)
    latest = np.maximum.accumulate(last)
    before = np.concatenate([[-(1 << 62)], latest[:-1]]) if len(latest) else latest
    later = np.flatnonzero(first <= before)
    # The record that the latest end so far belongs to: the last one that raised it.
    raised = np.flatnonzero(last > before)
    owners = raised[np.searchsorted(raised, later, side="left") - 1]
    return rows[np.union1d(later, owners)]
