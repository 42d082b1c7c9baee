"""Worked cases as stories: who came with what, what came of it, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.backends.pages.addresses import anchor
from hypolicy.rules import trace
from hypolicy.rules.facts import facts_in
from hypolicy.rules.narration import narrate_item
from hypolicy.rules.outcome import Status
from hypolicy.rules.phrases import fen_in_yuan, value_text
from hypolicy.rules.types import BoolType, IdentifierType
from hypolicy.rules.wording import truth_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.rules.outcome import Decision, Settings
    from hypolicy.rules.stories import Story, ToldRecord
    from hypolicy.rules.tree import Fact, Policy, RecordKind, Value, WorkedCase
    from hypolicy.rules.wording import Line

TONES: Final[dict[Status, str]] = {
    Status.GRANTED: "granted",
    Status.DENIED: "denied",
    Status.PENDING: "pending",
    Status.NOT_APPLICABLE: "apart",
    Status.MET: "granted",
    Status.UNMET: "denied",
}
_NAMES: Final = "甲乙丙丁戊己庚辛壬癸"


@frozen
class Circumstance:
    """A fact of a story. `value` is empty where the name says it all."""

    name: str
    value: str


@frozen
class Result:
    """What came of one item, and step by step how. `trace` is None for what is no item: a check or a computation."""

    item: str
    status: str
    tone: str
    amount: str
    reason: str
    steps: tuple[Line, ...]
    trace: trace.ItemTrace | None


@frozen
class StoryRecord:
    """One record, with what is its own among several."""

    label: str
    own: tuple[Circumstance, ...]
    results: tuple[Result, ...]


@frozen
class StoryPage:
    """A case on a page: what all records share, and each of them. `assumed` are readings and values of its own."""

    case: WorkedCase
    settings: Settings
    place: str
    assumed: tuple[str, ...]
    illustrative: tuple[str, ...]
    shared: tuple[Circumstance, ...]
    records: tuple[StoryRecord, ...]

    @property
    def name(self) -> str:
        return self.case.name

    @property
    def plain(self) -> bool:
        """Whether it is told under the readings and values that the policy itself takes."""
        return not (self.case.readings or self.case.parameters)


def story_page(policy: Policy, story: Story) -> StoryPage:
    case = story.case
    kind = next(kind for kind in policy.records if kind.name == case.record)
    facts = _telling(policy, kind, story)
    shared = [
        fact for fact in facts if len({case_value(case, i, fact) for i in range(len(case.records))}) == 1
    ]
    own = [fact for fact in facts if fact not in shared]
    values = {
        p.name: value_text(case.parameters[p.name], p.type)
        for p in policy.parameters
        if p.name in case.parameters
    }
    records = tuple(
        StoryRecord(
            _label(place, len(story.records)),
            tuple(_differing(fact, case_value(case, place, fact)) for fact in own),
            tuple(_results(told, [one.item for one in case.expected[place]])),
        )
        for place, told in enumerate(story.records)
    )
    return StoryPage(
        case,
        story.settings,
        anchor(case.name),
        (
            *(f"口径「{name}」取「{option}」" for name, option in case.readings.items()),
            *(f"{name}按{value}" for name, value in values.items()),
        ),
        illustrative_tables(story),
        tuple(_shared(shared, case.records[0])),
        records,
    )


def illustrative_tables(story: Story) -> tuple[str, ...]:
    """The tables without official data on which something in the story rests."""
    used = (
        step.table
        for told in story.records
        for item in told.trace.items
        for outer in trace.steps_of(item)
        for step in trace.walk(outer)
        if isinstance(step, trace.Lookup | trace.InTable)
        and step.version is not None
        and step.version.illustrative
    )
    return tuple(dict.fromkeys(used))


def case_value(case: WorkedCase, place: int, fact: Fact) -> Value | None:
    return case.records[place].get(fact.name)


def _telling(policy: Policy, kind: RecordKind, story: Story) -> list[Fact]:
    """The facts that a reader needs: those that the items told of read, and those that the ledger goes by."""
    wanted = {one.item for expected in story.case.expected for one in expected}
    read: set[Fact] = set()
    for benefit in policy.benefits:
        if benefit.name in wanted:
            read.update(facts_in(benefit))
    if policy.ledger is not None and len(story.records) > 1:
        read.update(fact for fact in policy.ledger.order if not isinstance(fact.type, IdentifierType))
    if not read:
        read.update(kind.facts)
    return [fact for fact in kind.facts if fact in read and fact != kind.key and not fact.personal]


def _shared(facts: Sequence[Fact], record: dict[str, Value]) -> Iterable[Circumstance]:
    """What is the case; what is not, goes without saying."""
    for fact in facts:
        value = record.get(fact.name)
        if isinstance(fact.type, BoolType):
            if value is True:
                yield Circumstance(fact.name, "")
        elif value is not None:
            yield Circumstance(fact.name, value_text(value, fact.type))


def _differing(fact: Fact, value: Value | None) -> Circumstance:
    if value is None:
        return Circumstance(f"没有{fact.name}", "")
    if isinstance(fact.type, BoolType):
        return Circumstance(truth_text(fact.name, value is True), "")
    return Circumstance(fact.name, value_text(value, fact.type))


def _label(place: int, count: int) -> str:
    if count == 1:
        return ""
    return _NAMES[place] if place < len(_NAMES) else f"第{place + 1}"


def _results(record: ToldRecord, wanted: Sequence[str]) -> Iterable[Result]:
    """The items that the case speaks of, and any other that is paid or waits."""
    for item in record.trace.items:
        if item.item in wanted or item.decision.status in (Status.GRANTED, Status.PENDING):
            told = narrate_item(item)
            reason = told.headline.partition("：")[2] if told.status is not Status.GRANTED else ""
            # The last step says the result again.
            steps = told.steps[:-1]
            yield Result(
                item.item,
                told.status.value,
                TONES[told.status],
                told.amount,
                reason.rstrip("。"),
                steps,
                item,
            )
    for name, decision in record.figures.items():
        if name in wanted:
            yield _figure(name, decision)


def _figure(name: str, decision: Decision) -> Result:
    if decision.status is Status.GRANTED:
        return Result(name, "算得", "apart", fen_in_yuan(decision.fen), "", (), None)
    reason = "" if decision.status is Status.MET else decision.reason_text
    return Result(name, decision.status.value, TONES[decision.status], "", reason, (), None)
