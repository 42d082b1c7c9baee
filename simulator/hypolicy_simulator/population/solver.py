"""The one place that knows the solver (HiGHS, through `scipy.optimize.milp`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Weights
    from hypolicy_simulator.population.margins import Counted

# Any solution has every margin; a better one is only nearer to the weights, so that near enough will do.
GAP: Final = 0.02
SECONDS: Final = 60.0


@frozen
class Constraints:
    """Sums of cells, one row of `matrix` each, that must lie between `low` and `high`."""

    matrix: Any = field(eq=False, repr=False)
    low: Weights = field(eq=False, repr=False)
    high: Weights = field(eq=False, repr=False)

    @classmethod
    def of(cls, margins: Sequence[Counted], cells: int, *, whole: bool) -> Constraints:
        """The counts of margins as they are, or as whole numbers, and then their totals as well."""
        rows, columns, low, high = [], [], [], []
        first = 0
        for margin in margins:
            listed = np.flatnonzero(margin.rows >= 0)
            rows.append(margin.rows[listed] + first)
            columns.append(listed)
            low.append(margin.low if whole else margin.targets)
            high.append(margin.high if whole else margin.targets)
            first += len(margin.targets)
            if whole:
                rows.append(np.full(len(listed), first))
                columns.append(listed)
                low.append(np.array(margin.total[:1]))
                high.append(np.array(margin.total[1:]))
                first += 1
        row, column = np.concatenate(rows), np.concatenate(columns)
        matrix = _scipy().sparse.csr_array((np.ones(len(row)), (row, column)), shape=(first, cells))
        return cls(matrix, np.concatenate(low).astype(float), np.concatenate(high).astype(float))

    def repeated(self, signs: Sequence[int]) -> Constraints:
        """As many blocks of the same columns beside each other, each times a sign."""
        blocks = [sign * self.matrix for sign in signs]
        return Constraints(_scipy().sparse.hstack(blocks, format="csr"), self.low, self.high)

    def elastic(self) -> Constraints:
        """A column more for each row that adds to its sum, and one that takes away."""
        one = _scipy().sparse.eye_array(len(self.low), format="csr")
        return Constraints(
            _scipy().sparse.hstack([self.matrix, one, -one], format="csr"), self.low, self.high
        )

    def after(self, persons: Weights) -> Constraints:
        """What is left to be summed when these persons are there already."""
        sums = self.matrix @ persons
        return Constraints(self.matrix, self.low - sums, self.high - sums)

    def solve(self, cost: Weights, most: Weights | float = np.inf, *, whole: bool = False) -> Weights | None:
        """Numbers from 0 to `most` at (nearly) the least cost; None where there are none, or none in time."""
        found = _scipy().optimize.milp(
            cost,
            integrality=np.full(len(cost), int(whole)),
            bounds=(0, most),
            constraints=(self.matrix, self.low, self.high),
            options={"time_limit": SECONDS, "mip_rel_gap": GAP},
        )
        return None if found.x is None else np.asarray(found.x)


def _scipy() -> Any:
    """It takes a second to load, which only a population that is not known yet waits for."""
    try:
        import scipy.optimize  # type: ignore[import-untyped]  # noqa: PLC0415
        import scipy.sparse  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError:
        raise Refusal(Diagnostic("HY735")) from None
    return scipy
