"""What the ledger said of one record: which earlier entries count, which rule refused, what a cap left.

The ledger's own accounts are asked: an earlier entry counts for a rule where it alone would use up the rule's only
place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, evolve, frozen

from hypolicy.backends.exact.account import Accounts
from hypolicy.backends.exact.steps import known, reading_used
from hypolicy.rules import trace, tree
from hypolicy.rules.citations import cited
from hypolicy.rules.facts import is_given
from hypolicy.rules.ledger import ledger_facts, rule_facts
from hypolicy.rules.limits import Book, Rule, RunningCap
from hypolicy.rules.outcome import Decision, Entry, Settings, Status
from hypolicy.rules.readings import readings_of_choices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypolicy.backends.exact.compile import Record
    from hypolicy.backends.exact.ledger import Ledger

_KINDS: Final[dict[type[tree.LimitRule], trace.RuleKind]] = {
    tree.NoRepeat: trace.RuleKind.REPEAT,
    tree.NoLower: trace.RuleKind.LOWER,
    tree.NotTogether: trace.RuleKind.TOGETHER,
    tree.CountLimit: trace.RuleKind.COUNT,
}


@frozen
class Earlier:
    """An entry that stands before the record in the ledger."""

    entry: Entry
    earlier_batch: bool


@define
class LedgerWitness:
    policy: tree.Policy
    settings: Settings
    ledger: Ledger
    definition: tree.Ledger

    def of_record(
        self,
        record: Record,
        before: Mapping[str, Decision],
        decided: Mapping[str, Decision],
        earlier: Mapping[str, Sequence[Earlier]],
    ) -> dict[str, trace.LedgerUsed]:
        """What the ledger said, by item; only items that were payable reach it."""
        asked = {item: _asked(before[item], decided[item]) for item in before}
        entries = {
            benefit.name: self.ledger.entry(benefit.name, record, asked[benefit.name].fen)
            for benefit in self.policy.benefits
            if benefit.name in asked
            and asked[benefit.name].status is Status.GRANTED
            # What lacks a fact that the ledger needs has become 待定 before it was looked at.
            and all(is_given(record[fact.index]) for fact in self.ledger.may_lack(self.definition, benefit))
        }
        books = {item: self.ledger.books[decided[item].edition] for item in entries}
        rules = {item: self.rules(books[item], entry, earlier[item]) for item, entry in entries.items()}
        refused = {
            rule.limit: item for item, used in reversed(rules.items()) for rule in used if not rule.allowed
        }
        return {
            item: trace.LedgerUsed(
                rules[item],
                self.cap(books[item], entry, asked[item], earlier[item]),
                self.link(books[item], item, refused) if decided[item].status is Status.DENIED else None,
                self.free_of(books[item], item),
            )
            for item, entry in entries.items()
        }

    # ---------------------------------------------------------------------------------------------- limits

    def rules(self, book: Book, entry: Entry, earlier: Sequence[Earlier]) -> tuple[trace.RuleUsed, ...]:
        return tuple(
            self.rule(rule, entry, earlier)
            for rule in book.rules
            if entry.item in rule.members and rule.period is not tree.PeriodKind.EACH
        )

    def rule(self, rule: Rule, entry: Entry, earlier: Sequence[Earlier]) -> trace.RuleUsed:
        accounts = self.accounts(rule)
        for one in earlier:
            accounts.consume(one.entry)
        counted = [one for one in earlier if self.uses_up(rule, one.entry, entry)]
        own = self.own(counted, entry)
        yearly = rule.period is tree.PeriodKind.CALENDAR_YEAR
        year = accounts.day(entry).year if yearly else None
        return trace.RuleUsed(
            _KINDS[type(rule.rule)],
            rule.limit.name,
            cited(rule.rule.origin),
            rule.limit.holder.name,
            tuple(known(fact, entry.facts[fact.name]) for fact in rule_facts(rule.rule)),
            rule.rule.times if isinstance(rule.rule, tree.CountLimit) else 0,
            rule.period if hasattr(rule.rule, "period") else None,
            year,
            self.definition.year_date.name,
            self.next_year(year),
            own,
            len(counted) - len(own),
            accounts.allowed(rule, entry),
            self.readings(rule),
        )

    def uses_up(self, rule: Rule, one: Entry, entry: Entry) -> bool:
        """Whether one earlier entry would use up the only place that a rule leaves."""
        if isinstance(rule.rule, tree.CountLimit):
            rule = evolve(rule, rule=evolve(rule.rule, times=1))
        accounts = self.accounts(rule)
        accounts.consume(one)
        return not accounts.allowed(rule, entry)

    def accounts(self, rule: Rule | None = None) -> Accounts:
        """The accounts of one sentence alone; none where it is not given."""
        return Accounts(self.policy, self.definition, [Book([rule] if rule is not None else [])])

    def next_year(self, year: int | None) -> int | None:
        end = self.policy.term.end
        if year is None or (end is not None and year + 1 > end.year):
            return None
        return year + 1

    def readings(self, rule: Rule) -> tuple[trace.ReadingUsed, ...]:
        choices = (getattr(rule.rule, "period", None), rule.limit.group.members)
        return tuple(reading_used(reading, self.settings) for reading in readings_of_choices(choices))

    def free_of(self, book: Book, item: str) -> tuple[str, ...]:
        bound = {rule.limit.name for rule in book.rules if item in rule.members}
        return tuple(limit.name for limit in book.limits if limit.name not in bound)

    def link(self, book: Book, item: str, refused: Mapping[str, str]) -> trace.LinkUsed | None:
        for limit in book.limits:
            if limit.name in refused and item in book.linked.get(limit.name, ()):
                members = limit.linked.members if limit.linked is not None else ()
                reading = members.reading if isinstance(members, tree.GroupByReading) else None
                used = reading_used(reading, self.settings) if reading is not None else None
                return trace.LinkUsed(limit.name, refused[limit.name], cited(limit.origin), used)
        return None

    # ------------------------------------------------------------------------------------------------ caps

    def cap(
        self, book: Book, entry: Entry, asked: Decision, earlier: Sequence[Earlier]
    ) -> trace.RunningCapUsed | None:
        running = book.caps.get(entry.item)
        if running is None:
            return None
        counted = [one for one in earlier if self.spends(running, one.entry, entry, asked)]
        own = self.own(counted, entry)
        accounts = self.with_cap(running, entry.item)
        for one in earlier:
            accounts.consume(one.entry)
        paid = accounts.capped(entry, evolve(asked, edition=0))
        yearly = running.period is tree.PeriodKind.CALENDAR_YEAR
        choice = running.cap.period
        return trace.RunningCapUsed(
            running.cap.holder.name,
            cited(running.cap.origin),
            running.period,
            accounts.day(entry).year if yearly else None,
            running.fen,
            sum(one.entry.fen for one in counted),
            asked.fen,
            paid.fen,
            own,
            len(counted) - len(own),
            reading_used(choice.reading, self.settings) if isinstance(choice, tree.PeriodByReading) else None,
        )

    def spends(self, running: RunningCap, one: Entry, entry: Entry, asked: Decision) -> bool:
        """Whether an earlier entry is spent from the same cap: it would exhaust it, were it large enough."""
        accounts = self.with_cap(running, entry.item)
        accounts.consume(evolve(one, fen=running.fen))
        return accounts.capped(entry, evolve(asked, edition=0)).status is not Status.GRANTED

    def with_cap(self, running: RunningCap, item: str) -> Accounts:
        return Accounts(self.policy, self.definition, [Book(caps={item: running})])

    # --------------------------------------------------------------------------------------------- entries

    def own(self, earlier: Sequence[Earlier], entry: Entry) -> tuple[trace.EntryUsed, ...]:
        """The entries of the same person: of other people's, only their number is ever told."""
        holders = self.definition.holders
        persons = [holder for holder in holders if holder.fact.personal] or holders[:1]
        names = [holder.fact.name for holder in persons]
        return tuple(
            self.shown(one)
            for one in earlier
            if all(one.entry.facts[name] == entry.facts[name] for name in names)
        )

    def shown(self, one: Earlier) -> trace.EntryUsed:
        """An earlier entry, without whose it was."""
        entry, definition = one.entry, self.definition
        holders = {holder.fact.name for holder in definition.holders}
        key = self.ledger.key(definition)
        apart = holders | {key.name, definition.year_date.name}
        facts = tuple(
            known(fact, entry.facts[fact.name])
            for fact in ledger_facts(self.policy)
            if fact.name not in apart and not fact.personal
        )
        day = self.accounts().day(entry)
        shown_key = known(key, entry.facts[key.name])
        return trace.EntryUsed(entry.item, day, facts, shown_key, entry.fen, one.earlier_batch)


def _asked(before: Decision, decided: Decision) -> Decision:
    """What the edition that decided in the end had asked of the ledger."""
    open_to = (one for one in (before, *before.others) if one.edition == decided.edition)
    return next(open_to, before)
