"""Where a sentence breaks into lines.

A sentence stands on one line. The parts of a 情形, the options of a 口径 and the items of a list have a line each; any
other sentence of more than `MAX_COLUMNS` breaks at its joints: after the ： of its name, after each ；, before 不符称.
Nothing is broken inside an expression or a text. The facts of a long 假设 keep the lines of their author, who groups
them by what they are about.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.syntax.spelling import ITEMS, OUTER_ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.syntax.spelling import SpelledSentence

MAX_COLUMNS: Final = 100
INDENT: Final = "  "

# Sentences of the form 名称：条件，不符称…，依据….
_CONDITION_SENTENCES: Final = frozenset(
    {
        "_K_CONCEPT",
        "_K_VALIDATION",
        "_K_NOTICE",
        "K_COMMON",
        "K_PENDING",
        "K_CHECK",
        "K_TARGET",
        "K_SOFT_TARGET",
    }
)
_TAILS: Final = frozenset({"_K_DENIAL", "_K_GROUND"})
_CASE_PARTS: Final = frozenset({"_K_CONDITION", "K_AMOUNT"})
# What a change makes of the words that it names, on a line of its own where there is no room.
_CHANGES: Final = frozenset({"_K_CHANGE", "_K_AT"})
_CHANGED_TO: Final = frozenset({"_K_INTO", "_K_BEHIND"})


@frozen
class Line:
    """The tokens `first` to `last` (excluded) of a sentence, on one line."""

    level: int
    first: int
    last: int
    text: str


def lines_of(sentence: SpelledSentence, level: int) -> list[Line]:
    """The lines of a sentence that stands at a level of indentation."""
    breaks = _Breaks(sentence, level)
    breaks.find()
    starts = sorted(breaks.levels)
    ends = [*starts[1:], len(sentence.lexemes)]
    return [
        Line(breaks.levels[first], first, last, sentence.text(first, last))
        for first, last in zip(starts, ends, strict=True)
    ]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


@define
class _Breaks:
    """`levels` maps the first token of each line to the level of the line."""

    sentence: SpelledSentence
    level: int
    kinds: list[str] = field(init=False)
    levels: dict[int, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.kinds = self.sentence.kinds
        self.levels = {0: self.level}

    def find(self) -> None:
        items = [index for index, kind in enumerate(self.kinds) if kind in ITEMS]
        if self.kinds[0] == "_K_CASE":
            self.at(self.case_parts())
        elif self.kinds[0] in ("_K_ASSUME", "_K_DUE"):
            self.find_statements(items)
            return
        elif options := self.options():
            self.at([*options, *self.tails()])
        elif items or not self.fits(self.level, 0, len(self.kinds)):
            self.at(self.joints(items))
        self.at_items(items)

    def at(self, places: Iterable[int]) -> None:
        self.levels |= dict.fromkeys(places, self.level + 1)

    def at_items(self, items: list[int]) -> None:
        """An item stands one level below the line that its list belongs to, an inner item two."""
        part = self.level
        for index in sorted({*self.levels, *items}):
            kind = self.kinds[index]
            if kind in ITEMS:
                self.levels[index] = part + (1 if kind in OUTER_ITEMS else 2)
            else:
                part = self.levels[index]

    def fits(self, level: int, first: int, last: int) -> bool:
        return _columns(INDENT * level + self.sentence.text(first, last)) <= MAX_COLUMNS

    def behind_colon(self) -> int:
        return self.kinds.index("_COLON") + 1

    # ------------------------------------------------------------------------------------------------ parts

    def case_parts(self) -> list[int]:
        return [
            index
            for index in range(1, len(self.kinds))
            if self.kinds[index] in _CASE_PARTS and self.kinds[index - 1] in ("_COLON", "_SEMI")
        ]

    def options(self) -> list[int]:
        return [
            index
            for index in range(len(self.kinds) - 1)
            if self.kinds[index : index + 2] == ["QNAME", "_K_MEANS"]
        ]

    def joints(self, items: list[int]) -> list[int]:
        """Where a sentence breaks that has a list, or no room on one line."""
        if self.kinds[0] in _CONDITION_SENTENCES:
            intro_fits = items and self.fits(self.level, 0, items[0])
            return self.tails() if intro_fits else [self.behind_colon(), *self.tails()]
        if self.kinds[0] in _CHANGES:
            return [index for index, kind in enumerate(self.kinds) if kind in _CHANGED_TO]
        rows = self.behind("_SEMI", 0, len(self.kinds))
        return [self.behind_colon(), *rows] if rows else []

    def tails(self) -> list[int]:
        if self.kinds[0] not in _CONDITION_SENTENCES:
            return []
        return [
            index
            for index in range(1, len(self.kinds))
            if self.kinds[index] in _TAILS and self.kinds[index - 1] == "_COMMA"
        ]

    # -------------------------------------------------------------------------------------- 假设 and 应得

    def find_statements(self, items: list[int]) -> None:
        """What is assumed or due: on the line of 假设 or of its item, or below it if there is no room."""
        if not items:
            if not self.fits(self.level, 0, len(self.kinds)):
                self.at_statements(self.behind_colon(), len(self.kinds), self.level + 1)
            return
        self.at(items)
        for first, last in zip(items, [*items[1:], len(self.kinds)], strict=True):
            if not self.fits(self.level + 1, first, last):
                self.at_statements(first + 1, last, self.level + 2)

    def at_statements(self, first: int, last: int, level: int) -> None:
        """Results have a line each; facts are many and short, and fill lines where their author broke none."""
        self.levels[first] = level
        if self.kinds[0] == "_K_DUE":
            self.levels |= dict.fromkeys(self.behind("_SEMI", first, last), level)
            return
        starts = self.behind("_COMMA", first, last)
        line = first
        by_author = {start for start in starts if "\n" in self.sentence.gap(start)}
        for start, end in zip(starts, [*starts[1:], last], strict=True):
            breaks = start in by_author if by_author else not self.fits(level, line, end)
            if breaks:
                self.levels[start] = level
                line = start

    def behind(self, separator: str, first: int, last: int) -> list[int]:
        return [index + 1 for index in range(first, last) if self.kinds[index] == separator]
