"""Versions: the values of parameters and the rows of tables, each from a date; gaps and overlaps are mistakes.

A version without 止 holds until the day before the next one begins; the last without 止 is open-ended.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import define

from hypolicy.check.symbols import Symbols, head
from hypolicy.check.vocabulary import VocabularyChecker
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.diagnostics.suggest import closest
from hypolicy.rules import tree as rules
from hypolicy.rules.calendar import Period, chinese_date, day_before
from hypolicy.rules.operators import WORDS
from hypolicy.rules.types import TEXT, BoolType, DateType, EnumType, NumberType, Type
from hypolicy.rules.units import YUAN
from hypolicy.source import limits
from hypolicy.source.folder import PolicyFolder, UnusableFileError
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import Span

T = TypeVar("T")
NATURE_COLUMN: Final = "数据性质"
ILLUSTRATIVE: Final = "示例"
_MONEY: Final = re.compile(r"\d{1,12}(\.\d{1,2})?")
_WHOLE: Final = re.compile(r"\d{1,9}")


@define
class VersionChecker:
    symbols: Symbols
    collector: Collector
    vocabulary: VocabularyChecker
    folder: PolicyFolder
    term: Period
    facts: dict[str, rules.Fact]

    # ------------------------------------------------------------------------------------------ parameters

    def parameters(self) -> dict[str, rules.Parameter]:
        out = {}
        for name, block in self.symbols.all("参数").items():
            match block.head:
                case tree.DelegatedParameter() as left:
                    out[name] = self.delegated(left, block)
                case tree.Parameter(_, written):
                    kind = self.kind_of(written, block)
                    versions = self.versions(name, written, block)
                    origin = rules.Origin(block.clause, block.head.span)
                    out[name] = rules.Parameter(name, kind, versions, origin)
                case _:
                    continue
        for name, block in self.symbols.all("落实").items():
            if name not in out or not out[name].authority:
                self.symbols.missing("由其他部门规定的参数", head(block, tree.Fulfilment).name, list(out))
        return out

    def delegated(self, written: tree.DelegatedParameter, block: tree.Block) -> rules.Parameter:
        """A parameter left to an authority: without a value until 落实 gives it one."""
        name = written.name.text
        origin = rules.Origin(block.clause, written.span)
        bound = None
        kind = NumberType()
        if written.bound is not None:
            bound = (WORDS[written.word], written.bound.number)
            kind = NumberType(written.bound.unit)
        fulfilled = self.symbols.all("落实").get(name)
        if fulfilled is None:
            return rules.Parameter(name, kind, (), origin, written.authority, bound)
        versions = head(fulfilled, tree.Fulfilment).versions
        found = self.kind_of(versions, fulfilled)
        for version in versions:
            fits = bound is None or bound[0].meaning(version.quantity.number, bound[1])
            if not fits or (bound is not None and found.unit != kind.unit):
                places = (Place(version.span), Place(written.span, "在这里规定限度"))
                self.collector.report("HY415", *places, clause=fulfilled.clause, name=name)
        dated = self.versions(name, versions, fulfilled)
        return rules.Parameter(name, found, dated, origin, written.authority, bound)

    def kind_of(self, versions: Sequence[tree.Version], block: tree.Block) -> NumberType:
        first = versions[0].quantity
        for version in versions[1:]:
            if version.quantity.unit != first.unit:
                self.collector.report(
                    "HY302",
                    Place(version.span),
                    Place(versions[0].span),
                    clause=block.clause,
                    left=NumberType(first.unit),
                    right=NumberType(version.quantity.unit),
                )
        return NumberType(first.unit, all(version.quantity.whole for version in versions))

    def versions(
        self, name: str, written: Sequence[tree.Version], block: tree.Block
    ) -> tuple[rules.Version, ...]:
        dated = [(version.validity, version) for version in written]
        return tuple(
            rules.Version(
                period, version.quantity.number, version.ground, rules.Origin(block.clause, version.span)
            )
            for period, version in self.periods(name, dated, block.clause, block.head.span)
        )

    def periods(
        self, name: str, dated: Sequence[tuple[tree.Validity, T]], clause: str, place: Span
    ) -> list[tuple[Period, T]]:
        """Each version with its period, in order of time; gaps in the term and overlaps are reported."""
        ordered = sorted(dated, key=lambda pair: pair[0].start)
        out: list[tuple[Period, T]] = []
        for index, (validity, what) in enumerate(ordered):
            following = ordered[index + 1][0] if index + 1 < len(ordered) else None
            end = validity.end
            if end is not None and end < validity.start:
                self.collector.report("HY409", validity.span, clause=clause)
                end = validity.start
            if following is not None:
                if following.start == validity.start or (end is not None and end >= following.start):
                    last = end or following.end or self.term.end or following.start
                    self._versions("HY402", name, following.start, last, clause, validity.span, following.span)
                if end is None:
                    end = max(validity.start, day_before(following.start))
                elif end < day_before(following.start):
                    self._gap(name, end, day_before(following.start), clause, validity.span, following.span)
            out.append((Period(validity.start, end), what))
        if ordered:
            first, last_period = ordered[0][0], out[-1][0]
            if first.start > self.term.start:
                self._gap(name, day_before(self.term.start), day_before(first.start), clause, first.span)
            if last_period.end is not None and (self.term.end is None or last_period.end < self.term.end):
                until = self.term.end or date.max
                self._gap(name, last_period.end, until, clause, ordered[-1][0].span)
        elif place is not None:
            self.collector.report("HY502", place, clause=clause, name=name, missing="版本")
        return out

    def _gap(self, name: str, after: date, until: date, clause: str, *spans: Span) -> None:
        """A stretch without a version, so far as it lies in the term."""
        start = max(after + timedelta(days=1), self.term.start)
        end = min(until, self.term.end or date.max)
        if start <= end:
            self._versions("HY401", name, start, end, clause, *spans)

    def _versions(self, code: str, name: str, start: date, end: date, clause: str, *spans: Span) -> None:
        self.collector.report(
            code, *spans, clause=clause, name=name, start=chinese_date(start), end=chinese_date(end)
        )

    # ---------------------------------------------------------------------------------------------- tables

    def tables(self) -> dict[str, rules.Table]:
        out = {}
        for name, block in self.symbols.all("表").items():
            table = self.table(name, block)
            if table is not None:
                out[name] = table
        return out

    def table(self, name: str, block: tree.Block) -> rules.Table | None:
        written = head(block, tree.Table)
        keys = [self._key(key, block.clause) for key in written.keys]
        if any(key is None for key in keys):
            return None
        key_facts = tuple(key for key in keys if key is not None)
        columns = self._columns(written, key_facts)
        if columns is None:
            return None
        origin = rules.Origin(block.clause, written.span)
        bare = rules.Table(name, key_facts, columns, (), (), origin)
        versions = self._table_versions(written, bare, block.clause)
        return rules.Table(
            name, key_facts, columns, versions, self._uplifts(block, columns), origin
        )

    def _key(self, key: Name, clause: str) -> rules.Fact | None:
        fact = self.facts.get(key.text)
        if fact is None:
            self.symbols.missing("事实", key, list(self.facts), clause)
        return fact

    def _columns(
        self, written: tree.Table, keys: tuple[rules.Fact, ...]
    ) -> tuple[rules.Column, ...] | None:
        if written.columns:
            types = [self.vocabulary.type_named(column.type) for column in written.columns]
            if any(kind is None for kind in types):
                return None
            named = zip(written.columns, types, strict=True)
            return tuple(rules.Column(c.name.text, kind, i) for i, (c, kind) in enumerate(named) if kind)
        rows = [entry.row for entry in written.entries if entry.row is not None]
        if not rows or not rows[0].cells:
            return ()
        return tuple(
            rules.Column(written.name.text, _literal_type(cell), index)
            for index, cell in enumerate(rows[0].cells)
        )

    def _uplifts(self, block: tree.Block, columns: tuple[rules.Column, ...]) -> tuple[rules.TableUplift, ...]:
        money = next((c for c in columns if c.type == NumberType(YUAN)), None)
        out = []
        for line in block.lines:
            if not isinstance(line, tree.Uplift):
                continue
            match line.condition:
                case tree.Comparison("为", tree.Word(name), tree.Truth(value)):
                    column = next((c for c in columns if c.name == name), None)
                case tree.Comparison("为", tree.Word(name), tree.Word(label)):
                    column = next((c for c in columns if c.name == name), None)
                    value = label  # type: ignore[assignment]
                case _:
                    column = None
                    value = False
            if column is None or money is None:
                name_ = getattr(block.head, "name", "")
                self.collector.report("HY413", line.span, clause=block.clause, name=name_)
                continue
            if isinstance(line.rate, Name):
                self.symbols.missing("百分比", line.rate, [], block.clause)
                continue
            rate = line.rate.number
            out.append(rules.TableUplift(rate, column, value, rules.Origin(block.clause, line.span)))
        return tuple(out)

    def _table_versions(
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
        for period, entries in self.periods(table.name, groups, clause, written.span):
            file = next((entry.file for entry in entries if entry.file is not None), None)
            if file is not None:
                out.append(self._from_file(table, period, file, clause))
            else:
                rows = [entry.row for entry in entries if entry.row is not None]
                out.append(rules.TableVersion(period, self._rows(table, rows, clause)))
        return tuple(out)

    def _rows(
        self, table: rules.Table, rows: Sequence[tree.Row], clause: str
    ) -> dict[tuple[str, ...], tuple[rules.Value, ...]]:
        header = "、".join([*(k.name for k in table.keys), *(c.name for c in table.columns)])
        out: dict[tuple[str, ...], tuple[rules.Value, ...]] = {}
        for row in rows:
            single = len(table.keys) == 1 and not table.columns
            lists = [(key,) for key in row.keys] if single else [row.keys]
            for keys in lists:
                if len(keys) != len(table.keys) or len(row.cells) != len(table.columns):
                    self.collector.report("HY404", row.span, clause=clause, name=table.name, header=header)
                    continue
                self._labels_fit(table, keys, clause)
                types = [_literal_type(cell) for cell in row.cells]
                if any(kind != column.type for kind, column in zip(types, table.columns, strict=True)):
                    self.collector.report("HY404", row.span, clause=clause, name=table.name, header=header)
                    continue
                words = tuple(key.text for key in keys)
                if words in out:
                    self.collector.report(
                        "HY403", row.span, clause=clause, name=table.name, keys="、".join(words)
                    )
                out[words] = tuple(_literal(cell) for cell in row.cells)
        return out

    def _labels_fit(self, table: rules.Table, keys: Sequence[Name], clause: str) -> None:
        for key, fact in zip(keys, table.keys, strict=True):
            if isinstance(fact.type, EnumType) and key.text not in fact.type.labels:
                if self.symbols.known_unknown(key):
                    continue
                near = closest(key.text, list(fact.type.labels))
                self.collector.report(
                    "HY305",
                    key.span,
                    clause=clause,
                    suggestion=f"是否「{near[0]}」？" if near else "",
                    label=key,
                    fact=fact.name,
                    labels="、".join(fact.type.labels),
                )

    def _from_file(
        self, table: rules.Table, period: Period, file: Name, clause: str
    ) -> rules.TableVersion:
        empty = rules.TableVersion(period, {}, file.text)
        try:
            path = self.folder.resolve(file.text, PurePosixPath(file.span.source.path))
            text = self.folder.read(path).text
        except UnusableFileError as error:
            self.collector.report(error.code, file.span, clause=clause, **error.facts)
            return empty
        return read_table(table, period, text, file.text, self.collector, file.span)


def read_table(
    table: rules.Table, period: Period, text: str, file: str, collector: Collector, place: Span | None = None
) -> rules.TableVersion:
    """The rows of a CSV text as one version of a table; every faulty cell is reported.

    Columns are found by name and others ignored; a column 数据性质 marks illustrative rows with 示例.
    """
    places = (place,) if place is not None else ()
    try:
        reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        collector.report("HY407", *places, file=file, problem="引号或换行不成对")
        return rules.TableVersion(period, {}, file)
    return table_version(table, period, lines, file, collector, place)


def table_version(
    table: rules.Table,
    period: Period,
    lines: Sequence[tuple[int, list[str]]],
    file: str,
    collector: Collector,
    place: Span | None = None,
) -> rules.TableVersion:
    """Rows of texts with their line numbers, the header first, as one version of a table."""
    places = (place,) if place is not None else ()
    if len(lines) > limits.MAX_TABLE_ROWS:
        collector.report("HY414", *places, file=file, limit=limits.MAX_TABLE_ROWS)
        return rules.TableVersion(period, {}, file)
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    wanted: list[tuple[str, Type]] = [(fact.name, fact.type) for fact in table.keys]
    wanted += [(column.name, column.type) for column in table.columns]
    missing = [name for name, _ in wanted if name not in header]
    if missing:
        collector.report("HY405", *places, file=file, columns="、".join(missing))
        return rules.TableVersion(period, {}, file)
    rows: dict[tuple[str, ...], tuple[rules.Value, ...]] = {}
    illustrative = False
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            collector.report("HY406", *places, file=file, line=number, column="…", problem="列数与第一行不同")
            continue
        record = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        illustrative = illustrative or record.get(NATURE_COLUMN) == ILLUSTRATIVE
        values: list[rules.Value] = []
        for name, kind in wanted:
            value, problem = _cell(record[name], kind)
            if problem:
                collector.report("HY406", *places, file=file, line=number, column=name, problem=problem)
            values.append(value)
        key = tuple(str(value) for value in values[: len(table.keys)])
        if key in rows:
            collector.report("HY403", *places, name=f"{file}第{number}行", keys="、".join(key))
        rows[key] = tuple(values[len(table.keys) :])
    return rules.TableVersion(period, rows, file, illustrative)


def _cell(text: str, kind: Type) -> tuple[rules.Value, str]:
    """A cell's value, or a dummy and what is wrong with it."""
    match kind:
        case BoolType():
            return (text == "是", "") if text in ("是", "否") else (False, "应为“是”或“否”")
        case EnumType(_, labels):
            return (text, "") if text in labels else (text, "不是可取的值")
        case NumberType(unit, whole):
            if whole:
                return (int(text), "") if _WHOLE.fullmatch(text) else (0, "应为整数")
            money = "（最多两位小数，不写单位）" if unit == YUAN else ""
            return (Fraction(text), "") if _MONEY.fullmatch(text) else (Fraction(0), f"应为数字{money}")
        case DateType():
            try:
                return date.fromisoformat(text), ""
            except ValueError:
                return date.min, "应为日期（如 2019-08-30）"
        case _:
            return (text, "") if text else ("", "不能为空")


def _literal_type(cell: tree.Expr) -> Type:
    """The type of a cell; the grammar has no others."""
    match cell:
        case tree.Number(quantity):
            # Money in a table may have fen in one row and none in another: it is never a type of its own.
            return NumberType(quantity.unit, quantity.whole and quantity.unit != YUAN)
        case tree.Truth():
            return BoolType()
        case tree.Day():
            return DateType()
        case _:
            return TEXT


def _literal(cell: tree.Expr) -> rules.Value:
    match cell:
        case tree.Number(quantity):
            return quantity.number
        case tree.Truth(value):
            return value
        case tree.Day(day):
            return day
        case tree.Text(text):
            return text
        case _:
            return ""
