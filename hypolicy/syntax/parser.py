"""Files to a `Document`: cut into sentences, parse each by itself, gather lines into blocks.

A mistake in one sentence hides none in the others: what can be read of a sentence is kept, and what cannot leaves
its names behind, so that nobody complains of them.

A policy is read again and again with one of its files changed: by each amendment, and at each key in an editor. What
was read of a file without a mistake is therefore kept, and taken as it is where its text and all words are the same
(a text that amendments have changed has been written in several places, and is read anew).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import define, field
from lark import Token, UnexpectedToken

from hypolicy.diagnostics.diagnostic import Collector, Place
from hypolicy.source import limits
from hypolicy.source.text import SourceText, Span
from hypolicy.syntax import tree
from hypolicy.syntax.blocks import may_hold
from hypolicy.syntax.builder import Builder
from hypolicy.syntax.complaints import complain
from hypolicy.syntax.grammar import keywords, sentence_parser, sentence_starts
from hypolicy.syntax.lexer import Lexeme, Lexer, opens_block
from hypolicy.syntax.marks import page_of
from hypolicy.syntax.problems import Effect, Problem
from hypolicy.syntax.sentences import Sentence, form_problems, sentences, stop_behind
from hypolicy.syntax.tree import Name
from hypolicy.syntax.words import Scanner, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.syntax.lexer import Lexed, Trivia

# A sentence whose second token is a name declares it, but for these lines.
_NAMING_LINES = frozenset({"_K_CASE", "_K_HOLDER", "_K_NOT_WITH", "_K_REFER", "_K_ADOPT"})
_NAMELESS_DECLARATIONS = frozenset({"CLAUSE", "_K_LEDGER", "_K_NOT_COMPUTABLE", "_K_INCLUDE"})
_PLACES_SHOWN = 5
# A # that was typed over the first character of a rule.
_TOUCHING = re.compile(r"#[^\s#!]")
_SENTENCE_ENDS = ("。", ".", "：", ":")
_LINE_ENDS = (*_SENTENCE_ENDS, "，", ",", "；", ";", "、")
# Blocks of files without a mistake, by the file, the words and the units.
_Read = tuple[SourceText, frozenset[str], frozenset[str]]
_sound: Final[dict[_Read, tuple[tree.Block, ...]]] = {}
_MOST_KEPT: Final = 4 * limits.MAX_FILES


def parse(
    sources: Sequence[SourceText], collector: Collector, known: Vocabulary | None = None
) -> tuple[tree.Document, Vocabulary]:
    """All files of a policy, in their order; whatever is wrong in them goes to the collector.

    Files that are read beside a policy may use the words that are `known` from it.
    """
    given = Vocabulary(dict(known.words), set(known.units)) if known is not None else Vocabulary()
    vocabulary = Scanner(keywords(), collector, given).scan(map(page_of, sources))
    words, units = frozenset({*vocabulary.words, *vocabulary.doubtful}), frozenset(vocabulary.units)
    lexer = Lexer(keywords(), words, units)
    unknown = _Unknown()
    lost = set(vocabulary.doubtful)
    blocks: list[tree.Block] = []
    for source in sources:
        kept = None if source.pieces else _sound.get((source, words, units))
        if kept is not None:
            blocks += kept
            continue
        reader = _Reader(source, lexer, lexer.lex(source))
        reader.read()
        blocks += reader.blocks
        if reader.is_sound and not source.pieces:
            if len(_sound) >= _MOST_KEPT:
                _sound.clear()
            _sound[source, words, units] = tuple(reader.blocks)
        for diagnostic in reader.collector.found:
            collector.add(diagnostic)
        unknown.take(reader.unknown)
        lost |= reader.lost
    unknown.report(collector)
    return tree.Document(tuple(blocks), frozenset(lost), unknown.places), vocabulary


def accepted_after(lexemes: Sequence[Lexeme]) -> frozenset[str]:
    """The terminals that may follow these tokens of a sentence; none where no sentence begins so."""
    state = sentence_parser().parse_interactive()
    try:
        for lexeme in lexemes:
            state.feed_token(_token(lexeme))
    except UnexpectedToken:
        return frozenset()
    return frozenset(state.accepts())  # type: ignore[no-untyped-call]


@define
class _Unknown:
    """Words that nobody declares: each is told once, with its places."""

    words: dict[str, list[tuple[Problem, str]]] = field(factory=dict)

    def add(self, problem: Problem, clause: str) -> None:
        self.words.setdefault(str(problem.facts["word"]), []).append((problem, clause))

    def take(self, other: _Unknown) -> None:
        for word, found in other.words.items():
            self.words.setdefault(word, []).extend(found)

    def report(self, collector: Collector) -> None:
        for word, found in self.words.items():
            first, clause = found[0]
            others = [Place(problem.span, "这里也用到") for problem, _ in found[1:_PLACES_SHOWN]]
            places = (Place(first.span), *others)
            collector.report("HY201", *places, clause=clause, suggestion=first.suggestion, word=word)

    @property
    def places(self) -> frozenset[tuple[str, int]]:
        spans = [problem.span for found in self.words.values() for problem, _ in found]
        return frozenset((str(span.source.path), span.start) for span in spans)


@define
class _Reader:
    """One file, sentence by sentence."""

    source: SourceText
    lexer: Lexer
    lexed: Lexed
    collector: Collector = field(factory=Collector)
    unknown: _Unknown = field(factory=_Unknown)
    lost: set[str] = field(factory=set)
    blocks: list[tree.Block] = field(factory=list)
    clause: str = ""
    head: tree.Declaration | None = None
    # The declaration before these lines could not be read: they are read for their form only.
    head_lost: bool = False
    lines: list[tree.Line] = field(factory=list)
    damaged: bool = False
    quotes: list[Name] = field(factory=list)
    pending_quotes: list[Name] = field(factory=list)
    # Whether this is an amending document: in no other file anything may be changed.
    amends: bool = False
    found: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing is to be told of the file."""
        return not (self.collector.found or self.unknown.words or self.lost)

    def read(self) -> None:
        quotes = iter([trivia for trivia in self.lexed.trivia if trivia.is_quote])
        waiting: Trivia | None = next(quotes, None)
        for sentence in sentences(self.lexed):
            start = sentence.lexemes[0].span.start if sentence.lexemes else len(self.source.text)
            while waiting is not None and waiting.span.start < start:
                self.pending_quotes.append(Name(waiting.text, waiting.span))
                waiting = next(quotes, None)
            self.sentence(sentence)
            if self.found > limits.MAX_PROBLEMS:
                break
        while waiting is not None:
            self.pending_quotes.append(Name(waiting.text, waiting.span))
            waiting = next(quotes, None)
        self.close()
        for quote in self.pending_quotes:
            self.collector.report("HY116", quote.span, clause=self.clause)
        self.comments()

    def comments(self) -> None:
        """Tell of rules behind a #, which are none: a mark typed by mistake would take a rule away in silence."""
        room = limits.MAX_TOKENS - len(self.lexed.lexemes)
        for trivia in self.lexed.trivia:
            words = trivia.text.partition("#")[0].rstrip()
            if trivia.is_quote or not words.endswith(_LINE_ENDS) or room < 0:
                continue
            read = self.lexer.lex(SourceText(self.source.path, words))
            room -= len(read.lexemes)
            found = list(sentences(read))
            if found and not read.problems and all(_is_sentence(one.lexemes) for one in found):
                self.collector.report("HY132", trivia.span)
            elif _TOUCHING.match(trivia.span.text):
                self.collector.report("HY134", trivia.span)

    # ---------------------------------------------------------------------------------------- one sentence

    def sentence(self, sentence: Sentence) -> None:
        """Read a sentence; where a 。 was forgotten, it is several."""
        told = list(sentence.told())
        rest: Sequence[Lexeme] = sentence.lexemes
        while rest:
            rest = self.first_of(rest, told)
        self.found += len(told)
        for problem in told:
            if problem.code == "HY201":
                self.unknown.add(problem, self.clause)
            else:
                problem.report(self.collector, self.clause)

    def first_of(self, lexemes: Sequence[Lexeme], told: list[Problem]) -> Sequence[Lexeme]:
        """Read the first sentence of these; what is left begins behind a forgotten 。.

        `told` has the problems known so far, and receives new ones.
        """
        kinds = [lexeme.kind for lexeme in lexemes[:4]]
        opening = next((size for size in (2, 3) if opens_block(kinds[:size])), 0)
        if 0 < opening < len(lexemes):
            self.first_of(lexemes[:opening], told)
            return lexemes[opening:]
        complete = opening > 0 or lexemes[-1].kind == "_STOP"
        read = lexemes if complete else [*lexemes, _stop(lexemes[-1])]
        try:
            parsed = sentence_parser().parse(cast("str", [_token(lexeme) for lexeme in read]))
        except UnexpectedToken as error:
            return self.recover(error, read, told)
        known = self.within(lexemes, told)
        found = form_problems(lexemes)
        if not complete:
            found.append(Problem("HY110", stop_behind(lexemes[-1])))
        told += found
        if any(problem.effect is Effect.LOSES for problem in known) or _hides(found):
            self.lose(lexemes)
        else:
            self.place(Builder(self.source).transform(parsed))
        return ()

    def recover(
        self, error: UnexpectedToken, lexemes: Sequence[Lexeme], told: list[Problem]
    ) -> Sequence[Lexeme]:
        """Say what is wrong, unless it was told already, and find where reading can go on."""
        place = error.token.start_pos
        at = next((i for i, lexeme in enumerate(lexemes) if lexeme.span.start == place), len(lexemes) - 1)
        accepted = frozenset(error.accepts or error.expected)
        begins = (
            at > 0 and lexemes[at].kind in sentence_starts() and _on_new_line(lexemes[at - 1], lexemes[at])
        )
        if begins and "_STOP" in accepted:
            told.append(Problem("HY110", stop_behind(lexemes[at - 1])))
            self.first_of([*lexemes[:at], _stop(lexemes[at - 1])], told)
            return lexemes[at:]
        piece, rest = (lexemes[:at], lexemes[at:]) if begins else (lexemes, ())
        known = self.within(piece, told, to_the_end=not rest)
        found = [] if _hides(known) else form_problems(piece)
        if _hides(found):
            told += found
        elif (complaint := complain(lexemes, at, accepted, known)) is not None:
            replaced = [p for p in known if p.code == "HY201" and p.span == complaint.span]
            told[:] = [*(p for p in told if p not in replaced), complaint]
        self.lose(piece)
        return rest

    def within(
        self, lexemes: Sequence[Lexeme], told: Sequence[Problem], *, to_the_end: bool = False
    ) -> list[Problem]:
        """The problems in a stretch of tokens."""
        end = len(self.source.text) + 1 if to_the_end else lexemes[-1].span.end
        return [problem for problem in told if lexemes[0].span.start <= problem.span.start < end]

    def lose(self, lexemes: Sequence[Lexeme]) -> None:
        """Leave a sentence that cannot be read; whoever needs what it says must not be blamed."""
        first, second = lexemes[0].kind, lexemes[1] if len(lexemes) > 1 else None
        named = second is not None and second.kind in ("QNAME", "WORD")
        if second is not None and named:
            self.lost.add(str(second.value))
        declares = named and first not in _NAMING_LINES and "QNAME" in (second.kind if second else "", first)
        if first in _NAMELESS_DECLARATIONS or declares or (named and first == "WORD"):
            self.close()
            self.head_lost = True
            self.pending_quotes = []
        else:
            self.damaged = True

    # ---------------------------------------------------------------------------------------------- blocks

    def place(self, node: Any) -> None:
        if isinstance(node, tree.Heading):
            self.close()
            self.clause, self.head = node.clause, node
        elif isinstance(node, tree.Change) and not self.amends:
            self.collector.report("HY112", node.span, clause=self.clause)
        elif isinstance(node, tree.Declaration):
            self.close()
            self.head = node
            self.amends = self.amends or isinstance(node, tree.AmendmentHead)
            self.quotes, self.pending_quotes = self.pending_quotes, []
        else:
            self.add_line(node)

    def add_line(self, node: tree.Line) -> None:
        if self.head_lost:
            self.pending_quotes = []
        elif may_hold(self.head, node):
            self.lines.append(node)
            self.quotes += self.pending_quotes
            self.pending_quotes = []
        else:
            behind = () if self.head is None else (Place(self.head.span, "它写在这一块之后"),)
            self.collector.report("HY112", Place(node.span), *behind, clause=self.clause)
            self.damaged = True

    def close(self) -> None:
        if self.head is not None:
            block = tree.Block(self.clause, self.head, tuple(self.lines), tuple(self.quotes), self.damaged)
            self.blocks.append(block)
        self.head, self.head_lost, self.damaged = None, False, False
        self.lines, self.quotes = [], []


def _is_sentence(lexemes: Sequence[Lexeme]) -> bool:
    try:
        sentence_parser().parse(cast("str", [_token(lexeme) for lexeme in lexemes]))
    except UnexpectedToken:
        return False
    return True


def _hides(problems: Sequence[Problem]) -> bool:
    return any(problem.effect is Effect.HIDES for problem in problems)


def _token(lexeme: Lexeme) -> Token:
    start, end = lexeme.span.start, lexeme.span.end
    text = lexeme.value if isinstance(lexeme.value, str) else ""
    token = Token(lexeme.kind, text, start, 1, start, 1, end, end)
    token.value = lexeme.value
    return token


def _stop(last: Lexeme) -> Lexeme:
    """The 。 that was forgotten."""
    return Lexeme("_STOP", "。", Span(last.span.source, last.span.end, last.span.end))


def _on_new_line(before: Lexeme, lexeme: Lexeme) -> bool:
    return "\n" in lexeme.span.source.text[before.span.end : lexeme.span.start]
