"""Columns of persons and of their trainings, by name.

Labels are held as their places in their domain (-1: not given), numbers as themselves, days as counted from
1970-01-01; a number or a day that is not given is NONE.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, assert_never

import numpy as np
from attrs import define, field, frozen

from hypolicy_simulator.chance.keyed import draws
from hypolicy_simulator.scenario.domains import Days, Domain, Labels, Numbers, day, whole

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Column, Draws, Elements, Rows
    from hypolicy_simulator.chance.worlds import World

NONE: Final = int(np.iinfo(np.int32).min)
ABSENT: Final = -1
_EPOCH: Final = date(1970, 1, 1).toordinal()


def code(text: str, domain: Domain) -> int:
    """A value as columns hold it."""
    match domain:
        case Labels(labels):
            return labels.index(text)
        case Numbers():
            number = whole(text)
            assert number is not None
            return number
        case Days():
            moment = day(text)
            assert moment is not None
            return day_number(moment)
        case _:
            assert_never(domain)


def day_number(moment: date) -> int:
    return moment.toordinal() - _EPOCH


def absent(domain: Domain) -> int:
    return ABSENT if isinstance(domain, Labels) else NONE


def labels_of(domain: Domain) -> Labels:
    assert isinstance(domain, Labels)
    return domain


@define
class Frame:
    """Trainings: `who` says which person each is of; columns of persons are spread out when they are asked for."""

    elements: Elements
    columns: dict[str, Column] = field(factory=dict)
    who: Rows | None = None
    of_persons: dict[str, Column] = field(factory=dict)

    def __len__(self) -> int:
        return len(self.elements)

    def __getitem__(self, name: str) -> Column:
        if name not in self.columns:
            assert self.who is not None, f"{name} is asked for before it is known"
            self.columns[name] = self.of_persons[name][self.who]
        return self.columns[name]

    def take(self, rows: Rows) -> Frame:
        """Some of the trainings."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        return Frame(
            self.elements[rows], columns, None if self.who is None else self.who[rows], self.of_persons
        )


@frozen
class Chance:
    """Which draws a run makes, and what the uncertain figures are in it."""

    seed: int
    replicate: int
    world: World


@frozen
class Part:
    """Some rows of a frame (all, where `rows` is None), and the chance that they are under."""

    frame: Frame
    rows: Rows | None
    chance: Chance

    def __len__(self) -> int:
        return len(self.frame) if self.rows is None else len(self.rows)

    def __getitem__(self, name: str) -> Column:
        column = self.frame[name]
        return column if self.rows is None else column[self.rows]

    def draws(self, stream: str) -> Draws:
        elements = self.frame.elements if self.rows is None else self.frame.elements[self.rows]
        return draws(elements, self.chance.seed, stream, self.chance.replicate)
