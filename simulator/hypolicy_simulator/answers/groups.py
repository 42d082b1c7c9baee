"""What each group of people is granted. A person may belong to several, so these do not add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.answers.intervals import FEN, summary
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.run.plan import Kind
from hypolicy_simulator.run.totals import money, sums

if TYPE_CHECKING:
    from hypolicy_simulator.run.model import Model
    from hypolicy_simulator.run.results import Results


def groups(results: Results) -> pl.DataFrame:
    """Replicate 0: one row for each year, group and item where anything is granted."""
    axes, totals = results.own.axes, results.first
    places = np.argwhere(totals.group_counts)
    at = tuple(places.T)
    return pl.DataFrame(
        [
            pl.Series("年度", [axes.years[year] for year, _, _ in places], pl.Int64),
            pl.Series("身份", [axes.groups[group] for _, group, _ in places], pl.String),
            pl.Series("补贴项目", [axes.items[item] for _, _, item in places], pl.String),
            pl.Series("资金来源", [axes.fund(item) for _, _, item in places], pl.String),
            pl.Series("人次", totals.group_counts[at], pl.Int64),
            money("金额", totals.group_fen[at].tolist()),
        ]
    )


def group_cells(model: Model) -> pl.DataFrame:
    """Replicate 0: as `groups`, and by the dimensions of the budget as well."""
    axes, admitted = model.own.axes, model.own.central()
    names = [fact.name for fact in axes.checked.policy.dimensions]
    shape = (len(axes.years), *map(len, axes.dimensions))
    rows = []
    for item, name in enumerate(axes.items):
        granted, month, _ = axes.months(admitted, item)
        cell = np.ravel_multi_index((month // 12, *(admitted.frame[each][granted] for each in names)), shape)
        for group in axes.groups:
            has = admitted.frame[group][granted] == 1
            counts, fen = sums(cell[has], admitted.fen[item, granted[has]], shape)
            for place in np.argwhere(counts).tolist():
                labels = [own[code] for own, code in zip(axes.dimensions, place[1:], strict=True)]
                known = dict(zip(names, labels, strict=True))
                row = {"年度": axes.year_of(item, place[0]), **known, "身份": group, "补贴项目": name}
                row |= {"资金来源": axes.fund(item), "人次": int(counts[tuple(place)])}
                rows.append({**row, "金额": fen_text(int(fen[tuple(place)]))})
    return pl.DataFrame(rows)


def group_intervals(results: Results) -> pl.DataFrame:
    """As `intervals`, by group: each year and item and all of them."""
    axes, rows = results.own.axes, []
    years = [*((str(year), [place]) for place, year in enumerate(axes.years)), (ALL, range(len(axes.years)))]
    items = [*((name, [place]) for place, name in enumerate(axes.items)), (ALL, range(len(axes.items)))]
    for kind in Kind:
        counts, fen = (results.series(kind, name) for name in ("group_counts", "group_fen"))
        for year, some_years in years:
            for group, group_name in enumerate(axes.groups):
                for item, some_items in items:
                    at = np.ix_(range(len(counts)), some_years, [group], some_items)
                    own_counts, own_fen = counts[at].sum(axis=(1, 2, 3)), fen[at].sum(axis=(1, 2, 3))
                    if not own_counts.any():
                        continue
                    names = {"不确定性": kind.value, "年度": year, "身份": group_name, "补贴项目": item}
                    rows.append({**names, "指标": "人次", **summary(own_counts, kind, 1)})
                    rows.append({**names, "指标": "金额", **summary(own_fen, kind, FEN)})
    return pl.DataFrame(rows)


def group_summary(results: Results) -> pl.DataFrame:
    """Replicate 0: the sums over items, by year and for all years."""
    axes, totals = results.own.axes, results.first
    counts, fen = totals.group_counts.sum(axis=2), totals.group_fen.sum(axis=2)
    places = [(str(year), [place]) for place, year in enumerate(axes.years) if counts[place].any()]
    places.append((ALL, list(range(len(axes.years)))))
    lines = [
        (group, year, int(counts[some, number].sum()), int(fen[some, number].sum()))
        for number, group in enumerate(axes.groups)
        for year, some in places
    ]
    return pl.DataFrame(
        [
            pl.Series("身份", [line[0] for line in lines], pl.String),
            pl.Series("年度", [line[1] for line in lines], pl.String),
            pl.Series("人次", [line[2] for line in lines], pl.Int64),
            money("金额", [line[3] for line in lines]),
        ]
    )
