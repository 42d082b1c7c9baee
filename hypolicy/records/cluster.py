"""Deciding in parts, on many machines: first some of the records each, then some of the persons each.

First, workers read slices of the files, check and decide every record, and cut what others must know into parts:
payable entries and days by their holder, keys by their number. Then each part is settled by itself. Last, where
results of single records are wanted, workers go through their slices again. Nothing here knows how workers are run;
what passes between them is bytes, and none of it depends on which worker does what, or how often it is tried.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from attrs import define, evolve, field, frozen

from hypolicy.backends.columns.entries import together
from hypolicy.backends.columns.parts import numbers_of, part_of
from hypolicy.backends.columns.program import Program, Wanted, compile_policy
from hypolicy.backends.columns.settled import NO_CHANGES, Changes, Settled
from hypolicy.backends.columns.totals import Totals
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.bulk import Outcomes, Tally, compile_screening, frame_of
from hypolicy.records.checks import Remark, Screening
from hypolicy.records.keys import repeated_in, suspects_in
from hypolicy.records.overlaps import days_of, meeting
from hypolicy.records.results import Sums
from hypolicy.records.writing import write_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from hypolicy.diagnostics.diagnostic import Diagnostic
    from hypolicy.records.reading import Piece
    from hypolicy.rules.outcome import Entry, Settings
    from hypolicy.rules.tree import Fact, Policy, RecordKind

# What blobs hold. From _DAYS on, the days of each 提示 on days that overlap.
_ENTRIES, _KEYS, _TOLD, _DAYS = range(4)


@frozen
class Blob:
    """Bytes on their way from one worker to another; those of one part meet in one place."""

    part: int
    kind: int
    data: bytes = field(repr=False)


@frozen
class Work:
    """What every worker is told: `known` are the keys of records in the ledger.

    `reasons`: whether any will be read; `entries`: whether those that the ledger takes in are sent back.
    """

    policy: Policy
    settings: Settings
    history: tuple[Entry, ...]
    known: frozenset[str]
    parts: int
    reasons: bool
    entries: bool = True

    def packed(self) -> bytes:
        """As `worker_of` takes it."""
        return pickle.dumps(self)

    @property
    def kind(self) -> RecordKind:
        return self.policy.records[0]

    def overlaps(self) -> list[tuple[str, tuple[Fact, Fact, Fact]]]:
        """The 提示 on days that overlap, with the facts that they are about."""
        return [(n.message, n.overlap) for n in self.kind.notices if n.overlap is not None]


@frozen
class Found:
    """What one worker has found in its records."""

    count: int
    tally: Tally
    faults: pl.DataFrame
    entered: Remark
    odd: dict[str, Remark]


@frozen
class PartSettled:
    """What became of one part. `granted` are entries of the ledger, `repeated` the numbers that several keys have."""

    tally: Tally
    changes: Changes
    granted: pl.DataFrame | None
    repeated: NDArray[np.int64]
    overlaps: dict[str, Remark]


@frozen
class Suspects:
    """Keys of which several have one number, with their rows."""

    frames: list[pl.DataFrame]


@define
class Worker:
    """One process that does some of the work, and may be given it more than once."""

    work: Work
    program: Program = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.program = compile_policy(self.work.policy, self.work.settings)

    # ------------------------------------------------------------------------------- first: some of the records

    def decide(self, pieces: Iterable[Piece]) -> Iterator[Blob]:
        """Check and decide records; what others must know goes to its part."""
        work, kind = self.work, self.work.kind
        screening = Screening(kind, work.settings, work.known)
        compile_screening(self.program, screening)
        tally, count = Tally(), 0
        for piece in pieces:
            count += piece.height
            screening.see(piece)
            columns = piece.decoded.series
            yield from self._in_parts(_KEYS, [numbers_of(columns[kind.key.name].drop_nulls())])
            for place, (_, facts) in enumerate(work.overlaps()):
                yield from self._in_parts(_DAYS + place, days_of(facts, piece.first, columns))
            if not screening.faults:
                run = self.program.start((), self._wanted, piece.first)
                run.feed(frame_of(self.program, piece))
                totals, entries = run.pending()
                tally.add(totals)
                yield from self._entries_in_parts(entries)
        yield told(Found(count, tally, screening.faults.frame, screening.entered, screening.odd))

    @property
    def _wanted(self) -> Wanted:
        return Wanted.REASONS if self.work.reasons else Wanted.GRANTED

    def _in_parts(self, kind: int, columns: Sequence[NDArray[np.int64]]) -> Iterator[Blob]:
        """Rows of numbers, each to the part that its first number belongs to."""
        table = np.column_stack(columns)
        for part, rows in _rows_by_part(columns[0], self.work.parts):
            yield Blob(part, kind, table[rows].tobytes())

    def _entries_in_parts(self, entries: pl.DataFrame) -> Iterator[Blob]:
        if not entries.height:
            return
        holder = self.program.partition_fact
        # Where limits run on several holders there is one part; an entry without a holder may be settled anywhere.
        holders = np.zeros(entries.height, np.int64)
        if holder is not None:
            given = entries[holder.name]
            holders[given.is_not_null().to_numpy()] = numbers_of(given.drop_nulls())
        for part, rows in _rows_by_part(holders, self.work.parts):
            yield Blob(part, _ENTRIES, pickle.dumps(entries[rows]))

    # -------------------------------------------------------------------------------- then: some of the persons

    def settle(self, blobs: Iterable[Blob]) -> Iterator[Blob]:
        """Settle the parts of which these are all blobs; what was found of records is passed on."""
        frames: list[pl.DataFrame] = []
        tables: defaultdict[int, list[NDArray[np.int64]]] = defaultdict(list)
        for blob in blobs:
            if blob.kind == _TOLD:
                yield blob
            elif blob.kind == _ENTRIES:
                frames.append(_own(blob.data))
            else:
                tables[blob.kind].append(np.frombuffer(blob.data, np.int64))
        settled = PartSettled(
            Tally(),
            NO_CHANGES,
            None,
            repeated_in(np.concatenate([np.zeros(0, np.int64), *tables.pop(_KEYS, [])])),
            {self.work.overlaps()[kind - _DAYS][0]: _overlapping(days) for kind, days in tables.items()},
        )
        if frames:
            settled = self._settle_entries(frames, settled)
        yield told(settled)

    def _settle_entries(self, frames: list[pl.DataFrame], settled: PartSettled) -> PartSettled:
        entries = together(frames, self.program.carried)
        history = self.program.history_frame(self.work.history)
        result = self.program.settle(entries, history, reasons=self.work.reasons)
        settled.tally.add(result.totals)
        granted = result.granted if self.work.entries else None
        return evolve(settled, changes=result.changes, granted=granted)

    # ------------------------------------------------------------------------ last: record by record once more

    def suspects(self, pieces: Iterable[Piece], numbers: NDArray[np.int64]) -> Iterator[Blob]:
        """The keys that have one of these numbers."""
        name = self.work.kind.key.name
        yield told(
            Suspects([suspects_in(piece.decoded.series[name], numbers, piece.first) for piece in pieces])
        )

    def write(
        self, pieces: Iterable[Piece], changes: Changes, folder: Path | None, *, payments: bool
    ) -> Iterator[Blob]:
        """Write results into a folder, if there is one, a file for records that follow each other; add up payments."""
        policy = self.work.policy
        settled = Settled(changes, Totals.none(policy), policy, None, pl.DataFrame())
        sums = Sums()
        for first, stretch in _stretches(pieces):
            outcomes = Outcomes(lambda: stretch, self.program, settled)  # noqa: B023 - gone through at once
            if folder is None:
                sums.join(outcomes.payments())
            else:
                # Whoever does this again writes the same file once more.
                file = folder / f"part-{first:018}.parquet"
                write_table(file, outcomes.table(sums if payments else None))
        yield told(sums)


def _stretches(pieces: Iterable[Piece]) -> Iterator[tuple[int, Iterator[Piece]]]:
    """Pieces that follow each other, with the number of the first record; each stretch is to be gone through."""
    ends = 0
    start = 0

    def begun(piece: Piece) -> int:
        nonlocal ends, start
        if piece.first != ends:
            start = piece.first
        ends = piece.first + piece.height
        return start

    return groupby(pieces, begun)


def told(what: Found | PartSettled | Suspects | Sums | tuple[Diagnostic, ...]) -> Blob:
    """What a worker has to say to the one who gathers."""
    return Blob(0, _TOLD, pickle.dumps(what))


@lru_cache(maxsize=1)
def worker_of(work: bytes) -> Worker:
    """Made once in a process, however many tasks it is given."""
    return Worker(_own(work))


def _own(data: bytes) -> Any:
    """What we have packed ourselves."""
    return pickle.loads(data)  # noqa: S301


def _rows_by_part(keys: NDArray[np.int64], parts: int) -> Iterator[tuple[int, NDArray[np.intp]]]:
    part = part_of(keys, parts).astype(np.uint16)
    order = np.argsort(part, kind="stable")
    ends = np.cumsum(np.bincount(part, minlength=parts))
    for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        if start < end:
            yield number, order[start:end]


def _overlapping(days: list[NDArray[np.int64]]) -> Remark:
    table = np.concatenate(days).reshape(-1, 3)
    rows = np.sort(meeting(table[:, 0], table[:, 1], table[:, 2]))
    return Remark("").also(rows.tolist(), len(rows))


# --- what all of them have found -------------------------------------------------------------------------------


@define
class Gathered:
    """All that workers have found of records and of parts."""

    work: Work
    count: int = 0
    tally: Tally = field(factory=Tally)
    faults: list[pl.DataFrame] = field(factory=list)
    entered: Remark = field(factory=lambda: Remark(""))
    odd: dict[str, Remark] = field(factory=dict)
    overlaps: dict[str, Remark] = field(factory=dict)
    repeated: list[NDArray[np.int64]] = field(factory=list)
    suspects: list[pl.DataFrame] = field(factory=list)
    payments: Sums = field(factory=Sums)
    _changes: list[Changes] = field(factory=list)
    _granted: list[pl.DataFrame] = field(factory=list)

    def take(self, blob: Blob) -> None:
        """Raises Refusal where a worker was refused."""
        match _own(blob.data):
            case Found(count, tally, faults, entered, odd):
                self.count += count
                self.tally.join(tally)
                self.faults.append(faults)
                self.entered = self.entered.joined(entered)
                _join(self.odd, odd)
            case PartSettled(tally, changes, granted, repeated, overlaps):
                self.tally.join(tally)
                self.repeated.append(repeated)
                self._changes.append(changes)
                self._granted += [granted] if granted is not None else []
                _join(self.overlaps, overlaps)
            case Suspects(frames):
                self.suspects += frames
            case Sums() as sums:
                self.payments.join(sums)
            case diagnostics:
                raise Refusal(*diagnostics)

    @property
    def changes(self) -> Changes:
        """Those of all parts, by row and item."""
        starts = np.cumsum([0, *(len(changes.outcomes) for changes in self._changes)])
        row, item, status, fen, place = (
            np.concatenate([getattr(NO_CHANGES, name), *(getattr(c, name) for c in self._changes)])
            for name in ("row", "item", "status", "fen", "place")
        )
        counts = [len(changes.row) for changes in self._changes]
        place = place + np.repeat(starts[:-1], counts) if len(place) else place
        order = np.lexsort((item, row))
        outcomes = [outcome for changes in self._changes for outcome in changes.outcomes]
        return Changes(row[order], item[order], status[order], fen[order], place[order], outcomes)

    @property
    def granted(self) -> pl.DataFrame:
        """Entries of all parts in ledger order."""
        program = worker_of(self.work.packed()).program
        entries = together([program.history_frame(()), *self._granted], program.carried)
        return entries if program.ledger is None else program.ledger.in_order(entries)


def _join(known: dict[str, Remark], told: dict[str, Remark]) -> None:
    for message, remark in told.items():
        known[message] = known.get(message, Remark(message)).joined(evolve(remark, message=message))
