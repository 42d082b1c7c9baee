"""The rule tree: what a policy means. Names, types, units and versions are settled; nothing is written twice.

An expression is one of the closed union `Expr`; a policy is one `Policy`. Every node knows its `origin`, the clause
and the words it came from. Amounts of money are in yuan, as exact fractions; payable amounts are whole fen.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import Factory, field, frozen

from hypolicy.rules.types import BOOL, DATE, BoolType, DateType, NumberType, Type

if TYPE_CHECKING:
    from hypolicy.rules.amendment import Amendment
    from hypolicy.rules.calendar import Period
    from hypolicy.rules.operators import Comparison
    from hypolicy.rules.rounding import RoundingMode, RoundingPlace
    from hypolicy.source.text import Span

Value = bool | date | str | int | Fraction


@frozen
class Origin:
    """Where a rule comes from: the clause number as the regulation writes it (`六（二）`), and the words."""

    clause: str
    span: Span = field(eq=False, repr=False)

    @property
    def text(self) -> str:
        """The words, without line breaks and white space, as a person would quote them."""
        return "".join(self.span.text.split())

    @property
    def amended(self) -> tuple[str, ...]:
        """The amendments that have put in, changed or taken out words here, in their order (`〔2020〕1号第一条`)."""
        return self.span.amended


# --- expressions -----------------------------------------------------------------------------------------------


@frozen
class Literal:
    """A constant; labels of enumerations are their texts."""

    value: Value
    type: Type
    origin: Origin


@frozen
class FactRef:
    fact: Fact
    origin: Origin

    @property
    def type(self) -> Type:
        return self.fact.type


@frozen
class ConceptRef:
    concept: Concept
    origin: Origin

    @property
    def type(self) -> Type:
        return self.concept.type


@frozen
class ParameterRef:
    """The version in force on the benefit's governing date (适用日)."""

    parameter: Parameter
    origin: Origin

    @property
    def type(self) -> Type:
        return self.parameter.type


@frozen
class Lookup:
    """A cell of a table: the row with these keys, on the governing date. A missing row denies the case it is in."""

    table: Table
    keys: tuple[Expr, ...]
    column: Column
    origin: Origin

    @property
    def type(self) -> Type:
        return self.column.type


@frozen
class InTable:
    """Whether any row of the table, on the governing date, has this value in the key column."""

    table: Table
    key: int
    value: Expr
    origin: Origin
    type: BoolType = BOOL


@frozen
class Given:
    """Whether an optional fact is given (有X)."""

    fact: Fact
    origin: Origin
    type: BoolType = BOOL


@frozen
class Not:
    operand: Expr
    origin: Origin
    type: BoolType = BOOL


@frozen
class All:
    """且, 同时满足: evaluated in order, up to the first that fails."""

    operands: tuple[Expr, ...]
    origin: Origin
    type: BoolType = BOOL


@frozen
class Any:
    """或, 满足之一: evaluated in order, up to the first that holds."""

    operands: tuple[Expr, ...]
    origin: Origin
    type: BoolType = BOOL


@frozen
class Compare:
    comparison: Comparison
    left: Expr
    right: Expr
    origin: Origin
    type: BoolType = BOOL


@frozen
class OneOf:
    """属于A、B、C."""

    operand: Expr
    labels: tuple[str, ...]
    origin: Origin
    type: BoolType = BOOL


@frozen
class InTerm:
    """Whether a date lies in the policy's term (在施行期内)."""

    operand: Expr
    term: Period
    origin: Origin
    type: BoolType = BOOL


@frozen
class Within:
    """A在B起…内: not before B, and not later than so many days, months or years after it."""

    operand: Expr
    start: Expr
    amount: int
    unit: str
    origin: Origin
    type: BoolType = BOOL


@frozen
class Age:
    """Completed years from a birth to a day; a birthday itself counts."""

    birth: Expr
    day: Expr
    type: NumberType
    origin: Origin


