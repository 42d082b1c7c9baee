"""Every pair of cases and of uplifts of a policy: whether both can hold, and what has been decided for when they do.

The checker tells only what is wrong; this tells everything that it has proved.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.proof.overlaps import Overlaps, told_uplift
from hypolicy.proof.search import Verdict
from hypolicy.rules import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.proof.overlaps import Questions
    from hypolicy.proof.search import Answer

_SAME: Final = "同时成立时金额相同"


@frozen
class Pair:
    """Two cases or two uplifts of a benefit. `example` is a record on which both hold, in words; empty without one.

    `unseen` are the words that no proof could see through; `decision` is what the author has decided for both.
    """

    clause: str
    benefit: str
    first: str
    second: str
    verdict: Verdict
    example: str = ""
    unseen: tuple[str, ...] = ()
    decision: str = ""


def pairs(policy: tree.Policy) -> list[Pair]:
    """All pairs of a policy without errors, in the order of its rules."""
    overlaps = Overlaps(policy, Collector())
    return [
        pair
        for benefit in policy.benefits
        if not benefit.delegated_to
        for pair in (*_cases(overlaps.of(benefit)), *_uplifts(overlaps.of(benefit)))
    ]


def _cases(questions: Questions) -> Iterator[Pair]:
    for first, second in combinations(questions.benefit.cases, 2):
        answer, _ = questions.both_cases(first, second, apart=False)
        decision = "" if answer.verdict is Verdict.EXCLUSIVE else _SAME
        yield _pair(questions, f"情形「{first.name}」", f"情形「{second.name}」", answer, decision)


def _uplifts(questions: Questions) -> Iterator[Pair]:
    for first, second in combinations(questions.benefit.uplifts, 2):
        answer, *_ = questions.both_uplifts(first, second)
        decision = "" if answer.verdict is Verdict.EXCLUSIVE else _stacking(questions.benefit.stacking)
        yield _pair(questions, _named(first), _named(second), answer, decision)


def _named(uplift: tree.Uplift) -> str:
    return f"{told_uplift(uplift)}（{uplift.condition.origin.text}）"


def _pair(questions: Questions, first: str, second: str, answer: Answer, decision: str) -> Pair:
    benefit = questions.benefit
    example = questions.example(answer) if answer.verdict is Verdict.POSSIBLE else ""
    return Pair(
        benefit.origin.clause, benefit.name, first, second, answer.verdict, example, answer.unseen, decision
    )


def _stacking(stacking: tree.Stacking | tree.StackingByReading | None) -> str:
    match stacking:
        case None:
            return ""
        case tree.StackingByReading(reading, options):
            modes = "、".join(f"「{option}」时{mode.value}" for option, mode in options)
            return f"按口径「{reading.name}」：{modes}"
        case mode:
            return f"叠加方式：{mode.value}"
