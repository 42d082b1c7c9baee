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
    # Item, year and values of the dimensions, as canonical frames hold them.
    Key = tuple[Any, ...]

_MOST: Final = 2**62
# Values that are told apart by an array of all of them.
_FEW: Final = 1 << 12
_FEW_YEARS: Final = 100


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
    _cells: dict[Key, list[int]] = field(factory=dict)
    # Cells, counts and sums that are not put yet.
    _coming: tuple[Sequence[Key], NDArray[Any], NDArray[Any]] | None = None

    @classmethod
    def none(cls, policy: tree.Policy) -> Totals:
        return cls(policy, np.zeros((len(policy.benefits), len(STATUSES)), np.int64))

    @classmethod
    def of(
        cls,
        policy: tree.Policy,
        cells: Sequence[Key],
        statuses: NDArray[np.int64],
        counts: NDArray[Any],
        sums: NDArray[Any],
    ) -> Totals:
        """What cells come to; looked at when somebody asks."""
        return cls(policy, statuses, coming=(cells, counts, sums))

    def __add__(self, other: Totals) -> Totals:
        out = Totals(self.policy, self.statuses + other.statuses)
        for totals in (self, other):
            figures = totals._put_cells()
            out.put(
                list(figures),
                [count for count, _ in figures.values()],
                [fen for _, fen in figures.values()],
            )
        return out

    def add(self, frame: pl.DataFrame, rows: Ints, item: Ints, fen: Ints) -> None:
        """Payments for rows of a frame, which holds the facts of the policy that tell year and dimensions."""
        self.put(*self._summed(frame, rows, item, fen))

    def take_back(self, frame: pl.DataFrame, rows: Ints, item: Ints, fen: Ints) -> None:
        """Payments that were added before."""
        cells, counts, sums = self._summed(frame, rows, item, fen)
        self.put(cells, [-count for count in counts], [-fen for fen in sums])

    def _summed(
        self, frame: pl.DataFrame, rows: Ints, item: Ints, fen: Ints
    ) -> tuple[list[Key], list[int], list[int]]:
        if not len(rows):
            return [], [], []
        places, cells = cells_of(self.policy, frame, rows, item)
        return cells, *summed(places, fen, len(cells))

    def put(self, cells: Sequence[Key], counts: list[int], sums: list[int]) -> None:
        self._put_cells()
        self._put(cells, counts, sums)

    def _put(self, cells: Sequence[Key], counts: list[int], sums: list[int]) -> None:
        for key, count, fen in zip(cells, counts, sums, strict=True):
            if count:
                cell = self._cells.setdefault(key, [0, 0])
                cell[0] += count
                cell[1] += fen

    def _put_cells(self) -> dict[Key, list[int]]:
        if self._coming is not None:
            (cells, counts, sums), self._coming = self._coming, None
            self._put(cells, counts.tolist(), sums.tolist())
        return self._cells

    def cells(self) -> list[Cell]:
        return [
            Cell(year, tuple(map(_value, self.policy.dimensions, values)), item, count, fen)
            for (item, year, *values), (count, fen) in self._put_cells().items()
            if count
        ]


def cells_of(policy: tree.Policy, frame: pl.DataFrame, rows: Ints, item: Ints) -> tuple[Ints, list[Key]]:
    """For payments for rows of a frame the place of the cell that each belongs to, and the cells."""
    by_date: dict[str | None, list[int]] = {}
    for place, benefit in enumerate(policy.benefits):
        name = benefit.year_date.name if benefit.year_date is not None else None
        by_date.setdefault(name, []).append(place)
    places = np.zeros(len(rows), np.int64)
    cells: list[Key] = []
    for name, items in by_date.items():
        chosen = np.flatnonzero(np.isin(item, items)) if len(by_date) > 1 else np.arange(len(rows))
        if not len(chosen):
            continue
        some = rows[chosen]
        years = Groups.of_years(frame[name], some) if name is not None else Groups.one(0, len(some))
        dimensions = [Groups.of(frame[fact.name], some) for fact in policy.dimensions]
        every_item = Groups(list(range(len(policy.benefits))), item[chosen])
        own, combinations = _together([every_item, years, *dimensions])
        places[chosen] = own + len(cells)
        cells += combinations
    return places, cells


def summed(places: Ints, fen: Ints, cells: int) -> tuple[list[int], list[int]]:
    """How many payments each cell has, and their sums, exactly."""
    counts, sums = np.bincount(places, minlength=cells), np.zeros(cells, np.int64)
    if len(fen) and int(fen.max()) > _MOST // len(fen):
        of_cells = sums.astype(object)
        np.add.at(of_cells, places, fen.astype(object))
        return counts.tolist(), of_cells.tolist()
    np.add.at(sums, places, fen)
    return counts.tolist(), sums.tolist()


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
        starts = np.array([day_of(year, 1, 1) for year in range(first, last + 2)], np.int64)
        if last - first > _FEW_YEARS:
            return cls(list(range(first, last + 1)), np.searchsorted(starts[1:-1], days, side="right"))
        # The place of the year of each day there may be, which is looked up sooner than found.
        places = np.repeat(np.arange(last - first + 1), np.diff(starts))
        return cls(list(range(first, last + 1)), places.take(days - starts[0]))


def _together(groups: Sequence[Groups]) -> tuple[Ints, list[Key]]:
    """Places among the combinations of values, of which those that nobody has may be among them."""
    codes = np.zeros(len(groups[0].places), np.int64)
    cells: list[Key] = [()]
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


def _value(fact: tree.Fact, value: Any) -> Value | None:
    """The language's own value of a canonical one."""
    if isinstance(fact.type, NumberType) and not fact.type.whole and value is not None:
        return Fraction(value, HUNDREDTHS)
    result: Value | None = value
    return result
