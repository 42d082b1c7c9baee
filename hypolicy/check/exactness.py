"""Whether an amount surely ends in whole fen: every value has a known denominator, or none that is bounded."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final, assert_never

from hypolicy.rules import tree as rules
from hypolicy.rules.types import NumberType
from hypolicy.rules.units import YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Chosen = Mapping[str, Fraction]

FEN = 100
_NONE: Final[Chosen] = {}


def may_break_the_fen(benefit: rules.Benefit, chosen: Chosen = _NONE) -> bool:
    """True where some case's amount, under some reading and any uplifts, may not be whole fen.

    `chosen` are values of parameters in place of their versions.
    """
    uplift = _uplift_denominator(benefit, chosen)
    if uplift is None:
        return bool(benefit.cases)
    for case in benefit.cases:
        base = denominator(case.amount, chosen)
        if base is None or FEN % (base * uplift):
            return True
    return False


def _uplift_denominator(benefit: rules.Benefit, chosen: Chosen) -> int | None:
    """A number by which every possible uplift factor is a whole number when multiplied."""
    product = 1
    common = 1
    for uplift in benefit.uplifts:
        rate = denominator(uplift.rate, chosen)
        if rate is None:
            return None
        product *= rate
        common = lcm(common, rate)
    match benefit.stacking:
        case rules.Stacking.PRODUCT:
            return product
        case rules.StackingByReading(_, options) if any(m is rules.Stacking.PRODUCT for _, m in options):
            return product
        case _:
            return common


def denominator(expr: rules.Expr, chosen: Chosen = _NONE) -> int | None:
    """A number that makes every value of the expression whole when multiplied; None where there may be none."""
    match expr:
        case rules.Literal(value):
            return Fraction(value).denominator if isinstance(value, int | Fraction) else 1
        case rules.FactRef(fact):
            return _of_type(fact.type)
        case rules.ConceptRef(concept):
            return denominator(concept.body, chosen)
        case rules.ParameterRef(parameter) if parameter.name in chosen:
            return chosen[parameter.name].denominator
        case rules.ParameterRef(parameter):
            if parameter.authority:
                return None  # whatever another authority may fix
            return lcm(*(version.value.denominator for version in parameter.versions))
        case rules.Lookup(table, _, column):
            base = _of_type(column.type)
            rates = [(1 + uplift.rate).denominator for uplift in table.uplifts]
            return base if base is None else base * lcm(1, *rates)
        case rules.Sum(terms):
            return _together((denominator(term, chosen) for _, term in terms), product=False)
        case rules.Product(factors):
            if any(inverse and not isinstance(factor, rules.Literal) for inverse, factor in factors):
                return None
            return _together((_factor(inverse, factor, chosen) for inverse, factor in factors), product=True)
        case rules.Extreme(_, operands):
            return _together((denominator(operand, chosen) for operand in operands), product=False)
        case rules.ByReading(_, options):
            return _together((denominator(option, chosen) for _, option in options), product=False)
        case (
            rules.Given()
            | rules.Not()
            | rules.All()
            | rules.Any()
            | rules.Compare()
            | rules.OneOf()
            | rules.InTable()
            | rules.InTerm()
            | rules.Within()
            | rules.Age()
            | rules.TermLength()
            | rules.Shift()
        ):
            return 1
        case _:
            assert_never(expr)


def _factor(inverse: bool, factor: rules.Expr, chosen: Chosen) -> int | None:
    if inverse and isinstance(factor, rules.Literal) and isinstance(factor.value, int | Fraction):
        return abs(Fraction(factor.value).numerator)
    return denominator(factor, chosen)


def _of_type(kind: object) -> int | None:
    match kind:
        case NumberType(unit, whole):
            return 1 if whole else FEN if unit == YUAN else None
        case _:
            return 1


def _together(denominators: Iterable[int | None], *, product: bool) -> int | None:
    out = 1
    for one in denominators:
        if one is None:
            return None
        out = out * one if product else lcm(out, one)
    return out
