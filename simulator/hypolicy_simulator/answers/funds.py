"""Money by month and by fund: what is due, which source pays it, what waits, and when nothing is left.

A payment is due in the month of the day of payment. It is paid from the sources of its fund in their order; what they
cannot pay in a year waits and is paid first in the next. A fund without sources always pays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.rules.outcome import fen_text, percent_text
from hypolicy_simulator.answers.intervals import decimals
from hypolicy_simulator.population.margins import apportion
from hypolicy_simulator.run.limits import available
from hypolicy_simulator.run.plan import Kind
from hypolicy_simulator.run.totals import sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Fen
    from hypolicy_simulator.run.model import Model
    from hypolicy_simulator.run.results import Results
    from hypolicy_simulator.run.totals import Axes
    from hypolicy_simulator.scenario.tree import Fund

_MONTHS: Final = 12


@frozen
class Paid:
    """What one year's payments of a fund come to, in fen. `empty` is the month in which money ran out, or 0;
    `waits` is what waits at the end of each month.
    """

    due: int
    by_source: tuple[int, ...]
    left: tuple[int, ...]
    waits: tuple[int, ...]
    empty: int

    @property
    def waiting(self) -> int:
        """At the end of the year."""
        return self.waits[-1]


@define
class Account:
    """A fund over the years: what its sources still hold, and what waits."""

    fund: Fund | None
    left: list[int] = field(init=False)
    waiting: int = 0

    def __attrs_post_init__(self) -> None:
        self.left = [0] * len(self.fund.sources if self.fund is not None else ())

    def year(self, year: int, months: Sequence[int]) -> Paid:
        """A year with so much due in each month."""
        if not self.left:
            return Paid(sum(months), (), (), (0,) * _MONTHS, 0)
        assert self.fund is not None
        for place, source in enumerate(self.fund.sources):
            self.left[place] += available(source.yearly.rows, year)
        paid, waits, empty = [0] * len(self.left), list[int](), 0
        for month, due in enumerate(months, 1):
            self.waiting += due
            for place, held in enumerate(self.left):
                part = min(held, self.waiting)
                paid[place] += part
                self.left[place] -= part
                self.waiting -= part
            if self.waiting and not empty:
                empty = month
            waits.append(self.waiting)
        return Paid(sum(months), tuple(paid), tuple(self.left), tuple(waits), empty)


def _months_due(axes: Axes, paid: Fen, fund: str) -> Fen:
    """Years by months of one fund, from one replicate."""
    own = [place for place in range(len(axes.items)) if axes.fund(place) == fund]
    months: Fen = paid[:, own].sum(axis=1).reshape(-1, _MONTHS)
    return months


def _names(axes: Axes) -> list[str]:
    """Funds that anything may be booked to, in the order of the policy."""
    booked = {axes.fund(place) for place in range(len(axes.items))}
    return [fund.name for fund in axes.checked.policy.funds if fund.name in booked]


def _accounts(axes: Axes, paid: Fen) -> dict[str, list[Paid]]:
    """By fund, all years of one replicate."""
    declared = {fund.name: fund for fund in axes.checked.scenario.funds}
    out = {}
    for name in _names(axes):
        account = Account(declared.get(name))
        due = _months_due(axes, paid, name).tolist()
        out[name] = [account.year(year, months) for year, months in zip(axes.years, due, strict=True)]
    return out


def funds(results: Results) -> pl.DataFrame:
    """By year and fund: what is due, paid by each source, waits at the end; when it runs out, and how often it does.

    Amounts are of replicate 0; so is the month.
    """
    axes = results.own.axes
    first = _accounts(axes, results.first.paid)
    emptied = {kind: _emptied(results, kind) for kind in Kind}
    declared = {fund.name: fund for fund in axes.checked.scenario.funds}
    rows: list[dict[str, Any]] = []
    for name, years in first.items():
        fund = declared.get(name)
        for place, (year, paid) in enumerate(zip(axes.years, years, strict=True)):
            if not (paid.due or paid.waiting):
                continue
            chances = {
                f"{kind.value}中用完的比例": _percent(months[:, place, list(first).index(name)] > 0)
                for kind, months in emptied.items()
            }
            stop = _stopped(results, name, year)
            base = {
                "年度": year,
                "资金来源": name,
                "应付": fen_text(paid.due),
                "年末未付": fen_text(paid.waiting),
                "用完月份": str(stop or paid.empty or ""),
                **chances,
            }
            sources = fund.sources if fund is not None else ()
            if not sources:
                rows.append({**base, "资金渠道": "", "支付": fen_text(paid.due), "年末结余": ""})
            for source, own, left in zip(sources, paid.by_source, paid.left, strict=True):
                rows.append(
                    {**base, "资金渠道": source.name, "支付": fen_text(own), "年末结余": fen_text(left)}
                )
    return pl.DataFrame(rows)


def _stopped(results: Results, name: str, year: int) -> int:
    """The month in which a fund that stops had nothing left for more classes."""
    axes = results.own.axes
    if name not in axes.reasons or year not in axes.begun:
        return 0
    return int(results.first.empty[axes.begun.index(year), axes.reasons.index(name) - 1])


def _emptied(results: Results, kind: Kind) -> Fen:
    """Replicates by years by funds: the month in which money ran out, or 0."""
    axes = results.own.axes
    paid, stopped = results.series(kind, "paid"), results.series(kind, "empty")
    months = [[[year.empty for year in years] for years in _accounts(axes, each).values()] for each in paid]
    out = np.array(months, np.int64).reshape(len(paid), len(_names(axes)), len(axes.years)).transpose(0, 2, 1)
    for place, name in enumerate(_names(axes)):
        if name in axes.reasons:
            first = axes.years.index(axes.begun[0])
            some = slice(first, first + len(axes.begun))
            out[:, some, place] = np.maximum(out[:, some, place], stopped[:, :, axes.reasons.index(name) - 1])
    return out


def _percent(held: Any) -> str:
    return decimals(100 * float(held.mean())) if len(held) else ""


def cash_flow(results: Results) -> pl.DataFrame:
    """Replicate 0, by month and fund: what is due, what is paid, what waits at the end, and what is due so far.

    Months in which nothing is due or paid are left out.
    """
    axes = results.own.axes
    accounts, rows = _accounts(axes, results.first.paid), []
    for name in _names(axes):
        waited = 0
        due_by_year = _months_due(axes, results.first.paid, name).tolist()
        for year, months, paid in zip(axes.years, due_by_year, accounts[name], strict=True):
            so_far = 0
            for month, (due, waits) in enumerate(zip(months, paid.waits, strict=True), 1):
                so_far += due
                if due or waited + due - waits:
                    row = {"月份": f"{year}-{month:02}", "资金来源": name, "应付": due}
                    row |= {"支付": waited + due - waits, "月末未付": waits, "年内累计": so_far}
                    rows.append(
                        {key: fen_text(fen) if isinstance(fen, int) else fen for key, fen in row.items()}
                    )
                waited = waits
    return pl.DataFrame(rows)


def payment_years(model: Model) -> pl.DataFrame:
    """Replicate 0: what is granted by the year of its certificate (as in the budget) and the year of its payment."""
    axes, admitted = model.own.axes, model.own.central()
    shape, rows = (len(axes.years), len(axes.years)), []
    for item, benefit in enumerate(axes.checked.policy.benefits):
        granted, month, paid = axes.months(admitted, item)
        place = np.ravel_multi_index((month // _MONTHS, paid // _MONTHS), shape)
        counts, fen = sums(place, admitted.fen[item, granted], shape)
        rows += [
            {
                "年度": axes.year_of(item, year),
                "拨付年度": axes.years[later],
                "补贴项目": benefit.name,
                "资金来源": axes.fund(item),
                "人次": int(counts[year, later]),
                "金额": fen_text(int(fen[year, later])),
            }
            for year, later in np.argwhere(counts).tolist()
        ]
    return pl.DataFrame(rows)


def shares(results: Results) -> pl.DataFrame | None:
    """Replicate 0: what each level of government bears of a year's payments; None where no fund says who does."""
    axes = results.own.axes
    sharing = [fund for fund in axes.checked.scenario.funds if fund.shares]
    if not sharing:
        return None
    rows = []
    for fund in sharing:
        for year, months in zip(axes.years, _months_due(axes, results.first.paid, fund.name), strict=True):
            due = int(months.sum())
            parts = apportion([due * share.part for share in fund.shares])
            rows += [
                {
                    "年度": year,
                    "资金来源": fund.name,
                    "预算科目": fund.budget_line,
                    "级次": share.level,
                    "比例": percent_text(share.part),
                    "金额": fen_text(part),
                }
                for share, part in zip(fund.shares, parts, strict=True)
                if due
            ]
    return pl.DataFrame(rows)
