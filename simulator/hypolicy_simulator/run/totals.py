"""Sums of one replicate, over all of its trainings: whole numbers, money in fen, in arrays with named axes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.behaviour.frame import NONE, day_number, labels_of
from hypolicy_simulator.loops import run_loop
from hypolicy_simulator.scenario.check import YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.backends.columns.machine import Inputs
    from hypolicy.rules.tree import Benefit
    from hypolicy_simulator.arrays import Column, Counts, Fen, Rows
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.run.limits import Admitted
    from hypolicy_simulator.scenario.check import Checked

MONEY: Final = pl.Decimal(18, 2)
# Certificates and payments of a year's trainings fall into it or into one of so many years after it.
_YEARS_AFTER: Final = 6
# Adds up payments; returns 1 where a day is none of the years that there are places for. Arrays are laid flat; `days`
# has a place for each date (by its number) and training. What is of a kind of people goes to its groups later.
_LOOP: Final = f"""
def month(day, month_of, first_day):
    place = day - first_day
    return month_of[place] if 0 <= place < len(month_of) else -1


def add(trainings, cells, years, kinds, first_day, row, item, fen, date, days, paid, month_of, cell, begun, kind,
        counts, sums, of_kinds, sums_of_kinds, by_month, seen, subsidised):
    beyond = False
    for k in range(len(row)):
        i = row[k]
        now = 0
        if date[item[k]] >= 0:
            now = month(days[date[item[k]] * trainings + i], month_of, first_day)
        later = now
        if len(paid) > 0 and paid[i] != {NONE}:
            later = month(paid[i], month_of, first_day)
        if now < 0 or later < 0:
            beyond = True
            continue
        place = item[k] * years + now // 12
        at = place * cells + cell[i]
        counts[at] += 1
        sums[at] += fen[k]
        by_month[item[k] * years * 12 + later] += fen[k]
        at = place * kinds + kind[i]
        of_kinds[at] += 1
        sums_of_kinds[at] += fen[k]
        if not seen[i]:
            seen[i] = 1
            subsidised[begun[i] * cells + cell[i]] += 1
    return 1 if beyond else 0
