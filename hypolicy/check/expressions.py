"""Expressions: names looked up, types and units settled, and optional facts followed.

Beside the rule tree of an expression stands what it needs: optional facts that must be known to be given before it
is evaluated, and `VERSION` where it looks up a parameter or a table, whose version the governing date selects. A
part of 且 may rely on what the parts before it have established; a part of 或 on what these have excluded.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final, assert_never

from attrs import define, field, frozen

from hypolicy.check.symbols import Symbols
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.diagnostics.suggest import closest
from hypolicy.rules import tree as rules
from hypolicy.rules.operators import WORDS, Comparison
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
from hypolicy.rules.units import RATIO, YEARS_OF_AGE
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypolicy.rules.calendar import Period
    from hypolicy.source.text import Span
    from hypolicy.syntax.lexer import Quantity

VERSION: Final = "@适用日"
Needs = frozenset[str]
NOTHING: Final[Needs] = frozenset()


def in_term_mark(date_name: str) -> str:
    """What `X在施行期内` establishes."""
    return f"@施行期内:{date_name}"


@frozen
class Typed:
    """An expression with what it needs, and what is established when it holds and when it does not."""

    expr: rules.Expr
    needs: Needs = NOTHING
    if_true: Needs = NOTHING
    if_false: Needs = NOTHING

    @property
    def type(self) -> Type:
        return self.expr.type


class Unresolved(Exception):  # noqa: N818 - control flow inside the checker; the mistake is already reported
    """An expression that has no meaning; its mistake has been reported."""


@define
class Scope:
    """What expressions may refer to. Concepts are resolved on demand, so that their order is free."""

    symbols: Symbols
    term: Period
    facts: dict[str, rules.Fact] = field(factory=dict)
    parameters: dict[str, rules.Parameter] = field(factory=dict)
    tables: dict[str, rules.Table] = field(factory=dict)
    readings: dict[str, rules.Reading] = field(factory=dict)
    concepts: dict[str, Typed] = field(factory=dict)
    concept_nodes: dict[str, rules.Concept] = field(factory=dict)
    used: set[str] = field(factory=set)
    resolve_concept: Callable[[str], Typed] | None = None

    def report(self, code: str, *places: Place | Span, clause: str = "", suggestion: str = "", **facts: object) -> None:
        self.symbols.collector.report(code, *places, clause=clause, suggestion=suggestion, **facts)


@define
class Expressions:
    """Turns written expressions of one clause into typed ones."""

    scope: Scope
    clause: str = ""

    # ---------------------------------------------------------------------------------------------- entry

    def condition(self, node: tree.Expr) -> Typed:
        """An expression that must be a condition."""
        typed = self.build(node)
        if not isinstance(typed.type, BoolType):
            self.wrong(node, typed.type, "条件")
        return typed

    def money(self, node: tree.Expr) -> Typed:
        typed = self.build(node)
        if not isinstance(typed.type, NumberType):
            self.wrong(node, typed.type, "金额")
        elif str(typed.type.unit) != "元":
            self.scope.report("HY308", node.span, clause=self.clause, unit=typed.type.unit)
            raise Unresolved
        return typed

    def build(self, node: tree.Expr) -> Typed:
        origin = self.origin(node)
        match node:
            case tree.Word():
                return self.word(node)
            case tree.Number(quantity):
                kind = NumberType(quantity.unit, quantity.whole)
                return Typed(rules.Literal(_number(quantity.number), kind, origin))
            case tree.Day(day):
                return Typed(rules.Literal(day, DATE, origin))
            case tree.Text(text):
                return Typed(rules.Literal(text, TEXT, origin))
            case tree.Truth(value) | tree.Always(value):
                return Typed(rules.Literal(value, BOOL, origin))
            case tree.Lookup():
                return self.lookup(node)
            case tree.Extreme():
                return self.extreme(node)
            case tree.SumOf():
                return self.sum_of(node)
            case tree.ProductOf():
                return self.product_of(node)
            case tree.Comparison():
                return self.comparison(node)
            case tree.Belongs():
                return self.belongs(node)
            case tree.InTable():
                return self.in_table(node)
            case tree.InTerm():
                return self.in_term(node)
            case tree.Within():
                return self.within(node)
            case tree.Age():
                return self.age(node)
            case tree.Given():
                return self.given(node)
            case tree.TermLength():
                return self.term_length(node)
            case tree.Negation(operand):
                return negated(self.condition(operand), origin)
            case tree.Conjunction(operands):
                return conjunction([self.condition(operand) for operand in operands], origin)
            case tree.Disjunction(operands):
                return disjunction([self.condition(operand) for operand in operands], origin)
            case _:
                assert_never(node)

    def origin(self, node: tree.Node) -> rules.Origin:
        return rules.Origin(self.clause, node.span)

    def wrong(self, node: tree.Expr, actual: Type, wanted: str) -> None:
        words = "".join(node.span.text.split())
        self.scope.report("HY301", node.span, clause=self.clause, word=words, actual=actual, wanted=wanted)
        raise Unresolved

    # ---------------------------------------------------------------------------------------------- names

    def word(self, node: tree.Word) -> Typed:
        scope, origin, name = self.scope, self.origin(node), node.name
        scope.used.add(name)
        if name in scope.facts:
            fact = scope.facts[name]
            needs = frozenset({name}) if fact.optional else NOTHING
            return Typed(rules.FactRef(fact, origin), needs)
        if name in scope.parameters:
            return Typed(rules.ParameterRef(scope.parameters[name], origin), frozenset({VERSION}))
        if name in scope.symbols.all("概念"):
            assert scope.resolve_concept is not None
            body = scope.resolve_concept(name)
            expr = rules.ConceptRef(scope.concept_nodes[name], origin)
            return Typed(expr, body.needs, body.if_true, body.if_false)
        candidates = [*scope.facts, *scope.parameters, *scope.symbols.all("概念")]
        scope.symbols.missing("事实、概念或参数", Name(name, node.span), candidates, self.clause)
        raise Unresolved

    def lookup(self, node: tree.Lookup) -> Typed:
        scope = self.scope
        table = scope.tables.get(node.table.text)
        if table is None:
            scope.symbols.missing("表", node.table, list(scope.tables), self.clause)
            raise Unresolved
        scope.used.add(table.name)
        keys = "、".join(fact.name for fact in table.keys)
        if len(node.arguments) != len(table.keys):
            given = len(node.arguments)
            scope.report("HY411", node.span, clause=self.clause, name=table.name, keys=keys, given=given)
            raise Unresolved
        arguments = [
            self.matching(argument, fact.type) for argument, fact in zip(node.arguments, table.keys, strict=True)
        ]
        column = self.column_of(node, table, keys)
        needs = _union(argument.needs for argument in arguments) | {VERSION}
        expr = rules.Lookup(table, tuple(a.expr for a in arguments), column, self.origin(node))
        return Typed(expr, needs)

    def column_of(self, node: tree.Lookup, table: rules.Table, keys: str) -> rules.Column:
        if node.column is None:
            if len(table.columns) == 1:
                return table.columns[0]
            column = table.columns[0].name if table.columns else "…"
            self.scope.report(
                "HY412", node.span, clause=self.clause, name=table.name, keys=keys, column=column
            )
            raise Unresolved
        for column_node in table.columns:
            if column_node.name == node.column.text:
                return column_node
        names = [column.name for column in table.columns]
        self.scope.symbols.missing(f"「{table.name}」的列", node.column, names, self.clause)
        raise Unresolved

    def matching(self, node: tree.Expr, wanted: Type) -> Typed:
        """An operand of a known type; a bare word may be a label of the wanted enumeration."""
        if isinstance(wanted, EnumType) and isinstance(node, tree.Word) and node.name in wanted.labels:
            return Typed(rules.Literal(node.name, wanted, self.origin(node)))
        if isinstance(wanted, EnumType) and isinstance(node, tree.Word) and self.is_no_name(node.name):
            self.wrong_label(node, wanted)
        typed = self.build(node)
        if not _comparable(typed.type, wanted):
            self.wrong(node, typed.type, str(wanted))
        return typed

    def is_no_name(self, word: str) -> bool:
        scope = self.scope
        return (
            word not in scope.facts and word not in scope.parameters and word not in scope.symbols.all("概念")
        )

    def wrong_label(self, node: tree.Word, enum: EnumType) -> None:
        if not self.scope.symbols.known_unknown(Name(node.name, node.span)):
            near = closest(node.name, list(enum.labels))
            self.scope.report(
                "HY305",
                node.span,
                clause=self.clause,
                suggestion=f"是否「{near[0]}」？" if near else "",
                label=node.name,
                fact=enum.name,
                labels="、".join(enum.labels),
            )
        raise Unresolved

    # ------------------------------------------------------------------------------------------ conditions

    def comparison(self, node: tree.Comparison) -> Typed:
        comparison = {"为": Comparison.EQUAL, "不为": Comparison.UNEQUAL}.get(node.word) or WORDS[node.word]
        left = self.build(node.left)
        right = self.matching_side(left, node)
        kind = left.type
        if isinstance(kind, EnumType) and comparison not in (Comparison.EQUAL, Comparison.UNEQUAL):
            if not kind.ordered:
                self.scope.report("HY307", node.span, clause=self.clause, enum=kind.name)
                raise Unresolved
        elif isinstance(kind, BoolType | TextType | IdentifierType) and comparison not in (
            Comparison.EQUAL,
            Comparison.UNEQUAL,
        ):
            self.wrong(node.left, kind, "数量或日期")
        expr = rules.Compare(comparison, left.expr, right.expr, self.origin(node))
        typed = Typed(expr, left.needs | right.needs)
        if isinstance(kind, BoolType) and isinstance(node.right, tree.Truth):
            same = (comparison is Comparison.EQUAL) is node.right.value
            established = (left.if_true, left.if_false) if same else (left.if_false, left.if_true)
            return Typed(expr, typed.needs, *established)
        return typed

    def matching_side(self, left: Typed, node: tree.Comparison) -> Typed:
        kind = left.type
        if isinstance(kind, EnumType) and isinstance(node.right, tree.Word):
            return self.matching(node.right, kind)
        right = self.build(node.right)
        if not _comparable(right.type, kind):
            self.scope.report("HY302", node.span, clause=self.clause, left=kind, right=right.type)
            raise Unresolved
        return right

    def belongs(self, node: tree.Belongs) -> Typed:
        operand = self.build(node.operand)
        kind = operand.type
        if not isinstance(kind, EnumType | TextType | IdentifierType):
            self.wrong(node.operand, kind, "枚举或文本")
        labels: list[str] = []
        for choice in node.choices:
            match choice:
                case tree.Word(name) if isinstance(kind, EnumType):
                    if name not in kind.labels:
                        if not self.is_no_name(name):
                            self.scope.report("HY312", choice.span, clause=self.clause)
                            raise Unresolved
                        self.wrong_label(choice, kind)
                    labels.append(name)
                case tree.Text(text) if not isinstance(kind, EnumType):
                    labels.append(text)
                case _:
                    self.wrong(choice, TEXT if isinstance(choice, tree.Text) else kind, str(kind))
        expr: rules.Expr = rules.OneOf(operand.expr, tuple(labels), self.origin(node))
        typed = Typed(expr, operand.needs)
        return negated(typed, self.origin(node)) if node.negated else typed

    def in_table(self, node: tree.InTable) -> Typed:
        table = self.scope.tables.get(node.table.text)
        if table is None:
            self.scope.symbols.missing("表", node.table, list(self.scope.tables), self.clause)
            raise Unresolved
        self.scope.used.add(table.name)
        operand = self.build(node.operand)
        key = self.key_for(node, table, operand)
        expr: rules.Expr = rules.InTable(table, key, operand.expr, self.origin(node))
        typed = Typed(expr, operand.needs | {VERSION})
        return negated(typed, self.origin(node)) if node.negated else typed

    def key_for(self, node: tree.InTable, table: rules.Table, operand: Typed) -> int:
        """在表中 tests the key column of the same name, or the only one of the same type."""
        if isinstance(node.operand, tree.Word):
            for index, fact in enumerate(table.keys):
                if fact.name == node.operand.name:
                    return index
        fitting = [index for index, fact in enumerate(table.keys) if fact.type == operand.type]
        if len(fitting) != 1:
            names = "、".join(fact.name for fact in table.keys)
            self.wrong(node.operand, operand.type, f"「{table.name}」的{names}")
        return fitting[0]

    def in_term(self, node: tree.InTerm) -> Typed:
        operand = self.build(node.operand)
        if not isinstance(operand.type, DateType):
            self.wrong(node.operand, operand.type, "日期")
        expr: rules.Expr = rules.InTerm(operand.expr, self.scope.term, self.origin(node))
        mark = frozenset({in_term_mark(date_name(operand.expr))})
        typed = Typed(expr, operand.needs, if_true=mark)
        return negated(typed, self.origin(node)) if node.negated else typed

    def given(self, node: tree.Given) -> Typed:
        fact = self.scope.facts.get(node.fact.text)
        self.scope.used.add(node.fact.text)
        if fact is None:
            self.scope.symbols.missing("事实", node.fact, list(self.scope.facts), self.clause)
            raise Unresolved
        if not fact.optional:
            self.scope.report("HY310", node.span, clause=self.clause, fact=fact.name)
            raise Unresolved
        typed = Typed(rules.Given(fact, self.origin(node)), if_true=frozenset({fact.name}))
        return negated(typed, self.origin(node)) if node.negated else typed

    def dates(self, *parts: tree.Expr) -> list[Typed]:
        built = [self.build(part) for part in parts]
        for part, typed in zip(parts, built, strict=True):
            if not isinstance(typed.type, DateType):
                self.wrong(part, typed.type, "日期")
        return built

    def within(self, node: tree.Within) -> Typed:
        day, start = self.dates(node.operand, node.start)
        amount, unit = self.calendar_length(node.quantity, node)
        expr = rules.Within(day.expr, start.expr, amount, unit, self.origin(node))
        return Typed(expr, day.needs | start.needs)

    def age(self, node: tree.Age) -> Typed:
        birth, day = self.dates(node.birth, node.day)
        kind = NumberType(YEARS_OF_AGE, whole=True)
        return Typed(rules.Age(birth.expr, day.expr, kind, self.origin(node)), birth.needs | day.needs)

    def calendar_length(self, quantity: Quantity, node: tree.Expr) -> tuple[int, str]:
        """A whole number of days, months or years."""
        unit = str(quantity.unit)
        if unit not in ("个月", "年", "天") or not quantity.whole:
            self.scope.report("HY309", node.span, clause=self.clause)
            raise Unresolved
        return int(quantity.number), unit

    def term_length(self, node: tree.TermLength) -> Typed:
        first, last = self.dates(node.first, node.last)
        amount, unit = self.calendar_length(node.quantity, node)
        expr = rules.TermLength(
            first.expr, last.expr, WORDS[node.word], amount, unit, self.origin(node)
        )
        return Typed(expr, first.needs | last.needs)

    # ---------------------------------------------------------------------------------------------- numbers

    def number(self, node: tree.Expr) -> tuple[Typed, NumberType]:
        typed = self.build(node)
        if not isinstance(typed.type, NumberType):
            self.scope.report("HY304", node.span, clause=self.clause, type=typed.type)
            raise Unresolved
        return typed, typed.type

    def same_unit(self, parts: Sequence[tree.Expr], whole_node: tree.Expr) -> tuple[list[Typed], NumberType]:
        built = [self.number(part) for part in parts]
        first = built[0][1]
        for _, kind in built[1:]:
            if kind.unit != first.unit:
                self.scope.report("HY303", whole_node.span, clause=self.clause, left=first, right=kind)
                raise Unresolved
        return [typed for typed, _ in built], NumberType(first.unit, all(kind.whole for _, kind in built))

    def sum_of(self, node: tree.SumOf) -> Typed:
        parts, kind = self.same_unit([part for _, part in node.terms], node)
        signs = [negative for negative, _ in node.terms]
        terms = tuple((sign, part.expr) for sign, part in zip(signs, parts, strict=True))
        return Typed(rules.Sum(terms, kind, self.origin(node)), _union(part.needs for part in parts))

    def extreme(self, node: tree.Extreme) -> Typed:
        parts, kind = self.same_unit(node.operands, node)
        expr = rules.Extreme(node.largest, tuple(part.expr for part in parts), kind, self.origin(node))
        return Typed(expr, _union(part.needs for part in parts))

    def product_of(self, node: tree.ProductOf) -> Typed:
        unit, whole = RATIO, True
        factors: list[tuple[bool, rules.Expr]] = []
        needs = NOTHING
        for inverse, part in node.factors:
            typed, kind = self.number(part)
            unit = unit / kind.unit if inverse else unit * kind.unit
            whole = whole and kind.whole and not inverse
            factors.append((inverse, typed.expr))
            needs |= typed.needs
        return Typed(rules.Product(tuple(factors), NumberType(unit, whole), self.origin(node)), needs)


def _number(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _union(sets: object) -> Needs:
    out: set[str] = set()
    for part in sets:  # type: ignore[attr-defined]
        out |= part
    return frozenset(out)


def _comparable(left: Type, right: Type) -> bool:
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        return left.unit == right.unit
    texts = (TextType, IdentifierType)
    if isinstance(left, texts) and isinstance(right, texts):
        return True
    return left == right


def date_name(expr: rules.Expr) -> str:
    """What a date is called, to know it again."""
    match expr:
        case rules.FactRef(fact):
            return fact.name
        case rules.ConceptRef(concept):
            return concept.name
        case _:
            return expr.origin.text


def negated(typed: Typed, origin: rules.Origin) -> Typed:
    return Typed(rules.Not(typed.expr, origin), typed.needs, typed.if_false, typed.if_true)


def conjunction(parts: Sequence[Typed], origin: rules.Origin) -> Typed:
    established: Needs = NOTHING
    needs: Needs = NOTHING
    for part in parts:
        needs |= unmet(part.needs, established)
        established |= part.if_true
    return Typed(rules.All(tuple(part.expr for part in parts), origin), needs, if_true=established)


def disjunction(parts: Sequence[Typed], origin: rules.Origin) -> Typed:
    excluded: Needs = NOTHING
    needs: Needs = NOTHING
    for part in parts:
        needs |= unmet(part.needs, excluded)
        excluded |= part.if_false
    common = frozenset.intersection(*(part.if_true for part in parts))
    return Typed(rules.Any(tuple(part.expr for part in parts), origin), needs, common, excluded)


def by_reading(reading: rules.Reading, options: Sequence[tuple[str, Typed]], origin: rules.Origin) -> Typed:
    """Every option must have one type; whatever any option needs is needed."""
    parts = [typed for _, typed in options]
    expr = rules.ByReading(reading, tuple((name, t.expr) for name, t in options), parts[0].type, origin)
    return Typed(
        expr,
        _union(part.needs for part in parts),
        frozenset.intersection(*(part.if_true for part in parts)),
        frozenset.intersection(*(part.if_false for part in parts)),
    )


def unmet(needs: Needs, established: Needs, governing: str = "") -> Needs:
    """Needs that are not established; `VERSION` is where the governing date lies in the term."""
    missing = needs - established
    if VERSION in missing and governing and in_term_mark(governing) in established:
        missing -= {VERSION}
    return missing


