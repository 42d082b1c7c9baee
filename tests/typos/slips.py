"""Slips of the hand: a character left out, put in, or taken for another, and whether anybody would notice.

A slip is judged in a window first: its sentence with the one behind it, from the beginning of its line. Sentences are
cut and parsed by themselves, and marks that are opened in a window and not closed there are closed nowhere (a name
ends with its line; a text ends where its marks are balanced, and those behind it are balanced among themselves); so
with the vocabulary of the whole policy a window has the mistakes that the file would have, and where it reads as
before, so does the file. A slip that changes the vocabulary, or reads as something else, is judged by the whole
check of a folder that has it: first without the worked cases, which are most of the text and no part of the rules,
and with them only where nothing was told.

Files of worked cases are left alone: no slip in them changes a rule, and `hypolicy test` compares them with the rules.
Comments, quotes of the law and the insides of texts are left alone. The inside of a name in 「」 is opaque to every
pass: all that matters of it is whether it is another name, and whether a mark ends it; so it is tried with
one character less and one more at its beginning, and with the marks of names at every place.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen
from lark import UnexpectedToken

from hypolicy.amendments.notes import only_cases
from hypolicy.amendments.reading import Reading
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import examine
from hypolicy.source.folder import PolicyFolder
from hypolicy.source.text import SourceText
from hypolicy.syntax.builder import Builder
from hypolicy.syntax.grammar import keywords, sentence_parser
from hypolicy.syntax.include import gather
from hypolicy.syntax.lexer import Lexer
from hypolicy.syntax.marks import MarkKind, page_of
from hypolicy.syntax.parser import _token
from hypolicy.syntax.sentences import form_problems, sentences
from hypolicy.syntax.words import Scanner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.rules.tree import Policy

MARKS: Final = '「」“”"#>。；：，、（）,.;:()'
DIGITS: Final = "0123456789"
_LABELS: Final = re.compile("(?:枚举|事实)「[^」]*」：[^，“]*(?:由低到高，[^，“]*)?$")
NAME_MARKS: Final = "「」"
WORDS: Final = "不非且或未无%"
OTHERS: Final = MARKS + DIGITS + WORDS
# Characters that are drawn or typed alike.
ALIKE: Final[dict[str, str]] = {
    a: "".join(group).replace(a, "")
    for group in (
        "已己巳", "未末", "日曰目", "人入八", "大太", "土士", "千干于", "天夫", "白自", "免兔", "贫贪", "今令", "住往",
        "侯候", "拆折", "拨拔", "亨享", "辩辨", "坐座", "象像", "做作", "只支", "元原", "期其", "定订", "以已",
        "0O〇", "1lI", "—–-－―", "×xX*", "÷/", "%％", "+＋", "．.。", "，、", "：；",
    )
    for a in group
}  # fmt: skip


class Verdict(Enum):
    NOTICED = "检查指出"
    SAME = "含义不变"
    OTHER = "另一条规则"


class Sort(Enum):
    """What a slip that makes another valid rule is about."""

    NUMBER = "数字"
    LABEL = "取值"
    NAME = "名称"
    WORDS = "字句"


# Of these every slip is valid, or told.
VALID: Final = (Sort.NUMBER, Sort.LABEL)


@frozen
class Slip:
    """In a file, at an offset: `removed` characters are replaced by `inserted`."""

    file: PurePosixPath
    offset: int
    removed: str
    inserted: str

    def words(self, text: str) -> str:
        """The slip in its line, without the blanks around: 每自然年享受不超过{3→33}次。"""
        start = text.rfind("\n", 0, self.offset) + 1
        end = self.offset + len(self.removed)
        line_end = text.find("\n", end)
        after = text[end : len(text) if line_end < 0 else line_end]
        return f"{text[start : self.offset]}{{{self.removed}→{self.inserted}}}{after}".strip()

    def sort(self, text: str) -> Sort:
        """A digit in a number; something in a list of labels; a character of a name; anything else."""
        line = text[text.rfind("\n", 0, self.offset) + 1 : self.offset]
        if _LABELS.match(line):
            return Sort.LABEL
        if line.count("「") > line.count("」"):
            return Sort.NAME
        around = text[max(0, self.offset - 1) : self.offset + len(self.removed) + 1]
        changed = self.removed + self.inserted
        if all(char in DIGITS for char in changed.replace(".", "0")) and any(c in DIGITS for c in around):
            return Sort.NUMBER
        return Sort.WORDS


@frozen
class Words:
    """What some text declares."""

    words: frozenset[str]
    units: frozenset[str]
    doubtful: frozenset[str]


@frozen
class Window:
    """A sentence with what is needed to judge a slip in it: offsets in the file, and how it reads."""

    source: SourceText
    start: int
    end: int
    first: int
    last: int
    reading: Any
    words: Words

    def with_slip(self, slip: Slip) -> str:
        text, at = self.source.text[self.start : self.end], slip.offset - self.start
        return text[:at] + slip.inserted + text[at + len(slip.removed) :]


@define
class Proofreader:
    """Judges slips in the files of one policy. `scratch` is where folders with a slip are laid out."""

    folder: Path
    scratch: Path
    windows: list[Window] = field(init=False)
    _lexer: Lexer = field(init=False)
    _copies: tuple[_Copy, ...] = field(init=False)
    _words: Counter[str] = field(init=False)
    _units: Counter[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        reading = Reading.of(gather(PolicyFolder(self.folder.resolve()), Collector()), Collector())
        cases = [source.path for source in reading.sources if only_cases(reading, source)]
        self._copies = (
            _Copy.of(self.folder, self.scratch / "rules", empty=cases),
            _Copy.of(self.folder, self.scratch / "policy"),
        )
        self._lexer = Lexer(
            keywords(), frozenset(reading.vocabulary.words), frozenset(reading.vocabulary.units)
        )
        self.windows = [
            window
            for source in reading.sources
            if source.path not in cases
            for window in self._windows(source)
        ]
        # How many windows declare each, counting one that is behind another in its window only once.
        alone = [_words(w.source.text[w.first : w.last]) for w in self.windows]
        self._words = Counter(word for words in alone if words for word in words.words)
        self._units = Counter(unit for words in alone if words for unit in words.units)

    # ---------------------------------------------------------------------------------------------- windows

    def _windows(self, source: SourceText) -> Iterator[Window]:
        spans = [
            (sentence.lexemes[0].span.start, sentence.lexemes[-1].span.end)
            for sentence in sentences(self._lexer.lex(source))
        ]
        for place, (first, last) in enumerate(spans):
            start = source.text.rfind("\n", 0, first) + 1
            end = spans[place + 1][1] if place + 1 < len(spans) else len(source.text)
            text = source.text[start:end]
            reading, words = self.read(text, self._lexer), _words(text)
            assert reading is not None
            assert words is not None
            yield Window(source, start, end, first, last, reading, words)

    def read(self, text: str, lexer: Lexer) -> Any:
        """The sentences of a window and the quotes in it; None where there is a mistake in it."""
        source = SourceText(PurePosixPath("window"), text)
        lexed = lexer.lex(source)
        if lexed.problems:
            return None
        out = []
        for sentence in sentences(lexed):
            if form_problems(sentence.lexemes):
                return None
            try:
                parsed = sentence_parser().parse([_token(lexeme) for lexeme in sentence.lexemes])  # type: ignore[arg-type]
            except UnexpectedToken:
                return None
            out.append(Builder(source).transform(parsed))
        return out, [trivia.text for trivia in lexed.trivia if trivia.is_quote]

    # ------------------------------------------------------------------------------------------------ slips

    def slips(self, window: Window) -> Iterator[Slip]:
        """Every slip in a sentence."""
        source, text = window.source, window.source.text
        left_alone, names = _insides(source)
        for at in range(window.first, window.last):
            if text[at].isspace():
                continue
            removed, inserted, instead = True, OTHERS, OTHERS + ALIKE.get(text[at], "")
            if at in left_alone:
                removed, inserted, instead = False, "", ""
            elif at in names:
                # Another name by one character at its beginning; the marks of names everywhere.
                first = at - 1 not in names
                removed, inserted, instead = first, NAME_MARKS + ("不" if first else ""), NAME_MARKS
            elif at - 1 in left_alone:  # before the mark that ends a text
                inserted = ""
            elif at - 1 in names:
                inserted = NAME_MARKS
            if removed:
                yield Slip(source.path, at, text[at], "")
            for other in inserted:
                yield Slip(source.path, at, "", other)
            for other in dict.fromkeys(instead):
                if other != text[at]:
                    yield Slip(source.path, at, text[at], other)

    # ---------------------------------------------------------------------------------------------- verdicts

    def verdict(self, window: Window, slip: Slip) -> Verdict:
        settled = self.in_window(window, slip)
        return settled if settled is not None else self.in_folder(window.source, slip)

    def in_window(self, window: Window, slip: Slip) -> Verdict | None:
        """The verdict where the window tells it."""
        text = window.with_slip(slip)
        words = _words(text)
        if words is None:
            return Verdict.NOTICED
        lexer = self._lexer if words == window.words else self._with_words(window.words, words)
        reading = self.read(text, lexer)
        if reading is None:
            return Verdict.NOTICED
        return Verdict.SAME if (words, reading) == (window.words, window.reading) else None

    def _with_words(self, before: Words, after: Words) -> Lexer:
        """A lexer for the vocabulary in which a window declares other words."""
        words = self._words - Counter(before.words) + Counter(after.words)
        units = self._units - Counter(before.units) + Counter(after.units)
        return Lexer(keywords(), frozenset({*words, *after.doubtful}), frozenset(units))

    def in_folder(self, source: SourceText, slip: Slip) -> Verdict:
        """The verdict of the whole check."""
        rules, policy = self._copies
        verdict = rules.verdict(source, slip)
        return policy.verdict(source, slip) if verdict is Verdict.OTHER else verdict


@frozen
class _Copy:
    """A folder for policies with a slip, and what the policy is without."""

    folder: PolicyFolder
    policy: Policy

    @classmethod
    def of(cls, folder: Path, to: Path, empty: Sequence[PurePosixPath] = ()) -> _Copy:
        """A copy of a policy in which some files have nothing in them."""
        shutil.copytree(folder, to)
        for path in empty:
            (to / path).write_text("", encoding="utf-8")
        copied = PolicyFolder(to.resolve())
        checked = examine(copied)
        assert checked.policy is not None
        assert checked.diagnostics == ()
        return cls(copied, checked.policy)

    def verdict(self, source: SourceText, slip: Slip) -> Verdict:
        text, at = source.text, slip.offset
        changed = text[:at] + slip.inserted + text[at + len(slip.removed) :]
        file = self.folder.root / source.path
        file.write_text(changed, encoding="utf-8")
        try:
            checked = examine(self.folder)
        except Refusal:
            return Verdict.NOTICED
        finally:
            file.write_text(text, encoding="utf-8")
        if checked.diagnostics:
            return Verdict.NOTICED
        return Verdict.SAME if checked.policy == self.policy else Verdict.OTHER


def _words(text: str) -> Words | None:
    """What a window declares; None where a name cannot be declared."""
    collector = Collector()
    found = Scanner(keywords(), collector).scan([page_of(SourceText(PurePosixPath("window"), text))])
    if collector.found:
        return None
    return Words(frozenset(found.words), frozenset(found.units), frozenset(found.doubtful))


def _insides(source: SourceText) -> tuple[set[int], set[int]]:
    """The offsets in comments, quotes and texts, and those in names, without the marks around them."""
    left_alone: set[int] = set()
    names: set[int] = set()
    for mark in page_of(source).marks.values():
        match mark.kind:
            case MarkKind.COMMENT | MarkKind.QUOTE:
                left_alone.update(range(mark.start, mark.end))
            case MarkKind.STRING:
                left_alone.update(range(mark.start + 1, mark.end - 1))
            case MarkKind.NAME:
                names.update(range(mark.start + 1, mark.end - 1))
            case _:
                pass
    return left_alone, names
