"""What has been consumed so far: the accounts that limits and running caps keep.

One rule for all: the latest entry of a kind tells whether a rolling period still holds it, and the accounts of a
calendar year, of the term or without end are kept apart by a bucket. History may come in any order.

An amendment does not close an account, and opens none that is empty: every sentence counts all earlier entries that
it speaks of, whatever the rules were when they were granted, as it counts those from before the policy.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any, assert_never

from attrs import define, evolve, field

from hypolicy.rules import tree
from hypolicy.rules.calendar import add_months
from hypolicy.rules.outcome import Decision, Entry, Reason, Status, fen_text
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.types import EnumType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.rules.limits import Book, Rule, RunningCap

Bucket = int | str | None


@define
class Accounts:
    """Consumption by rule and holder; `books` are those of the policy and its earlier editions, the latest first.

    `last` is the day of the latest entry of a kind, `days` those of all.
    """

    policy: tree.Policy
    definition: tree.Ledger
    books: Sequence[Book]
    _rules: dict[str, dict[tuple[Any, ...], Rule]] = field(factory=lambda: defaultdict(dict))
    _caps: dict[str, dict[tuple[Any, ...], RunningCap]] = field(factory=lambda: defaultdict(dict))
    last: defaultdict[tuple[Any, ...], dict[Any, date]] = field(factory=lambda: defaultdict(dict))
    days: defaultdict[tuple[Any, ...], list[date]] = field(factory=lambda: defaultdict(list))
    best: dict[tuple[Any, ...], int] = field(factory=dict)
    spent: defaultdict[tuple[Any, ...], list[tuple[date, int]]] = field(factory=lambda: defaultdict(list))

    def __attrs_post_init__(self) -> None:
        for book in self.books:
            for rule in book.rules:
                for item in rule.members:
                    self._rules[item].setdefault(rule.account, rule)
            for item, cap in book.caps.items():
                self._caps[item].setdefault(cap.account, cap)

    # --------------------------------------------------------------------------------------------- periods

    def day(self, entry: Entry) -> date:
        day = entry.facts[self.definition.year_date.name]
        assert isinstance(day, date)
        return day

    def bucket(self, period: tree.FixedPeriod, day: date) -> Bucket:
        """The stretch of time that a day falls into; None where it does not count."""
        match period:
            case tree.PeriodKind.CALENDAR_YEAR:
                return day.year
            case tree.PeriodKind.TERM:
                # Only what lies before the term is left out; the rules have said which later entries belong.
                return "施行期" if day >= self.policy.term.start else None
            case tree.PeriodKind.UNLIMITED | tree.Rolling():
                return "不限期"
            case tree.PeriodKind.EACH:
                return None
            case _:
                assert_never(period)

    def counts(self, period: tree.FixedPeriod, then: date, now: date) -> bool:
        """Whether an entry of the same bucket still counts."""
        return not isinstance(period, tree.Rolling) or add_months(then, period.months) > now

    # ---------------------------------------------------------------------------------------------- limits

    def allowed(self, rule: Rule, entry: Entry) -> bool:
        day = self.day(entry)
        bucket = self.bucket(rule.period, day)
        if bucket is None:
            return True
        account = self.account(rule, entry, bucket)
        match rule.rule:
            case tree.NoRepeat(keys):
                then = self.last[account].get(_values(entry, keys))
                return then is None or not self.counts(rule.period, then, day)
            case tree.NotTogether():
                others = self.last[account].items()
                return not any(i != entry.item and self.counts(rule.period, then, day) for i, then in others)
            case tree.NoLower(keys, level):
                return _rank(entry, level) >= self.best.get((*account, _values(entry, keys)), 0)
            case tree.CountLimit(_, times):
                return sum(self.counts(rule.period, then, day) for then in self.days[account]) < times
            case _:
                assert_never(rule.rule)

    def capped(self, entry: Entry, decision: Decision) -> Decision:
        """The payment as far as the running cap of its item leaves room for it."""
        running = self.books[decision.edition].caps.get(entry.item)
        if running is None:
            return decision
        day = self.day(entry)
        bucket = self.bucket(running.period, day)
        if bucket is None:
            return decision
        spent = self.spent[self.cap_account(running, entry, bucket)]
        rest = running.fen - sum(fen for then, fen in spent if self.counts(running.period, then, day))
        if rest <= 0:
            return denied(running.reason, decision.edition)
        if decision.fen <= rest:
            return decision
        rests = Sentence.CAP_RESTS(period=running.period.value, rest=fen_text(rest))
        cut = Reason(rests, running.reason.clause)
        clauses = tuple(dict.fromkeys((*decision.clauses, running.reason.clause)))
        return evolve(decision, fen=rest, reasons=(*decision.reasons, cut), clauses=clauses)

    # --------------------------------------------------------------------------------------------- consume

    def consume(self, entry: Entry) -> None:
        day = self.day(entry)
        for rule in self._rules[entry.item].values():
            bucket = self.bucket(rule.period, day)
            if bucket is not None:
                self.enter(rule, self.account(rule, entry, bucket), entry, day)
        for running in self._caps[entry.item].values():
            bucket = self.bucket(running.period, day)
            if bucket is not None:
                self.spend(running, self.cap_account(running, entry, bucket), day, entry.fen)

    def enter(self, rule: Rule, account: tuple[Any, ...], entry: Entry, day: date) -> None:
        match rule.rule:
            case tree.NoRepeat(keys):
                latest, kind = self.last[account], _values(entry, keys)
                latest[kind] = max(day, latest.get(kind, day))
            case tree.NotTogether():
                latest = self.last[account]
                latest[entry.item] = max(day, latest.get(entry.item, day))
            case tree.NoLower(keys, level):
                key = (*account, _values(entry, keys))
                self.best[key] = max(self.best.get(key, 0), _rank(entry, level))
            case tree.CountLimit():
                self.days[account].append(day)
            case _:
                assert_never(rule.rule)

    def spend(self, running: RunningCap, account: tuple[Any, ...], day: date, fen: int) -> None:
        spent = self.spent[account]
        if spent and not isinstance(running.period, tree.Rolling):
            spent[0] = (day, spent[0][1] + fen)  # one sum is all that a fixed period needs
        else:
            spent.append((day, fen))

    def account(self, rule: Rule, entry: Entry, bucket: Bucket) -> tuple[Any, ...]:
        return (rule.account, entry.facts[rule.limit.holder.fact.name], bucket)

    def cap_account(self, running: RunningCap, entry: Entry, bucket: Bucket) -> tuple[Any, ...]:
        return (entry.item, running.account, entry.facts[running.cap.holder.fact.name], bucket)


def denied(reason: Reason, edition: int = 0) -> Decision:
    return Decision(Status.DENIED, 0, (reason,), (reason.clause,) if reason.clause else (), edition)


def _values(entry: Entry, keys: tuple[tree.Fact, ...]) -> tuple[Any, ...]:
    return tuple(entry.facts[fact.name] for fact in keys)


def _rank(entry: Entry, level: tree.Fact) -> int:
    assert isinstance(level.type, EnumType)
    return level.type.labels.index(str(entry.facts[level.name]))
