"""What limits and running caps come to under the settings of a run, and what they say when they refuse."""

from __future__ import annotations

from functools import cached_property
from typing import Any, assert_never

from attrs import field, frozen

from hypolicy.rules import tree
from hypolicy.rules.ledger import rule_facts
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

    @cached_property
    def account(self) -> tuple[Any, ...]:
        """What the sentence counts, and for whom; that of another edition may differ from it in its number only."""
        keys = tuple(fact.name for fact in rule_facts(self.rule))
        return (type(self.rule), keys, self.limit.holder.fact.name, self.period, self.members)


@frozen
class RunningCap:
    cap: tree.Cap
    period: tree.FixedPeriod
    fen: int
    reason: Reason

    @cached_property
    def account(self) -> tuple[Any, ...]:
        """What the cap is spent from, whatever its amount."""
        return (self.cap.holder.fact.name, self.period)


@frozen
class Book:
    """What one edition of the policy allows: sentences of limits, running caps by item, linked items by limit."""

    rules: list[Rule] = field(factory=list)
    caps: dict[str, RunningCap] = field(factory=dict)
    linked: dict[str, frozenset[str]] = field(factory=dict)
    limits: tuple[tree.Limit, ...] = ()

    @classmethod
    def of(cls, policy: tree.Policy, settings: Settings) -> Book:
        linked = {
            limit.name: settings.members(limit.linked) for limit in policy.limits if limit.linked is not None
        }
        return cls(rules_of(policy, settings), caps_of(policy, settings), linked, policy.limits)

    @property
    def items(self) -> frozenset[str]:
        """The items whose payments enter the ledger."""
        return frozenset(self.caps).union(*(rule.members for rule in self.rules))


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
