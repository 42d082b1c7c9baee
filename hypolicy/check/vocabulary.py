"""Records, facts, enumerations and readings: what there is to speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve, field

from hypolicy.check.symbols import Symbols, head
from hypolicy.diagnostics.suggest import closest
from hypolicy.rules import tree as rules
from hypolicy.rules.types import (
    BOOL,
    DATE,
    IDENTIFIER,
    MONEY,
    TEXT,
    EnumType,
    NumberType,
    Type,
)
from hypolicy.rules.units import SPELLINGS, Unit
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Collector

_SIMPLE: dict[str, Type] = {
    "文本": TEXT,
    "编号": IDENTIFIER,
    "是否": BOOL,
    "日期": DATE,
    "金额": MONEY,
    "小数": NumberType(),
}


@define
class Records:
    """The kinds of record, in their order, with the facts of each."""

    kinds: dict[str, rules.RecordKind] = field(factory=dict)
    facts: dict[str, rules.Fact] = field(factory=dict)


@define
class VocabularyChecker:
    symbols: Symbols
    collector: Collector
    enums: dict[str, EnumType] = field(factory=dict)

    def records(self, document: tree.Document) -> Records:
        """Facts belong to the 记录 before them; a 分组 groups those that follow it."""
        self._enums()
        out = Records()
        keys: dict[str, tuple[Name, rules.Origin]] = {}
        facts_of: dict[str, list[rules.Fact]] = {}
        record, group = "", ""
        for block in document.blocks:
            match block.head:
                case tree.Record(name, key, span=span) if name.text not in keys:
                    record, group = name.text, ""
                    keys[record] = (key, rules.Origin(block.clause, span))
                    facts_of[record] = []
                case tree.Section(name):
                    group = name.text
                case tree.Fact() as written:
                    if self.symbols.all("事实").get(written.name.text) is not block:
                        continue
                    if not record:
                        self.collector.report("HY516", written.span, fact=written.name)
                        continue
                    fact = self._fact(written, block.clause, record, group, len(facts_of[record]))
                    if fact is not None:
                        facts_of[record].append(fact)
                        out.facts[fact.name] = fact
                case _:
                    pass
        for name_, (key, origin) in keys.items():
            kind = self._record(name_, key, origin, facts_of[name_])
            if kind is not None:
                out.kinds[name_] = kind
        return out

    def _record(
        self, name: str, key: Name, origin: rules.Origin, facts: list[rules.Fact]
    ) -> rules.RecordKind | None:
        if not facts:
            self.collector.report("HY515", origin.span, record=name)
            return None
        found = next((fact for fact in facts if fact.name == key.text), None)
        if found is None:
            self.symbols.missing(f"「{name}」的事实", key, [fact.name for fact in facts])
            return None
        return rules.RecordKind(name, found, tuple(facts), (), (), origin)

    def _enums(self) -> None:
        for name, block in self.symbols.all("枚举").items():
            written = head(block, tree.Enum)
            self.enums[name] = EnumType(name, self._labels(written.labels), written.rising)

    def _labels(self, labels: tuple[Name, ...]) -> tuple[str, ...]:
        seen: dict[str, Name] = {}
        for label in labels:
            if label.text in seen:
                self.symbols._twice(label, seen[label.text].span)  # noqa: SLF001 - the same message
            seen.setdefault(label.text, label)
        return tuple(seen)

    def _fact(
        self, written: tree.Fact, clause: str, record: str, group: str, index: int
    ) -> rules.Fact | None:
        kind = (
            EnumType(written.name.text, self._labels(written.type))
            if isinstance(written.type, tuple)
            else self.type_named(written.type)
        )
        if kind is None:
            return None
        return rules.Fact(
            written.name.text,
            kind,
            index,
            record,
            written.optional or written.column_optional,
            written.absent_meaning,
            written.column_optional,
            written.personal,
            group,
            written.note,
            rules.Origin(clause, written.span),
        )

    def type_named(self, written: tree.TypeName) -> Type | None:
        """The type that a type word, 整数「单位」 or an enumeration's name stands for."""
        name = written.name
        if name.text == "整数":
            return NumberType(unit_named(written.unit.text) if written.unit else Unit(), whole=True)
        if name.text in _SIMPLE:
            return _SIMPLE[name.text]
        if name.text in self.enums:
            return self.enums[name.text]
        self.symbols.missing("类型", name, [*_SIMPLE, *self.enums])
        return None

    def readings(self) -> dict[str, rules.Reading]:
        """Readings with their reasons; a fixed one has one option that counts."""
        out: dict[str, rules.Reading] = {}
        for name, block in self.symbols.all("口径").items():
            said = {line.word: line.texts[0].text for line in block.lines if isinstance(line, tree.Statement)}
            origin = rules.Origin(block.clause, block.head.span)
            match block.head:
                case tree.Reading(_, options):
                    labels = self._labels(options)
                    fixed = False
                case tree.FixedReading(_, chosen, rejected):
                    labels = self._labels((chosen, *rejected))
                    fixed = True
                case _:
                    continue
            if "理由" not in said:
                self.collector.report("HY502", block.head.span, name=name, missing="理由")
            out[name] = rules.Reading(
                name, labels, labels[0], said.get("问题", ""), said.get("理由", ""), fixed, origin
            )
        return out


def unit_named(name: str) -> Unit:
    base, _ = SPELLINGS.get(name, (name, 1))
    return Unit.of(base)


def with_checks(
    kind: rules.RecordKind, validations: list[rules.Validation], notices: list[rules.Notice]
) -> rules.RecordKind:
    return evolve(kind, validations=tuple(validations), notices=tuple(notices))


def find_reading(
    symbols: Symbols, readings: dict[str, rules.Reading], name: Name, clause: str
) -> rules.Reading | None:
    """The switchable reading of that name, or a message."""
    reading = readings.get(name.text)
    if reading is None:
        near = closest(name.text, list(readings))
        suggestion = f"是否「{near[0]}」？" if near else ""
        symbols.collector.report("HY207", name.span, clause=clause, suggestion=suggestion, word=name)
    return reading


def each_option(
    symbols: Symbols, reading: rules.Reading, written: list[tuple[Name, object]], place: tree.Node, clause: str
) -> bool:
    """Whether exactly the options of a reading are said, each once; messages otherwise."""
    said = [name for name, _ in written]
    good = True
    for name in said:
        if name.text not in reading.options:
            near = closest(name.text, list(reading.options))
            symbols.collector.report(
                "HY208",
                name.span,
                clause=clause,
                suggestion=f"是否「{near[0]}」？" if near else "",
                reading=reading.name,
                word=name,
                options="、".join(reading.options),
            )
            good = False
    for option in reading.options:
        count = sum(name.text == option for name in said)
        if count == 0:
            symbols.collector.report("HY209", place.span, clause=clause, reading=reading.name, word=option)
            good = False
        elif count > 1:
            second = [name for name in said if name.text == option][1]
            symbols.collector.report("HY503", second.span, clause=clause, word=option)
            good = False
    return good
