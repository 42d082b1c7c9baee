"""What is wrong with the records of a run, and what is odd about them, found out while they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.exact.screen import Screen, overlapping
from hypolicy.records.decode import repeated_in, repeats
from hypolicy.records.fault_list import FaultList
from hypolicy.records.raw import Fault
from hypolicy.records.reading import ROOM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Set

    from hypolicy.records.cluster import Gathered
    from hypolicy.records.keys import Keys
    from hypolicy.records.overlaps import Overlaps
    from hypolicy.records.reading import Piece, Records
    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Notice, RecordKind

# How many of the records that a remark is about are named.
NAMED: Final = 5


@frozen
class Remark:
    """Something about so many records, of which the first few are named by their places."""

    message: str
    count: int = 0
    first: tuple[int, ...] = ()

    def also(self, rows: Iterable[int], count: int) -> Remark:
        """The same about further records."""
        room = NAMED - len(self.first)
        return Remark(self.message, self.count + count, (*self.first, *list(rows)[:room]))

    def joined(self, other: Remark) -> Remark:
        """The same about the records of both, wherever these stand."""
        return Remark(
            self.message, self.count + other.count, tuple(sorted((*self.first, *other.first))[:NAMED])
        )


@define
class Screening:
    """What shows of each record by itself. `known` are keys of records that earlier runs have entered in the ledger."""

    kind: RecordKind
    settings: Settings
    known: Set[str] = frozenset()
    faults: FaultList = field(init=False)
    entered: Remark = field(factory=lambda: Remark(""))
    odd: dict[str, Remark] = field(factory=dict)
    # The rows of a piece, those that are faulty left aside, that break each 校验, and those that each 提示 is about.
    rules: Callable[[Piece, Set[int]], list[list[int]]] = field(init=False)
    _exact: Screen = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.faults = FaultList(self.kind)
        self._exact = Screen(self.kind, self.settings)
        self.rules = self._exactly

    def see(self, piece: Piece) -> None:
        self.faults.add(piece.decoded.faults, piece.first)
        if self.known:
            keys = piece.decoded.series[self.kind.key.name].cast(pl.String)
            rows = keys.is_in(list(self.known)).arg_true()
            self.entered = self.entered.also((piece.first + row for row in rows), len(rows))
        self._see_rules(piece)

    def _see_rules(self, piece: Piece) -> None:
        kind = self.kind
        notices = [notice for notice in kind.notices if notice.condition is not None]
        if not kind.validations and not notices:
            return
        found = self.rules(piece, {fault.row for fault in piece.decoded.faults})
        broken, odd = found[: len(kind.validations)], found[len(kind.validations) :]
        for place, (validation, rows) in enumerate(zip(kind.validations, broken, strict=True)):
            self.faults.add_broken(validation, place, rows, piece.first)
        if self.faults:
            return  # nobody is told what is merely odd
        for notice, rows in zip(notices, odd, strict=True):
            if rows:
                remark = self.odd.get(notice.message, Remark(notice.message))
                self.odd[notice.message] = remark.also((piece.first + row for row in rows), len(rows))

    def _exactly(self, piece: Piece, faulty: Set[int]) -> list[list[int]]:
        """Record by record."""
        columns = [piece.decoded.columns[fact.name] for fact in self.kind.facts]
        cells = list(zip(*columns, strict=True))
        sound = [row for row in range(piece.height) if row not in faulty]
        found = self._exact.found([cells[row] for row in sound])
        return [[sound[place] for place in places] for places in found]


@define
class Checks:
    """All records, each by itself and with the others.

    `room` is about how many bytes it may take to look for keys that are used twice, and for days that overlap.
    """

    records: Records
    alone: Screening
    room: int = ROOM
    # The only piece so far; what it takes to compare several pieces is made when there is a second one.
    _only: Piece | None = None
    _keys: Keys | None = None
    _overlaps: list[tuple[Notice, Overlaps]] = field(factory=list)
    # What others have found of days that overlap.
    _found: dict[str, Remark] = field(factory=dict)

    @property
    def faults(self) -> FaultList:
        return self.alone.faults

    def pieces(self) -> Iterator[Piece]:
        """All records, each piece with its faults found; when all are gone through, all faults are."""
        for piece in self.records.pieces():
            self.alone.see(piece)
            self._compare(piece)
            yield piece
        self._tell_repeated(self._repeated())

    def take(self, gathered: Gathered, starts: Iterable[tuple[int, str]]) -> None:
        """What the workers of a cluster have found, instead of looking; `starts`: where each file begins."""
        from hypolicy.records.keys import repeats_among  # noqa: PLC0415

        self.records.know(gathered.count, starts)
        for frame in gathered.faults:
            self.faults.take(frame)
        self.alone.entered, self.alone.odd = gathered.entered, gathered.odd
        self._found = gathered.overlaps
        self._tell_repeated(repeats_among(gathered.suspects))

    def _compare(self, piece: Piece) -> None:
        if not piece.first:
            self._only = piece
            return
        if self._only is not None:
            first, self._only = self._only, None
            self._begin_to_compare()
            self._take_in(first)
        self._take_in(piece)

    def _begin_to_compare(self) -> None:
        from hypolicy.records.keys import Keys  # noqa: PLC0415 - for many records only
        from hypolicy.records.overlaps import Overlaps  # noqa: PLC0415

        self._keys = Keys(self.room)
        for notice in self.records.kind.notices:
            if notice.overlap is not None:
                self._overlaps.append((notice, Overlaps(*notice.overlap, self.room)))

    def _take_in(self, piece: Piece) -> None:
        assert self._keys is not None
        self._keys.add(self._keys_of(piece))
        for _, overlaps in self._overlaps:
            overlaps.add(piece.first, piece.decoded.series)

    def _tell_repeated(self, found: Iterable[tuple[int, int]]) -> None:
        column, label = self.records.kind.key.column, self.records.row_label
        self.faults.add(Fault(row, column, repeats(label(first))) for row, first in found)

    def _repeated(self) -> Iterable[tuple[int, int]]:
        """Each record whose key an earlier one has, with the first of these."""
        if self._only is not None:
            return repeated_in(self._keys_of(self._only))
        if self._keys is None or self._keys.distinct():
            return ()
        from hypolicy.records.keys import repeated_rows  # noqa: PLC0415

        return repeated_rows(lambda: map(self._keys_of, self.records.again()), self.room)

    def _keys_of(self, piece: Piece) -> pl.Series:
        return piece.decoded.series[self.records.kind.key.name]

    def remarks(self) -> Iterator[Remark]:
        """What is odd, in the order of declaration, single records first."""
        notices = self.records.kind.notices
        yield from (self.alone.odd[notice.message] for notice in notices if notice.message in self.alone.odd)
        for notice in notices:
            rows = self._overlapping(notice)
            if notice.message in self._found and self._found[notice.message].count:
                yield self._found[notice.message]
            elif rows:
                yield Remark(notice.message).also(rows, len(rows))

    def _overlapping(self, notice: Notice) -> list[int]:
        if notice.overlap is None:
            return []
        if self._only is not None:
            columns = [self._only.decoded.columns[fact.name] for fact in notice.overlap]
            return overlapping(list(zip(*columns, strict=True)), 0, 1, 2)
        return next((each.rows().tolist() for of, each in self._overlaps if of is notice), [])
