"""The ledger: payable records folded in the stated order, each consuming all of its places or nothing.

For each entry, every limit in the order of writing: repeats, then counts; then the running cap of its benefit.
What is denied uses nothing up; a payment cut by a cap uses a place. History is granted as it stands, before
anything else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from hypolicy.backends.exact.assess import chosen_members, chosen_period
from hypolicy.rules import tree
from hypolicy.rules.ledger import ledger_facts
from hypolicy.rules.outcome import Decision, Entry, Reason, Status, fen_text
from hypolicy.rules.types import IdentifierType, identifier_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.backends.exact.compile import Compiler, Record

Bucket = int | str | None


@frozen
class _Rule:
    """One sentence of a limit, with what the readings make of it."""

    limit: tree.Limit
    rule: tree.NoRepeat | tree.CountLimit
    members: frozenset[str]
    period: tree.PeriodKind
    reason: Reason


@frozen
class _RunningCap:
    cap: tree.Cap
    period: tree.PeriodKind
    fen: int
    reason: Reason


@define
class Ledger:
    """`fold` settles a batch. One object serves one choice of settings."""

    policy: tree.Policy
    compiler: Compiler
    rules: list[_Rule] = field(init=False)
    caps: dict[str, _RunningCap] = field(init=False)
    linked: dict[str, frozenset[str]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        compiler = self.compiler
        self.rules = [
            _Rule(
                limit,
                rule,
                chosen_members(limit.group, compiler),
                chosen_period(rule.period, compiler),
                Reason(_denial(rule), rule.origin.clause),
            )
            for limit in self.policy.limits
            for rule in limit.rules
        ]
        self.caps = {}
        for benefit in self.policy.benefits:
            if benefit.cap is None:
                continue
            period = chosen_period(benefit.cap.period, compiler)
            if period is not tree.PeriodKind.EACH:
                fen = (benefit.cap.amount * 100).numerator
                reason = Reason(f"{period.value}限额{fen_text(fen)}元已用完", benefit.cap.origin.clause)
                self.caps[benefit.name] = _RunningCap(benefit.cap, period, fen, reason)
        self.linked = {
            limit.name: chosen_members(limit.linked, compiler)
            for limit in self.policy.limits
            if limit.linked is not None
        }

    @property
    def items(self) -> frozenset[str]:
        """The items whose payments enter the ledger."""
        return frozenset(self.caps).union(*(rule.members for rule in self.rules))

    # ------------------------------------------------------------------------------------------------ fold

    def fold(
        self, rows: list[list[Decision]], records: Sequence[Record], history: Iterable[Entry]
    ) -> list[Entry]:
        """Deny or cut, in place, what limits do not allow; the entries granted, in ledger order."""
        ledger = self.policy.ledger
        if ledger is None or not self.items:
            return []
        state = _State(self, ledger)
        for entry in history:
            state.consume(entry, entry.fen)
        granted: list[Entry] = []
        names = [benefit.name for benefit in self.policy.benefits]
        for row_index, item_index in self.order(ledger, rows, records):
            decision = rows[row_index][item_index]
            entry = self.entry(names[item_index], records[row_index], decision.fen)
            settled = state.settle(entry, decision, row_index)
            rows[row_index][item_index] = settled
            if settled.status is Status.GRANTED:
                final = Entry(entry.item, entry.facts, settled.fen)
                state.consume(final, settled.fen)
                granted.append(final)
        state.refuse_linked(rows, names)
        return granted

    def order(
        self, ledger: tree.Ledger, rows: list[list[Decision]], records: Sequence[Record]
    ) -> list[tuple[int, int]]:
        """Payable entries (row, item) in ledger order; linked items come last in their record."""
        under_limits = self.items
        linked = frozenset().union(*self.linked.values()) if self.linked else frozenset()
        columns = [
            (i, benefit.name in linked, benefit.record)
            for i, benefit in enumerate(self.policy.benefits)
            if benefit.name in under_limits
        ]
        keys = [(fact.index, isinstance(fact.type, IdentifierType)) for fact in ledger.order]
        entries: list[tuple[Any, ...]] = []
        for row_index, row in enumerate(rows):
            for item_index, is_linked, _ in columns:
                if row[item_index].status is Status.GRANTED:
                    record = records[row_index]
                    key = tuple(identifier_order(record[i]) if value else record[i] for i, value in keys)
                    entries.append((*key, is_linked, item_index, row_index))
        entries.sort()
        return [(entry[-1], entry[-2]) for entry in entries]

    def entry(self, item: str, record: Record, fen: int) -> Entry:
        return Entry(item, {fact.name: record[fact.index] for fact in ledger_facts(self.policy)}, fen)


@define
class _State:
    """What has been consumed so far."""

    ledger: Ledger
    definition: tree.Ledger
    seen: defaultdict[tuple[Any, ...], set[Any]] = field(factory=lambda: defaultdict(set))
    counts: Counter[tuple[Any, ...]] = field(factory=Counter)
    spent: Counter[tuple[Any, ...]] = field(factory=Counter)
    refused: defaultdict[str, dict[int, Reason]] = field(factory=lambda: defaultdict(dict))

    def bucket(self, period: tree.PeriodKind, entry: Entry) -> Bucket:
        """The stretch of time that an entry falls into; None where it does not count."""
        day = entry.facts[self.definition.year_date.name]
        match period:
            case tree.PeriodKind.CALENDAR_YEAR:
                assert isinstance(day, date)
                return day.year
            case tree.PeriodKind.TERM:
                # Only what lies before the term is left out; the rules have said which later entries belong.
                assert isinstance(day, date)
                return "施行期" if day >= self.ledger.policy.term.start else None
            case tree.PeriodKind.UNLIMITED:
                return "不限期"
            case tree.PeriodKind.EACH:
                return None

    def settle(self, entry: Entry, decision: Decision, row: int) -> Decision:
        for rule in self.ledger.rules:
            if entry.item in rule.members and not self.allowed(rule, entry):
                self.refused[rule.limit.name][row] = rule.reason
                return _denied(rule.reason)
        for limit, members in self.ledger.linked.items():
            if entry.item in members and row in self.refused[limit]:
                return _denied(self.refused[limit][row])
        return self.capped(entry, decision)

    def allowed(self, rule: _Rule, entry: Entry) -> bool:
        bucket = self.bucket(rule.period, entry)
        if bucket is None:
            return True
        key = (id(rule.rule), entry.facts[rule.limit.holder.fact.name], bucket)
        match rule.rule:
            case tree.NoRepeat(keys):
                return tuple(entry.facts[fact.name] for fact in keys) not in self.seen[key]
            case tree.CountLimit(_, times):
                return self.counts[key] < times

    def capped(self, entry: Entry, decision: Decision) -> Decision:
        running = self.ledger.caps.get(entry.item)
        if running is None:
            return decision
        bucket = self.bucket(running.period, entry)
        if bucket is None:
            return decision
        key = (entry.item, entry.facts[running.cap.holder.fact.name], bucket)
        rest = running.fen - self.spent[key]
        if rest <= 0:
            return _denied(running.reason)
        if decision.fen <= rest:
            return decision
        cut = Reason(f"{running.period.value}限额只余{fen_text(rest)}元", running.reason.clause)
        clauses = tuple(dict.fromkeys((*decision.clauses, running.reason.clause)))
        return Decision(Status.GRANTED, rest, (*decision.reasons, cut), clauses)

    def consume(self, entry: Entry, fen: int) -> None:
        for rule in self.ledger.rules:
            bucket = self.bucket(rule.period, entry)
            if entry.item not in rule.members or bucket is None:
                continue
            key = (id(rule.rule), entry.facts[rule.limit.holder.fact.name], bucket)
            match rule.rule:
                case tree.NoRepeat(keys):
                    self.seen[key].add(tuple(entry.facts[fact.name] for fact in keys))
                case tree.CountLimit():
                    self.counts[key] += 1
        running = self.ledger.caps.get(entry.item)
        if running is not None:
            bucket = self.bucket(running.period, entry)
            if bucket is not None:
                self.spent[entry.item, entry.facts[running.cap.holder.fact.name], bucket] += fen

    def refuse_linked(self, rows: list[list[Decision]], names: list[str]) -> None:
        for limit, members in self.ledger.linked.items():
            for row, reason in self.refused[limit].items():
                for index, name in enumerate(names):
                    if name in members and rows[row][index].status is Status.GRANTED:
                        linked = Reason(f"因「{limit}」一并不予（{reason.text}）", reason.clause)
                        rows[row][index] = _denied(linked)


def _denied(reason: Reason) -> Decision:
    return Decision(Status.DENIED, 0, (reason,), (reason.clause,) if reason.clause else ())


def _denial(rule: tree.NoRepeat | tree.CountLimit) -> str:
    match rule:
        case tree.NoRepeat(keys):
            return f"同一{'、'.join(fact.name for fact in keys)}重复"
        case tree.CountLimit(_, times):
            return f"超过{times}次"
