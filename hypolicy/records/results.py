"""Decisions as tables: results, totals, payments, and the ledger that later batches go on from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl
from attrs import define, field

from hypolicy.rules.ledger import ledger_facts
from hypolicy.rules.outcome import Decision, Status, fen_text
from hypolicy.rules.payees import payee
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType

if TYPE_CHECKING:
    from hypolicy.rules.outcome import Decided, Entry
    from hypolicy.rules.tree import Benefit, Fact, Policy, RecordKind

MONEY = pl.Decimal(18, 2)
RESULT_COLUMNS = ("结果", "金额", "理由", "依据")
Row = Sequence[Any]


def results_frame(
    kind: RecordKind, rows: Sequence[Row], items: Sequence[str], decisions: Sequence[Sequence[Decision]]
) -> pl.DataFrame:
    """One row for each record, in the order of the records: 结果, 金额, 理由 and 依据 of each item."""
    columns = [pl.Series(kind.key.name, [row[kind.key.index] for row in rows], pl.String)]
    for place, item in enumerate(items):
        column = [row[place] for row in decisions]
        status, amount, reason, clauses = (f"{item}.{name}" for name in RESULT_COLUMNS)
        columns += [
            pl.Series(status, [d.status.value for d in column], pl.String),
            _money(amount, [d.fen if d.status is Status.GRANTED else None for d in column]),
            pl.Series(reason, [d.reason_text for d in column], pl.String),
            pl.Series(clauses, ["、".join(d.clauses) for d in column], pl.String),
        ]
    return pl.DataFrame(columns)


def totals_frame(decided: Decided, rows: Sequence[Row]) -> pl.DataFrame:
    """What is granted by year, the dimensions that the policy declares, item and fund."""
    policy = decided.policy
    sums = Sums()
    for place, benefit in enumerate(policy.benefits):
        year = benefit.year_date
        for row, decisions in zip(rows, decided.rows, strict=True):
            decision = decisions[place]
            if decision.status is Status.GRANTED:
                when = row[year.index].year if year is not None else 0
                values = tuple(row[fact.index] for fact in policy.dimensions)
                fund = fund_name(decided.benefit(place, decision))
                sums.add((when, values, place, fund), 1, decision.fen)
    return totals_table(policy, sums)


def totals_table(policy: Policy, sums: Sums) -> pl.DataFrame:
    """Totals from sums by year (0 where the item has none), values of the dimensions, place of the item, and fund."""
    ranks = [_rank(fact) for fact in policy.dimensions]

    def order(cell: tuple[Any, ...]) -> tuple[Any, ...]:
        year, values, place, fund = cell
        return (year, *(rank(value) for rank, value in zip(ranks, values, strict=True)), place, fund)

    cells = sorted(sums.counts, key=order)
    shown = [_shown(fact) for fact in policy.dimensions]
    named = [
        (
            year,
            *(show(value) for show, value in zip(shown, values, strict=True)),
            policy.benefits[place].name,
            fund,
        )
        for year, values, place, fund in cells
    ]
    dtypes = {fact.name: pl.Int64() if _is_whole(fact) else pl.String() for fact in policy.dimensions}
    header = {"年度": pl.Int64(), **dtypes, "补贴项目": pl.String(), "资金来源": pl.String()}
    return _table(header, named, cells, sums)


def payments_frame(decided: Decided, rows: Sequence[Row]) -> pl.DataFrame:
    """What is granted by payee, item and fund; the person's own payments are one line, without names."""
    sums = Sums()
    for place in range(len(decided.policy.benefits)):
        for row, decisions in zip(rows, decided.rows, strict=True):
            decision = decisions[place]
            if decision.status is Status.GRANTED:
                benefit = decided.benefit(place, decision)
                sums.add((*payee(benefit, row), place, fund_name(benefit)), 1, decision.fen)
    return payments_table(decided.policy, sums)


def payments_table(policy: Policy, sums: Sums) -> pl.DataFrame:
    """Payments from sums by kind and name of the payee, place of the item, and fund."""
    cells = sorted(sums.counts)
    named = [(kind, name, policy.benefits[place].name, fund) for kind, name, place, fund in cells]
    header = dict.fromkeys(["收款方类别", "收款方", "补贴项目", "资金来源"], pl.String())
    return _table(header, named, cells, sums)


