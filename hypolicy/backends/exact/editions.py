"""An item that amendments have changed: which edition decides a record, and what the more favourable one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from hypolicy.backends.exact.assess import NOT_APPLICABLE, Assessor, BenefitAssessor, assessor
from hypolicy.backends.exact.compile import Compiler, MissingFactError
from hypolicy.rules import trace
from hypolicy.rules.amendment import Transition
from hypolicy.rules.editions import editions_of
from hypolicy.rules.facts import facts_of, is_given
from hypolicy.rules.outcome import Decision, Reason, Status
from hypolicy.rules.trace import Fall
from hypolicy.rules.types import DATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from hypolicy.backends.exact.compile import Record
    from hypolicy.rules.editions import ItemEdition
    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Benefit, Expr, Policy


@frozen
class _Stage:
    """One edition of the item, with what tells whether a record falls under it or an earlier one."""

    edition: ItemEdition
    assess: Assessor
    governing: Callable[[Record], date | None]
    began: Callable[[Record], date | None]

    @property
    def day(self) -> date:
        return self.edition.begun_by[0].day

    @property
    def transition(self) -> Transition:
        return self.edition.begun_by[0].transition


@define
class EditionsAssessor:
    """An item with several editions, the latest first."""

    editions: Sequence[ItemEdition]
    settings: Settings
    complete: bool
    clause: str = field(init=False)
    _stages: list[_Stage] = field(init=False)

    def __attrs_post_init__(self) -> None:
        compiler = Compiler(self.settings, self.complete)
        benefits = [edition.benefit for edition in self.editions if edition.benefit is not None]
        self.clause = benefits[0].origin.clause
        self._stages = [_stage(edition, compiler) for edition in self.editions]

    def __call__(self, record: Record) -> Decision:
        try:
            stages = [stage for stage, fall in self.walk(record) if fall in (Fall.AFTER, Fall.BOTH)]
        except MissingFactError as error:
            return self.whatever_day(record, error)
        decisions = [self.decision(stage, record) for stage in stages]
        if len(decisions) == 1:
            return decisions[0]
        # Nothing can be called more favourable than what is not known.
        pending = next((one for one in decisions if one.status is Status.PENDING), None)
        best = pending or max(decisions, key=lambda one: one.fen)
        return evolve(best, others=tuple(one for one in decisions if one is not best))

    def whatever_day(self, record: Record, missing: MissingFactError) -> Decision:
        """Where a date that chooses the edition is missing: what every edition refuses is refused."""
        decisions = [self.decision(stage, record) for stage in self._stages]
        for refusal in (Status.DENIED, Status.NOT_APPLICABLE):
            if all(decision.status is refusal for decision in decisions):
                return decisions[0]
        return Decision(Status.PENDING, 0, (Reason(missing.words, self.clause),), (self.clause,))

    def walk(self, record: Record) -> Iterator[tuple[_Stage, Fall]]:
        """Each edition from the latest on, and on which side of its beginning the record falls.

        The last one is that behind whose beginning it falls; so is each one of which it takes the better.
        """
        for stage in self._stages[:-1]:
            governed = stage.governing(record)
            if governed is not None and governed < stage.day:
                yield stage, Fall.BEFORE
                continue
            began = stage.began(record)
            if stage.transition is Transition.NEW or began is None or began >= stage.day:
                yield stage, Fall.AFTER
                return
            yield stage, Fall.BOTH if stage.transition is Transition.BETTER else Fall.KEEPS
        yield self._stages[-1], Fall.AFTER

    def told(self, record: Record) -> Iterator[trace.AmendmentUsed]:
        """What an explanation says of the amendments of the item."""
        walked = list(self.walk(record))
        for place, (stage, fall) in enumerate(walked):
            edition = stage.edition
            if not edition.begun_by:
                return
            side, last = walked[place] if fall is Fall.AFTER else walked[place + 1]
            asked = fall in (Fall.KEEPS, Fall.BOTH)
            yield trace.AmendmentUsed(
                tuple(amendment.number for amendment in edition.begun_by),
                stage.day,
                edition.back,
                fall,
                _shown(edition.governing, stage.governing(record)),
                _known(edition.began, stage.began(record)) if asked and edition.began is not None else None,
                fall is not Fall.BOTH and last is Fall.AFTER and side.edition.benefit is None,
            )

    def decision(self, stage: _Stage, record: Record) -> Decision:
        return evolve(stage.assess(record), edition=stage.edition.back)


def _stage(edition: ItemEdition, compiler: Compiler) -> _Stage:
    assess = BenefitAssessor(edition.benefit, compiler) if edition.benefit is not None else _not_applicable
    return _Stage(edition, assess, _day(edition.governing, compiler), _day(edition.began, compiler))


def _day(expr: Expr | None, compiler: Compiler) -> Callable[[Record], date | None]:
    """A date of the record; None where there is none, because the optional facts that tell it are said not to be."""
    if expr is None:
        return lambda record: None
    function, facts = compiler.function(expr), tuple(facts_of(expr).values())

    def day(record: Record) -> date | None:
        try:
            found: date | None = function(record, None)
        except MissingFactError:
            lacking = [fact for fact in facts if not is_given(record[fact.index])]
            if all(fact.optional and record[fact.index] is None for fact in lacking):
                return None
            raise
        return found

    return day


def _shown(expr: Expr | None, day: date | None) -> trace.Result:
    """A date of the record, unless it could tell what is personal."""
    if expr is None or day is None:
        return trace.Absence.NOT_GIVEN
    return trace.Absence.HIDDEN if any(fact.personal for fact in facts_of(expr).values()) else day


def _known(expr: Expr, day: date | None) -> trace.Known:
    return trace.Known(expr.origin.text, _shown(expr, day), DATE)


def _not_applicable(record: Record) -> Decision:
    return NOT_APPLICABLE


def item_assessor(policy: Policy, benefit: Benefit, compiler: Compiler) -> Assessor:
    """A function from a record to the decision on an item, before the ledger, whichever edition of it decides."""
    editions = editions_of(policy, benefit.name)
    if len(editions) == 1:
        return assessor(benefit, compiler)
    return EditionsAssessor(editions, compiler.settings, compiler.complete)
