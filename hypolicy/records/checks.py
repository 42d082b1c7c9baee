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

    from hypolicy.records.keys import Keys
    from hypolicy.records.overlaps import Overlaps
    from hypolicy.records.reading import Piece, Records
    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Notice

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


@define
class Checks:
    """`room` is about how many bytes it may take to look for keys that are used twice, and for days that overlap.

    `known` are the keys of records that earlier runs have entered in the ledger.
    """

    records: Records
    settings: Settings
    room: int = ROOM
    known: Set[str] = frozenset()
    faults: FaultList = field(init=False)
    entered: Remark = field(factory=lambda: Remark(""))
    # The rows of a piece, those that are faulty left aside, that break each 校验, and those that each 提示 is about.
    screen: Callable[[Piece, Set[int]], list[list[int]]] = field(init=False)
    _exact: Screen = field(init=False)
    _odd: dict[str, Remark] = field(factory=dict)
    # The only piece so far; what it takes to compare several pieces is made when there is a second one.
    _only: Piece | None = None
    _keys: Keys | None = None
    _overlaps: list[tuple[Notice, Overlaps]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.faults = FaultList(self.records.kind)
        self._exact = Screen(self.records.kind, self.settings)
        self.screen = self._screen_exactly

    def pieces(self) -> Iterator[Piece]:
        """All records, each piece with its faults found; when all are gone through, all faults are."""
        for piece in self.records.pieces():
            self._see(piece)
            yield piece
        self._see_end()

    def _see(self, piece: Piece) -> None:
        self.faults.add(piece.decoded.faults, piece.first)
        if self.known:
            rows = self._keys_of(piece).cast(pl.String).is_in(list(self.known)).arg_true()
            self.entered = self.entered.also((piece.first + row for row in rows), len(rows))
        self._see_rules(piece)
        if not piece.first:
            self._only = piece
            return
        if self._only is not None:
            self._begin_to_compare(self._only)
        self._compare(piece)

    def _see_rules(self, piece: Piece) -> None:
        """The 校验 and 提示 of single records."""
        kind = self.records.kind
        notices = [notice for notice in kind.notices if notice.condition is not None]
        if not kind.validations and not notices:
            return
        found = self.screen(piece, {fault.row for fault in piece.decoded.faults})
        broken, odd = found[: len(kind.validations)], found[len(kind.validations) :]
        for place, (validation, rows) in enumerate(zip(kind.validations, broken, strict=True)):
            self.faults.add_broken(validation, place, rows, piece.first)
        if self.faults:
            return  # nobody is told what is merely odd
        for notice, rows in zip(notices, odd, strict=True):
            if rows:
                remark = self._odd.get(notice.message, Remark(notice.message))
                self._odd[notice.message] = remark.also((piece.first + row for row in rows), len(rows))

    def _screen_exactly(self, piece: Piece, faulty: Set[int]) -> list[list[int]]:
        """Record by record."""
        columns = [piece.decoded.columns[fact.name] for fact in self.records.kind.facts]
        cells = list(zip(*columns, strict=True))
        sound = [row for row in range(piece.height) if row not in faulty]
        found = self._exact.found([cells[row] for row in sound])
        return [[sound[place] for place in places] for places in found]

    def _keys_of(self, piece: Piece) -> pl.Series:
        return piece.decoded.series[self.records.kind.key.name]

    # ------------------------------------------------------------------------------- records with each other

    def _begin_to_compare(self, first: Piece) -> None:
        from hypolicy.records.keys import Keys  # noqa: PLC0415 - for many records only
        from hypolicy.records.overlaps import Overlaps  # noqa: PLC0415

        self._only = None
        self._keys = Keys(self.room)
        for notice in self.records.kind.notices:
            if notice.overlap is not None:
                self._overlaps.append((notice, Overlaps(*notice.overlap, self.room)))
        self._compare(first)

    def _compare(self, piece: Piece) -> None:
        assert self._keys is not None
        self._keys.add(self._keys_of(piece))
        for _, overlaps in self._overlaps:
            overlaps.add(piece.first, piece.decoded.series)

    def _see_end(self) -> None:
        column, label = self.records.kind.key.column, self.records.row_label
        self.faults.add(Fault(row, column, repeats(label(first))) for row, first in self._repeated())

    def _repeated(self) -> Iterable[tuple[int, int]]:
        """Each record whose key an earlier one has, with the first of these."""
        if self._only is not None:
            return repeated_in(self._keys_of(self._only))
        if self._keys is None or self._keys.distinct():
            return ()
        from hypolicy.records.keys import repeated_rows  # noqa: PLC0415

        return repeated_rows(lambda: map(self._keys_of, self.records.again()), self.room)

    def remarks(self) -> Iterator[Remark]:
        """What is odd, in the order of declaration, single records first."""
        notices = self.records.kind.notices
        yield from (self._odd[notice.message] for notice in notices if notice.message in self._odd)
        for notice in notices:
            rows = self._overlapping(notice)
            if rows:
                yield Remark(notice.message).also(rows, len(rows))

    def _overlapping(self, notice: Notice) -> list[int]:
        if notice.overlap is None:
            return []
        if self._only is not None:
            facts = notice.overlap
            columns = [self._only.decoded.columns[fact.name] for fact in facts]
            return overlapping(list(zip(*columns, strict=True)), 0, 1, 2)
        return next((each.rows().tolist() for of, each in self._overlaps if of is notice), [])
