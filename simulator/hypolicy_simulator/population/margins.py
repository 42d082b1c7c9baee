"""Margins as numbers: which cells each row of a file counts, and how many persons that must be."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Counts, Rows, Weights
    from hypolicy_simulator.population.support import Support
    from hypolicy_simulator.scenario.tree import Margin


@frozen
class Counted:
    """`rows[i]` is the row of cell i, or -1; `targets[r]` is what the cells of row r sum to.

    What a scale leaves of a count is seldom whole: persons are then as many as it, rounded down or up, and so is the
    total of the file. Which way each count goes is settled together with those of all other files.
    """

    file: str
    rows: Rows = field(eq=False, repr=False)
    targets: Weights = field(eq=False, repr=False)
    low: Counts = field(eq=False, repr=False)
    high: Counts = field(eq=False, repr=False)
    total: tuple[int, int]

    @classmethod
    def of(cls, file: str, rows: Rows, shares: Sequence[Fraction]) -> Counted:
        return cls(
            file,
            rows,
            np.array([float(share) for share in shares]),
            np.array([math.floor(share) for share in shares], np.int64),
            np.array([math.ceil(share) for share in shares], np.int64),
            (math.floor(sum(shares)), math.ceil(sum(shares))),
        )

    def sums(self, weights: Weights) -> Weights:
        listed = self.rows >= 0
        return np.bincount(self.rows[listed], weights[listed], minlength=len(self.targets)).astype(float)

    def misses(self, persons: Counts) -> Counts:
        """By how many persons each count is missed: fewer are negative."""
        sums = np.rint(self.sums(persons.astype(float))).astype(np.int64)
        return sums - np.clip(sums, self.low, self.high)


def counted(margin: Margin, support: Support) -> Counted:
    rows = support.rows_of(margin.names, [row.labels for row in margin.rows])
    return Counted.of(margin.file, rows, shares(margin))


def shares(margin: Margin) -> list[Fraction]:
    """The counts of a margin times its scale."""
    return [row.persons * margin.scale for row in margin.rows]


def apportion(shares: Sequence[Fraction]) -> list[int]:
    """Whole numbers nearest to the shares, and with their rounded total (method of largest remainders)."""
    whole = [math.floor(share) for share in shares]
    left = int(sum(shares, Fraction(1, 2))) - sum(whole)
    by_remainder = sorted(range(len(shares)), key=lambda place: (whole[place] - shares[place], place))
    for place in by_remainder[:left]:
        whole[place] += 1
    return whole
