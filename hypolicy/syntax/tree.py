"""The tree as written: what the author said, sentence by sentence, before any name is looked up.

A `Name` keeps its place, so every later message can point at it. Expressions are the closed union `Expr`, sentences
are `Declaration`s (they may open a block) and `Line`s (they stand in one).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from hypolicy.source.text import Span
    from hypolicy.syntax.lexer import Quantity


@frozen
class Name:
    text: str
    span: Span = field(repr=False, eq=False)

    def __str__(self) -> str:
        return self.text


@frozen
class Node:
    span: Span = field(repr=False, eq=False, kw_only=True)


# --- expressions -----------------------------------------------------------------------------------------------


@frozen
class Word(Node):
    name: str


@frozen
class Number(Node):
    quantity: Quantity


@frozen
class Day(Node):
    day: date


@frozen
class Text(Node):
    text: str


@frozen
class Truth(Node):
    value: bool


@frozen
class Always(Node):
    """一律符合 or 一律不符."""

    value: bool


@frozen
class Lookup(Node):
    table: Name
    arguments: tuple[Expr, ...]
    column: Name | None


@frozen
class Extreme(Node):
    largest: bool
    operands: tuple[Expr, ...]


@frozen
class SumOf(Node):
    terms: tuple[tuple[bool, Expr], ...]


@frozen
class ProductOf(Node):
    factors: tuple[tuple[bool, Expr], ...]


@frozen
class Comparison(Node):
    """`word` is the comparing word as written; 为 and 不为 among them."""

    word: str
    left: Expr
    right: Expr


@frozen
class Belongs(Node):
    negated: bool
    operand: Expr
    choices: tuple[Expr, ...]


@frozen
class InTable(Node):
    negated: bool
    operand: Expr
    table: Name


@frozen
class InTerm(Node):
    negated: bool
    operand: Expr


@frozen
class Within(Node):
    """A在B起…内: not before B, and not later than so long after it."""

    operand: Expr
    start: Expr
    quantity: Quantity


@frozen
class Age(Node):
    """周岁数: completed years from a birth to a day."""

    birth: Expr
    day: Expr


@frozen
class Given(Node):
    negated: bool
    fact: Name


@frozen
class TermLength(Node):
    first: Expr
    last: Expr
    word: str
    quantity: Quantity


@frozen
class Negation(Node):
    operand: Expr


@frozen
class Conjunction(Node):
    operands: tuple[Expr, ...]


@frozen
class Disjunction(Node):
    operands: tuple[Expr, ...]


Expr = (
    Word
    | Number
    | Day
    | Text
    | Truth
    | Always
    | Lookup
    | Extreme
    | SumOf
    | ProductOf
    | Comparison
    | Belongs
    | InTable
    | InTerm
    | Within
    | Age
    | Given
    | TermLength
    | Negation
    | Conjunction
    | Disjunction
)

# --- declarations ----------------------------------------------------------------------------------------------


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
class Enum(Node):
    name: Name
    rising: bool
    labels: tuple[Name, ...]


@frozen
class TypeName(Node):
    """A type word, the name of an enumeration, or 整数 with its unit."""

    name: Name
    unit: Name | None = None


@frozen
class Fact(Node):
    name: Name
    type: TypeName | tuple[Name, ...]
    optional: bool
    absent_meaning: str
    column_optional: bool
    personal: bool
    note: str


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


# --- lines -----------------------------------------------------------------------------------------------------


@frozen
class Statement(Node):
    """A line that says one text or one list of texts: 文号, 官方文本, 上位文件, 理由, 问题, 委托."""

    word: str
    texts: tuple[Name, ...]


@frozen
class Naming(Node):
    """A line that names declared words: 适用日, 汇总年度, 汇总维度, 资金, 次序, 台账年度."""

    word: str
    names: tuple[Name, ...]


@frozen
class Parties(Node):
    """发给, 申请, 垫付: words, texts or 本人 (None)."""

    word: str
    parties: tuple[Name | None, ...]


@frozen
class Term(Node):
    validity: Validity


@frozen
class Applies(Node):
    condition: Expr


@frozen
class ConditionLine(Node):
    condition: Expr


@frozen
class Amount(Node):
    amount: Expr


@frozen
class Case(Node):
    name: Name
    condition: Expr
    amount: Expr


@frozen
class Uplift(Node):
    """`rate` is a percentage, or the name of a parameter."""

    rate: Quantity | Name
    condition: Expr


@frozen
class StackingLine(Node):
    """`mode` is the mode; with `by_reading` it is the name of a 口径."""

    mode: Name
    by_reading: bool


@frozen
class Cap(Node):
    holder: Name
    period: PeriodKind
    word: str
    quantity: Quantity


@frozen
class Rounding(Node):
    place: str
    mode: str


@frozen
class Exclusion(Node):
    label: Name
    fact: Name


@frozen
class Otherwise(Node):
    """其余不予: that no case holds is meant to be a refusal."""


@frozen
class Holder(Node):
    name: Name
    fact: Name


@frozen
class Covers(Node):
    group: Name
    holder: Name | None


@frozen
class NoRepeat(Node):
    keys: tuple[Name, ...]
    period: PeriodKind


@frozen
class CountLimit(Node):
    period: PeriodKind
    word: str
    quantity: Quantity


@frozen
class NoLower(Node):
    """同一…已享受更高…的不再享受."""

    keys: tuple[Name, ...]
    level: Name


@frozen
class NotTogether(Node):
    """不同项目在…不同享."""

    period: PeriodKind


@frozen
class Linked(Node):
    group: Name


@frozen
class Refer(Node):
    template: Name


@frozen
class AssumeFact(Node):
    fact: Name
    value: Expr


@frozen
class AssumeAbsent(Node):
    fact: Name


@frozen
class AssumeCell(Node):
    table: Name
    keys: tuple[Name, ...]
    column: Name
    value: Expr


Assumption = AssumeFact | AssumeAbsent | AssumeCell


@frozen
class Assume(Node):
    """`listed` where the records are items （1）, （2） …."""

    records: tuple[tuple[Assumption, ...], ...]
    listed: bool


@frozen
class UseTable(Node):
    table: Name
    file: Name


@frozen
class UseValue(Node):
    parameter: Name
    quantity: Quantity


@frozen
class Adopt(Node):
    reading: Name
    option: Name


@frozen
class Result(Node):
    """An amount (`quantity`), a status with perhaps a reason, or nothing at all (均无: no `item`)."""

    item: Name | None
    quantity: Quantity | None
    status: str
    reason: str
    clauses: tuple[str, ...]


@frozen
class Due(Node):
    records: tuple[tuple[Result, ...], ...]
    listed: bool


Line = (
    Statement
    | Naming
    | Parties
    | Term
    | Applies
    | ConditionLine
    | Amount
    | Case
    | Uplift
    | StackingLine
    | Cap
    | Rounding
    | Exclusion
    | Otherwise
    | Holder
    | Covers
    | NoRepeat
    | NoLower
    | NotTogether
    | CountLimit
    | Linked
    | Refer
    | Assume
    | UseTable
    | UseValue
    | Adopt
    | Due
)

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
)


@frozen
class Block:
    """A declaration with the lines that belong to it, the clause it stands in, and the quotes before it."""

    clause: str
    head: Declaration
    lines: tuple[Line, ...]
    quotes: tuple[Name, ...]


@frozen
class Document:
    """All blocks of all files, in the order in which the files include each other."""

    blocks: tuple[Block, ...]
