"""Places as the protocol counts them: lines and units of an encoding from 0; and back.

Editors count UTF-16 units unless another encoding was agreed on, so a character outside the basic plane counts two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from lsprotocol import types

if TYPE_CHECKING:
    from hypolicy.source.text import SourceText, Span


@frozen
class Ruler:
    """Measures texts in the encoding that was agreed on."""

    encoding: str = "utf-16"

    def position(self, source: SourceText, offset: int) -> types.Position:
        """The position of a character, or of the end of the text."""
        line, column = source.position(min(max(offset, 0), len(source.text)))
        return types.Position(line - 1, self._units(source.line(line)[: column - 1]))

    def range(self, span: Span) -> types.Range:
        return types.Range(self.position(span.source, span.start), self.position(span.source, span.end))

    def offset(self, source: SourceText, position: types.Position) -> int:
        """The offset of a position; one outside of the text is moved to the nearest place in it."""
        if position.line >= len(source.line_starts):
            return len(source.text)
        text = source.line(position.line + 1)
        units = column = 0
        while column < len(text) and units + self._units(text[column]) <= position.character:
            units += self._units(text[column])
            column += 1
        return source.line_starts[position.line] + column

    def whole(self, source: SourceText) -> types.Range:
        return types.Range(types.Position(0, 0), self.position(source, len(source.text)))

    def _units(self, text: str) -> int:
        match self.encoding:
            case "utf-8":
                return len(text.encode())
            case "utf-32":
                return len(text)
            case _:
                return len(text) + sum(char > "\uffff" for char in text)
