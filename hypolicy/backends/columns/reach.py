"""What a parameter or a reading reaches: the less it is, the less must be computed anew where another is chosen."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from hypolicy.rules import tree
from hypolicy.rules.editions import policies
from hypolicy.rules.facts import parts
from hypolicy.rules.readings import readings_of_choices, readings_of_limit

if TYPE_CHECKING:
    from collections.abc import Iterator


class Reach(Enum):
    """Which part of a decision depends on it: whether there is a claim, how much it is, what the ledger leaves of it.

    What reaches only amounts can still make them zero, or bring cases to one amount; it leaves alone who is asked
    about an amount at all.
    """

    CONDITIONS = "conditions"
    AMOUNTS = "amounts"
    LEDGER = "ledger"


def reach_of(policy: tree.Policy) -> dict[str, frozenset[Reach]]:
    """What each parameter and each reading reaches in any edition of the policy, by name; perhaps nothing."""
    names = [*(each.name for each in policy.parameters), *(each.name for each in policy.readings)]
    out: dict[str, set[Reach]] = {name: set() for name in names}
    for edition in policies(policy):
        for name, reach in _reached(edition):
            out.setdefault(name, set()).add(reach)
    return {name: frozenset(reach) for name, reach in out.items()}


def _reached(policy: tree.Policy) -> Iterator[tuple[str, Reach]]:
    for benefit in policy.benefits:
        yield from _by_benefit(benefit)
    for limit in policy.limits:
        yield from ((reading.name, Reach.LEDGER) for reading in readings_of_limit(limit))


def _by_benefit(benefit: tree.Benefit) -> Iterator[tuple[str, Reach]]:
    asked = [condition.expr for condition in benefit.conditions]
    asked += [gate.condition for gate in benefit.pending]
    asked += [condition.expr for case in benefit.cases for condition in case.conditions]
    asked += [uplift.condition for uplift in benefit.uplifts]
    asked += [expr for expr in (benefit.applies, benefit.governing_date) if expr is not None]
    for expr in asked:
        yield from _named(expr, Reach.CONDITIONS)
    amounts = [*(case.amount for case in benefit.cases), *(uplift.rate for uplift in benefit.uplifts)]
    in_amounts = [found for expr in amounts for found in _named(expr, Reach.AMOUNTS)]
    if isinstance(benefit.stacking, tree.StackingByReading):
        in_amounts.append((benefit.stacking.reading.name, Reach.AMOUNTS))
    yield from in_amounts
    if benefit.cap is not None:
        for reading in readings_of_choices([benefit.cap.period]):
            yield from ((reading.name, Reach.LEDGER), (reading.name, Reach.AMOUNTS))
        if benefit.cap.period is not tree.PeriodKind.EACH:
            yield from ((name, Reach.LEDGER) for name, _ in in_amounts)


def _named(expr: tree.Expr, reach: Reach) -> Iterator[tuple[str, Reach]]:
    """The parameters and readings in an expression; whether a divisor is zero is asked like a condition."""
    match expr:
        case tree.ParameterRef(parameter):
            yield parameter.name, reach
        case tree.ByReading(reading):
            yield reading.name, reach
        case tree.Product(factors):
            for inverse, factor in factors:
                yield from _named(factor, Reach.CONDITIONS if inverse else reach)
            return
        case _:
            pass
    for part in parts(expr):
        yield from _named(part, reach)
