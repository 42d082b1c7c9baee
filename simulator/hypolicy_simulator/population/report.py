"""How well the persons fit the files they were made from, and what no file says."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from hypolicy_simulator.population.synthesis import Population
    from hypolicy_simulator.scenario.check import Checked


def fit_frame(checked: Checked, population: Population) -> pl.DataFrame | None:
    """One row for each count of each file: what the file says, what that makes, and how many persons there are.

    None where the persons were not made from files.
    """
    if not checked.scenario.margins:
        return None
    rows = []
    for margin, counted in zip(checked.scenario.margins, population.margins, strict=True):
        sums = np.rint(counted.sums(population.table.persons.astype(float))).astype(np.int64)
        misses = counted.misses(population.table.persons)
        for row, target, persons, miss in zip(margin.rows, counted.targets, sums, misses, strict=True):
            rows.append(
                {
                    "文件": margin.file,
                    "项目": "、".join(
                        f"{n}为{label}" for n, label in zip(margin.names, row.labels, strict=True)
                    ),
                    "文件人数": row.persons,
                    "换算比例": f"{float(margin.scale):.6g}",
                    "换算人数": f"{target:.2f}",
                    "模拟人数": int(persons),
                    "出入": int(miss),
                    "性质": row.provenance.kind.value,
                    "来源": row.provenance.source,
                    "日期": row.provenance.date,
                    "说明": row.provenance.note,
                }
            )
    return pl.DataFrame(rows)


def independent_pairs(checked: Checked) -> list[tuple[str, str]]:
    """Pairs of dimensions that no file has together: that they are independent is assumed (but for the impossible)."""
    names = [dimension.name for dimension in checked.scenario.dimensions]
    together = [set(margin.names) for margin in checked.scenario.margins]
    together += [{name for name, _ in each.when.terms} for each in checked.scenario.impossible]
    return [pair for pair in combinations(names, 2) if not any(set(pair) <= each for each in together)]


def independence_frame(checked: Checked) -> pl.DataFrame | None:
    """The pairs of which no file says how they go together; None where there is none."""
    pairs = independent_pairs(checked)
    if not pairs:
        return None
    return pl.DataFrame({"甲": [first for first, _ in pairs], "乙": [second for _, second in pairs]})
