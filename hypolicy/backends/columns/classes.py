"""What is paid under scenarios that differ in amounts alone: notes of amounts by classes, priced in each scenario.

Payments that add to one figure, and whose amount is made of the same leaves, are one class, of which only the number
matters. There are about as many classes as different amounts in a cell, however many rows. What a limit may refuse is
asked of the ledger once for all scenarios that grant the same payments, or for each where it counts money.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import define, evolve, field, frozen

from hypolicy.backends.columns.doubts import InDoubt, Payments, in_doubt
from hypolicy.backends.columns.entries import combined
from hypolicy.backends.columns.machine import PlainMachine
from hypolicy.backends.columns.pricing import OPEN
from hypolicy.backends.columns.reasons import DENIED, GRANTED, NOT_APPLICABLE, PENDING, STATUSES
from hypolicy.backends.columns.rows import EDITIONS_APART
from hypolicy.backends.columns.totals import Totals, cells_of, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from hypolicy.backends.columns.ledger import Ledger
    from hypolicy.backends.columns.machine import Inputs, Machine
    from hypolicy.backends.columns.program import Program
    from hypolicy.backends.columns.totals import Key
    from hypolicy.rules.outcome import Entry

    Ints = NDArray[np.int64]
    # What classes come to in some scenarios, one row for each scenario.
    Pricing = Callable[[Ints, list[Ints]], Ints]

# Two sums of this size are still a machine word.
_MOST: Final = 2**61
# Prices of classes that are in memory together.
_AT_A_TIME: Final = 1 << 18

# Sums of what classes come to in each of several scenarios. Those from `begin` of a run to that of the next have one
# item and one cell; `every` are all payments of a class, and `often` those of them that the ledger leaves, by the
# answer that a scenario gets.
_COLLECT: Final = f"""\
def collect(answer, begin, item, cell, every, often, outcome, cells, counts, sums, tally):
    size = len(every)
    for b in range(len(answer)):
        p = answer[b] * size
        o = b * size
        statuses = b * (len(tally) // len(answer))
        for r in range(len(item)):
            first, last = begin[r], begin[r + 1]
            paid = fen = granted = left = asked = 0
            for c in range(first, last):
                price = outcome[o + c]
                some = price > 0
                paid += often[p + c] * some
                fen += often[p + c] * max(price, 0)
                granted += every[c] * some
                left += every[c] * (price == {OPEN})
                asked += every[c]
            counts[b * cells + cell[r]] += paid
            sums[b * cells + cell[r]] += fen
            tally[statuses + item[r] * {len(STATUSES)} + {GRANTED}] += granted
            tally[statuses + item[r] * {len(STATUSES)} + {PENDING}] += left
            tally[statuses + item[r] * {len(STATUSES)} + {DENIED}] += asked - granted - left
"""


@frozen
class Notes:
    """Payments in so far as conditions allow them: rows, items with editions, and the columns that `price` takes.

    `statuses` counts the items of rows of which the status does not depend on an amount.
    """

    row: Ints
    number: Ints
    columns: list[Ints]
    statuses: Ints


@frozen
class _Answer:
    """What the ledger leaves: of each class how many, and how statuses and cells change beside that."""

    often: Ints
    statuses: Ints
    counts: Ints
    sums: NDArray[Any]


@define
class Priced:
    """One population under one choice of conditions."""

    program: Program
    frame: pl.DataFrame
    history: Sequence[Entry]
    machine: Machine
    notes: Notes
    price: Pricing
    item: Ints = field(init=False)
    cells: list[Key] = field(init=False)
    class_of: Ints = field(init=False)
    # Of classes: the columns that `price` takes, and the cell and the number of payments of each.
    columns: list[Ints] = field(init=False)
    cell: Ints = field(init=False)
    every: Ints = field(init=False)
    _doubts: dict[int, tuple[InDoubt, Ints]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        notes = self.notes
        self.item = notes.number & (EDITIONS_APART - 1)
        cell, self.cells = cells_of(self.program.policy, self.frame, notes.row, self.item)
        code, _ = combined([notes.number, cell, *notes.columns])
        _, first, self.class_of, self.every = np.unique(
            code, return_index=True, return_inverse=True, return_counts=True
        )
        self.columns = [column[first] for column in (notes.number, *notes.columns)]
        self.cell = cell[first]

    # ---------------------------------------------------------------------------------------------- totals

    def totals(self, scenarios: list[int], ledgers: list[Ledger | None]) -> Iterator[Totals]:
        """By scenario, each with its ledger."""
        step = max(1, _AT_A_TIME // max(len(self.every), 1))
        if any(ledger is not None and ledger.limits.purses for ledger in ledgers):
            most = np.zeros(len(self.every), np.int64)
            for start in range(0, len(scenarios), step):
                prices = self.prices(scenarios[start : start + step])
                most = np.maximum(most, prices.max(axis=0, initial=0))
        else:
            most = np.ones(len(self.every), np.int64)
        for start in range(0, len(scenarios), step):
            block = scenarios[start : start + step]
            yield from self._of_block(self.prices(block), ledgers[start : start + step], most)

    def prices(self, scenarios: list[int]) -> Ints:
        return self.price(np.array(scenarios, np.int64), self.columns)

    def _of_block(self, prices: Ints, ledgers: Sequence[Ledger | None], most: Ints) -> Iterator[Totals]:
        given: list[_Answer] = []
        which = np.zeros(len(prices), np.int64)
        for ledger in {id(ledger): ledger for ledger in ledgers}.values():
            here = np.array([place for place, each in enumerate(ledgers) if each is ledger], np.int64)
            which[here] = self._answers_of(ledger, prices[here], most, given)
        counts, sums, statuses = self._collected(prices, which, given)
        statuses += np.stack([answer.statuses for answer in given])[which]
        if any(ledger is not None and ledger.limits.purses for ledger in ledgers):
            counts += np.stack([answer.counts for answer in given])[which]
            sums = sums + np.stack([answer.sums for answer in given])[which]
        for told in zip(statuses, counts, sums, strict=True):
            yield Totals.of(self.program.policy, self.cells, *told)

    def _collected(self, prices: Ints, which: Ints, given: list[_Answer]) -> tuple[Ints, NDArray[Any], Ints]:
        """Counts and sums by scenario and cell, and statuses by scenario."""
        scenarios, items = len(prices), len(self.program.items)
        machine: Machine = self.machine
        dtype: np.dtype[Any] = np.dtype(np.int64)
        if prices.size and int(prices.max()) > _MOST // max(len(self.class_of), 1):
            # Python's own integers are never too large.
            machine, dtype = PlainMachine(), np.dtype(object)
        counts = np.zeros(scenarios * len(self.cells), np.int64)
        sums, tally = counts.astype(dtype), np.zeros(scenarios * items * len(STATUSES), np.int64)
        often = np.concatenate([answer.often for answer in given])
        item, size = self.columns[0] & (EDITIONS_APART - 1), len(self.every)
        changes = (np.diff(item) != 0) | (np.diff(self.cell) != 0)
        begin = np.append(np.flatnonzero(np.append(np.ones(min(size, 1), np.bool_), changes)), size)
        inputs: Inputs = [
            *(which, begin, item[begin[:-1]], self.cell[begin[:-1]], self.every, often),
            *(prices.reshape(-1), len(self.cells)),
        ]
        machine.call(_COLLECT, "collect", inputs, [counts, sums, tally])
        statuses = tally.reshape(scenarios, items, len(STATUSES)) + self.notes.statuses
        statuses[:, :, NOT_APPLICABLE] = self.frame.height - statuses.sum(axis=2)
        return counts.reshape(scenarios, -1), sums.reshape(scenarios, -1), statuses

    # ---------------------------------------------------------------------------------------------- ledger

    def _answers_of(self, ledger: Ledger | None, prices: Ints, most: Ints, given: list[_Answer]) -> list[int]:
        """Places of the answers that scenarios get, among those `given`, which grow by new ones."""
        if ledger is None:
            given.append(self._untouched())
            return [len(given) - 1] * len(prices)
        doubt, classes = self._in_doubt(ledger, most)
        asked = prices[:, classes]
        questions = asked if doubt.counts_money else asked > 0
        known: dict[bytes, int] = {}
        out = []
        for place, question in enumerate(questions):
            key = question.tobytes()
            if key not in known:
                known[key] = len(given)
                given.append(self._ask(doubt, classes, asked[place]))
            out.append(known[key])
        return out

    def _in_doubt(self, ledger: Ledger, most: Ints) -> tuple[InDoubt, Ints]:
        """The payments that a ledger may refuse, and the classes that they are of."""
        if id(ledger) not in self._doubts:
            edition = self.notes.number // EDITIONS_APART
            payments = Payments(self.notes.row, self.item, edition, most[self.class_of])
            doubt = in_doubt(self.program, self.frame, payments, self.history, ledger, self.machine)
            self._doubts[id(ledger)] = doubt, self.class_of[doubt.places]
        return self._doubts[id(ledger)]

    def _untouched(self) -> _Answer:
        nothing = np.zeros(len(self.cells), np.int64)
        statuses = np.zeros((len(self.program.items), len(STATUSES)), np.int64)
        return _Answer(self.every, statuses, nothing, nothing)

    def _ask(self, doubt: InDoubt, classes: Ints, prices: Ints) -> _Answer:
        """What the ledger says where the payments in doubt, of these classes, come to these prices."""
        out = self._untouched()
        said = doubt.settle(prices > 0, np.maximum(prices, 0), self.machine)
        said.move(out.statuses, self.item[doubt.places])
        size = len(self.every)
        often = self.every - np.bincount(classes, minlength=size)
        if not doubt.counts_money:
            often += np.bincount(classes[said.stands], minlength=size)
            return evolve(out, often=often)
        cells = self.cell[classes[said.stands]]
        counts, sums = summed(cells, said.paid[said.stands], len(self.cells))
        exact = np.array(sums, object if max(sums, default=0) > _MOST else np.int64)
        return _Answer(often, out.statuses, np.array(counts, np.int64), exact)
