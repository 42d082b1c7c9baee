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

from hypolicy.rules.tree import Value

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from hypolicy.rules.calendar import Period
    from hypolicy.rules.operators import Comparison
    from hypolicy.rules.outcome import Decision
    from hypolicy.rules.rounding import RoundingMode, RoundingPlace
    from hypolicy.rules.tree import FixedPeriod, Stacking
    from hypolicy.rules.types import Type


class Absence(Enum):
    """Why there is no value to show."""

    HIDDEN = "属于个人信息，不显示"
    NOT_GIVEN = "未填"
    NOT_FIXED = "尚未确定"
    NO_ROW = "表中没有这一行"
    BY_ZERO = "除数为零"
    NOT_ASSESSED = "未判断"


Result = Value | Absence


@frozen
class Place:
    """The clause, and the words of the rule there."""

    clause: str
    words: str


@frozen
class ReadingUsed:
    """A 口径, the option that was taken, and why the policy takes its default."""

    name: str
    option: str
    default: str
    question: str
    reason: str
    clause: str

    @property
    def changed(self) -> bool:
        return self.option != self.default


@frozen
class VersionUsed:
    """The version of a table; `replaced` where the run put a file of its own in its place."""

    period: Period
    file: str
    illustrative: bool
    replaced: bool


# --- steps: one for each kind of expression --------------------------------------------------------------------


@frozen
class Literal:
    value: Result
    type: Type
    place: Place


@frozen
class FactRef:
    name: str
    value: Result
    type: Type
    place: Place


@frozen
class ConceptRef:
    name: str
    denial: str
    body: Step
    value: Result
    type: Type
    place: Place


@frozen
class ParameterRef:
    """`replaced` where the run set another value."""

    name: str
    period: Period
    ground: str
    clause: str
    replaced: bool
    value: Result
    type: Type
    place: Place


@frozen
class RowUplift:
    """A rate that the table itself adds, because the row has this value in this column."""

    rate: Fraction
    column: str
    equals: Value
    type: Type
    clause: str


@frozen
class Lookup:
    """`written` is the cell before the table's own uplifts."""

    table: str
    column: str
    key_names: tuple[str, ...]
    keys: tuple[Step, ...]
    version: VersionUsed | None
    written: Result
    uplifts: tuple[RowUplift, ...]
    value: Result
    type: Type
    place: Place


@frozen
class InTable:
    table: str
    key_name: str
    operand: Step
    version: VersionUsed | None
    value: Result
    type: Type
    place: Place


@frozen
class Given:
    """`shown` is the fact itself."""

    name: str
    shown: Result
    shown_type: Type
    value: Result
    type: Type
    place: Place


@frozen
class Not:
    operand: Step
    value: Result
    type: Type
    place: Place


@frozen
class All:
    """The first `decisive` operands settled it; the others were looked at afterwards, for information."""

    operands: tuple[Step, ...]
    decisive: int
    value: Result
    type: Type
    place: Place


@frozen
class Any:
    """The first `decisive` operands settled it; the others were looked at afterwards, for information."""

    operands: tuple[Step, ...]
    decisive: int
    value: Result
    type: Type
    place: Place


@frozen
class Compare:
    comparison: Comparison
    left: Step
    right: Step
    value: Result
    type: Type
    place: Place


@frozen
class OneOf:
    operand: Step
    labels: tuple[str, ...]
    value: Result
    type: Type
    place: Place


@frozen
class InTerm:
    operand: Step
    term: Period
    value: Result
    type: Type
    place: Place


@frozen
class Within:
    operand: Step
    start: Step
    amount: int
    unit: str
    value: Result
    type: Type
    place: Place


@frozen
class Age:
    birth: Step
    day: Step
    value: Result
    type: Type
    place: Place


@frozen
class TermLength:
    first: Step
    last: Step
    comparison: Comparison
    amount: int
    unit: str
    value: Result
    type: Type
    place: Place


@frozen
class Shift:
    operand: Step
    amount: int
    unit: str
    value: Result
    type: Type
    place: Place


@frozen
class Sum:
    terms: tuple[tuple[bool, Step], ...]
    value: Result
    type: Type
    place: Place


@frozen
class Product:
    factors: tuple[tuple[bool, Step], ...]
    value: Result
    type: Type
    place: Place


@frozen
class Extreme:
    largest: bool
    operands: tuple[Step, ...]
    value: Result
    type: Type
    place: Place


@frozen
class ByReading:
    reading: ReadingUsed
    operand: Step
    value: Result
    type: Type
    place: Place


@frozen
class Unassessed:
    """A part that nobody looked at, or that could not be looked at; only its words are known."""

    type: Type
    place: Place
    value: Result = Absence.NOT_ASSESSED


Step = (
    Literal
    | FactRef
    | ConceptRef
    | ParameterRef
    | Lookup
    | InTable
    | Given
    | Not
    | All
    | Any
    | Compare
    | OneOf
    | InTerm
    | Within
    | Age
    | TermLength
    | Shift
    | Sum
    | Product
    | Extreme
    | ByReading
    | Unassessed
)

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
    """`holds` is None where an earlier condition that it relies on (`waits_for`) has failed."""

    denial: str
    clause: str
    condition: Step
    holds: bool | None
    waits_for: tuple[str, ...]


@frozen
class CaseUsed:
    """情形: whether all its conditions hold, and what it then comes to."""

    name: str
    clause: str
    conditions: tuple[ConditionUsed, ...]
    holds: bool
    amount: Step


@frozen
class UpliftUsed:
    """`rate` is a number as written, or a parameter."""

    rate: Step
    clause: str
    holds: bool
    condition: Step


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
    follows.
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

    `counted` are the earlier entries that use up something of what the rule allows; `keys` are the facts that it
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
    allowed: bool
    readings: tuple[ReadingUsed, ...]


@frozen
class RunningCapUsed:
    """封顶 over a period: what was spent before, and what this payment may still have. In fen."""

    holder: str
    clause: str
    period: FixedPeriod
    year: int | None
    most: int
    spent: int
    asked: int
    paid: int
    counted: tuple[EntryUsed, ...]
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

    Searched up to `most` changed facts; `complete` where every small change was tried.
    """

    ways: tuple[tuple[Change, ...], ...]
    most: int
    complete: bool


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


@frozen
class Trace:
    """One record: all its items, in the order of the policy. `illustrative` names tables without official data."""

    title: str
    number: str
    term: Period
    record: str
    key: Known
    changed: tuple[ReadingUsed, ...]
    illustrative: tuple[str, ...]
    items: tuple[ItemTrace, ...]


def parts(step: Step) -> tuple[Step, ...]:
    """The direct parts of a step."""
    match step:
        case Literal() | FactRef() | ParameterRef() | Given() | Unassessed():
            return ()
        case ConceptRef(body=body):
            return (body,)
        case Lookup(keys=keys):
            return keys
        case InTable() | Not() | OneOf() | InTerm() | Shift() | ByReading():
            return (step.operand,)
        case All() | Any() | Extreme():
            return step.operands
        case Compare(left=left, right=right):
            return (left, right)
        case TermLength(first=first, last=last):
            return (first, last)
        case Within(operand=operand, start=start):
            return (operand, start)
        case Age(birth=birth, day=day):
            return (birth, day)
        case Sum(terms=signed) | Product(factors=signed):
            return tuple(part for _, part in signed)


def walk(step: Step) -> tuple[Step, ...]:
    """A step and everything in it."""
    return (step, *(inner for part in parts(step) for inner in walk(part)))


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
