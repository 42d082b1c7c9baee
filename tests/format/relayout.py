"""Rule files laid out anew at random: the same tokens, with other white space, widths and comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.source.text import SourceText
from hypolicy.syntax.grammar import keywords
from hypolicy.syntax.lexer import Lexeme, Lexer
from hypolicy.syntax.parser import parse
from hypolicy.syntax.tokens import FULL_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

INSIDE = ("", "", "", " ", "\u3000", "\t", "\n", "\r\n \t", "\n\n\n  ")
WITHOUT_BREAK = ("", "", " ", "\u3000\u3000", "\t")
WITH_BREAK = ("\n", " \n\t ", "\n\n    ")
BETWEEN = ("", " ", "\n", "\n\t", " \n      ")
BLANK = ("\n\n", "\n \n", " \n\t\n\n\u3000\n  ")

HALF_WIDTH = {full: half for full, half in FULL_WIDTH.items() if half in ":;,()"} | {"。": "｡"}
FULL_DIGITS = {half: full for full, half in FULL_WIDTH.items() if half.isdigit() or half in "%/"}
COMMENT = re.compile(r"(^|  )#.*$")


def bare(text: str) -> list[str]:
    """The lines of a formatted file without comments and blank lines."""
    lines = (COMMENT.sub("", line).rstrip() for line in text.split("\n"))
    return [line for line in lines if line]


@frozen
class Relayout:
    """Knows where the sentences and words of some files begin and end."""

    lexer: Lexer
    starts: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, sources: Sequence[SourceText]) -> Relayout:
        document, vocabulary = parse(sources, Collector())
        spans = [node.span for block in document.blocks for node in (block.head, *block.lines)]
        lexer = Lexer(keywords(), frozenset(vocabulary.words), frozenset(vocabulary.units))
        return cls(lexer, frozenset((str(span.source.path), span.start) for span in spans))

    def tokens(self, source: SourceText) -> Iterator[tuple[str, str, Lexeme]]:
        """Each token with the text before it, and where that stands: between sentences, facts or words."""
        kind = head = ""
        at = 0
        for lexeme in self.lexer.lex(source).lexemes:
            gap = source.text[at : lexeme.span.start]
            if (str(source.path), lexeme.span.start) in self.starts:
                place, head = "sentences", lexeme.kind
            else:
                place = "facts" if (head, kind) == ("_K_ASSUME", "_COMMA") else "words"
            yield gap, place, lexeme
            kind, at = lexeme.kind, lexeme.span.end

    def tail(self, source: SourceText) -> str:
        """What follows the last token."""
        lexemes = self.lexer.lex(source).lexemes
        return source.text[lexemes[-1].span.end :] if lexemes else source.text

    def relaid(self, source: SourceText, random: Random) -> SourceText:
        """The same sentences with other white space, and marks and digits of other widths."""
        pieces = []
        for gap, place, lexeme in self.tokens(source):
            marks = "".join(gap.split())
            kept = marks not in ("", "，", "；") or not pieces or lexeme.kind == "_K_MEANS"
            pieces.append(gap if kept else _new_gap(gap, marks, place, lexeme, random))
            pieces.append(_respelled(lexeme, random))
        return SourceText(source.path, "".join(pieces) + self.tail(source))

    def commented(self, source: SourceText, random: Random) -> tuple[SourceText, int]:
        """The same file with comments strewn between its tokens, and how many they are."""
        pieces: list[str] = []
        count = 0
        for gap, place, lexeme in self.tokens(source):
            if place == "facts" or set(gap) & set("#>") or lexeme.kind == "_K_MEANS" or random.random() < 0.8:
                pieces.append(gap)
            else:
                count += 1
                start = random.choice(("#", " #", " # \t", "\n  #", "\n\n#"))
                pieces.append(f"{gap.rstrip()}{start}注{count}，。「“；字\n")
            pieces.append(lexeme.span.text)
        return SourceText(source.path, "".join(pieces) + self.tail(source)), count


def _new_gap(gap: str, marks: str, place: str, here: Lexeme, random: Random) -> str:
    if place == "sentences":
        return random.choice(BLANK if gap.count("\n") > 1 else BETWEEN)
    if place == "facts":
        return random.choice(WITH_BREAK if "\n" in gap else WITHOUT_BREAK)
    if gap == " ":  # without it these would be other words
        return random.choice([space for space in INSIDE if space])
    if here.kind == "_K_AND":
        marks = random.choice(("", "，"))
    return (
        random.choice(INSIDE) + random.choice((marks, HALF_WIDTH.get(marks, marks))) + random.choice(INSIDE)
    )


def _respelled(lexeme: Lexeme, random: Random) -> str:
    text = lexeme.span.text
    match lexeme.kind:
        case "QUANTITY":
            spaced = re.sub(r"^([\d.]+)(?=[^\d.])", rf"\1{random.choice(('', ' ', '  '))}", text)
            return "".join(random.choice((char, FULL_DIGITS.get(char, char))) for char in spaced)
        case "DATE":
            return "".join(random.choice((char, FULL_DIGITS.get(char, char))) for char in text)
        case "STRING" if not set(text[1:-1]) & set('“”"＂ '):
            cut = random.randrange(1, len(text))
            broken = text[1:cut] + random.choice(("", "\n  ", "\r\n\t")) + text[cut:-1]
            return random.choice((f"“{broken}”", f'"{broken}"'))
        case (
            "CLAUSE" | "_OUTER" | "_NEXT_OUTER" | "_STOP" | "_SEMI" | "_COLON" | "_COMMA" | "_LPAR" | "_RPAR"
        ):
            return "".join(random.choice((char, HALF_WIDTH.get(char, char))) for char in text)
        case _:
            return text
