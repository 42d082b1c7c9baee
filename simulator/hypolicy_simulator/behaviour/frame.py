"""Columns of persons and of their trainings, by name.

Labels are held as their places in their domain (-1: not given), numbers as themselves, days as counted from
1970-01-01; a number or a day that is not given is NONE.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, assert_never

import numpy as np
from attrs import define, field, frozen

from hypolicy_simulator.chance.keyed import draws
from hypolicy_simulator.scenario.domains import Days, Domain, Labels, Numbers, day, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Column, Draws, Elements, Flags, Held, Rows
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


# So many names are flags in one number.
FLAGS: Final = 62


@define
class People:
    """Columns of persons, which are the same in all of their trainings."""

    columns: dict[str, Column] = field(factory=dict)
    _flags: dict[tuple[str, ...], Flags] = field(factory=dict, init=False)
    _kinds: dict[tuple[str, ...], tuple[Column, Held]] = field(factory=dict, init=False)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    @cached_property
    def known(self) -> frozenset[str]:
        """The names of labels that are given for everybody."""
        return frozenset(name for name, column in self.columns.items() if (column >= 0).all())

    def flags(self, names: tuple[str, ...]) -> Flags:
        """Which of some names each person has as 1 (yes): the first name is the lowest bit of a number."""
        assert len(names) <= FLAGS
        if names not in self._flags:
            flags = np.zeros(len(self[names[0]]), np.int64)
            for bit, name in enumerate(names):
                flags |= (self[name] == 1).astype(np.int64) << bit
            self._flags[names] = flags
        return self._flags[names]

    def kinds(self, names: tuple[str, ...]) -> tuple[Column, Held]:
        """People told apart by which of some names they have as 1: the kind of each, and what each kind has."""
        if names not in self._kinds:
            self._kinds[names] = _kinds([self[name] for name in names])
        return self._kinds[names]


def _kinds(columns: Sequence[Column]) -> tuple[Column, Held]:
    kind, count = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        distinct, kind = np.unique(kind * 2 + (column == 1), return_inverse=True)
        count = len(distinct)
    first = np.zeros(count, np.intp)
    first[kind] = np.arange(len(kind))
    return kind.astype(np.int16 if count < 1 << 15 else np.int32), np.array(
        [c[first] == 1 for c in columns]
    ).T


@define
class Frame:
    """Trainings: `who` says which person each is of; columns of persons are spread out when they are asked for."""

    elements: Elements
    columns: dict[str, Column] = field(factory=dict)
    who: Rows | None = None
    of_persons: People = field(factory=People)

    def __len__(self) -> int:
        return len(self.elements)

    def __getitem__(self, name: str) -> Column:
        if name not in self.columns:
            assert self.who is not None, f"{name} is asked for before it is known"
            self.columns[name] = self.of_persons[name][self.who]
        return self.columns[name]

    def flags(self, names: tuple[str, ...]) -> Flags:
        """As `People.flags`, for each training."""
        assert self.who is not None
        return self.of_persons.flags(names)[self.who]

    def kinds(self, names: tuple[str, ...]) -> tuple[Column, Held]:
        """As `People.kinds`, for each training; much quicker where all names are of persons."""
        if not names:
            return np.zeros(len(self), np.int16), np.zeros((1, 0), np.bool_)
        if self.who is None or not all(name in self.of_persons for name in names):
            return _kinds([self[name] for name in names])
        kind, has = self.of_persons.kinds(names)
        return kind[self.who], has

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
