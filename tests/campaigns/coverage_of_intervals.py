"""Whether intervals of nine in ten hold the truth nine times in ten (make coverage).

    python tests/campaigns/coverage_of_intervals.py [--worlds 400] [--replicates 100]

Each simulated world has a seed of its own, from which its intervals are made as `simulate` makes them. For the interval
of chance the truth is one more replicate of the middle world; for that of assumptions it is a world whose uncertain
figures are drawn at random from the distributions that the scenario states. Ends with 1 where a share is not from 87
to 93 in a hundred.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "simulator"), str(ROOT / "tests")]

from simulation.small import SCENARIO  # noqa: E402 - found by the path above

from hypolicy_simulator.answers.intervals import summary  # noqa: E402
from hypolicy_simulator.behaviour.trainings import Behaviour  # noqa: E402
from hypolicy_simulator.chance.sobol import worlds  # noqa: E402
from hypolicy_simulator.chance.worlds import MIDDLE, World, parameters  # noqa: E402
from hypolicy_simulator.run.inputs import Choices  # noqa: E402
from hypolicy_simulator.run.model import Arm, Model  # noqa: E402
from hypolicy_simulator.run.plan import Kind  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST, MOST = 0.87, 0.93


def spent(arm: Arm, cases: Sequence[tuple[int, World]]) -> np.ndarray:
    return np.array([int(arm.admitted(replicate, world).fen.sum()) for replicate, world in cases])


def holds(values: np.ndarray, truth: int, kind: Kind) -> bool:
    told = summary(values, kind, 1)
    return float(told["P5"]) <= truth <= float(told["P95"])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--replicates", type=int, default=100)
    options = parser.parse_args()
    model = Model.read(SCENARIO, Choices())
    own, names = model.own, parameters(model.inputs.checked.scenario)
    held = dict.fromkeys(Kind, 0)
    for number in range(1, options.worlds + 1):
        behaviour = Behaviour(own.checked, own.behaviour.persons, number)
        arm = Arm(own.checked, own.settings, number, behaviour)
        luck = spent(arm, [(replicate, MIDDLE) for replicate in range(options.replicates + 1)])
        held[Kind.CHANCE] += holds(luck[:-1], int(luck[-1]), Kind.CHANCE)
        figures = spent(arm, [(0, world) for world in worlds(names, options.replicates, number)])
        rng = Random(number)
        truth = spent(arm, [(0, World({name: rng.uniform(0.001, 0.999) for name in names}))])
        held[Kind.ASSUMPTIONS] += holds(figures, int(truth[0]), Kind.ASSUMPTIONS)
    shares = {kind: count / options.worlds for kind, count in held.items()}
    for kind, share in shares.items():
        sys.stdout.write(f"{kind.value}: {100 * share:.2f} % of {options.worlds} worlds\n")
    return int(not all(LEAST <= share <= MOST for share in shares.values()))


if __name__ == "__main__":
    sys.exit(main())
