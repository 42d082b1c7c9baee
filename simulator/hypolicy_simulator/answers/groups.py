"""What each group of people is granted. A person may belong to several, so these do not add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.run.totals import money

if TYPE_CHECKING:
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
