"""Rule files in their one layout.

The formatter moves tokens and changes their spelling, never what they say, and proves it on each file that it is
given: the formatted file parses to the same tree, has the same quotes and comments, and formats to itself. A file
with errors is left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.diagnostics.diagnostic import Collector, Severity
from hypolicy.source.text import SourceText
from hypolicy.syntax import tree
from hypolicy.syntax.grammar import keywords
from hypolicy.syntax.layout import INDENT, lines_of
from hypolicy.syntax.lexer import Lexer
from hypolicy.syntax.parser import parse
from hypolicy.syntax.spelling import SpelledSentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePosixPath

    from hypolicy.syntax.lexer import Lexed, Lexeme, Trivia

_BLANK_LINE: Final = re.compile(r"\n\s*\n")


@frozen
class Formatting:
    """`texts` are the files without errors, formatted; `unsound` those where our own proof failed."""

    texts: dict[PurePosixPath, str]
    unsound: tuple[PurePosixPath, ...]


def format_files(sources: Sequence[SourceText], collector: Collector) -> Formatting:
    """Format all files of a policy, which together say what its words are."""
    before = _Reading.of(sources, collector)
    faulty = {
        place.span.source.path
        for diagnostic in collector.found
        for place in diagnostic.places[:1]
        if diagnostic.severity is Severity.ERROR
    }
    drafts = {source.path: before.draft(source) for source in sources if source.path not in faulty}
    formatted = [SourceText(source.path, drafts.get(source.path, source.text)) for source in sources]
    after = _Reading.of(formatted, Collector())
    unsound = tuple(
        source.path
        for source in formatted
        if source.path in drafts
        and (before.content(source.path) != after.content(source.path) or after.draft(source) != source.text)
    )
    return Formatting({path: text for path, text in drafts.items() if path not in unsound}, unsound)


@frozen
class _Reading:
    """All files of a policy, read together."""

    lexer: Lexer
    blocks: dict[PurePosixPath, list[tree.Block]]
    lexed: dict[PurePosixPath, Lexed]

    @classmethod
    def of(cls, sources: Sequence[SourceText], collector: Collector) -> _Reading:
        document, vocabulary = parse(sources, collector)
        lexer = Lexer(keywords(), frozenset(vocabulary.words), frozenset(vocabulary.units))
        blocks: defaultdict[PurePosixPath, list[tree.Block]] = defaultdict(list)
        for block in document.blocks:
            blocks[block.head.span.source.path].append(block)
        return cls(lexer, blocks, {source.path: lexer.lex(source) for source in sources})

    def content(self, path: PurePosixPath) -> object:
        """What formatting must not change."""
        return self.blocks[path], [(trivia.is_quote, trivia.text) for trivia in self.lexed[path].trivia]

    def draft(self, source: SourceText) -> str:
        """One file formatted."""
        return _Page(source, self.lexed[source.path], self.lexer, self.blocks[source.path]).text()


@define
class _Sentence:
    """A sentence at its level of indentation, with the comments inside it and behind it."""

    lexemes: list[Lexeme]
    level: int
    comments: list[Trivia] = field(factory=list)

    @property
    def start(self) -> int:
        return self.lexemes[0].span.start

    @property
    def end(self) -> int:
        last = self.lexemes[-1].span.end
        return max(last, self.comments[-1].span.end) if self.comments else last

    @property
    def opens_block(self) -> bool:
        return self.lexemes[-1].kind == "_COLON"


@define
class _Aside:
    """A quote or a comment that stands by itself, at the level of the sentence below it."""

    trivia: Trivia
    level: int = 0

    @property
    def start(self) -> int:
        return self.trivia.span.start

    @property
    def end(self) -> int:
        return self.trivia.span.end

    def lines(self) -> Iterator[str]:
        if not self.trivia.is_quote:
            yield INDENT * self.level + _comment(self.trivia)
            return
        for line in self.trivia.span.text.split("\n"):
            yield f"{INDENT * self.level}> {line.strip()[1:].strip()}".rstrip()


def _comment(trivia: Trivia) -> str:
    """A space behind the #; ## and #! are marks of their own."""
    between = "" if trivia.span.text[1:2] in ("#", "!") else " "
    return f"#{between}{trivia.text}".rstrip()


