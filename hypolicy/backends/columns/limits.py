"""What the ledger of a policy allows, in every edition of it, with items by their places and accounts numbered.

Sentences that count the same things for the same holders over the same period share an account, whatever edition they
stand in: an amendment closes no account and opens none that is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from hypolicy.rules import tree
from hypolicy.rules.editions import policies
from hypolicy.rules.limits import Book, Rule, RunningCap

if TYPE_CHECKING:
    from hypolicy.rules.outcome import Settings

NONE = -1


@frozen
class Stated:
    """A sentence of a limit as an edition has it; `account` is `NONE` where it can never refuse anything."""

    edition: int
    rule: Rule
    account: int


@frozen
class Cap:
    """A running cap as an edition has it, and the place of its item."""

    edition: int
    item: int
    running: RunningCap
    purse: int


@frozen
class Limits:
    """`accounts` and `purses` tell each what it counts by a sentence or cap that does; editions count from the latest.

    `items` enter the ledger; `linked` are those that a limit takes with it, by its name and the edition of the
    other; some of them may not enter the ledger.
    """

    policy: tree.Policy
    editions: int
    sentences: tuple[Stated, ...]
    caps: tuple[Cap, ...]
    accounts: tuple[Rule, ...]
    purses: tuple[Cap, ...]
    linked: dict[str, dict[int, frozenset[int]]]
    items: frozenset[int]

    @property
    def along(self) -> frozenset[int]:
        """The items that some limit takes with it."""
        return frozenset(
            item for by_edition in self.linked.values() for items in by_edition.values() for item in items
        )

    @property
    def touched(self) -> frozenset[int]:
        """The items that may come out otherwise than before the ledger."""
        return self.items | self.along

    @property
    def holders(self) -> dict[str, tree.Fact]:
        """The facts that accounts are kept by, by name."""
        facts = [rule.limit.holder.fact for rule in self.accounts]
        facts += [purse.running.cap.holder.fact for purse in self.purses]
        return {fact.name: fact for fact in facts}

    def places(self, names: frozenset[str]) -> list[int]:
        return [place for place, benefit in enumerate(self.policy.benefits) if benefit.name in names]

    # Verdicts: 0 granted as it was asked, n refused by sentence n, and beyond these:

    @property
    def used_up(self) -> int:
        """The cap of the item is used up."""
        return len(self.sentences) + 1

    @property
    def cut(self) -> int:
        """The cap of the item has left a part."""
        return len(self.sentences) + 2

    def taken_along(self, limit: int) -> int:
        """Added to the number of the sentence by which a limit has refused another item of the record."""
        return len(self.sentences) * (limit + 1) + 2


def limits_of(policy: tree.Policy, settings: Settings) -> Limits | None:
    """None where the policy has no ledger, or nothing in it is limited."""
    books = [Book.of(edition, settings) for edition in policies(policy)]
    under = frozenset().union(*(book.items for book in books))
    if policy.ledger is None or not under:
        return None
    places = {benefit.name: place for place, benefit in enumerate(policy.benefits)}
    accounts: dict[tuple[Any, ...], tuple[int, Rule]] = {}
    purses: dict[tuple[Any, ...], tuple[int, Cap]] = {}
    sentences: list[Stated] = []
    caps: list[Cap] = []
    linked: dict[str, dict[int, frozenset[int]]] = {}
    for edition, book in enumerate(books):
        for rule in book.rules:
            number = NONE
            if rule.period is not tree.PeriodKind.EACH:
                number = accounts.setdefault(rule.account, (len(accounts), rule))[0]
            sentences.append(Stated(edition, rule, number))
        for name, running in book.caps.items():
            cap = Cap(edition, places[name], running, len(purses))
            number, _ = purses.setdefault((name, running.account), (len(purses), cap))
            caps.append(Cap(edition, places[name], running, number))
        for limit, names in book.linked.items():
            linked.setdefault(limit, {})[edition] = frozenset(places[n] for n in names if n in places)
    return Limits(
        policy,
        len(books),
        tuple(sentences),
        tuple(caps),
        tuple(rule for _, rule in accounts.values()),
        tuple(cap for _, cap in purses.values()),
        linked,
        frozenset(places[name] for name in under if name in places),
    )