@frozen
class TermLength:
    """自A起至B止, both included, compared with a number of days, months or years."""

    first: Expr
    last: Expr
    comparison: Comparison
    amount: int
    unit: str
    origin: Origin
    type: BoolType = BOOL


@frozen
class Shift:
    """A date so many days, months or years after (before, when negative) another."""

    operand: Expr
    amount: int
    unit: str
    origin: Origin
    type: DateType = DATE


@frozen
class Sum:
    """Terms of one unit, each added or subtracted."""

    terms: tuple[tuple[bool, Expr], ...]
    type: NumberType
    origin: Origin


@frozen
class Product:
    """Factors, each multiplied or divided by."""

    factors: tuple[tuple[bool, Expr], ...]
    type: NumberType
    origin: Origin


@frozen
class Extreme:
    """较小者 or 较大者."""

    largest: bool
    operands: tuple[Expr, ...]
    type: NumberType
    origin: Origin


@frozen
class ByReading:
    """What an expression is under each option of a 口径."""

    reading: Reading
    options: tuple[tuple[str, Expr], ...]
    type: Type
    origin: Origin


Expr = (
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
)

# --- what the vocabulary declares ------------------------------------------------------------------------------


@frozen
class Fact:
    """A field of a record. `index` is its place among the record's facts, `column` its name in data files.

    `question` is how a form asks for it (问法); empty where its name will do.
    """

    name: str
    type: Type
    index: int
    record: str
    optional: bool
    absent_meaning: str
    column_optional: bool
    personal: bool
    group: str
    note: str
    origin: Origin
    column: str = Factory(lambda fact: fact.name, takes_self=True)
    question: str = ""


@frozen
class RecordKind:
    """One kind of record, with the fact that identifies a record."""

    name: str
    key: Fact
    facts: tuple[Fact, ...]
    validations: tuple[Validation, ...]
    notices: tuple[Notice, ...]
    origin: Origin


@frozen
class Reading:
    """A 口径: a contested reading of the text, with its options. A fixed one cannot be chosen otherwise."""

    name: str
    options: tuple[str, ...]
    default: str
    question: str
    reason: str
    fixed: bool
    origin: Origin


@frozen
class Concept:
    """A defined word. `denial` is what a refusal for want of it says."""

    name: str
    type: Type
    body: Expr
    denial: str
    origin: Origin


@frozen
class Version:
    """A parameter's value from a date, with its legal ground."""

    period: Period
    value: Fraction
    ground: str
    origin: Origin


@frozen
class Parameter:
    """A value with its versions. One that is left to an `authority` has none until that authority has fixed it."""

    name: str
    type: NumberType
    versions: tuple[Version, ...]
    origin: Origin
    authority: str = ""
    bound: tuple[Comparison, Fraction] | None = None


@frozen
class Column:
    """A value column of a table; `index` is its place in a row's values."""

    name: str
    type: Type
    index: int


@frozen
class TableVersion:
    """Rows in force in a period: keys (labels and texts) to values. `illustrative` data is no official fact."""

    period: Period
    rows: dict[tuple[str, ...], tuple[Value, ...]] = field(repr=False, hash=False)
    file: str = ""
    illustrative: bool = False


@frozen
class TableUplift:
    """A rate added to a money column where a condition on the row holds."""

    rate: Fraction
    column: Column
    equals: Value
    origin: Origin


@frozen
class Table:
    name: str
    keys: tuple[Fact, ...]
    columns: tuple[Column, ...]
    versions: tuple[TableVersion, ...]
    uplifts: tuple[TableUplift, ...]
    origin: Origin


@frozen
class Fund:
    """A source of money. Where `only_for` is given, no other item may be booked to it."""

    name: str
    only_for: Group | None
    origin: Origin


@frozen
class GroupByReading:
    """The items that a group has under each option."""

    reading: Reading
    options: tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class Group:
    """补贴组: names of items, perhaps by reading."""

    name: str
    members: tuple[str, ...] | GroupByReading
    origin: Origin


