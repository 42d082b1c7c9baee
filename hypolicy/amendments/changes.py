"""What one amending document changes: each of its sentences becomes edits of the files that it speaks of.

All of its sentences speak of the text as it stood before the document; nothing is changed where a sentence does not
find what it expects.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from pathlib import PurePosixPath
from posixpath import normpath, relpath
from typing import TYPE_CHECKING, assert_never

from attrs import define, field

from hypolicy.amendments import versions
from hypolicy.amendments.lists import Change as ListChange
from hypolicy.amendments.lists import ItemList, lists_in
from hypolicy.amendments.reading import (
    FACTS,
    Found,
    Reading,
    extent,
    name_of,
    named,
    quoted,
    rules_text,
    with_quotes,
)
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.diagnostics.suggest import closest
from hypolicy.rules.calendar import chinese_date, day_before
from hypolicy.source.folded import Folded, shortened
from hypolicy.source.splice import Edit
from hypolicy.source.text import SourceText, Span
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from hypolicy.amendments.documents import AmendingDocument
    from hypolicy.amendments.official import OfficialText
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.syntax.tree import Name

_WITH_CONTENT = (tree.BlockChanged, tree.ContentAdded, tree.ClauseAdded, tree.ClauseChanged)


class Unfit(Exception):  # noqa: N818 - it has been reported
    """A change cannot be made."""


@define
class Taken:
    """What has been taken in so far: documents by how they are cited, and what they have taken out."""

    by_citation: dict[str, AmendingDocument] = field(factory=dict)
    gone: dict[str, tuple[AmendingDocument, Span]] = field(factory=dict)


@define
class Changes:
    """The changes of one document, worked out on what was in force before it.

    `morning` is what was in force at the beginning of its day, before other documents of that day.
    """

    document: AmendingDocument
    reading: Reading
    morning: Reading
    official: OfficialText | None
    taken: Taken
    collector: Collector
    edits: defaultdict[SourceText, list[Edit]] = field(factory=lambda: defaultdict(list))
    _lists: dict[tuple[SourceText, int], ItemList] = field(factory=dict)
    # The change at hand, and what follows it.
    _change: tree.Block = field(init=False)
    _content: Sequence[tree.Block] = ()

    def work_out(self, blocks: Iterable[tree.Block]) -> None:
        """All changes, in the order of writing."""
        for block, content in self._grouped(blocks):
            self._change, self._content = block, content
            try:
                self._make(block.head)
            except Unfit:
                continue
        for (source, _), items in self._lists.items():
            self.edits[source] += items.edits()
        for edits in self.edits.values():
            self._keep_apart(edits)

    def _grouped(self, blocks: Iterable[tree.Block]) -> Iterator[tuple[tree.Block, list[tree.Block]]]:
        """Each change with the blocks that belong to it; what belongs to none is reported."""
        change: tree.Block | None = None
        content: list[tree.Block] = []
        for block in blocks:
            if not isinstance(block.head, tree.Change | tree.Heading | tree.AmendmentHead):
                if change is not None and isinstance(change.head, _WITH_CONTENT):
                    content.append(block)
                else:
                    self.collector.report("HY226", block.head.span, clause=block.clause)
                continue
            if change is not None:
                yield change, content
            change, content = (block if isinstance(block.head, tree.Change) else None), []
            for quote in block.quotes:
                if quote.span.start < block.head.span.start:
                    self.collector.report("HY116", quote.span, clause=block.clause)
        if change is not None:
            yield change, content

    def _make(self, change: tree.Declaration) -> None:
        match change:
            case tree.WordsChanged(place, old, new):
                found = self._found(place, old)
                self._words(place, found, found.span, new)
            case tree.WordsAdded(place, after, new):
                found = self._found(place, after)
                behind = Span(found.span.source, found.span.end, found.span.end)
                self._words(place, found, behind, new)
            case tree.ItemAdded(place, after, new):
                self._item(self._found(place, after), new)
            case tree.ItemDeleted(place, old):
                self._item(self._found(place, old), None)
            case tree.BlockChanged(named_block, old):
                block = self._whole(named_block, old)
                self._replace(extent(block), self._added())
                self._quote_more(block)
            case tree.BlockDeleted(named_block, old):
                block = self._whole(named_block, old)
                if isinstance(block.head, FACTS):
                    self._unfit("HY227", place=named_block, why="事实、枚举和记录只能增加或者修改，不能删去")
                self._take_out(extent(block), str(named_block))
            case tree.ContentAdded(tree.Name() as clause):
                last = self._rules_of(clause)[-1]
                self._put_behind(last, self._added())
                self._quote_more(last)
            case tree.ContentAdded(tree.BlockName() as named_block, behind):
                block = self._block(named_block)
                self._put_behind(block, self._added() if behind else self._lines())
                self._quote_more(block)
            case tree.ClauseAdded(after, clause, title):
                self._add_clause(after, clause, title)
            case tree.ClauseChanged(clause, title):
                self._change_clause(clause, title)
            case tree.ClauseRepealed(clause, title):
                self._repeal_clause(clause, title)
            case tree.PolicyRepealed():
                self._end_term(None, day_before(self.document.day))
            case tree.TermChanged(old_day, new_day):
                self._end_term(old_day, new_day)
            case tree.ValueChanged():
                self._value(change)
            case _:
                raise AssertionError(change)

    # ----------------------------------------------------------------------------------------- what is wrong

    def _report(self, code: str, *places: Place | Span, suggestion: str = "", **facts: object) -> None:
        self.collector.report(code, *places, clause=self._change.clause, suggestion=suggestion, **facts)

    def _unfit(self, code: str, *places: Place | Span, suggestion: str = "", **facts: object) -> None:
        self._report(code, *(places or (self._sentence,)), suggestion=suggestion, **facts)
        raise Unfit

    @property
    def _sentence(self) -> Span:
        return self._change.head.span

    @property
    def _by(self) -> str:
        return self.document.cited(self._change.clause)

    # --------------------------------------------------------------------------------------- places and words

    def _block(self, wanted: tree.BlockName) -> tree.Block:
        block = self.reading.block(wanted)
        if block is None:
            self._must_not_be_gone(str(wanted), wanted.span)
            near = closest(named(wanted.name), [name_of(one) for one in self.reading.blocks(wanted.word)])
            suggestion = f"是否{wanted.word}「{near[0]}」？" if near else ""
            self._report("HY221", wanted.span, suggestion=suggestion, place=wanted)
            raise Unfit
        return block

    def _rules_of(self, clause: Name) -> list[tree.Block]:
        blocks = self.reading.rules_of(clause.text)
        if not blocks:
            self._must_not_be_gone(clause.text, clause.span)
            near = closest(clause.text, self.reading.clauses())
            self._unfit("HY220", clause.span, suggestion=f"是否「{near[0]}」？" if near else "", word=clause)
        return blocks

    def _must_not_be_gone(self, place: str, span: Span) -> None:
        """Where a place is missing because another document has taken it out, say so."""
        if place in self.taken.gone:
            other, there = self.taken.gone[place]
            self._settle(other, there, place, span)

    def _found(self, place: tree.WordsPlace, words: Name) -> Found:
        """Where the words stand in that place, which must be one place only."""
        self._must_be_there(place)
        found = self.reading.words(place, words.text)
        if not found:
            self._missing(place, words)
        if len(found) > 1:
            also = [Place(one.span, "这里也有") for one in found[:2]]
            self._unfit("HY223", words.span, *also, place=place, words=words, count=len(found))
        only = found[0]
        if only.quote is None and not self.reading.whole_words(only.span):
            self._unfit(
                "HY227", words.span, Place(only.span), place=place, why="要从一个词的开头写到一个词的末尾"
            )
        self._must_be_free(only.sentence, str(place))
        return only

    def _must_be_there(self, place: tree.WordsPlace) -> None:
        match place:
            case tree.BlockName():
                self._block(place)
            case tree.RuleWords(clause) | tree.OfficialWords(clause):
                self._rules_of(clause)
            case _:
                assert_never(place)

    def _missing(self, place: tree.WordsPlace, words: Name) -> None:
        """The words that are expected are not there: both texts are shown, or the document that has changed them."""
        texts = self.reading.texts(place)
        if self.morning.words(place, words.text):
            for span, _ in texts:
                self._must_be_free(span, str(place))
        found = ((span, near) for span, text in texts if (near := text.nearest(words.text)))
        first = ((span, shortened(text.words())) for span, text in texts)
        there, near = next(found, None) or next(first, (None, "（没有）"))
        also = () if there is None else (Place(there),)
        self._unfit("HY222", Place(words.span), *also, place=place, words=words, near=near)

    def _whole(self, wanted: tree.BlockName, old: Name) -> tree.Block:
        """A block that reads as it is expected to."""
        block = self._block(wanted)
        whole, text = extent(block), rules_text(block)
        if not text.reads(old.text):
            places = (Place(old.span), Place(whole))
            self._unfit(
                "HY222", *places, place=wanted, words=shortened(old.text), near=shortened(text.words())
            )
        self._must_be_free(whole, str(wanted))
        return block

    def _title(self, clause: Name, title: Name) -> None:
        actual = self.reading.title(clause.text)
        if Folded.of(actual).text != Folded.of(title.text).text:
            self._unfit("HY228", title.span, clause_=clause, title=title, actual=actual)

    # -------------------------------------------------------------------------------- others' changes beside

    def _must_be_free(self, span: Span, place: str) -> None:
        """Whether this document may change what earlier ones have changed."""
        for piece in span.source.pieces:
            for by in piece.amended if span.start < piece.end and piece.start < span.end else ():
                self._settle(self.taken.by_citation[by], piece.written, place, self._sentence)

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
        self._report(code, *places, **facts)
        raise Unfit

    def _keep_apart(self, edits: list[Edit]) -> None:
        """Two changes of one document at one place."""
        edits.sort(key=lambda edit: (edit.start, edit.end))
        for before, after in itertools.pairwise(edits):
            if after.start < before.end:
                first, second = sorted((before.written, after.written), key=lambda span: span.start)
                places = (Place(second), Place(first))
                facts = {"first": "一项修改", "second": "另一项修改", "place": self.document.number}
                self.collector.report("HY441", *places, day=chinese_date(self.document.day), **facts)

    # ------------------------------------------------------------------------------------------------- edits

    def _edit(self, span: Span, text: str, written: Span) -> None:
        self.edits[span.source].append(Edit(span.start, span.end, text, written, self._by))

    def _replace(self, span: Span, added: Span) -> None:
        self._edit(span, added.text, added)

    def _take_out(self, span: Span, place: str) -> None:
        self._edit(_whole_lines(span), "", self._sentence)
        self.taken.gone[place] = (self.document, self._sentence)

    def _put_behind(self, block: tree.Block, added: Span, indent: str = "\n") -> None:
        """New sentences on lines of their own behind a block."""
        end = _line_behind(extent(block))
        self._edit(end, indent, self._sentence)
        self._edit(end, added.text, added)

    def _added(self) -> Span:
        """What follows the change, to be put in as it stands."""
        if not self._content:
            self._unfit("HY225")
        return with_quotes(self._content[0]).to(extent(self._content[-1]))

    def _lines(self) -> Span:
        """The lines that follow the change."""
        for block in self._content:
            self._report("HY226", block.head.span)
        if self._content:
            raise Unfit
        if not self._change.lines:
            self._unfit("HY225")
        return self._change.lines[0].span.to(self._change.lines[-1].span)

    def _words(self, place: tree.WordsPlace, found: Found, span: Span, new: Name | None) -> None:
        """Words in place of a span of the words found, or of an empty one behind them."""
        text, written = ("", self._sentence) if new is None else (new.text, _inside(new))
        if found.quote is not None:
            first = found.first if span.start < span.end else found.last
            whole = not text and found.last - first == len(found.quote.text)
            self._edit(_whole_lines(found.sentence) if whole else span, text, written)
            if self.official is not None:
                self.official.change(found.quote, first, found.last, text, written, self._by)
        elif isinstance(place, tree.BlockName) and place.word == "表":
            self._table_words(self._block(place), span, text, written)
        else:
            self._edit(span, text, written)

    def _item(self, found: Found, new: Name | None) -> None:
        lists = [one for one in lists_in(self.reading.inside(found.sentence)) if one.holds(found.span)]
        if not lists or found.quote is not None:
            self._unfit("HY227", place=shortened(found.span.text), why="它不是列举的一项")
        inmost = lists[-1]
        kept = self._lists.setdefault((found.span.source, inmost.start), inmost)
        text, written = (None, self._sentence) if new is None else (new.text, _inside(new))
        kept.change(found.span, ListChange(text, written, self._by))
        if kept.empties:
            self._unfit("HY227", place=shortened(found.span.text), why="列举不能一项也不剩")

    def _quote_more(self, behind: tree.Block) -> None:
        """New quotes are new words of the official text, behind what is quoted before this block's end."""
        quotes = [quote for block in (self._change, *self._content) for quote in block.quotes]
        if not quotes or self.official is None:
            return
        before = [
            quote
            for block in self.reading.document.blocks
            for quote in block.quotes
            if quote.span.source is behind.head.span.source and quote.span.start < extent(behind).end
        ]
        last = quoted(before[-1]) if before else None
        for quote in reversed(quotes):
            self.official.add(last, quote.text, quote.span, self._by)

    # ----------------------------------------------------------------------------------------------- clauses

    def _add_clause(self, after: Name, clause: Name, title: str) -> None:
        self._rules_of(after)
        if clause.text in self.reading.clauses():
            self._unfit("HY229", clause.span, word=clause)
        added = self._added()
        last = self.reading.rules_of(self.reading.below(after.text))[-1]
        heading = f"{clause}「{title}」。" if title else f"{clause}。"
        self._put_behind(last, added, f"\n\n{heading}\n\n")
        self._quote_more(last)

    def _change_clause(self, clause: Name, title: Name) -> None:
        heading, *blocks = self._rules_of(clause)
        self._title(clause, title)
        added = self._added()
        if not blocks:
            self._put_behind(heading, added)
            self._quote_more(heading)
            return
        whole = with_quotes(blocks[0]).to(extent(blocks[-1]))
        self._must_be_free(whole, clause.text)
        self._replace(whole, added)
        if self.official is not None:
            new = "\n".join(quote.text for block in self._content for quote in block.quotes)
            for quote in (quote for block in blocks for quote in block.quotes):
                folded = quoted(quote)
                self.official.change(folded, 0, len(folded.text), new, added, self._by)
                new = ""

    def _repeal_clause(self, clause: Name, title: Name) -> None:
        self._rules_of(clause)
        self._title(clause, title)
        blocks = self.reading.clause(clause.text)
        for fact in (block for block in blocks if isinstance(block.head, FACTS)):
            self._unfit("HY227", place=clause, why=f"其中声明的「{name_of(fact)}」不能删去")
        parts: dict[SourceText, list[tree.Block]] = {}
        for block in blocks:
            parts.setdefault(block.head.span.source, []).append(block)
        for part in parts.values():
            self._must_be_free(with_quotes(part[0]).to(extent(part[-1])), clause.text)
        for part in parts.values():
            self._take_out(with_quotes(part[0]).to(extent(part[-1])), clause.text)
        if self.official is not None:
            for folded in (quoted(quote) for block in blocks for quote in block.quotes):
                self.official.change(folded, 0, len(folded.text), "", self._sentence, self._by)

    def _end_term(self, old: date | None, new: date) -> None:
        """The last day of the term written anew."""
        for block in self.reading.blocks("政策"):
            for line in block.lines:
                if isinstance(line, tree.Term):
                    end = line.validity.end
                    self._must_be_free(line.span, "施行期")
                    if old is not None and end != old:
                        actual = chinese_date(end) if end is not None else "没有写止日"
                        facts = {"place": "施行期止日", "expected": chinese_date(old), "actual": actual}
                        self._unfit("HY224", Place(self._sentence), Place(line.span), **facts)
                    text = f"自{chinese_date(line.validity.start)}起至{chinese_date(new)}止"
                    self._edit(line.validity.span, text, self._sentence)

    # ---------------------------------------------------------------------------------------------- versions

    def _value(self, change: tree.ValueChanged) -> None:
        block = self._block(change.block)
        day = change.since or self.document.day
        if day < self.document.day:
            self._unfit("HY448", day=chinese_date(day), effective=chinese_date(self.document.day))
        self._must_be_free(block.head.span, str(change.block))
        known = versions.versions_of(block.head)
        current = self._in_force(block, known, day, change.block)
        match current.value, change.old, change.new:
            case tree.Version(_, quantity), tree.Number(expected), tree.Number():
                fits = (quantity.number, quantity.unit) == (expected.number, expected.unit)
                text = f"{''.join(change.new.span.text.split())}，依据“{self._by}”"
            case tree.Entry(_, _, tree.Name() as file), tree.Text(expected_file), tree.Text(new_file):
                fits = self._path(expected_file, self.document.source) == self._path(
                    file.text, file.span.source
                )
                base = PurePosixPath(file.span.source.path).parent
                text = f"取自“{relpath(self._path(new_file, self.document.source), base)}”"
            case _:
                fits, text = False, ""
        if not fits:
            actual = "".join(current.words.text.split())
            facts = {
                "place": str(change.block),
                "expected": "".join(change.old.span.text.split()),
                "actual": actual,
            }
            self._unfit("HY224", Place(change.old.span), Place(current.words), **facts)
        self._new_version(known, current, day, text)

    def _path(self, name: str, source: SourceText) -> str:
        """A file named in another, from the root of the policy folder."""
        return normpath((PurePosixPath(source.path).parent / name).as_posix())

    def _table_words(self, block: tree.Block, span: Span, text: str, written: Span) -> None:
        """Words of the rows in force make a new version of the rows; others are changed where they stand."""
        known = versions.versions_of(block.head)
        within = [one for one in known if one.words.start <= span.start and span.end <= one.words.end]
        if not within:
            self._edit(span, text, written)
            return
        wanted = tree.BlockName("表", getattr(block.head, "name", None), span=self._sentence)
        current = self._in_force(block, known, self.document.day, wanted)
        if current not in within:
            self._unfit("HY227", Place(self._sentence), Place(span), place=wanted, why="这一版已经不再施行")
        if isinstance(current.value, tree.Entry) and current.value.file is not None:
            self._unfit("HY227", place=wanted, why="它的行取自文件，请改用另一个文件")
        rows, words = span.source.text, current.words
        self._new_version(
            known, current, self.document.day,
            f"：{rows[words.start : span.start]}{text}{rows[span.end : words.end]}",
        )  # fmt: skip

    def _in_force(
        self, block: tree.Block, known: Sequence[versions.Dated], day: date, wanted: tree.BlockName
    ) -> versions.Dated:
        """The version in force on a day, behind which no other one has been laid down."""
        if not known:
            self._unfit("HY227", place=wanted, why="它没有可以修改的版本")
        later = versions.follows(known, day)
        if later is not None and later.start is not None:
            places = (Place(self._sentence), Place(later.words))
            self._unfit("HY445", *places, place=wanted, start=chinese_date(later.start))
        current = versions.in_force(known, day)
        if current is None:
            self._unfit(
                "HY227", Place(self._sentence), Place(block.head.span), place=wanted, why="这一天没有版本"
            )
            raise Unfit
        return current

    def _new_version(
        self, known: Sequence[versions.Dated], current: versions.Dated, day: date, text: str
    ) -> None:
        old = versions.shortened(current, day)
        if old is not None:
            self._edit(*old, self._sentence)
        last = known[-1].words
        self._edit(
            Span(last.source, last.end, last.end), f"；{versions.since(day, current)}{text}", self._sentence
        )


def _inside(name: Name) -> Span:
    """The words between the marks of a text, where they stand there as they are."""
    inner = Span(name.span.source, name.span.start + 1, name.span.end - 1)
    return inner if inner.text == name.text else name.span


def _line_behind(span: Span) -> Span:
    """The end of the line that a span ends on, if nothing but a comment follows it there."""
    text = span.source.text
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end
    rest = text[span.end : end].strip()
    at = end if not rest or rest.startswith(("#", "＃")) else span.end
    return Span(span.source, at, at)


def _whole_lines(span: Span) -> Span:
    """A span with the break before it and the rest of its lines, where nothing else stands on them."""
    text = span.source.text
    line = text.rfind("\n", 0, span.start) + 1
    end = _line_behind(span).end
    if text[line : span.start].strip() or (end < len(text) and text[end] != "\n"):
        return span
    return Span(span.source, line - 1, end) if line else Span(span.source, 0, min(end + 1, len(text)))
