"""The one spelling of each token.

Punctuation and brackets are full-width; digits, `/` and `%` half-width; a comparison in signs is one sign. Words,
names and texts are the author's and stay as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import define, field

from hypolicy.source.text import SourceText
from hypolicy.syntax import tokens as t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.syntax.lexer import Lexeme, Lexer

OUTER_ITEMS: Final = frozenset({"_OUTER", "_NEXT_OUTER"})
ITEMS: Final = OUTER_ITEMS | {"_INNER", "_NEXT_INNER"}

_MARKS: Final = {
    "_STOP": "。",
    "_SEMI": "；",
    "_COLON": "：",
    "_COMMA": "，",
    "_MID": "、",
    "_LPAR": "（",
    "_RPAR": "）",
}
_SIGNS: Final = {"*": "×"}
_SPACE_IN_QUANTITY: Final = re.compile(r"(?<=[\d.])\s+")
# Beside these a space never tells two words apart.
_APART: Final = frozenset({*_MARKS, *ITEMS, "STRING", "QNAME"}) - {"_LPAR"}


def spelled(lexeme: Lexeme) -> str:
    raw, value = lexeme.span.text, str(lexeme.value)
    match lexeme.kind:
        case mark if mark in _MARKS:
            return _MARKS[mark]
        case "_OUTER" | "_NEXT_OUTER":
            return f"（{value}）"
        case "_INNER" | "_NEXT_INNER":
            return t.INNER_ITEMS[int(value) - 1]
        case "QUANTITY" | "DATE":
            return _SPACE_IN_QUANTITY.sub("", t.fold(raw))
        case "STRING":
            return f"“{value}”" if raw.startswith("“") or t.balanced(value, "“", "”") else f'"{value}"'
        case "CLAUSE" | "COMPARE" | "ADD" | "MULTIPLY":
            return _SIGNS.get(value, value)
        case _ if raw.startswith("「"):
            return f"「{raw[1:-1].strip()}」"
        case _:
            return raw


@define
class SpelledSentence:
    """The tokens of one sentence, their spelling, and what joins each to the one before it."""

    lexemes: Sequence[Lexeme]
    lexer: Lexer = field(repr=False)
    bare: str = field(repr=False)  # the text of the file, its comments blanked out
    texts: list[str] = field(init=False)
    joints: list[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.texts = [spelled(lexeme) for lexeme in self.lexemes]
        self.joints = [self._mark_before(index) for index in range(len(self.lexemes))]
        for index in self._commas_before_or():
            self.joints[index] = "，"
        self._keep_words_apart()

    @property
    def kinds(self) -> list[str]:
        return [lexeme.kind for lexeme in self.lexemes]

    def text(self, first: int, last: int) -> str:
        """The tokens `first` to `last` (excluded) on one line, with the mark that follows them."""
        after = self.joints[last].strip() if last < len(self.lexemes) else ""
        joined = (self.joints[i] + self.texts[i] for i in range(first + 1, last))
        return self.texts[first] + "".join(joined) + after

    def gap(self, index: int) -> str:
        """What the author wrote between a token and the one before it, comments blanked out."""
        if index == 0:
            return ""
        return self.bare[self.lexemes[index - 1].span.end : self.lexemes[index].span.start]

    def _mark_before(self, index: int) -> str:
        """The marks that the lexer takes into the token behind them."""
        match self.lexemes[index].kind:
            case "_NEXT_OUTER" | "_NEXT_INNER":
                return "；"
            case "_K_AND":
                return "，"
            case _:
                return ""

    def _commas_before_or(self) -> set[int]:
        """或 has a comma where the author gave one to any 或 of the same chain, and after a list of words.

        Without it, 「属于甲、乙或丙」 reads as one list.
        """
        commas: set[int] = set()
        chains = [_Chain()]
        for index, kind in enumerate(self.kinds):
            chain = chains[-1]
            if kind == "_LPAR":
                chains.append(_Chain())
            elif kind == "_RPAR":
                commas |= chains.pop().commas() if len(chains) > 1 else set()
            elif kind == "_MID":
                chain.after_list = True
            elif kind == "_K_OR":
                chain.add(index, "，" in self.gap(index) or "," in self.gap(index))
            elif kind in _MARKS or kind in ITEMS:
                commas |= chain.commas()
                chains[-1] = _Chain()
        return commas

    def _keep_words_apart(self) -> None:
        """Keep an author's space where two words without it would be read as another word."""
        spaced = [index for index in range(1, len(self.lexemes)) if self._may_need_space(index)]
        if not spaced:
            return
        lost = self._boundaries_lost()
        for index in spaced:
            self.joints[index] = " " if index in lost else ""
        if lost and self._boundaries_lost():  # one misreading hid another
            for index in spaced:
                self.joints[index] = " "

    def _may_need_space(self, index: int) -> bool:
        before, here = self.lexemes[index - 1].kind, self.lexemes[index].kind
        return (
            before not in _APART
            and here not in _APART
            and not self.joints[index]
            and self.gap(index).isspace()
        )

    def _boundaries_lost(self) -> set[int]:
        """The tokens that would no longer begin a token, were the sentence written as now spelled."""
        source = SourceText(self.lexemes[0].span.source.path, self.text(0, len(self.lexemes)))
        lexed = self.lexer.lex(source)
        # What the lexer would complain of is not found, even where it has guessed right.
        doubtful = {place for p in lexed.problems for place in range(p.span.start + 1, p.span.end)}
        found = {lexeme.span.start for lexeme in lexed.lexemes} - doubtful
        lost, offset = set(), 0
        for index, (joint, text) in enumerate(zip(self.joints, self.texts, strict=True)):
            offset += len(joint)
            if offset not in found:
                lost.add(index)
            offset += len(text)
        return lost


@define
class _Chain:
    """The 或 of one bracket or clause, which share one way of writing."""

    places: set[int] = field(factory=set)
    with_comma: bool = False
    after_list: bool = False

    def add(self, index: int, comma: bool) -> None:
        self.places.add(index)
        self.with_comma |= comma or self.after_list

    def commas(self) -> set[int]:
        return self.places if self.with_comma else set()
