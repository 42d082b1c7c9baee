"""What one amending document changes: each of its sentences becomes edits of the files that it speaks of.

All of its sentences speak of the text as it stood before the document; nothing is changed where a sentence does not
find what it expects.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from pathlib import PurePosixPath
from posixpath import normpath, relpath
from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.amendments import versions
from hypolicy.amendments.finder import Finder, Unfit
from hypolicy.amendments.lists import Change as ListChange
from hypolicy.amendments.lists import ItemList, lists_in
from hypolicy.amendments.reading import (
    FACTS,
    Found,
    extent,
    name_of,
    quoted,
    with_quotes,
)
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.rules.calendar import chinese_date, day_before
from hypolicy.source.folded import shortened
from hypolicy.source.splice import Edit
from hypolicy.source.text import SourceText, Span
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from hypolicy.amendments.official import OfficialText
    from hypolicy.syntax.tree import Name

_WITH_CONTENT = (tree.BlockChanged, tree.ContentAdded, tree.ClauseAdded, tree.ClauseChanged)


@define
class Changes:
    """The changes of one document, worked out on what was in force before it."""

    finder: Finder
    official: OfficialText | None
    edits: defaultdict[SourceText, list[Edit]] = field(factory=lambda: defaultdict(list))
    _lists: dict[tuple[SourceText, int], ItemList] = field(factory=dict)
    # What follows the change at hand.
    _content: Sequence[tree.Block] = ()

    def work_out(self, blocks: Iterable[tree.Block]) -> None:
        """All changes, in the order of writing."""
        for block, content in self._grouped(blocks):
            self.finder.change, self._content = block, content
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
                    self.finder.collector.report("HY226", block.head.span, clause=block.clause)
                continue
            if change is not None:
                yield change, content
            change, content = (block if isinstance(block.head, tree.Change) else None), []
            for quote in block.quotes:
                if quote.span.start < block.head.span.start:
                    self.finder.collector.report("HY116", quote.span, clause=block.clause)
        if change is not None:
            yield change, content

    def _make(self, change: tree.Declaration) -> None:
        match change:
            case tree.WordsChanged(place, old, new):
                found = self.finder.words(place, old)
                self._words(place, found, found.span, new)
            case tree.WordsAdded(place, after, new):
                found = self.finder.words(place, after)
                behind = Span(found.span.source, found.span.end, found.span.end)
                self._words(place, found, behind, new)
            case tree.ItemAdded(place, after, new):
                self._item(self.finder.words(place, after), new)
            case tree.ItemDeleted(place, old):
                self._item(self.finder.words(place, old), None)
            case tree.BlockChanged(named_block, old):
                block = self.finder.whole(named_block, old)
                self._replace(extent(block), self._added())
                self._quote_more(block)
            case tree.BlockDeleted(named_block, old):
                block = self.finder.whole(named_block, old)
                if isinstance(block.head, FACTS):
                    self.finder.unfit(
                        "HY227", place=named_block, why="事实、枚举和记录只能增加或者修改，不能删去"
                    )
                self._take_out(extent(block), str(named_block))
            case tree.ContentAdded(tree.Name() as clause):
                last = self.finder.rules_of(clause)[-1]
                self._put_behind(last, self._added())
                self._quote_more(last)
            case tree.ContentAdded(tree.BlockName() as named_block, behind):
                block = self.finder.block(named_block)
                self._put_behind(block, self._added() if behind else self._lines())
                self._quote_more(block)
            case tree.ClauseAdded(after, clause, title):
                self._add_clause(after, clause, title)
            case tree.ClauseChanged(clause, title):
                self._change_clause(clause, title)
            case tree.ClauseRepealed(clause, title):
                self._repeal_clause(clause, title)
            case tree.PolicyRepealed():
                self._end_term(None, day_before(self.finder.document.day))
            case tree.TermChanged(old_day, new_day):
                self._end_term(old_day, new_day)
            case tree.ValueChanged():
                self._value(change)
            case _:
                raise AssertionError(change)

    def _keep_apart(self, edits: list[Edit]) -> None:
        """Two changes of one document at one place."""
        edits.sort(key=lambda edit: (edit.start, edit.end))
        for before, after in itertools.pairwise(edits):
            if after.start < before.end:
                first, second = sorted((before.written, after.written), key=lambda span: span.start)
                places = (Place(second), Place(first))
                facts = {"first": "一项修改", "second": "另一项修改", "place": self.finder.document.number}
                self.finder.collector.report(
                    "HY441", *places, day=chinese_date(self.finder.document.day), **facts
                )

    # ------------------------------------------------------------------------------------------------- edits

    def _edit(self, span: Span, text: str, written: Span) -> None:
        self.edits[span.source].append(Edit(span.start, span.end, text, written, self.finder.by))

    def _replace(self, span: Span, added: Span) -> None:
        self._edit(span, added.text, added)

    def _take_out(self, span: Span, place: str) -> None:
        self._edit(_whole_lines(span), "", self.finder.sentence)
        self.finder.taken.gone[place] = (self.finder.document, self.finder.sentence)

    def _put_behind(self, block: tree.Block, added: Span, indent: str = "\n") -> None:
        """New sentences on lines of their own behind a block."""
        end = _line_behind(extent(block))
        self._edit(end, indent, self.finder.sentence)
        self._edit(end, added.text, added)

    def _added(self) -> Span:
        """What follows the change, to be put in as it stands."""
        if not self._content:
            self.finder.unfit("HY225")
        return with_quotes(self._content[0]).to(extent(self._content[-1]))

    def _lines(self) -> Span:
        """The lines that follow the change."""
        for block in self._content:
            self.finder.report("HY226", block.head.span)
        if self._content:
            raise Unfit
        if not self.finder.change.lines:
            self.finder.unfit("HY225")
        return self.finder.change.lines[0].span.to(self.finder.change.lines[-1].span)

    def _words(self, place: tree.WordsPlace, found: Found, span: Span, new: Name | None) -> None:
        """Words in place of a span of the words found, or of an empty one behind them."""
        text, written = ("", self.finder.sentence) if new is None else (new.text, _inside(new))
        if found.quote is not None:
            first = found.first if span.start < span.end else found.last
            whole = not text and found.last - first == len(found.quote.text)
            self._edit(_whole_lines(found.sentence) if whole else span, text, written)
            if self.official is not None:
                self.official.change(found.quote, first, found.last, text, written, self.finder.by)
        elif isinstance(place, tree.BlockName) and place.word == "表":
            self._table_words(self.finder.block(place), span, text, written)
        else:
            self._edit(span, text, written)

    def _item(self, found: Found, new: Name | None) -> None:
        lists = [one for one in lists_in(self.finder.reading.inside(found.sentence)) if one.holds(found.span)]
        if not lists or found.quote is not None:
            self.finder.unfit("HY227", place=shortened(found.span.text), why="它不是列举的一项")
        inmost = lists[-1]
        kept = self._lists.setdefault((found.span.source, inmost.start), inmost)
        text, written = (None, self.finder.sentence) if new is None else (new.text, _inside(new))
        kept.change(found.span, ListChange(text, written, self.finder.by))
        if kept.empties:
            self.finder.unfit("HY227", place=shortened(found.span.text), why="列举不能一项也不剩")

    def _quote_more(self, behind: tree.Block) -> None:
        """New quotes are new words of the official text, behind what is quoted before this block's end."""
        quotes = [quote for block in (self.finder.change, *self._content) for quote in block.quotes]
        if not quotes or self.official is None:
            return
        before = [
            quote
            for block in self.finder.reading.document.blocks
            for quote in block.quotes
            if quote.span.source is behind.head.span.source and quote.span.start < extent(behind).end
        ]
        last = quoted(before[-1]) if before else None
        for quote in reversed(quotes):
            self.official.add(last, quote.text, quote.span, self.finder.by)

    # ----------------------------------------------------------------------------------------------- clauses

    def _add_clause(self, after: Name, clause: Name, title: str) -> None:
        self.finder.rules_of(after)
        if clause.text in self.finder.reading.clauses():
            self.finder.unfit("HY229", clause.span, word=clause)
        added = self._added()
        last = self.finder.reading.rules_of(self.finder.reading.below(after.text))[-1]
        heading = f"{clause}「{title}」。" if title else f"{clause}。"
        self._put_behind(last, added, f"\n\n{heading}\n\n")
        self._quote_more(last)

    def _change_clause(self, clause: Name, title: Name) -> None:
        heading, *blocks = self.finder.rules_of(clause)
        self.finder.title(clause, title)
        added = self._added()
        if not blocks:
            self._put_behind(heading, added)
            self._quote_more(heading)
            return
        whole = with_quotes(blocks[0]).to(extent(blocks[-1]))
        self.finder.must_be_free(whole, clause.text)
        self._replace(whole, added)
        if self.official is not None:
            new = "\n".join(quote.text for block in self._content for quote in block.quotes)
            for quote in (quote for block in blocks for quote in block.quotes):
                folded = quoted(quote)
                self.official.change(folded, 0, len(folded.text), new, added, self.finder.by)
                new = ""

    def _repeal_clause(self, clause: Name, title: Name) -> None:
        self.finder.rules_of(clause)
        self.finder.title(clause, title)
        blocks = self.finder.reading.clause(clause.text)
        for fact in (block for block in blocks if isinstance(block.head, FACTS)):
            self.finder.unfit("HY227", place=clause, why=f"其中声明的「{name_of(fact)}」不能删去")
        parts: dict[SourceText, list[tree.Block]] = {}
        for block in blocks:
            parts.setdefault(block.head.span.source, []).append(block)
        for part in parts.values():
            self.finder.must_be_free(with_quotes(part[0]).to(extent(part[-1])), clause.text)
        for part in parts.values():
            self._take_out(with_quotes(part[0]).to(extent(part[-1])), clause.text)
        if self.official is not None:
            for folded in (quoted(quote) for block in blocks for quote in block.quotes):
                self.official.change(folded, 0, len(folded.text), "", self.finder.sentence, self.finder.by)

    def _end_term(self, old: date | None, new: date) -> None:
        """The last day of the term written anew."""
        for block in self.finder.reading.blocks("政策"):
            for line in block.lines:
                if isinstance(line, tree.Term):
                    end = line.validity.end
                    self.finder.must_be_free(line.span, "施行期")
                    if old is not None and end != old:
                        actual = chinese_date(end) if end is not None else "没有写止日"
                        facts = {"place": "施行期止日", "expected": chinese_date(old), "actual": actual}
                        self.finder.unfit("HY224", Place(self.finder.sentence), Place(line.span), **facts)
                    text = f"自{chinese_date(line.validity.start)}起至{chinese_date(new)}止"
                    self._edit(line.validity.span, text, self.finder.sentence)

    # ---------------------------------------------------------------------------------------------- versions

    def _value(self, change: tree.ValueChanged) -> None:
        block = self.finder.block(change.block)
        day = change.since or self.finder.document.day
        if day < self.finder.document.day:
            self.finder.unfit(
                "HY448", day=chinese_date(day), effective=chinese_date(self.finder.document.day)
            )
        self.finder.must_be_free(block.head.span, str(change.block))
        known = versions.versions_of(block.head)
        current = self._in_force(block, known, day, change.block)
        match current.value, change.old, change.new:
            case tree.Version(_, quantity), tree.Number(expected), tree.Number():
                fits = (quantity.number, quantity.unit) == (expected.number, expected.unit)
                text = f"{''.join(change.new.span.text.split())}，依据“{self.finder.by}”"
            case tree.Entry(_, _, tree.Name() as file), tree.Text(expected_file), tree.Text(new_file):
                fits = self._path(expected_file, self.finder.document.source) == self._path(
                    file.text, file.span.source
                )
                base = PurePosixPath(file.span.source.path).parent
                text = f"取自“{relpath(self._path(new_file, self.finder.document.source), base)}”"
            case _:
                fits, text = False, ""
        if not fits:
            actual = "".join(current.words.text.split())
            facts = {
                "place": str(change.block),
                "expected": "".join(change.old.span.text.split()),
                "actual": actual,
            }
            self.finder.unfit("HY224", Place(change.old.span), Place(current.words), **facts)
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
        wanted = tree.BlockName("表", getattr(block.head, "name", None), span=self.finder.sentence)
        current = self._in_force(block, known, self.finder.document.day, wanted)
        if current not in within:
            self.finder.unfit(
                "HY227", Place(self.finder.sentence), Place(span), place=wanted, why="这一版已经不再施行"
            )
        if isinstance(current.value, tree.Entry) and current.value.file is not None:
            self.finder.unfit("HY227", place=wanted, why="它的行取自文件，请改用另一个文件")
        rows, words = span.source.text, current.words
        self._new_version(
            known, current, self.finder.document.day,
            f"：{rows[words.start : span.start]}{text}{rows[span.end : words.end]}",
        )  # fmt: skip

    def _in_force(
        self, block: tree.Block, known: Sequence[versions.Dated], day: date, wanted: tree.BlockName
    ) -> versions.Dated:
        """The version in force on a day, behind which no other one has been laid down."""
        if not known:
            self.finder.unfit("HY227", place=wanted, why="它没有可以修改的版本")
        later = versions.follows(known, day)
        if later is not None and later.start is not None:
            places = (Place(self.finder.sentence), Place(later.words))
            self.finder.unfit("HY445", *places, place=wanted, start=chinese_date(later.start))
        current = versions.in_force(known, day)
        if current is None:
            self.finder.unfit(
                "HY227",
                Place(self.finder.sentence),
                Place(block.head.span),
                place=wanted,
                why="这一天没有版本",
            )
            raise Unfit
        return current

    def _new_version(
        self, known: Sequence[versions.Dated], current: versions.Dated, day: date, text: str
    ) -> None:
        old = versions.shortened(current, day)
        if old is not None:
            self._edit(*old, self.finder.sentence)
        last = known[-1].words
        self._edit(
            Span(last.source, last.end, last.end),
            f"；{versions.since(day, current)}{text}",
            self.finder.sentence,
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
