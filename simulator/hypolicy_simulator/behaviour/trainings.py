"""Who trains when, and what comes of it: the records of one replicate.

A person takes up a first training in a year by a rate, and one more after each by another. What
happens on such an occasion, the steps of the scenario say in their order. Every draw is keyed by the person and the
occasion, so that a record is the same whoever else there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import define, field, frozen

from hypolicy_simulator.behaviour.frame import Chance, Frame, Part, People
from hypolicy_simulator.behaviour.lookup import RateOf
from hypolicy_simulator.behaviour.steps import kernel, run
from hypolicy_simulator.chance.keyed import happening, stream_key
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


@frozen
class Turn:
    """Who trains on an occasion (by its number), and the elements of these trainings."""

    occasion: int
    who: Rows
    elements: Elements


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
    of_persons: People = field(init=False)
    first: RateOf = field(init=False)
    again: RateOf = field(init=False)
    # The rows of persons, by year, in the tables of first and of further trainings; -1 where there is none.
    _first_of_year: list[Column] = field(init=False)
    _again_in_year: list[Column] = field(init=False)
    _kernels: dict[frozenset[str] | None, Kernel] = field(factory=dict, init=False)
    _central: Frame | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        scenario = self.checked.scenario
        # What people are does not change with replicates: it belongs to the population.
        frame = Frame(self.persons.elements, dict(self.persons.columns))
        steps = scenario.person_steps
        run(kernel(steps, self.checked), steps, self.checked, frame, Chance(self.seed, 0, MIDDLE))
        self.of_persons = People(frame.columns)
        self.first = RateOf.of(self.checked, scenario.takeup.rate)
        self.again = RateOf.of(self.checked, scenario.takeup.again)
        middle = Chance(self.seed, 0, MIDDLE)
        years = [Part(self._everybody(year), None, middle) for year in range(len(scenario.years))]
        self._first_of_year = [_narrow(self.first.groups.numbers_of(year)) for year in years]
        self._again_in_year = [_narrow(self.again.groups.found(year)) for year in years]

    def trainings(self, replicate: int, world: World, wanted: Collection[str] | None = None) -> Frame:
        """All trainings of all years, with the columns that are wanted (all, when None)."""
        chance, years = Chance(self.seed, replicate, world), len(self.checked.scenario.years)
        turns = self.turns(chance)
        who = np.concatenate([turn.who for turn in turns])
        elements = np.concatenate([turn.elements for turn in turns])
        sizes, occasions = [len(turn.who) for turn in turns], [turn.occasion for turn in turns]
        columns: dict[str, Column] = {
            YEAR: np.repeat(np.array([number // PER_YEAR for number in occasions], np.int16), sizes),
            NUMBER: who * (PER_YEAR * years) + np.repeat(np.array(occasions) + 1, sizes),
        }
        frame = Frame(elements, columns, who, self.of_persons)
        run(self._kernel(wanted), self.checked.scenario.training_steps, self.checked, frame, chance)
        return frame

    def central(self) -> Frame:
        """All trainings of replicate 0 of the middle world, which most answers are about; made once."""
        if self._central is None:
            self._central = self.trainings(0, MIDDLE)
        return self._central

    def _kernel(self, wanted: Collection[str] | None) -> Kernel:
        names = None if wanted is None else frozenset(wanted)
        if names not in self._kernels:
            self._kernels[names] = kernel(self.checked.scenario.training_steps, self.checked, names)
        return self._kernels[names]

    def turns(self, chance: Chance) -> list[Turn]:
        """Who trains for the first, second … time of each year."""
        keys = stream_key(chance.seed, TAKE_UP, chance.replicate)
        first = self.first.thresholds(chance.world, self.response(chance.world))
        again, turns = self.again.thresholds(chance.world), list[Turn]()
        for year in range(len(self.checked.scenario.years)):
            opening, people = year * PER_YEAR, self.persons.elements
            turn = Turn(opening, *happening(people, None, opening, keys, first, self._first_of_year[year]))
            turns.append(turn)
            group = self._again_in_year[year]
            for number in range(opening + 1, opening + self.checked.scenario.takeup.most):
                if (group[turn.who] < 0).any():
                    self.again.groups.numbers_of(Part(self._everybody(year), turn.who, chance))
                turn = Turn(number, *happening(people, turn.who, number, keys, again, group))
                turns.append(turn)
        return turns

    def _everybody(self, year: int) -> Frame:
        years = np.full(len(self.persons), year, np.int16)
        return Frame(self.persons.elements, {YEAR: years, **self.of_persons.columns})

    def response(self, world: World) -> list[float] | None:
        """What the rates of first trainings are multiplied by."""
        elasticity = self.checked.scenario.takeup.elasticity
        if self.generosity is None or elasticity is None:
            return None
        power = world.elasticity(elasticity)
        return [ratio**power for ratio in self.generosity]


def _narrow(groups: Column) -> Column:
    return groups.astype(np.int16) if groups.max(initial=0) < 1 << 15 else groups


# The column of a training's own number; it is no name that a scenario can use.
NUMBER: Final = "#"
