"""The ledger over payable entries: accounts numbered, entries put in order, the kernel run, verdicts read.

Entries carry values, not codes of a chunk, so that those of many chunks, or of many machines, can be settled
together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import define, field, frozen

from hypolicy.backends.columns.coding import day_number
from hypolicy.backends.columns.entries import HISTORY, ITEM, NONE, ROW, Coded, dense, in_order
from hypolicy.backends.columns.fold import GRANTED, FoldKernel, fold_kernel
from hypolicy.backends.columns.screen import SEVERAL, ScreenKernel, screen_kernels
from hypolicy.rules import tree
from hypolicy.rules.ledger import ledger_facts, rule_facts

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from hypolicy.backends.columns.limits import Limits
    from hypolicy.backends.columns.machine import Machine

    Ints = NDArray[np.int64]

# Before every day.
_NEVER: Final = -(10**9)
# Entries of a part of the table that a screen takes at a time, so that it stays close to the processor.
_PART: Final = 1 << 13
_SHIFT: Final = 40
# What the kernel only reads.
_OF_ENTRIES: Final = ("account", "purse", "rank")


@frozen
class Verdicts:
    """For each entry of a frame: what the ledger says of it (see `fold`), and what is paid.

    `lacking` is the place, in `ledger_facts`, of a fact without which an entry cannot be looked at, else `NONE`;
    `entered` are those that the ledger has taken in, `stands` those that are paid in the end.
    """

    verdict: Ints
    paid: Ints
    lacking: Ints
    entered: NDArray[np.bool_]
    stands: NDArray[np.bool_]

    @property
    def changed(self) -> NDArray[np.bool_]:
        """Those that come out otherwise than before the ledger, of which none is of an earlier batch."""
        out: NDArray[np.bool_] = (self.lacking != NONE) | (self.verdict != GRANTED)
        return out


@frozen
class Readied:
    """Entries in their order with their accounts numbered, which can be settled again and again.

    `accounts` are those of entries, and states as they are before the first entry.
    """

    ledger: Ledger
    coded: Coded
    lacking: Ints
    order: Ints
    record: Ints
    accounts: dict[tuple[str, int], Ints]

    def settle(
        self, machine: Machine, taken: NDArray[np.bool_] | None = None, fen: Ints | None = None
    ) -> Verdicts:
        """Verdicts where only some entries are there, or where other amounts are asked; on all as they are if None."""
        ledger, limits, coded = self.ledger, self.ledger.limits, self.coded
        order = self.order if taken is None else self.order[taken[self.order]]
        verdict, paid = np.zeros(len(coded.row), np.int64), (coded.fen if fen is None else fen).copy()
        accounts = {
            argument: values if argument[0] in _OF_ENTRIES else values.copy()
            for argument, values in self.accounts.items()
        }
        items, editions = (column.astype(np.int64) for column in (coded.item, coded.edition))
        inputs = [order, self.record, items, editions, coded.days(ledger.definition.year_date)]
        machine.call(ledger.kernel.text, "fold", inputs, [paid, *accounts.values(), verdict])
        ours = (coded.row != HISTORY) & (self.lacking == NONE)
        ours = ours if taken is None else ours & taken
        entered = ours & ledger.granting(verdict) & ledger.among(coded.item, limits.items)
        for place, by_edition in enumerate(limits.linked.values()):
            by = accounts["refused", place][self.record]
            for edition, members in by_edition.items():
                along = ours & ledger.granting(verdict) & (by > 0) & (coded.edition == edition)
                along &= ledger.among(coded.item, members)
                verdict[along] = limits.taken_along(place) + by[along]
        return Verdicts(verdict, paid, self.lacking, entered, ours & ledger.granting(verdict))


@define
class Ledger:
    """The limits of a policy, ready to settle entries."""

    limits: Limits
    kernel: FoldKernel = field(init=False)
    screens: list[ScreenKernel] = field(init=False)
    facts: tuple[tree.Fact, ...] = field(init=False)
    _needed: dict[int, list[tree.Fact]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.kernel = fold_kernel(self.limits)
        self.screens = screen_kernels(self.limits)
        self.facts = ledger_facts(self.policy)

    @property
    def policy(self) -> tree.Policy:
        return self.limits.policy

    @property
    def definition(self) -> tree.Ledger:
        assert self.policy.ledger is not None
        return self.policy.ledger

    @property
    def partition_fact(self) -> tree.Fact | None:
        """The fact whose values never concern each other; None where limits run on several."""
        holders = self.limits.holders
        return next(iter(holders.values())) if len(holders) == 1 else None

    # ------------------------------------------------------------------------------------------------ settle

    def settle(self, frame: pl.DataFrame, machine: Machine) -> Verdicts:
        """Verdicts on a frame of entries, history among them."""
        return self.ready(Coded.of_frame(frame)).settle(machine)

    def ready(self, coded: Coded) -> Readied:
        lacking = self.lacking(coded)
        order = self.order(coded, lacking == NONE)
        return Readied(self, coded, lacking, order, self.records(coded), self.accounts(coded))

    def doubtful(self, coded: Coded, machine: Machine) -> NDArray[np.bool_]:
        """The entries that may be refused, cut or left open, and those that are judged together with them.

        All others stand as they are.
        """
        own, found = [coded.row, coded.item, coded.fen], np.zeros(len(coded), np.bool_)
        for screen in self.screens:
            holders = coded.values.hashes(screen.holder)
            some = np.arange(len(coded)) if screen.alone else _several(holders, machine)
            keys = [coded.values.hashes(fact)[some] for fact in screen.facts]
            inputs: list[int | Ints] = [*(column[some] for column in own), holders[some], *keys, _SHIFT]
            count = len(some)
            parts = 1 << max(0, (count // _PART).bit_length())
            space = np.empty(2 << count.bit_length(), np.int64)
            by_part = [np.empty(count, np.int64) for _ in range(3)]
            working = [np.zeros(parts + 1, np.int64), *by_part[:2], space, by_part[2]]
            suspect = np.zeros(count, np.int64)
            machine.call(screen.text, "screen", inputs, [*working, suspect])
            found[some[suspect > 0]] = True
        for fact in {fact.name: fact for place in self.limits.items for fact in self.needed(place)}.values():
            missing = coded.values.missing(fact)
            if missing is not None:
                found |= missing
        if self.limits.linked:
            found |= np.isin(coded.row, coded.row[found])
        return found

    def unrefused(self, frame: pl.DataFrame) -> NDArray[np.bool_]:
        """The entries that the ledger takes in where it refuses none."""
        ours: NDArray[np.bool_] = frame[ROW].to_numpy() != HISTORY
        return ours & self.among(frame[ITEM].to_numpy(), self.limits.items)

    def granting(self, verdict: Ints) -> NDArray[np.bool_]:
        out: NDArray[np.bool_] = np.isin(verdict, (GRANTED, self.limits.cut))
        return out

    def in_order(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Entries in the order of the ledger."""
        return frame[self.order(Coded.of_frame(frame), np.ones(frame.height, np.bool_))]

    def among(self, item: Ints, places: frozenset[int]) -> NDArray[np.bool_]:
        return np.isin(item, sorted(places))

    def lacking(self, coded: Coded) -> Ints:
        """The first fact that an entry should have for the ledger and has not."""
        out = np.full(len(coded), NONE, np.int64)
        for place in sorted(self.limits.items):
            for fact in reversed(self.needed(place)):
                missing = coded.values.missing(fact)
                if missing is not None:
                    out[missing & (coded.item == place) & (coded.row != HISTORY)] = self.facts.index(fact)
        return out

    def needed(self, item: int) -> list[tree.Fact]:
        """What the ledger needs to know of an entry, so far as a record may not give it, in the record's order."""
        if item not in self._needed:
            self._needed[item] = self._needs(item)
        return self._needed[item]

    def _needs(self, item: int) -> list[tree.Fact]:
        needed = {*self.definition.order, self.definition.year_date, self.key}
        for rule in (stated.rule for stated in self.limits.sentences):
            if self.policy.benefits[item].name in rule.members:
                needed |= {rule.limit.holder.fact, *rule_facts(rule.rule)}
        for cap in self.limits.caps:
            if cap.item == item:
                needed.add(cap.running.cap.holder.fact)
        return sorted((fact for fact in needed if fact.optional), key=lambda fact: fact.index)

    @property
    def key(self) -> tree.Fact:
        record = self.definition.year_date.record
        return next(kind.key for kind in self.policy.records if kind.name == record)

    def order(self, coded: Coded, known: NDArray[np.bool_]) -> Ints:
        """Entries in the order of the ledger: history, then by the stated facts and the record's key."""
        chosen = np.flatnonzero(known)
        turns = [
            *(coded.of(fact) for fact in dict.fromkeys((*self.definition.order, self.key))),
            self.among(coded.item, self.limits.along).astype(np.int64),
            coded.item,
            coded.row,
        ]
        turns.insert(0, (coded.row != HISTORY).astype(np.int64))
        return chosen[in_order([turn[chosen] for turn in turns])]

    def records(self, coded: Coded) -> Ints:
        """The number of the record of each entry; `NONE` for history."""
        distinct, who = np.unique(coded.row, return_inverse=True)
        first = 1 if len(distinct) and distinct[0] == HISTORY else 0
        return who.astype(np.int64) - first

    # ---------------------------------------------------------------------------------------------- accounts

    def accounts(self, coded: Coded) -> dict[tuple[str, int], Ints]:
        """What the kernel takes by name: the account of each entry under each sentence and cap, and their states."""
        entries, counts = len(coded.row), dict[tuple[str, int], int]()
        out: dict[tuple[str, int], Ints] = {}
        for argument in self.kernel.arguments:
            kind, number = argument
            match kind:
                case "account" | "purse":
                    ids, count = self.account(kind, number, coded)
                    counts[argument] = count
                    out[argument] = ids
                case "until":
                    size = counts["account", number]
                    together = isinstance(self.limits.accounts[number].rule, tree.NotTogether)
                    out[argument] = np.full(
                        size * (len(self.policy.benefits) if together else 1), _NEVER, np.int64
                    )
                case "rank":
                    rule = self.limits.accounts[number].rule
                    assert isinstance(rule, tree.NoLower)
                    out[argument] = coded.of(rule.level).copy()
                case "best" | "count":
                    out[argument] = np.zeros(counts["account", number], np.int64)
                case "spent":
                    out[argument] = np.zeros(counts["purse", number], np.int64)
                case "last":
                    out[argument] = np.full(counts["account", number], NONE, np.int64)
                case "held":
                    out[argument] = np.full(counts["purse", number], NONE, np.int64)
                case "before" | "prior":
                    out[argument] = np.full(entries, NONE, np.int64)
                case "refused":
                    out[argument] = np.zeros(entries, np.int64)
                case _:
                    raise AssertionError(kind)
        return out

    def account(self, kind: str, number: int, coded: Coded) -> tuple[Ints, int]:
        """The account of each entry, `NONE` where it has none; and how many there are."""
        if kind == "purse":
            cap = self.limits.purses[number]
            members, period = frozenset({cap.item}), cap.running.period
            facts: tuple[tree.Fact, ...] = (cap.running.cap.holder.fact,)
        else:
            rule = self.limits.accounts[number]
            members, period = frozenset(self.limits.places(rule.members)), rule.period
            # The level is compared within an account, every other key tells accounts apart.
            keys = rule.rule.keys if isinstance(rule.rule, tree.NoRepeat | tree.NoLower) else ()
            facts = (rule.limit.holder.fact, *keys)
        counted = self.among(coded.item, members)
        columns = [coded.of(fact) for fact in facts]
        if period is tree.PeriodKind.CALENDAR_YEAR:
            columns.append(coded.years(self.definition.year_date))
        elif period is tree.PeriodKind.TERM:
            counted &= coded.days(self.definition.year_date) >= day_number(self.policy.term.start)
        out = np.full(len(coded.row), NONE, np.int64)
        out[counted], count = dense([column[counted] for column in columns])
        return out, max(count, 1)


def _several(holders: Ints, machine: Machine) -> Ints:
    seen = np.zeros(2 << len(holders).bit_length(), np.uint8)
    entries = np.empty(len(holders), np.int64)
    return entries[: machine.call(SEVERAL, "several", [holders, _SHIFT], [seen, entries])]
