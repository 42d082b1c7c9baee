"""What two policies say to one record, by the exact evaluator; and in what they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from hypolicy.backends.exact.assess import assessor
from hypolicy.backends.exact.compile import Compiler
from hypolicy.rules.difference import Aspect
from hypolicy.rules.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.backends.exact.assess import Assessor
    from hypolicy.backends.exact.compile import Function
    from hypolicy.difference.side import Readings, Side
    from hypolicy.rules import tree
    from hypolicy.rules.normal_form import Forms
    from hypolicy.rules.outcome import Decision


@define
class Judge:
    """Two items under one choice of readings."""

    sides: tuple[Side, Side]
    items: tuple[tree.Benefit, tree.Benefit]
    readings: Readings
    assessors: tuple[Assessor, Assessor] = field(init=False)
    valid: list[Function] = field(init=False)
    texts: tuple[dict[str, object], dict[str, object]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        compilers = [Compiler(side.settings(self.readings)) for side in self.sides]
        first, second = (assessor(item, c) for item, c in zip(self.items, compilers, strict=True))
        self.assessors = (first, second)
        self.valid = [
            compiler.function(validation.condition)
            for side, compiler, item in zip(self.sides, compilers, self.items, strict=True)
            for kind in side.policy.records
            if kind.name == item.record
            for validation in kind.validations
        ]
        one, other = (unworded(side.forms, item) for side, item in zip(self.sides, self.items, strict=True))
        self.texts = (one, other)

    def decisions(self, record: Sequence[Any]) -> tuple[Decision, Decision]:
        """What a record gets by itself, when nothing has been granted before."""
        first, second = (
            _capped(assess(record), item) for assess, item in zip(self.assessors, self.items, strict=True)
        )
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


def _capped(decision: Decision, item: tree.Benefit) -> Decision:
    """A cap that runs over a period leaves a first payment what it would leave each."""
    if item.cap is None:
        return decision
    return evolve(decision, fen=min(decision.fen, (item.cap.amount * 100).numerator))


def unworded(forms: Forms, item: tree.Benefit) -> dict[str, object]:
    """Reasons that the author has not worded, with the forms of what they are about."""
    groups = [item.conditions, *(case.conditions for case in item.cases)]
    out: dict[str, object] = {
        condition.denial: forms.truth(condition.expr)
        for group in groups
        for condition in group
        if not condition.worded
    }
    for gate in item.pending:
        text = f"{gate.name}：{gate.ground}" if gate.ground else gate.name
        out[text] = (forms.truth(gate.condition), gate.ground)
    return out
