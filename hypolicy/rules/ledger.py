"""What an entry of the ledger must say, so that later batches can go on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypolicy.rules.tree import Fact, Policy


def ledger_facts(policy: Policy) -> tuple[Fact, ...]:
    """Holders, the record's key, keys of repeats, the year's date and the order: each fact once, in this order.

    These, with the item and the amount, are the columns of a ledger file.
    """
    ledger = policy.ledger
    if ledger is None:
        return ()
    facts = {holder.fact.name: holder.fact for holder in ledger.holders}
    record = next(kind for kind in policy.records if kind.name == ledger.year_date.record)
    facts.setdefault(record.key.name, record.key)
    for limit in policy.limits:
        for rule in limit.rules:
            for fact in getattr(rule, "keys", ()):
                facts.setdefault(fact.name, fact)
    for fact in (ledger.year_date, *ledger.order):
        facts.setdefault(fact.name, fact)
    return tuple(facts.values())
