"""Places and money that run out: which trainings take place, who is turned away, and in which month a fund is empty.

Places go by priority, then by the day on which the class begins, then by lot. A fund that stops when it is empty pays
for classes in the order in which they begin; from the first that it cannot pay in full no class that it would pay for
begins any more in that year, and what is left goes over to the next. Because of those turned away others may be
granted more (a repeat that did not take place is none), so the rules decide again until nothing is overdrawn; the
trainings only ever become fewer.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import define, field, frozen

from hypolicy_simulator.behaviour.frame import Chance, Part
from hypolicy_simulator.behaviour.lookup import Groups, Terms
from hypolicy_simulator.chance.keyed import draws
from hypolicy_simulator.scenario.check import YEAR
from hypolicy_simulator.scenario.tree import WhenEmpty

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Column, Counts, Draws, Fen, Held, Rows
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.run.decide import Decider, Payments
    from hypolicy_simulator.scenario.check import Checked
    from hypolicy_simulator.scenario.tree import Count

PLACES: Final = "名额"


@frozen
class Admitted:
    """Trainings that take place and what they are granted; those that do not, and why.

    `reasons[i]` is a place in `Limits.reasons` for each training of `turned_away`. `empty[y, f]` is the month in which
    stopping fund f had nothing left in year y, 0 where it had.
    """

    frame: Frame
    payments: Payments
    turned_away: Frame
    reasons: Column
    empty: Counts

    @cached_property
    def fen(self) -> Fen:
        """By item and training."""
        return self.payments.by_item()


@define
class Limits:
    """The limits of a scenario, ready to run. `reasons` are names: 名额, and the funds that stop."""

    checked: Checked
    decider: Decider
    reasons: tuple[str, ...] = field(init=False)
    _capacity: tuple[Groups, Counts] | None = field(init=False)
    _first: tuple[Terms, ...] = field(init=False)
    _funds: tuple[tuple[list[int], list[int]], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        scenario, policy = self.checked.scenario, self.checked.policy
        self._capacity, self._first = None, ()
        if scenario.places is not None:
            table = scenario.places.table
            groups = Groups.of(self.checked, table.file, table.names, [row.labels for row in table.rows])
            self._capacity = (groups, np.array([row.persons for row in table.rows]))
            self._first = tuple(Terms.of(when, self.checked) for when in scenario.places.first)
        stopping = [fund for fund in scenario.funds if fund.sources and fund.when_empty is WhenEmpty.STOP]
        self._funds = tuple(
            (
                [
                    n
                    for n, benefit in enumerate(policy.benefits)
                    if benefit.fund and benefit.fund.name == fund.name
                ],
                [
                    sum(available(source.yearly.rows, year) for source in fund.sources)
                    for year in scenario.years
                ],
            )
            for fund in stopping
        )
        self.reasons = (PLACES, *(fund.name for fund in stopping))

    @property
    def asked(self) -> set[str]:
        """The names that tell who has a place."""
        asked = {self.checked.scenario.begins, *(name for terms in self._first for name, _ in terms.terms)}
        return asked | set(self._capacity[0].names if self._capacity is not None else ())

    @property
    def any(self) -> bool:
        return self._capacity is not None or bool(self._funds)

    def admit(self, frame: Frame, chance: Chance) -> Admitted:
        """Trainings in their order, those turned away left out."""
        empty = np.zeros((len(self.checked.scenario.years), len(self._funds)), np.int64)
        reasons = np.full(len(frame), -1, np.int16)
        if not self.any:
            nobody = np.zeros(0, np.intp)
            return Admitted(frame, self.decider.payments(frame), frame.take(nobody), reasons[nobody], empty)
        lot = draws(frame.elements, chance.seed, "先后", chance.replicate)
        if self._capacity is not None:
            reasons[self._without_place(frame, lot, chance)] = 0
        while True:
            kept = np.flatnonzero(reasons < 0)
            some = frame.take(kept)
            payments = self.decider.payments(some)
            unpaid = self._unpaid(
                some, payments.by_item(), np.lexsort((lot[kept], some[self.checked.scenario.begins])), empty
            )
            if not (unpaid >= 0).any():
                break
            reasons[kept] = np.where(unpaid >= 0, unpaid + 1, -1)
        away = np.flatnonzero(reasons >= 0)
        return Admitted(some, payments, frame.take(away), reasons[away], empty)

    def _without_place(self, frame: Frame, lot: Draws, chance: Chance) -> Held:
        assert self._capacity is not None
        groups, places = self._capacity
        part = Part(frame, None, chance)
        cell = groups.numbers_of(part)
        priority = np.full(len(frame), len(self._first), np.int16)
        for number, terms in reversed(list(enumerate(self._first))):
            priority[terms.held(part)] = number
        order = np.lexsort((lot, frame[self.checked.scenario.begins], priority, cell))
        return _beyond(order, cell, places)

    def _unpaid(self, frame: Frame, fen: Fen, order: Rows, empty: Counts) -> Column:
        """For each training the fund that cannot pay it any more, or -1; notes the month."""
        unpaid = np.full(len(frame), -1, np.int16)
        begins, year = frame[self.checked.scenario.begins], frame[YEAR]
        for fund, (items, yearly) in enumerate(self._funds):
            amounts, left = fen[items].sum(axis=0), 0
            for number, more in enumerate(yearly):
                rows = order[(year[order] == number) & (amounts[order] > 0)]
                spent = np.cumsum(amounts[rows])
                left += more
                paid = int(np.searchsorted(spent, left, side="right"))
                left -= int(spent[paid - 1]) if paid else 0
                if paid < len(rows):
                    unpaid[rows[paid:]] = fund
                    month = _month(int(begins[rows[paid]]))
                    empty[number, fund] = min(empty[number, fund] or month, month)
        return unpaid


def available(rows: tuple[Count, ...], year: int) -> int:
    """What a source has for a year, in fen; nothing in years of which its file does not speak."""
    return sum(row.persons for row in rows if row.labels == (str(year),))


def _beyond(order: Rows, cell: Column, places: Counts) -> Held:
    """Those who stand behind as many in their cell as there are places."""
    ordered = cell[order]
    starts = np.searchsorted(ordered, np.arange(len(places)))
    beyond = np.zeros(len(order), bool)
    beyond[order] = np.arange(len(order)) - starts[ordered] >= places[ordered]
    return beyond


def _month(day: int) -> int:
    return int(np.array(day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)) % 12 + 1
