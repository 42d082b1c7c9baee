"""All records of a run, piece by piece, from however many files; and how people find one of them again.

Records are numbered through all files from 0. They can be gone through more than once: what fits into the room that
is given stays in memory, other files are read again.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.decode import Decoded, decode_piece, unused
from hypolicy.records.raw import ORDINALS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hypolicy.records.raw import Numbering
    from hypolicy.records.sources import Source
    from hypolicy.rules.tree import RecordKind

# Bytes of records that stay in memory.
ROOM: Final = 256 << 20


@frozen
class Piece:
    """Records of one kind that follow each other; `first` is the number of the first."""

    first: int
    decoded: Decoded = field(repr=False)

    @property
    def height(self) -> int:
        return self.decoded.height


@frozen
class _File:
    """Where a file begins, and how its records are numbered."""

    first: int
    name: str
    numbering: Numbering


@define
class Records:
    """`advance` is told how much of all files is read, and how many records."""

    kind: RecordKind
    sources: Sequence[Source]
    encoding: str = "utf-8"
    room: int = ROOM
    advance: Callable[[float, int], None] = lambda share, records: None
    count: int = 0
    notices: list[str] = field(factory=list)
    _files: list[_File] = field(factory=list)
    _states: dict[Source, tuple[int, int]] = field(factory=dict)
    _kept: list[Piece] | None = None

    def pieces(self) -> Iterator[Piece]:
        """For the first time: read, and numbered."""
        kept: list[Piece] | None = [] if self.room else None
        size = 0
        for piece in self._read():
            if kept is not None:
                size += sum(int(series.estimated_size()) for series in piece.decoded.series.values())
                kept = [*kept, piece] if size <= self.room else None
            yield piece
            self.count = piece.first + piece.height
        self._kept = kept

    def again(self) -> Iterator[Piece]:
        """The same pieces as before."""
        for piece in self._kept if self._kept is not None else self._read_again():
            yield piece
            done = piece.first + piece.height
            self.advance(done / max(self.count, 1), done)

    def _read_again(self) -> Iterator[Piece]:
        first = 0
        for source in self.sources:
            for raw in source.pieces(self.encoding, self.wanted):
                decoded = decode_piece(raw, self.kind)
                yield Piece(first, decoded)
                first += decoded.height
            if _state(source) != self._states[source]:
                raise Refusal(Diagnostic("HY867", {"file": str(source.path)}))

    def know(self, count: int, starts: Iterable[tuple[int, str]]) -> None:
        """The records as others have read them, from Parquet; `starts`: where each file begins."""
        self.count = count
        self._files = [_File(first, name, ORDINALS) for first, name in starts]

    @property
    def wanted(self) -> frozenset[str]:
        return frozenset(fact.column for fact in self.kind.facts)

    def _read(self) -> Iterator[Piece]:
        first = 0
        for place, source in enumerate(self.sources):
            for raw in source.pieces(self.encoding, self.wanted):
                self._states.setdefault(source, _state(source))
                if not self._files or self._files[-1].name != raw.file:
                    self._files.append(_File(first, raw.file, raw.numbering))
                    self.notices += unused(raw, self.kind)
                decoded = decode_piece(raw, self.kind)
                self.notices += raw.notices
                yield Piece(first, decoded)
                first += decoded.height
                self.advance((place + raw.progress) / len(self.sources), first)

    # --------------------------------------------------------------------------------------- finding a record

    def file(self, row: int) -> str:
        return self._file(row).name

    def row_number(self, row: int) -> int:
        """As people number the records of the file."""
        file = self._file(row)
        return file.numbering.first + row - file.first

    def row_label(self, row: int) -> str:
        """第3行; with the name of the file where there are several."""
        file = self._file(row)
        label = file.numbering.label(row - file.first)
        return f"{file.name} {label}" if self.several else label

    @property
    def several(self) -> bool:
        """Whether there are several files, so that a record is found only by the name of its file."""
        return len(self._files) > 1 or len(self.sources) > 1

    def _file(self, row: int) -> _File:
        return self._files[bisect_right(self._files, row, key=lambda file: file.first) - 1]


def _state(source: Source) -> tuple[int, int]:
    """What changes where somebody writes to a file."""
    found = source.path.stat()
    return found.st_size, found.st_mtime_ns
