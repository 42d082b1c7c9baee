"""Sentences that declare something: words, readings, values, items, worked cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.syntax.tree.amendments import AmendmentHead, Change
from hypolicy.syntax.tree.expressions import Expr, Name, Node

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.syntax.literals import Quantity


@frozen
class Heading(Node):
    clause: str
    title: str


@frozen
class PolicyHead(Node):
    name: Name


@frozen
class Include(Node):
    path: Name


@frozen
class Record(Node):
    name: Name
    key: Name


@frozen
class Section(Node):
    name: Name


@frozen
class Label(Node):
    """A value of an enumeration, with its code in data files where one is written."""

    name: Name
    code: Name | None


@frozen
class Enum(Node):
    name: Name
    rising: bool
    labels: tuple[Label, ...]


@frozen
class TypeName(Node):
    """A type word, the name of an enumeration, or 整数 with its unit."""

    name: Name
    unit: Name | None = None


@frozen
class Fact(Node):
    name: Name
    type: TypeName | tuple[Label, ...]
    optional: bool
    absent_meaning: str
    column_optional: bool
    column: Name | None
    personal: bool
    note: str
    question: Name | None


@frozen
class Validation(Node):
    message: Name
    condition: Expr


@frozen
class Notice(Node):
    message: Name
    condition: Expr


@frozen
class OverlapNotice(Node):
    message: Name
    key: Name
    first: Name
    last: Name


@frozen
class UnitDeclaration(Node):
    name: Name


@frozen
class Fund(Node):
    name: Name
    only_for: Name | None = None


@frozen
class Group(Node):
    name: Name
    members: tuple[Name, ...]


@frozen
class GroupByReading(Node):
    name: Name
    reading: Name
    options: tuple[tuple[Name, tuple[Name, ...]], ...]


@frozen
class Concept(Node):
    name: Name
    body: Expr
    denial: str


@frozen
class ConceptByReading(Node):
    name: Name
    reading: Name
    options: tuple[tuple[Name, Expr], ...]
    denial: str


@frozen
class PeriodKind(Node):
    """One of 每次, 每自然年, 施行期内, 不限期, 每滚动 with its length, or a declared 期间."""

    name: str
    length: Quantity | None = None


@frozen
class PeriodWord(Node):
    name: Name
    kind: PeriodKind


@frozen
class PeriodByReading(Node):
    name: Name
    reading: Name
    options: tuple[tuple[Name, PeriodKind], ...]


@frozen
class Reading(Node):
    name: Name
    options: tuple[Name, ...]


@frozen
class FixedReading(Node):
    name: Name
    chosen: Name
    rejected: tuple[Name, ...]


@frozen
class Validity(Node):
    start: date
    end: date | None


@frozen
class Version(Node):
    validity: Validity
    quantity: Quantity
    ground: str


@frozen
class Parameter(Node):
    name: Name
    versions: tuple[Version, ...]


@frozen
class DelegatedParameter(Node):
    """A parameter that another authority fixes, perhaps within a bound."""

    name: Name
    authority: str
    word: str
    bound: Quantity | None


@frozen
class Fulfilment(Node):
    """落实: the versions of a parameter that was left to this authority."""

    name: Name
    versions: tuple[Version, ...]


@frozen
class Column(Node):
    name: Name
    type: TypeName


@frozen
class Row(Node):
    keys: tuple[Name, ...]
    cells: tuple[Expr, ...]


@frozen
class Entry(Node):
    """A row, a file, or either of them with the period from which it holds."""

    validity: Validity | None
    row: Row | None
    file: Name | None


@frozen
class Table(Node):
    name: Name
    keys: tuple[Name, ...]
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]


@frozen
class Benefit(Node):
    name: Name


@frozen
class Gate(Node):
    """共同条件, or 待定条件 where `pending`."""

    pending: bool
    name: Name
    group: Name
    condition: Expr
    denial: str
    ground: str


@frozen
class Ledger(Node):
    pass


@frozen
class Limit(Node):
    name: Name


@frozen
class Delegation(Node):
    name: Name
    ground: str


@frozen
class NotComputable(Node):
    note: str


@frozen
class Check(Node):
    word: str
    name: Name
    overall: bool
    condition: Expr


@frozen
class Computation(Node):
    name: Name
    amount: Expr


@frozen
class Template(Node):
    name: Name


@frozen
class WorkedCase(Node):
    name: Name


Declaration = (
    Heading
    | PolicyHead
    | Include
    | Record
    | Section
    | Enum
    | Fact
    | Validation
    | Notice
    | OverlapNotice
    | UnitDeclaration
    | Fund
    | Group
    | GroupByReading
    | Concept
    | ConceptByReading
    | PeriodWord
    | PeriodByReading
    | Reading
    | FixedReading
    | Parameter
    | DelegatedParameter
    | Fulfilment
    | Table
    | Benefit
    | Gate
    | Ledger
    | Limit
    | Delegation
    | NotComputable
    | Check
    | Computation
    | Template
    | WorkedCase
    | AmendmentHead
    | Change
)
