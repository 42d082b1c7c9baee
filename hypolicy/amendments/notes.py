"""The consolidated text with a note above everything that an amendment has changed; notes are comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve, field

from hypolicy.amendments.reading import CASES, extent
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.amendments.reading import Reading
    from hypolicy.source.text import Piece, SourceText, Span


def noted(reading: Reading) -> list[SourceText]:
    """Every rule file with its notes."""
    return [_Noting(source, _blocks(reading, source)).noted() for source in reading.sources]


def only_cases(reading: Reading, source: SourceText) -> bool:
    """Whether a file has nothing but worked cases."""
    blocks = [block for block in _blocks(reading, source) if not isinstance(block.head, tree.Heading)]
    return bool(blocks) and all(isinstance(block.head, CASES) for block in blocks)


def _blocks(reading: Reading, source: SourceText) -> list[tree.Block]:
    return [block for block in reading.document.blocks if block.head.span.source.path == source.path]


@define
class _Noting:
    source: SourceText
    blocks: list[tree.Block]
    # What stands above the line that begins at a place.
    notes: dict[int, list[str]] = field(factory=dict)

    def noted(self) -> SourceText:
        if not any(piece.amended for piece in self.source.pieces):
            return self.source
        told: set[Piece] = set()
        for span in self.sentences():
            changed = [piece for piece in span.pieces if piece.amended]
            told.update(changed)
            if changed:
                by = "、".join(span.amended)
                added = all(piece.amended for piece in span.pieces if piece.start < piece.end)
                self.note(span.start, f"# 由{by}增加" if added else f"# 经{by}修改")
        for piece in self.source.pieces:
            if piece.amended and piece.start == piece.end and piece not in told:
                what = "".join(piece.written.text.split()).rstrip("。")
                behind = self.source.text[piece.start : piece.start + 1] == "\n"
                self.note(piece.start + behind, f"# {piece.amended[-1]}：{what}")
        text, at, out = self.source.text, 0, []
        for place in sorted(self.notes):
            out += [text[at:place], *(f"{note}\n" for note in dict.fromkeys(self.notes[place]))]
            at = place
        return evolve(self.source, text="".join([*out, text[at:]]), pieces=())

    def sentences(self) -> Iterator[Span]:
        """What may have a note of its own: of a block that is new from end to end, only the whole."""
        for block in self.blocks:
            yield from (quote.span for quote in block.quotes)
            whole = extent(block)
            if all(piece.amended for piece in whole.pieces) and len(whole.amended) == 1:
                yield whole
                continue
            yield block.head.span
            yield from (line.span for line in block.lines)

    def note(self, place: int, text: str) -> None:
        """A note on the line above a place."""
        line = self.source.text.rfind("\n", 0, place) + 1
        self.notes.setdefault(line, []).append(text)
