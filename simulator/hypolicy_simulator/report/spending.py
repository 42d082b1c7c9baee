"""Where the money goes, what is left of tasks and funds, and when it is due."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl

from hypolicy_simulator.answers.findings import COUNT, FUND, ITEM, MONEY, YEAR
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.report.blocks import (
    Block,
    Chart,
    Points,
    Prose,
    Section,
    Shown,
    Table,
    grid,
    in_wan,
    section,
    table,
    wan,
    whole,
    year_words,
)
from hypolicy_simulator.report.charts import Row, Segment, bars, columns
from hypolicy_simulator.run.plan import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy_simulator.answers.findings import Findings

_SERIES: Final = tuple(f"series-{number}" for number in range(1, 7))


def spending(findings: Findings) -> Section | None:
    return section("spending", "按项目、资金和地区", _spending(findings))


def _spending(findings: Findings) -> Iterator[Block]:
    years = [*map(str, findings.years), ALL]
    lines = [(item, fund) for item, fund, _ in findings.items]
    lines += [(ALL, fund) for fund in findings.funds]
    lines.append((ALL, ALL))
    sums = frozenset(range(len(findings.items), len(lines)))
    heads, ranges = [year_words(year) for year in years], []
    if findings.replicates:
        ranges = [f"合计的九成区间（{kind.value}）" for kind in Kind]
    rows = []
    for item, fund in lines:
        names = {ITEM: item, FUND: fund}
        figures = [_sum(findings, MONEY, year, **names) for year in years]
        rows.append(((item, fund), [*figures, *_ranges(findings, **names)]))
    yield grid("支出，按补贴项目和资金", "万元", (ITEM, FUND), [*heads, *ranges], rows, strong=sums)
    rows = [
        ((item, fund), [_sum(findings, COUNT, year, **{ITEM: item, FUND: fund}) for year in years])
        for item, fund in lines
    ]
    yield grid("人次，按补贴项目和资金", "人次", (ITEM, FUND), heads, rows, strong=sums)
    for dimension in findings.dimensions:
        labels = list(dict.fromkeys(findings.tables["budget.csv"][dimension]))
        amounts = {label: findings.total(**{dimension: label}).amount for label in labels}
        drawn = [
            Row(label, f"{wan(amount).text}万元", (Segment(Decimal(0), in_wan(amount), "series-1"),))
            for label, amount in amounts.items()
        ]
        yield Chart(bars(f"各年合计支出，按{dimension}（万元）", f"每个{dimension}一条，长短是支出。", drawn))
        by_label: list[tuple[Sequence[str], Sequence[Shown]]] = []
        for label in [*labels, ALL]:
            figures = [_sum(findings, MONEY, year, **{dimension: label}) for year in years]
            by_label.append(((label,), [*figures, *_ranges(findings, **{dimension: label})]))
        across, last = [*heads, *ranges], frozenset({len(labels)})
        yield grid(f"支出，按{dimension}", "万元", (dimension,), across, by_label, strong=last)
    yield from _groups(findings)


def _sum(findings: Findings, measure: str, year: str, **names: str) -> Shown:
    total = findings.total(**names, **{YEAR: year})
    return wan(total.amount) if measure == MONEY else whole(total.count)


def _ranges(findings: Findings, **names: str) -> list[Shown]:
    """Of all years together, for each kind of uncertainty by itself."""
    found = [findings.interval(kind, **names) for kind in Kind] if findings.replicates else []
    return [
        Shown("" if each is None else f"{wan(each['P5']).text} 至 {wan(each['P95']).text}", figure=True)
        for each in found
    ]


def _groups(findings: Findings) -> Iterator[Block]:
    frame = findings.tables["groups_summary.csv"]
    if frame.is_empty():
        return
    known = {(row["身份"], row[YEAR]): row for row in frame.rows(named=True)}
    years = list(dict.fromkeys(frame[YEAR]))
    rows = []
    for group in dict.fromkeys(frame["身份"]):
        figures = [wan(known[group, year][MONEY]) for year in years]
        rows.append(((group,), [*figures, whole(known[group, ALL][COUNT])]))
    across = [*map(year_words, years), "合计人次"]
    yield grid("支出，按身份", "万元", ("身份",), across, rows)
    yield Prose("一个人可以有几种身份，各行不能相加。")


def limits(findings: Findings) -> Section | None:
    return section("limits", "任务、名额和资金", _limits(findings))


def _limits(findings: Findings) -> Iterator[Block]:
    tables = findings.tables
    if "targets.csv" in tables:
        frame = tables["targets.csv"]
        names = frame.columns[: frame.columns.index("任务")]
        sums = frame.filter(pl.any_horizontal(pl.col(name) == ALL for name in names))
        main = frame if sums.is_empty() else sums
        yield table("targets.csv", main, "任务完成情况")
        if not sums.is_empty():
            yield table("targets.csv", frame, "任务完成情况，逐行", folded=True)
        yield Prose(
            "任务与开班人次比较；享受补贴人次只计本政策准予的。完成的比例是多次模拟中完成任务的占百分之几。"
        )
    yield Points(tuple(_exhausted(findings)))
    yield table("funds.csv", tables["funds.csv"], "各资金的应付和支付，按拨付的年份")
    if "shares.csv" in tables:
        yield table("shares.csv", tables["shares.csv"], "各级分担", folded=True)
    if "turned_away.csv" in tables:
        yield _turned_away(findings)


def _exhausted(findings: Findings) -> Iterator[str]:
    """In which month which fund has nothing left, in words."""
    seen = findings.tables["funds.csv"].unique([YEAR, FUND], maintain_order=True)
    rows = [row for row in seen.rows(named=True) if row["用完月份"] and Decimal(row["应付"])]
    for row in rows:
        said = f"{row[YEAR]}年{row['用完月份']}月，「{row[FUND]}」用完"
        if Decimal(row["年末未付"]):
            said += f"，年末还有{wan(row['年末未付']).text}万元没有付"
        chances = [
            f"{kind.value}{row[f'{kind.value}中用完的比例']}%"
            for kind in Kind
            if row[f"{kind.value}中用完的比例"]
        ]
        if chances:
            said += f"；多次模拟中用完的：{'，'.join(chances)}"
        yield said + "。"
    if not rows:
        yield "没有资金用完。"


def _turned_away(findings: Findings) -> Table:
    frame = findings.tables["turned_away.csv"]
    known = {tuple(map(str, row[:-1])): row[-1] for row in frame.rows()}
    names = frame.columns[1:-2]
    columns_ = list(
        dict.fromkeys((str(year), reason) for year, reason in frame.select("开班年度", "原因").rows())
    )
    labels = list(dict.fromkeys(tuple(map(str, row)) for row in frame.select(names).rows()))
    rows = [
        (label, [whole(known.get((year, *label, reason), 0)) for year, reason in columns_])
        for label in labels
    ]
    across = [f"{year}年{reason}不足" for year, reason in columns_]
    return grid("轮不上的人次，按开班年度和原因", "人次", names, across, rows)


def cash_flow(findings: Findings) -> Section | None:
    return section("cash-flow", "每月应付的款", _cash_flow(findings))


def _cash_flow(findings: Findings) -> Iterator[Block]:
    frame = findings.tables["cash_flow.csv"]
    if frame.is_empty():
        return
    funds = list(dict.fromkeys(frame[FUND]))
    due = {(month, fund): amount for month, fund, amount in frame.select("月份", FUND, "应付").rows()}
    months = list(_months(min(frame["月份"]), max(frame["月份"])))
    parts = [[in_wan(due.get((month, fund), "0")) for fund in funds] for month in months]
    labels = [(number, f"{month[:4]}年") for number, month in enumerate(months) if month.endswith("-01")]
    if not labels:
        labels = [(0, months[0])]
    legend = [(_SERIES[number % len(_SERIES)], fund) for number, fund in enumerate(funds)]
    title = f"每月应付，{months[0]}至{months[-1]}（万元）"
    yield Chart(columns(title, "每月一柱，各资金叠在一起。", parts, labels, legend))
    rows = [((month,), [wan(due.get((month, fund), "0.00")) for fund in funds]) for month in months]
    yield grid("每月应付，按资金", "万元", ("月份",), funds, rows, folded=True)
    yield Prose("按拨付日期，是同一次模拟的数。各资金年内累计见 cash_flow.csv。")


def _months(first: str, last: str) -> Iterator[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    for number in range(start, end + 1):
        yield f"{number // 12}-{number % 12 + 1:02}"
