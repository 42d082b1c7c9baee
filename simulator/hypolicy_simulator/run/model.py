"""A scenario and its policy made ready: persons, behaviour, and rules that decide on their trainings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy_simulator.behaviour.trainings import Behaviour
from hypolicy_simulator.chance.worlds import MIDDLE, World
from hypolicy_simulator.population.synthesis import Population, synthesise
from hypolicy_simulator.run.decide import Decider, ExactDecider
from hypolicy_simulator.run.inputs import Choices, Inputs, read_inputs
from hypolicy_simulator.run.totals import Axes, Totals

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.scenario.check import Checked


@define
class Model:
    """Everything that one replicate after another is made with."""

    inputs: Inputs
    population: Population = field(init=False)
    behaviour: Behaviour = field(init=False)
    axes: Axes = field(init=False)
    decider: Decider = field(init=False)

    def __attrs_post_init__(self) -> None:
        inputs = self.inputs
        self.population = synthesise(inputs.checked, inputs.seed)
        self.behaviour = Behaviour(inputs.checked, self.population.persons, inputs.seed)
        self.axes = Axes(inputs.checked)
        self.decider = ExactDecider(inputs.checked, inputs.settings)

    @classmethod
    def read(cls, path: Path, choices: Choices) -> Model:
        """Raises Refusal with whatever is wrong with the scenario or the choices."""
        return cls(read_inputs(path, choices))

    @property
    def checked(self) -> Checked:
        return self.inputs.checked

    def trainings(self, replicate: int = 0, world: World = MIDDLE) -> Frame:
        return self.behaviour.trainings(replicate, world)

    def totals(self, trainings: Frame) -> Totals:
        return self.axes.totals(trainings, self.decider.decide(trainings))