@define
class Sums:
    """How many payments there are of a kind, and their sum in fen."""

    counts: Counter[tuple[Any, ...]] = field(factory=Counter)
    fen: Counter[tuple[Any, ...]] = field(factory=Counter)

    def add(self, cell: tuple[Any, ...], count: int, fen: int) -> None:
        self.counts[cell] += count
        self.fen[cell] += fen

    def join(self, other: Sums) -> None:
        for cell, count in other.counts.items():
            self.add(cell, count, other.fen[cell])


def ledger_frame(policy: Policy, entries: Sequence[Entry]) -> pl.DataFrame:
    """Ledger entries in ledger order; the columns are those that a later run reads as history."""
    columns: list[pl.Series] = []
    for fact in ledger_facts(policy):
        columns.append(_facts_column(fact, [entry.facts[fact.name] for entry in entries]))
        if len(columns) == _item_place(policy):
            columns.append(pl.Series("补贴项目", [entry.item for entry in entries], pl.String))
    columns.append(_money("金额", [entry.fen for entry in entries]))
    return pl.DataFrame(columns)


def ledger_table(policy: Policy, granted: pl.DataFrame) -> pl.DataFrame:
    """The same from entries as the compiled engine gives them: places of items, amounts in fen, canonical values."""
    columns = [_fact_expr(fact) for fact in ledger_facts(policy)]
    items = pl.Enum([benefit.name for benefit in policy.benefits])
    item = pl.col("#item").cast(pl.UInt16).cat.to(items).cast(pl.String).alias("补贴项目")
    columns.insert(_item_place(policy), item)
    return granted.select(*columns, _yuan(pl.col("#fen")).alias("金额"))


def _yuan(hundredths: pl.Expr) -> pl.Expr:
    """A decimal, with the two decimals that it has before it is divided."""
    return (hundredths.cast(pl.Decimal(20, 2)) / 100).cast(MONEY)


def _fact_expr(fact: Fact) -> pl.Expr:
    column = pl.col(fact.name)
    match fact.type:
        case DateType():
            return column
        case BoolType():
            return pl.when(column).then(pl.lit("是")).when(~column).then(pl.lit("否")).alias(fact.name)
        case NumberType(whole=False):
            return _yuan(column).cast(pl.String)
        case _:
            return column.cast(pl.String)


def _item_place(policy: Policy) -> int:
    """The item stands behind the holders and the record's key."""
    return (len(policy.ledger.holders) if policy.ledger else 0) + 1


def _facts_column(fact: Fact, values: list[Any]) -> pl.Series:
    if isinstance(fact.type, DateType):
        return pl.Series(fact.name, values, pl.Date)
    return pl.Series(fact.name, [None if value is None else fact_text(value) for value in values], pl.String)


def fact_text(value: Any) -> str:
    """A value as a data file holds it."""
    match value:
        case bool():
            return "是" if value else "否"
        case Fraction():
            return fen_text(int(value * 100))
        case _:
            return str(value)


def fund_name(benefit: Benefit) -> str:
    return benefit.fund.name if benefit.fund is not None else ""


def _rank(fact: Fact) -> Callable[[Any], tuple[Any, ...]]:
    """What values are sorted by: labels by their declaration, whole numbers by value; last what is not given."""
    if isinstance(fact.type, EnumType):
        ranks = {label: rank for rank, label in enumerate(fact.type.labels)}
        return lambda value: (ranks.get(value, len(ranks)),)
    if _is_whole(fact):
        return lambda value: (value is None, value or 0)
    return lambda value: (str(value or ""),)


def _shown(fact: Fact) -> Callable[[Any], Any]:
    """A value in a file: whole numbers as they are, others as texts."""
    return (lambda value: value) if _is_whole(fact) else (lambda value: "" if value is None else str(value))


def _is_whole(fact: Fact) -> bool:
    return isinstance(fact.type, NumberType) and fact.type.whole


def _table(
    header: Mapping[str, pl.DataType],
    named: Sequence[tuple[Any, ...]],
    cells: Sequence[tuple[Any, ...]],
    sums: Sums,
) -> pl.DataFrame:
    columns = [
        pl.Series(name, [row[i] for row in named], dtype) for i, (name, dtype) in enumerate(header.items())
    ]
    columns.append(pl.Series("人次", [sums.counts[cell] for cell in cells], pl.Int64))
    columns.append(_money("金额", [sums.fen[cell] for cell in cells]))
    return pl.DataFrame(columns)


def _money(name: str, fen: Sequence[int | None]) -> pl.Series:
    return pl.Series(name, [None if one is None else Decimal(fen_text(one)) for one in fen], MONEY)
