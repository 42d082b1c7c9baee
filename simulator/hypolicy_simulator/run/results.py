"""What a run has come to: every replicate, by arm. Answers are made from this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Counts
    from hypolicy_simulator.run.model import Arm, Model
    from hypolicy_simulator.run.parts import Outcome
    from hypolicy_simulator.run.plan import Job, Kind
    from hypolicy_simulator.run.totals import Totals


@frozen
class Results:
    """`outcomes` are those of `jobs`, in their order; the first is replicate 0 of the middle world."""

    model: Model
    jobs: Sequence[Job] = field(repr=False)
    outcomes: Sequence[Outcome] = field(repr=False)

    @property
    def own(self) -> Arm:
        return self.model.own

    @property
    def first(self) -> Totals:
        """Replicate 0 of the run's own policy: what budget.csv tells."""
        return self.outcomes[0][0]

    def series(self, kind: Kind, name: str, arm: int = 0) -> Counts:
        """One array of the totals (by its name) in all replicates of a kind: replicates first."""
        every = zip(self.jobs, self.outcomes, strict=True)
        arrays = [getattr(outcome[arm], name) for job, outcome in every if job.kind is kind]
        return np.array(arrays) if arrays else np.zeros((0, *getattr(self.first, name).shape), np.int64)
