"""Expressions of the rule tree as integer terms over the columns of one row.

Terms are pure and total: a table is read at a row that exists even where the rules find none, and a fact that is not
given has a value that means nothing. When an expression has no value at all is told apart, in `faults`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final, assert_never

import numpy as np
from attrs import define, field

from hypolicy.backends.columns import terms
from hypolicy.backends.columns.coding import ABSENT, HUNDREDTHS, day_number, reached
from hypolicy.backends.columns.tables import TableArrays, table_arrays
from hypolicy.backends.columns.terms import ADD, COMPARE, ONE, ZERO, Number, Term, TooLargeError, constant
from hypolicy.rules import tree
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType
from hypolicy.source.limits import MAX_COUNT, MAX_MONEY_FEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from hypolicy.backends.columns.coding import Coding
    from hypolicy.backends.columns.writer import Names, Writer
    from hypolicy.rules.outcome import Settings

Value = Term | Number
FIRST_DAY: Final = day_number(date.min)
LAST_DAY: Final = day_number(date.max)
_MOST_YEARS: Final = date.max.year
# Deeper than this an expression is cut, so that Python's own parser can take it.
_MOST_DEPTH: Final = 24
_ABSENT: Final = Term("ABSENT", ABSENT, ABSENT)
_SYMBOLS: Final = {
    Comparison.EQUAL: "==",
    Comparison.UNEQUAL: "!=",
    Comparison.AT_LEAST: ">=",
    Comparison.AT_MOST: "<=",
    Comparison.ABOVE: ">",
    Comparison.BELOW: "<",
}


def over_one(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """Numerators over one denominator."""
    bottom = lcm(*(value.denominator for value in values))
    return [value.numerator * (bottom // value.denominator) for value in values], bottom


@define
class Arguments:
    """What a generated function is given: columns of facts, arrays of tables; and the functions that it calls."""

    settings: Settings
    coding: Coding
    names: Names
    columns: dict[str, str] = field(factory=dict)
    arrays: dict[str, list[int]] = field(factory=dict)
    functions: set[str] = field(factory=set)
    bounds: dict[str, tuple[int, int]] = field(factory=dict)
    # Parameters that have a value in each of several scenarios; `z` is the number of the scenario.
    varied: Mapping[str, Sequence[Fraction]] = field(factory=dict)
    _varying: dict[str, Number] = field(factory=dict)
    # Parameters by the names of their arrays.
    _by_scenario: dict[str, str] = field(factory=dict)
    # By identity: editions of a policy may have different tables of one name.
    _tables: dict[int, tuple[TableArrays, str]] = field(factory=dict)
    _named: dict[tuple[int, str], tuple[str, int, int, int]] = field(factory=dict)

    def column(self, fact: tree.Fact) -> str:
        """The name of the column of a fact."""
        if fact.name not in self.columns:
            self.columns[fact.name] = self.names.fresh(fact.name)
        return self.columns[fact.name]

    def table(self, table: tree.Table) -> tuple[TableArrays, str]:
        """A table, and the name of the array of its rows."""
        if id(table) not in self._tables:
            made = table_arrays(table, self.settings.versions(table), self.coding.dictionary)
            self._tables[id(table)] = (made, self.array(table.name, made.rows))
        return self._tables[id(table)]

    def array(self, word: str, values: list[int]) -> str:
        name = self.names.fresh(word)
        self.arrays[name] = values
        return name

    def cells(self, table: tree.Table, column: tree.Column) -> tuple[str, int, int, int]:
        """The array of a column with its bounds and its denominator."""
        known = self._named.get((id(table), column.name))
        if known is None:
            cells = self.table(table)[0].cells(column)
            name = self.array(f"{table.name}_{column.name}", cells.values)
            known = self._named[id(table), column.name] = (name, cells.low, cells.high, cells.denominator)
        return known

    def having(self, table: tree.Table, key: int) -> str:
        """The array that says which values of a key some row has."""
        known = self._named.get((id(table), f"#{key}"))
        if known is None:
            values = self.table(table)[0].having(key, self.settings.versions(table))
            name = self.array(f"{table.name}_{table.keys[key].name}", values)
            known = self._named[id(table), f"#{key}"] = (name, 0, 1, 1)
        return known[0]

    def of_scenario(self, name: str) -> Number | None:
        """The value of a parameter in the scenario at hand; None where it is the same in all of them."""
        if name not in self.varied:
            return None
        if name not in self._varying:
            tops, bottom = over_one(self.varied[name])
            array = self.array(name, tops)
            self._by_scenario[array] = name
            self._varying[name] = Number(Term(f"{array}[z]", min(tops), max(tops)), constant(bottom))
        return self._varying[name]

    def arrays_of(self, numerators: Mapping[str, Sequence[int]]) -> list[NDArray[np.int64]]:
        """The arrays, with the values of other scenarios: numerators over the same denominators, in the same bounds."""
        out = []
        for array, values in self.arrays.items():
            name = self._by_scenario.get(array, "")
            out.append(np.array(numerators.get(name, values), np.int64))
        return out

    def call(self, function: str, *arguments: Term) -> str:
        self.functions.add(function)
        return f"{function}({', '.join(argument.code for argument in arguments)})"


@define
class Expressions:
    """Terms of one item: `day` is its governing date, `known` the concepts that have been computed already."""

    arguments: Arguments
    out: Writer
    day: Term | None = None
    known: dict[str, Value] = field(factory=dict)

    @property
    def settings(self) -> Settings:
        return self.arguments.settings

    # ------------------------------------------------------------------------------------------ all kinds

    def term(self, expr: tree.Expr) -> Term:
        """A condition, a day, a label or a text."""
        value = self.value(expr)
        assert isinstance(value, Term)
        return value

    def number(self, expr: tree.Expr) -> Number:
        value = self.value(expr)
        assert isinstance(value, Number)
        return value

    def value(self, expr: tree.Expr) -> Value:
        try:
            return self.cut(self.node(expr))
        except TooLargeError as error:
            error.expr = error.expr or expr
            raise

    def cut(self, value: Value) -> Value:
        """The same, computed before where it has become too deep for one line."""
        match value:
            case Number(top, bottom):
                return (
                    Number(self.named("t", top), self.named("t", bottom)) if self.deep(top, bottom) else value
                )
            case Term():
                return self.named("t", value) if self.deep(value) else value
            case _:
                assert_never(value)

    def deep(self, *parts: Term) -> bool:
        return max(part.depth for part in parts) > _MOST_DEPTH

    def named(self, word: str, value: Term) -> Term:
        """A term in a variable of its own."""
        if value.constant is not None or value.code.isidentifier():
            return value
        name = self.arguments.names.fresh(word)
        self.out.line(f"{name} = {value.code}")
        return Term(name, value.low, value.high)

    def node(self, expr: tree.Expr) -> Value:
        match expr:
            case tree.Literal():
                return self.literal(expr)
            case tree.FactRef(fact):
                return self.fact(fact)
            case tree.ConceptRef(concept):
                return self.known[concept.name] if concept.name in self.known else self.node(concept.body)
            case tree.ByReading(reading, options):
                return self.node(dict(options)[self.settings.option(reading)])
            case tree.ParameterRef(parameter):
                return self.parameter(parameter)
            case tree.Lookup():
                return self.lookup(expr)
            case tree.InTable():
                return self.in_table(expr)
            case tree.Given(fact):
                return terms.compared(Term(f"{self.arguments.column(fact)}[i]", 0, 1), "!=", _ABSENT)
            case tree.Not(operand):
                return terms.inverted(self.term(operand))
            case tree.All(operands):
                return terms.conjunction([self.term(operand) for operand in operands])
            case tree.Any(operands):
                return terms.disjunction([self.term(operand) for operand in operands])
            case tree.Compare():
                return self.compare(expr)
            case tree.OneOf(operand, labels):
                return self.one_of(self.term(operand), [self.code(label, operand) for label in labels])
            case tree.InTerm() | tree.Within() | tree.TermLength() | tree.Shift() | tree.Age():
                return self.of_days(expr)
            case tree.Sum(signed):
                return terms.total([(negative, self.number(term)) for negative, term in signed])
            case tree.Product(factors):
                return self.product(factors)
            case tree.Extreme(largest, operands):
                numbers = [self.number(operand) for operand in operands]
                return terms.extreme_number(numbers, largest=largest)
            case _:
                assert_never(expr)

    # -------------------------------------------------------------------------------------- leaves of the tree

    def literal(self, expr: tree.Literal) -> Value:
        match expr.value:
            case bool(value):
                return terms.truth(value)
            case date() as day:
                return constant(day_number(day))
            case str(text):
                return constant(self.code(text, expr))
            case value:
                return terms.exactly(value)

    def code(self, text: str, expr: tree.Expr) -> int:
        """The number that stands for a label or a text."""
        if isinstance(expr.type, EnumType):
            return expr.type.labels.index(text)
        return self.arguments.coding.dictionary.code(text)

    def fact(self, fact: tree.Fact) -> Value:
        code = f"{self.arguments.column(fact)}[i]"
        match fact.type:
            case NumberType(whole=True):
                low, high = self.arguments.bounds.get(fact.name, (0, MAX_COUNT))
                return Number(Term(code, low, high))
            case NumberType():
                low, high = self.arguments.bounds.get(fact.name, (0, MAX_MONEY_FEN))
                return Number(Term(code, low, high), constant(HUNDREDTHS))
            case BoolType():
                return Term(code, 0, 1)
            case DateType():
                return Term(code, FIRST_DAY, LAST_DAY)
            case EnumType(labels=labels):
                return Term(code, 0, max(len(labels) - 1, 1))
            case _:
                return Term(code, 0, MAX_COUNT)

    def parameter(self, parameter: tree.Parameter) -> Number:
        """The version in force on the governing date, as a choice among constants."""
        varying = self.arguments.of_scenario(parameter.name)
        if varying is not None:
            return varying
        if parameter.name in self.settings.parameters:
            return terms.exactly(self.settings.parameters[parameter.name])
        starts = [version.period.start for version in parameter.versions]
        numbers = terms.common([terms.exactly(version.value) for version in parameter.versions])
        return Number(self.in_force(starts, [number.top for number in numbers]), numbers[0].bottom)

    def in_force(self, starts: Sequence[date], values: Sequence[Term]) -> Term:
        """What belongs to the last of the starts that is not later than the governing date; the first before all."""
        out = values[0]
        for start, value in zip(starts[1:], values[1:], strict=True):
            assert self.day is not None
            out = terms.chosen(terms.compared(self.day, ">=", constant(day_number(start))), value, out)
        return out

    # ---------------------------------------------------------------------------------------------- tables

    def row(self, expr: tree.Lookup) -> Term:
        """The place of the row with these keys; -1 where there is none."""
        arrays, name = self.arguments.table(expr.table)
        place = self.version(expr.table)
        for fact, size, key in zip(expr.table.keys, arrays.sizes, expr.keys, strict=True):
            place = terms.added(terms.multiplied(place, constant(size)), self.key(key, fact, size))
        count = len(arrays.contents)
        if arrays.dense:
            return Term(f"{name}[{place.code}]", -1, count, depth=place.depth + 1)
        return Term(self.arguments.call("find", Term(name, 0, 0), place), -1, count, depth=place.depth + 1)

    def version(self, table: tree.Table) -> Term:
        starts = [version.period.start for version in self.settings.versions(table)]
        return self.in_force(starts, [constant(place) for place in range(len(starts))]) if starts else ZERO

    def key(self, expr: tree.Expr, fact: tree.Fact, size: int) -> Term:
        """A key that surely lies within the array: a text of which no rule knows, or no value at all, is the last."""
        value = self.term(expr)
        if value.constant is not None:
            return value
        facts = [node.fact for node in reached(expr, self.settings) if isinstance(node, tree.FactRef)]
        code, high = value.code, size - 1
        if any(each.name in self.arguments.coding.compared for each in facts):
            code = f"min({code}, {high})"
        if any(each.optional for each in facts):
            code = f"max({code}, 0)"
        return Term(code, 0, high, value.level if code == value.code else terms.ATOM, value.depth + 1)

    def lookup(self, expr: tree.Lookup) -> Value:
        name, low, high, denominator = self.arguments.cells(expr.table, expr.column)
        row = self.row(expr)
        cell = Term(f"{name}[{row.code}]", low, high, depth=row.depth + 1)
        return Number(cell, constant(denominator)) if isinstance(expr.type, NumberType) else cell

    def in_table(self, expr: tree.InTable) -> Term:
        size = self.arguments.table(expr.table)[0].sizes[expr.key]
        versions = self.settings.versions(expr.table)
        value = self.key(expr.value, expr.table.keys[expr.key], size)
        if len(versions) == 1 and isinstance(expr.table.keys[expr.key].type, EnumType):
            labels = {keys[expr.key] for keys in versions[0].rows}
            return self.one_of(value, [self.code(label, expr.value) for label in labels])
        place = terms.added(terms.multiplied(self.version(expr.table), constant(size)), value)
        return Term(
            f"{self.arguments.having(expr.table, expr.key)}[{place.code}]", 0, 1, depth=place.depth + 1
        )

    # ---------------------------------------------------------------------------------------- comparisons

    def compare(self, expr: tree.Compare) -> Term:
        symbol = _SYMBOLS[expr.comparison]
        left, right = self.value(expr.left), self.value(expr.right)
        if isinstance(left, Number):
            assert isinstance(right, Number)
            return terms.related(left, symbol, right)
        assert isinstance(right, Term)
        if isinstance(expr.left.type, BoolType) and right.constant is not None:
            same = (expr.comparison is Comparison.EQUAL) is bool(right.constant)
            return left if same else terms.inverted(left)
        return terms.compared(left, symbol, right)

    def one_of(self, value: Term, codes: Sequence[int]) -> Term:
        """Whether a value is one of these: as stretches of neighbours."""
        if value.constant is not None:
            return terms.truth(value.constant in codes)
        stretches: list[tuple[int, int]] = []
        for code in sorted(set(codes)):
            if stretches and stretches[-1][1] == code - 1:
                stretches[-1] = (stretches[-1][0], code)
            else:
                stretches.append((code, code))
        text = value.at(ADD)
        return terms.disjunction(
            [
                terms.compared(value, "==", constant(low))
                if low == high
                else terms.condition(f"{low} <= {text} <= {high}", COMPARE, value)
                for low, high in stretches
            ]
        )

    # -------------------------------------------------------------------------------------------- calendar

    def of_days(self, expr: tree.InTerm | tree.Within | tree.TermLength | tree.Shift | tree.Age) -> Value:
        match expr:
            case tree.InTerm(operand, term):
                first, last = day_number(term.start), day_number(term.end or date.max)
                day = self.term(operand)
                return terms.condition(f"{first} <= {day.at(ADD)} <= {last}", COMPARE, day)
            case tree.Within(operand, start, amount, unit):
                day, begun = self.term(operand), self.term(start)
                latest = self.shifted(begun, amount, unit)
                return terms.condition(
                    f"{begun.at(ADD)} <= {day.at(ADD)} <= {latest.at(ADD)}", COMPARE, day, latest
                )
            case tree.TermLength():
                return self.term_length(expr)
            case tree.Shift(operand, amount, unit):
                return self.shifted(self.term(operand), amount, unit)
            case tree.Age(birth, day):
                born, on = self.term(birth), self.term(day)
                code = self.arguments.call("completed_years", born, on)
                return Number(Term(code, 0, _MOST_YEARS, depth=terms.deeper(born, on)))
            case _:
                assert_never(expr)

    def shifted(self, day: Term, amount: int, unit: str) -> Term:
        function, size = ("add_days", amount) if unit == "天" else ("add_months", _months(amount, unit))
        code = self.arguments.call(function, day, constant(size))
        return Term(code, FIRST_DAY, LAST_DAY, depth=day.depth + 1)

    def term_length(self, expr: tree.TermLength) -> Term:
        first, last = self.term(expr.first), self.term(expr.last)
        if expr.unit == "天":
            days = terms.added(terms.subtracted(last, first), constant(1))
            return terms.compared(days, _SYMBOLS[expr.comparison], constant(expr.amount))
        months = constant(_months(expr.amount, expr.unit))
        depth = terms.deeper(first, last)

        def asked(function: str) -> Term:
            return Term(self.arguments.call(function, first, last, months), 0, 1, depth=depth)

        match expr.comparison:
            case Comparison.AT_LEAST:
                return asked("reaches_months")
            case Comparison.ABOVE:
                return asked("exceeds_months")
            case Comparison.AT_MOST:
                return terms.inverted(asked("exceeds_months"))
            case Comparison.BELOW:
                return terms.inverted(asked("reaches_months"))
            case Comparison.EQUAL:
                return terms.conjunction([asked("reaches_months"), terms.inverted(asked("exceeds_months"))])
            case Comparison.UNEQUAL:
                return terms.disjunction([asked("exceeds_months"), terms.inverted(asked("reaches_months"))])
            case _:
                assert_never(expr.comparison)

    # --------------------------------------------------------------------------------------------- numbers

    def product(self, factors: Sequence[tuple[bool, tree.Expr]]) -> Number:
        """Constants are put together first, so that what they have in common cannot swell the numbers."""
        scale, out = Fraction(1), Number(ONE)
        for inverse, factor in factors:
            number = self.number(factor)
            number = terms.reciprocal(number) if inverse else number
            top, bottom = number.top.constant, number.fixed
            if top is None or bottom is None:
                out = terms.product(out, number)
            else:
                scale *= Fraction(top, bottom)
        return terms.product(out, terms.exactly(scale))


def _months(amount: int, unit: str) -> int:
    return amount * (12 if unit == "年" else 1)
