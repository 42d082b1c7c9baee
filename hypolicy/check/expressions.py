"""Expressions: names looked up, types and units settled, and optional facts followed.

Every part of an expression is looked at even where another part of it is wrong, so that all mistakes are told.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

from attrs import define

from hypolicy.check.typed import (
    NO_NEEDS,
    VERSION,
    Typed,
    Unresolved,
    comparable,
    conjunction,
    date_name,
    disjunction,
    every,
    in_term_mark,
    in_words,
    negated,
    together,
)
from hypolicy.diagnostics.suggest import did_you_mean
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
from hypolicy.rules.units import RATIO, YEARS_OF_AGE, YUAN
from hypolicy.source import limits
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from hypolicy.check.scope import Scope
    from hypolicy.syntax.literals import Quantity

_TERM_UNITS = frozenset({"个月", "年", "天"})
_EQUALITY = (Comparison.EQUAL, Comparison.UNEQUAL)


@define
class Expressions:
    """Turns written expressions of one clause into typed ones."""

    scope: Scope
    clause: str = ""

    # ---------------------------------------------------------------------------------------------- entry

    def condition(self, node: tree.Expr) -> Typed:
        """An expression that must be a condition; 是 and 否 are none, for they ask for nothing."""
        typed = self.build(node)
        if isinstance(node, tree.Truth):
            raise self.refuse("HY317", node)
        if not isinstance(typed.type, BoolType):
            raise self.wrong(node, typed.type, "条件")
        return typed

    def money(self, node: tree.Expr) -> Typed:
        typed = self.build(node)
        if not isinstance(typed.type, NumberType):
            raise self.wrong(node, typed.type, "金额")
        if typed.type.unit != YUAN:
            raise self.refuse("HY308", node, unit=typed.type.unit)
        return typed

    def build(self, node: tree.Expr) -> Typed:
        scope = self.scope
        if scope.level >= limits.MAX_LEVELS:
            raise self.refuse("HY219", node, limit=limits.MAX_LEVELS)
        scope.level += 1
        try:
            return self.node(node)
        finally:
            scope.level -= 1

    def node(self, node: tree.Expr) -> Typed:
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
                return conjunction(self.joined(operands, "且"), origin)
            case tree.Disjunction(operands):
                return disjunction(self.joined(operands, "或"), origin)
            case _:
                assert_never(node)

    def joined(self, operands: Sequence[tree.Expr], joint: str) -> list[Typed]:
        """The parts of 且 or 或; a bare label among them was meant to go on with the list before it."""
        torn = [
            operand
            for before, operand in pairwise(operands)
            if isinstance(before, tree.Belongs | tree.Comparison) and self.is_label(operand)
        ]
        for label in torn:
            self.report("HY312", label, word=label.span.brief(), joint=joint)
        parts = every(self.condition, [operand for operand in operands if operand not in torn])
        if torn:
            raise Unresolved
        return parts

    def is_label(self, node: tree.Expr) -> bool:
        symbols = self.scope.symbols
        return (
            isinstance(node, tree.Word) and node.name in symbols.labels and not self.scope.is_name(node.name)
        )

    # --------------------------------------------------------------------------------------------- messages

    def origin(self, node: tree.Node) -> rules.Origin:
        return rules.Origin(self.clause, node.span)

    def report(self, code: str, node: tree.Node, suggestion: str = "", **facts: object) -> None:
        self.scope.report(code, node.span, clause=self.clause, suggestion=suggestion, **facts)

    def refuse(self, code: str, node: tree.Node, suggestion: str = "", **facts: object) -> Unresolved:
        self.report(code, node, suggestion, **facts)
        return Unresolved()

    def wrong(self, node: tree.Expr, actual: Type, wanted: str) -> Unresolved:
        return self.refuse("HY301", node, word=node.span.brief(), actual=in_words(actual), wanted=wanted)

    def missing(
        self, wanted: str, name: Name, candidates: Iterable[str], kinds: Iterable[str] = ()
    ) -> Unresolved:
        self.scope.symbols.missing(wanted, name, candidates, self.clause, kinds=kinds)
        return Unresolved()

    # ---------------------------------------------------------------------------------------------- names

    def word(self, node: tree.Word) -> Typed:
        scope, origin, name = self.scope, self.origin(node), node.name
        if name in scope.facts:
            fact = scope.facts[name]
            return Typed(rules.FactRef(fact, origin), {name: (origin,)} if fact.optional else NO_NEEDS)
        if name in scope.parameters:
            return Typed(rules.ParameterRef(scope.parameters[name], origin), {VERSION: (origin,)})
        if name in scope.symbols.all("概念"):
            assert scope.resolve_concept is not None
            scope.used_concepts.add(name)
            body = scope.resolve_concept(name)
            expr = rules.ConceptRef(scope.concept_nodes[name], origin)
            return Typed(expr, body.needs, body.if_true, body.if_false)
        # Of what is declared, only a fact may be missing here: one without a type.
        raise self.missing("事实、概念或参数", Name(name, node.span), scope.names(), ("事实",))

    def table(self, name: Name) -> rules.Table:
        table = self.scope.tables.get(name.text)
        if table is None:
            raise self.missing("表", name, self.scope.tables)
        return table

    def lookup(self, node: tree.Lookup) -> Typed:
        table = self.table(node.table)
        keys = "、".join(fact.name for fact in table.keys)
        if len(node.arguments) != len(table.keys):
            raise self.refuse("HY411", node, name=table.name, keys=keys, given=len(node.arguments))
        pairs = zip(node.arguments, table.keys, strict=True)
        arguments = every(lambda pair: self.matching(pair[0], pair[1].type), pairs)
        column = self.column_of(node, table, keys)
        origin = self.origin(node)
        needs = together([*(argument.needs for argument in arguments), {VERSION: (origin,)}])
        expr = rules.Lookup(table, tuple(argument.expr for argument in arguments), column, origin)
        return Typed(expr, needs)

    def column_of(self, node: tree.Lookup, table: rules.Table, keys: str) -> rules.Column:
        names = [column.name for column in table.columns]
        if node.column is None:
            if len(names) == 1:
                return table.columns[0]
            if not names:
                raise self.refuse("HY416", node, name=table.name, keys=keys)
            raise self.refuse(
                "HY412", node, name=table.name, keys=keys, column=names[0], columns="、".join(names)
            )
        for column in table.columns:
            if column.name == node.column.text:
                return column
        raise self.missing(f"「{table.name}」的列", node.column, names)

    def matching(self, node: tree.Expr, wanted: Type) -> Typed:
        """An operand of a known type; a bare word may be a label of the wanted enumeration."""
        if isinstance(wanted, EnumType) and isinstance(node, tree.Word) and self.means_label(node, wanted):
            return self.label(node, wanted)
        typed = self.build(node)
        if not comparable(typed.type, wanted):
            raise self.wrong(node, typed.type, in_words(wanted))
        return typed

    def means_label(self, node: tree.Word, enum: EnumType) -> bool:
        """Whether a word beside a value of an enumeration is one of its labels, or is nothing else."""
        return node.name in enum.labels or not self.scope.is_name(node.name)

    def label(self, node: tree.Word, enum: EnumType) -> Typed:
        if node.name in enum.labels:
            return Typed(rules.Literal(node.name, enum, self.origin(node)))
        symbols, name = self.scope.symbols, Name(node.name, node.span)
        if not symbols.is_reported(name):
            labels, suggestion = "、".join(enum.labels), did_you_mean(node.name, enum.labels)
            self.report("HY305", node, suggestion, label=node.name, fact=enum.name, labels=labels)
        raise Unresolved

    # ------------------------------------------------------------------------------------------ conditions

    def comparison(self, node: tree.Comparison) -> Typed:
        comparison = {"为": Comparison.EQUAL, "不为": Comparison.UNEQUAL}.get(node.word) or WORDS[node.word]
        try:
            left = self.build(node.left)
        except Unresolved:
            if not isinstance(node.right, tree.Word) or self.scope.is_name(node.right.name):
                self.build(node.right)
            raise
        right = self.right_side(left.type, node)
        self.must_have_order(left.type, comparison, node)
        if isinstance(left.expr, rules.Literal) and isinstance(right.expr, rules.Literal):
            raise self.refuse("HY318", node)
        if _share_of_more(node.left, node.right) or _share_of_more(node.right, node.left):
            raise self.refuse("HY319", node)
        expr = rules.Compare(comparison, left.expr, right.expr, self.origin(node))
        needs = together((left.needs, right.needs))
        if isinstance(left.type, BoolType) and isinstance(node.right, tree.Truth):
            same = (comparison is Comparison.EQUAL) is node.right.value
            established = (left.if_true, left.if_false) if same else (left.if_false, left.if_true)
            return Typed(expr, needs, *established)
        return Typed(expr, needs)

    def right_side(self, kind: Type, node: tree.Comparison) -> Typed:
        if isinstance(node.right, tree.Word):
            if isinstance(kind, EnumType) and self.means_label(node.right, kind):
                return self.label(node.right, kind)
            if isinstance(kind, TextType | IdentifierType) and self.is_label(node.right):
                raise self.refuse("HY131", node.right, word=node.right.name)
        right = self.build(node.right)
        if not comparable(right.type, kind):
            suggestion = ""
            for literal, other in ((node.right, kind), (node.left, right.type)):
                if isinstance(literal, tree.Number) and not literal.quantity.unit_name:
                    suggestion = _with_unit(literal, other)
            raise self.refuse("HY302", node, suggestion, left=in_words(kind), right=in_words(right.type))
        return right

    def must_have_order(self, kind: Type, comparison: Comparison, node: tree.Comparison) -> None:
        if comparison in _EQUALITY:
            return
        if isinstance(kind, EnumType) and not kind.ordered:
            raise self.refuse("HY307", node, enum=kind.name)
        if isinstance(kind, BoolType | TextType | IdentifierType):
            raise self.wrong(node.left, kind, "数量或日期")

    def belongs(self, node: tree.Belongs) -> Typed:
        operand = self.build(node.operand)
        kind = operand.type
        if not isinstance(kind, EnumType | TextType | IdentifierType):
            raise self.wrong(node.operand, kind, "有取值的事实，或者文字")
        labels = every(lambda choice: self.choice(choice, kind), node.choices)
        origin = self.origin(node)
        typed = Typed(rules.OneOf(operand.expr, tuple(labels), origin), operand.needs)
        return negated(typed, origin) if node.negated else typed

    def choice(self, node: tree.Expr, kind: Type) -> str:
        """One of the values that 属于 lists."""
        match node, kind:
            case tree.Word(name), EnumType():
                if not self.means_label(node, kind):
                    raise self.missing(in_words(kind), Name(name, node.span), ())
                self.label(node, kind)
                return name
            case tree.Text(text), TextType() | IdentifierType():
                return text
            case tree.Word(name), _:
                if self.scope.symbols.is_reported(Name(name, node.span)):
                    raise Unresolved
                raise self.refuse("HY131", node, word=name)
            case _:
                raise self.wrong(node, TEXT, in_words(kind))

    def in_table(self, node: tree.InTable) -> Typed:
        table = self.table(node.table)
        operand = self.build(node.operand)
        origin = self.origin(node)
        key = self.key_for(node, table, operand)
        typed = Typed(
            rules.InTable(table, key, operand.expr, origin), together((operand.needs, {VERSION: (origin,)}))
        )
        return negated(typed, origin) if node.negated else typed

    def key_for(self, node: tree.InTable, table: rules.Table, operand: Typed) -> int:
        """在表中 tests the key column of the same name, or the only one of the same type."""
        if isinstance(node.operand, tree.Word):
            for index, fact in enumerate(table.keys):
                if fact.name == node.operand.name:
                    return index
        fitting = [index for index, fact in enumerate(table.keys) if fact.type == operand.type]
        if len(fitting) != 1:
            names = "、".join(f"「{fact.name}」" for fact in table.keys)
            raise self.wrong(node.operand, operand.type, f"表「{table.name}」的{names}")
        return fitting[0]

    def in_term(self, node: tree.InTerm) -> Typed:
        operand = self.date(node.operand)
        origin = self.origin(node)
        mark = frozenset({in_term_mark(date_name(operand.expr))})
        typed = Typed(rules.InTerm(operand.expr, self.scope.term, origin), operand.needs, if_true=mark)
        return negated(typed, origin) if node.negated else typed

    def given(self, node: tree.Given) -> Typed:
        name = node.fact.text
        fact = self.scope.facts.get(name)
        if fact is None:
            raise self.missing("事实", node.fact, self.scope.facts)
        if not fact.optional:
            raise self.refuse("HY310", node, fact=name)
        typed = Typed(rules.Given(fact, self.origin(node)), if_true=frozenset({name}))
        return negated(typed, self.origin(node)) if node.negated else typed

    def within(self, node: tree.Within) -> Typed:
        day, start = every(self.date, (node.operand, node.start))
        amount, unit = self.calendar_length(node.quantity, node)
        expr = rules.Within(day.expr, start.expr, amount, unit, self.origin(node))
        return Typed(expr, together((day.needs, start.needs)))

    def age(self, node: tree.Age) -> Typed:
        birth, day = every(self.date, (node.birth, node.day))
        kind = NumberType(YEARS_OF_AGE, whole=True)
        expr = rules.Age(birth.expr, day.expr, kind, self.origin(node))
        return Typed(expr, together((birth.needs, day.needs)))

    def term_length(self, node: tree.TermLength) -> Typed:
        first, last = every(self.date, (node.first, node.last))
        amount, unit = self.calendar_length(node.quantity, node)
        comparison = WORDS[node.word]
        expr = rules.TermLength(first.expr, last.expr, comparison, amount, unit, self.origin(node))
        return Typed(expr, together((first.needs, last.needs)))

    def calendar_length(self, quantity: Quantity, node: tree.Expr) -> tuple[int, str]:
        """A whole number of days, months or years."""
        unit = str(quantity.unit)
        if unit not in _TERM_UNITS or not quantity.whole:
            raise self.refuse("HY309", node)
        return int(quantity.number), unit

    def date(self, node: tree.Expr) -> Typed:
        typed = self.build(node)
        if not isinstance(typed.type, DateType):
            raise self.wrong(node, typed.type, "日期")
        return typed

    # ---------------------------------------------------------------------------------------------- numbers

    def number(self, node: tree.Expr) -> Typed:
        typed = self.build(node)
        if not isinstance(typed.type, NumberType):
            raise self.refuse("HY304", node, word=node.span.brief(), type=in_words(typed.type))
        return typed

    def same_unit(self, nodes: Sequence[tree.Expr], whole_node: tree.Expr) -> tuple[list[Typed], NumberType]:
        built = every(self.number, nodes)
        kinds = [_number_type(typed) for typed in built]
        for node, kind in zip(nodes, kinds, strict=True):
            if kind.unit != kinds[0].unit:
                bare = isinstance(node, tree.Number) and not node.quantity.unit_name
                suggestion = _with_unit(node, kinds[0]) if bare else ""
                left, right = in_words(kinds[0]), in_words(kind)
                raise self.refuse("HY303", whole_node, suggestion, left=left, right=right)
        return built, NumberType(kinds[0].unit, all(kind.whole for kind in kinds))

    def sum_of(self, node: tree.SumOf) -> Typed:
        (_, first), *others = node.terms
        if others and self.is_date(first):
            return self.shifted(self.build(first), others, node)
        parts, kind = self.same_unit([part for _, part in node.terms], node)
        signs = [negative for negative, _ in node.terms]
        terms = tuple((sign, part.expr) for sign, part in zip(signs, parts, strict=True))
        return Typed(rules.Sum(terms, kind, self.origin(node)), together(part.needs for part in parts))

    def is_date(self, node: tree.Expr) -> bool:
        """Whether an operand is surely a date: a day, or a word that stands for one."""
        if isinstance(node, tree.Day):
            return True
        return (
            isinstance(node, tree.Word)
            and self.scope.is_name(node.name)
            and isinstance(self.build(node).type, DateType)
        )

    def shifted(self, date: Typed, terms: Sequence[tuple[bool, tree.Expr]], node: tree.SumOf) -> Typed:
        """A date and numbers of days, months or years added to it, one after the other."""
        for negative, term in terms:
            quantity = term.quantity if isinstance(term, tree.Number) else None
            if quantity is None or str(quantity.unit) not in _TERM_UNITS or not quantity.whole:
                raise self.refuse("HY314", term)
            amount = int(quantity.number) * (-1 if negative else 1)
            expr = rules.Shift(date.expr, amount, str(quantity.unit), self.origin(node))
            date = Typed(expr, date.needs)
        return date

    def extreme(self, node: tree.Extreme) -> Typed:
        parts, kind = self.same_unit(node.operands, node)
        expr = rules.Extreme(node.largest, tuple(part.expr for part in parts), kind, self.origin(node))
        return Typed(expr, together(part.needs for part in parts))

    def product_of(self, node: tree.ProductOf) -> Typed:
        parts = every(self.number, [part for _, part in node.factors])
        unit, whole = RATIO, True
        factors: list[tuple[bool, rules.Expr]] = []
        for (inverse, written), typed in zip(node.factors, parts, strict=True):
            kind = _number_type(typed)
            if inverse and isinstance(typed.expr, rules.Literal) and typed.expr.value == 0:
                raise self.refuse("HY315", written)
            unit = unit / kind.unit if inverse else unit * kind.unit
            whole = whole and kind.whole and not inverse
            factors.append((inverse, typed.expr))
        expr = rules.Product(tuple(factors), NumberType(unit, whole), self.origin(node))
        return Typed(expr, together(part.needs for part in parts))


def _number_type(typed: Typed) -> NumberType:
    assert isinstance(typed.type, NumberType)
    return typed.type


def _number(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _share_of_more(share: tree.Expr, number: tree.Expr) -> bool:
    """Whether a quotient is compared with a number above one without a percent sign: 25 that was meant to be 25%."""
    bare = isinstance(number, tree.Number) and not number.quantity.unit_name and number.quantity.number > 1
    return bare and isinstance(share, tree.ProductOf) and any(inverse for inverse, _ in share.factors)


def _with_unit(literal: tree.Node, kind: Type) -> str:
    """How a bare number would be written with the unit of what it is compared with."""
    if isinstance(kind, NumberType) and kind.unit != RATIO:
        return f"请写明单位，如「{literal.span.brief()}{kind.unit}」。"
    return ""
