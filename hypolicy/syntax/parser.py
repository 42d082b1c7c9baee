"""Files to a `Document`: cut into sentences, parse each by itself, gather lines into blocks.

A mistake in one sentence hides none in the others. Which line may stand in which block is the table `LINES_OF`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from attrs import define, field
from lark import Token, UnexpectedToken

from hypolicy.diagnostics.diagnostic import Place
from hypolicy.source.text import SourceText, Span
from hypolicy.syntax import tree
from hypolicy.syntax.builder import Builder
from hypolicy.syntax.expected import describe
from hypolicy.syntax.grammar import keywords, sentence_parser
from hypolicy.syntax.lexer import BLOCK_HEADS, Lexed, Lexeme, Lexer, Trivia
from hypolicy.syntax.tree import Name
from hypolicy.syntax.words import Vocabulary, bare_lexemes, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hypolicy.diagnostics.diagnostic import Collector

_HEAD = (tree.Statement, tree.Naming, tree.Term)
LINES_OF: Final[dict[type, tuple[type, ...]]] = {
    tree.PolicyHead: _HEAD,
    tree.Reading: (tree.Statement,),
    tree.FixedReading: (tree.Statement,),
    tree.Table: (tree.Uplift,),
    tree.Benefit: (
        tree.Parties,
        tree.Naming,
        tree.Statement,
        tree.Applies,
        tree.ConditionLine,
        tree.Amount,
        tree.Case,
        tree.Uplift,
        tree.StackingLine,
        tree.Cap,
        tree.Rounding,
        tree.Exclusion,
        tree.Otherwise,
    ),
    tree.Ledger: (tree.Holder, tree.Naming),
    tree.Limit: (
        tree.Covers,
        tree.NoRepeat,
        tree.NoLower,
        tree.NotTogether,
        tree.CountLimit,
        tree.Linked,
    ),
    tree.Template: (tree.Refer, tree.Assume, tree.UseTable, tree.UseValue, tree.Adopt),
    tree.WorkedCase: (tree.Refer, tree.Assume, tree.UseTable, tree.UseValue, tree.Adopt, tree.Due),
}
WORDS_OF: Final[dict[type, frozenset[str]]] = {
    tree.PolicyHead: frozenset({"文号", "官方文本", "上位文件", "适用日", "汇总年度", "汇总维度"}),
    tree.Reading: frozenset({"理由", "问题"}),
    tree.FixedReading: frozenset({"理由", "问题"}),
    tree.Benefit: frozenset({"委托", "适用日", "汇总年度", "资金"}),
    tree.Ledger: frozenset({"次序", "台账年度"}),
}


def parse(sources: Sequence[SourceText], collector: Collector) -> tuple[tree.Document, Vocabulary]:
    """All files of a policy, in their order; whatever is wrong in them goes to the collector."""
    vocabulary = scan(sources, keywords(), collector)
    lexer = Lexer(keywords(), frozenset(vocabulary.words), frozenset(vocabulary.units), collector)
    blocks: list[tree.Block] = []
    for source in sources:
        reader = _Reader(source, lexer.lex(source), collector)
        reader.read()
        blocks.extend(reader.blocks)
    return tree.Document(tuple(blocks)), vocabulary


def included(source: SourceText) -> list[Name]:
    """The files that a file names in 引用, found before any word is known."""
    lexemes = bare_lexemes(source)
    return [
        Name(str(following.value), following.span)
        for lexeme, following in zip(lexemes, lexemes[1:], strict=False)
        if lexeme.kind == "_K_INCLUDE" and following.kind == "STRING"
    ]


@define
class _Reader:
    """One file, sentence by sentence."""

    source: SourceText
    lexed: Lexed
    collector: Collector
    blocks: list[tree.Block] = field(factory=list)
    clause: str = ""
    head: Any = None
    lines: list[tree.Line] = field(factory=list)
    quotes: list[Name] = field(factory=list)
    pending_quotes: list[Name] = field(factory=list)

    def read(self) -> None:
        trivia = iter([item for item in self.lexed.trivia if item.is_quote])
        waiting: Trivia | None = next(trivia, None)
        for sentence in _sentences(self.lexed.lexemes):
            start = sentence[0].span.start
            while waiting is not None and waiting.span.start < start:
                self.pending_quotes.append(Name(waiting.text, waiting.span))
                waiting = next(trivia, None)
            node = self.parse_sentence(sentence)
            if node is not None:
                self.place(node)
        while waiting is not None:
            self.pending_quotes.append(Name(waiting.text, waiting.span))
            waiting = next(trivia, None)
        self.close()
        for quote in self.pending_quotes:
            self.collector.report("HY116", quote.span)

    # ---------------------------------------------------------------------------------------- one sentence

    def parse_sentence(self, sentence: list[Lexeme]) -> Any:
        tokens = [
            Token(l.kind, cast("str", l.value), l.span.start, 1, l.span.start, 1, l.span.end, l.span.end)
            for l in sentence
        ]
        last = sentence[-1].kind
        if last != "_STOP" and not _opens_block(sentence):
            place = Span(self.source, sentence[-1].span.end - 1, sentence[-1].span.end)
            self.collector.report("HY110", place, clause=self.clause)
            return None
        try:
            parsed = sentence_parser().parse(cast("str", tokens))
        except UnexpectedToken as error:
            self.unexpected(error, sentence)
            return None
        return Builder(self.source, self.collector).transform(parsed)

    def unexpected(self, error: UnexpectedToken, sentence: list[Lexeme]) -> None:
        token = error.token
        if token.type == "$END":
            last = sentence[-1].span
            self.collector.report("HY110", last, clause=self.clause)
            return
        span = Span(self.source, token.start_pos or 0, token.end_pos or 0)
        head = Place(sentence[0].span, "这一句从这里开始")
        before = [lexeme for lexeme in sentence if lexeme.span.start < span.start]
        expected = describe(error.accepts or error.expected)
        code, facts = _diagnose(token, before, expected, span)
        places = (Place(span),) if head.span.start == span.start else (Place(span), head)
        self.collector.report(code, *places, clause=self.clause, **facts)

    # ---------------------------------------------------------------------------------------------- blocks

    def place(self, node: Any) -> None:
        if isinstance(node, tree.Heading):
            self.close()
            self.clause = node.clause
            self.head, self.quotes = node, []
        elif isinstance(node, tree.Declaration):
            self.close()
            self.head = node
            self.quotes, self.pending_quotes = self.pending_quotes, []
        else:
            self.add_line(node)

    def add_line(self, node: tree.Line) -> None:
        allowed = LINES_OF.get(type(self.head), ())
        words = WORDS_OF.get(type(self.head), frozenset())
        fits = isinstance(node, allowed)
        if fits and isinstance(node, tree.Statement | tree.Naming):
            fits = node.word in words
        if fits:
            self.lines.append(node)
            self.quotes += self.pending_quotes
            self.pending_quotes = []
            return
        where = Place(self.head.span, "它写在这一块之后") if self.head is not None else None
        places = (Place(node.span),) if where is None else (Place(node.span), where)
        self.collector.report("HY112", *places, clause=self.clause)

    def close(self) -> None:
        if self.head is not None:
            block = tree.Block(self.clause, self.head, tuple(self.lines), tuple(self.quotes))
            self.blocks.append(block)
        self.head, self.lines, self.quotes = None, [], []


def _opens_block(sentence: Sequence[Lexeme]) -> bool:
    kinds = [lexeme.kind for lexeme in sentence]
    return kinds == ["_K_LEDGER", "_COLON"] or (
        len(kinds) == 3 and kinds[0] in BLOCK_HEADS and kinds[1:] == ["QNAME", "_COLON"]
    )


def _sentences(lexemes: Iterable[Lexeme]) -> Iterator[list[Lexeme]]:
    """Split after 。 and after the ： that opens a block."""
    current: list[Lexeme] = []
    for lexeme in lexemes:
        current.append(lexeme)
        if lexeme.kind == "_STOP" or _opens_block(current):
            if len(current) > 1:
                yield current
            current = []
    if current:
        yield current


def _diagnose(
    token: Token, before: Sequence[Lexeme], expected: str, span: Span
) -> tuple[str, dict[str, str]]:
    """The code that fits a syntax error best."""
    kinds = {lexeme.kind for lexeme in before}
    words = span.text
    if token.type in ("_K_AND", "_K_OR") and ({"_K_AND", "_K_OR"} - {token.type}) & kinds:
        return "HY111", {}
    if not before:
        return "HY113", {"word": words}
    if token.type == "_COMMA" and "_K_EVERY" not in kinds:
        return "HY114", {"expected": expected, "after": before[-1].span.text}
    return "HY101", {"word": words, "after": before[-1].span.text, "expected": expected}
