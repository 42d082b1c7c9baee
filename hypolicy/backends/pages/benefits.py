"""An item on a page: who, on what conditions, how much, how often, with an example worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.backends.pages.diagram import Diagram, diagram
from hypolicy.rules import benefit_words as words
from hypolicy.rules import trace
from hypolicy.rules.facts import expressions_of
from hypolicy.rules.narration import PLACE_WORDS
from hypolicy.rules.outcome import Status
from hypolicy.rules.phrases import listed
from hypolicy.rules.readings import once, readings_beside, readings_of_limit
from hypolicy.rules.statements import Statement, condition, named_condition, readings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.backends.pages.cases import Result, StoryPage
    from hypolicy.rules import tree
    from hypolicy.rules.statements import Text, View


@frozen
class ConditionPage:
    """What has to be the case, what a refusal for want of it says, and on which clause it rests."""

    told: Statement
    denial: str
    clause: str
    readings: tuple[tree.Reading, ...]


@frozen
class CasePage:
    """情形: its conditions, and what it pays in words and as a formula."""

    name: str
    conditions: tuple[ConditionPage, ...]
    amount: Text
    formula: Text


@frozen
class LimitPage:
    """A limit, and the items `of` which it speaks: those that are decided here."""

    name: str
    of: str
    clause: str
    sentences: tuple[str, ...]
    readings: tuple[tree.Reading, ...]


@frozen
class RowUsed:
    table: str
    version: trace.VersionUsed
    keys: tuple[str, ...]


@frozen
class Example:
    """A worked case of which the item is granted, and the rows of tables that it has used."""

    story: StoryPage
    result: Result
    rows: tuple[RowUsed, ...]


@frozen
class BenefitPage:
    benefit: tree.Benefit
    people: str
    amounts: Text
    applies: Statement | None
    pending: tuple[tuple[Statement, tree.Gate], ...]
    conditions: tuple[ConditionPage, ...]
    cases: tuple[CasePage, ...]
    uplifts: tuple[Statement, ...]
    stacking: str
    cap: str
    rounding: str
    limits: tuple[LimitPage, ...]
    readings: tuple[tree.Reading, ...]
    payees: str
    advancers: str
    examples: tuple[Example, ...]

    @property
    def name(self) -> str:
        return self.benefit.name

    @property
    def diagram(self) -> Diagram:
        return diagram(self)


def benefit_page(
    benefit: tree.Benefit, policy: tree.Policy, view: View, stories: Sequence[StoryPage]
) -> BenefitPage:
    return BenefitPage(
        benefit,
        words.people(benefit, policy, view),
        words.amounts(benefit, view),
        None if benefit.applies is None else condition(benefit.applies, view),
        tuple((condition(gate.condition, view), gate) for gate in benefit.pending),
        tuple(_condition(one, view) for one in benefit.conditions),
        tuple(
            CasePage(
                case.name,
                tuple(_condition(one, view) for one in case.conditions),
                words.amount(case.amount, view),
                words.formula(benefit, case, view),
            )
            for case in benefit.cases
        ),
        tuple(words.uplift(one, view) for one in benefit.uplifts),
        words.stacking(benefit, view),
        words.cap(benefit.cap, view) if benefit.cap is not None else "",
        f"取整到{PLACE_WORDS[benefit.rounding.place]}，{benefit.rounding.mode.value}"
        if benefit.rounding
        else "",
        tuple(limit_page(limit, policy, view) for limit in limits_of(benefit, policy, view)),
        benefit_readings(benefit, policy, view),
        words.payees(benefit),
        words.advancers(benefit),
        tuple(examples(benefit, stories)),
    )


def _condition(one: tree.Condition, view: View) -> ConditionPage:
    return ConditionPage(
        named_condition(one.expr, view), one.denial, one.origin.clause, readings_of(one.expr, view)
    )


def limits_of(benefit: tree.Benefit, policy: tree.Policy, view: View) -> Iterator[tree.Limit]:
    """The limits that count it; one that other rules decide is not counted here."""
    if not benefit.delegated_to:
        yield from (limit for limit in policy.limits if benefit.name in view.settings.members(limit.group))


def limit_page(limit: tree.Limit, policy: tree.Policy, view: View) -> LimitPage:
    members = view.settings.members(limit.group)
    decided = [b.name for b in policy.benefits if b.name in members and not b.delegated_to]
    sentences = tuple(words.limit_rule(rule, limit.holder, view) for rule in limit.rules)
    return LimitPage(
        limit.name,
        listed(decided) or limit.group.name,
        limit.origin.clause,
        sentences,
        tuple(once(readings_of_limit(limit))),
    )


def benefit_readings(benefit: tree.Benefit, policy: tree.Policy, view: View) -> tuple[tree.Reading, ...]:
    """Every reading on which the item rests."""
    found = [reading for expr in expressions_of(benefit) for reading in readings_of(expr, view)]
    found += readings_beside(benefit)
    found += [reading for limit in limits_of(benefit, policy, view) for reading in readings_of_limit(limit)]
    return tuple(once(found))


def examples(benefit: tree.Benefit, stories: Sequence[StoryPage]) -> Iterator[Example]:
    """For each case of the item the first story of one record, told as the policy itself reads, that is granted."""
    wanted = [case.name for case in benefit.cases]
    for story in stories:
        if not story.plain or len(story.records) > 1:
            continue
        for result in story.records[0].results:
            item = result.trace
            if item is None or item.item != benefit.name or item.amount is None:
                continue
            if item.decision.status is Status.GRANTED and item.amount.case in wanted:
                wanted.remove(item.amount.case)
                yield Example(story, result, tuple(_rows_used(item)))


def _rows_used(item: trace.ItemTrace) -> Iterator[RowUsed]:
    for outer in trace.steps_of(item):
        for step in trace.walk(outer):
            if isinstance(step, trace.Lookup) and step.version and not isinstance(step.value, trace.Absence):
                yield RowUsed(step.table, step.version, tuple(str(key.value) for key in step.keys))
