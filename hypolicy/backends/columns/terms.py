"""Integer expressions of Python as text, each with the least and the greatest value that it can have.

A term is pure and total: it may be evaluated where the rules would not ask for it, and is then simply not used. No
intermediate may leave ±2⁶², so that a machine word holds what Python's own integers would.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from hypolicy.rules import tree

BOUND: Final = 2**62

# How tightly the outermost operator of an expression binds, as in Python.
CHOICE, OR, AND, NOT, COMPARE, ADD, MULTIPLY, ATOM = range(8)
_OPPOSITES: Final = {"==": "!=", "!=": "==", ">=": "<", "<": ">=", "<=": ">", ">": "<="}


class TooLargeError(Exception):
    """A number that a machine word cannot be proved to hold, and the expression that it is a part of."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(low, high)
        self.digits = len(str(max(abs(low), abs(high))))
        self.expr: tree.Expr | None = None


@frozen
class Term:
    """`level` is the outermost operator, `depth` how far operators are nested."""

    code: str
    low: int
    high: int
    level: int = ATOM
    depth: int = 0
    # How a comparison reads where it does not hold.
    opposite: str = ""

    def __attrs_post_init__(self) -> None:
        if self.low < -BOUND or self.high > BOUND:
            raise TooLargeError(self.low, self.high)

    def at(self, level: int) -> str:
        """The text, in brackets where its own operator binds less tightly than the one around it."""
        return self.code if self.level >= level else f"({self.code})"

    @property
    def constant(self) -> int | None:
        return self.low if self.low == self.high else None


def constant(value: int) -> Term:
    return Term(str(value), value, value, ATOM if value >= 0 else MULTIPLY)


ZERO: Final = constant(0)
ONE: Final = constant(1)
TRUE: Final = Term("True", 1, 1)
FALSE: Final = Term("False", 0, 0)


def truth(value: bool) -> Term:
    return TRUE if value else FALSE


def deeper(*terms: Term) -> int:
    return max(term.depth for term in terms) + 1


def condition(code: str, level: int, *parts: Term) -> Term:
    return Term(code, 0, 1, level, deeper(*parts) if parts else 0)


# --- logic -----------------------------------------------------------------------------------------------------


def inverted(term: Term) -> Term:
    if term.constant is not None:
        return truth(not term.constant)
    if term.opposite:
        return evolve(term, code=term.opposite, opposite=term.code)
    if term.level == NOT:
        return condition(term.code.removeprefix("not "), COMPARE, term)
    return condition(f"not {term.at(NOT)}", NOT, term)


def conjunction(terms: Sequence[Term]) -> Term:
    return _joined(terms, "and", AND, FALSE, TRUE)


def disjunction(terms: Sequence[Term]) -> Term:
    return _joined(terms, "or", OR, TRUE, FALSE)


def _joined(terms: Sequence[Term], word: str, level: int, decisive: Term, neutral: Term) -> Term:
    """Operands without those that settle nothing."""
    kept: list[Term] = []
    for term in terms:
        if term.constant is None:
            kept.append(term)
        elif term.constant == decisive.constant:
            return decisive
    if len(kept) < 2:
        return kept[0] if kept else neutral
    return condition(f" {word} ".join(term.at(level) for term in kept), level, *kept)


def compared(left: Term, symbol: str, right: Term) -> Term:
    one, other = left.at(ADD), right.at(ADD)
    asked = condition(f"{one} {symbol} {other}", COMPARE, left, right)
    return evolve(asked, opposite=f"{one} {_OPPOSITES[symbol]} {other}")


def chosen(test: Term, if_true: Term, if_false: Term) -> Term:
    """`if_true if test else if_false`."""
    if test.constant is not None:
        return if_true if test.constant else if_false
    code = f"{if_true.at(OR)} if {test.at(OR)} else {if_false.at(CHOICE)}"
    low, high = min(if_true.low, if_false.low), max(if_true.high, if_false.high)
    return Term(code, low, high, CHOICE, deeper(test, if_true, if_false))


# --- arithmetic ------------------------------------------------------------------------------------------------


def added(left: Term, right: Term) -> Term:
    low, high = left.low + right.low, left.high + right.high
    if left.constant is not None and right.constant is not None:
        return constant(low)
    if left.constant == 0:
        return right
    if right.constant == 0:
        return left
    return Term(f"{left.at(ADD)} + {right.at(ADD)}", low, high, ADD, deeper(left, right))


def subtracted(left: Term, right: Term) -> Term:
    low, high = left.low - right.high, left.high - right.low
    if left.constant is not None and right.constant is not None:
        return constant(low)
    if right.constant == 0:
        return left
    return Term(f"{left.at(ADD)} - {right.at(MULTIPLY)}", low, high, ADD, deeper(left, right))


