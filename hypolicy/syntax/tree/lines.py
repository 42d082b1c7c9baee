"""Sentences that stand in a block and say something of what it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.syntax.tree.amendments import Effective, RankLine, StateLine, TransitionLine
from hypolicy.syntax.tree.expressions import Expr, Name, Node

if TYPE_CHECKING:
    from hypolicy.syntax.literals import Quantity
    from hypolicy.syntax.tree.declarations import PeriodKind, Validity


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
    | RankLine
    | Effective
    | StateLine
    | TransitionLine
)
