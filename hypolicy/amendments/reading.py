"""The rule files as they stand at one time: parsed, with the places that an amendment can name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.source import limits
from hypolicy.source.folded import Folded
from hypolicy.source.text import Span
from hypolicy.syntax import tree
from hypolicy.syntax.grammar import keywords
from hypolicy.syntax.lexer import Lexer
from hypolicy.syntax.marks import MarkKind, page_of
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePosixPath

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import SourceText
    from hypolicy.syntax.lexer import Lexeme
    from hypolicy.syntax.words import Vocabulary

# What a block is, by the word that an amendment calls it by.
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "政策": (tree.PolicyHead,),
    "枚举": (tree.Enum,),
    "事实": (tree.Fact,),
    "校验": (tree.Validation,),
    "提示": (tree.Notice, tree.OverlapNotice),
    "资金": (tree.Fund,),
    "补贴组": (tree.Group, tree.GroupByReading),
    "概念": (tree.Concept, tree.ConceptByReading),
    "期间": (tree.PeriodWord, tree.PeriodByReading),
    "口径": (tree.Reading,),
    "固定口径": (tree.FixedReading,),
    "参数": (tree.Parameter, tree.DelegatedParameter),
    "落实": (tree.Fulfilment,),
    "表": (tree.Table,),
    "补贴": (tree.Benefit,),
    "共同条件": (tree.Gate,),
    "待定条件": (tree.Gate,),
    "限制": (tree.Limit,),
    "委托事项": (tree.Delegation,),
    "核查": (tree.Check,),
    "目标": (tree.Check,),
    "力争目标": (tree.Check,),
    "测算": (tree.Computation,),
    "参照用例": (tree.Template,),
    "用例": (tree.WorkedCase,),
    "台账": (tree.Ledger,),
}
# Records are read by the facts of the policy as it is now, whichever day governs them: these cannot go away.
FACTS: Final = (tree.Record, tree.Enum, tree.Fact)
CASES: Final = (tree.Template, tree.WorkedCase)


@frozen
class Found:
    """Words found in a file: `sentence` is the whole of what they stand in; of a quote, the quote."""

    span: Span
    sentence: Span
    # Of words of the official text: those of the quote, and where in it they stand.
    quote: Folded | None = None
    first: int = 0
    last: int = 0


@define
class Reading:
    """The files of a policy, `sources` in the order in which they include each other."""

    sources: tuple[SourceText, ...]
    document: tree.Document
    vocabulary: Vocabulary
    _lexer: Lexer = field(init=False)
    _lexemes: dict[PurePosixPath, list[Lexeme]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._lexer = Lexer(keywords(), frozenset(self.vocabulary.words), frozenset(self.vocabulary.units))

    @classmethod
    def of(cls, sources: Sequence[SourceText], collector: Collector) -> Reading:
        return cls(tuple(sources), *parse(sources, collector))

    def lexemes(self, source: SourceText) -> list[Lexeme]:
        if source.path not in self._lexemes:
            self._lexemes[source.path] = self._lexer.lex(source).lexemes
        return self._lexemes[source.path]

    def inside(self, span: Span) -> list[Lexeme]:
        """The tokens of a part of a file."""
        return [one for one in self.lexemes(span.source) if span.start <= one.span.start < span.end]

    # ---------------------------------------------------------------------------------------------- blocks

    def block(self, wanted: tree.BlockName) -> tree.Block | None:
        """The block of that kind and name."""
        return next(
            (block for block in self.blocks(wanted.word) if name_of(block) == named(wanted.name)), None
        )

    def blocks(self, word: str) -> Iterator[tree.Block]:
        """All blocks that are declared by a word."""
        for block in self.document.blocks:
            match block.head:
                case tree.Gate(pending) if pending is not (word == "待定条件"):
                    continue
                case tree.Check(declared_by) if declared_by != word:
                    continue
                case head if isinstance(head, _TYPES[word]):
                    yield block
                case _:
                    continue

    def clauses(self) -> list[str]:
        return list(dict.fromkeys(b.clause for b in self.document.blocks if isinstance(b.head, tree.Heading)))

    def clause(self, clause: str) -> list[tree.Block]:
        """The blocks of a clause, its headings among them."""
        return [block for block in self.document.blocks if block.clause == clause]

    def rules_of(self, clause: str) -> list[tree.Block]:
        """What stands under the first heading of a clause that has more than worked cases under it."""
        parts: list[list[tree.Block]] = []
        for block in self.clause(clause):
            if isinstance(block.head, tree.Heading):
                parts.append([])
            if parts and not isinstance(block.head, CASES):
                parts[-1].append(block)
        with_rules = [part for part in parts if len(part) > 1]
        return next(iter([*with_rules, *parts]), [])

    def below(self, clause: str) -> str:
        """The last clause under a clause: itself, where it has none."""
        own = [
            c for c in self.clauses() if c == clause or (c.startswith(clause) and c[len(clause)] in "（第①②③")
        ]
        return own[-1] if own else clause

    def title(self, clause: str) -> str:
        headings = [block.head for block in self.clause(clause) if isinstance(block.head, tree.Heading)]
        return next((heading.title for heading in headings if heading.title), "")

    # ----------------------------------------------------------------------------------------------- words

    def words(self, place: tree.WordsPlace, words: str) -> list[Found]:
        """Where words stand in a place; nowhere, where the policy does not have it."""
        match place:
            case tree.OfficialWords(clause):
                return self.official_words(clause.text, words)
            case _:
                return [found for block in self.blocks_at(place) for found in self.rule_words(block, words)]

    def texts(self, place: tree.WordsPlace) -> list[tuple[Span, Folded]]:
        """All that stands in a place."""
        match place:
            case tree.OfficialWords(clause):
                quotes = [quote for block in self.clause(clause.text) for quote in block.quotes]
                return [(quote.span, quoted(quote)) for quote in quotes]
            case _:
                return [(extent(block), rules_text(block)) for block in self.blocks_at(place)]

    def blocks_at(self, place: tree.BlockName | tree.RuleWords) -> list[tree.Block]:
        match place:
            case tree.BlockName():
                block = self.block(place)
                return [block] if block is not None else []
            case tree.RuleWords(clause):
                return self.rules_of(clause.text)

    def rule_words(self, block: tree.Block, words: str) -> list[Found]:
        """Where words stand in a block, quotes and comments apart, and the sentences that they stand in."""
        folded, source = rules_text(block), block.head.span.source
        out: list[Found] = []
        for first, last in folded.places(words):
            span = Span(source, folded.offsets[first], folded.offsets[last - 1] + 1)
            out.append(Found(span, _sentence(block, span)))
        return out

    def official_words(self, clause: str, words: str) -> list[Found]:
        """Where words stand in what a clause quotes of the official text."""
        out: list[Found] = []
        for block in self.clause(clause):
            for quote in block.quotes:
                folded = quoted(quote)
                for first, last in folded.places(words):
                    start, end = folded.offsets[first], folded.offsets[last - 1] + 1
                    if not _inside_a_number(folded.text, first, last):
                        span = Span(quote.span.source, start, end)
                        out.append(Found(span, quote.span, folded, first, last))
        return out

    def whole_words(self, span: Span) -> bool:
        """Whether a part of the rules begins and ends where words do; inside texts it may begin anywhere."""
        for lexeme in self.lexemes(span.source):
            for place in (span.start, span.end):
                if lexeme.span.start < place < lexeme.span.end and lexeme.kind != "STRING":
                    return False
        return True


def name_of(block: tree.Block) -> str:
    name = getattr(block.head, "name", None) or getattr(block.head, "message", None)
    return named(name)


def named(name: tree.Name | None) -> str:
    return name.text if name is not None else ""


def extent(block: tree.Block) -> Span:
    """A block without the quotes before it: its first sentence to its last."""
    last = max((block.head.span, *(line.span for line in block.lines)), key=lambda span: span.end)
    return block.head.span.to(last)


def with_quotes(block: tree.Block) -> Span:
    """A block with the quotes that stand before it."""
    whole = extent(block)
    start = min([whole.start, *(quote.span.start for quote in block.quotes)])
    return Span(whole.source, start, whole.end)


def rules_text(block: tree.Block) -> Folded:
    """The words of a block, quotes and comments apart."""
    whole = extent(block)
    return Folded.of(_bare(whole.source), [(whole.start, whole.end)], whole.source.text)


def quoted(quote: tree.Name) -> Folded:
    """The words of a quote, with their places in the file: without the > that each of its lines begins with."""
    text, parts, at = quote.span.source.text, [], quote.span.start
    while at < quote.span.end:
        end = text.find("\n", at, quote.span.end)
        end = quote.span.end if end < 0 else end
        begin = next(i for i in range(at, end) if text[i] in ">＞") + 1
        parts.append((begin, end))
        at = end + 1
    return Folded.of(text, parts)


@lru_cache(maxsize=limits.MAX_FILES)
def _bare(source: SourceText) -> str:
    """A file with its quotes and comments blanked out."""
    page = page_of(source)
    text = page.text
    for mark in page.marks.values():
        if mark.kind is MarkKind.QUOTE:
            text = text[: mark.start] + " " * (mark.end - mark.start) + text[mark.end :]
    return text


def _sentence(block: tree.Block, span: Span) -> Span:
    """The sentences of a block that a span reaches over."""
    own = [node.span for node in (block.head, *block.lines)]
    touched = [one for one in own if one.start < span.end and span.start < one.end]
    return touched[0].to(touched[-1])


def _inside_a_number(text: str, first: int, last: int) -> bool:
    before = first > 0 and text[first - 1].isdigit() and text[first].isdigit()
    return before or (last < len(text) and text[last - 1].isdigit() and text[last].isdigit())
