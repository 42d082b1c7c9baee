"""A text with some of its words changed, which still knows where each of its characters was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from hypolicy.source.text import Piece, SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Iterable


@frozen
class Edit:
    """Characters `start` to `end` (excluded) of a text become `text`, which stands at `written`, by an amendment."""

    start: int
    end: int
    text: str
    written: Span
    by: str


def spliced(source: SourceText, edits: Iterable[Edit]) -> SourceText:
    """The text after edits that do not overlap; of two at one place, the first given comes first."""
    in_order = sorted(edits, key=lambda edit: (edit.start, edit.end))
    if not in_order:
        return source
    splice = _Splice(source)
    for edit in in_order:
        splice.replace(edit)
    splice.keep(len(source.text) + 1)
    return evolve(source, text="".join(splice.texts), pieces=tuple(splice.pieces))


@define
class _Splice:
    """`at` is how far the old text has been taken over, `length` how long the new one is."""

    source: SourceText
    before: tuple[Piece, ...] = field(init=False)
    texts: list[str] = field(factory=list)
    pieces: list[Piece] = field(factory=list)
    at: int = 0
    length: int = 0

    def __attrs_post_init__(self) -> None:
        whole = Span(self.source, 0, len(self.source.text))
        self.before = self.source.pieces or (Piece(0, whole.end, whole),)

    def keep(self, until: int) -> None:
        """Take over the old text up to a place, and what was taken out of it before that place."""
        for piece in self.before:
            start, end = max(piece.start, self.at), min(piece.end, until)
            if start < end or (piece.start == piece.end and self.at <= piece.start < until):
                written = piece.part(start, end) if start < end else piece.written
                self.add(end - start, written, piece.amended)
        self.texts.append(self.source.text[self.at : until])
        self.at = until

    def replace(self, edit: Edit) -> None:
        assert edit.start >= self.at, "edits overlap"
        self.keep(edit.start)
        old = [p for p in self.before if p.start < edit.end and edit.start < max(p.end, p.start + 1)]
        chain = [by for piece in old for by in piece.amended]
        self.add(len(edit.text), edit.written, tuple(dict.fromkeys((*chain, edit.by))))
        self.texts.append(edit.text)
        self.at = edit.end

    def add(self, size: int, written: Span, amended: tuple[str, ...]) -> None:
        self.pieces.append(Piece(self.length, self.length + size, written, amended))
        self.length += size
