"""An item that amendments have changed: which edition decides a record, and what the more favourable one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from hypolicy.backends.exact.assess import NOT_APPLICABLE, Assessor, BenefitAssessor, assessor
from hypolicy.backends.exact.compile import Compiler, MissingFactError
from hypolicy.rules.amendment import Transition
from hypolicy.rules.editions import editions_of
from hypolicy.rules.facts import facts_of
from hypolicy.rules.outcome import Decision, Reason, Status

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
        benefits = [edition.benefit for edition in self.editions if edition.benefit is not None]
        self.clause = benefits[0].origin.clause
        self._stages = [self._stage(edition) for edition in self.editions]

    def _stage(self, edition: ItemEdition) -> _Stage:
        # Concepts of the same name may differ between editions, so each has a compiler of its own.
        compiler = Compiler(self.settings, self.complete)
        benefit = edition.benefit
        assess = BenefitAssessor(benefit, compiler) if benefit is not None else _not_applicable
        latest = Compiler(self.settings, self.complete)
        governing = _day(edition.governing, compiler, every=True)
        return _Stage(edition, assess, governing, _day(edition.began, latest, every=False))

    def __call__(self, record: Record) -> Decision:
        try:
            stages = list(self.open_to(record))
        except MissingFactError as error:
            return Decision(Status.PENDING, 0, (Reason(error.words, self.clause),), (self.clause,))
        decisions = [self.decision(stage, record) for stage in stages]
        if len(decisions) == 1:
            return decisions[0]
        # Nothing can be called more favourable than what is not known.
        pending = next((one for one in decisions if one.status is Status.PENDING), None)
        best = pending or max(decisions, key=lambda one: one.fen)
        return evolve(best, others=tuple(one for one in decisions if one is not best))

    def open_to(self, record: Record) -> Iterator[_Stage]:
        """The editions that a record falls under, the latest first; several where the more favourable one decides."""
        for stage in self._stages[:-1]:
            governed = stage.governing(record)
            if governed is not None and governed < stage.day:
                continue
            began = stage.began(record)
            if stage.transition is Transition.NEW or began is None or began >= stage.day:
                yield stage
                return
            if stage.transition is Transition.BETTER:
                yield stage
        yield self._stages[-1]

    def decision(self, stage: _Stage, record: Record) -> Decision:
        return evolve(stage.assess(record), edition=stage.edition.back)


def _day(expr: Expr | None, compiler: Compiler, *, every: bool) -> Callable[[Record], date | None]:
    """A date of the record; None where no fact gives it, though a fact that every record has is then missing.

    With `every` that too is None: what needs the date will say that it is missing.
    """
    if expr is None:
        return lambda record: None
    function = compiler.function(expr)
    may_lack = every or all(fact.optional for fact in facts_of(expr).values())

    def day(record: Record) -> date | None:
        try:
            found: date | None = function(record, None)
        except MissingFactError:
            if may_lack:
                return None
            raise
        return found

    return day


def _not_applicable(record: Record) -> Decision:
    return NOT_APPLICABLE


def item_assessor(policy: Policy, benefit: Benefit, compiler: Compiler) -> Assessor:
    """A function from a record to the decision on an item, before the ledger, whichever edition of it decides."""
    editions = editions_of(policy, benefit.name)
    if len(editions) == 1:
        return assessor(benefit, compiler)
    return EditionsAssessor(editions, compiler.settings, compiler.complete)
