"""Payments of many scenarios that a limit may refuse, and what the ledger says of them in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from attrs import define, evolve, frozen

from hypolicy.backends.columns.entries import (
    EDITION,
    FEN,
    ITEM,
    NONE,
    ROW,
    WHY,
    Coded,
    history_frame,
    together,
)
from hypolicy.backends.columns.reasons import DENIED, GRANTED, PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hypolicy.backends.columns.ledger import Ledger, Readied, Verdicts
    from hypolicy.backends.columns.machine import Machine
    from hypolicy.backends.columns.program import Program
    from hypolicy.rules.outcome import Entry

    Ints = NDArray[np.int64]


@frozen
class Payments:
    """Rows of a frame, items, editions, and the most that any scenario pays."""

    row: Ints
    item: Ints
    edition: Ints
    most: Ints


@frozen
class Said:
    """What the ledger says of payments in doubt: which of them it leaves, and with how much.

    `gone` were there and are refused, those `lacking` because a fact is not given.
    """

    stands: NDArray[np.bool_]
    paid: Ints
    gone: NDArray[np.bool_]
    lacking: NDArray[np.bool_]

    def move(self, statuses: Ints, item: Ints) -> None:
        """Count those that are gone no longer as granted; `item` is that of each payment in doubt."""
        for status, chosen in ((PENDING, self.gone & self.lacking), (DENIED, self.gone & ~self.lacking)):
            moved = np.bincount(item[chosen], minlength=len(statuses))
            statuses[:, GRANTED] -= moved
            statuses[:, status] += moved


@define
class InDoubt:
    """Those of some payments that a limit may refuse, whichever of the others there are.

    `places` among the payments, and `ours` among the entries that are readied, where history is too.
    """

    places: Ints
    readied: Readied
    ours: Ints
    # What there was when the ledger was asked last, and what it said.
    _asked: NDArray[np.bool_] | None = None
    _said: Verdicts | None = None

    @property
    def counts_money(self) -> bool:
        """Whether what they are worth matters."""
        return bool(self.readied.ledger.limits.purses)

    def settle(self, there: NDArray[np.bool_], fen: Ints, machine: Machine) -> Said:
        """What the ledger says where some of the payments in doubt are there, with these amounts."""
        verdicts, ours = self._verdicts(there, fen, machine), self.ours
        stands = there & verdicts.stands[ours]
        return Said(stands, verdicts.paid[ours], there & ~stands, verdicts.lacking[ours] != NONE)

    def _verdicts(self, there: NDArray[np.bool_], fen: Ints, machine: Machine) -> Verdicts:
        taken, amounts = np.ones(len(self.readied.coded.row), np.bool_), self.readied.coded.fen.copy()
        taken[self.ours], amounts[self.ours] = there, fen
        if self._said is None or self._asked is None or self.counts_money or (taken != self._asked).any():
            self._said, self._asked = self.readied.settle(machine, taken, amounts), taken
        return self._said if self.counts_money else evolve(self._said, paid=amounts)


def in_doubt(
    program: Program,
    frame: pl.DataFrame,
    payments: Payments,
    history: Sequence[Entry],
    ledger: Ledger,
    machine: Machine,
) -> InDoubt:
    """Looked for among all payments at their most: who is not in doubt there, never is."""
    limited = np.flatnonzero(np.isin(payments.item, sorted(ledger.limits.touched)))
    own_facts = {fact.name for fact in program.kind.facts}
    by_name = {fact.name: fact for fact in (*program.carried, *ledger.facts) if fact.name in own_facts}
    carried = list(by_name.values())
    own = [
        pl.Series(ROW, payments.row[limited]),
        pl.Series(ITEM, payments.item[limited].astype(np.int16)),
        pl.Series(EDITION, payments.edition[limited].astype(np.int16)),
        pl.Series(FEN, payments.most[limited]),
        pl.Series(WHY, np.zeros(len(limited), np.int64)),
    ]
    rows = pl.Series(payments.row[limited].astype(np.uint32))
    entries = pl.DataFrame([*(frame[fact.name][rows] for fact in carried), *own])
    earlier = history_frame(history, carried, [benefit.name for benefit in program.items])
    every = together([earlier, entries], carried)
    chosen = np.flatnonzero(ledger.doubtful(Coded.of_frame(every), machine))
    ours = np.flatnonzero(chosen >= earlier.height)
    return InDoubt(limited[chosen[ours] - earlier.height], ledger.ready(Coded.of_frame(every[chosen])), ours)
