"""What an entry of the ledger must say, so that later batches can go on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from hypolicy.rules.tree import CountLimit, GroupByReading, NoLower, NoRepeat, NotTogether

if TYPE_CHECKING:
    from hypolicy.rules.tree import Fact, Group, LimitRule, Policy


def ledger_facts(policy: Policy) -> tuple[Fact, ...]:
    """Holders, the record's key, keys of repeats, the year's date and the order: each fact once, in this order.

    These, with the item and the amount, are the columns of a ledger file. Limits of earlier editions count too.
    """
    ledger = policy.ledger
    if ledger is None:
        return ()
    facts = {holder.fact.name: holder.fact for holder in ledger.holders}
    record = next(kind for kind in policy.records if kind.name == ledger.year_date.record)
    facts.setdefault(record.key.name, record.key)
    limits = [*policy.limits, *(limit for edition in policy.earlier for limit in edition.policy.limits)]
    for rule in (rule for limit in limits for rule in limit.rules):
        for fact in rule_facts(rule):
            facts.setdefault(fact.name, fact)
    for fact in (ledger.year_date, *ledger.order):
        facts.setdefault(fact.name, fact)
    return tuple(facts.values())


def rule_facts(rule: LimitRule) -> tuple[Fact, ...]:
    """The facts of an entry that a limit's sentence compares."""
    match rule:
        case NoRepeat(keys):
            return keys
        case NoLower(keys, level):
            return (*keys, level)
        case CountLimit() | NotTogether():
            return ()
        case _:
            assert_never(rule)


def all_members(group: Group) -> frozenset[str]:
    """The items that a group may have under any reading."""
    match group.members:
        case GroupByReading(_, options):
            return frozenset(name for _, members in options for name in members)
        case members:
            return frozenset(members)
