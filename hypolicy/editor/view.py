"""A policy folder read for an editor: its files, their tokens, and what each declared word is.

Nothing is checked here, and a mistake anywhere hides nothing of the rest.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.check.symbols import Symbols
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.source.folder import UnusableFileError
from hypolicy.source.text import Span
from hypolicy.syntax import tree
from hypolicy.syntax.grammar import keywords
from hypolicy.syntax.include import gather
from hypolicy.syntax.lexer import Lexed, Lexeme, Lexer, Trivia
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from hypolicy.source.folder import PolicyFolder
    from hypolicy.source.text import SourceText
    from hypolicy.syntax.words import Vocabulary

# Whose names these words are followed by, where the names are no words.
_SPACES: Final[dict[str, str]] = {
    "_K_READING": "口径",
    "_K_FIXED_READING": "口径",
    "_K_BY_READING": "口径",
    "_K_ADOPT": "口径",
    "_K_TEMPLATE": "参照用例",
    "_K_REFER": "参照用例",
    "_K_WORKED_CASE": "用例",
    "_K_LIMIT": "限制",
    "K_COMMON": "共同条件",
    "K_PENDING": "共同条件",
    "_K_RECORD": "记录",
}
# Words are born, or named in 「」, behind these.
_BEFORE_WORDS: Final = frozenset(
    {
        "_K_ENUM", "_K_FACT", "_K_FUND", "_K_GROUP", "_K_CONCEPT", "_K_PERIOD", "_K_PARAMETER", "_K_FULFIL", "_K_TABLE",
        "_K_BENEFIT", "_K_HOLDER", "_K_COMPUTATION", "K_CHECK", "K_TARGET", "K_SOFT_TARGET",
    }
)  # fmt: skip
_BEFORE_COLUMNS: Final = frozenset({"_K_OF", "_MID"})


@frozen
class Symbol:
    """Something that has a name: `space` is empty for words, else what kind of label it is."""

    space: str
    name: str


@define
class View:
    """`sources` are all rule files that can be read, amending documents among them; `blocks` what stands in each."""

    folder: PolicyFolder
    sources: dict[PurePosixPath, SourceText]
    blocks: dict[PurePosixPath, tuple[tree.Block, ...]]
    words: dict[PurePosixPath, Vocabulary]
    symbols: Symbols
    _lexed: dict[PurePosixPath, Lexed] = field(factory=dict)

    @classmethod
    def of(cls, folder: PolicyFolder) -> View:
        try:
            included = gather(folder, Collector())
        except Refusal:
            included = []
        document, vocabulary = parse(included, Collector())
        sources = {source.path: source for source in included}
        blocks = {
            source.path: tuple(b for b in document.blocks if b.head.span.source.path == source.path)
            for source in included
        }
        words = dict.fromkeys(sources, vocabulary)
        for path in folder.rule_files():
            if path not in sources:
                try:
                    source = folder.read(folder.resolve(str(path)))
                except UnusableFileError:
                    continue
                alone, its_words = parse([source], Collector(), vocabulary)
                sources[path], blocks[path], words[path] = source, alone.blocks, its_words
        symbols = Symbols(Collector())
        symbols.declare_all(tree.Document(tuple(block for each in blocks.values() for block in each)))
        return cls(folder, sources, blocks, words, symbols)

    def lexer(self, path: PurePosixPath) -> Lexer:
        return Lexer(keywords(), frozenset(self.words[path].words), frozenset(self.words[path].units))

    def lexed(self, path: PurePosixPath) -> Lexed:
        if path not in self._lexed:
            self._lexed[path] = self.lexer(path).lex(self.sources[path])
        return self._lexed[path]

    def at(self, path: PurePosixPath, offset: int) -> int | None:
        """The number of the token at a place, or that ends there."""
        lexemes = self.lexed(path).lexemes
        number = bisect_right([one.span.start for one in lexemes], offset) - 1
        if number < 0 or offset > lexemes[number].span.end:
            return None
        # Of two tokens that meet, a name is more likely meant than a mark.
        if (
            offset == lexemes[number].span.start
            and number > 0
            and lexemes[number].kind not in ("WORD", "QNAME")
        ):
            before = lexemes[number - 1]
            number -= before.span.end == offset and before.kind in ("WORD", "QNAME")
        return number

    def quote_at(self, path: PurePosixPath, offset: int) -> Trivia | None:
        quotes = (one for one in self.lexed(path).trivia if one.is_quote)
        return next((one for one in quotes if one.span.start <= offset <= one.span.end), None)

    def symbol(self, path: PurePosixPath, number: int) -> Symbol | None:
        """What the token with this number names."""
        lexemes = self.lexed(path).lexemes
        lexeme = lexemes[number]
        if lexeme.kind == "WORD":
            return Symbol("", str(lexeme.value))
        if lexeme.kind != "QNAME":
            return None
        before = lexemes[number - 1].kind if number else ""
        if label_space(before):
            return Symbol(label_space(before), str(lexeme.value))
        if before in _BEFORE_WORDS or (before in _BEFORE_COLUMNS and self._is_column(lexemes, number)):
            return Symbol("", str(lexeme.value))
        return None

    def _is_column(self, lexemes: list[Lexeme], number: int) -> bool:
        """Whether a name is that of a column: the sentence is a table, whose ： is still to come."""
        for lexeme in reversed(lexemes[:number]):
            if lexeme.kind in ("_K_TABLE", "_COLON", "_STOP"):
                return lexeme.kind == "_K_TABLE"
        return False

    def uses(self, symbol: Symbol) -> Iterator[Lexeme]:
        """Every token of every file that names it, its birth among them."""
        for path in self.sources:
            for number, lexeme in enumerate(self.lexed(path).lexemes):
                if lexeme.value == symbol.name and self.symbol(path, number) == symbol:
                    yield lexeme

    def kind(self, symbol: Symbol) -> str:
        """What it is: 事实, 概念, 取值 …; empty where nobody declares it."""
        if symbol.space:
            return symbol.space if symbol.name in self.symbols.all(symbol.space) else ""
        if symbol.name in self.symbols.words:
            return self.symbols.words[symbol.name][0]
        return "取值" if symbol.name in self.symbols.labels else ""

    def birth(self, symbol: Symbol) -> Span | None:
        """Where its name is born."""
        if symbol.space:
            block = self.symbols.all(symbol.space).get(symbol.name)
            name: tree.Name | None = getattr(block.head, "name", None) if block is not None else None
            return name.span if name is not None else None
        for known in (self.symbols.words, self.symbols.labels):
            if symbol.name in known:
                return known[symbol.name][1]
        births = (words.words.get(symbol.name) for words in self.words.values())
        return next((span for span in births if span is not None), None)

    def block(self, symbol: Symbol) -> tree.Block | None:
        """The declaration that says what it is."""
        birth = self.birth(symbol)
        if birth is None:
            return None
        for block in self.blocks.get(birth.source.path, ()):
            if block.head.span.start <= birth.start < extent(block).end:
                return block
        return None


def label_space(before: str) -> str:
    """What kind of label stands in 「」 behind a terminal; empty where none does."""
    return _SPACES.get(before, "")


def extent(block: tree.Block) -> Span:
    """The characters of a block: its head and its lines."""
    end = max(node.span.end for node in (block.head, *block.lines))
    return Span(block.head.span.source, block.head.span.start, end)
