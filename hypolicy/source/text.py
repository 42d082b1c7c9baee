"""A rule file's text, and places in it.

Offsets count characters (code points) of the decoded text; a line ends at ``\\n``. Columns are told to people as
"第 n 个字", counted from 1, as word processors count.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from pathlib import PurePosixPath


@frozen
class Piece:
    """A stretch of a consolidated text, and where its characters were written.

    `amended` are the amendments that have put it there, the latest last; none of the policy's own words. An empty
    stretch is where an amendment has only taken something out.
    """

    start: int
    end: int
    written: Span
    amended: tuple[str, ...] = ()

    def part(self, start: int, end: int) -> Span:
        """Where the characters from `start` to `end` of the consolidated text, so far as they are here, were written.

        Words that no file has as they are, such as a version that an amendment has added, were written in one piece.
        """
        if self.end - self.start != self.written.end - self.written.start:
            return self.written
        first, last = max(start, self.start) - self.start, min(end, self.end) - self.start
        return Span(self.written.source, self.written.start + first, self.written.start + last)


@frozen
class SourceText:
    """One file: `path` is relative to the policy folder, with `/`.

    The text of a file that amendments have changed is made of `pieces` (`source.splice`).
    """

    path: PurePosixPath
    text: str = field(repr=False)
    pieces: tuple[Piece, ...] = field(default=(), repr=False, eq=False)

    @cached_property
    def line_starts(self) -> list[int]:
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and character of an offset, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Text of a line (from 1), without its end."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


@frozen
class Span:
    """Characters `start` (included) to `end` (excluded) of a file."""

    source: SourceText = field(repr=lambda source: str(source.path), eq=lambda source: str(source.path))
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def brief(self, most: int = 40) -> str:
        """The words without white space; of many only the first, and that there are more."""
        words = "".join(self.text.split())
        return words if len(words) <= most else f"{words[:most]}……"

    @property
    def amended(self) -> tuple[str, ...]:
        """The amendments that have put in, changed or taken out words here, each once, in their order."""
        return tuple(dict.fromkeys(by for piece in self.pieces for by in piece.amended))

    @property
    def pieces(self) -> list[Piece]:
        """The pieces of a consolidated text that are in here, or lie in it with an end; none of a plain file."""
        return [piece for piece in self.source.pieces if self._touches(piece)]

    @property
    def written(self) -> Span:
        """The place in a file that can be opened where these words, or the first of them, were written."""
        inside = [piece for piece in self.pieces if piece.start < piece.end]
        if not inside:
            return self
        first, last = inside[0], inside[-1]
        if last.written.source.path != first.written.source.path:
            last = first
        start, end = first.part(self.start, self.end).start, last.part(self.start, self.end).end
        return Span(first.written.source, start, max(start, end))

    def _touches(self, piece: Piece) -> bool:
        if piece.start == piece.end:
            return self.start < piece.start < self.end
        if self.start == self.end:
            return piece.start <= self.start < piece.end
        return piece.start < self.end and self.start < piece.end

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of another in the same file."""
        return Span(self.source, self.start, max(self.end, other.end))

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{self.source.path}:{line}:{column}"
