"""Iterative proportional fitting: the weights nearest to independence that have the margins.

Deming and Stephan (1940): scale the cells of each row of each margin to its count, again and again. Cells that are 0
stay 0, and among all tables with the margins the limit is the one that assumes least (Csiszár 1975).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Weights
    from hypolicy_simulator.population.margins import Counted

MAX_ROUNDS: Final = 1_000
# In persons: far less than what whole numbers will move.
CLOSE: Final = 1e-6


@frozen
class Fit:
    """`errors` holds the largest miss of any count after each round, in persons."""

    weights: Weights = field(eq=False, repr=False)
    errors: tuple[float, ...]

    @property
    def converged(self) -> bool:
        return self.errors[-1] <= CLOSE


def fit(margins: Sequence[Counted], cells: int) -> Fit:
    """Weights for so many cells. Margins that contradict each other never converge."""
    weights = np.ones(cells)
    errors: list[float] = []
    for _ in range(MAX_ROUNDS):
        for margin in margins:
            sums = margin.sums(weights)
            factors = np.divide(margin.targets, sums, out=np.zeros_like(sums), where=sums > 0)
            weights *= np.append(factors, 1.0)[margin.rows]  # row -1 is the last: a cell that is not counted
        errors.append(max((float(np.abs(m.sums(weights) - m.targets).max()) for m in margins), default=0.0))
        if errors[-1] <= CLOSE or _stuck(errors):
            break
    return Fit(weights, tuple(errors))


def _stuck(errors: list[float]) -> bool:
    """No nearer than fifty rounds ago, by a thousandth."""
    return len(errors) > 50 and errors[-1] > errors[-50] * 0.999
