"""Facts that have another name in the second policy, known by what they are used for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import evolve

from hypolicy.difference.align import form_of
from hypolicy.rules import tree
from hypolicy.rules.facts import facts_of
from hypolicy.rules.ledger import rule_facts
from hypolicy.rules.normal_form import Forms, Interner
from hypolicy.rules.rewrite import Rewriter
from hypolicy.rules.slots import slots

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

Place = tuple[str, str]


def renamed_facts(before: tree.Policy, after: tree.Policy) -> dict[Place, str]:
    """Facts of the second policy, by record and name, with their names in the first.

    Two facts are one where they have the same type and stand in exactly the same places: the only ones that do.
    """
    known = {place for place in _facts(before) if place in _facts(after)}
    interner = Interner()
    uses = [_uses(policy, known, interner) for policy in (before, after)]
    groups: dict[Hashable, tuple[list[Place], list[Place]]] = {}
    for side, found in enumerate(uses):
        for place, use in found.items():
            groups.setdefault(use, ([], []))[side].append(place)
    return {new[0]: old[0][1] for old, new in groups.values() if len(old) == len(new) == 1}


def _facts(policy: tree.Policy) -> dict[Place, tree.Fact]:
    return {(fact.record, fact.name): fact for kind in policy.records for fact in kind.facts}


def _uses(policy: tree.Policy, known: set[Place], interner: Interner) -> dict[Place, Hashable]:
    """What each fact that only this policy has is used for; facts that are used for nothing are left out."""
    forms = Forms(interner)
    places: dict[Place, Counter[Hashable]] = {}
    unknown = {place: fact for place, fact in _facts(policy).items() if place not in known}
    if not unknown:
        return {}

    def nameless(fact: tree.Fact) -> tree.Fact:
        return evolve(fact, name="") if (fact.record, fact.name) in unknown else fact

    def replace(expr: tree.Expr) -> tree.Expr | None:
        match expr:
            case tree.FactRef(fact) | tree.Given(fact):
                return evolve(expr, fact=nameless(fact))
            case _:
                return None

    rewrite = Rewriter(replace)
    for slot in slots(policy):
        form = form_of(forms, rewrite(slot))
        for fact in facts_of(slot).values():
            places.setdefault((fact.record, fact.name), Counter())[form] += 1
    for role, fact in _roles(policy):
        places.setdefault((fact.record, fact.name), Counter())[role] += 1
    return {
        place: (fact.record, fact.type, fact.optional, frozenset(places[place].items()))
        for place, fact in unknown.items()
        if place in places
    }


def _roles(policy: tree.Policy) -> Iterator[tuple[str, tree.Fact]]:
    """What facts are used for beside expressions."""
    yield from (("键", kind.key) for kind in policy.records)
    for table in policy.tables:
        yield from ((f"{table.name} {place}", fact) for place, fact in enumerate(table.keys))
    yield from ((f"汇总 {place}", fact) for place, fact in enumerate(policy.dimensions))
    for benefit in policy.benefits:
        payees = (payee.fact for payee in benefit.payees if payee.fact is not None)
        yield from ((f"发给 {benefit.name}", fact) for fact in payees)
        if benefit.year_date is not None:
            yield f"年度 {benefit.name}", benefit.year_date
    if policy.ledger is not None:
        yield from ((f"归集 {holder.name}", holder.fact) for holder in policy.ledger.holders)
        yield from ((f"次序 {place}", fact) for place, fact in enumerate(policy.ledger.order))
        yield "台账年度", policy.ledger.year_date
    for limit in policy.limits:
        for rule in limit.rules:
            yield from ((f"限制 {limit.name}", fact) for fact in rule_facts(rule))