"""


@frozen
class Totals:
    """Axes are those of `Axes`: 年 calendar years, 开班年 the years of the scenario, 维 one axis for each dimension."""

    counts: Counts = field(eq=False)  # 年 × 维 × 项目: what is granted
    fen: Fen = field(eq=False)
    trainings: Counts = field(eq=False)  # 开班年 × 维: what takes place
    subsidised: Counts = field(eq=False)  # 开班年 × 维: of these, what anything is granted for
    turned_away: Counts = field(eq=False)  # 开班年 × 维 × 原因
    group_counts: Counts = field(eq=False)  # 年 × 身份 × 项目; a person may have several of these
    group_fen: Fen = field(eq=False)
    paid: Fen = field(eq=False)  # 月 × 项目, by the day of payment
    empty: Counts = field(eq=False)  # 开班年 × 停办的资金: the month, or 0


def calendar_years(years: Sequence[int]) -> range:
    """The years into which certificates and payments may fall of trainings that begin in some years."""
    return range(years[0] - 1, years[-1] + _YEARS_AFTER)


@define
class Axes:
    """What the places of totals stand for."""

    checked: Checked
    reasons: tuple[str, ...]
    years: tuple[int, ...] = field(init=False)
    dimensions: tuple[tuple[str, ...], ...] = field(init=False)
    items: tuple[str, ...] = field(init=False)
    _month_of: Column = field(init=False)
    _first_day: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        policy = self.checked.policy
        self.years = tuple(calendar_years(self.checked.scenario.years))
        self.dimensions = tuple(
            labels_of(self.checked.domains[fact.name]).labels for fact in policy.dimensions
        )
        self.items = tuple(benefit.name for benefit in policy.benefits)
        months = [day_number(date(year, month, 1)) for year in self.years for month in range(1, 13)]
        months.append(day_number(date(self.years[-1] + 1, 1, 1)))
        self._first_day = months[0]
        self._month_of = np.repeat(np.arange(len(months) - 1, dtype=np.int16), np.diff(months))

    @property
    def groups(self) -> tuple[str, ...]:
        return self.checked.scenario.groups

    @property
    def begun(self) -> tuple[int, ...]:
        """The years in which trainings begin."""
        return self.checked.scenario.years

    def month(self, days: Column) -> Column:
        """Months counted from the first of `years`."""
        months: Column = self._month_of[days - self._first_day]
        return months

    # ---------------------------------------------------------------------------------------------- summing

    def totals(self, admitted: Admitted) -> Totals:
        frame, items, cells = admitted.frame, len(self.items), tuple(map(len, self.dimensions))
        counts, fen = (np.zeros((items, len(self.years), *cells), np.int64) for _ in range(2))
        kind, has = frame.kinds(self.groups)
        of_kinds, sums_of_kinds = (np.zeros((items, len(self.years), len(has)), np.int64) for _ in range(2))
        paid = np.zeros((items, len(self.years) * 12), np.int64)
        begun, cell, seen = frame[YEAR], self._place(frame), np.zeros(len(frame), np.uint8)
        subsidised = np.zeros((len(self.begun), *cells), np.int64)
        sizes = [len(frame), int(np.prod(cells)), len(self.years), len(has), self._first_day]
        payments = [admitted.payments.row, admitted.payments.item, admitted.payments.fen]
        inputs: Inputs = [*sizes, *payments, *self._days(frame), self._month_of, cell, begun, kind]
        results = (counts, fen, of_kinds, sums_of_kinds, paid, seen, subsidised)
        beyond = run_loop(_LOOP, "add", len(frame), inputs, [each.reshape(-1) for each in results])
        assert not beyond, "certificates and payments fall into the years of the axes"
        away = admitted.turned_away
        turned = self._place(away, away[YEAR]) * len(self.reasons) + admitted.reasons
        return Totals(
            counts=np.moveaxis(counts, 0, -1),
            fen=np.moveaxis(fen, 0, -1),
            trainings=_count(self._place(frame, begun), subsidised.shape),
            subsidised=subsidised,
            turned_away=_count(turned, (*subsidised.shape, len(self.reasons))),
            group_counts=np.moveaxis(of_kinds @ has, 0, -1),
            group_fen=np.moveaxis(sums_of_kinds @ has, 0, -1),
            paid=np.moveaxis(paid, 0, -1),
            empty=admitted.empty,
        )

    def _days(self, frame: Frame) -> tuple[Column, Column, Column]:
        """By item which date tells its year, or -1; these dates, one behind the other; and the days of payment."""
        facts = [benefit.year_date for benefit in self.checked.policy.benefits]
        names = list(dict.fromkeys(fact.name for fact in facts if fact is not None))
        date = np.array([-1 if fact is None else names.index(fact.name) for fact in facts])
        days = np.concatenate([frame[name] for name in names]) if names else np.zeros(0, np.int32)
        paid = self.checked.scenario.paid
        return date, days, frame[paid] if paid else np.zeros(0, np.int32)

    def months(self, admitted: Admitted, item: int) -> tuple[Rows, Column, Column]:
        """The trainings that an item is granted for, the month that tells its year, and that of its payment."""
        rows = np.flatnonzero(admitted.fen[item])
        month = self._month_of_year(self.checked.policy.benefits[item], admitted.frame, rows)
        return rows, month, self._month_paid(admitted.frame, rows, month)

    def _month_of_year(self, benefit: Benefit, frame: Frame, rows: Rows) -> Column:
        """The month of the date that tells an item's year; the first of all for an item without one."""
        if benefit.year_date is None:
            return np.zeros(len(rows), np.int16)
        days = frame[benefit.year_date.name][rows]
        assert (days != NONE).all(), "the rules grant nothing without the day that tells its year"
        return self.month(days)

    def _month_paid(self, frame: Frame, rows: Rows, month: Column) -> Column:
        if not self.checked.scenario.paid:
            return month
        days = frame[self.checked.scenario.paid][rows]
        return np.where(days == NONE, month, self.month(np.where(days == NONE, self._first_day, days)))

    def _place(self, frame: Frame, year: Column | None = None) -> Column:
        """Places in an array of (perhaps years and) dimensions, laid flat."""
        place = np.zeros(len(frame), np.int64) if year is None else year.astype(np.int64)
        for fact, labels in zip(self.checked.policy.dimensions, self.dimensions, strict=True):
            place = place * len(labels) + frame[fact.name]
        return place

    # ----------------------------------------------------------------------------------------------- tables

    @property
    def header(self) -> list[str]:
        return ["年度", *(fact.name for fact in self.checked.policy.dimensions), "补贴项目", "资金来源"]

    def names(self, place: Sequence[int]) -> tuple[int | str, ...]:
        """Year, labels, item and fund of a place of `counts` and `fen`."""
        benefit, year = self.checked.policy.benefits[place[-1]], self.year_of(place[-1], place[0])
        labels = [own[code] for own, code in zip(self.dimensions, place[1:-1], strict=True)]
        return (year, *labels, benefit.name, self.fund(place[-1]))

    def year_of(self, item: int, year: int) -> int:
        """What the budget calls a year (by its place) of an item; 0 for an item without a date that tells its year."""
        return self.years[year] if self.checked.policy.benefits[item].year_date is not None else 0

    def fund(self, item: int) -> str:
        """The fund that an item is booked to; empty where it has none."""
        fund = self.checked.policy.benefits[item].fund
        return fund.name if fund is not None else ""

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


def sums(place: Column, amounts: Fen, shape: tuple[int, ...]) -> tuple[Counts, Fen]:
    """How many stand at each place of an array laid flat, and what they add up to."""
    size = int(np.prod(shape))
    # Fen below 2**53 add up exactly in the floats of bincount.
    added = np.bincount(place, amounts, minlength=size).astype(np.int64)
    return _count(place, shape), added.reshape(shape)


def _count(place: Column, shape: tuple[int, ...]) -> Counts:
    counts: Counts = np.bincount(place, minlength=int(np.prod(shape))).reshape(shape)
    return counts


def money(name: str, fen: Sequence[int]) -> pl.Series:
    return pl.Series(name, [Decimal(fen_text(each)) for each in fen], MONEY)
