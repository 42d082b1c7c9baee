"""Trainings against the task, and who is turned away.

The task counts subsidised trainings of a whole year. Those that began before the policy was in force were subsidised by
others, which it knows nothing of; so it is compared with all trainings that begin, and those that this policy
grants something for stand beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hypolicy_simulator.answers.intervals import decimals
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.run.plan import Kind
from hypolicy_simulator.scenario.check import YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Counts, Held
    from hypolicy_simulator.run.results import Results
    from hypolicy_simulator.run.totals import Axes
    from hypolicy_simulator.scenario.tree import Count, CountTable


def targets(results: Results) -> pl.DataFrame | None:
    """For each row of the task, and for each year in all: what is reached, and in how many replicates it is.

    None where the scenario has no task.
    """
    table, axes = results.own.checked.scenario.target, results.own.axes
    if table is None:
        return None
    rows = [_reached(results, axes, table, [row], row.labels) for row in table.rows]
    years = table.names.index(YEAR) if YEAR in table.names else None
    if years is not None and len(table.names) > 1:
        for year in dict.fromkeys(row.labels[years] for row in table.rows):
            some = [row for row in table.rows if row.labels[years] == year]
            labels = [year if place == years else ALL for place in range(len(table.names))]
            rows.append(_reached(results, axes, table, some, labels))
    if len(table.rows) > 1:
        rows.append(_reached(results, axes, table, table.rows, [ALL] * len(table.names)))
    return pl.DataFrame(rows)


def _reached(
    results: Results, axes: Axes, table: CountTable, rows: Sequence[Count], labels: Sequence[str]
) -> dict[str, str | int]:
    def begun(kind: Kind, what: str = "trainings") -> Counts:
        every = [_counted(results.series(kind, what), axes, table.names, row.labels) for row in rows]
        counts: Counts = np.sum(every, axis=0)
        return counts

    task, trainings = sum(row.persons for row in rows), int(begun(Kind.CHANCE)[0])
    return {
        **dict(zip(table.names, labels, strict=True)),
        "任务": task,
        "开班人次": trainings,
        "享受补贴人次": int(begun(Kind.CHANCE, "subsidised")[0]),
        "完成率": decimals(100 * trainings / task) if task else "",
        **{f"{kind.value}中完成的比例": _share(begun(kind) >= task) for kind in Kind},
    }


def _counted(counts: Counts, axes: Axes, names: Sequence[str], labels: Sequence[str]) -> Counts:
    """By replicate, those that begin under some labels."""
    known = [YEAR, *(fact.name for fact in axes.checked.policy.dimensions)]
    domains = [tuple(map(str, axes.begun)), *axes.dimensions]
    for place in reversed(range(len(known))):
        if known[place] in names:
            code = domains[place].index(labels[names.index(known[place])])
            counts = np.take(counts, [code], axis=place + 1)
        counts = counts.sum(axis=place + 1)
    return counts


def _share(held: Held) -> str:
    """In percent; empty where there are no replicates."""
    return decimals(100 * float(held.mean())) if len(held) else ""


def turned_away(results: Results) -> pl.DataFrame | None:
    """Replicate 0: trainings that do not take place for want of a place or of money; None where nothing is limited."""
    axes, totals = results.own.axes, results.first
    if not results.own.limits.any:
        return None
    places = np.argwhere(totals.turned_away)
    names = [fact.name for fact in axes.checked.policy.dimensions]
    rows = [
        {
            "开班年度": axes.begun[place[0]],
            **{name: own[code] for name, own, code in zip(names, axes.dimensions, place[1:-1], strict=True)},
            "原因": axes.reasons[place[-1]],
            "人次": int(totals.turned_away[tuple(place)]),
        }
        for place in places.tolist()
    ]
    schema = {"开班年度": pl.Int64, **dict.fromkeys(names, pl.String), "原因": pl.String, "人次": pl.Int64}
    return pl.DataFrame(rows, schema=schema)
