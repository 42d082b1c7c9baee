"""Intervals of every total, one row for each kind of uncertainty; beside each figure its own error.

A quantile is one of the simulated values, so that money stays money (the k-th smallest of n, k the least whole number
not below n times p). Its error is half the distance between the values one standard deviation of k to either side. The
error of a mean of chance is the usual one; that of a mean of assumptions is the spread of independent scrambles.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from hypolicy_simulator.answers.lines import lines
from hypolicy_simulator.chance.sobol import SCRAMBLES
from hypolicy_simulator.run.plan import Kind

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Counts
    from hypolicy_simulator.run.results import Results

QUANTILES: Final = (5, 10, 50, 90, 95)
FEN: Final = 100


def intervals(results: Results) -> pl.DataFrame:
    """One row for each kind, line and measure."""
    rows = []
    for kind in Kind:
        counts, fen = results.series(kind, "counts"), results.series(kind, "fen")
        for names, own_counts, own_fen in lines(results.own.axes, counts, fen):
            rows.append({"不确定性": kind.value, **names, "指标": "人次", **summary(own_counts, kind, 1)})
            rows.append({"不确定性": kind.value, **names, "指标": "金额", **summary(own_fen, kind, FEN)})
    return pl.DataFrame(rows)


def summary(values: Counts, kind: Kind, scale: int) -> dict[str, str | int]:
    """Mean and quantiles of the values of replicates, each with its error; all divided by `scale`."""
    ordered, count = np.sort(values), len(values)
    row: dict[str, str | int] = {"次数": count, "均值": decimals(values.mean() / scale)}
    row["均值误差"] = decimals(_error_of_mean(values, kind) / scale)
    for percent in QUANTILES:
        place = ceil(count * percent / 100) - 1
        spread = sqrt(count * percent * (100 - percent)) / 100
        low, high = max(0, round(place - spread)), min(count - 1, round(place + spread))
        row[f"P{percent}"] = decimals(ordered[place] / scale)
        row[f"P{percent}误差"] = decimals((ordered[high] - ordered[low]) / 2 / scale)
    return row


def _error_of_mean(values: Counts, kind: Kind) -> float:
    if kind is Kind.ASSUMPTIONS and len(values) >= SCRAMBLES:
        means = [values[first::SCRAMBLES].mean() for first in range(SCRAMBLES)]
        return float(np.std(means, ddof=1)) / sqrt(SCRAMBLES)
    return float(np.std(values, ddof=1)) / sqrt(len(values)) if len(values) > 1 else 0.0


def decimals(value: float) -> str:
    return f"{value:.2f}"
