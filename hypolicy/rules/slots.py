"""Every place of a policy where an expression stands, with what it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.rules.facts import expressions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules import tree


def slots(policy: tree.Policy) -> Iterator[tree.Expr]:
    """The outermost expressions: bodies of concepts, and whatever rules say in words of their own."""
    yield from (concept.body for concept in policy.concepts)
    for benefit in policy.benefits:
        yield from expressions_of(benefit)
    for kind in policy.records:
        yield from (validation.condition for validation in kind.validations)
        yield from (notice.condition for notice in kind.notices if notice.condition is not None)
    yield from (check.condition for check in policy.checks)
    yield from (computation.amount for computation in policy.computations)
