"""Sums of what is granted, by calendar year, the dimensions that the policy declares, and item. All whole numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.behaviour.frame import NONE, labels_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Column, Counts, Fen
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.scenario.check import Checked

MONEY: Final = pl.Decimal(18, 2)
# Certificates and payments of a year's trainings fall into it or into one of so many years after it.
_YEARS_AFTER: Final = 6
_EPOCH: Final = date(1970, 1, 1).toordinal()


@frozen
class Totals:
    """Both have one place for each year, label of each dimension, and item. Money is in fen."""

    counts: Counts = field(eq=False)
    fen: Fen = field(eq=False)


@define
class Axes:
    """What the places of totals stand for."""

    checked: Checked
    years: tuple[int, ...] = field(init=False)
    dimensions: tuple[tuple[str, ...], ...] = field(init=False)
    items: tuple[str, ...] = field(init=False)
    _year_of: Column = field(init=False)
    _first_day: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        policy, years = self.checked.policy, self.checked.scenario.years
        self.years = tuple(range(years[0] - 1, years[-1] + _YEARS_AFTER))
        self.dimensions = tuple(
            labels_of(self.checked.domains[fact.name]).labels for fact in policy.dimensions
        )
        self.items = tuple(benefit.name for benefit in policy.benefits)
        starts = [date(year, 1, 1).toordinal() - _EPOCH for year in (*self.years, self.years[-1] + 1)]
        self._first_day = starts[0]
        self._year_of = np.repeat(np.arange(len(self.years), dtype=np.int16), np.diff(starts))

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.years), *map(len, self.dimensions), len(self.items))

    def year(self, days: Column) -> Column:
        """Places of the years that days fall into."""
        return self._year_of[days - self._first_day]

    def totals(self, frame: Frame, fen: Fen) -> Totals:
        """What these trainings are granted, in all."""
        size = int(np.prod(self.shape))
        counts, sums = np.zeros(size, np.int64), np.zeros(size, np.int64)
        for item, benefit in enumerate(self.checked.policy.benefits):
            granted = np.flatnonzero(fen[item])
            place = np.zeros(len(granted), np.int64)
            if benefit.year_date is not None:
                days = frame[benefit.year_date.name][granted]
                assert (days != NONE).all(), "the rules grant nothing without the day that tells its year"
                place += self.year(days)
            for fact, labels in zip(self.checked.policy.dimensions, self.dimensions, strict=True):
                place = place * len(labels) + frame[fact.name][granted]
            place = place * len(self.items) + item
            counts += np.bincount(place, minlength=size)
            # Fen below 2**53 add up exactly in the floats of bincount.
            sums += np.bincount(place, fen[item, granted], minlength=size).astype(np.int64)
        return Totals(counts.reshape(self.shape), sums.reshape(self.shape))

    # ------------------------------------------------------------------------------------------------ tables

    @property
    def header(self) -> list[str]:
        return ["年度", *(fact.name for fact in self.checked.policy.dimensions), "补贴项目", "资金来源"]

    def names(self, place: Sequence[int]) -> tuple[int | str, ...]:
        """Year, labels, item and fund of a place."""
        benefit = self.checked.policy.benefits[place[-1]]
        year = self.years[place[0]] if benefit.year_date is not None else 0
        labels = [own[code] for own, code in zip(self.dimensions, place[1:-1], strict=True)]
        return (year, *labels, benefit.name, benefit.fund.name if benefit.fund is not None else "")

    def budget(self, totals: Totals) -> pl.DataFrame:
        """One row for each place where anything is granted, as `decide --totals` writes them."""
        places = np.argwhere(totals.counts)
        rows = [self.names(place.tolist()) for place in places]
        columns = [
            pl.Series(name, [row[i] for row in rows], pl.Int64 if name == "年度" else pl.String)
            for i, name in enumerate(self.header)
        ]
        at = tuple(places.T)
        counts = pl.Series("人次", totals.counts[at], pl.Int64)
        return pl.DataFrame([*columns, counts, money("金额", totals.fen[at].tolist())])


def money(name: str, fen: Sequence[int]) -> pl.Series:
    return pl.Series(name, [Decimal(fen_text(each)) for each in fen], MONEY)
