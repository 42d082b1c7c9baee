"""What limits and running caps come to under the settings of a run, and what they say when they refuse."""

from __future__ import annotations

from typing import assert_never

from attrs import frozen

from hypolicy.rules import tree
from hypolicy.rules.outcome import Reason, Settings, fen_text
from hypolicy.rules.sentences import Sentence


@frozen
class Rule:
    """One sentence of a limit, with what the readings make of it."""

    limit: tree.Limit
    rule: tree.LimitRule
    members: frozenset[str]
    period: tree.FixedPeriod
    reason: Reason


@frozen
class RunningCap:
    cap: tree.Cap
    period: tree.FixedPeriod
    fen: int
    reason: Reason


def rules_of(policy: tree.Policy, settings: Settings) -> list[Rule]:
    """The sentences of all limits, in the order of writing."""
    return [
        Rule(
            limit,
            rule,
            settings.members(limit.group),
            settings.period(getattr(rule, "period", tree.PeriodKind.UNLIMITED)),
            Reason(_denial(rule), rule.origin.clause),
        )
        for limit in policy.limits
        for rule in limit.rules
    ]


def caps_of(policy: tree.Policy, settings: Settings) -> dict[str, RunningCap]:
    """The caps that run over several entries, by item."""
    caps = {}
    for benefit in policy.benefits:
        if benefit.cap is None:
            continue
        period = settings.period(benefit.cap.period)
        if period is not tree.PeriodKind.EACH:
            fen = (benefit.cap.amount * 100).numerator
            used_up = Sentence.CAP_USED_UP(period=period.value, most=fen_text(fen))
            reason = Reason(used_up, benefit.cap.origin.clause)
            caps[benefit.name] = RunningCap(benefit.cap, period, fen, reason)
    return caps


def _denial(rule: tree.LimitRule) -> str:
    match rule:
        case tree.NoRepeat(keys):
            return Sentence.REPEATED(keys="、".join(fact.name for fact in keys))
        case tree.NotTogether():
            return Sentence.HAD_OTHER_ITEM()
        case tree.NoLower(keys, level):
            return Sentence.HAD_HIGHER(keys="、".join(fact.name for fact in keys), level=level.name)
        case tree.CountLimit(_, times):
            return Sentence.TOO_OFTEN(times=times)
        case _:
            assert_never(rule)
