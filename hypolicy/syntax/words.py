"""First pass: the words that the files declare.

A name is born in 「」 behind a word such as 事实 or 概念; labels of enumerations stand bare behind their ：. They are
gathered from all files before any of these is cut into tokens, so a word may be used before it is declared.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import define, field

from hypolicy.source import limits
from hypolicy.syntax import tokens as t
from hypolicy.syntax.grammar import keywords as keyword_table
from hypolicy.syntax.lexer import Lexeme, Lexer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import SourceText, Span

_BIRTHS: Final = frozenset(
    {
        "_K_ENUM", "_K_FACT", "_K_FUND", "_K_GROUP", "_K_CONCEPT", "_K_PERIOD", "_K_PARAMETER", "_K_TABLE",
        "_K_BENEFIT", "_K_HOLDER", "_K_COMPUTATION", "K_CHECK", "K_TARGET", "K_SOFT_TARGET",
    }
)  # fmt: skip
_TYPE_WORDS: Final = ("文本", "编号", "是否", "日期", "整数", "小数", "金额")


@define
class Vocabulary:
    """`words` maps each declared word to the place of its first birth."""

    words: dict[str, Span] = field(factory=dict)
    units: set[str] = field(factory=set)


@lru_cache(maxsize=limits.MAX_FILES)
def bare_lexemes(source: SourceText) -> tuple[Lexeme, ...]:
    """A file cut by keywords alone: enough to find 引用 and the births of words. Both passes share it."""
    return tuple(Lexer(keyword_table()).lex(source).lexemes)


def scan(sources: Iterable[SourceText], keywords: Mapping[str, str], collector: Collector) -> Vocabulary:
    """Gather the words of all files; a word that is a keyword is reported."""
    vocabulary = Vocabulary()
    for source in sources:
        lexemes = bare_lexemes(source)
        for index, lexeme in enumerate(lexemes[:-1]):
            following = lexemes[index + 1]
            if following.kind != "QNAME":
                continue
            if lexeme.kind in ("_K_WHOLE", "_K_UNIT"):
                vocabulary.units.add(str(following.value))
            elif lexeme.kind in _BIRTHS:
                _born(vocabulary, str(following.value), following.span, keywords, collector)
                _inner_births(vocabulary, lexemes, index, keywords, collector)
    return vocabulary


def _inner_births(
    vocabulary: Vocabulary,
    lexemes: Sequence[Lexeme],
    index: int,
    keywords: Mapping[str, str],
    collector: Collector,
) -> None:
    """Columns of a table, labels of an enumeration."""
    match lexemes[index].kind:
        case "_K_TABLE":
            for lexeme in lexemes[index + 2 :]:
                if lexeme.kind in ("_COLON", "_STOP"):
                    break
                if lexeme.kind == "QNAME":
                    _born(vocabulary, str(lexeme.value), lexeme.span, keywords, collector)
        case "_K_ENUM" | "_K_FACT":
            for label, span in _labels(lexemes, index):
                _born(vocabulary, label, span, keywords, collector)
        case _:
            pass


def _labels(lexemes: Sequence[Lexeme], index: int) -> list[tuple[str, Span]]:
    """The labels between the ： of a declaration and its 。 or ，."""
    if index + 2 >= len(lexemes) or lexemes[index + 2].kind != "_COLON":
        return []
    is_enum = lexemes[index].kind == "_K_ENUM"
    start = index + 3
    if is_enum and start + 1 < len(lexemes) and lexemes[start].kind == "_K_RISING":
        start += 2
    pieces: list[tuple[str, Span]] = []
    current: list[Lexeme] = []
    for lexeme in lexemes[start:]:
        if lexeme.kind in ("_MID", "_COMMA", "_STOP", "_COLON", "_SEMI", "_LPAR"):
            if current:
                span = current[0].span.to(current[-1].span)
                pieces.append((t.fold("".join(span.text.split())), span))
            current = []
            if lexeme.kind != "_MID":
                break
        else:
            current.append(lexeme)
    if not is_enum and (len(pieces) < 2 or pieces[0][0].startswith(_TYPE_WORDS)):
        return []
    return pieces


def _born(
    vocabulary: Vocabulary, name: str, span: Span, keywords: Mapping[str, str], collector: Collector
) -> None:
    if name in keywords:
        collector.report("HY202", span, word=name)
    elif name:
        vocabulary.words.setdefault(name, span)
