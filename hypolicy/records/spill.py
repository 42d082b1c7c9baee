"""Numbers by the million, in memory as long as there is room, then in a file that has no name.

A file without a name is gone when the process is, however it ends.
"""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO
from weakref import finalize

import numpy as np
from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@define
class Numbers:
    """Whole numbers of 64 bits in the order in which they came; `room` is how many bytes stay in memory."""

    room: int
    count: int = 0
    _pieces: list[NDArray[np.int64]] = field(factory=list)
    _file: BinaryIO | None = None
    _stored: list[int] = field(factory=list)  # the lengths of the pieces in the file

    def add(self, numbers: NDArray[np.int64]) -> None:
        self.count += len(numbers)
        self._pieces.append(numbers)
        if sum(piece.nbytes for piece in self._pieces) > self.room:
            if self._file is None:
                self._file = TemporaryFile()  # noqa: SIM115 - open for as long as there are numbers
                finalize(self, self._file.close)
            for piece in self._pieces:
                piece.tofile(self._file)
                self._stored.append(len(piece))
            self._pieces = []

    def pieces(self) -> Iterator[NDArray[np.int64]]:
        """All of them, in their order."""
        if self._file is not None:
            self._file.seek(0)
            for length in self._stored:
                yield np.fromfile(self._file, np.int64, length)
        yield from self._pieces
