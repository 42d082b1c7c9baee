"""What is paid under scenarios that differ in amounts alone: notes of amounts by classes, priced in each scenario.

Payments whose amount is made of the same leaves have one price, and there are about as many prices as different
amounts, however many rows. Those of one price that add to one figure are one class, of which only the number matters.
How many payments there are, and what a limit leaves of them, is found out once for all scenarios that grant the same,
or for each where the ledger counts money: what is left for each scenario is a sum of prices.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import define, field, frozen

from hypolicy.backends.columns.beside import side_by_side
from hypolicy.backends.columns.doubts import InDoubt, Payments, in_doubt
from hypolicy.backends.columns.entries import combined
from hypolicy.backends.columns.machine import PlainMachine
from hypolicy.backends.columns.pricing import OPEN
from hypolicy.backends.columns.reasons import DENIED, GRANTED, NOT_APPLICABLE, PENDING
from hypolicy.backends.columns.rows import EDITIONS_APART
from hypolicy.backends.columns.totals import Totals, cells_of, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from hypolicy.backends.columns.ledger import Ledger
    from hypolicy.backends.columns.machine import Machine
    from hypolicy.backends.columns.program import Program
    from hypolicy.backends.columns.totals import Key
    from hypolicy.rules.outcome import Entry

    Ints = NDArray[np.int64]
    # Prices in some scenarios, one row for each scenario.
    Pricing = Callable[[Ints, list[Ints]], Ints]

# Two sums of this size are still a machine word.
_MOST: Final = 2**61
# Prices that are in memory together.
_AT_A_TIME: Final = 1 << 17

# Sums of what classes come to, by cell and scenario; `often` is how often each class is paid, and `paid` what for, by
# price and scenario.
_COLLECT: Final = """\
def collect(cell, price, often, paid, sums):
    for c in range(len(price)):
        total, amounts, times = sums[cell[c]], paid[price[c]], often[c]
        for b in range(len(amounts)):
            total[b] += times * amounts[b]
