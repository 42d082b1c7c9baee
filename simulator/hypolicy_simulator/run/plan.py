"""What a run is made of: one replicate of the middle world, many of chance, many of assumptions; cut into parts.

The two kinds of uncertainty are never mixed. Replicates of chance (机会) draw anew in the middle world; replicates of
assumptions (假设) take other worlds, all with the draws of replicate 0, so that only the figures differ.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy_simulator.chance.sobol import worlds
from hypolicy_simulator.chance.worlds import MIDDLE, World, parameters

if TYPE_CHECKING:
    from hypolicy_simulator.run.inputs import Inputs

# So many replicates are one part: what is lost at most when a run is stopped.
PART: Final = 16


class Kind(Enum):
    CHANCE = "机会"
    ASSUMPTIONS = "假设"


@frozen
class Job:
    """One replicate."""

    kind: Kind
    replicate: int
    world: World


def plan(inputs: Inputs, replicates: int) -> list[Job]:
    """So many replicates of each kind; the first is replicate 0 of the middle world, and there always is one."""
    names = parameters(inputs.checked.scenario, responds=inputs.base is not None)
    chance = [Job(Kind.CHANCE, number, MIDDLE) for number in range(max(1, replicates))]
    return [*chance, *(Job(Kind.ASSUMPTIONS, 0, world) for world in worlds(names, replicates, inputs.seed))]


def parts(jobs: list[Job]) -> list[list[Job]]:
    return [jobs[first : first + PART] for first in range(0, len(jobs), PART)]
