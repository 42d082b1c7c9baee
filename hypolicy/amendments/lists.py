"""Items （1）（2）… or ①②… put into a list or taken out of it; those behind are numbered anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.source.splice import Edit
from hypolicy.syntax.spelling import ITEMS, OUTER_ITEMS
from hypolicy.syntax.tokens import INNER_ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.source.text import Span
    from hypolicy.syntax.lexer import Lexeme

_FIRST: Final = frozenset({"_OUTER", "_INNER"})
_ENDS: Final = frozenset({"_STOP", "_SEMI", "_COMMA"})


@frozen
class Item:
    """An item: its number's token, and the place behind its last word."""

    number: Span
    end: int

    def holds(self, span: Span) -> bool:
        return self.number.start <= span.start and span.end <= self.end


@frozen
class Change:
    """A text added behind an item, or the item itself taken out (`text` is None)."""

    text: str | None
    written: Span
    by: str


@define
class ItemList:
    """One list, with what an amendment does to its items, by the place of each."""

    outer: bool
    items: list[Item]
    changes: dict[int, list[Change]] = field(factory=dict)

    @property
    def start(self) -> int:
        return self.items[0].number.start

    def holds(self, span: Span) -> bool:
        return any(item.holds(span) for item in self.items)

    def change(self, span: Span, change: Change) -> None:
        place = next(i for i, item in enumerate(self.items) if item.holds(span))
        self.changes.setdefault(place, []).append(change)

    def deletes(self, place: int) -> Change | None:
        return next((change for change in self.changes.get(place, ()) if change.text is None), None)

    @property
    def empties(self) -> bool:
        return all(self.deletes(place) is not None for place in range(len(self.items)))

    def edits(self) -> Iterator[Edit]:
        number = 0
        kept_end = None
        last = self.changes[max(self.changes)][-1]
        for place, item in enumerate(self.items):
            gone = self.deletes(place)
            if gone is None:
                number += 1
                if number != place + 1:
                    yield Edit(item.number.start, item.number.end, self.number(number), last.written, last.by)
                kept_end = item.end
            elif place + 1 < len(self.items) and any(
                self.deletes(later) is None for later in range(place + 1, len(self.items))
            ):
                yield Edit(item.number.start, self.items[place + 1].number.start, "", gone.written, gone.by)
            elif place == len(self.items) - 1 and kept_end is not None:
                yield Edit(kept_end, item.end, "", gone.written, gone.by)
            for change in self.changes.get(place, ()):
                if change.text is not None:
                    number += 1
                    yield Edit(item.end, item.end, f"；{self.number(number)}", change.written, change.by)
                    yield Edit(item.end, item.end, change.text, change.written, change.by)

    def number(self, number: int) -> str:
        return f"（{number}）" if self.outer else INNER_ITEMS[number - 1]


def lists_in(lexemes: Sequence[Lexeme]) -> list[ItemList]:
    """The lists of a sentence, outer and inner."""
    found: list[ItemList] = []
    open_lists: dict[bool, ItemList] = {}
    for index, lexeme in enumerate(lexemes):
        if lexeme.kind not in ITEMS:
            continue
        outer = lexeme.kind in OUTER_ITEMS
        item = Item(lexeme.span, _end(lexemes, index, outer=outer))
        if lexeme.kind in _FIRST:
            open_lists[outer] = ItemList(outer, [])
            found.append(open_lists[outer])
        if outer in open_lists:
            open_lists[outer].items.append(item)
    return found


def _end(lexemes: Sequence[Lexeme], index: int, *, outer: bool) -> int:
    """Behind the last word of an item."""
    depth = 0
    for place in range(index + 1, len(lexemes)):
        kind = lexemes[place].kind
        depth += {"_LPAR": 1, "_RPAR": -1}.get(kind, 0)
        another = kind in OUTER_ITEMS or (kind in ITEMS and not outer and kind not in _FIRST)
        if depth == 0 and (kind in _ENDS or another):
            return lexemes[place - 1].span.end
    return lexemes[-1].span.end
