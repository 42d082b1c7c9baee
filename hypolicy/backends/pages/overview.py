"""The pages that look over the whole policy: what it offers, what has changed, its readings, its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.backends.pages.benefits import benefit_readings
from hypolicy.rules.editions import policies
from hypolicy.rules.phrases import listed, value_text, yuan_text
from hypolicy.rules.statements import Statement, condition, phrase
from hypolicy.rules.types import BOOL, BoolType, EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from hypolicy.backends.pages.cases import StoryPage
    from hypolicy.backends.pages.clauses import ClausePage
    from hypolicy.backends.pages.matter import Cost, Simulated
    from hypolicy.rules import tree
    from hypolicy.rules.statements import View


@frozen
class SharedLine:
    """A condition that several items share, with its clause."""

    told: Statement
    clause: str


def common_conditions(pages: Sequence[ClausePage]) -> tuple[SharedLine, ...]:
    return tuple(SharedLine(one.told, page.number) for page in pages for one in page.shared if not one.ground)


def left_to_others(pages: Sequence[ClausePage]) -> tuple[SharedLine, ...]:
    """Whom other rules decide about."""
    return tuple(SharedLine(one.told, page.number) for page in pages for one in page.shared if one.ground)


@frozen
class StandardChange:
    """A day on which a parameter became another."""

    day: date
    name: str
    before: str
    after: str


def standard_changes(policy: tree.Policy) -> tuple[StandardChange, ...]:
    """Every change of a parameter within the term, the latest first."""
    found = [
        StandardChange(
            later.period.start,
            parameter.name,
            value_text(earlier.value, parameter.type),
            value_text(later.value, parameter.type),
        )
        for parameter in policy.parameters
        for earlier, later in zip(parameter.versions, parameter.versions[1:], strict=False)
        if later.period.start in policy.term
    ]
    return tuple(sorted(found, key=lambda change: change.day, reverse=True))


@frozen
class ReadingPage:
    """A 口径: which items rest on it, the worked cases that take it otherwise, and what other options would cost."""

    reading: tree.Reading
    benefits: tuple[str, ...]
    stories: tuple[StoryPage, ...]
    prices: dict[str, str]


def readings(policy: tree.Policy) -> tuple[tree.Reading, ...]:
    """Those of the policy, then those that only its earlier editions have."""
    every = [reading for stood in policies(policy) for reading in stood.readings]
    return tuple({reading.name: reading for reading in reversed(every)}.values())[::-1]


def open_readings(
    policy: tree.Policy, view: View, pages: Sequence[ClausePage], simulated: Simulated | None
) -> Iterator[ReadingPage]:
    resting = {b.name: {r.name for r in benefit_readings(b, policy, view)} for b in policy.benefits}
    stories = [story for page in pages for story in page.stories]
    for reading in readings(policy):
        if not reading.fixed:
            yield ReadingPage(
                reading,
                tuple(name for name, rests in resting.items() if reading.name in rests),
                tuple(story for story in stories if reading.name in story.case.readings),
                {
                    cost.option: _price(cost)
                    for cost in (simulated.prices if simulated is not None else ())
                    if cost.reading == reading.name
                },
            )


def _price(cost: Cost) -> str:
    if not cost.yuan and not cost.payments:
        return "支出不变"
    way = "多支出" if cost.yuan > 0 else "少支出"
    money = f"{way}{yuan_text(abs(cost.yuan))}" if cost.yuan else "支出不变"
    people = f"，{'多' if cost.payments > 0 else '少'}{abs(cost.payments):,}人次" if cost.payments else ""
    return f"{money}{people}"


@frozen
class TermPage:
    """A word of the rules, and what it stands for."""

    name: str
    clause: str
    told: Statement


def terms(policy: tree.Policy, view: View) -> tuple[TermPage, ...]:
    """The concepts of the policy, then those that only its earlier editions have."""
    every = [concept for stood in policies(policy) for concept in stood.concepts]
    concepts = tuple({concept.name: concept for concept in reversed(every)}.values())[::-1]
    return tuple(
        TermPage(
            concept.name,
            concept.origin.clause,
            condition(concept.body, view) if concept.type == BOOL else Statement(phrase(concept.body, view)),
        )
        for concept in concepts
    )


@frozen
class FactLine:
    name: str
    words: str


@frozen
class FactSection:
    name: str
    facts: tuple[FactLine, ...]


def fact_sections(policy: tree.Policy) -> tuple[FactSection, ...]:
    """What records say, section by section of the vocabulary."""
    found: dict[str, list[FactLine]] = {}
    for kind in policy.records:
        for fact in kind.facts:
            found.setdefault(fact.group or kind.name, []).append(FactLine(fact.name, _of_fact(fact)))
    return tuple(FactSection(name, tuple(facts)) for name, facts in found.items())


def _of_fact(fact: tree.Fact) -> str:
    match fact.type:
        case EnumType(labels=labels):
            told = f"填{listed(labels)}之一"
        case BoolType():
            told = "填是或者否"
        case NumberType(unit=unit) as kind:
            told = f"填{'整数，' if kind.whole else ''}单位是{unit}"
        case _:
            told = f"填{fact.type}"
    absent = (
        f"；可以不填（{fact.absent_meaning}）"
        if fact.absent_meaning
        else ("；可以不填" if fact.optional else "")
    )
    note = f"{fact.note.rstrip('。')}。" if fact.note else ""
    return f"{note}{told}{absent}。"
