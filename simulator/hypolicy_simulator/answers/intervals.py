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
from attrs import frozen

from hypolicy_simulator.chance.sobol import SCRAMBLES
from hypolicy_simulator.run.plan import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy_simulator.arrays import Counts
    from hypolicy_simulator.run.plan import Job
    from hypolicy_simulator.run.totals import Axes, Totals

QUANTILES: Final = (5, 10, 50, 90, 95)
ALL: Final = "合计"


@frozen
class Line:
    """A total to tell of: its names in the columns of the header, and what it is in each replicate."""

    names: tuple[str, ...]
    counts: Counts
    fen: Counts


def lines(axes: Axes, counts: Counts, fen: Counts) -> Iterator[Line]:
    """All years, labels, items and funds, and their sums; only those where anything is ever granted.

    Both arrays have the replicates first, then the axes.
    """
    funds = _funds(axes)
    years: list[tuple[str, list[int]]] = [(str(year), [place]) for place, year in enumerate(axes.years)]
    years.append((ALL, list(range(len(axes.years)))))
    items = [(item, funds[place], [place]) for place, item in enumerate(axes.items)]
    items += [(ALL, fund, [n for n, own in enumerate(funds) if own == fund]) for fund in dict.fromkeys(funds)]
    items.append((ALL, ALL, list(range(len(axes.items)))))
    for year, year_places in years:
        by_year = [array[:, year_places].sum(axis=1) for array in (counts, fen)]
        for labels, (some_counts, some_fen) in _dimensions(axes, by_year):
            for item, fund, places in items:
                line = Line(
                    (year, *labels, item, fund),
                    some_counts[:, places].sum(axis=1),
                    some_fen[:, places].sum(axis=1),
                )
                if line.counts.any():
                    yield line


def _funds(axes: Axes) -> list[str]:
    return [axes.fund(place) for place in range(len(axes.items))]


def _dimensions(axes: Axes, arrays: Sequence[Counts]) -> Iterator[tuple[tuple[str, ...], Sequence[Counts]]]:
    """Each combination of labels, all of a dimension among them, with the arrays summed to replicates and items."""
    parts: list[tuple[tuple[str, ...], Sequence[Counts]]] = [((), arrays)]
    for labels in axes.dimensions:
        parts = [
            ((*names, name), [each.sum(axis=1) if place is None else each[:, place] for each in some])
            for names, some in parts
            for name, place in [*((label, n) for n, label in enumerate(labels)), (ALL, None)]
        ]
    yield from parts


def intervals(axes: Axes, jobs: Sequence[Job], totals: Sequence[Totals]) -> pl.DataFrame:
    """One row for each kind, line and measure."""
    rows = []
    for kind in Kind:
        own = [each for job, each in zip(jobs, totals, strict=True) if job.kind is kind]
        counts, fen = (np.array([getattr(each, name) for each in own]) for name in ("counts", "fen"))
        for line in lines(axes, counts, fen):
            names = dict(zip(axes.header, line.names, strict=True))
            for measure, values, scale in (("人次", line.counts, 1), ("金额", line.fen, 100)):
                rows.append(
                    {"不确定性": kind.value, **names, "指标": measure, **summary(values, kind, scale)}
                )
    return pl.DataFrame(rows)


def summary(values: Counts, kind: Kind, scale: int) -> dict[str, str | int]:
    """Mean and quantiles of the values of replicates, each with its error; all divided by `scale`."""
    ordered, count = np.sort(values), len(values)
    row: dict[str, str | int] = {"次数": count, "均值": _text(values.mean(), scale)}
    row["均值误差"] = _text(_error_of_mean(values, kind), scale)
    for percent in QUANTILES:
        place = ceil(count * percent / 100) - 1
        spread = sqrt(count * percent * (100 - percent)) / 100
        low, high = max(0, round(place - spread)), min(count - 1, round(place + spread))
        row[f"P{percent}"] = _text(ordered[place], scale)
        row[f"P{percent}误差"] = _text((ordered[high] - ordered[low]) / 2, scale)
    return row


def _error_of_mean(values: Counts, kind: Kind) -> float:
    if kind is Kind.ASSUMPTIONS and len(values) >= SCRAMBLES:
        means = [values[first::SCRAMBLES].mean() for first in range(SCRAMBLES)]
        return float(np.std(means, ddof=1)) / sqrt(SCRAMBLES)
    return float(np.std(values, ddof=1)) / sqrt(len(values)) if len(values) > 1 else 0.0


def _text(value: float, scale: int) -> str:
    """Two decimals; whole numbers of persons are taken to two as well where they are means."""
    return f"{float(value) / scale:.2f}"
