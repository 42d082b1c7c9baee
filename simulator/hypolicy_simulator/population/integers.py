"""Whole persons: a table of whole numbers near to fitted weights that has every margin exactly.

Each cell gets its weight rounded down or up, by a binary programme whose only constraints are the margins and whose
cost is the distance from the weights. Where margins overlap in three ways that may be impossible; then cells may move
further. Where no whole table at all has the margins, or none is found in time, the nearest that can be had is taken,
and told by which counts it misses and by how much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import field, frozen

from hypolicy_simulator.chance.keyed import ONE, draws
from hypolicy_simulator.population.solver import Constraints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Counts, Elements, Weights
    from hypolicy_simulator.population.margins import Counted

# Of equally near tables the seed chooses, by costs that differ by no more than this.
_JITTER: Final = 1e-3
# Weights are taken to so many decimals, so that the last bits of a machine's sums do not choose the table.
_DECIMALS: Final = 6
_FURTHEST: Final = 8
_MISS: Final = 1_000.0


@frozen
class Table:
    """`misses` is what each margin's counts are off by: all zero, unless `method` is ELASTIC."""

    persons: Counts = field(eq=False, repr=False)
    method: str
    misses: tuple[Counts, ...] = field(eq=False, repr=False)

    @classmethod
    def of(cls, persons: Counts, method: str, margins: Sequence[Counted]) -> Table:
        return cls(persons, method, tuple(margin.misses(persons) for margin in margins))

    @property
    def exact(self) -> bool:
        return not any(miss.any() for miss in self.misses)


NEAREST: Final = "逐格取整"
FURTHER: Final = "放宽到相邻整数"
ELASTIC: Final = "个别合计有出入"


def integers(weights: Weights, margins: Sequence[Counted], elements: Elements, seed: int) -> Table:
    """`elements` tells the cells apart for draws."""
    rounded = np.round(weights, _DECIMALS)
    floor = np.floor(rounded)
    over = rounded - floor
    jitter = draws(elements, seed, "integers", 0) / ONE * _JITTER
    left = Constraints.of(margins, len(weights), whole=True).after(floor)
    cells, step = len(weights), 1 - 2 * over + jitter

    up = left.solve(step, np.ceil(over), whole=True)
    if up is not None:
        return Table.of(_whole(floor + up), NEAREST, margins)
    cost = np.concatenate([step, 1 + jitter, 1 + jitter])
    most = np.concatenate([np.ones(cells), np.full(cells, _FURTHEST), np.minimum(floor, _FURTHEST)])
    method, moves = FURTHER, left.repeated([1, 1, -1])
    found = moves.solve(cost, most, whole=True)
    if found is None:
        slack = 2 * len(left.low)
        cost, most = np.append(cost, np.full(slack, _MISS)), np.append(most, np.full(slack, np.inf))
        method, found = ELASTIC, moves.elastic().solve(cost, most, whole=True)
    up, more, less = np.zeros((3, cells)) if found is None else found[: 3 * cells].reshape(3, cells)
    return Table.of(_whole(floor + up + more - less), method, margins)


def _whole(persons: Weights) -> Counts:
    return np.rint(persons).astype(np.int64)
