"""The policy as amended: documents in force, taken in one after the other in the order of their days.

A later document prevails over an earlier one, and says which words it expects, so the order in which they apply is
that of time; on one day the higher rank comes first, then the number. Where each stood before the next is kept: rules
that changed inside the term still decide what an earlier day governs.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from hypolicy.amendments.changes import Changes
from hypolicy.amendments.documents import AmendingDocument, documents_of
from hypolicy.amendments.finder import Finder, Taken
from hypolicy.amendments.official import OfficialText
from hypolicy.amendments.reading import Reading
from hypolicy.diagnostics.diagnostic import Collector, Place
from hypolicy.rules.amendment import Rank, Transition
from hypolicy.rules.calendar import chinese_date
from hypolicy.source.folder import UnusableFileError
from hypolicy.source.splice import spliced
from hypolicy.syntax import tree
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from hypolicy.source.folder import PolicyFolder
    from hypolicy.source.text import SourceText


@frozen
class Stage:
    """The policy as it stood until the documents that ended it: those of one day and one 新旧衔接."""

    reading: Reading
    ended_by: tuple[AmendingDocument, ...]


@frozen
class Consolidation:
    """The policy as amended, the stages before it (the oldest first), and every amending document that there is."""

    reading: Reading
    official: SourceText | None
    stages: tuple[Stage, ...]
    applied: tuple[AmendingDocument, ...]
    documents: tuple[AmendingDocument, ...]


def consolidate(
    folder: PolicyFolder,
    sources: Sequence[SourceText],
    requested: Iterable[Path],
    as_of: date | None,
    collector: Collector,
) -> Consolidation:
    """Take in what is in force, and the drafts that are asked for, up to a day (all of them, where none is given)."""
    reading = Reading.of(sources, collector)
    documents = documents_of(folder, requested, reading.vocabulary, collector)
    applied = [d for d in documents if d.counts and (as_of is None or d.day <= as_of)]
    bare = Consolidation(reading, None, (), (), tuple(documents))
    sound = not collector.has_errors
    if not sound or not applied:
        return bare
    taking = _Taking(reading, _official(reading, folder), collector)
    taking.look_at(applied)
    stages: list[Stage] = []
    for _, group in groupby(applied, key=_step):
        step = tuple(group)
        stages.append(Stage(taking.reading, step))
        for document in step:
            taking.take(document)
    if collector.has_errors:
        return bare
    return Consolidation(taking.reading, taking.official, tuple(stages), tuple(applied), tuple(documents))


def _step(document: AmendingDocument) -> tuple[object, ...]:
    """Documents of one day that treat records alike change the policy in one step."""
    transition = document.transition
    began = transition.began.text if transition is not None and transition.began is not None else ""
    return (document.day, transition.word if transition is not None else Transition.NEW.value, began)


def _official(reading: Reading, folder: PolicyFolder) -> SourceText | None:
    """The official text, where the policy has one that can be read; else its own check says what is wrong."""
    for line in (line for block in reading.blocks("政策") for line in block.lines):
        if isinstance(line, tree.Statement) and line.word == "官方文本":
            try:
                return folder.read(folder.resolve(line.texts[0].text, line.span.source.path))
            except UnusableFileError:
                return None
    return None


@define
class _Taking:
    """What the documents so far have made of the policy."""

    reading: Reading
    official: SourceText | None
    collector: Collector
    taken: Taken = field(factory=Taken)
    # The day of the document at hand, and what was in force at its beginning.
    day: date | None = None
    morning: Reading = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.morning = self.reading

    def look_at(self, documents: Sequence[AmendingDocument]) -> None:
        """What can be said of the documents before anything is changed."""
        numbers: dict[str, AmendingDocument] = {}
        rank = self._rank()
        for document in documents:
            place = Place(document.head.head.span)
            other = numbers.setdefault(document.number, document)
            if other is not document:
                places = (place, Place(other.head.head.span))
                self.collector.report("HY447", *places, number=document.number)
            if rank is not None and rank.height > document.rank.height:
                facts = {"second": document.number, "low": document.rank.value, "high": rank.value}
                self.collector.report("HY442", place, first="本政策", place="本政策", **facts)

    def _rank(self) -> Rank | None:
        lines = (line for block in self.reading.blocks("政策") for line in block.lines)
        return next((Rank(line.word) for line in lines if isinstance(line, tree.RankLine)), None)

    def take(self, document: AmendingDocument) -> None:
        """Change what a document changes, unless something is wrong with it."""
        if document.day != self.day:
            self.day, self.morning = document.day, self.reading
        self._must_be_in_term(document)
        found = Collector()
        blocks = parse([document.source], found, self.reading.vocabulary)[0].blocks
        official = OfficialText(self.official) if self.official is not None else None
        changes = Changes(Finder(document, self.reading, self.morning, self.taken, found), official)
        changes.work_out(blocks)
        self.collector.extend(found.found)
        if found.has_errors:
            return
        for block in blocks:
            self.taken.by_citation[document.cited(block.clause)] = document
        sources = [spliced(source, changes.edits.get(source, ())) for source in self.reading.sources]
        self.reading = Reading.of(sources, self.collector)
        self.official = official.amended() if official is not None else None

    def _must_be_in_term(self, document: AmendingDocument) -> None:
        for line in (line for block in self.reading.blocks("政策") for line in block.lines):
            if isinstance(line, tree.Term):
                start, end = line.validity.start, line.validity.end
                if document.day <= start or (end is not None and document.day > end):
                    place = next(one for one in document.head.lines if isinstance(one, tree.Effective))
                    self.collector.report("HY444", place.span, day=chinese_date(document.day))
