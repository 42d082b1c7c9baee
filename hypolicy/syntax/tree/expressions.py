"""What every node has, and expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.source.text import Span
    from hypolicy.syntax.literals import Quantity


@frozen
class Name:
    text: str
    span: Span = field(repr=False, eq=False)

    def __str__(self) -> str:
        return self.text


@frozen
class Node:
    span: Span = field(repr=False, eq=False, kw_only=True)


@frozen
class Word(Node):
    name: str


@frozen
class Number(Node):
    quantity: Quantity


@frozen
class Day(Node):
    day: date


@frozen
class Text(Node):
    text: str


@frozen
class Truth(Node):
    value: bool


@frozen
class Always(Node):
    """一律符合 or 一律不符."""

    value: bool


@frozen
class Lookup(Node):
    table: Name
    arguments: tuple[Expr, ...]
    column: Name | None


@frozen
class Extreme(Node):
    largest: bool
    operands: tuple[Expr, ...]


@frozen
class SumOf(Node):
    terms: tuple[tuple[bool, Expr], ...]


@frozen
class ProductOf(Node):
    factors: tuple[tuple[bool, Expr], ...]


@frozen
class Comparison(Node):
    """`word` is the comparing word as written; 为 and 不为 among them."""

    word: str
    left: Expr
    right: Expr


@frozen
class Belongs(Node):
    negated: bool
    operand: Expr
    choices: tuple[Expr, ...]


@frozen
class InTable(Node):
    negated: bool
    operand: Expr
    table: Name


@frozen
class InTerm(Node):
    negated: bool
    operand: Expr


@frozen
class Within(Node):
    """A在B起…内: not before B, and not later than so long after it."""

    operand: Expr
    start: Expr
    quantity: Quantity


@frozen
class Age(Node):
    """周岁数: completed years from a birth to a day."""

    birth: Expr
    day: Expr


@frozen
class Given(Node):
    negated: bool
    fact: Name


@frozen
class TermLength(Node):
    first: Expr
    last: Expr
    word: str
    quantity: Quantity


@frozen
class Negation(Node):
    operand: Expr


@frozen
class Conjunction(Node):
    operands: tuple[Expr, ...]


@frozen
class Disjunction(Node):
    operands: tuple[Expr, ...]


Expr = (
    Word
    | Number
    | Day
    | Text
    | Truth
    | Always
    | Lookup
    | Extreme
    | SumOf
    | ProductOf
    | Comparison
    | Belongs
    | InTable
    | InTerm
    | Within
    | Age
    | Given
    | TermLength
    | Negation
    | Conjunction
    | Disjunction
)
