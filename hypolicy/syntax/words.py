"""First pass: the words that the files declare.

A name is born in 「」 behind a word such as 事实 or 概念; labels of enumerations stand behind their ：. They are
gathered from all files before any of these is cut into tokens, so a word may be used before it is declared.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import define, field

from hypolicy.diagnostics.diagnostic import Place
from hypolicy.syntax import tokens as t
from hypolicy.syntax.marks import Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import Span
    from hypolicy.syntax.marks import Page

_BIRTHS: Final = frozenset(
    {
        "_K_ENUM", "_K_FACT", "_K_FUND", "_K_GROUP", "_K_CONCEPT", "_K_PERIOD", "_K_PARAMETER", "_K_TABLE",
        "_K_BENEFIT", "_K_HOLDER", "_K_COMPUTATION", "K_CHECK", "K_TARGET", "K_SOFT_TARGET",
    }
)  # fmt: skip
_TYPE_WORDS: Final = ("文本", "编号", "是否", "日期", "整数", "小数", "金额")
_WHOLE: Final = "整数"
_CHANGES: Final = ("将", "在", "删去", "废止")
# A word that held one of these would swallow the sentence around it.
_FORBIDDEN: Final = re.compile(r"[。；：，,;:.#＃「」“”\"＂>＞<＜=＝≥≤≠%％\s]")
_HEADER_END: Final = re.compile(r"[()。:]")
_LABEL_END: Final = re.compile(r"[、,;:。(.]")
_MARK: Final = re.compile('[#「」“”"]')
_RISING: Final = re.compile(r"\s*由低到高\s*,")
_CODE: Final = re.compile(r"\s*\(\s*代码\s*")
_CODE_END: Final = re.compile(r"\s*\)")
_COLON: Final = re.compile(r"\s*:")
_MISSPELT: Final = re.compile("[\u4e00-\u9fff]{1,6}")


@define
class Vocabulary:
    """`words` maps each declared word to the place of its first birth.

    `doubtful` are names at the beginning of sentences whose first word is misspelt: perhaps they were to be words.
    """

    words: dict[str, Span] = field(factory=dict)
    units: set[str] = field(factory=set)
    doubtful: set[str] = field(factory=set)


@define
class Scanner:
    keywords: Mapping[str, str]
    collector: Collector
    vocabulary: Vocabulary = field(factory=Vocabulary)
    _alike: dict[str, str] = field(factory=dict)

    def scan(self, pages: Iterable[Page]) -> Vocabulary:
        """Gather the words of all files; a name that cannot be a word is reported."""
        for page in pages:
            marks = list(page.marks.values())
            for index, mark in enumerate(marks):
                if mark.kind is MarkKind.NAME:
                    self._name(page, marks, index)
        self.vocabulary.doubtful -= set(self.vocabulary.words)
        return self.vocabulary

    def _name(self, page: Page, marks: Sequence[Mark], index: int) -> None:
        mark = marks[index]
        lead = self._lead(mark)
        if lead == "单位" or mark.before.rstrip().endswith(_WHOLE):
            self.vocabulary.units.add(mark.text)
            return
        if not mark.text or not lead:
            return
        kind = self.keywords.get(lead, "")
        if kind in _BIRTHS:
            self._born(mark.text, page.span(mark.start, mark.end))
            if kind == "_K_TABLE":
                for column in _columns(page, marks, index):
                    self._born(column.text, page.span(column.start, column.end))
            elif kind in ("_K_ENUM", "_K_FACT"):
                for label, span in self._labels(page, mark, is_enum=kind == "_K_ENUM"):
                    self._born(label, span)
        elif not kind and _MISSPELT.fullmatch(lead) and not _is_known(lead):
            self.vocabulary.doubtful.add(mark.text)

    def _lead(self, mark: Mark) -> str:
        """The words of the sentence before its first name; behind a forgotten 。 it begins with its line."""
        whole = "".join(mark.before.split())
        if mark.first and (whole in self.keywords or "\n" not in mark.before.strip()):
            return whole
        _, newline, line = mark.before.rpartition("\n")
        return "".join(line.split()) if newline else ""

    def _labels(self, page: Page, mark: Mark, *, is_enum: bool) -> list[tuple[str, Span]]:
        """The labels between the ： of a declaration and its 。 or ，."""
        begun = _COLON.match(page.text, mark.end)
        at = begun.end() if begun else mark.end
        if is_enum and (rising := _RISING.match(page.text, at)):
            at = rising.end()
        labels = list(_listed(page, at))
        if not is_enum and (len(labels) < 2 or labels[0][0].startswith(_TYPE_WORDS)):
            return []
        return labels

    def _born(self, name: str, span: Span) -> None:
        if not name:
            return  # an empty 「」 has been reported
        if name in self.keywords:
            self.collector.report("HY202", span, word=name)
            return
        fault = _unfit(name)
        if fault:
            self.collector.report("HY214", span, word=name, fault=fault)
        first = self.vocabulary.words.setdefault(name, span)
        look = unicodedata.normalize("NFKC", name).casefold()
        other = self._alike.setdefault(look, name)
        if other != name and first == span:
            place = Place(self.vocabulary.words[other], "在这里声明")
            self.collector.report("HY215", Place(span), place, word=name, other=other)


def _is_known(lead: str) -> bool:
    """Whether these words begin a sentence that declares nothing: a heading, or a change of an amendment."""
    return bool(t.CLAUSE.fullmatch(lead)) or lead.startswith(_CHANGES)


def _unfit(name: str) -> str:
    """Why a name cannot be a word; empty where it can."""
    mark = _FORBIDDEN.search(name)
    if mark:
        return "中间有空白" if mark[0].isspace() else f"含有「{mark[0]}」"
    if name[:1] in t.DIGITS:
        return "以数字开头"
    if not t.balanced(t.fold(name), "(", ")"):
        return "括号不成对"
    strange = next((char for char in name if _is_strange(char)), None)
    return f"含有不常用的字形「{strange}」（U+{ord(strange):04X}）" if strange else ""


def _is_strange(char: str) -> bool:
    """Whether a character is a compatibility form of a common one, such as a radical, or a digit of another script."""
    if char.isascii():
        return False
    category = unicodedata.category(char)
    compatible = category == "Lo" and unicodedata.normalize("NFKC", char) != char
    return compatible or category == "Nd" or "\u2e80" <= char <= "\u2fdf"


def _columns(page: Page, marks: Sequence[Mark], index: int) -> Iterator[Mark]:
    """The names behind a table's own, outside of brackets and before the ：."""
    depth, at = 0, marks[index].end
    for mark in islice(marks, index + 1, None):
        for found in _HEADER_END.finditer(page.text, at, mark.start):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            if found[0] in "。:":
                return
        if mark.kind is MarkKind.NAME and depth == 0:
            yield mark
        at = mark.end