class PeriodKind(Enum):
    """The period over which a cap, a count or a ban on repeats runs."""

    EACH = "每次"
    CALENDAR_YEAR = "每自然年"
    TERM = "施行期内"
    UNLIMITED = "不限期"


@frozen
class Rolling:
    """每滚动n个月: the months that end with the day of the entry."""

    months: int

    @property
    def value(self) -> str:
        return f"每滚动{self.months}个月"


FixedPeriod = PeriodKind | Rolling


@frozen
class PeriodByReading:
    reading: Reading
    options: tuple[tuple[str, FixedPeriod], ...]


PeriodChoice = FixedPeriod | PeriodByReading

# --- items -----------------------------------------------------------------------------------------------------


@frozen
class Condition:
    """One condition of an item. It is assessed only where those at `prerequisites` (indexes of earlier ones) hold."""

    expr: Expr
    denial: str
    prerequisites: tuple[int, ...]
    origin: Origin


@frozen
class Case:
    """情形: conditions and an amount; a benefit without cases has one without a name."""

    name: str
    conditions: tuple[Condition, ...]
    amount: Expr
    origin: Origin


@frozen
class Uplift:
    """`rate` is a number, or a parameter where the text leaves it to one."""

    rate: Literal | ParameterRef
    condition: Expr
    origin: Origin


class Stacking(Enum):
    """叠加方式 of uplifts on one base."""

    HIGHEST = "就高"
    LOWEST = "就低"
    SUM = "相加"
    PRODUCT = "连乘"
    EXCLUSIVE = "互斥"


@frozen
class StackingByReading:
    reading: Reading
    options: tuple[tuple[str, Stacking], ...]


@frozen
class Cap:
    """封顶: the most that a holder receives in a period, in yuan."""

    holder: Holder
    period: PeriodChoice
    amount: Fraction
    origin: Origin


@frozen
class Rounding:
    place: RoundingPlace
    mode: RoundingMode
    origin: Origin


@frozen
class Gate:
    """共同条件 or 待定条件 of a group of items."""

    name: str
    group: Group
    condition: Expr
    ground: str
    origin: Origin


@frozen
class Payee:
    """Who is paid: the holder of a text fact, or the person (本人) where `fact` is None; perhaps for what it has
    `advanced` (垫付)."""

    fact: Fact | None
    advanced: bool = False


@frozen
class Benefit:
    """补贴: an item that a record may be granted.

    A delegated benefit (`delegated_to` not empty) has no rules of its own: where it applies it is 待定. One that an
    amendment has `repealed` is here for the records that an earlier edition decides.
    """

    name: str
    record: str
    applies: Expr | None
    pending: tuple[Gate, ...]
    conditions: tuple[Condition, ...]
    cases: tuple[Case, ...]
    uplifts: tuple[Uplift, ...]
    stacking: Stacking | StackingByReading | None
    cap: Cap | None
    rounding: Rounding | None
    fund: Fund | None
    payees: tuple[Payee, ...]
    applicants: tuple[str, ...]
    governing_date: Expr | None
    year_date: Fact | None
    delegated_to: str
    otherwise_denied: bool
    origin: Origin
    repealed: bool = False


@frozen
class Holder:
    """每人, 每企业 …: whose account a limit runs on, told by a fact."""

    name: str
    fact: Fact


@frozen
class Ledger:
    """台账: holders, the order in which entries are granted, and the date that tells their year."""

    holders: tuple[Holder, ...]
    order: tuple[Fact, ...]
    year_date: Fact
    origin: Origin


@frozen
class NoRepeat:
    """同一X、Y在某期间不重复享受."""

    keys: tuple[Fact, ...]
    period: PeriodChoice
    origin: Origin


@frozen
class NoLower:
    """同一X已享受更高等级的不再享受."""

    keys: tuple[Fact, ...]
    level: Fact
    origin: Origin


@frozen
class NotTogether:
    """不同项目在某期间不同享: no two different items of the group."""

    period: PeriodChoice
    origin: Origin


