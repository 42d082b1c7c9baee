"""Entries until the ledger is closed: by the holder of their accounts, so that they can be settled part after part.

In memory as long as there is room for them, then in a file that has no name, which is gone when the process is.
"""

from __future__ import annotations

from io import SEEK_END, BytesIO
from itertools import groupby
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Final
from weakref import finalize

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.columns.parts import numbers_of, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from hypolicy.rules import tree

    Ints = NDArray[np.int64]

# The finest parts, of which as many as fit are settled together.
_PARTS: Final = 64


@frozen
class _Piece:
    """Entries that came together, part after part; `starts` of each part, and behind them how many there are."""

    entries: pl.DataFrame
    starts: Ints

    def of(self, first: int, last: int) -> pl.DataFrame:
        """Those of the parts from `first` on and before `last`."""
        return self.entries[int(self.starts[first]) : int(self.starts[last])]


@define
class Kept:
    """Entries with one `holder` are in one part, those without a holder too; where it is None there is one part.

    `room` is about how many bytes stay in memory; all of them where it is None.
    """

    holder: tree.Fact | None
    room: int | None = None
    _pieces: list[_Piece] = field(factory=list)
    _bytes: int = 0
    _heights: Ints = field(factory=lambda: np.zeros(_PARTS, np.int64))
    _file: BinaryIO | None = None
    # By part, the pieces in the file: where they begin, and how long they are.
    _stored: list[list[tuple[int, int]]] = field(factory=lambda: [[] for _ in range(_PARTS)])

    @property
    def height(self) -> int:
        """How many entries there have been."""
        return int(self._heights.sum())

    def by_part(self, frame: pl.DataFrame, rows: Ints) -> tuple[NDArray[np.intp], Ints]:
        """For entries with the facts of these rows of a frame: an order part after part, and how many each has."""
        parts = np.zeros(len(rows), np.uint8)
        if self.holder is not None:
            holders = frame[self.holder.name][rows]
            given = holders.is_not_null().to_numpy() if holders.null_count() else slice(None)
            parts[given] = part_of(numbers_of(holders.drop_nulls()), _PARTS)
        return np.argsort(parts, kind="stable"), np.bincount(parts, minlength=_PARTS)

    def add(self, entries: pl.DataFrame, heights: Ints) -> None:
        """Keep entries that lie part after part, of each so many."""
        if not entries.height:
            return
        self._pieces.append(_Piece(entries, np.concatenate([[0], np.cumsum(heights)])))
        self._heights += heights
        self._bytes += int(entries.estimated_size())
        if self.room is not None and self._bytes > self.room:
            self._store()

    def _store(self) -> None:
        """Move everything to the file, each part in one piece."""
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - open for as long as there are entries
            finalize(self, self._file.close)
        self._file.seek(0, SEEK_END)
        for _, group in groupby(self._pieces, lambda piece: piece.entries.schema):
            pieces = list(group)
            for part in np.flatnonzero(sum(np.diff(piece.starts) for piece in pieces)).tolist():
                start = self._file.tell()
                joined = pl.concat([piece.of(part, part + 1) for piece in pieces], rechunk=True)
                joined.write_ipc_stream(self._file)
                self._stored[part].append((start, self._file.tell() - start))
        self._pieces.clear()
        self._bytes = 0

    def take(self, most: int) -> Iterator[list[pl.DataFrame]]:
        """All entries, by stretches of parts with about so many; they are not kept any longer."""
        pieces, self._pieces = self._pieces, []
        first = 0
        while first < _PARTS:
            last, height = first + 1, int(self._heights[first])
            while last < _PARTS and height + int(self._heights[last]) <= most:
                height += int(self._heights[last])
                last += 1
            yield [*self._from_file(first, last), *(piece.of(first, last) for piece in pieces)]
            first = last

    def _from_file(self, first: int, last: int) -> Iterator[pl.DataFrame]:
        for stored in self._stored[first:last]:
            for start, length in stored:
                assert self._file is not None
                self._file.seek(start)
                yield pl.read_ipc_stream(BytesIO(self._file.read(length)))