@define
class _Page:
    """One file on the way from its tokens to its text."""

    source: SourceText
    lexed: Lexed
    lexer: Lexer
    blocks: Sequence[tree.Block]
    bare: str = field(init=False)  # the text, its comments blanked out

    def __attrs_post_init__(self) -> None:
        pieces, at = [], 0
        for trivia in self.lexed.trivia:
            if not trivia.is_quote:
                pieces += [
                    self.source.text[at : trivia.span.start],
                    " " * (trivia.span.end - trivia.span.start),
                ]
                at = trivia.span.end
        self.bare = "".join(pieces) + self.source.text[at:]

    def text(self) -> str:
        lines: list[str] = []
        before: _Sentence | _Aside | None = None
        for piece in self.pieces():
            if before is not None and self.blank_between(before, piece):
                lines.append("")
            lines += self.sentence_lines(piece) if isinstance(piece, _Sentence) else piece.lines()
            before = piece
        return "".join(f"{line}\n" for line in lines)

    def pieces(self) -> list[_Sentence | _Aside]:
        """Sentences, quotes and comments in their order; a comment beside a sentence belongs to it."""
        pieces: list[_Sentence | _Aside] = []
        trivia = deque(self.lexed.trivia)
        for sentence in self.sentences():
            while trivia and trivia[0].span.start < sentence.start:
                self.put(trivia.popleft(), pieces, sentence.level)
            end = sentence.end
            while trivia and trivia[0].span.start < end:
                sentence.comments.append(trivia.popleft())
            pieces.append(sentence)
        for rest in trivia:
            self.put(rest, pieces, 0)
        return pieces

    def put(self, trivia: Trivia, pieces: list[_Sentence | _Aside], level: int) -> None:
        before = pieces[-1] if pieces else None
        if isinstance(before, _Sentence) and "\n" not in self.bare[before.end : trivia.span.start]:
            before.comments.append(trivia)
        else:
            pieces.append(_Aside(trivia, level))

    def sentences(self) -> Iterator[_Sentence]:
        lexemes = deque(self.lexed.lexemes)
        for block in self.blocks:
            below = 0 if isinstance(block.head, tree.PolicyHead | tree.AmendmentHead) else 1
            for node, level in [(block.head, 0), *((line, below) for line in block.lines)]:
                while lexemes[0].span.start < node.span.start:  # a 。 alone is no sentence
                    lexemes.popleft()
                inside = []
                while lexemes and lexemes[0].span.start < node.span.end:
                    inside.append(lexemes.popleft())
                yield _Sentence(inside, level)

    def blank_between(self, before: _Sentence | _Aside, piece: _Sentence | _Aside) -> bool:
        """The author's blank lines, as one; none below the line that opens a block."""
        if isinstance(before, _Sentence):
            if before.opens_block:
                return False
        elif isinstance(piece, _Aside) and before.trivia.is_quote and piece.trivia.is_quote:
            return True  # they are two, and must not become one
        return _BLANK_LINE.search(self.bare, before.end, piece.start) is not None

    def sentence_lines(self, sentence: _Sentence) -> Iterator[str]:
        """The lines of a sentence; a comment behind a line stays there if it is the only one, else goes above."""
        comments = deque(self.placed(sentence))
        for line in lines_of(SpelledSentence(sentence.lexemes, self.lexer, self.bare), sentence.level):
            here = []
            while comments and comments[0][0] < line.last:
                here.append(comments.popleft())
            behind = [own_line for _, own_line, _ in here] == [True] * (len(here) - 1) + [False]
            above, after = (here[:-1], here[-1:]) if behind else (here, [])
            indent = INDENT * line.level
            yield from (indent + comment for _, _, comment in above)
            yield indent + line.text + "".join(f"  {comment}" for _, _, comment in after)

    def placed(self, sentence: _Sentence) -> Iterator[tuple[int, bool, str]]:
        """Each comment with the token that it stands behind or, on a line of its own, above."""
        ends = [lexeme.span.end for lexeme in sentence.lexemes]
        for comment in sentence.comments:
            token = bisect_right(ends, comment.span.start) - 1
            own_line = "\n" in self.bare[ends[token] : comment.span.start]
            yield token + own_line, own_line, _comment(comment)
