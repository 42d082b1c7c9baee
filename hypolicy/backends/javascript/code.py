"""Expressions to JavaScript: each node of the rule tree becomes one function of a record and the governing date.

Functions are numbered in the order in which they are needed, so that a part always stands before the whole. Their
names are `n` and the number: no word of an author is ever an identifier. `node`, `fact`, `parameter` and the other
makers are handed to the generated code by the runtime (`compile.js`), which thereby decides whether facts may be
missing, which options and tables hold, and whether what happens is noted; the operators are the runtime's own.

Beside its function a node has a description, data for whoever tells what happened: its kind, its words and clause,
its type, its parts, and what else the kind has, under the names of the rule tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, assert_never

from attrs import define, field

from hypolicy.backends.javascript.literals import comment, constant, encoded, period, source
from hypolicy.rules import facts, tree
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType
from hypolicy.rules.units import RATIO, YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.rules.types import Type

Data = dict[str, Any]

# The runtime's function of each comparison.
OPERATORS: Final[dict[Comparison, str]] = {
    Comparison.EQUAL: "equal",
    Comparison.UNEQUAL: "unequal",
    Comparison.AT_LEAST: "atLeast",
    Comparison.AT_MOST: "atMost",
    Comparison.ABOVE: "above",
    Comparison.BELOW: "below",
}


T = TypeVar("T")


@define
class Numbered(Generic[T]):
    """Things told by their places: one and the same thing has one, equal ones need not."""

    every: list[T]

    def place(self, one: T) -> int:
        for place, other in enumerate(self.every):
            if other is one:
                return place
        self.every.append(one)
        return len(self.every) - 1


@define
class Code:
    """The functions of a policy, as far as they have been asked for, and their descriptions.

    Readings, parameters and tables are numbered too, those of the policy first: an earlier edition may have others of
    the same names.
    """

    policy: tree.Policy
    lines: list[str] = field(factory=list)
    nodes: list[list[Any]] = field(factory=list)
    types: list[Data] = field(factory=list)
    readings: Numbered[tree.Reading] = field(init=False)
    parameters: Numbered[tree.Parameter] = field(init=False)
    tables: Numbered[tree.Table] = field(init=False)
    _numbers: dict[int, int] = field(factory=dict)
    _numbered: list[tree.Expr] = field(factory=list)  # kept alive, or their ids would be given again
    _type_numbers: dict[Type, int] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.readings = Numbered(list(self.policy.readings))
        self.parameters = Numbered(list(self.policy.parameters))
        self.tables = Numbered(list(self.policy.tables))

    def number(self, expr: tree.Expr) -> int:
        """The number of an expression's function; one expression has one function, however often it is used."""
        if id(expr) not in self._numbers:
            inner = [self.number(part) for part in facts.parts(expr)]
            meaning = self._meaning(expr, [f"n{number}" for number in inner])
            number = self._numbers[id(expr)] = len(self.nodes)
            self._numbered.append(expr)
            self.nodes.append(self._description(expr, inner))
            self.lines.append(comment(f"{expr.origin.clause} {expr.origin.text}".strip()))
            self.lines.append(f"const n{number} = node({number}, {meaning});")
        return self._numbers[id(expr)]

    def type_number(self, kind: Type) -> int:
        if kind not in self._type_numbers:
            self._type_numbers[kind] = len(self.types)
            self.types.append(_described(kind))
        return self._type_numbers[kind]

    def record(self, fact: tree.Fact) -> int:
        """The place of a fact's kind of record."""
        return next(place for place, kind in enumerate(self.policy.records) if kind.name == fact.record)

    # --------------------------------------------------------------------------------------------- meaning

    def _meaning(self, expr: tree.Expr, parts: Sequence[str]) -> str:
        """The function that a node is, given those of its parts; it asks them in the evaluator's order."""
        asked = [f"{part}(r, d)" for part in parts]
        match expr:
            case tree.Literal(value):
                return f"() => {constant(value)}"
            case tree.FactRef(fact):
                return f"fact({self.record(fact)}, {fact.index})"
            case tree.Given(fact):
                return f"given({self.record(fact)}, {fact.index})"
            case tree.ConceptRef():
                return parts[0]
            case tree.ParameterRef(parameter):
                return f"parameter({self.parameters.place(parameter)})"
            case tree.Lookup(table, _, column):
                return f"lookup({self.tables.place(table)}, {column.index}, [{', '.join(parts)}])"
            case tree.InTable(table, key):
                return f"inTable({self.tables.place(table)}, {key}, {parts[0]})"
            case tree.ByReading(reading, options):
                chosen = self.readings.place(reading)
                labels = source([option for option, _ in options])
                return f"byReading({chosen}, {labels}, [{', '.join(parts)}])"
            case tree.Not():
                return f"(r, d) => !{asked[0]}"
            case tree.All():
                return f"allOf([{', '.join(parts)}])"
            case tree.Any():
                return f"anyOf([{', '.join(parts)}])"
            case tree.Compare():
                return f"(r, d) => {self._compared(expr, asked)}"
            case tree.OneOf(_, labels):
                return f"(r, d) => {source(labels)}.includes({asked[0]})"
            case tree.InTerm(_, term):
                return f"(r, d) => inPeriod({source(period(term))}, {asked[0]})"
            case tree.Within(_, _, amount, unit):
                return f"(r, d) => inWindow({asked[1]}, {asked[0]}, {amount}, {source(unit)})"
            case tree.Age():
                return f"(r, d) => completedYears({', '.join(asked)})"
            case tree.TermLength(comparison=comparison, amount=amount, unit=unit):
                days = ", ".join(asked)
                return f"(r, d) => termLength({source(comparison.name)}, {amount}, {source(unit)}, {days})"
            case tree.Shift(_, amount, unit):
                return f"(r, d) => shifted({asked[0]}, {amount}, {source(unit)})"
            case tree.Sum(terms):
                signs = [negative for negative, _ in terms]
                return f"(r, d) => {_chain('ZERO', 'plus', 'minus', signs, asked)}"
            case tree.Product(factors):
                signs = [inverse for inverse, _ in factors]
                return f"(r, d) => {_chain('ONE', 'times', 'over', signs, asked)}"
            case tree.Extreme(largest):
                return f"(r, d) => {'largest' if largest else 'smallest'}([{', '.join(asked)}])"
            case _:
                assert_never(expr)

    def _compared(self, expr: tree.Compare, asked: Sequence[str]) -> str:
        left, right = asked
        if isinstance(expr.right, tree.Literal):
            right = constant(expr.right.value)
        kind = expr.left.type
        if isinstance(kind, EnumType) and expr.comparison not in (Comparison.EQUAL, Comparison.UNEQUAL):
            number = self.type_number(kind)
            left, right = f"rank({number}, {left})", f"rank({number}, {right})"
        return f"{OPERATORS[expr.comparison]}({left}, {right})"

    # ----------------------------------------------------------------------------------------- description

    def _description(self, expr: tree.Expr, inner: Sequence[int]) -> list[Any]:
        """What a node is, for whoever tells what happened: as `nodes.js` takes it apart."""
        kind, origin, own = self.type_number(expr.type), expr.origin, self._own(expr)
        told = [type(expr).__name__, kind, origin.clause, origin.text, list(inner)]
        return [*told, own] if own else told

    def _own(self, expr: tree.Expr) -> Data:
        """What only this kind of node has."""
        match expr:
            case tree.Literal(value):
                return {"value": encoded(value)}
            case tree.FactRef(fact) | tree.Given(fact):
                return {"record": self.record(fact), "fact": fact.index}
            case tree.ConceptRef(concept):
                return {"name": concept.name, "denial": concept.denial}
            case tree.ParameterRef(parameter):
                return {"parameter": self.parameters.place(parameter)}
            case tree.Lookup(table, _, column):
                return {"table": self.tables.place(table), "column": column.index}
            case tree.InTable(table, key):
                return {"table": self.tables.place(table), "key": key}
            case tree.Compare(comparison):
                return {"comparison": comparison.name}
            case tree.OneOf(_, labels):
                return {"labels": labels}
            case tree.InTerm(_, term):
                return {"term": period(term)}
            case tree.Within(amount=amount, unit=unit) | tree.Shift(amount=amount, unit=unit):
                return {"amount": amount, "unit": unit}
            case tree.TermLength(comparison=comparison, amount=amount, unit=unit):
                return {"comparison": comparison.name, "amount": amount, "unit": unit}
            case tree.Sum(signed) | tree.Product(signed):
                return {"signs": [sign for sign, _ in signed]}
            case tree.Extreme(largest):
                return {"largest": largest}
            case tree.ByReading(reading, options):
                chosen = self.readings.place(reading)
                return {"reading": chosen, "options": [option for option, _ in options]}
            case tree.Not() | tree.All() | tree.Any() | tree.Age():
                return {}
            case _:
                assert_never(expr)


def _chain(start: str, plain: str, inverse: str, signs: Sequence[bool], asked: Sequence[str]) -> str:
    """Parts joined from the first to the last by an operator or its inverse."""
    out = "" if not signs[0] else start
    for inverted, call in zip(signs, asked, strict=True):
        out = f"{inverse if inverted else plain}({out}, {call})" if out else call
    return out


def _described(kind: Type) -> Data:
    match kind:
        case BoolType() | DateType() | TextType() | IdentifierType():
            return {"kind": type(kind).__name__.removesuffix("Type").lower()}
        case EnumType(labels=labels, ordered=ordered):
            return {"kind": "enum", "labels": labels, "ordered": ordered}
        case NumberType(unit, whole):
            money = any(name == str(YUAN) for name, _ in unit.powers)
            shown = "" if unit == RATIO else str(unit)
            return {"kind": "number", "unit": shown, "yuan": unit == YUAN, "money": money, "whole": whole}
        case _:
            assert_never(kind)
