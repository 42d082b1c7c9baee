"""What each group of people is granted. A person may belong to several, so these do not add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

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
