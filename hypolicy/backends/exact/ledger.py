"""The ledger: payable records folded in the stated order, each consuming all of its places or nothing.

For each entry, every limit in the order of writing: repeats, then counts; then the running cap of its benefit.
What is denied uses nothing up; a payment cut by a cap uses a place. History is granted as it stands, before
anything else.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from hypolicy.backends.exact.account import Accounts, denied
from hypolicy.rules.editions import policies
from hypolicy.rules.facts import is_given
from hypolicy.rules.ledger import ledger_facts, rule_facts
from hypolicy.rules.limits import Book
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
    books: list[Book] = field(init=False)
    items: frozenset[str] = field(init=False)
    facts: tuple[tree.Fact, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        settings = self.compiler.settings
        self.books = [Book.of(policy, settings) for policy in policies(self.policy)]
        # The items whose payments enter the ledger, in any edition.
        self.items = frozenset().union(*(book.items for book in self.books))
        self.facts = ledger_facts(self.policy)

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
            settled = state.settled(entry, decision, row_index)
            rows[row_index][item_index] = settled
            if settled.status is Status.GRANTED:
                final = entry if settled.fen == entry.fen else evolve(entry, fen=settled.fen)
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
        linked = frozenset().union(*(items for book in self.books for items in book.linked.values()))
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
                missing = [fact.name for fact in needed if not is_given(record[fact.index])]
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
        for book in self.books:
            for rule in book.rules:
                if benefit.name in rule.members:
                    needed |= {rule.limit.holder.fact, *rule_facts(rule.rule)}
            if benefit.name in book.caps:
                needed.add(book.caps[benefit.name].cap.holder.fact)
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
        self.accounts = Accounts(ledger.policy, self.definition, ledger.books)

    def settled(self, entry: Entry, decision: Decision, row: int) -> Decision:
        """What the ledger leaves of a decision; where several editions are open, of the one that it leaves most of."""
        if not decision.others:
            settled, refusing = self.settle(entry, decision, row)
        else:
            granted = [one for one in (decision, *decision.others) if one.status is Status.GRANTED]
            granted.sort(key=lambda one: one.edition)
            found = [self.settle(entry, one, row) for one in granted]
            settled, refusing = max(found, key=lambda pair: pair[0].fen)
            others = [one for one in decision.others if one.status is not Status.GRANTED]
            others += [one for one, _ in found if one is not settled]
            settled = evolve(settled, others=tuple(evolve(one, others=()) for one in others))
        if refusing:
            self.refused[refusing][row] = settled.reasons[0]
        return settled

    def settle(self, entry: Entry, decision: Decision, row: int) -> tuple[Decision, str]:
        """What the edition that decided leaves of a payment, and the limit that refuses it, if one does."""
        book, edition = self.ledger.books[decision.edition], decision.edition
        for rule in book.rules:
            if entry.item in rule.members and not self.accounts.allowed(rule, entry):
                return denied(rule.reason, edition), rule.limit.name
        for limit, members in book.linked.items():
            if entry.item in members and row in self.refused[limit]:
                return denied(self.refused[limit][row], edition), ""
        return self.accounts.capped(entry, decision), ""

    def refuse_linked(self, rows: list[list[Decision]], names: list[str]) -> None:
        # In the order of writing, whichever limit was the first to refuse anybody.
        for limit in dict.fromkeys(limit for book in self.ledger.books for limit in book.linked):
            for row, reason in self.refused[limit].items():
                for index, name in enumerate(names):
                    decision = rows[row][index]
                    members = self.ledger.books[decision.edition].linked.get(limit, ())
                    if name in members and decision.status is Status.GRANTED:
                        linked = Reason(Sentence.LINKED(limit=limit, reason=reason.text), reason.clause)
                        rows[row][index] = denied(linked, decision.edition)


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
