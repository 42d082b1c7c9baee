"""Decisions as tables: results, totals, payments, and the ledger that later batches go on from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from hypolicy.rules.ledger import ledger_facts
from hypolicy.rules.outcome import Decision, Status, fen_text
from hypolicy.rules.payees import payee
from hypolicy.rules.types import EnumType, NumberType
from hypolicy.source.limits import MAX_COUNT

if TYPE_CHECKING:
    from hypolicy.rules.outcome import Decided, Entry
    from hypolicy.rules.tree import Benefit, Fact, Policy, RecordKind

MONEY = pl.Decimal(18, 2)
Row = Sequence[Any]


def results_frame(
    kind: RecordKind, rows: Sequence[Row], items: Sequence[str], decisions: Sequence[Sequence[Decision]]
) -> pl.DataFrame:
    """One row for each record, in the order of the records: 结果, 金额, 理由 and 依据 of each item."""
    columns = [pl.Series(kind.key.name, [row[kind.key.index] for row in rows], pl.String)]
    for place, item in enumerate(items):
        column = [row[place] for row in decisions]
        columns += [
            pl.Series(f"{item}.结果", [d.status.value for d in column], pl.String),
            _money(f"{item}.金额", [d.fen if d.status is Status.GRANTED else None for d in column]),
            pl.Series(f"{item}.理由", [d.reason_text for d in column], pl.String),
            pl.Series(f"{item}.依据", ["、".join(d.clauses) for d in column], pl.String),
        ]
    return pl.DataFrame(columns)


def totals_frame(decided: Decided, rows: Sequence[Row]) -> pl.DataFrame:
    """What is granted by year, the dimensions that the policy declares, item and fund."""
    policy = decided.policy
    counts: Counter[tuple[Any, ...]] = Counter()
    sums: Counter[tuple[Any, ...]] = Counter()
    dimensions = [_ranked(fact) for fact in policy.dimensions]
    for place, benefit in enumerate(policy.benefits):
        year = benefit.year_date
        for row, decisions in zip(rows, decided.rows, strict=True):
            decision = decisions[place]
            if decision.status is not Status.GRANTED:
                continue
            when = row[year.index].year if year is not None else 0
            cell = (when, *(rank(row) for rank in dimensions), place)
            counts[cell] += 1
            sums[cell] += decision.fen
    cells = sorted(counts)
    named = [
        (
            cell[0],
            *(label for _, label in cell[1:-1]),
            policy.benefits[cell[-1]].name,
            fund_name(policy.benefits[cell[-1]]),
        )
        for cell in cells
    ]
    dtypes = {fact.name: pl.Int64() if _is_whole(fact) else pl.String() for fact in policy.dimensions}
    header = {"年度": pl.Int64(), **dtypes, "补贴项目": pl.String(), "资金来源": pl.String()}
    return _table(header, named, [counts[cell] for cell in cells], [sums[cell] for cell in cells])


def payments_frame(decided: Decided, rows: Sequence[Row]) -> pl.DataFrame:
    """What is granted by payee, item and fund; the person's own payments are one line, without names."""
    counts: Counter[tuple[Any, ...]] = Counter()
    sums: Counter[tuple[Any, ...]] = Counter()
    for place, benefit in enumerate(decided.policy.benefits):
        for row, decisions in zip(rows, decided.rows, strict=True):
            decision = decisions[place]
            if decision.status is Status.GRANTED:
                cell = (*payee(benefit, row), place)
                counts[cell] += 1
                sums[cell] += decision.fen
    cells = sorted(counts)
    benefits = decided.policy.benefits
    named = [(*cell[:-1], benefits[cell[-1]].name, fund_name(benefits[cell[-1]])) for cell in cells]
    header = dict.fromkeys(["收款方类别", "收款方", "补贴项目", "资金来源"], pl.String())
    return _table(header, named, [counts[cell] for cell in cells], [sums[cell] for cell in cells])


def ledger_frame(policy: Policy, entries: Sequence[Entry]) -> pl.DataFrame:
    """Ledger entries in ledger order; the columns are those that a later run reads as history."""
    columns: list[pl.Series] = []
    for fact in ledger_facts(policy):
        columns.append(_facts_column(fact, [entry.facts[fact.name] for entry in entries]))
        if len(columns) == _item_place(policy):
            columns.append(pl.Series("补贴项目", [entry.item for entry in entries], pl.String))
    columns.append(_money("金额", [entry.fen for entry in entries]))
    return pl.DataFrame(columns)


def _item_place(policy: Policy) -> int:
    """The item stands behind the holders and the record's key."""
    return (len(policy.ledger.holders) if policy.ledger else 0) + 1


def _facts_column(fact: Fact, values: list[Any]) -> pl.Series:
    if str(fact.type) == "日期":
        return pl.Series(fact.name, values, pl.Date)
    return pl.Series(fact.name, [None if v is None else str(v) for v in values], pl.String)


def fund_name(benefit: Benefit) -> str:
    return benefit.fund.name if benefit.fund is not None else ""


def _ranked(fact: Fact) -> Any:
    """A value with its rank: labels in the order of the declaration, whole numbers by value; last what is not given."""
    if isinstance(fact.type, EnumType):
        ranks = {label: rank for rank, label in enumerate(fact.type.labels)}
        return lambda row: (ranks.get(row[fact.index], len(ranks)), row[fact.index] or "")
    if _is_whole(fact):
        return lambda row: (MAX_COUNT + 1 if row[fact.index] is None else row[fact.index], row[fact.index])
    return lambda row: (0, "" if row[fact.index] is None else str(row[fact.index]))


def _is_whole(fact: Fact) -> bool:
    return isinstance(fact.type, NumberType) and fact.type.whole


def _table(
    header: Mapping[str, pl.DataType], named: Sequence[tuple[Any, ...]], counts: list[int], sums: list[int]
) -> pl.DataFrame:
    columns = [
        pl.Series(name, [row[i] for row in named], dtype) for i, (name, dtype) in enumerate(header.items())
    ]
    columns += [pl.Series("人次", counts, pl.Int64), _money("金额", sums)]
    return pl.DataFrame(columns)


def _money(name: str, fen: Sequence[int | None]) -> pl.Series:
    return pl.Series(name, [None if one is None else Decimal(fen_text(one)) for one in fen], MONEY)