"""


@frozen
class Notes:
    """Payments in so far as conditions allow them: rows, items with editions, and the columns that prices take.

    `statuses` counts the items of rows of which the status does not depend on an amount.
    """

    row: Ints
    number: Ints
    columns: list[Ints]
    statuses: Ints


@frozen
class _Answer:
    """What scenarios come to that grant the same: how often each class is paid, statuses, and payments by cell.

    `sums` are of payments whose amount the ledger says.
    """

    often: Ints
    statuses: Ints
    counts: Ints
    sums: NDArray[Any]


@frozen
class _Asked:
    """The payments that a ledger may refuse, the classes that they are of, and what has been answered before."""

    doubt: InDoubt | None
    classes: Ints
    known: dict[bytes, _Answer] = field(factory=dict)


@define
class Priced:
    """One population under one choice of conditions."""

    program: Program
    frame: pl.DataFrame
    history: Sequence[Entry]
    machine: Machine
    notes: Notes
    pricing: Pricing
    cells: list[Key] = field(init=False)
    # Of payments: the item, the price and the class.
    item: Ints = field(init=False)
    price_of: Ints = field(init=False)
    class_of: Ints = field(init=False)
    # Of prices: the columns that `pricing` takes.
    columns: list[Ints] = field(init=False)
    # Of classes: the price, the cell, the item, and the number of payments.
    price: Ints = field(init=False)
    cell: Ints = field(init=False)
    item_of: Ints = field(init=False)
    every: Ints = field(init=False)
    _ledgers: dict[int, _Asked] = field(factory=dict)
    _asking: Lock = field(factory=Lock)

    def __attrs_post_init__(self) -> None:
        notes = self.notes
        self.item = notes.number & (EDITIONS_APART - 1)
        cell, self.cells = cells_of(self.program.policy, self.frame, notes.row, self.item)
        made_of, _ = combined([notes.number, *notes.columns])
        _, one, self.price_of = np.unique(made_of, return_index=True, return_inverse=True)
        self.columns = [column[one] for column in (notes.number, *notes.columns)]
        code, _ = combined([cell, self.price_of])
        _, one, self.class_of, self.every = np.unique(
            code, return_index=True, return_inverse=True, return_counts=True
        )
        self.price, self.cell, self.item_of = self.price_of[one], cell[one], self.item[one]

    # ---------------------------------------------------------------------------------------------- totals

    def totals(self, scenarios: list[int], ledgers: list[Ledger | None]) -> Iterator[Totals]:
        """By scenario, each with its ledger."""
        step = max(1, _AT_A_TIME // max(len(self.columns[0]), 1))
        most = np.ones(len(self.columns[0]), np.int64)
        if any(ledger is not None and ledger.limits.purses for ledger in ledgers):
            for start in range(0, len(scenarios), step):
                prices = self.prices(scenarios[start : start + step])
                most = np.maximum(most, prices.max(axis=0, initial=0))

        def block(start: int) -> list[Totals]:
            some = slice(start, start + step)
            return self._of_block(self.prices(scenarios[some]), ledgers[some], most)

        for totals in side_by_side(block, range(0, len(scenarios), step)):
            yield from totals

    def prices(self, scenarios: list[int]) -> Ints:
        return self.pricing(np.array(scenarios, np.int64), self.columns)

    def _of_block(self, prices: Ints, ledgers: Sequence[Ledger | None], most: Ints) -> list[Totals]:
        answers = dict[int, _Answer]()
        for ledger in {id(ledger): ledger for ledger in ledgers}.values():
            here = [place for place, each in enumerate(ledgers) if each is ledger]
            with self._asking:  # what was asked before is remembered
                answers |= zip(here, self._answers_of(ledger, prices[here], most), strict=True)
        scenarios: dict[int, list[int]] = {}
        for place, answer in answers.items():
            scenarios.setdefault(id(answer), []).append(place)
        out: dict[int, Totals] = {}
        for places in scenarios.values():
            answer = answers[places[0]]
            for place, sums in zip(places, self._sums(prices[places], answer), strict=True):
                statuses = answer.statuses.copy()
                out[place] = Totals.of(self.program.policy, self.cells, statuses, answer.counts, sums)
        return [out[place] for place in range(len(prices))]

    def _sums(self, prices: Ints, answer: _Answer) -> NDArray[Any]:
        """By scenario and cell, for scenarios that get the same answer."""
        machine: Machine = self.machine
        dtype: np.dtype[Any] = np.dtype(np.int64)
        if prices.size and int(prices.max()) > _MOST // max(len(self.class_of), 1):
            # Python's own integers are never too large.
            machine, dtype = PlainMachine(), np.dtype(object)
        paid = np.ascontiguousarray(np.maximum(prices, 0).T)
        sums: NDArray[Any] = np.zeros((len(self.cells), len(prices)), dtype)
        machine.call(_COLLECT, "collect", [self.cell, self.price, answer.often, paid], [sums])
        every: NDArray[Any] = sums + answer.sums[:, None]
        return every.T

    # ---------------------------------------------------------------------------------------------- ledger

    def _answers_of(self, ledger: Ledger | None, prices: Ints, most: Ints) -> list[_Answer]:
        """What scenarios with these prices come to behind a ledger."""
        if id(ledger) not in self._ledgers:
            self._ledgers[id(ledger)] = self._in_doubt(ledger, most)
        asked = self._ledgers[id(ledger)]
        counts_money = asked.doubt is not None and asked.doubt.counts_money
        # Where money counts, hardly a question comes twice.
        known = dict[bytes, _Answer]() if counts_money else asked.known
        out = []
        for question, each in zip(prices if counts_money else _signs(prices), prices, strict=True):
            key = question.tobytes()
            if key not in known:
                known[key] = self._ask(asked, each)
            out.append(known[key])
        return out

    def _in_doubt(self, ledger: Ledger | None, most: Ints) -> _Asked:
        if ledger is None:
            return _Asked(None, np.zeros(0, np.int64))
        edition = self.notes.number // EDITIONS_APART
        payments = Payments(self.notes.row, self.item, edition, most[self.price_of])
        doubt = in_doubt(self.program, self.frame, payments, self.history, ledger, self.machine)
        return _Asked(doubt, self.class_of[doubt.places])

    def _ask(self, asked: _Asked, prices: Ints) -> _Answer:
        """What a scenario comes to that grants all that has a price, but for what the ledger refuses."""
        each, statuses = prices[self.price], self.notes.statuses.copy()
        for status, chosen in ((GRANTED, each > 0), (PENDING, each == OPEN), (DENIED, each == 0)):
            np.add.at(statuses[:, status], self.item_of[chosen], self.every[chosen])
        often, cells = self.every, len(self.cells)
        counts, sums = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
        if asked.doubt is not None:
            amounts, size = each[asked.classes], len(often)
            said = asked.doubt.settle(amounts > 0, np.maximum(amounts, 0), self.machine)
            said.move(statuses, self.item[asked.doubt.places])
            left = asked.classes[said.stands]
            often = often - np.bincount(asked.classes, minlength=size)
            if asked.doubt.counts_money:
                counted, paid = summed(self.cell[left], said.paid[said.stands], cells)
                counts += np.array(counted, np.int64)
                sums = np.array(paid, object if max(paid, default=0) > _MOST else np.int64)
            else:
                often += np.bincount(left, minlength=size)
        np.add.at(counts, self.cell[each > 0], often[each > 0])
        statuses[:, NOT_APPLICABLE] = self.frame.height - statuses.sum(axis=1)
        return _Answer(often, statuses, counts, sums)


def _signs(prices: Ints) -> NDArray[np.int8]:
    """Whether there is an amount, none, or nobody can tell."""
    return np.sign(prices).astype(np.int8)
