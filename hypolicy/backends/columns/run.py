"""A run over records that come in chunks: what needs no order is settled at once, only what a limit may still refuse
is kept, and the ledger is closed at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.columns.decisions import ItemColumn, Overlay
from hypolicy.backends.columns.entries import EDITION, FEN, ITEM, ROW, WHY, together
from hypolicy.backends.columns.reasons import GRANTED, NOT_APPLICABLE, STATUSES
from hypolicy.backends.columns.rows import EDITIONS_APART, Wanted
from hypolicy.backends.columns.totals import Totals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hypolicy.backends.columns.program import Program
    from hypolicy.backends.columns.settled import Settled
    from hypolicy.rules.outcome import Decision

    Ints = NDArray[np.int64]


@frozen
class Part:
    """Decisions before the ledger on the rows of one frame, by item of the policy."""

    first_row: int
    height: int
    items: tuple[ItemColumn, ...]

    def decisions(self) -> list[list[Decision]]:
        """As the exact evaluator gives them: one row for each record, one column for each item."""
        return [list(row) for row in zip(*(item.decisions() for item in self.items), strict=True)]


@frozen
class Decisions(Part):
    """Final decisions on the rows of one frame."""

    settled: Settled


@frozen
class _Granted:
    """Payments before the ledger: the rows of a frame, items, amounts, and codes of reasons if there are any."""

    row: Ints
    item: Ints
    edition: Ints
    fen: Ints
    why: Ints | None

    def carrying(
        self, chosen: NDArray[np.intp], frame: pl.DataFrame, facts: list[str], first: int
    ) -> pl.DataFrame:
        """Some of them as entries, with the facts of their rows; `first` is the number of the first row."""
        row = self.row[chosen]
        why = np.zeros(len(row), np.int64) if self.why is None else self.why[chosen]
        # Numbers of this size are what rows are found by at once.
        places = pl.Series(row.astype(np.uint32))
        return pl.DataFrame(
            [
                *(frame.get_column(name)[places] for name in facts),
                pl.Series(ROW, row + first),
                pl.Series(ITEM, self.item[chosen].astype(np.int16)),
                pl.Series(EDITION, self.edition[chosen].astype(np.int16)),
                pl.Series(FEN, self.fen[chosen]),
                pl.Series(WHY, why),
            ]
        )


def _granted_of(part: Part) -> _Granted:
    rows = [np.flatnonzero(item.status == GRANTED) for item in part.items]
    why = [column.why[each] for column, each in zip(part.items, rows, strict=True) if column.why is not None]
    editions = [
        np.zeros(len(each), np.int64) if column.edition is None else column.edition[each]
        for column, each in zip(part.items, rows, strict=True)
    ]
    return _Granted(
        np.concatenate(rows),
        np.repeat(np.arange(len(rows)), [len(each) for each in rows]),
        np.concatenate(editions),
        np.concatenate([column.fen[each] for column, each in zip(part.items, rows, strict=True)]),
        np.concatenate(why) if why else None,
    )


@define
class Run:
    """One batch. `rows` counts those that were fed."""

    program: Program
    wanted: Wanted
    history: pl.DataFrame
    first_row: int = 0
    rows: int = 0
    totals: Totals = field(init=False)
    _kept: list[pl.DataFrame] = field(factory=list)
    # Where the row kernel lists what is granted.
    _room: list[Ints] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.totals = Totals.none(self.program.policy)

    # -------------------------------------------------------------------------------------------------- feed

    def feed(self, frame: pl.DataFrame) -> Part | None:
        """Take the next rows; no part where only what is granted is wanted."""
        part = None
        if self.wanted is Wanted.GRANTED:
            granted = self._list_granted(frame)
        else:
            part = self._decide(frame)
            granted = _granted_of(part)
        self._sort_out(frame, granted)
        self.rows += frame.height
        return part

    def _decide(self, frame: pl.DataFrame) -> Part:
        program, height = self.program, frame.height
        kernel = program.kernel(self.wanted)
        outputs = {name: np.zeros(height, np.int64) for name in kernel.outputs}
        program.run_rows(kernel, frame, list(outputs.values()), self.rows + height)
        items, nothing = [], np.zeros(height, np.int64)
        for place in range(len(program.items)):
            status = outputs.get(f"status_{place}", nothing).astype(np.int8)
            fen, why = outputs.get(f"fen_{place}", nothing), outputs.get(f"why_{place}")
            edition, reasons = outputs.get(f"edition_{place}"), kernel.reasons.get(place)
            items.append(ItemColumn(status, fen, why, edition, reasons, frame, program.settings))
            self.totals.statuses[place] += np.bincount(status, minlength=len(STATUSES))
        return Part(self.first_row + self.rows, height, tuple(items))

    def _list_granted(self, frame: pl.DataFrame) -> _Granted:
        program, height = self.program, frame.height
        kernel = program.kernel(Wanted.GRANTED)
        tally = np.zeros(self.totals.statuses.size, np.int64)
        size = height * len(kernel.reasons)
        if not self._room or len(self._room[0]) < size:
            self._room = [np.empty(size, np.int64) for _ in range(3)]
        count = program.run_rows(kernel, frame, [tally, *self._room], self.rows + height) or 0
        statuses = tally.reshape(self.totals.statuses.shape)
        statuses[:, NOT_APPLICABLE] = height - statuses.sum(axis=1)
        self.totals.statuses += statuses
        row, item, amount = (array[:count] for array in self._room)
        return _Granted(row, item & (EDITIONS_APART - 1), item // EDITIONS_APART, amount, None)

    def _sort_out(self, frame: pl.DataFrame, granted: _Granted) -> None:
        """Count what is settled; keep what a limit may still refuse."""
        may_change = self.program.may_change
        touched = np.array([place in may_change for place in range(len(self.program.items))], np.bool_)
        open_ = touched[granted.item]
        settled = np.flatnonzero(~open_)
        self.totals.add(frame, granted.row[settled], granted.item[settled], granted.fen[settled])
        if may_change:
            names = [fact.name for fact in self.program.carried]
            first = self.first_row + self.rows
            self._kept.append(granted.carrying(np.flatnonzero(open_), frame, names, first))

    # ------------------------------------------------------------------------------------------------ finish

    def pending(self) -> tuple[Totals, pl.DataFrame]:
        """Sums of what is settled so far, and the entries that a limit may still refuse (see `Program.settle`)."""
        return self.totals, together([self.history.clear(), *self._kept], self.program.carried)

    def finish(self) -> Settled:
        totals, entries = self.pending()
        self._kept.clear()
        return self.program.settle(entries, self.history, totals, reasons=self.wanted is Wanted.REASONS)


def with_changes(part: Part, settled: Settled) -> Decisions:
    """The final decisions on the rows of a part."""
    changes = settled.changes
    here = (changes.row >= part.first_row) & (changes.row < part.first_row + part.height)
    items = list(part.items)
    for place in sorted(set(changes.item[here].tolist())):
        chosen = np.flatnonzero(here & (changes.item == place))
        overlay = Overlay(changes.row[chosen] - part.first_row, changes.place[chosen], changes.outcomes)
        items[place] = items[place].changed(changes.status[chosen], changes.fen[chosen], overlay)
    return Decisions(part.first_row, part.height, tuple(items), settled)
