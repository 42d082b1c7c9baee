"""Trainings that took place, where others are simulated: the same in every replicate and every world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import define, field

from hypolicy_simulator.behaviour.frame import People
from hypolicy_simulator.behaviour.lookup import RateOf
from hypolicy_simulator.population.integers import Table
from hypolicy_simulator.population.persons import Persons
from hypolicy_simulator.population.support import Support
from hypolicy_simulator.population.synthesis import Population
from hypolicy_simulator.scenario.tree import EVERYBODY

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypolicy_simulator.arrays import Column
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.chance.worlds import World
    from hypolicy_simulator.recorded.records import Recorded
    from hypolicy_simulator.scenario.check import Checked

METHOD: Final = "现有记录"


@define
class RecordedTrainings:
    """What `Behaviour` is where trainings are simulated."""

    checked: Checked
    recorded: Recorded
    persons: Persons = field(init=False)
    of_persons: People = field(init=False)
    first: RateOf = field(init=False)
    generosity: None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.persons = Persons({}, self.recorded.persons)
        self.of_persons = People({group: self._ever(group) for group in self.checked.scenario.groups})
        self.first = RateOf.of(self.checked, EVERYBODY)

    def trainings(self, replicate: int, world: World, wanted: Collection[str] | None = None) -> Frame:
        return self.recorded.frame

    def central(self) -> Frame:
        return self.recorded.frame

    def _ever(self, group: str) -> Column:
        """Who belongs to a group by any record."""
        frame = self.recorded.frame
        assert frame.who is not None
        held = np.zeros(len(self.persons), np.int16)
        held[frame.who[frame[group] == 1]] = 1
        return held

    def population(self) -> Population:
        """The persons of the records, who are not made from any margins."""
        nothing = Support((), (), np.zeros((0, 0), np.int16))
        return Population(self.persons, nothing, (), Table(np.zeros(0, np.int64), METHOD, ()))
