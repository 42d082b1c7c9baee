"""The official text, amended as the quotes of it are.

A quote is found in the official text as a whole; where it stands more than once, the first place that is not yet
amended is meant, and nothing depends on which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.source.folded import Folded
from hypolicy.source.splice import Edit, spliced

if TYPE_CHECKING:
    from hypolicy.source.text import SourceText, Span


@define
class OfficialText:
    """The official text before a document, and what the document makes of it."""

    source: SourceText
    edits: list[Edit] = field(factory=list)
    folded: Folded = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.folded = Folded.of(self.source.text)

    def change(self, quote: Folded, first: int, last: int, text: str, written: Span, by: str) -> None:
        """Words of a quote, from its character `first` to `last` (excluded), become a text."""
        for at, _ in self.folded.places(quote.text):
            offsets = self.folded.offsets
            end = offsets[at + last - 1] + 1
            edit = Edit(offsets[at + first] if first < last else end, end, text, written, by)
            if not any(edit.start < other.end and other.start < edit.end for other in self.edits):
                self.edits.append(edit)
                return

    def add(self, behind: Folded | None, text: str, written: Span, by: str) -> None:
        """A text behind a quote; at the end, where there is none that is known."""
        place = next(iter(self.folded.places(behind.text)), None) if behind is not None else None
        at = self.folded.offsets[place[1] - 1] + 1 if place is not None else len(self.source.text)
        self.edits.append(Edit(at, at, f"\n{text}", written, by))

    def amended(self) -> SourceText:
        return spliced(self.source, self.edits)
