"""Sums of what is granted, by year, the dimensions of the policy, and item; and counts of every result.

Sums are Python's own integers: no number of records is too large for them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.columns.coding import HUNDREDTHS
from hypolicy.backends.columns.entries import FEN, ITEM
from hypolicy.backends.columns.reasons import STATUSES
from hypolicy.rules.types import NumberType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hypolicy.rules import tree
    from hypolicy.rules.tree import Value

_MOST: Final = 2**62
_YEAR: Final = "#year"


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

    def add(self, granted: pl.DataFrame) -> None:
        """Payments: rows with `ITEM`, `FEN` and the facts of `names`."""
        if not granted.height:
            return
        dimensions = [fact.name for fact in self.policy.dimensions]
        by_date: dict[str | None, list[int]] = {}
        for place, benefit in enumerate(self.policy.benefits):
            name = benefit.year_date.name if benefit.year_date is not None else None
            by_date.setdefault(name, []).append(place)
        for name, items in by_date.items():
            rows = granted if len(by_date) == 1 else granted.filter(pl.col(ITEM).is_in(items))
            year = pl.lit(0) if name is None else pl.col(name).dt.year()
            for part in _small_enough(rows):
                summed = part.group_by(ITEM, year.cast(pl.Int64).alias(_YEAR), *dimensions).agg(
                    pl.len().cast(pl.Int64).alias("#count"), pl.col(FEN).sum()
                )
                for *key, count, fen in summed.iter_rows():
                    self.put(tuple(key), count, fen)

    def cells(self) -> list[Cell]:
        return [
            Cell(year, tuple(map(_value, self.policy.dimensions, values)), item, count, fen)
            for (item, year, *values), (count, fen) in self._cells.items()
            if count
        ]


def _small_enough(rows: pl.DataFrame) -> Sequence[pl.DataFrame]:
    """Slices whose sum surely stays within a machine word."""
    most = rows[FEN].max() or 0
    assert isinstance(most, int)
    size = max(_MOST // max(most, 1), 1)
    return [rows] if rows.height <= size else list(rows.iter_slices(size))


def _value(fact: tree.Fact, value: Any) -> Value | None:
    """The language's own value of a canonical one."""
    if isinstance(fact.type, NumberType) and not fact.type.whole and value is not None:
        return Fraction(value, HUNDREDTHS)
    result: Value | None = value
    return result
