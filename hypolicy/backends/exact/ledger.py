"""The ledger: payable records folded in the stated order, each consuming all of its places or nothing.

For each entry, every limit in the order of writing: repeats, then counts; then the running cap of its benefit.
What is denied uses nothing up; a payment cut by a cap uses a place. History is granted as it stands, before
anything else.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from hypolicy.backends.exact.account import Accounts, Rule, RunningCap, caps_of, denied, rules_of
from hypolicy.rules.ledger import ledger_facts, rule_facts
from hypolicy.rules.outcome import Decision, Entry, Reason, Status
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.types import EnumType, IdentifierType, identifier_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hypolicy.backends.exact.compile import Compiler, Record
    from hypolicy.rules import tree


@define
class Ledger:
    """`fold` settles a batch. One object serves one choice of settings."""

    policy: tree.Policy
    compiler: Compiler
    rules: list[Rule] = field(init=False)
    caps: dict[str, RunningCap] = field(init=False)
    linked: dict[str, frozenset[str]] = field(init=False)
    facts: tuple[tree.Fact, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        settings = self.compiler.settings
        self.rules = rules_of(self.policy, settings)
        self.caps = caps_of(self.policy, settings)
        self.linked = {
            limit.name: settings.members(limit.linked)
            for limit in self.policy.limits
            if limit.linked is not None
        }
        self.facts = ledger_facts(self.policy)

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
            state.accounts.consume(entry)
        granted: list[Entry] = []
        names = [benefit.name for benefit in self.policy.benefits]
        for row_index, item_index in self.payable(ledger, rows, records):
            decision = rows[row_index][item_index]
            entry = self.entry(names[item_index], records[row_index], decision.fen)
            settled = state.settle(entry, decision, row_index)
            rows[row_index][item_index] = settled
            if settled.status is Status.GRANTED:
                final = entry if settled is decision else evolve(entry, fen=settled.fen)
                state.accounts.consume(final)
                granted.append(final)
        state.refuse_linked(rows, names)
        return granted

    def payable(
        self, ledger: tree.Ledger, rows: list[list[Decision]], records: Sequence[Record]
    ) -> list[tuple[int, int]]:
        """Payable entries (row, item) in ledger order; linked items come last in their record.

        Where the stated order leaves two records equal, their keys decide, and never their places in the batch.
        An entry that lacks a fact that the ledger needs of it becomes 待定.
        """
        under_limits = self.items
        linked = frozenset().union(*self.linked.values()) if self.linked else frozenset()
        columns = [
            (i, benefit.name in linked, self.may_lack(ledger, benefit), benefit.origin.clause)
            for i, benefit in enumerate(self.policy.benefits)
            if benefit.name in under_limits
        ]
        turns = [_turn(fact) for fact in dict.fromkeys((*ledger.order, self.key(ledger)))]
        entries: list[tuple[Any, ...]] = []
        for row_index, row in enumerate(rows):
            for item_index, is_linked, needed, clause in columns:
                if row[item_index].status is not Status.GRANTED:
                    continue
                record = records[row_index]
                missing = [fact.name for fact in needed if record[fact.index] is None]
                if missing:
                    row[item_index] = _waiting(Reason(Sentence.LACKS_FACT(fact=missing[0]), clause))
                    continue
                entries.append((*[turn(record) for turn in turns], is_linked, item_index, row_index))
        entries.sort()
        return [(entry[-1], entry[-2]) for entry in entries]

    def key(self, ledger: tree.Ledger) -> tree.Fact:
        return next(kind.key for kind in self.policy.records if kind.name == ledger.year_date.record)

    def may_lack(self, ledger: tree.Ledger, benefit: tree.Benefit) -> list[tree.Fact]:
        """What the ledger needs to know of an entry of this item, so far as a record may not give it."""
        needed = {*ledger.order, ledger.year_date, self.key(ledger)}
        for rule in self.rules:
            if benefit.name in rule.members:
                needed |= {rule.limit.holder.fact, *rule_facts(rule.rule)}
        if benefit.name in self.caps:
            needed.add(self.caps[benefit.name].cap.holder.fact)
        possible = [fact for fact in needed if fact.optional or not self.compiler.complete]
        return sorted(possible, key=lambda fact: fact.index)

    def entry(self, item: str, record: Record, fen: int) -> Entry:
        return Entry(item, {fact.name: record[fact.index] for fact in self.facts}, fen)


@define
class _State:
    """The accounts of a fold, and which records each limit has refused."""

    ledger: Ledger
    definition: tree.Ledger
    accounts: Accounts = field(init=False)
    refused: defaultdict[str, dict[int, Reason]] = field(factory=lambda: defaultdict(dict))

    def __attrs_post_init__(self) -> None:
        ledger = self.ledger
        self.accounts = Accounts(ledger.policy, self.definition, ledger.rules, ledger.caps)

    def settle(self, entry: Entry, decision: Decision, row: int) -> Decision:
        for rule in self.ledger.rules:
            if entry.item in rule.members and not self.accounts.allowed(rule, entry):
                self.refused[rule.limit.name][row] = rule.reason
                return denied(rule.reason)
        for limit, members in self.ledger.linked.items():
            if entry.item in members and row in self.refused[limit]:
                return denied(self.refused[limit][row])
        return self.accounts.capped(entry, decision)

    def refuse_linked(self, rows: list[list[Decision]], names: list[str]) -> None:
        for limit, members in self.ledger.linked.items():
            for row, reason in self.refused[limit].items():
                for index, name in enumerate(names):
                    if name in members and rows[row][index].status is Status.GRANTED:
                        linked = Reason(Sentence.LINKED(limit=limit, reason=reason.text), reason.clause)
                        rows[row][index] = denied(linked)


def _turn(fact: tree.Fact) -> Callable[[Record], Any]:
    """What a record is sorted by: numbers, days and texts by themselves, identifiers and labels by their order."""
    index = fact.index
    match fact.type:
        case IdentifierType():
            return lambda record: identifier_order(record[index])
        case EnumType(labels=labels):
            return lambda record: labels.index(record[index])
        case _:
            return lambda record: record[index]


def _waiting(reason: Reason) -> Decision:
    return Decision(Status.PENDING, 0, (reason,), (reason.clause,) if reason.clause else ())