def multiplied(left: Term, right: Term) -> Term:
    ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    low, high = min(ends), max(ends)
    if left.constant is not None and right.constant is not None:
        return constant(low)
    if left.constant == 1:
        return right
    if right.constant == 1:
        return left
    if left.constant == 0 or right.constant == 0:
        return ZERO
    return Term(f"{left.at(MULTIPLY)} * {right.at(MULTIPLY)}", low, high, MULTIPLY, deeper(left, right))


def floored(dividend: Term, divisor: Term) -> Term:
    """The whole quotient, rounded down; the divisor is above zero."""
    if divisor.constant == 1:
        return dividend
    ends = [
        a // b for a in (dividend.low, dividend.high) for b in (max(divisor.low, 1), max(divisor.high, 1))
    ]
    code = f"{dividend.at(MULTIPLY)} // {divisor.at(ATOM)}"
    return Term(code, min(ends), max(ends), MULTIPLY, deeper(dividend, divisor))


def extreme(terms: Sequence[Term], *, largest: bool) -> Term:
    choose = max if largest else min
    low, high = choose(term.low for term in terms), choose(term.high for term in terms)
    if all(term.constant is not None for term in terms):
        return constant(low)
    return Term(
        f"{choose.__name__}({', '.join(term.code for term in terms)})", low, high, ATOM, deeper(*terms)
    )


# --- exact numbers ---------------------------------------------------------------------------------------------


@frozen
class Number:
    """An exact number as a numerator and a denominator above zero, which is mostly a constant."""

    top: Term
    bottom: Term = ONE

    @property
    def fixed(self) -> int | None:
        return self.bottom.constant


def exactly(value: Fraction | int) -> Number:
    return Number(constant(value.numerator), constant(value.denominator))


def common(numbers: Sequence[Number]) -> list[Number]:
    """The same numbers with one denominator."""
    fixed = [number.fixed for number in numbers]
    if all(bottom is not None for bottom in fixed):
        least = lcm(*(bottom for bottom in fixed if bottom is not None))
        return [scaled_to(number, least) for number in numbers]
    bottom = ONE
    for number in numbers:
        bottom = multiplied(bottom, number.bottom)
    tops = []
    for place, number in enumerate(numbers):
        top = number.top
        for other, factor in enumerate(numbers):
            top = top if other == place else multiplied(top, factor.bottom)
        tops.append(top)
    return [Number(top, bottom) for top in tops]


def scaled_to(number: Number, denominator: int) -> Number:
    """The same number with another fixed denominator, a multiple of its own."""
    assert number.fixed is not None
    assert denominator % number.fixed == 0
    return Number(multiplied(number.top, constant(denominator // number.fixed)), constant(denominator))


def product(left: Number, right: Number) -> Number:
    return Number(multiplied(left.top, right.top), multiplied(left.bottom, right.bottom))


def reciprocal(number: Number) -> Number:
    """One divided by a number; anything where that is zero."""
    top, bottom = number.top, number.bottom
    if top.constant == 0:
        return Number(ZERO)
    if top.constant is not None:
        sign = constant(1 if top.constant > 0 else -1)
        return Number(multiplied(bottom, sign), constant(abs(top.constant)))
    if top.low >= 0:
        return Number(bottom, Term(top.code, max(top.low, 1), max(top.high, 1), top.level, top.depth))
    size = Term(f"abs({top.code})", 1, max(abs(top.low), abs(top.high)), ATOM, top.depth + 1)
    negative = compared(top, "<", ZERO)
    return Number(chosen(negative, multiplied(bottom, constant(-1)), bottom), size)


def difference(left: Number, right: Number) -> Number:
    first, second = common([left, right])
    return Number(subtracted(first.top, second.top), first.bottom)


def total(numbers: Sequence[tuple[bool, Number]]) -> Number:
    """Numbers added, or subtracted where they are marked so."""
    parts = common([number for _, number in numbers])
    out = ZERO
    for (negative, _), part in zip(numbers, parts, strict=True):
        out = subtracted(out, part.top) if negative else added(out, part.top)
    return Number(out, parts[0].bottom)


def related(left: Number, symbol: str, right: Number) -> Term:
    first, second = common([left, right])
    return compared(first.top, symbol, second.top)


def extreme_number(numbers: Sequence[Number], *, largest: bool) -> Number:
    if all(number.fixed is not None for number in numbers):
        parts = common(numbers)
        return Number(extreme([part.top for part in parts], largest=largest), parts[0].bottom)
    best = numbers[0]
    for number in numbers[1:]:
        keep = related(best, ">=" if largest else "<=", number)
        best = Number(chosen(keep, best.top, number.top), chosen(keep, best.bottom, number.bottom))
    return best
