"""What a decision says: the four results, an amount, and the reasons with their clauses."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import field, frozen

from hypolicy.rules.editions import deciding
from hypolicy.rules.tree import GroupByReading, PeriodByReading, StackingByReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from hypolicy.rules.tree import (
        Benefit,
        FixedPeriod,
        Group,
        PeriodChoice,
        Policy,
        Reading,
        Stacking,
        Table,
        TableVersion,
        Value,
    )

_MOST_DECIMALS = 20


class Status(Enum):
    """准予 has an amount above zero; the others have none. 符合 and 不符合 are the results of checks and targets."""

    GRANTED = "准予"
    DENIED = "不予"
    PENDING = "待定"
    NOT_APPLICABLE = "不适用"
    MET = "符合"
    UNMET = "不符合"


@frozen
class Reason:
    """Why, and on which clause it rests."""

    text: str
    clause: str


@frozen
class Decision:
    """One item of one record. `fen` is the amount in fen where granted, else 0.

    `edition` is that of the policy which decided: 0 is the policy itself, 1 the edition before it, and so on. Where
    the more favourable of several editions decides, `others` are what the others give.
    """

    status: Status
    fen: int
    reasons: tuple[Reason, ...]
    clauses: tuple[str, ...]
    edition: int = 0
    others: tuple[Decision, ...] = ()

    @property
    def reason_text(self) -> str:
        return "；".join(reason.text for reason in self.reasons)


@frozen
class Entry:
    """A granted payment in the ledger: `facts` are those of `ledger_facts`, by name."""

    item: str
    facts: Mapping[str, Value]
    fen: int


@frozen
class Settings:
    """What a run chooses: options of readings, and values and tables in place of the policy's own."""

    readings: Mapping[str, str] = field(factory=dict)
    parameters: Mapping[str, Fraction] = field(factory=dict)
    tables: Mapping[str, tuple[TableVersion, ...]] = field(factory=dict)

    def option(self, reading: Reading) -> str:
        """The option chosen; the default where this edition of the reading has none of that name."""
        chosen = self.readings.get(reading.name, reading.default)
        return chosen if chosen in reading.options else reading.default

    def period(self, choice: PeriodChoice) -> FixedPeriod:
        if isinstance(choice, PeriodByReading):
            return dict(choice.options)[self.option(choice.reading)]
        return choice

    def members(self, group: Group) -> frozenset[str]:
        """The items of a group under the readings chosen."""
        members = group.members
        if isinstance(members, GroupByReading):
            return frozenset(dict(members.options)[self.option(members.reading)])
        return frozenset(members)

    def stacking(self, choice: Stacking | StackingByReading | None) -> Stacking | None:
        if isinstance(choice, StackingByReading):
            return dict(choice.options)[self.option(choice.reading)]
        return choice

    def versions(self, table: Table) -> tuple[TableVersion, ...]:
        return tuple(self.tables.get(table.name, table.versions))


@frozen
class Decided:
    """Decisions of a batch: one row for each record, one column for each benefit of the policy, in their order."""

    policy: Policy
    rows: Sequence[Sequence[Decision]]
    granted: Sequence[Entry]

    def benefit(self, place: int, decision: Decision) -> Benefit:
        """The benefit of a column, as the edition that decided has it: with its fund and payees."""
        benefit = self.policy.benefits[place]
        if decision.edition == 0:
            return benefit
        return deciding(self.policy, benefit.name, decision.edition)


def fen_text(fen: int) -> str:
    """An amount in yuan with two decimals, exactly."""
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100}.{size % 100:02}"


def percent_text(rate: Fraction) -> str:
    """A rate as it would be written: 70%, 12.5%; a fraction of a percent that never ends stays one."""
    percent = rate * 100
    for places in range(_MOST_DECIMALS):
        scaled = abs(percent) * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
            return f"{'-' if percent < 0 else ''}{whole}{'.' if places else ''}{decimals}%"
    return f"({percent})%"
