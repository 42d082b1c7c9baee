"""Whether an amount surely ends in whole fen: every value has a known denominator, or none that is bounded."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final, assert_never

from attrs import define, field

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
    denominators = _Denominators(chosen)
    uplift = denominators.of_uplifts(benefit)
    if uplift is None:
        return bool(benefit.cases)
    bases = [denominators.of(case.amount) for case in benefit.cases]
    return any(base is None or FEN % (base * uplift) for base in bases)


@define
class _Denominators:
    """Numbers that make every value of an expression whole when multiplied; None where there may be none."""

    chosen: Chosen
    # Those of concepts, so that one which is mentioned again is not unfolded again.
    concepts: dict[str, int | None] = field(factory=dict)

    def of_uplifts(self, benefit: rules.Benefit) -> int | None:
        """The number for every possible uplift factor."""
        product = 1
        common = 1
        for uplift in benefit.uplifts:
            rate = self.of(uplift.rate)
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

    def of(self, expr: rules.Expr) -> int | None:
        match expr:
            case rules.Literal(value):
                return Fraction(value).denominator if isinstance(value, int | Fraction) else 1
            case rules.FactRef(fact):
                return _of_type(fact.type)
            case rules.ConceptRef(concept):
                if concept.name not in self.concepts:
                    self.concepts[concept.name] = self.of(concept.body)
                return self.concepts[concept.name]
            case rules.ParameterRef(parameter) if parameter.name in self.chosen:
                return self.chosen[parameter.name].denominator
            case rules.ParameterRef(parameter):
                if parameter.authority:
                    return None  # whatever another authority may fix
                return lcm(*(version.value.denominator for version in parameter.versions))
            case rules.Lookup(table, _, column):
                base = _of_type(column.type)
                rates = [(1 + uplift.rate).denominator for uplift in table.uplifts]
                return base if base is None else base * lcm(1, *rates)
            case rules.Sum(terms):
                return _together((self.of(term) for _, term in terms), product=False)
            case rules.Product(factors):
                if any(inverse and not isinstance(factor, rules.Literal) for inverse, factor in factors):
                    return None
                return _together((self.of_factor(*factor) for factor in factors), product=True)
            case rules.Extreme(_, operands):
                return _together((self.of(operand) for operand in operands), product=False)
            case rules.ByReading(_, options):
                return _together((self.of(option) for _, option in options), product=False)
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

    def of_factor(self, inverse: bool, factor: rules.Expr) -> int | None:
        if inverse and isinstance(factor, rules.Literal) and isinstance(factor.value, int | Fraction):
            return abs(Fraction(factor.value).numerator)
        return self.of(factor)


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
