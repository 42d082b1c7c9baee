"""Walking rule trees: the parts of an expression, and the facts that something depends on; and facts in records."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, assert_never

from hypolicy.rules import tree

if TYPE_CHECKING:
    from collections.abc import Iterator


class Unanswered(Enum):
    """What stands in a record for a fact that nobody has been asked yet.

    A fact that is not given stands as None. Of an optional fact that is an answer, and this is none.
    """

    UNANSWERED = "未回答"


UNANSWERED: Final = Unanswered.UNANSWERED


def is_given(value: object) -> bool:
    """Whether a record gives this fact."""
    return value is not None and value is not UNANSWERED


def parts(expr: tree.Expr) -> tuple[tree.Expr, ...]:
    """The direct operands of an expression; a concept's body is the operand of its name."""
    match expr:
        case tree.Literal() | tree.FactRef() | tree.ParameterRef() | tree.Given():
            return ()
        case tree.ConceptRef(concept):
            return (concept.body,)
        case tree.Lookup(_, keys):
            return keys
        case tree.InTable(_, _, value):
            return (value,)
        case tree.Not(operand) | tree.OneOf(operand) | tree.InTerm(operand) | tree.Shift(operand):
            return (operand,)
        case tree.All(operands) | tree.Any(operands) | tree.Extreme(_, operands):
            return operands
        case tree.Compare(_, left, right):
            return (left, right)
        case tree.TermLength(first, last) | tree.Within(first, last) | tree.Age(first, last):
            return (first, last)
        case tree.Sum(signed) | tree.Product(signed):
            return tuple(part for _, part in signed)
        case tree.ByReading(_, options):
            return tuple(option for _, option in options)
        case _:
            assert_never(expr)


def lookups(expr: tree.Expr) -> list[tree.Lookup]:
    """What an expression looks up, as often as it is mentioned."""
    return [node for node in walk(expr) if isinstance(node, tree.Lookup)]


def tables_in(expr: tree.Expr) -> list[tree.Table]:
    """The tables that an expression is looked up in, each once, in the order of their mention."""
    return list({lookup.table.name: lookup.table for lookup in lookups(expr)}.values())


def walk(expr: tree.Expr) -> Iterator[tree.Expr]:
    """An expression and everything in it; the body of a concept once, however often it is mentioned."""
    stack = [expr]
    unfolded: set[str] = set()
    while stack:
        current = stack.pop()
        yield current
        if isinstance(current, tree.ConceptRef):
            if current.concept.name in unfolded:
                continue
            unfolded.add(current.concept.name)
        stack.extend(reversed(parts(current)))


def facts_of(expr: tree.Expr) -> dict[str, tree.Fact]:
    """The facts that an expression reads, by name, in the order of their mention."""
    out: dict[str, tree.Fact] = {}
    for node in walk(expr):
        match node:
            case tree.FactRef(fact) | tree.Given(fact):
                out.setdefault(fact.name, fact)
            case _:
                pass
    return out


def expressions_of(benefit: tree.Benefit) -> Iterator[tree.Expr]:
    """Every expression of a benefit."""
    if benefit.applies is not None:
        yield benefit.applies
    yield from (gate.condition for gate in benefit.pending)
    yield from (condition.expr for condition in benefit.conditions)
    for case in benefit.cases:
        yield from (condition.expr for condition in case.conditions)
        yield case.amount
    for uplift in benefit.uplifts:
        yield uplift.rate
        yield uplift.condition
    if benefit.governing_date is not None:
        yield benefit.governing_date


def facts_in(benefit: tree.Benefit) -> list[tree.Fact]:
    """The facts that a benefit reads."""
    out: dict[str, tree.Fact] = {}
    for expr in expressions_of(benefit):
        out.update(facts_of(expr))
    return list(out.values())


def has_versions(expr: tree.Expr) -> bool:
    """Whether the governing date matters to an expression."""
    for node in walk(expr):
        match node:
            case tree.ParameterRef(parameter) if len(parameter.versions) != 1:
                return True
            case tree.Lookup(table=table) | tree.InTable(table=table) if len(table.versions) != 1:
                return True
            case _:
                pass
    return False
