"""Tables: their keys and columns, the rows that are written in the rule file, and the uplift of a column."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from attrs import define, evolve

from hypolicy.check.symbols import Symbols, head
from hypolicy.check.typed import in_words
from hypolicy.check.versions import read_table
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.rules import tree as rules
from hypolicy.rules.types import (
    BOOL,
    DATE,
    MONEY,
    TEXT,
    BoolType,
    EnumType,
    IdentifierType,
    NumberType,
    TextType,
    Type,
)
from hypolicy.rules.units import YUAN
from hypolicy.source.folder import PolicyFolder, UnusableFileError
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.check.periods import Timeline
    from hypolicy.check.vocabulary import VocabularyChecker
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.rules.calendar import Period
    from hypolicy.syntax.tree import Block


@define
class TableChecker:
    symbols: Symbols
    collector: Collector
    vocabulary: VocabularyChecker
    folder: PolicyFolder
    timeline: Timeline
    facts: dict[str, rules.Fact]

    def tables(self) -> dict[str, rules.Table]:
        out = {}
        for name, block in self.symbols.all("表").items():
            table = self._table(name, block)
            if table is not None:
                out[name] = table
        return out

    def _table(self, name: str, block: Block) -> rules.Table | None:
        written = head(block, tree.Table)
        keys = [self._key(key, block.clause) for key in written.keys]
        columns = self._columns(written, block.clause)
        if columns is None or None in keys:
            return None
        key_facts = tuple(key for key in keys if key is not None)
        twice = next(
            (key for i, key in enumerate(written.keys) if key.text in _texts(written.keys[:i])), None
        )
        if twice is not None:
            self.collector.report("HY503", twice.span, clause=block.clause, word=twice)
            return None
        bare = rules.Table(name, key_facts, columns, (), (), rules.Origin(block.clause, written.span))
        versions = self._versions(written, bare, block.clause)
        return evolve(bare, versions=versions, uplifts=self._uplifts(block, bare))

    def _key(self, key: Name, clause: str) -> rules.Fact | None:
        fact = self.facts.get(key.text)
        if fact is None:
            self.symbols.missing("事实", key, self.facts, clause)
            return None
        if not isinstance(fact.type, EnumType | TextType | IdentifierType):
            self.collector.report("HY421", key.span, clause=clause, word=key, type=in_words(fact.type))
            return None
        return fact

    def _columns(self, written: tree.Table, clause: str) -> tuple[rules.Column, ...] | None:
        """The columns of the header; without one, the single value of the rows has the name of the table."""
        if written.columns:
            types = [self.vocabulary.type_named(column.type) for column in written.columns]
            if None in types:
                return None
            named = zip(written.columns, types, strict=True)
            return tuple(rules.Column(c.name.text, kind, i) for i, (c, kind) in enumerate(named) if kind)
        rows = [entry.row for entry in written.entries if entry.row is not None]
        cells = rows[0].cells if rows else ()
        if len(cells) > 1:
            self.collector.report("HY417", written.span, clause=clause, name=written.name)
            return None
        return tuple(rules.Column(written.name.text, _type_of(cell), i) for i, cell in enumerate(cells))

    # --------------------------------------------------------------------------------------------- uplift

    def _uplifts(self, block: Block, table: rules.Table) -> tuple[rules.TableUplift, ...]:
        written = [line for line in block.lines if isinstance(line, tree.Uplift)]
        for extra in written[1:]:
            places = (Place(extra.span, "第二项"), Place(written[0].span, "第一项"))
            self.collector.report("HY418", *places, clause=block.clause, name=table.name)
        return tuple(uplift for line in written if (uplift := self._uplift(line, table, block.clause)))

    def _uplift(self, line: tree.Uplift, table: rules.Table, clause: str) -> rules.TableUplift | None:
        amounts = [column for column in table.columns if _is_amount(column.type)]
        column, value = None, None
        match line.condition:
            case tree.Comparison("为", tree.Word(name), (tree.Truth() | tree.Word()) as written):
                column, value = next((c for c in table.columns if c.name == name), None), written
            case _:
                pass
        if isinstance(line.rate, Name) or line.rate.unit_name != "%":
            self.collector.report("HY419", line.span, clause=clause)
            return None
        if column is None or value is None or [c.type for c in amounts] != [MONEY]:
            self.collector.report("HY413", line.span, clause=clause, name=table.name)
            return None
        match value, column.type:
            case tree.Truth(truth), BoolType():
                equals: rules.Value = truth
            case tree.Word(label), EnumType(_, labels) if label in labels:
                equals = label
            case _:
                self.collector.report("HY413", line.span, clause=clause, name=table.name)
                return None
        return rules.TableUplift(line.rate.number, column, equals, rules.Origin(clause, line.span))

    # ----------------------------------------------------------------------------------------------- rows

    def _versions(
        self, written: tree.Table, table: rules.Table, clause: str
    ) -> tuple[rules.TableVersion, ...]:
        """Rows without a date hold always; those behind a date belong to it until the next date."""
        always = tree.Validity(date.min, None, span=written.span)
        groups: list[tuple[tree.Validity, list[tree.Entry]]] = []
        for entry in written.entries:
            if entry.validity is not None or not groups:
                groups.append((entry.validity or always, []))
            groups[-1][1].append(entry)
        out = []
        for period, entries in self.timeline.periods(table.name, groups, clause):
            file = entries[0].file
            rows = [entry.row for entry in entries if entry.row is not None]
            if file is None:
                out.append(rules.TableVersion(period, self._rows(table, rows, clause)))
            else:
                if rows:
                    self.collector.report("HY420", rows[0].span, file.span, clause=clause, name=table.name)
                out.append(self._from_file(table, period, file, clause))
        return tuple(out)

    def _rows(
        self, table: rules.Table, rows: Sequence[tree.Row], clause: str
    ) -> dict[tuple[str, ...], tuple[rules.Value, ...]]:
        header = "、".join([*(k.name for k in table.keys), *(c.name for c in table.columns)])
        single = len(table.keys) == 1 and not table.columns
        out: dict[tuple[str, ...], tuple[rules.Value, ...]] = {}
        for row in rows:
            for keys in [(key,) for key in row.keys] if single else [row.keys]:
                if not self._fits(table, keys, row):
                    self.collector.report("HY404", row.span, clause=clause, name=table.name, header=header)
                    continue
                self._labels_fit(zip(keys, table.keys, strict=True), clause)
                self._words_fit(table, row.cells, clause)
                words = tuple(key.text for key in keys)
                if words in out:
                    place = keys[0].span if single else row.span
                    self.collector.report(
                        "HY403", place, clause=clause, name=table.name, keys="、".join(words)
                    )
                out[words] = tuple(
                    _value_of(cell, column.type)
                    for cell, column in zip(row.cells, table.columns, strict=True)
                )
        return out

    def _fits(self, table: rules.Table, keys: Sequence[Name], row: tree.Row) -> bool:
        if len(keys) != len(table.keys) or len(row.cells) != len(table.columns):
            return False
        return all(
            isinstance(cell, tree.Word) or _holds(column.type, _type_of(cell))
            for column, cell in zip(table.columns, row.cells, strict=True)
        )

    def _words_fit(self, table: rules.Table, cells: Sequence[tree.Expr], clause: str) -> None:
        """A bare word is a label of its column; in a column of texts it lacks the marks of one."""
        words = [
            (Name(cell.name, cell.span), column)
            for cell, column in zip(cells, table.columns, strict=True)
            if isinstance(cell, tree.Word)
        ]
        self._labels_fit(words, clause)
        for word, column in words:
            if not isinstance(column.type, EnumType):
                self.collector.report("HY131", word.span, clause=clause, word=word)

    def _labels_fit(self, words: Iterable[tuple[Name, rules.Fact | rules.Column]], clause: str) -> None:
        for word, about in words:
            if not isinstance(about.type, EnumType) or word.text in about.type.labels:
                continue
            if not self.symbols.is_reported(word):
                labels = about.type.labels
                self.collector.report(
                    "HY305",
                    word.span,
                    clause=clause,
                    suggestion=did_you_mean(word.text, labels),
                    label=word,
                    fact=about.name,
                    labels="、".join(labels),
                )

    def _from_file(self, table: rules.Table, period: Period, file: Name, clause: str) -> rules.TableVersion:
        try:
            path = self.folder.resolve(file.text, PurePosixPath(file.span.source.path))
            text = self.folder.read(path).text
        except UnusableFileError as error:
            self.collector.report(error.code, file.span, clause=clause, **error.facts)
            return rules.TableVersion(period, {}, file.text)
        return read_table(table, period, text, file.text, self.collector, file.span)


def _texts(names: Sequence[Name]) -> set[str]:
    return {name.text for name in names}


def _is_amount(kind: Type) -> bool:
    """Whether an uplift would raise a column: every number that need not be whole."""
    return isinstance(kind, NumberType) and not kind.whole


def _holds(column: Type, cell: Type) -> bool:
    """Whether a column takes a value: numbers of its unit, whole ones where it wants them."""
    if isinstance(column, NumberType) and isinstance(cell, NumberType):
        return column.unit == cell.unit and (cell.whole or not column.whole)
    return column == cell or (isinstance(column, IdentifierType) and isinstance(cell, TextType))


def _type_of(cell: tree.Expr) -> Type:
    match cell:
        case tree.Number(quantity):
            # Money in a table may have fen in one row and none in another: it is never a type of its own.
            return NumberType(quantity.unit, quantity.whole and quantity.unit != YUAN)
        case tree.Truth():
            return BOOL
        case tree.Day():
            return DATE
        case _:
            return TEXT


def _value_of(cell: tree.Expr, kind: Type) -> rules.Value:
    match cell:
        case tree.Number(quantity):
            whole = isinstance(kind, NumberType) and kind.whole
            return int(quantity.number) if whole else quantity.number
        case tree.Truth(value):
            return value
        case tree.Day(day):
            return day
        case tree.Text(text) | tree.Word(text):
            return text
        case _:
            raise AssertionError(cell)  # the grammar has no other cells
