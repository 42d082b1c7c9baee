"""Worked cases: what they assume and what they expect, with every word checked.

A case takes the assumptions of the templates that it refers to, in their order, and then its own.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from attrs import define, field

from hypolicy.check.once import Once
from hypolicy.check.typed import in_words
from hypolicy.check.versions import read_table
from hypolicy.check.vocabulary import find_option, find_reading
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.rules import tree as rules
from hypolicy.rules.calendar import Period
from hypolicy.rules.types import (
    BOOL,
    DATE,
    TEXT,
    BoolType,
    DateType,
    EnumType,
    IdentifierType,
    NumberType,
    TextType,
    Type,
)
from hypolicy.rules.units import YUAN
from hypolicy.source.folder import PolicyFolder, UnusableFileError
from hypolicy.syntax import tree
from hypolicy.syntax.tokens import fold
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Set

    from hypolicy.check.scope import Scope
    from hypolicy.check.symbols import Symbols
    from hypolicy.diagnostics.diagnostic import Place
    from hypolicy.source.text import Span
    from hypolicy.syntax.literals import Quantity


class _Absent:
    """Said not to be given (没有X), or said in a way that has been reported."""


ABSENT: Final = _Absent()
Values = dict[str, rules.Value | _Absent]


@define
class _Assumed:
    """What a case or a template assumes so far; `failed` where a part of it could not be read."""

    facts: Values = field(factory=dict)
    records: tuple[Values, ...] = ()
    parameters: dict[str, Fraction] = field(factory=dict)
    tables: dict[str, rules.TableVersion] = field(factory=dict)
    cells: list[tuple[str, tuple[str, ...], str, rules.Value]] = field(factory=list)
    readings: dict[str, str] = field(factory=dict)
    failed: bool = False

    def merge(self, other: _Assumed) -> None:
        self.facts.update(other.facts)
        self.records = other.records or self.records
        self.parameters.update(other.parameters)
        self.tables.update(other.tables)
        self.cells += other.cells
        self.readings.update(other.readings)
        self.failed = self.failed or other.failed


@define
class CaseChecker:
    symbols: Symbols
    folder: PolicyFolder
    scope: Scope
    records: dict[str, rules.RecordKind]
    clauses: Set[str]
    _clause: str = ""

    def cases(self) -> tuple[rules.WorkedCase, ...]:
        for block in self.symbols.all("参照用例").values():
            self._assumed(block, ())
        found = [self._case(name, block) for name, block in self.symbols.all("用例").items()]
        return tuple(case for case in found if case is not None)

    def report(self, code: str, *places: Place | Span, suggestion: str = "", **facts: object) -> None:
        self.scope.report(code, *places, clause=self._clause, suggestion=suggestion, **facts)

    def _case(self, name: str, block: tree.Block) -> rules.WorkedCase | None:
        assumed = self._assumed(block, ())
        once = Once(self.symbols.collector, block.clause)
        dues = [line for line in block.lines if isinstance(line, tree.Due) and once.only("应得", line.span)]
        failed = assumed.failed or block.damaged
        if not dues:
            if not block.damaged:
                self.report("HY601", block.head.span, name=name, missing="应得")
            return None
        due = dues[0]
        expected = tuple(self._expected(results) for results in due.records)
        records = [{**assumed.facts, **own} for own in (assumed.records or ({},))]
        if failed:
            return None
        if len(due.records) != len(records):
            self.report("HY602", due.span, name=name, given=len(records), due=len(due.records))
            return None
        kind = self._kind(name, records, block)
        if kind is None:
            return None
        self._complete(name, block, records, kind)
        return rules.WorkedCase(
            name,
            tuple(_given(own) for own in records),
            assumed.readings,
            assumed.parameters,
            assumed.tables,
            tuple(assumed.cells),
            expected,
            kind.name,
            rules.Origin(block.clause, block.head.span),
        )

    def _kind(self, name: str, records: list[Values], block: tree.Block) -> rules.RecordKind | None:
        """The kind of record that the assumed facts belong to."""
        facts = [self.scope.facts[fact] for own in records for fact in own]
        self.scope.tell_records(name, facts, block)
        if facts:
            return self.records.get(facts[0].record)
        return next(iter(self.records.values()), None)

    def _complete(self, name: str, block: tree.Block, records: list[Values], kind: rules.RecordKind) -> None:
        """Every fact that a file would have to give is given; the key may be left out."""
        for index, values in enumerate(records):
            values.setdefault(kind.key.name, str(index + 1))
            missing = [f.name for f in kind.facts if not f.optional and values.get(f.name, ABSENT) is ABSENT]
            if missing:
                self.report("HY603", block.head.span, name=name, facts="、".join(missing))
                return

    # ------------------------------------------------------------------------------------------ assumptions

    def _assumed(self, block: tree.Block, chain: tuple[str, ...]) -> _Assumed:
        self._clause = block.clause
        out = _Assumed(failed=block.damaged)
        once = Once(self.symbols.collector, block.clause)
        own: Values = {}
        for line in block.lines:
            match line:
                case tree.Refer(template):
                    self._refer(out, template, chain)
                    self._clause = block.clause
                case tree.Assume(records, listed):
                    if not listed:
                        self._assume(records[0], own, out, block)
                        out.facts.update(own)
                    elif once.only("假设：（1）", line.span):
                        out.records = tuple({} for _ in records)
                        for record, values in zip(records, out.records, strict=True):
                            self._assume(record, values, out, block)
                case tree.UseTable(table, file):
                    self._use_table(out, table, file)
                case tree.UseValue(name, quantity):
                    self._use_value(out, name, quantity, line.span)
                case tree.Adopt(reading, option) if once.only(f"采用口径「{reading}」", line.span):
                    self._adopt(out, reading, option)
                case _:
                    pass
        return out

    def _refer(self, out: _Assumed, template: Name, chain: tuple[str, ...]) -> None:
        block = self.symbols.find("参照用例", template, self._clause)
        if block is None:
            out.failed = True
        elif template.text in chain:
            shown = " → ".join([*chain[chain.index(template.text) :], template.text])
            self.report("HY210", template.span, word=template, chain=shown)
            out.failed = True
        else:
            out.merge(self._assumed(block, (*chain, template.text)))

    def _assume(
        self, record: tuple[tree.Assumption, ...], values: Values, out: _Assumed, block: tree.Block
    ) -> None:
        for assumption in record:
            match assumption:
                case tree.AssumeFact(name, written):
                    fact = self._fact(name, values, out, block)
                    if fact is not None:
                        value = self._value(written, fact.type, fact.name)
                        values[fact.name] = ABSENT if value is None else value
                        out.failed = out.failed or value is None
                case tree.AssumeAbsent(name):
                    fact = self._fact(name, values, out, block)
                    if fact is not None:
                        values[fact.name] = ABSENT
                        if not fact.optional:
                            self.report("HY310", name.span, fact=name)
                            out.failed = True
                case tree.AssumeCell():
                    self._cell(assumption, out)

    def _fact(self, name: Name, values: Values, out: _Assumed, block: tree.Block) -> rules.Fact | None:
        fact = self.scope.facts.get(name.text)
        if fact is None:
            self.symbols.missing("事实", name, self.scope.facts, self._clause)
            out.failed = True
        elif name.text in values:
            case_name = getattr(block.head, "name", "")
            self.report("HY604", name.span, name=case_name, fact=name)
        return fact

    def _cell(self, written: tree.AssumeCell, out: _Assumed) -> None:
        table = self.scope.tables.get(written.table.text)
        if table is None:
            self.symbols.missing("表", written.table, self.scope.tables, self._clause)
            out.failed = True
            return
        column = next((c for c in table.columns if c.name == written.column.text), None)
        if column is None:
            names = [c.name for c in table.columns]
            self.symbols.missing(f"「{table.name}」的列", written.column, names, self._clause)
            out.failed = True
            return
        value = self._value(written.value, column.type, column.name)
        keys = tuple(key.text for key in written.keys)
        versions = [out.tables[table.name]] if table.name in out.tables else table.versions
        if len(keys) != len(table.keys):
            names_text = "、".join(fact.name for fact in table.keys)
            self.report("HY411", written.span, name=table.name, keys=names_text, given=len(keys))
        elif not any(keys in version.rows for version in versions):
            self.report("HY605", written.span, name=table.name, keys="、".join(keys))
        elif value is not None:
            out.cells.append((table.name, keys, column.name, value))
        out.failed = out.failed or value is None

    def _value(self, written: tree.Expr, kind: Type, name: str) -> rules.Value | None:
        """A value of a type, or None where it is none, which has been reported."""
        match written, kind:
            case tree.Truth(value), BoolType():
                return value
            case tree.Day(day), DateType():
                return day
            case tree.Text(text), TextType() | IdentifierType():
                return text
            case tree.Number(quantity), TextType() | IdentifierType() if not quantity.unit_name:
                return fold(written.span.text)
            case tree.Word(label), EnumType(_, labels) if label in labels:
                return label
            case tree.Number(quantity), NumberType(unit, whole) if quantity.unit == unit:
                if not whole:
                    return Fraction(quantity.number)
                if quantity.number.denominator == 1:
                    return int(quantity.number)
            case _:
                pass
        self._wrong_value(written, kind, name)
        return None

    def _wrong_value(self, written: tree.Expr, kind: Type, name: str) -> None:
        words = written.span.brief()
        if isinstance(written, tree.Word):
            if self.symbols.is_reported(Name(written.name, written.span)):
                return
            if isinstance(kind, EnumType):
                suggestion, labels = did_you_mean(words, kind.labels), "、".join(kind.labels)
                self.report(
                    "HY305", written.span, suggestion=suggestion, label=words, fact=name, labels=labels
                )
                return
            if isinstance(kind, TextType | IdentifierType):
                self.report("HY131", written.span, word=words)
                return
        self.report("HY301", written.span, word=words, actual=_kind_of(written), wanted=_asked(kind))

    def _use_table(self, out: _Assumed, table_name: Name, file: Name) -> None:
        table = self.scope.tables.get(table_name.text)
        if table is None:
            self.symbols.missing("表", table_name, self.scope.tables, self._clause)
            out.failed = True
            return
        try:
            path = self.folder.resolve(file.text, PurePosixPath(file.span.source.path))
            text = self.folder.read(path).text
        except UnusableFileError as error:
            self.report(error.code, file.span, **error.facts)
            return
        always = Period(date.min)
        out.tables[table.name] = read_table(table, always, text, file.text, self.symbols.collector, file.span)

    def _use_value(self, out: _Assumed, name: Name, quantity: Quantity, place: Span) -> None:
        parameter = self.scope.parameters.get(name.text)
        if parameter is None:
            self.symbols.missing("参数", name, self.scope.parameters, self._clause)
            out.failed = True
        elif quantity.unit != parameter.type.unit:
            left, right = in_words(parameter.type), in_words(NumberType(quantity.unit))
            self.report("HY302", place, left=left, right=right)
        else:
            out.parameters[name.text] = quantity.number

    def _adopt(self, out: _Assumed, name: Name, option: Name) -> None:
        reading = find_reading(self.symbols, self.scope.readings, name, self._clause)
        if reading is not None and find_option(self.symbols, reading, option, self._clause):
            out.readings[name.text] = option.text

    # ---------------------------------------------------------------------------------------------- expected

    def _expected(self, results: tuple[tree.Result, ...]) -> tuple[rules.Expected, ...]:
        out = []
        once = Once(self.symbols.collector, self._clause)
        items = {**self.symbols.all("补贴"), **self.symbols.all("核查或目标"), **self.symbols.all("测算")}
        for result in results:
            for clause in result.clauses:
                if clause not in self.clauses:
                    self.report("HY606", result.span, word=clause)
            if result.item is None:
                continue
            if result.item.text not in items:
                kinds = ("补贴", "核查或目标", "测算")
                self.symbols.missing("补贴、核查或测算", result.item, items, self._clause, kinds=kinds)
                continue
            once.only(result.item.text, result.span)
            amount: Fraction | None = None
            if result.quantity is not None:
                if result.quantity.unit != YUAN:
                    self.report("HY308", result.span, unit=result.quantity.unit)
                    continue
                amount = Fraction(result.quantity.number)
            out.append(
                rules.Expected(
                    result.item.text,
                    result.status,
                    amount,
                    result.reason,
                    result.clauses,
                    rules.Origin(self._clause, result.span),
                )
            )
        return tuple(out)


def _given(values: Values) -> dict[str, rules.Value]:
    return {fact: value for fact, value in values.items() if not isinstance(value, _Absent)}


def _kind_of(written: tree.Expr) -> str:
    """What a value looks like."""
    match written:
        case tree.Truth():
            return in_words(BOOL)
        case tree.Day():
            return in_words(DATE)
        case tree.Text():
            return in_words(TEXT)
        case tree.Number(quantity):
            return in_words(NumberType(quantity.unit, quantity.whole))
        case _:
            return "一个词"


def _asked(kind: Type) -> str:
    return ("整数，" if isinstance(kind, NumberType) and kind.whole else "") + in_words(kind)
