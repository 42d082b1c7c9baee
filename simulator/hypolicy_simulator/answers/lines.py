"""The lines of a budget: every cell, and every sum of cells that people ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from hypolicy_simulator.run.totals import money

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy_simulator.arrays import Counts
    from hypolicy_simulator.run.results import Results
    from hypolicy_simulator.run.totals import Axes

ALL: Final = "合计"


def lines(axes: Axes, counts: Counts, fen: Counts) -> Iterator[tuple[dict[str, str], Counts, Counts]]:
    """Names, counts and fen of each line where there is anything: all years, labels, items and funds, and their sums.

    Both arrays have the replicates first, then the axes of `Totals.counts`.
    """
    funds = [axes.fund(place) for place in range(len(axes.items))]
    items = [(item, funds[place], [place]) for place, item in enumerate(axes.items)]
    items += [(ALL, fund, [n for n, own in enumerate(funds) if own == fund]) for fund in dict.fromkeys(funds)]
    items.append((ALL, ALL, list(range(len(axes.items)))))
    for year, places, some in _years(axes):
        of_year = [array[:, places].sum(axis=1) for array in (counts, fen)]
        for labels, (some_counts, some_fen) in _dimensions(axes, of_year):
            for item, fund, every in items:
                own = [place for place in every if place in some]
                line_counts, line_fen = some_counts[:, own].sum(axis=1), some_fen[:, own].sum(axis=1)
                if line_counts.any():
                    names = dict(zip(axes.header, (year, *labels, item, fund), strict=True))
                    yield names, line_counts, line_fen


def _years(axes: Axes) -> Iterator[tuple[str, list[int], frozenset[int]]]:
    """Names of years, their places, and the items that have them; items without a date of their year have year 0."""
    benefits = axes.checked.policy.benefits
    dated = frozenset(place for place, benefit in enumerate(benefits) if benefit.year_date is not None)
    every = frozenset(range(len(benefits)))
    if dated != every:
        yield "0", [0], every - dated
    yield from ((str(year), [place], dated) for place, year in enumerate(axes.years))
    yield ALL, list(range(len(axes.years))), every


def _dimensions(axes: Axes, arrays: Sequence[Counts]) -> Iterator[tuple[tuple[str, ...], Sequence[Counts]]]:
    """Each combination of labels, all of a dimension among them, with the arrays summed to replicates and items."""
    parts: list[tuple[tuple[str, ...], Sequence[Counts]]] = [((), arrays)]
    for labels in axes.dimensions:
        choices = [*((label, place) for place, label in enumerate(labels)), (ALL, None)]
        parts = [
            ((*names, name), [each.sum(axis=1) if place is None else each[:, place] for each in some])
            for names, some in parts
            for name, place in choices
        ]
    yield from parts


def summary(results: Results) -> pl.DataFrame:
    """Replicate 0: the sums among the lines, 合计 in the columns that are summed over."""
    axes, first = results.own.axes, results.first
    every = lines(axes, first.counts[np.newaxis], first.fen[np.newaxis])
    sums = [(names, counts, fen) for names, counts, fen in every if ALL in names.values()]
    return pl.DataFrame(
        [
            *(pl.Series(name, [names[name] for names, _, _ in sums], pl.String) for name in axes.header),
            pl.Series("人次", [int(counts[0]) for _, counts, _ in sums], pl.Int64),
            money("金额", [int(fen[0]) for _, _, fen in sums]),
        ]
    )