def _listed(page: Page, at: int) -> Iterator[tuple[str, Span]]:
    """The labels of a list that begins here, with or without 「」."""
    end = len(page.text)
    while at < end:
        blank = t.SPACE.match(page.text, at)
        at = blank.end() if blank else at
        mark = page.marks.get(at)
        if mark is not None and mark.kind is MarkKind.NAME:
            yield mark.text, page.span(mark.start, mark.end)
            at = mark.end
        else:
            found = _LABEL_END.search(page.text, at)
            stop = min(found.start() if found else end, _next_mark(page, at))
            label = page.text[at:stop].rstrip()
            if label:
                yield t.name_form("".join(label.split())), page.span(at, at + len(label))
            at = stop
        at = _behind_code(page, at)
        blank = t.SPACE.match(page.text, at)
        at = blank.end() if blank else at
        if page.text[at : at + 1] != "、":
            return
        at += 1


def _behind_code(page: Page, at: int) -> int:
    """The place behind (代码“…”), where that stands here."""
    opened = _CODE.match(page.text, at)
    mark = page.marks.get(opened.end()) if opened else None
    closed = _CODE_END.match(page.text, mark.end) if mark and mark.kind is MarkKind.STRING else None
    return closed.end() if closed else at


def _next_mark(page: Page, at: int) -> int:
    found = _MARK.search(page.text, at)
    return found.start() if found else len(page.text)
