"""What happened: how one record came to its decisions, step by step, as data.

A trace is the third tree, after the tree as written and the rule tree. It holds values and words only, and nothing
of the policy that made it, so that it can be stored, sent, and put into sentences (`rules.wording`) by whatever
made it: the exact evaluator, or a page. Steps have the names of the rule tree's nodes.

The value of a personal fact, and whatever could tell it, is left out of a trace when it is made.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.rules.trace_steps import (
    Absence,
    Age,
    All,
    Any,
    ByReading,
    Compare,
    ConceptRef,
    Extreme,
    FactRef,
    Given,
    InTable,
    InTerm,
    Literal,
    Lookup,
    Not,
    OneOf,
    ParameterRef,
    Place,
    Product,
    ReadingUsed,
    Result,
    RowUplift,
    Shift,
    Step,
    Sum,
    TermLength,
    Unassessed,
    VersionUsed,
    Within,
    parts,
    walk,
)

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from hypolicy.rules.calendar import Period
    from hypolicy.rules.outcome import Decision
    from hypolicy.rules.rounding import RoundingMode, RoundingPlace
    from hypolicy.rules.tree import FixedPeriod, Stacking
    from hypolicy.rules.types import Type


__all__ = [
    "Absence",
    "Age",
    "All",
    "AmendmentUsed",
    "AmountUsed",
    "Any",
    "ByReading",
    "CapUsed",
    "CaseUsed",
    "Change",
    "Compare",
    "ConceptRef",
    "ConditionUsed",
    "EntryUsed",
    "Extreme",
    "FactRef",
    "Fall",
    "GateUsed",
    "Given",
    "InTable",
    "InTerm",
    "ItemTrace",
    "Known",
    "LedgerUsed",
    "LinkUsed",
    "Literal",
    "Lookup",
    "Nearest",
    "Not",
    "OneOf",
    "ParameterRef",
    "PayeeUsed",
    "Place",
    "Product",
    "ReadingUsed",
    "Result",
    "RowUplift",
    "RuleKind",
    "RuleUsed",
    "RunningCapUsed",
    "Shift",
    "Step",
    "Sum",
    "TermLength",
    "Trace",
    "Unassessed",
    "UpliftUsed",
    "VersionUsed",
    "Within",
    "parts",
    "steps_of",
    "walk",
]

# --- one item --------------------------------------------------------------------------------------------------


@frozen
class GateUsed:
    """A 待定条件, which leaves the item to other rules where it holds."""

    name: str
    ground: str
    clause: str
    condition: Step


@frozen
class ConditionUsed:
    """`holds` is None where an earlier condition that it relies on (`waits_for`) has failed, or a fact is missing."""

    denial: str
    clause: str
    condition: Step
    holds: bool | None
    waits_for: tuple[str, ...]


@frozen
class CaseUsed:
    """情形: whether all its conditions hold (None where a fact is missing), and what it then comes to."""

    name: str
    clause: str
    conditions: tuple[ConditionUsed, ...]
    holds: bool | None
    amount: Step


@frozen
class UpliftUsed:
    """`rate` is a number as written, or a parameter; `holds` is None where a fact is missing."""

    rate: Step
    clause: str
    holds: bool | None
    condition: Step

    @property
    def open(self) -> bool:
        """Whether it cannot be told what it adds."""
        return self.holds is None or (self.holds and isinstance(self.rate.value, Absence))


@frozen
class CapUsed:
    """封顶 of one payment."""

    holder: str
    amount: Fraction
    clause: str
    reading: ReadingUsed | None


@frozen
class AmountUsed:
    """From the base to what is payable before the ledger, all in yuan.

    `factor` is what the uplifts that hold come to together; None where they exclude each other, and then nothing
    follows. Nothing follows either where one of the uplifts is open.
    """

    case: str
    base: Fraction
    uplifts: tuple[UpliftUsed, ...]
    stacking: Stacking | None
    stacking_reading: ReadingUsed | None
    factor: Fraction | None
    raised: Fraction
    cap: CapUsed | None
    capped: Fraction
    place: RoundingPlace | None
    mode: RoundingMode | None
    payable: Fraction


# --- the ledger ------------------------------------------------------------------------------------------------


@frozen
class Known:
    """A fact with its value, as it is shown."""

    name: str
    value: Result
    type: Type


@frozen
class EntryUsed:
    """An earlier payment to the same holder. `earlier_batch` where it comes from the history."""

    item: str
    day: date
    facts: tuple[Known, ...]
    key: Known
    fen: int
    earlier_batch: bool


class RuleKind(Enum):
    """What a rule of a limit forbids."""

    REPEAT = "重复享受"
    LOWER = "享受较低等级"
    TOGETHER = "不同项目同享"
    COUNT = "超过次数"


@frozen
class RuleUsed:
    """One rule of a limit, of which the period may be chosen by a reading.

    `counted` are the earlier entries of the same person that use up something of what the rule allows, `others` the
    number of those of other people, of which nothing else is told; `keys` are the facts that it
    compares, with the values of this record; `next_year` is the year in which it begins anew, within the term.
    """

    kind: RuleKind
    limit: str
    clause: str
    holder: str
    keys: tuple[Known, ...]
    times: int
    period: FixedPeriod | None
    year: int | None
    year_name: str
    next_year: int | None
    counted: tuple[EntryUsed, ...]
    others: int
    allowed: bool
    readings: tuple[ReadingUsed, ...]


@frozen
class RunningCapUsed:
    """封顶 over a period: what was spent before (by `others` too), and what this payment may still have. In fen."""

    holder: str
    clause: str
    period: FixedPeriod
    year: int | None
    most: int
    spent: int
    asked: int
    paid: int
    counted: tuple[EntryUsed, ...]
    others: int
    reading: ReadingUsed | None


@frozen
class LinkUsed:
    """Refused because this limit has refused another item of the same record."""

    limit: str
    because_of: str
    clause: str
    reading: ReadingUsed | None


@frozen
class LedgerUsed:
    """What the ledger said to an item that was otherwise payable; `free_of` are the limits that leave it alone."""

    rules: tuple[RuleUsed, ...]
    cap: RunningCapUsed | None
    link: LinkUsed | None
    free_of: tuple[str, ...]


# --- the nearest change ----------------------------------------------------------------------------------------


@frozen
class Change:
    """One fact that would have to be otherwise. Each of `options` will do, the nearest first.

    Around the first option, everything from `least` to `most` will do as well, where the fact is a day or a number;
    without end where one of them is not given. `table` names the table whose keys, or (`outside`) none of whose
    keys, the options are.
    """

    name: str
    type: Type
    before: Result
    options: tuple[Result, ...]
    least: Result = Absence.NOT_GIVEN
    most: Result = Absence.NOT_GIVEN
    table: str = ""
    outside: bool = False


@frozen
class Nearest:
    """The ways to 准予 that change the fewest facts: every change of a way is needed.

    Searched up to `most` changed facts; `complete` where every small change was tried. Personal facts are never
    changed; `personal` where the item has some.
    """

    ways: tuple[tuple[Change, ...], ...]
    most: int
    complete: bool
    personal: bool


# --- amendments ------------------------------------------------------------------------------------------------


class Fall(Enum):
    """On which side of an amendment a record falls: that of its governing date, or what its 新旧衔接 makes of it."""

    AFTER = "修改后"
    BEFORE = "修改前"
    KEEPS = "从旧"
    BOTH = "取有利"


@frozen
class AmendmentUsed:
    """Amendments that changed the item from a day, and on which side of them the record falls.

    `governed` is the governing date; `began`, where it was asked for, the date that tells whether the record straddles
    the day. `edition` is what they made of the item, as of a decision; `absent` where the item is no part of the rules
    on the side on which the record falls.
    """

    numbers: tuple[str, ...]
    day: date
    edition: int
    fall: Fall
    governed: Result
    began: Known | None
    absent: bool


# --- the record ------------------------------------------------------------------------------------------------


@frozen
class PayeeUsed:
    """Who is paid: the name of the fact and what it says; nothing is said of the person (本人)."""

    kind: str
    name: str


@frozen
class ItemTrace:
    """One benefit. `before` is the decision before the ledger, `decision` the final one."""

    item: str
    clause: str
    delegated_to: str
    fund: str
    payee: PayeeUsed
    applicants: tuple[str, ...]
    applies: Step | None
    pending: tuple[GateUsed, ...]
    governing: Step | None
    conditions: tuple[ConditionUsed, ...]
    cases: tuple[CaseUsed, ...]
    amount: AmountUsed | None
    before: Decision
    ledger: LedgerUsed | None
    nearest: Nearest | None
    decision: Decision
    amendments: tuple[AmendmentUsed, ...] = ()


@frozen
class Trace:
    """One record: all its items, in the order of the policy.

    `illustrative` names tables without official data, `notices` are the 提示 that the record has given rise to.
    """

    title: str
    number: str
    term: Period
    record: str
    key: Known
    changed: tuple[ReadingUsed, ...]
    illustrative: tuple[str, ...]
    notices: tuple[str, ...]
    items: tuple[ItemTrace, ...]


def steps_of(item: ItemTrace) -> tuple[Step, ...]:
    """The outermost steps of an item, in the order in which they were taken."""
    out: list[Step] = [item.applies] if item.applies is not None else []
    out += [gate.condition for gate in item.pending]
    if item.governing is not None:
        out.append(item.governing)
    out += [used.condition for used in item.conditions]
    for case in item.cases:
        out += [used.condition for used in case.conditions]
        out.append(case.amount)
    if item.amount is not None:
        for uplift in item.amount.uplifts:
            out += [uplift.condition, uplift.rate]
    return tuple(out)
