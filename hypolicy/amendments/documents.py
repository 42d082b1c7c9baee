"""Amending documents as files: which there are, which of them count, and in which order they are taken in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import frozen

from hypolicy.diagnostics.diagnostic import Collector, Diagnostic, Place
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules.amendment import Rank, State
from hypolicy.source.folder import AMENDMENTS, UnusableFileError
from hypolicy.syntax import tree
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from hypolicy.source.folder import PolicyFolder
    from hypolicy.source.text import SourceText
    from hypolicy.syntax.words import Vocabulary

L = TypeVar("L")
_NUMBERS: Final = re.compile(r"([0-9]+)")


@frozen
class AmendingDocument:
    """One amending document: what its head says. `transition` is None where it says nothing (从新)."""

    source: SourceText
    head: tree.Block
    title: str
    number: str
    rank: Rank
    day: date
    state: State
    transition: tree.TransitionLine | None
    asked_for: bool

    @property
    def counts(self) -> bool:
        """Whether it changes the policy: it is in force, or somebody asks what it would do."""
        return self.state is State.IN_FORCE or (self.asked_for and self.state is not State.REPEALED)

    @property
    def order(self) -> tuple[Any, ...]:
        """By day; on one day the higher rank first, then by number, in which 9号 comes before 10号."""
        parts = _NUMBERS.split(self.number)
        number = tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)
        return (self.day, -self.rank.height, number)

    def cited(self, article: str) -> str:
        """How an article is cited: 〔2020〕1号第一条, or 〔2020〕1号之一 where they are numbered 一、二、三."""
        return f"{self.number}{'' if not article or article.startswith('第') else '之'}{article}"


def documents_of(
    folder: PolicyFolder, requested: Iterable[Path], words: Vocabulary, collector: Collector
) -> list[AmendingDocument]:
    """Every amending document of a folder, and those requested beside them, in order.

    `words` are those of the policy. What cannot be read of a document that might be in force, or was asked for, is
    reported. Raises Refusal where a requested file cannot be opened.
    """
    asked = [_opened(folder, path) for path in requested]
    paths = [source.path for source in asked]
    found: list[AmendingDocument] = []
    for path in folder.rule_files():
        if path.parts[0] == AMENDMENTS and path not in paths:
            try:
                source = folder.read(folder.resolve(str(path)))
            except UnusableFileError as error:
                collector.report(error.code, **error.facts)
                continue
            document = _document(source, words, collector, asked_for=False)
            found += [document] if document is not None else []
    for source in dict.fromkeys(asked):
        document = _document(source, words, collector, asked_for=True)
        if document is not None and document.state is State.REPEALED:
            collector.report("HY937", document.head.head.span, number=document.number)
        found += [document] if document is not None else []
    return sorted(found, key=lambda document: document.order)


def _opened(folder: PolicyFolder, path: Path) -> SourceText:
    """A file that was asked for, wherever it is."""
    try:
        if path.resolve().is_relative_to(folder.root):
            inside = path.resolve().relative_to(folder.root).as_posix()
            return folder.read(folder.resolve(inside))
        return folder.read_beside(path)
    except UnusableFileError as error:
        code = "HY936" if error.code == "HY122" else error.code
        raise Refusal(Diagnostic(code, {**error.facts, "path": str(path)})) from None


def _document(
    source: SourceText, words: Vocabulary, collector: Collector, *, asked_for: bool
) -> AmendingDocument | None:
    """What the head of a file says; only a draft that nobody asked for may be unreadable."""
    problems = Collector()
    blocks = parse([source], problems, words)[0].blocks
    head = next((block for block in blocks if isinstance(block.head, tree.AmendmentHead)), None)
    if head is None or not isinstance(head.head, tree.AmendmentHead):
        collector.report("HY440", path=source.path)
        return None
    state = _one(head, tree.StateLine)
    waits = state is not None and State(state.word) is not State.IN_FORCE
    told = Collector() if waits and not asked_for else collector
    _said_once(head, told)
    statements = [line for line in head.lines if isinstance(line, tree.Statement)]
    number = next((line.texts[0].text for line in statements if line.word == "文号"), "")
    rank, day = _one(head, tree.RankLine), _one(head, tree.Effective)
    said = {"文号": number, "位阶": rank, "施行日": day, "状态": state}
    missing = [word for word, line in said.items() if not line]
    if missing:
        end = min((b.head.span.start for b in blocks if b is not head), default=len(source.text))
        unread = [d for d in problems.found if d.places and d.places[0].span.start < end]
        # What is there and could not be read is not missing, and is told of anyway.
        absent = [word for word in missing if not unread or not _begins_a_line(word, source.text[:end])]
        if absent:
            told.report("HY502", head.head.span, name=head.head.name, missing="、".join(absent))
        told.extend(unread)
    if missing or rank is None or day is None or state is None:
        return None
    return AmendingDocument(
        source,
        head,
        head.head.name.text,
        number,
        Rank(rank.word),
        day.day,
        State(state.word),
        _one(head, tree.TransitionLine),
        asked_for,
    )


def _one(block: tree.Block, kind: type[L]) -> L | None:
    return next((line for line in block.lines if isinstance(line, kind)), None)


def _word(line: tree.Line) -> str:
    match line:
        case tree.Statement(word):
            return word
        case tree.RankLine():
            return "位阶"
        case tree.Effective():
            return "施行日"
        case tree.StateLine():
            return "状态"
        case _:
            return "新旧衔接"


def _begins_a_line(word: str, text: str) -> bool:
    return re.search(rf"^\s*{word}\s*[：:]", text, re.MULTILINE) is not None


def _said_once(head: tree.Block, collector: Collector) -> None:
    said: dict[str, tree.Line] = {}
    for line in head.lines:
        word = _word(line)
        if word in said:
            places = (Place(line.span, "第二次"), Place(said[word].span, "第一次"))
            collector.report("HY503", *places, word=word)
        said.setdefault(word, line)
