"""How small and how large the facts of sound records can be: what their types allow, and what 校验 leave of it."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from hypolicy.backends.columns.coding import HUNDREDTHS
from hypolicy.rules import tree
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import NumberType
from hypolicy.source.limits import MAX_COUNT, MAX_MONEY_FEN

if TYPE_CHECKING:
    from collections.abc import Iterator

Bounds = dict[str, tuple[int, int]]


def bounds_of(kind: tree.RecordKind) -> Bounds:
    """The least and the greatest value of each number that is given, as it is coded."""
    out: Bounds = {}
    for fact in kind.facts:
        if isinstance(fact.type, NumberType):
            out[fact.name] = (0, MAX_COUNT if fact.type.whole else MAX_MONEY_FEN)
    for validation in kind.validations:
        for compare in _required(validation.condition):
            _narrow(out, compare)
    return out


def _required(condition: tree.Expr) -> Iterator[tree.Compare]:
    """Comparisons of one fact with a number that hold of every record, where the fact is given."""
    match condition:
        case tree.Compare(_, tree.FactRef(), tree.Literal()):
            yield condition
        case tree.All(operands):
            for operand in operands:
                yield from _required(operand)
        case tree.ConceptRef(concept):
            yield from _required(concept.body)
        case tree.Any((tree.Not(tree.Given(fact)), tree.Compare(_, tree.FactRef(compared)) as compare)) if (
            fact.name == compared.name
        ):
            yield from _required(compare)
        case _:
            return


def _narrow(bounds: Bounds, compare: tree.Compare) -> None:
    assert isinstance(compare.left, tree.FactRef)
    assert isinstance(compare.right, tree.Literal)
    fact, value = compare.left.fact, compare.right.value
    if fact.name not in bounds or not isinstance(value, int | Fraction):
        return
    assert isinstance(fact.type, NumberType)
    edge = Fraction(value) * (1 if fact.type.whole else HUNDREDTHS)
    low, high = bounds[fact.name]
    match compare.comparison:
        case Comparison.EQUAL:
            low, high = max(low, ceil(edge)), min(high, floor(edge))
        case Comparison.AT_LEAST:
            low = max(low, ceil(edge))
        case Comparison.ABOVE:
            low = max(low, floor(edge) + 1)
        case Comparison.AT_MOST:
            high = min(high, floor(edge))
        case Comparison.BELOW:
            high = min(high, ceil(edge) - 1)
        case Comparison.UNEQUAL:
            return
    if low <= high:
        bounds[fact.name] = (low, high)
