"""From a record that a search has found to one that a person can read: as plain as can be, and what matters of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve

from hypolicy.backends.exact.explain import Explainer
from hypolicy.rules.difference import Example, Outcome, Sample
from hypolicy.rules.facts import facts_in
from hypolicy.rules.outcome import Decision, Status
from hypolicy.rules.trace import Absence, Known
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hypolicy.difference.judge import Judge
    from hypolicy.difference.question import Found
    from hypolicy.difference.side import Readings, Side
    from hypolicy.rules import tree
    from hypolicy.rules.trace import Trace

_FAR: Final = timedelta(days=3650)
OTHER: Final = "（其他）"
ABSENT: Final = Decision(Status.NOT_APPLICABLE, 0, (), ())


@define
class ExampleMaker:
    """Examples for one item; `focus` are facts that only one of the two versions reads."""

    kind: tree.RecordKind
    judge: Judge
    found: Found
    focus: frozenset[str]

    def record(self) -> list[Any]:
        """The record with every fact at its plainest that does not have to be otherwise."""
        record = list(self.found.record)
        for fact in self.kind.facts:
            if fact == self.kind.key:
                continue
            for value in _plain(fact):
                before, record[fact.index] = record[fact.index], value
                if self.alike(record):
                    break
                record[fact.index] = before
        return record

    def alike(self, record: Sequence[Any]) -> bool:
        """Whether a record shows the same difference."""
        if self.judge.aspect(record) is not self.found.aspect:
            return False
        return self.outcomes(record) == self.outcomes(self.found.record)

    def outcomes(self, record: Sequence[Any]) -> list[tuple[Any, ...]]:
        told = self.judge.decisions(record)
        return [(one.status, one.fen, one.reasons, one.clauses) for one in told]

    def matters(self, record: Sequence[Any]) -> list[tree.Fact]:
        """The facts that the example rests on: with another value, it would come to something else."""
        here = self.outcomes(record)
        read = {fact.name for item in self.judge.items for fact in facts_in(item)}
        return [
            fact
            for fact in self.kind.facts
            if fact.name in read
            and (record[fact.index] not in (False, None) or fact.name in self.focus)
            and any(self.otherwise(record, fact, value, here) for value in _others(fact, record[fact.index]))
        ]

    def otherwise(
        self, record: Sequence[Any], fact: tree.Fact, value: Any, here: list[tuple[Any, ...]]
    ) -> bool:
        changed = list(record)
        changed[fact.index] = value
        if self.judge.aspect(changed) is not self.found.aspect:
            return True
        return self.outcomes(changed) != here


def sample(kind: tree.RecordKind, record: Sequence[Any], shown: Iterable[tree.Fact]) -> Sample:
    names = {fact.name for fact in shown}
    whole = tuple(known(fact, record[fact.index]) for fact in kind.facts)
    return Sample(known(kind.key, record[kind.key.index]), tuple(k for k in whole if k.name in names), whole)


def known(fact: tree.Fact, value: Any) -> Known:
    return Known(fact.name, Absence.NOT_GIVEN if value is None else value, fact.type)


def outcome(
    side: Side, item: str, records: Sequence[Sequence[Any]], kind: tree.RecordKind, readings: Readings
) -> Outcome:
    """What the last of these records gets of an item, and how; an item that is not there applies to nothing."""
    benefit = side.benefit(item)
    if benefit is None:
        return of_decision(ABSENT)
    explainer = Explainer(side.policy, side.settings(readings))
    told: Trace = explainer.explain(records, len(records) - 1, kind=kind, nearest=False)
    traced = next(one for one in told.items if one.item == benefit.name)
    return evolve(of_decision(traced.decision), explanation=told)


def of_decision(decision: Decision) -> Outcome:
    fen = decision.fen if decision.status is Status.GRANTED else None
    reasons = tuple(reason.text for reason in decision.reasons)
    return Outcome(decision.status.value, fen, reasons, decision.clauses)


def example(
    maker: ExampleMaker, item: str, sides: tuple[Side, Side], alone: Side, notes: Sequence[str] = ()
) -> Example:
    """The record that was found under both policies; and with the single change, where that is something else."""
    record, readings = maker.record(), maker.found.readings
    before, after = (outcome(side, item, [record], maker.kind, readings) for side in sides)
    by_itself = of_decision(maker.judge.decisions(record)[1])
    return Example(
        item,
        maker.found.aspect,
        changed_readings(alone, readings),
        (sample(maker.kind, record, maker.matters(record)),),
        before,
        after,
        None if same_outcome(by_itself, after) else by_itself,
        tuple(notes),
    )


def changed_readings(side: Side, readings: Readings) -> tuple[tuple[str, str], ...]:
    """The readings that are not at their default."""
    return tuple((name, o) for name, o in sorted(readings.items()) if side.defaults.get(name) != o)


def same_outcome(first: Outcome, second: Outcome) -> bool:
    """The same result; of what is not granted, for the same reasons."""
    reasons = first.fen is not None or first.reasons == second.reasons
    return (first.status, first.fen) == (second.status, second.fen) and reasons


def _plain(fact: tree.Fact) -> Iterator[Any]:
    """Values that say as little as can be, the best first."""
    if fact.optional:
        yield None
    match fact.type:
        case BoolType():
            yield False
        case EnumType(labels=labels):
            yield labels[0]
        case NumberType():
            yield 1
        case IdentifierType():
            yield "1"
        case DateType():
            pass
        case _:
            yield OTHER


def _others(fact: tree.Fact, value: Any) -> Iterator[Any]:
    """Values that are far from the present one."""
    if fact.optional and value is not None:
        yield None
    match fact.type:
        case BoolType():
            yield not value
        case EnumType(labels=labels):
            yield from (label for label in labels if label != value)
        case NumberType() if value is not None:
            yield from (0, value * 10 + 100)
        case DateType() if value is not None:
            yield from (value + _FAR, value - _FAR)
        case NumberType() | DateType():
            pass
        case _:
            yield f"{OTHER}＋"
