"""What two policies say to one record, by the exact evaluator; and in what they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, field

from hypolicy.backends.exact.assess import NOT_APPLICABLE
from hypolicy.backends.exact.compile import Compiler
from hypolicy.backends.exact.editions import item_assessor
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.ledger import Ledger
from hypolicy.difference.courses import courses
from hypolicy.rules.difference import Aspect
from hypolicy.rules.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.backends.exact.assess import Assessor
    from hypolicy.backends.exact.compile import Function
    from hypolicy.difference.side import Readings, Side
    from hypolicy.rules import tree
    from hypolicy.rules.normal_form import Forms
    from hypolicy.rules.outcome import Decision


@define
class Judge:
    """Two items under one choice of readings, each as its whole policy decides it of a record by itself.

    Items of one record may share a limit, so that one of them uses up what the other needs.
    """

    sides: tuple[Side, Side]
    items: tuple[tree.Benefit, tree.Benefit]
    readings: Readings
    deciders: list[Assessor] = field(init=False)
    valid: list[Function] = field(init=False)
    texts: list[dict[str, object]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        pairs = list(zip(self.sides, self.items, strict=True))
        self.deciders = [self.decider(side, item) for side, item in pairs]
        self.valid = [
            Compiler(side.settings(self.readings)).function(validation.condition)
            for side, item in pairs
            for kind in side.policy.records
            if kind.name == item.record
            for validation in kind.validations
        ]
        self.texts = [
            dict(
                text for course in courses(side.policy, item) for text in unworded(side.forms, course.benefit)
            )
            for side, item in pairs
        ]

    def decider(self, side: Side, item: tree.Benefit) -> Assessor:
        policy, settings = side.policy, side.settings(self.readings)
        place = next((i for i, one in enumerate(policy.benefits) if one.name == item.name), None)
        if place is None:
            return lambda record: NOT_APPLICABLE
        if item.name not in Ledger(policy, Compiler(settings)).items:
            return item_assessor(policy, policy.benefits[place], Compiler(settings))
        evaluator = Evaluator(policy, settings)
        return lambda record: evaluator.decide([record], record=item.record).rows[0][place]

    def decisions(self, record: Sequence[Any]) -> tuple[Decision, Decision]:
        """What a record gets by itself, when nothing has been granted before."""
        first, second = (decide(record) for decide in self.deciders)
        return first, second

    def aspect(self, record: Sequence[Any]) -> Aspect | None:
        """In what the decisions on a sound record differ; None where they are the same, or the record is faulty."""
        try:
            if not all(holds(record, None) for holds in self.valid):
                return None
            first, second = self.decisions(record)
        except (
            Exception
        ):  # a record made up for conditions that nobody could see through may lack what it needs
            return None
        if first.status is not second.status:
            return Aspect.RESULT
        if first.fen != second.fen:
            return Aspect.AMOUNT
        if first.status is not Status.GRANTED and self.reasons(first, 0) != self.reasons(second, 1):
            return Aspect.REASON
        return Aspect.CLAUSE if set(first.clauses) != set(second.clauses) else None

    def reasons(self, decision: Decision, side: int) -> frozenset[object]:
        """The reasons, those that are made of names by what they mean."""
        texts = [reason.text for reason in decision.reasons]
        texts = [text.partition("」：")[2] if text.startswith("情形「") else text for text in texts]
        return frozenset(self.texts[side].get(text, text) for text in texts)


def unworded(forms: Forms, item: tree.Benefit) -> Iterator[tuple[str, object]]:
    """Reasons that the author has not worded, with the forms of what they are about."""
    groups = [item.conditions, *(case.conditions for case in item.cases)]
    for condition in (condition for group in groups for condition in group):
        if not condition.worded:
            yield condition.denial, forms.truth(condition.expr)
    for gate in item.pending:
        text = f"{gate.name}：{gate.ground}" if gate.ground else gate.name
        yield text, (forms.truth(gate.condition), gate.ground)
