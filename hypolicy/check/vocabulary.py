"""Records, facts, enumerations and readings: what there is to speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from hypolicy.check.once import Once
from hypolicy.check.symbols import Symbols, head
from hypolicy.check.typed import in_words
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.rules import tree as rules
from hypolicy.rules.types import (
    BOOL,
    DATE,
    IDENTIFIER,
    MONEY,
    TEXT,
    EnumType,
    IdentifierType,
    NumberType,
    TextType,
    Type,
)
from hypolicy.rules.units import SPELLINGS, Unit
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.syntax.tree import Block, Document, Node

_SIMPLE: Final[dict[str, Type]] = {
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

    def records(self, document: Document) -> Records:
        """Facts belong to the 记录 before them; a 分组 groups those that follow it."""
        for name, block in self.symbols.all("枚举").items():
            enum = head(block, tree.Enum)
            self.enums[name] = self._enum(name, enum.labels, rising=enum.rising)
        out = Records()
        keys: dict[str, tuple[Name, rules.Origin]] = {}
        facts_of: dict[str, list[rules.Fact]] = {}
        record, group = "", ""
        for block in document.blocks:
            match block.head:
                case tree.Record(kind_name, key, span=span) if kind_name.text not in keys:
                    record, group = kind_name.text, ""
                    keys[record] = (key, rules.Origin(block.clause, span))
                    facts_of[record] = []
                case tree.Section(section):
                    group = section.text
                case tree.Fact() as written:
                    if self.symbols.all("事实").get(written.name.text) is not block:
                        continue
                    if not record:
                        if not document.lost:
                            self.collector.report("HY516", written.span, fact=written.name)
                        continue
                    fact = self._fact(written, block.clause, record, group, len(facts_of[record]))
                    if fact is not None:
                        facts_of[record].append(fact)
                        out.facts[fact.name] = fact
                case _:
                    pass
        for name, (key, origin) in keys.items():
            kind = self._record(name, key, origin, facts_of[name], lossy=bool(document.lost))
            if kind is not None:
                out.kinds[name] = kind
        return out

    def _record(
        self, name: str, key: Name, origin: rules.Origin, facts: list[rules.Fact], *, lossy: bool
    ) -> rules.RecordKind | None:
        if not facts:
            if not lossy:
                self.collector.report("HY515", origin.span, record=name)
            return None
        self._columns_differ(facts)
        found = next((fact for fact in facts if fact.name == key.text), None)
        if found is None:
            other = self.symbols.words.get(key.text, ("",))[0] == "事实"
            kinds = () if other else ("事实",)
            self.symbols.missing(f"「{name}」的事实", key, [fact.name for fact in facts], kinds=kinds)
            return None
        if found.optional or not isinstance(found.type, IdentifierType | TextType):
            wanted = "不可空的编号或文本"
            actual = "可空的事实" if found.optional else in_words(found.type)
            self.collector.report("HY301", key.span, word=key, actual=actual, wanted=wanted)
        return rules.RecordKind(name, found, tuple(facts), (), (), origin)

    def _fact(
        self, written: tree.Fact, clause: str, record: str, group: str, index: int
    ) -> rules.Fact | None:
        kind = (
            self._enum(written.name.text, written.type)
            if isinstance(written.type, tuple)
            else self.type_named(written.type)
        )
        if kind is None:
            return None
        column = written.name.text if written.column is None else written.column.text
        if written.column is not None:
            self._fits_a_cell(written.column, "列名")
        if written.question is not None and not written.question.text.strip():
            self.collector.report("HY880", written.question.span, fact=written.name)
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
            column,
            written.question.text if written.question is not None else "",
        )

    def _enum(self, name: str, written: Sequence[tree.Label], *, rising: bool = False) -> EnumType:
        """Labels in their order, one that is written twice (which has been reported) once."""
        labels = {label.name.text: label.code for label in written}
        codes = [code for code in labels.values() if code is not None]
        if codes and len(codes) < len(labels):
            bare = [label.name for label in written if label.code is None]
            names = "、".join(label.text for label in bare)
            self.collector.report("HY860", bare[0].span, name=name, labels=names)
            return EnumType(name, tuple(labels), rising)
        taken = {label.name.text: label.name for label in written}
        for label, code in labels.items():
            if code is None or not self._fits_a_cell(code, "代码"):
                continue
            other = taken.get(code.text)
            if other is not None and other.text != label:
                places = (Place(code.span), Place(other.span, "在这里"))
                self.collector.report("HY861", *places, word=code.text, label=label, other=other.text)
            taken.setdefault(code.text, Name(label, code.span))
        return EnumType(name, tuple(labels), rising, tuple(code.text for code in codes))

    def _fits_a_cell(self, written: Name, what: str) -> bool:
        """Whether a file can hold the text: cells and names of columns are read without surrounding white space."""
        if written.text and written.text == written.text.strip():
            return True
        self.collector.report("HY862", written.span, what=what, word=written.text)
        return False

    def _columns_differ(self, facts: Sequence[rules.Fact]) -> None:
        first: dict[str, rules.Fact] = {}
        for fact in facts:
            other = first.setdefault(fact.column, fact)
            if other is not fact:
                places = (Place(fact.origin.span), Place(other.origin.span, "在这里"))
                self.collector.report("HY863", *places, column=fact.column, fact=fact.name, other=other.name)

    def type_named(self, written: tree.TypeName) -> Type | None:
        """The type that a type word, 整数「单位」 or an enumeration's name stands for."""
        name = written.name
        if name.text == "整数":
            return NumberType(unit_named(written.unit.text) if written.unit else Unit(), whole=True)
        if name.text in _SIMPLE:
            return _SIMPLE[name.text]
        if name.text in self.enums:
            return self.enums[name.text]
        self.symbols.missing("类型", name, [*_SIMPLE, *self.enums], kinds=("枚举",))
        return None

    def readings(self) -> dict[str, rules.Reading]:
        """Readings with their reasons; a fixed one has one option that counts."""
        out: dict[str, rules.Reading] = {}
        for name, block in self.symbols.all("口径").items():
            said = self._said(block)
            origin = rules.Origin(block.clause, block.head.span)
            match block.head:
                case tree.Reading(_, options):
                    labels, fixed = self._options(options), False
                case tree.FixedReading(_, chosen, rejected):
                    labels, fixed = self._options((chosen, *rejected)), True
                case _:
                    raise AssertionError(block.head)
            if "理由" not in said and not block.damaged:
                self.collector.report(
                    "HY502", block.head.span, clause=block.clause, name=name, missing="理由"
                )
            out[name] = rules.Reading(
                name, labels, labels[0], said.get("问题", ""), said.get("理由", ""), fixed, origin
            )
        return out

    def _said(self, block: Block) -> dict[str, str]:
        once = Once(self.collector, block.clause)
        return {
            line.word: line.texts[0].text
            for line in block.lines
            if isinstance(line, tree.Statement) and once.only(line.word, line.span)
        }

    def _options(self, names: Sequence[Name]) -> tuple[str, ...]:
        seen: dict[str, Name] = {}
        for name in names:
            if name.text in seen:
                self.symbols.twice(name, seen[name.text].span)
            seen.setdefault(name.text, name)
        return tuple(seen)


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
        if not symbols.is_reported(name):
            suggestion = did_you_mean(name.text, readings)
            symbols.collector.report("HY207", name.span, clause=clause, suggestion=suggestion, word=name)
        return None
    if reading.fixed:
        places = (Place(name.span), Place(reading.origin.span, "在这里固定"))
        symbols.collector.report("HY217", *places, clause=clause, word=name)
        return None
    return reading


def find_option(symbols: Symbols, reading: rules.Reading, name: Name, clause: str) -> bool:
    """Whether a reading has an option of that name; a message otherwise."""
    if name.text in reading.options:
        return True
    symbols.collector.report(
        "HY208",
        name.span,
        clause=clause,
        suggestion=did_you_mean(name.text, reading.options),
        reading=reading.name,
        word=name,
        options="、".join(reading.options),
    )
    return False


def each_option(
    symbols: Symbols, reading: rules.Reading, said: Sequence[Name], place: Node, clause: str
) -> bool:
    """Whether exactly the options of a reading are said, each once; messages otherwise."""
    misspelt = [name for name in said if not find_option(symbols, reading, name, clause)]
    good = not misspelt
    for option in reading.options:
        names = [name for name in said if name.text == option]
        if not names and not misspelt:
            symbols.collector.report("HY209", place.span, clause=clause, reading=reading.name, word=option)
            good = False
        elif len(names) > 1:
            places = (Place(names[1].span, "第二次"), Place(names[0].span, "第一次"))
            symbols.collector.report("HY503", *places, clause=clause, word=option)
            good = False
    return good
