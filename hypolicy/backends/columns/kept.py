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

# The finest parts, of which as many as fit are settled together.
_PARTS: Final = 64


@frozen
class _Sorted:
    """Entries part after part; `starts` of each part, and behind them how many entries there are."""

    frame: pl.DataFrame
    starts: NDArray[np.int64]

    def of(self, first: int, last: int) -> pl.DataFrame:
        """Those of the parts from `first` on and before `last`."""
        return self.frame[int(self.starts[first]) : int(self.starts[last])]


@define
class Kept:
    """Entries with one `holder` are in one part, those without a holder too; where it is None there is one part.

    `room` is about how many bytes stay in memory; all of them where it is None.
    """

    holder: tree.Fact | None
    room: int | None = None
    _frames: list[tuple[pl.DataFrame, NDArray[np.uint8]]] = field(factory=list)
    _bytes: int = 0
    _heights: NDArray[np.int64] = field(factory=lambda: np.zeros(_PARTS, np.int64))
    _file: BinaryIO | None = None
    # By part, the pieces in the file: where they begin, and how long they are.
    _stored: list[list[tuple[int, int]]] = field(factory=lambda: [[] for _ in range(_PARTS)])

    @property
    def height(self) -> int:
        """How many entries there have been."""
        return int(self._heights.sum())

    def add(self, entries: pl.DataFrame) -> None:
        if not entries.height:
            return
        parts = self._parts_of(entries)
        self._frames.append((entries, parts))
        self._heights += np.bincount(parts, minlength=_PARTS)
        self._bytes += int(entries.estimated_size())
        if self.room is not None and 2 * self._bytes > self.room:
            self._store()

    def _parts_of(self, entries: pl.DataFrame) -> NDArray[np.uint8]:
        parts = np.zeros(entries.height, np.uint8)
        if self.holder is not None:
            column = entries[self.holder.name]
            given = column.is_not_null().to_numpy()
            parts[given] = part_of(numbers_of(column.drop_nulls()), _PARTS)
        return parts

    def _by_parts(self) -> list[_Sorted]:
        """Entries of one make as one frame; half of the room is for the time while they are twice."""
        frames, self._frames, self._bytes = self._frames, [], 0
        out = []
        for _, group in groupby(frames, lambda each: each[0].schema):
            entries, parts = zip(*group, strict=True)
            number = np.concatenate(parts)
            places = pl.Series(np.argsort(number, kind="stable").astype(np.uint32))
            # Column by column, so that only one is there three times; and each in one chunk, where things are found.
            columns = [
                pl.concat([frame.get_column(name) for frame in entries], rechunk=True)[places]
                for name in entries[0].columns
            ]
            starts = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=_PARTS))])
            out.append(_Sorted(pl.DataFrame(columns), starts))
        return out

    def _store(self) -> None:
        """Move everything to the file, each part in one piece."""
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - open for as long as there are entries
            finalize(self, self._file.close)
        self._file.seek(0, SEEK_END)
        for entries in self._by_parts():
            for part in np.flatnonzero(np.diff(entries.starts)).tolist():
                start = self._file.tell()
                entries.of(part, part + 1).write_ipc_stream(self._file)
                self._stored[part].append((start, self._file.tell() - start))

    def take(self, most: int) -> Iterator[list[pl.DataFrame]]:
        """All entries, by stretches of parts with about so many; they are not kept any longer."""
        if self._file is None and self.height <= most:
            frames, self._frames = [frame for frame, _ in self._frames], []
            yield frames
            return
        in_memory = self._by_parts()
        first = 0
        while first < _PARTS:
            last, height = first + 1, int(self._heights[first])
            while last < _PARTS and height + int(self._heights[last]) <= most:
                height += int(self._heights[last])
                last += 1
            yield [*self._from_file(first, last), *(entries.of(first, last) for entries in in_memory)]
            first = last

    def _from_file(self, first: int, last: int) -> Iterator[pl.DataFrame]:
        for stored in self._stored[first:last]:
            for start, length in stored:
                assert self._file is not None
                self._file.seek(start)
                yield pl.read_ipc_stream(BytesIO(self._file.read(length)))
