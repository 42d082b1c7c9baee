"""Where a change is to be made: its place found in the text as it stood, and reported where it cannot be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from attrs import define, field

from hypolicy.amendments.reading import Found, Reading, extent, name_of, named, rules_text
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.diagnostics.suggest import closest, did_you_mean
from hypolicy.rules.calendar import chinese_date
from hypolicy.source.folded import Folded, shortened
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from hypolicy.amendments.documents import AmendingDocument
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import Span
    from hypolicy.syntax.tree import Name


class Unfit(Exception):  # noqa: N818 - it has been reported
    """A change cannot be made."""


@define
class Taken:
    """What has been taken in so far: documents by how they are cited, and what they have taken out."""

    by_citation: dict[str, AmendingDocument] = field(factory=dict)
    gone: dict[str, tuple[AmendingDocument, Span]] = field(factory=dict)


@define
class Finder:
    """Finds the places that the changes of one document speak of.

    `morning` is what was in force at the beginning of its day, before other documents of that day.
    """

    document: AmendingDocument
    reading: Reading
    morning: Reading
    taken: Taken
    collector: Collector
    # The change at hand.
    change: tree.Block = field(init=False)

    # ----------------------------------------------------------------------------------------- what is wrong

    def report(self, code: str, *places: Place | Span, suggestion: str = "", **facts: object) -> None:
        self.collector.report(code, *places, clause=self.change.clause, suggestion=suggestion, **facts)

    def unfit(self, code: str, *places: Place | Span, suggestion: str = "", **facts: object) -> None:
        self.report(code, *(places or (self.sentence,)), suggestion=suggestion, **facts)
        raise Unfit

    @property
    def sentence(self) -> Span:
        return self.change.head.span

    @property
    def by(self) -> str:
        return self.document.cited(self.change.clause)

    # --------------------------------------------------------------------------------------- places and words

    def block(self, wanted: tree.BlockName) -> tree.Block:
        block = self.reading.block(wanted)
        if block is None:
            self._must_not_be_gone(str(wanted), wanted.span)
            near = closest(named(wanted.name), [name_of(one) for one in self.reading.blocks(wanted.word)])
            suggestion = f"是否{wanted.word}「{near[0]}」？" if near else ""
            self.report("HY221", wanted.span, suggestion=suggestion, place=wanted)
            raise Unfit
        return block

    def rules_of(self, clause: Name) -> list[tree.Block]:
        blocks = self.reading.rules_of(clause.text)
        if not blocks:
            self._must_not_be_gone(clause.text, clause.span)
            suggestion = did_you_mean(clause.text, self.reading.clauses())
            self.unfit("HY220", clause.span, suggestion=suggestion, word=clause)
        return blocks

    def _must_not_be_gone(self, place: str, span: Span) -> None:
        """Where a place is missing because another document has taken it out, say so."""
        if place in self.taken.gone:
            other, there = self.taken.gone[place]
            self._settle(other, there, place, span)

    def words(self, place: tree.WordsPlace, words: Name) -> Found:
        """Where the words stand in that place, which must be one place only."""
        self._must_be_there(place)
        found = self.reading.words(place, words.text)
        if not found:
            self._missing(place, words)
        if len(found) > 1:
            also = [Place(one.span, "这里也有") for one in found[:2]]
            self.unfit("HY223", words.span, *also, place=place, words=words, count=len(found))
        only = found[0]
        if only.quote is None and not self.reading.whole_words(only.span):
            self.unfit(
                "HY227", words.span, Place(only.span), place=place, why="要从一个词的开头写到一个词的末尾"
            )
        self.must_be_free(only.sentence, str(place))
        return only

    def _must_be_there(self, place: tree.WordsPlace) -> None:
        match place:
            case tree.BlockName():
                self.block(place)
            case tree.RuleWords(clause) | tree.OfficialWords(clause):
                self.rules_of(clause)
            case _:
                assert_never(place)

    def _missing(self, place: tree.WordsPlace, words: Name) -> None:
        """The words that are expected are not there: both texts are shown, or the document that has changed them."""
        texts = self.reading.texts(place)
        if self.morning.words(place, words.text):
            for span, _ in texts:
                self.must_be_free(span, str(place))
        found = ((span, near) for span, text in texts if (near := text.nearest(words.text)))
        first = ((span, shortened(text.words())) for span, text in texts)
        there, near = next(found, None) or next(first, (None, "（没有）"))
        also = () if there is None else (Place(there),)
        self.unfit("HY222", Place(words.span), *also, place=place, words=words, near=near)

    def whole(self, wanted: tree.BlockName, old: Name) -> tree.Block:
        """A block that reads as it is expected to."""
        block = self.block(wanted)
        whole, text = extent(block), rules_text(block)
        if not text.reads(old.text):
            before = self.morning.block(wanted)
            if before is not None and rules_text(before).reads(old.text):
                self.must_be_free(whole, str(wanted))
            places = (Place(old.span), Place(whole))
            self.unfit(
                "HY222", *places, place=wanted, words=shortened(old.text), near=shortened(text.words())
            )
        self.must_be_free(whole, str(wanted))
        return block

    def title(self, clause: Name, title: Name) -> None:
        actual = self.reading.title(clause.text)
        if Folded.of(actual).text != Folded.of(title.text).text:
            self.unfit("HY228", title.span, clause_=clause, title=title, actual=actual)

    # -------------------------------------------------------------------------------- others' changes beside

    def must_be_free(self, span: Span, place: str) -> None:
        """Whether this document may change what earlier ones have changed."""
        for piece in span.source.pieces:
            for by in piece.amended if span.start < piece.end and piece.start < span.end else ():
                self._settle(self.taken.by_citation[by], piece.written, place, self.sentence)

    def _settle(self, other: AmendingDocument, there: Span, place: str, here: Span) -> None:
        """Two documents at one place: the later one prevails, unless the earlier one is of a higher rank."""
        if other is self.document:
            return
        lower = other.rank.height > self.document.rank.height
        same_day = other.day == self.document.day
        if not same_day and not lower:
            return
        places = (Place(here, self.document.number), Place(there, other.number))
        code = ("HY443" if lower else "HY441") if same_day else "HY442"
        facts = {"first": other.number, "second": self.document.number, "place": place}
        facts |= {"high": other.rank.value, "low": self.document.rank.value}
        facts["day"] = chinese_date(self.document.day)
        self.report(code, *places, **facts)
        raise Unfit
