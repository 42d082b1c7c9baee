"""What is asked first: the spending of each year and how far it may be off, and what an amendment changes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl

from hypolicy_simulator.answers.findings import YEAR
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.report.blocks import (
    Answer,
    Block,
    Chart,
    Prose,
    Section,
    Shown,
    Table,
    grid,
    in_wan,
    section,
    wan,
    whole,
    year_words,
)
from hypolicy_simulator.report.charts import Row, Segment, bars
from hypolicy_simulator.run.plan import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy_simulator.answers.findings import Findings

TONES: Final = {Kind.CHANCE: "chance", Kind.ASSUMPTIONS: "assumed"}
_FROM: Final = {
    Kind.CHANCE: "机会：同样的比率之下，只因抽签不同",
    Kind.ASSUMPTIONS: "假设：参训率、合格率等数本身不准",
}


def headline(findings: Findings) -> Section | None:
    return section("answer", "各年支出", _headline(findings))


def _headline(findings: Findings) -> Iterator[Block]:
    for year in map(str, findings.years):
        total = findings.total(**{YEAR: year})
        remarks = [f"{total.count:,}人次{_against_current(findings, year)}"]
        for kind in Kind:
            found = findings.interval(kind, **{YEAR: year})
            if found is not None:
                low, high = wan(found["P5"]).text, wan(found["P95"]).text
                remarks.append(f"{_FROM[kind]}，九成在{low}至{high}万元之间")
        yield Answer(year_words(year), wan(total.amount), "万元", tuple(remarks))
    if findings.replicates:
        yield Chart(bars(*_range_chart(findings)))
        yield _range_table(findings)
        yield Prose(
            "支出是不确定的数都取中值的一次模拟，与以下各表相加相符。机会和假设是两种不同的不确定，分开列出，"
            "不能相加；模拟误差说明区间的两端再模拟一遍可能差多少，增加模拟次数可以减小。"
        )
    else:
        yield Prose("支出是不确定的数都取中值的一次模拟。本次没有模拟区间；运行时加 --replicates 次数。")


def _against_current(findings: Findings, year: str) -> str:
    """What the amendment changes, where one is tried."""
    if "comparison.csv" not in findings.tables:
        return ""
    rows = findings.line(findings.tables["comparison.csv"], **{YEAR: year})
    change = Decimal(rows["金额差"][0]) if len(rows) else Decimal(0)
    if not change:
        return "，支出与没有修订相同"
    return f"，比没有修订{'多' if change > 0 else '少'}支出{wan(abs(change)).text}万元"


def _range_chart(findings: Findings) -> tuple[str, str, list[Row], tuple[tuple[str, str], ...]]:
    rows = []
    for year in map(str, findings.years):
        amount = findings.total(**{YEAR: year}).amount
        segments = []
        for kind in Kind:
            found = findings.interval(kind, **{YEAR: year})
            if found is not None:
                ends = in_wan(found["P5"]), in_wan(found["P95"])
                segments.append(Segment(*ends, TONES[kind], thin=kind is Kind.CHANCE))
        rows.append(Row(year_words(year), f"{wan(amount).text}万元", tuple(segments), in_wan(amount)))
    legend = (("mark", "支出"), ("chance", "机会的九成区间"), ("assumed", "假设的九成区间"))
    return (
        "各年支出和两种区间（万元）",
        "每年一行：竖线是支出，上面一条是假设的区间，下面一条是机会的区间。",
        rows,
        legend,
    )


def _range_table(findings: Findings) -> Table:
    across = ["均值", "均值的模拟误差", "九成区间下限", "下限的模拟误差", "九成区间上限", "上限的模拟误差"]
    rows = []
    for year in [*map(str, findings.years), ALL]:
        for kind in Kind:
            found = findings.interval(kind, **{YEAR: year})
            if found is not None:
                figures = [
                    wan(found[name]) for name in ("均值", "均值误差", "P5", "P5误差", "P95", "P95误差")
                ]
                rows.append(((year_words(year), kind.value), figures))
    return grid("各年支出的区间", "万元", (YEAR, "不确定性"), across, rows)


def amendment(findings: Findings) -> Section | None:
    return section("amendment", "修订的影响", _amendment(findings))


def _amendment(findings: Findings) -> Iterator[Block]:
    tables = findings.tables
    if "comparison.csv" not in tables:
        return
    if findings.amendments:
        yield Prose(
            f"与没有{'、'.join(findings.amendments)}的政策比较。同样的人、同样的抽签，差额全部来自修订。"
        )
    rows = []
    for year in [*map(str, findings.years), ALL]:
        for row in findings.line(tables["comparison.csv"], **{YEAR: year}).rows(named=True):
            figures = [wan(row["现行金额"]), wan(row["修订金额"]), wan(row["金额差"], sign=True)]
            figures += _difference_ranges(findings, year)
            rows.append(((year_words(year),), figures))
    across = ["现行", "修订后", "增减"]
    if "comparison_intervals.csv" in tables:
        across += [f"增减的九成区间（{kind.value}）" for kind in Kind]
    yield grid("修订与现行的支出", "万元", (YEAR,), across, rows, strong=frozenset({len(rows) - 1}))
    yield _effects(tables["effects.csv"])
    yield Prose("身份可以重叠，各种身份不能相加。")


def _effects(frame: pl.DataFrame) -> Table:
    """A row for each group, two columns for each change that anybody has."""
    some = frame.filter(pl.col("人数") > 0)
    known = {(row["身份"], row["变化"]): row for row in some.rows(named=True)}
    changes, rows = list(dict.fromkeys(some["变化"])), []
    for group in dict.fromkeys(frame["身份"]):
        figures: list[Shown] = []
        for change in changes:
            row = known.get((group, change), {"人数": 0, "金额差": "0.00"})
            figures += [whole(row["人数"]), wan(row["金额差"], sign=True)]
        rows.append(((group,), figures))
    across = [f"{change}{words}" for change in changes for words in ("人数", "金额（万元）")]
    return grid("谁受益，谁受损（各年合计，按人）", "", ("身份",), across, rows, strong=frozenset({0}))


def _difference_ranges(findings: Findings, year: str) -> list[Shown]:
    if "comparison_intervals.csv" not in findings.tables:
        return []
    every = findings.tables["comparison_intervals.csv"].filter(pl.col("指标") == "金额差")
    shown = []
    for kind in Kind:
        rows = findings.line(every.filter(pl.col("不确定性") == kind.value), **{YEAR: year}).rows(named=True)
        ends = [wan(rows[0][end], sign=True).text for end in ("P5", "P95")] if rows else []
        shown.append(Shown(" 至 ".join(ends), figure=True))
    return shown
