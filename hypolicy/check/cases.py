"""Worked cases: what they assume and what they expect, with every word checked.

A case takes the assumptions of the templates that it refers to, in their order, and then its own.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.check.symbols import Symbols
from hypolicy.check.versions import read_table
from hypolicy.diagnostics.suggest import closest
from hypolicy.rules import tree as rules
from hypolicy.rules.calendar import Period
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType, Type
from hypolicy.rules.units import YUAN
from hypolicy.source.folder import PolicyFolder, UnusableFileError
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Collector

Values = dict[str, rules.Value | None]


@define
class _Assumed:
    """What a case or a template assumes so far."""

    facts: Values = field(factory=dict)
    records: tuple[Values, ...] = ()
    parameters: dict[str, Fraction] = field(factory=dict)
    tables: dict[str, rules.TableVersion] = field(factory=dict)
    cells: list[tuple[str, tuple[str, ...], str, rules.Value]] = field(factory=list)
    readings: dict[str, str] = field(factory=dict)

    def merge(self, other: _Assumed) -> None:
        self.facts.update(other.facts)
        self.records = other.records or self.records
        self.parameters.update(other.parameters)
        self.tables.update(other.tables)
        self.cells += other.cells
        self.readings.update(other.readings)


@define
class CaseChecker:
    symbols: Symbols
    collector: Collector
    folder: PolicyFolder
    facts: dict[str, rules.Fact]
    parameters: dict[str, rules.Parameter]
    tables: dict[str, rules.Table]
    readings: dict[str, rules.Reading]
    records: dict[str, rules.RecordKind]
    items: tuple[str, ...]

    def cases(self) -> tuple[rules.WorkedCase, ...]:
        out = []
        for name, block in self.symbols.all("用例").items():
            case = self._case(name, block)
            if case is not None:
                out.append(case)
        for block in self.symbols.all("参照用例").values():
            self._assumed(block, ())
        return tuple(out)

    def _case(self, name: str, block: tree.Block) -> rules.WorkedCase | None:
        assumed = self._assumed(block, ())
        dues = [line for line in block.lines if isinstance(line, tree.Due)]
        if not dues:
            self.collector.report("HY601", block.head.span, name=name, missing="应得")
            return None
        records = [{**assumed.facts, **own} for own in (assumed.records or ({},))]
        due = dues[0]
        if len(due.records) != len(records):
            self.collector.report(
                "HY602", due.span, name=name, given=len(records), due=len(due.records)
            )
            return None
        record = self._record_kind(records[0])
        self._complete(name, block, records, record)
        expected = tuple(self._expected(results, block.clause) for results in due.records)
        return rules.WorkedCase(
            name,
            tuple({fact: value for fact, value in own.items() if value is not None} for own in records),
            assumed.readings,
            assumed.parameters,
            assumed.tables,
            tuple(assumed.cells),
            expected,
            record.name if record else "",
            rules.Origin(block.clause, block.head.span),
        )

    def _record_kind(self, values: Values) -> rules.RecordKind | None:
        for name in values:
            if name in self.facts:
                return self.records.get(self.facts[name].record)
        return next(iter(self.records.values()), None)

    def _complete(
        self, name: str, block: tree.Block, records: list[Values], kind: rules.RecordKind | None
    ) -> None:
        """Every fact that a file would have to give is given; the key may be left out."""
        if kind is None:
            return
        for index, values in enumerate(records):
            values.setdefault(kind.key.name, str(index + 1))
            missing = [f.name for f in kind.facts if not f.optional and values.get(f.name) is None]
            if missing:
                self.collector.report("HY603", block.head.span, name=name, facts="、".join(missing))
                return

    # ------------------------------------------------------------------------------------------ assumptions

    def _assumed(self, block: tree.Block, chain: tuple[str, ...]) -> _Assumed:
        out = _Assumed()
        for line in block.lines:
            match line:
                case tree.Refer(template):
                    self._refer(out, template, block.clause, chain)
                case tree.Assume(records, listed):
                    values = tuple(self._values(record, out, block) for record in records)
                    if listed:
                        out.records = values
                    else:
                        out.facts.update(values[0])
                case tree.UseTable(table, file):
                    self._use_table(out, table, file, block.clause)
                case tree.UseValue(name, quantity):
                    parameter = self.parameters.get(name.text)
                    if parameter is None:
                        self.symbols.missing("参数", name, list(self.parameters), block.clause)
                    elif quantity.unit != parameter.type.unit:
                        self.collector.report(
                            "HY302",
                            line.span,
                            clause=block.clause,
                            left=parameter.type,
                            right=NumberType(quantity.unit),
                        )
                    else:
                        out.parameters[name.text] = quantity.number
                case tree.Adopt(reading, option):
                    self._adopt(out, reading, option, block.clause)
                case _:
                    pass
        return out

    def _refer(self, out: _Assumed, template: Name, clause: str, chain: tuple[str, ...]) -> None:
        block = self.symbols.find("参照用例", template, clause)
        if block is None:
            return
        if template.text in chain:
            self.collector.report(
                "HY210", template.span, clause=clause, word=template, chain=" → ".join([*chain, template.text])
            )
            return
        out.merge(self._assumed(block, (*chain, template.text)))

    def _values(self, record: tuple[tree.Assumption, ...], out: _Assumed, block: tree.Block) -> Values:
        values: Values = {}
        for assumption in record:
            match assumption:
                case tree.AssumeFact(name, written):
                    fact = self._fact(name, block.clause)
                    if fact is not None:
                        self._once(values, name, block)
                        values[fact.name] = self._value(written, fact.type, fact.name, block.clause)
                case tree.AssumeAbsent(name):
                    fact = self._fact(name, block.clause)
                    if fact is not None:
                        self._once(values, name, block)
                        if not fact.optional:
                            self.collector.report("HY310", name.span, clause=block.clause, fact=name)
                        values[fact.name] = None
                case tree.AssumeCell():
                    self._cell(assumption, out, block.clause)
        return values

    def _once(self, values: Values, name: Name, block: tree.Block) -> None:
        if name.text in values:
            case_name = getattr(block.head, "name", "")
            self.collector.report("HY604", name.span, clause=block.clause, name=case_name, fact=name)

    def _fact(self, name: Name, clause: str) -> rules.Fact | None:
        fact = self.facts.get(name.text)
        if fact is None:
            self.symbols.missing("事实", name, list(self.facts), clause)
        return fact

    def _cell(self, written: tree.AssumeCell, out: _Assumed, clause: str) -> None:
        table = self.tables.get(written.table.text)
        if table is None:
            self.symbols.missing("表", written.table, list(self.tables), clause)
            return
        column = next((c for c in table.columns if c.name == written.column.text), None)
        if column is None:
            self.symbols.missing(
                f"「{table.name}」的列", written.column, [c.name for c in table.columns], clause
            )
            return
        value = self._value(written.value, column.type, column.name, clause)
        keys = tuple(key.text for key in written.keys)
        if len(keys) != len(table.keys):
            names = "、".join(fact.name for fact in table.keys)
            self.collector.report(
                "HY411", written.span, clause=clause, name=table.name, keys=names, given=len(keys)
            )
        elif value is not None:
            out.cells.append((table.name, keys, column.name, value))

    def _value(self, written: tree.Expr, kind: Type, name: str, clause: str) -> rules.Value | None:
        match written, kind:
            case tree.Truth(value), BoolType():
                return value
            case tree.Day(day), DateType():
                return day
            case tree.Text(text), TextType() | IdentifierType():
                return text
            case tree.Number(quantity), TextType() | IdentifierType() if not quantity.unit_name:
                return str(quantity.number)
            case tree.Word(label), EnumType(_, labels) if label in labels:
                return label
            case tree.Word(label), EnumType(_, labels):
                near = closest(label, list(labels))
                if not self.symbols.known_unknown(Name(label, written.span)):
                    self.collector.report(
                        "HY305",
                        written.span,
                        clause=clause,
                        suggestion=f"是否「{near[0]}」？" if near else "",
                        label=label,
                        fact=name,
                        labels="、".join(labels),
                    )
                return None
            case tree.Number(quantity), NumberType(unit, whole):
                if quantity.unit == unit and (not whole or quantity.number.denominator == 1):
                    return int(quantity.number) if whole else Fraction(quantity.number)
            case _:
                pass
        words = "".join(written.span.text.split())
        self.collector.report("HY301", written.span, clause=clause, word=words, actual="别的东西", wanted=kind)
        return None

    def _use_table(self, out: _Assumed, table_name: Name, file: Name, clause: str) -> None:
        table = self.tables.get(table_name.text)
        if table is None:
            self.symbols.missing("表", table_name, list(self.tables), clause)
            return
        try:
            path = self.folder.resolve(file.text, PurePosixPath(file.span.source.path))
            text = self.folder.read(path).text
        except UnusableFileError as error:
            self.collector.report(error.code, file.span, clause=clause, **error.facts)
            return
        always = Period(date.min)
        out.tables[table.name] = read_table(table, always, text, file.text, self.collector, file.span)

    def _adopt(self, out: _Assumed, name: Name, option: Name, clause: str) -> None:
        reading = self.readings.get(name.text)
        if reading is None or reading.fixed:
            self.collector.report("HY207", name.span, clause=clause, word=name)
        elif option.text not in reading.options:
            near = closest(option.text, list(reading.options))
            self.collector.report(
                "HY208",
                option.span,
                clause=clause,
                suggestion=f"是否「{near[0]}」？" if near else "",
                reading=name,
                word=option,
                options="、".join(reading.options),
            )
        else:
            out.readings[name.text] = option.text

    # ---------------------------------------------------------------------------------------------- expected

    def _expected(self, results: tuple[tree.Result, ...], clause: str) -> tuple[rules.Expected, ...]:
        out = []
        for result in results:
            origin = rules.Origin(clause, result.span)
            if result.item is None:
                continue
            if result.item.text not in self.items:
                self.symbols.missing("补贴", result.item, list(self.items), clause)
                continue
            amount: Fraction | None = None
            if result.quantity is not None:
                if result.quantity.unit != YUAN:
                    self.collector.report("HY308", result.span, clause=clause, unit=result.quantity.unit)
                    continue
                amount = Fraction(result.quantity.number)
            out.append(
                rules.Expected(
                    result.item.text, result.status, amount, result.reason, result.clauses, origin
                )
            )
        return tuple(out)
