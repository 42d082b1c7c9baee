"""Earlier editions of an amended policy: each is checked as it stood, and shares with the next what did not change.

Records have the facts that the policy has now, whichever edition decides them; of an earlier edition only the rules
count. A stage in which nothing decides otherwise than in the next one is no edition: a rate that changes from a day
is a version of its parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from hypolicy.check.policy import check
from hypolicy.diagnostics.diagnostic import Collector, Place, Severity
from hypolicy.rules.amendment import Transition
from hypolicy.rules.calendar import chinese_date, day_before
from hypolicy.rules.editions import ItemEdition, benefit_named, editions_of
from hypolicy.rules.likeness import alike, same
from hypolicy.rules.tree import Edition
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.amendments.consolidate import Consolidation, Stage
    from hypolicy.rules.amendment import Amendment
    from hypolicy.rules.tree import Benefit, Ledger, Limit, Policy
    from hypolicy.source.folder import PolicyFolder

_FACTS: Final = (tree.Record, tree.Section, tree.Enum, tree.Fact)
_NOT_DECIDING: Final = (tree.Validation, tree.Notice, tree.OverlapNotice, tree.Template, tree.WorkedCase)


def with_editions(
    policy: Policy, consolidation: Consolidation, folder: PolicyFolder, collector: Collector
) -> Policy:
    """The policy with the editions before it; what is wrong in one of them is reported."""
    facts = [block for block in consolidation.reading.document.blocks if isinstance(block.head, _FACTS)]
    editions: list[Edition] = []
    after = policy
    for stage in reversed(consolidation.stages):
        before = _checked(stage, facts, folder, collector)
        if before is None:
            return policy
        ended_by = _amendments(policy, stage)
        if not _goes_on(before.ledger, policy.ledger):
            _told(collector, "HY449", ended_by[0], what="台账")
        before = _sharing(before, after, ended_by[0])
        if _decides_otherwise(before, after):
            editions.insert(0, Edition(before, ended_by))
            after = before
    amended = _with_repealed(evolve(policy, earlier=tuple(editions)))
    for benefit in amended.benefits:
        _must_have_a_date(benefit, editions_of(amended, benefit.name), collector)
    return amended


def _checked(
    stage: Stage, facts: Sequence[tree.Block], folder: PolicyFolder, collector: Collector
) -> Policy | None:
    """The rules of a stage, on the facts of the policy as it is now; only its errors are told."""
    document = stage.reading.document
    rules = [block for block in document.blocks if not isinstance(block.head, (*_FACTS, *_NOT_DECIDING))]
    found = Collector()
    policy = check(evolve(document, blocks=(*facts, *rules)), stage.reading.vocabulary, folder, found)
    errors = [diagnostic for diagnostic in found.found if diagnostic.severity is Severity.ERROR]
    collector.extend(errors)
    return None if errors else policy


def _goes_on(before: Ledger | None, after: Ledger | None) -> bool:
    """Whether entries of before can stand in the ledger of after: nothing of its order has changed."""
    if before is None or after is None:
        return before is after
    holders = {holder.name: holder.fact.name for holder in after.holders}
    kept = all(holders.get(holder.name) == holder.fact.name for holder in before.holders)
    return kept and same((before.order, before.year_date), (after.order, after.year_date))


def _amendments(policy: Policy, stage: Stage) -> tuple[Amendment, ...]:
    numbers = {document.number for document in stage.ended_by}
    return tuple(amendment for amendment in policy.amendments if amendment.number in numbers)


def _sharing(before: Policy, after: Policy, end: Amendment) -> Policy:
    """An edition whose benefits and limits are those of the next one, wherever they decide alike."""
    until = day_before(end.day) if end.transition is Transition.NEW else None

    def shared(benefit: Benefit) -> Benefit:
        later = benefit_named(after, benefit.name)
        return later if later is not None and alike(benefit, later, until) else benefit

    def shared_limit(limit: Limit) -> Limit:
        return next((later for later in after.limits if same(limit, later)), limit)

    return evolve(
        before,
        benefits=tuple(map(shared, before.benefits)),
        limits=tuple(map(shared_limit, before.limits)),
    )


def _decides_otherwise(before: Policy, after: Policy) -> bool:
    benefits = {id(benefit) for benefit in after.benefits} != {id(benefit) for benefit in before.benefits}
    return benefits or {id(limit) for limit in after.limits} != {id(limit) for limit in before.limits}


def _with_repealed(policy: Policy) -> Policy:
    """Items that are only part of earlier editions still have results: they come last."""
    names = {benefit.name for benefit in policy.benefits}
    gone: dict[str, Benefit] = {}
    for edition in reversed(policy.earlier):
        for benefit in edition.policy.benefits:
            if benefit.name not in names:
                gone.setdefault(benefit.name, evolve(benefit, repealed=True))
    return evolve(policy, benefits=(*policy.benefits, *gone.values()))


def _must_have_a_date(benefit: Benefit, editions: Sequence[ItemEdition], collector: Collector) -> None:
    for edition in editions[:-1]:
        if edition.governing is None:
            day = chinese_date(edition.begun_by[0].day)
            _told(collector, "HY446", edition.begun_by[0], name=benefit.name, day=day)
        if any(e.benefit is not None and e.benefit.record != benefit.record for e in editions):
            _told(collector, "HY449", edition.begun_by[0], what=f"「{benefit.name}」所依据的记录")


def _told(collector: Collector, code: str, amendment: Amendment, **facts: str) -> None:
    collector.report(code, Place(amendment.origin.span), **facts)
