"""The editions of an item: what it was before each amendment that changed it, and which records fall under which.

An amendment takes effect on its day for whatever is governed by that day or a later one, as the 适用日 of the item
tells. Where its 新旧衔接 is not 从新, a record that began before the day falls under the edition before it (从旧), or
under both, of which the better counts (取有利). Without a governing date a record falls under the latest edition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.rules.facts import facts_of
from hypolicy.rules.ledger import all_members

if TYPE_CHECKING:
    from hypolicy.rules.amendment import Amendment
    from hypolicy.rules.tree import Benefit, Edition, Expr, Limit, Policy


@frozen
class ItemEdition:
    """An item as it is in one edition of the policy, `back` editions before the policy itself.

    `benefit` is None where the item is not part of that edition. `begun_by` are the amendments that made it so,
    `governing` the day that is compared with theirs, `began` the day that tells whether a record straddles it; none
    of these in the oldest edition.
    """

    back: int
    benefit: Benefit | None
    begun_by: tuple[Amendment, ...] = ()
    governing: Expr | None = None
    began: Expr | None = None


def policies(policy: Policy) -> tuple[Policy, ...]:
    """The policy and its earlier editions, the latest first."""
    return (policy, *(edition.policy for edition in reversed(policy.earlier)))


def editions_of(policy: Policy, item: str) -> tuple[ItemEdition, ...]:
    """The editions of an item that differ, the latest first; one, where no amendment has changed it."""
    stages = policies(policy)
    out: list[ItemEdition] = []
    kept = 0
    for back in range(1, len(stages)):
        if not _same(stages[kept], stages[back], item):
            out.append(_edition(kept, stages[kept], stages[back], item, policy.earlier[-back]))
            kept = back
    return (*out, ItemEdition(kept, benefit_named(stages[kept], item)))


def benefit_named(policy: Policy, item: str) -> Benefit | None:
    """A benefit that is part of this edition."""
    return next((b for b in policy.benefits if b.name == item and not b.repealed), None)


def deciding(policy: Policy, item: str, edition: int) -> Benefit:
    """The benefit as the edition that decided has it: `edition` as of a decision."""
    found = benefit_named(policies(policy)[edition], item)
    return found if found is not None else next(b for b in policy.benefits if b.name == item)


def limits_on(policy: Policy, item: str) -> tuple[Limit, ...]:
    """The limits that an item may fall under, or be refused with."""
    return tuple(
        limit
        for limit in policy.limits
        if item in all_members(limit.group)
        or (limit.linked is not None and item in all_members(limit.linked))
    )


def _same(one: Policy, other: Policy, item: str) -> bool:
    """Whether two editions have an item in common; what an amendment did not touch is the same object in both."""
    first, second = limits_on(one, item), limits_on(other, item)
    limits = len(first) == len(second) and all(a is b for a, b in zip(first, second, strict=True))
    return limits and benefit_named(one, item) is benefit_named(other, item)


def _edition(back: int, stage: Policy, before: Policy, item: str, ended: Edition) -> ItemEdition:
    benefit = benefit_named(stage, item)
    dated = benefit or benefit_named(before, item)
    assert dated is not None  # an item that is part of neither has not changed
    began = ended.end.began
    if began is not None and any(fact.record != dated.record for fact in facts_of(began).values()):
        began = None
    return ItemEdition(back, benefit, ended.ended_by, dated.governing_date, began)
