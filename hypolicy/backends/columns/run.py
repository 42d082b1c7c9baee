"""A run over records that come in chunks: what needs no order is settled at once, only what a limit may still refuse
is kept, and the ledger is closed at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.columns.beside import THREADS, side_by_side
from hypolicy.backends.columns.decisions import ItemColumn, Overlay
from hypolicy.backends.columns.entries import EDITION, FEN, ITEM, OWN, ROW, WHY, together
from hypolicy.backends.columns.kept import Kept
from hypolicy.backends.columns.reasons import GRANTED, NOT_APPLICABLE, STATUSES
from hypolicy.backends.columns.rows import EDITIONS_APART, Wanted
from hypolicy.backends.columns.settled import Changes, Settled, joined
from hypolicy.backends.columns.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from hypolicy.backends.columns.program import Program
    from hypolicy.rules.outcome import Decision

    Ints = NDArray[np.int64]

# Entries that the ledger is closed over at once.
AT_ONCE: Final = 1 << 19


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
class Granted:
    """Payments before the ledger: the rows of a frame, items, amounts, and codes of reasons if there are any."""

    row: Ints
    item: Ints
    edition: Ints
    fen: Ints
    why: Ints | None

    def some(self, chosen: NDArray[np.intp]) -> Granted:
        why = None if self.why is None else self.why[chosen]
        return Granted(self.row[chosen], self.item[chosen], self.edition[chosen], self.fen[chosen], why)

    def beside(self, other: Granted) -> Granted:
        """Both, one behind the other, without reasons."""
        row, item, edition, fen = (
            np.concatenate([getattr(each, name) for each in (self, other)])
            for name in ("row", "item", "edition", "fen")
        )
        return Granted(row, item, edition, fen, None)

    def carrying(self, frame: pl.DataFrame, facts: list[str], first: int) -> pl.DataFrame:
        """They as entries, with facts of their rows in the frame; `first` is the number of its first row."""
        # Numbers of this size are what rows are found by at once.
        places = pl.Series(self.row.astype(np.uint32))
        return self.entries(pl.DataFrame([frame.get_column(name)[places] for name in facts]), first)

    def entries(self, facts: pl.DataFrame, first: int = 0) -> pl.DataFrame:
        """They as entries, of which the facts are at hand, row by row."""
        why = np.zeros(len(self.row), np.int64) if self.why is None else self.why
        own = {ROW: self.row + first, ITEM: self.item, EDITION: self.edition, FEN: self.fen, WHY: why}
        return facts.hstack([pl.Series(name, own[name], dtype) for name, dtype in OWN.items()])


def _granted_of(part: Part) -> Granted:
    rows = [np.flatnonzero(item.status == GRANTED) for item in part.items]
    why = [column.why[each] for column, each in zip(part.items, rows, strict=True) if column.why is not None]
    editions = [
        np.zeros(len(each), np.int64) if column.edition is None else column.edition[each]
        for column, each in zip(part.items, rows, strict=True)
    ]
    return Granted(
        np.concatenate(rows),
        np.repeat(np.arange(len(rows)), [len(each) for each in rows]),
        np.concatenate(editions),
        np.concatenate([column.fen[each] for column, each in zip(part.items, rows, strict=True)]),
        np.concatenate(why) if why else None,
    )


@define
class Lister:
    """Lists what is granted before the ledger, in the order of rows; the room for it is kept for the next time."""

    program: Program
    _room: list[Ints] = field(factory=list)

    def listed(
        self,
        coded: Mapping[str, NDArray[Any]],
        rows: range,
        packed: frozenset[str] = frozenset(),
        flags: tuple[str, ...] = (),
    ) -> tuple[Ints, Granted]:
        """Statuses counted by item, and payments, on columns as for `Program.run_coded`."""
        program, height = self.program, len(rows)
        kernel = program.kernel(Wanted.GRANTED)
        tally = np.zeros((len(program.items), len(STATUSES)), np.int64)
        size = height * len(kernel.reasons)
        if not self._room or len(self._room[0]) < size:
            self._room = [np.empty(size, np.int64) for _ in range(3)]
        outputs = [tally.reshape(-1), *self._room]
        count = program.run_coded(kernel, coded, outputs, rows, packed, flags) or 0
        tally[:, NOT_APPLICABLE] = height - tally.sum(axis=1)
        row, item, amount = (array[:count] for array in self._room)
        return tally, Granted(row, item & (EDITIONS_APART - 1), item // EDITIONS_APART, amount, None)


@define
class Run:
    """One batch. `rows` counts those that were fed."""

    program: Program
    wanted: Wanted
    history: pl.DataFrame
    first_row: int = 0
    # About how many bytes of entries may wait for the ledger in memory; as many as there are where it is None.
    room: int | None = None
    rows: int = 0
    totals: Totals = field(init=False)
    _kept: Kept = field(init=False)
    _lister: Lister = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.totals = Totals.none(self.program.policy)
        self._lister = Lister(self.program)
        self._kept = Kept(self.program.partition_fact, self.room)

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
        rows = range(self.rows, self.rows + height)
        coded, packed = program.encode(frame, rows.stop)
        program.run_coded(kernel, coded, list(outputs.values()), rows, packed)
        items, nothing = [], np.zeros(height, np.int64)
        for place in range(len(program.items)):
            status = outputs.get(f"status_{place}", nothing).astype(np.int8)
            fen, why = outputs.get(f"fen_{place}", nothing), outputs.get(f"why_{place}")
            edition, reasons = outputs.get(f"edition_{place}"), kernel.reasons.get(place)
            items.append(ItemColumn(status, fen, why, edition, reasons, frame, program.settings))
            self.totals.statuses[place] += np.bincount(status, minlength=len(STATUSES))
        return Part(self.first_row + self.rows, height, tuple(items))

    def _list_granted(self, frame: pl.DataFrame) -> Granted:
        rows = range(self.rows, self.rows + frame.height)
        coded, packed = self.program.encode(frame, rows.stop)
        statuses, granted = self._lister.listed(coded, rows, packed)
        self.totals.statuses += statuses
        return granted

    def _sort_out(self, frame: pl.DataFrame, granted: Granted) -> None:
        """Count what is settled; keep what a limit may still refuse."""
        may_change = self.program.may_change
        touched = np.array([place in may_change for place in range(len(self.program.items))], np.bool_)
        open_ = touched[granted.item]
        settled = np.flatnonzero(~open_)
        self.totals.add(frame, granted.row[settled], granted.item[settled], granted.fen[settled])
        if may_change:
            names = [fact.name for fact in self.program.carried]
            first = self.first_row + self.rows
            self._kept.add(granted.some(np.flatnonzero(open_)).carrying(frame, names, first))

    # ------------------------------------------------------------------------------------------------ finish

    def pending(self) -> tuple[Totals, pl.DataFrame]:
        """Sums of what is settled so far, and the entries that a limit may still refuse (see `Program.settle`)."""
        every = [frame for frames in self._kept.take(self._kept.height) for frame in frames]
        return self.totals, together([self.history.clear(), *every], self.program.carried)

    def finish(self, *, entries: bool = True) -> Settled:
        """Close the ledger. `entries`: whether anyone asks for its new entries, which then must stay in memory.

        Otherwise it is closed part by part, each with the entries of some holders.
        """
        program, reasons = self.program, self.wanted is Wanted.REASONS
        if entries or self._kept.height <= AT_ONCE:
            totals, pending = self.pending()
            return program.settle(pending, self.history, totals, reasons=reasons)

        def settle(frames: list[pl.DataFrame]) -> Settled:
            part = together([self.history.clear(), *frames], program.carried)
            return program.settle(part, self.history, reasons=reasons)

        changes, totals = list[Changes](), self.totals
        for settled in side_by_side(settle, self._kept.take(max(AT_ONCE // THREADS, self.history.height))):
            totals = totals + settled.totals
            changes.append(settled.changes)
        return Settled(joined(changes), totals, program.policy, None, self.history.clear())


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
