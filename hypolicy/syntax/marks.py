"""The structure of a text, before any word is known: names in 「」, texts in “”, quotes of the law, comments.

These stand apart from the words around them, whatever the vocabulary. A mark without its partner is reported, and
what was meant is guessed within its line, so that one forgotten ” does not swallow the rest of the file.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.source import limits
from hypolicy.source.text import SourceText, Span
from hypolicy.syntax import tokens as t
from hypolicy.syntax.blocks import BLOCK_HEADS
from hypolicy.syntax.problems import Effect, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class MarkKind(Enum):
    COMMENT = "comment"
    QUOTE = "quote"
    # A quote inside a sentence, whose 。 was forgotten.
    TORN = "torn"
    NAME = "name"
    STRING = "string"
    # A closing mark that nothing has opened; it has been reported.
    STRAY = "stray"


@frozen
class Mark:
    """`text` is what the marks enclose; `start` and `end` count characters of the readable text.

    `before` is the bare text in front of it in its sentence, back to the mark before; `first` where there is none.
    """

    kind: MarkKind
    text: str
    start: int
    end: int
    before: str = ""
    first: bool = False


@define
class Page:
    """A file's text without hidden characters, as written (`raw`) and folded (`text`), one character for one.

    Comments are blank in `text`, so that they stand between no two words. `offsets` says where each character stands
    in the file; None where nothing was hidden. `marks` are by their places, in their order.
    """

    source: SourceText
    raw: str
    text: str
    offsets: Sequence[int] | None = None
    marks: dict[int, Mark] = field(factory=dict)
    problems: list[Problem] = field(factory=list)
    # How many > begin a line inside a sentence.
    doubtful: int = 0

    def span(self, start: int, end: int) -> Span:
        if self.offsets is None:
            return Span(self.source, start, end)
        first = self.offsets[start] if start < len(self.offsets) else len(self.source.text)
        return Span(self.source, first, self.offsets[end - 1] + 1 if end > start else first)


_BLOCK_WORDS: Final = frozenset(BLOCK_HEADS.values())
_BLOCK_WITHOUT_NAME: Final = "台账:"

_NEXT: Final = re.compile(rf"#|[「」“”\"]|^{t.INLINE_SPACE.pattern}>", re.MULTILINE)
_QUOTE_LINE: Final = re.compile(rf"{t.INLINE_SPACE.pattern}>")
_STOP: Final = re.compile(r"。|\.(?![0-9])")
_NAME: Final = re.compile("「([^「」\n]*)」")
_NAME_END: Final = re.compile('[「“":,;。、(\n]')
_TEXT_MARKS: Final = re.compile("[“”]")
_HIDDEN_SHOWN: Final = 20


def page_of(source: SourceText) -> Page:
    """A file with its marks; a > that begins a line inside a sentence compares. Every pass shares the page."""
    page = _page_of(source)
    # The same text may have been written in other places.
    return page if page.source.pieces is source.pieces else _marked(source, lambda line: False)


@lru_cache(maxsize=limits.MAX_FILES)
def _page_of(source: SourceText) -> Page:
    return _marked(source, lambda line: False)


def page_without_prose(source: SourceText, is_prose: Callable[[str], bool]) -> Page:
    """The same, but a line that begins with > inside a sentence and `is_prose` is a quote behind a forgotten 。."""
    page = page_of(source)
    return _marked(source, is_prose) if page.doubtful else page


def _marked(source: SourceText, is_prose: Callable[[str], bool]) -> Page:
    page = _readable(source)
    _Marker(page, is_prose).run()
    comments = [mark for mark in page.marks.values() if mark.kind is MarkKind.COMMENT]
    at, pieces = 0, []
    for mark in comments:
        pieces += [page.text[at : mark.start], " " * (mark.end - mark.start)]
        at = mark.end
    page.text = "".join(pieces) + page.text[at:]
    return page


def _readable(source: SourceText) -> Page:
    """The text without hidden characters, each stretch of which is a problem."""
    hidden = list(t.HIDDEN.finditer(source.text))
    if not hidden:
        return Page(source, source.text, t.fold(source.text))
    skipped = {i for found in hidden for i in range(*found.span())}
    offsets = [i for i in range(len(source.text)) if i not in skipped]
    raw = "".join(source.text[i] for i in offsets)
    page = Page(source, raw, t.fold(raw), offsets)
    for found in hidden[:_HIDDEN_SHOWN]:
        facts: dict[str, object] = {"character": f"U+{ord(found[0][0]):04X}"}
        page.problems.append(Problem("HY102", Span(source, *found.span()), facts))
    return page


@define
class _Marker:
    """One pass over a page, which puts the marks and the problems into it."""

    page: Page
    is_prose: Callable[[str], bool]
    between_sentences: bool = True
    names_a_block: bool = False
    # The bare text of this sentence behind its last name or text, whether it has had one, and its first characters.
    before: list[str] = field(factory=list)
    first: bool = True
    opening: str = ""
    closing: dict[int, int] | None = None
    quotes_are_even: bool = field(init=False)
    # Where the line that was last looked at ends, and since where that is known.
    line: tuple[int, int] = (0, -1)

    def __attrs_post_init__(self) -> None:
        self.quotes_are_even = self.page.text.count('"') % 2 == 0

    def run(self) -> None:
        text, at = self.page.text, 0
        while found := _NEXT.search(text, at):
            too_many = len(self.page.marks) >= limits.MAX_TOKENS or self.page.doubtful >= limits.MAX_PROBLEMS
            if too_many:
                self.problem("HY106", *found.span(), limit=limits.MAX_TOKENS)
            if too_many or len(self.page.problems) >= limits.MAX_PROBLEMS:
                self.page.text = text[: found.start()]
                return
            self.pass_over(at, found.start())
            match found[0][-1]:
                case "#":
                    at = self.comment(found.start())
                case ">":
                    at = self.angle(found.end() - 1)
                case "「":
                    at = self.name(found.start())
                case "」" | "”" as mark:
                    opening = "「" if mark == "」" else "“"
                    self.problem("HY117", found.start(), found.end(), mark=mark, opening=opening)
                    at = self.add(MarkKind.STRAY, mark, found.start(), found.end())
                case _:
                    at = self.string(found.start())

    def problem(self, code: str, start: int, end: int, **facts: object) -> None:
        if len(self.page.problems) < limits.MAX_PROBLEMS:
            self.page.problems.append(Problem(code, self.page.span(start, end), facts, effect=Effect.HIDES))

    def add(self, kind: MarkKind, text: str, start: int, end: int) -> int:
        before = ""
        if kind in (MarkKind.NAME, MarkKind.STRING):
            before, self.before = "".join(self.before), []
        self.page.marks[start] = Mark(kind, text, start, end, before, self.first)
        self.first = self.first and kind not in (MarkKind.NAME, MarkKind.STRING)
        return end

    def begin_sentence(self) -> None:
        self.between_sentences, self.before, self.first, self.opening = True, [], True, ""

    def line_end(self, at: int) -> int:
        if not self.line[0] <= at <= self.line[1]:
            end = self.page.text.find("\n", at)
            self.line = (at, len(self.page.text) if end < 0 else end)
        return self.line[1]

    def pass_over(self, start: int, end: int) -> None:
        """Bare text: whether a sentence has ended in it, and where the next one begins."""
        piece = self.page.text[start:end]
        if self.names_a_block and piece.lstrip().startswith(":"):
            piece = piece.lstrip()[1:]
            self.begin_sentence()
        *_, rest = _STOP.split(piece)
        if len(rest) < len(piece):
            piece = rest
            self.begin_sentence()
        if self.first and len(self.opening) < len(_BLOCK_WITHOUT_NAME):
            self.opening += "".join(piece.split())[: len(_BLOCK_WITHOUT_NAME)]
            if self.opening.startswith(_BLOCK_WITHOUT_NAME):
                piece = piece.partition(":")[2]
                self.begin_sentence()
        if piece.strip():
            self.before.append(piece)
            self.between_sentences = self.names_a_block = False
        elif "\n" in piece and (not self.before or self.before[-1] != "\n"):
            self.before.append("\n")

    # ---------------------------------------------------------------------------------------------- lines

    def comment(self, start: int) -> int:
        return self.add(MarkKind.COMMENT, "", start, self.line_end(start))

    def angle(self, start: int) -> int:
        """A > that begins a line; lines that begin so and follow each other are one quote."""
        end = self.line_end(start)
        if not self.between_sentences:
            self.page.doubtful += 1
            if not self.is_prose(self.page.raw[start + 1 : end]):
                self.before.append(">")
                return start + 1
        kind = MarkKind.QUOTE if self.between_sentences else MarkKind.TORN
        lines = [self.page.raw[start + 1 : end].strip()]
        while following := _QUOTE_LINE.match(self.page.text, end + 1):
            end = self.line_end(following.end())
            lines.append(self.page.raw[following.end() : end].strip())
        self.add(kind, "".join(lines), start, end)
        self.begin_sentence()
        return end

    # ---------------------------------------------------------------------------------------------- pairs

    def name(self, start: int) -> int:
        text, raw = self.page.text, self.page.raw
        found = _NAME.match(raw, start)
        if found is None:
            self.problem("HY103", start, start + 1, mark="「", closing="」")
            stop = _NAME_END.search(text, start + 1)
            end = stop.start() if stop else len(text)
            name = t.name_form(raw[start + 1 : end])
        else:
            end, name = found.end(), t.name_form(found[1])
            if not name or len(name) > limits.MAX_NAME_CHARS:
                self.problem("HY105", start, end, limit=limits.MAX_NAME_CHARS)
        self.add(MarkKind.NAME, name, start, end)
        mark = self.page.marks[start]
        self.names_a_block = mark.first and "".join(mark.before.split()) in _BLOCK_WORDS
        self.between_sentences = False
        return end

    def string(self, start: int) -> int:
        """A text may run over lines. “…” may nest; of "…" none runs on where one in the file has no partner."""
        self.between_sentences = self.names_a_block = False
        raw = self.page.raw
        if self.page.text[start] == "“":
            end = self.closings().get(start, -1)
        else:
            last = len(raw) if self.quotes_are_even else self.line_end(start)
            end = self.page.text.find('"', start + 1, last)
        if end < 0:
            self.problem("HY103", start, start + 1, mark=raw[start], closing="”")
            line_end = self.line_end(start)
            end = self.page.text.rfind("。", start, line_end)
            end = line_end if end < 0 else end
            return self.add(MarkKind.STRING, raw[start + 1 : end].strip(), start, end)
        text = "".join(line.strip() for line in raw[start + 1 : end].split("\n"))
        return self.add(MarkKind.STRING, text, start, end + 1)

    def closings(self) -> dict[int, int]:
        """For each “ its ”, counting depth."""
        if self.closing is None:
            self.closing = {}
            open_at: list[int] = []
            for found in _TEXT_MARKS.finditer(self.page.text):
                if found[0] == "“":
                    open_at.append(found.start())
                elif open_at:
                    self.closing[open_at.pop()] = found.start()
        return self.closing
