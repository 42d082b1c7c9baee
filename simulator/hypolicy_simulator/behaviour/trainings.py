"""Who trains when, and what comes of it: the records of one replicate.

A person takes up a first training in a year by a rate, and one more after each by another. What
happens on such an occasion, the steps of the scenario say in their order. Every draw is keyed by the person and the
occasion, so that a record is the same whoever else there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import define, field

from hypolicy_simulator.behaviour.frame import Chance, Frame, Part
from hypolicy_simulator.behaviour.lookup import RateOf
from hypolicy_simulator.behaviour.steps import kernel, run
from hypolicy_simulator.chance.keyed import happening, occasions
from hypolicy_simulator.chance.worlds import MIDDLE
from hypolicy_simulator.scenario.check import YEAR

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypolicy_simulator.arrays import Column, Elements, Rows
    from hypolicy_simulator.behaviour.code import Kernel
    from hypolicy_simulator.chance.worlds import World
    from hypolicy_simulator.population.persons import Persons
    from hypolicy_simulator.scenario.check import Checked

# Occasions of a person are numbered year by year; so many can be told apart in one.
PER_YEAR: Final = 16
TAKE_UP: Final = "参训"


@define
class Behaviour:
    """A scenario ready to run on its persons.

    `generosity` is what people are granted, as a multiple of what they would be without an amendment, by row of the
    table of first trainings; None where nobody responds.
    """

    checked: Checked
    persons: Persons
    seed: int
    generosity: tuple[float, ...] | None = None
    of_persons: dict[str, Column] = field(init=False)
    first: RateOf = field(init=False)
    again: RateOf = field(init=False)
    _first_of_year: list[tuple[Elements, Column]] = field(init=False)
    _kernels: dict[frozenset[str] | None, Kernel] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        scenario = self.checked.scenario
        # What people are does not change with replicates: it belongs to the population.
        frame = Frame(self.persons.elements, dict(self.persons.columns))
        steps = scenario.person_steps
        run(kernel(steps, self.checked), steps, self.checked, frame, Chance(self.seed, 0, MIDDLE))
        self.of_persons = frame.columns
        self.first = RateOf.of(self.checked, scenario.takeup.rate)
        self.again = RateOf.of(self.checked, scenario.takeup.again)
        self._first_of_year = [self.first_of_year(year) for year in range(len(scenario.years))]

    def trainings(self, replicate: int, world: World, wanted: Collection[str] | None = None) -> Frame:
        """All trainings of all years, with the columns that are wanted (all, when None)."""
        chance = Chance(self.seed, replicate, world)
        parts = [part for year in range(len(self.checked.scenario.years)) for part in self.year(year, chance)]
        who = np.concatenate([who for who, _, _ in parts])
        elements = np.concatenate([elements for _, elements, _ in parts])
        years = np.concatenate([np.full(len(who), number // PER_YEAR, np.int16) for who, _, number in parts])
        numbers = np.concatenate(
            [who * PER_YEAR * len(self.checked.scenario.years) + number + 1 for who, _, number in parts]
        )
        frame = Frame(elements, {YEAR: years, NUMBER: numbers}, who, self.of_persons)
        run(self._kernel(wanted), self.checked.scenario.training_steps, self.checked, frame, chance)
        return frame

    def _kernel(self, wanted: Collection[str] | None) -> Kernel:
        names = None if wanted is None else frozenset(wanted)
        if names not in self._kernels:
            self._kernels[names] = kernel(self.checked.scenario.training_steps, self.checked, names)
        return self._kernels[names]

    def year(self, year: int, chance: Chance) -> list[tuple[Rows, Elements, int]]:
        """Persons, elements and number of the first, second … trainings of a year."""
        everyone, groups = self._first_of_year[year]
        thresholds = self.first.thresholds(chance.world, self.response(chance.world))
        who = happening(everyone, chance.seed, TAKE_UP, chance.replicate, thresholds, groups)
        out = [(who, everyone[who], year * PER_YEAR)]
        for turn in range(1, self.checked.scenario.takeup.most):
            number = year * PER_YEAR + turn
            elements = occasions(self.persons.elements[who], number)
            frame = Frame(elements, {YEAR: np.full(len(who), year, np.int16)}, who, self.of_persons)
            part = Part(frame, None, chance)
            took = np.flatnonzero(self.again.happens(part, part.draws(TAKE_UP)))
            who = who[took]
            out.append((who, elements[took], number))
        return out

    def first_of_year(self, year: int) -> tuple[Elements, Column]:
        """Elements of everybody's first occasion of a year, and their rows in the table of first trainings."""
        elements = occasions(self.persons.elements, year * PER_YEAR)
        years = np.full(len(elements), year, np.int16)
        frame = Frame(elements, {YEAR: years, **self.of_persons})
        return elements, self.first.groups.numbers_of(Part(frame, None, Chance(self.seed, 0, MIDDLE)))

    def response(self, world: World) -> list[float] | None:
        """What the rates of first trainings are multiplied by."""
        elasticity = self.checked.scenario.takeup.elasticity
        if self.generosity is None or elasticity is None:
            return None
        power = world.elasticity(elasticity)
        return [ratio**power for ratio in self.generosity]


# The column of a training's own number; it is no name that a scenario can use.
NUMBER: Final = "#"
