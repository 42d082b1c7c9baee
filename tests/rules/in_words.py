"""A policy as people read it, for golden files: its rules, and what became of every record of its worked cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from hypolicy.backends.exact.cases import case_tables
from hypolicy.backends.exact.explain import Explainer
from hypolicy.rules import benefit_words as words
from hypolicy.rules.narration import narrate
from hypolicy.rules.narration_text import narrative_text
from hypolicy.rules.outcome import Settings
from hypolicy.rules.statements import Statement, condition, named_condition, phrase, readings_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules import tree
    from hypolicy.rules.statements import View


def rules_in_words(policy: tree.Policy, view: View) -> Iterator[str]:
    for benefit in policy.benefits:
        yield f"【{benefit.name}】"
        if benefit.delegated_to:
            continue
        yield f"对象：{words.people(benefit, policy, view)}"
        for one in benefit.conditions:
            yield from _lines(named_condition(one.expr, view), f"  {one.denial}：")
        for case in benefit.cases:
            for one in case.conditions:
                yield from _lines(named_condition(one.expr, view), f"  {case.name}，{one.denial}：")
            yield f"  {words_of(words.formula(benefit, case, view))}"
        yield f"  {words_of(words.amounts(benefit, view))}"
        for uplift in benefit.uplifts:
            yield from _lines(words.uplift(uplift, view), "  ")
        yield f"  {words.stacking(benefit, view)}"
        yield f"  {words.payees(benefit)}；{words.advancers(benefit)}"
    for limit in policy.limits:
        yield f"「{limit.name}」{'；'.join(words.limit_rule(rule, limit.holder, view) for rule in limit.rules)}"
    for concept in policy.concepts:
        body = concept.body
        shown = condition(body, view) if str(concept.type) == "是否" else Statement(phrase(body, view))
        yield from _lines(shown, f"「{concept.name}」")
        if readings := readings_of(body, view):
            yield f"  口径：{'、'.join(reading.name for reading in readings)}"


def _lines(statement: Statement, start: str) -> Iterator[str]:
    yield f"{start}{words_of(statement.text)}"
    for part in statement.parts:
        yield from _lines(part, f"{' ' * (len(start) - len(start.lstrip()) + 4)}")


def cases_in_words(policy: tree.Policy) -> Iterator[str]:
    """Every record of every worked case explained, with what would have to be otherwise."""
    for case in policy.cases:
        settings = Settings(case.readings, case.parameters, case_tables(policy, case))
        kind = next(kind for kind in policy.records if kind.name == case.record)
        rows = [[record.get(fact.name) for fact in kind.facts] for record in case.records]
        explainer = Explainer(policy, settings, complete=False)
        for place in range(len(rows)):
            told = narrate(explainer.explain(rows, place, kind=kind))
            yield f"# 用例「{case.name}」"
            yield narrative_text(evolve(told, remarks=told.remarks[:-1]))  # the last one is always the same
