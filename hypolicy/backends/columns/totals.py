"""Sums of what is granted, by year, the dimensions of the policy, and item; and counts of every result.

Sums are Python's own integers: no number of records is too large for them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.columns.calendar import day_of, year_of
from hypolicy.backends.columns.coding import HUNDREDTHS
from hypolicy.backends.columns.reasons import STATUSES
from hypolicy.rules.types import NumberType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hypolicy.rules import tree
    from hypolicy.rules.tree import Value

    Ints = NDArray[np.int64]

_MOST: Final = 2**62
# Values that are told apart by an array of all of them.
_FEW: Final = 1 << 12


@frozen
class Cell:
    """`dimensions` are values of the policy's 汇总维度, in their order; `year` is 0 where the item has none."""

    year: int
    dimensions: tuple[Value | None, ...]
    item: int
    count: int
    fen: int


@define
class Totals:
    """`statuses` counts rows by item and status (see `reasons.STATUSES`)."""

    policy: tree.Policy
    statuses: NDArray[np.int64]
    _cells: dict[tuple[Any, ...], list[int]] = field(factory=dict)

    @classmethod
    def none(cls, policy: tree.Policy) -> Totals:
        return cls(policy, np.zeros((len(policy.benefits), len(STATUSES)), np.int64))

    def __add__(self, other: Totals) -> Totals:
        out = Totals(self.policy, self.statuses + other.statuses)
        for totals in (self, other):
            for key, (count, fen) in totals._cells.items():
                out.put(key, count, fen)
        return out

    def put(self, key: tuple[Any, ...], count: int, fen: int) -> None:
        cell = self._cells.setdefault(key, [0, 0])
        cell[0] += count
        cell[1] += fen

    @property
    def names(self) -> list[str]:
        """The facts that payments are summed by."""
        dates = [benefit.year_date.name for benefit in self.policy.benefits if benefit.year_date is not None]
        return list(dict.fromkeys([*(fact.name for fact in self.policy.dimensions), *dates]))

    def add(self, frame: pl.DataFrame, rows: Ints, item: Ints, fen: Ints) -> None:
        """Payments for rows of a frame, which holds the facts of `names`."""
        by_date: dict[str | None, list[int]] = {}
        for place, benefit in enumerate(self.policy.benefits):
            name = benefit.year_date.name if benefit.year_date is not None else None
            by_date.setdefault(name, []).append(place)
        for name, items in by_date.items():
            chosen = slice(None) if len(by_date) == 1 else np.flatnonzero(np.isin(item, items))
            if len(item[chosen]):
                self._add(frame, name, rows[chosen], item[chosen], fen[chosen])

    def _add(self, frame: pl.DataFrame, date: str | None, rows: Ints, item: Ints, fen: Ints) -> None:
        """Payments whose year is that of one date, or 0 where there is none."""
        years = Groups.of_years(frame[date], rows) if date is not None else Groups.one(0, len(rows))
        groups = [Groups(list(range(len(self.policy.benefits))), item), years]
        groups += [Groups.of(frame[fact.name], rows) for fact in self.policy.dimensions]
        codes, cells = _together(groups)
        counts, sums = np.bincount(codes, minlength=len(cells)), [0] * len(cells)
        for part in _small_enough(fen):
            added = np.zeros(len(cells), np.int64)
            np.add.at(added, codes[part], fen[part])
            sums = [before + more for before, more in zip(sums, added.tolist(), strict=True)]
        for key, count, amount in zip(cells, counts.tolist(), sums, strict=True):
            if count:
                self.put(key, count, amount)

    def cells(self) -> list[Cell]:
        return [
            Cell(year, tuple(map(_value, self.policy.dimensions, values)), item, count, fen)
            for (item, year, *values), (count, fen) in self._cells.items()
            if count
        ]


@frozen
class Groups:
    """The different values of something, and for each payment the place of its value among them."""

    values: list[Any]
    places: Ints

    @classmethod
    def one(cls, value: Any, count: int) -> Groups:
        return cls([value], np.zeros(count, np.int64))

    @classmethod
    def of(cls, column: pl.Series, rows: Ints) -> Groups:
        """Canonical values of some rows of a column. Small numbers, such as those of labels, are places already."""
        numbers = column.to_physical()
        dtype = column.dtype
        if isinstance(dtype, pl.Enum) and not numbers.null_count():
            return cls(dtype.categories.to_list(), numbers.to_numpy()[rows].astype(np.int64))
        if numbers.dtype.is_integer() and not numbers.null_count():
            least, most = int(numbers.min() or 0), int(numbers.max() or 0)  # type: ignore[arg-type]
            if most - least < _FEW:
                every = pl.Series(range(least, most + 1), dtype=numbers.dtype).cast(dtype)
                return cls(every.to_list(), numbers.to_numpy()[rows].astype(np.int64) - least)
        chosen = column.gather(rows)
        values = chosen.unique(maintain_order=True)
        places = chosen.replace_strict(values, range(len(values)), return_dtype=pl.Int64)
        return cls(values.to_list(), places.to_numpy())

    @classmethod
    def of_years(cls, column: pl.Series, rows: Ints) -> Groups:
        """The years of some rows of a column of dates."""
        if column.null_count():
            return cls.of(column.dt.year(), rows)
        days = column.to_physical().to_numpy()[rows]
        first, last = year_of(int(days.min())), year_of(int(days.max()))
        starts = np.array([day_of(year, 1, 1) for year in range(first + 1, last + 1)], days.dtype)
        return cls(list(range(first, last + 1)), np.searchsorted(starts, days, side="right"))


def _together(groups: Sequence[Groups]) -> tuple[Ints, list[tuple[Any, ...]]]:
    """Places among the combinations of values, of which those that nobody has may be among them."""
    codes = np.zeros(len(groups[0].places), np.int64)
    cells: list[tuple[Any, ...]] = [()]
    for group in groups:
        codes = codes * len(group.values) + group.places
        if len(cells) * len(group.values) <= _FEW:
            cells = [(*cell, value) for cell in cells for value in group.values]
            continue
        known, codes = np.unique(codes, return_inverse=True)
        cells = [
            (*cells[code // len(group.values)], group.values[code % len(group.values)])
            for code in known.tolist()
        ]
    return codes, cells


def _small_enough(fen: Ints) -> list[slice]:
    """Stretches whose sums surely stay within a machine word."""
    size = max(_MOST // max(int(fen.max()), 1), 1)
    return [slice(first, first + size) for first in range(0, len(fen), size)]


def _value(fact: tree.Fact, value: Any) -> Value | None:
    """The language's own value of a canonical one."""
    if isinstance(fact.type, NumberType) and not fact.type.whole and value is not None:
        return Fraction(value, HUNDREDTHS)
    result: Value | None = value
    return result
