"""The steps of a trace: one for each kind of expression of the rule tree, with what it came to.

See `rules.trace`, which passes them on.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.rules.tree import Value

if TYPE_CHECKING:
    from fractions import Fraction

    from hypolicy.rules.calendar import Period
    from hypolicy.rules.operators import Comparison
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
