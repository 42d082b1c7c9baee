"""A scenario made ready: its persons, and one arm for each policy that decides on what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import define, field

from hypolicy_simulator.behaviour.frame import Chance, Part
from hypolicy_simulator.behaviour.trainings import Behaviour
from hypolicy_simulator.chance.worlds import MIDDLE, World
from hypolicy_simulator.population.synthesis import Population, synthesise
from hypolicy_simulator.recorded.trainings import RecordedTrainings
from hypolicy_simulator.run.decide import decider
from hypolicy_simulator.run.inputs import Choices, Inputs, read_inputs
from hypolicy_simulator.run.limits import Admitted, Limits
from hypolicy_simulator.run.totals import Axes, Totals

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.rules.outcome import Settings
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.scenario.check import Checked

# Rules are compiled for the processor, which takes seconds once, from so many persons on.
WORTH_COMPILING: Final = 20_000
CURRENT: Final = "现行"
AMENDED: Final = "修订"


@define
class Arm:
    """One policy under one choice of settings, and what people do under it.

    `often`: whether many replicates come. `other`: an arm that differs little, for which they have come already.
    """

    checked: Checked
    settings: Settings
    seed: int
    behaviour: Behaviour | RecordedTrainings
    often: bool = False
    other: Arm | None = None
    limits: Limits = field(init=False)
    axes: Axes = field(init=False)
    _asked: frozenset[str] = field(init=False)
    _central: Admitted | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        other = self.other.limits.decider if self.other is not None else None
        made = decider(self.checked, self.settings, often=self.often, other=other)
        self.limits = Limits(self.checked, made)
        self.axes = Axes(self.checked, self.limits.reasons)
        facts = {fact.name for fact in self.checked.kind.facts}
        self._asked = frozenset({*facts, *self.limits.asked, *self.axes.groups, self.checked.scenario.paid})

    def admitted(self, replicate: int = 0, world: World = MIDDLE) -> Admitted:
        """The trainings of a replicate that take place, and what they are granted."""
        trainings = self.behaviour.trainings(replicate, world)
        return self.limits.admit(trainings, Chance(self.seed, replicate, world))

    def central(self) -> Admitted:
        """The same of `Behaviour.central`; made once."""
        if self._central is None:
            self._central = self.limits.admit(self.behaviour.central(), Chance(self.seed, 0, MIDDLE))
        return self._central

    def totals(self, replicate: int = 0, world: World = MIDDLE) -> Totals:
        trainings = self.trainings(replicate, world)
        return self.axes.totals(self.limits.admit(trainings, Chance(self.seed, replicate, world)))

    def trainings(self, replicate: int = 0, world: World = MIDDLE) -> Frame:
        """Those of a replicate, with what rules, limits and sums ask of them."""
        return self.behaviour.trainings(replicate, world, self._asked)

    def granted_on_average(self, trainings: Behaviour | RecordedTrainings) -> tuple[float, ...]:
        """Fen for each training of replicate 0 of some behaviour, by row of the table of first trainings."""
        frame = trainings.central()
        rows = trainings.first.groups.numbers_of(Part(frame, None, Chance(self.seed, 0, MIDDLE)))
        fen = self.limits.decider.decide(frame).sum(axis=0)
        size = len(trainings.first.table.rows)
        counts, sums = np.bincount(rows, minlength=size), np.bincount(rows, fen, minlength=size)
        return tuple((sums / np.maximum(counts, 1)).tolist())


@define
class Model:
    """The policy of the run is the first arm; where amendments are tried, the policy without them is the second."""

    inputs: Inputs
    population: Population = field(init=False)
    arms: tuple[Arm, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        inputs = self.inputs
        behaviour: Behaviour | RecordedTrainings
        if inputs.recorded is not None:
            behaviour = RecordedTrainings(inputs.checked, inputs.recorded)
            self.population = behaviour.population()
        else:
            self.population = synthesise(inputs.checked, inputs.seed)
            behaviour = Behaviour(inputs.checked, self.population.persons, inputs.seed)
        often = len(self.population.persons) >= WORTH_COMPILING
        own = Arm(inputs.checked, inputs.settings, inputs.seed, behaviour, often)
        self.arms = (own,)
        if inputs.base is not None:
            base = Arm(inputs.base, inputs.settings, inputs.seed, behaviour, often)
            self.arms = (_responding(own, base), base)

    @classmethod
    def read(cls, path: Path, choices: Choices) -> Model:
        """Raises Refusal with whatever is wrong with the scenario or the choices."""
        return cls(read_inputs(path, choices))

    @property
    def own(self) -> Arm:
        return self.arms[0]


def _responding(own: Arm, base: Arm) -> Arm:
    """The same arm, whose people respond to what an amendment gives them more or less."""
    if own.checked.scenario.takeup.elasticity is None or isinstance(own.behaviour, RecordedTrainings):
        return own
    now, before = (arm.granted_on_average(base.behaviour) for arm in (own, base))
    ratios = tuple(new / old if old else 1.0 for new, old in zip(now, before, strict=True))
    behaviour = Behaviour(own.checked, own.behaviour.persons, own.seed, ratios)
    return Arm(own.checked, own.settings, own.seed, behaviour, own.often)
