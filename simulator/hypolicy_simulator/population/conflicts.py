"""Margins that cannot all be true: which files, and the least change that would make them so.

First single files and pairs are tried, which most contradictions are; else a deletion filter (Chinneck, Feasibility and
Infeasibility in Optimization, 2008, chapter 6) leaves out one file after the other: where the rest still contradicts
itself the file was not needed for that. What is left is irreducible: without any one of its files the others can be
true.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import frozen

from hypolicy_simulator.population.solver import Constraints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.population.margins import Counted

_SMALL: Final = 0.5


@frozen
class Change:
    """So many persons more (fewer, where negative) in one row of a margin."""

    margin: Counted
    row: int
    persons: int


def possible(margins: Sequence[Counted], cells: int) -> bool:
    """Whether any table, not only of whole numbers, has these margins."""
    return Constraints.of(margins, cells, whole=False).solve(np.zeros(cells)) is not None


def contradiction(margins: Sequence[Counted], cells: int) -> list[Counted]:
    """The smallest set of one or two, or else an irreducible one; all together are known to contradict."""
    for size in (1, 2):
        for some in combinations(margins, size):
            if not possible(some, cells):
                return list(some)
    kept = list(margins)
    for margin in margins:
        without = [each for each in kept if each is not margin]
        if not possible(without, cells):
            kept = without
    return kept


def least_change(margins: Sequence[Counted], cells: int) -> list[Change]:
    """Changes of counts, of the least number of persons in all, after which these margins can all be true."""
    constraints = Constraints.of(margins, cells, whole=False).elastic()
    rows = len(constraints.low)
    found = constraints.solve(np.append(np.zeros(cells), np.ones(2 * rows)))
    if found is None:
        return []
    added, taken = found[cells:].reshape(2, rows)
    off = taken - added
    where = [(margin, row) for margin in margins for row in range(len(margin.targets))]
    return [
        Change(margin, row, round(float(change)))
        for (margin, row), change in zip(where, off, strict=True)
        if abs(change) > _SMALL
    ]