@frozen
class CountLimit:
    """某期间享受不超过n次."""

    period: PeriodChoice
    times: int
    origin: Origin


LimitRule = NoRepeat | NoLower | NotTogether | CountLimit


@frozen
class Limit:
    """限制 on the entries of a group; `linked` items of a refused record are refused with it."""

    name: str
    group: Group
    holder: Holder
    rules: tuple[LimitRule, ...]
    linked: Group | None
    origin: Origin


class CheckKind(Enum):
    CHECK = "核查"
    TARGET = "目标"
    SOFT_TARGET = "力争目标"


@frozen
class Check:
    """A test of a record (核查), or a goal (目标, 力争目标), which never blocks anything."""

    name: str
    kind: CheckKind
    record: str
    condition: Expr
    total: bool
    origin: Origin


@frozen
class Computation:
    """测算: a quantity that the text defines, which is not a subsidy."""

    name: str
    record: str
    amount: Expr
    origin: Origin


@frozen
class Validation:
    """校验: a record that breaks it is faulty and is refused. `column` is the fact that the fault is told of."""

    message: str
    condition: Expr
    column: Fact
    origin: Origin


@frozen
class Notice:
    """提示: something odd that refuses nothing. With `overlap`, records of one holder whose days overlap."""

    message: str
    condition: Expr | None
    overlap: tuple[Fact, Fact, Fact] | None
    origin: Origin


# --- worked cases ----------------------------------------------------------------------------------------------


@frozen
class Expected:
    """What one record of a worked case is expected to get of one item."""

    item: str
    status: str
    amount: Fraction | None
    reason: str
    clauses: tuple[str, ...]
    origin: Origin


@frozen
class WorkedCase:
    """用例: records (fact name to value; absent means not given), readings and tables assumed, and what is due."""

    name: str
    records: tuple[dict[str, Value], ...]
    readings: dict[str, str]
    parameters: dict[str, Fraction]
    tables: dict[str, TableVersion]
    cells: tuple[tuple[str, tuple[str, ...], str, Value], ...]
    expected: tuple[tuple[Expected, ...], ...]
    record: str
    origin: Origin


@frozen
class Quote:
    """Official text quoted in the rule files, and what became of it."""

    clause: str
    text: str
    span: Span = field(eq=False, repr=False)
    treatment: str = "规则"
    note: str = ""


@frozen
class Clause:
    """A clause under the regulation's own number, and the passages of the rule files that treat it."""

    number: str
    title: str
    passages: tuple[Span, ...] = field(eq=False, repr=False)


@frozen
class Policy:
    """A whole checked policy, as the amendments that it has taken in have left it; `earlier` editions, oldest first."""

    title: str
    number: str
    term: Period
    records: tuple[RecordKind, ...]
    readings: tuple[Reading, ...]
    parameters: tuple[Parameter, ...]
    tables: tuple[Table, ...]
    concepts: tuple[Concept, ...]
    funds: tuple[Fund, ...]
    groups: tuple[Group, ...]
    benefits: tuple[Benefit, ...]
    ledger: Ledger | None
    limits: tuple[Limit, ...]
    checks: tuple[Check, ...]
    computations: tuple[Computation, ...]
    dimensions: tuple[Fact, ...]
    cases: tuple[WorkedCase, ...]
    quotes: tuple[Quote, ...]
    official_text: str
    grounds: tuple[str, ...]
    clauses: tuple[Clause, ...]
    amendments: tuple[Amendment, ...] = ()
    earlier: tuple[Edition, ...] = ()


@frozen
class Edition:
    """A policy as it stood before amendments of one day: it decides what is governed by a day before theirs.

    What they did not change is the same object here and in the edition after this one (`rules.editions`).
    """

    policy: Policy
    ended_by: tuple[Amendment, ...]

    @property
    def end(self) -> Amendment:
        """Any of the amendments: their day and their 新旧衔接 are the same."""
        return self.ended_by[0]
