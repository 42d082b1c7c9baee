"""What clauses and readings cost, and which uncertain figure moves the budget most."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import polars as pl

from hypolicy_simulator.report.blocks import (
    Block,
    Chart,
    Prose,
    Section,
    in_wan,
    section,
    table,
    wan,
)
from hypolicy_simulator.report.charts import Row, Segment, bars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy_simulator.answers.findings import Findings


def prices(findings: Findings) -> Section | None:
    return section("prices", "条款和口径的价格", _prices(findings))


def _prices(findings: Findings) -> Iterator[Block]:
    tables = findings.tables
    if "clauses.csv" in tables:
        frame = tables["clauses.csv"]
        drawn = [
            _one_bar(f"{row['条款']}　{row['内容']}".strip("　"), row["分担的支出"])
            for row in frame.rows(named=True)
        ]
        yield Chart(bars("各条款分担的支出（万元）", "每一条款一行；向左的是使支出减少的限制。", drawn))
        yield table("clauses.csv", frame, "各条款的支出，各年合计")
        yield Prose(
            "分担的支出：各条款以所有可能的次序逐条加入，每条使支出增加多少，取平均；各行相加等于合计支出。"
            "去掉后支出的变化：其他条款都在，只去掉这一条。"
        )
    if "readings.csv" in tables:
        frame = tables["readings.csv"].filter(pl.col("本次采用") == "否")
        by_size = sorted(frame.rows(named=True), key=lambda row: -abs(Decimal(row["金额差"])))
        drawn = [
            _one_bar(f"{row['口径']}：{row['选项']}", row["金额差"], sign=True)
            for row in by_size
            if Decimal(row["金额差"])
        ]
        if drawn:
            yield Chart(
                bars("换一种口径，支出变化多少（万元）", "每一种没有采用的口径一行，向右是多支出。", drawn)
            )
        yield table("readings.csv", tables["readings.csv"], "各口径的支出和差额，各年合计")
        yield Prose(
            "差额是换成这一选项以后比本次采用的多支出多少；机会误差是差额因抽签会有的出入（标准差）。"
        )


def _one_bar(name: str, amount: str, *, sign: bool = False) -> Row:
    tone = "less" if Decimal(amount) < 0 else "more"
    return Row(name, f"{wan(amount, sign=sign).text}万元", (Segment(Decimal(0), in_wan(amount), tone),))


def sensitivity(findings: Findings) -> Section | None:
    return section("sensitivity", "哪些数影响最大", _sensitivity(findings))


def _sensitivity(findings: Findings) -> Iterator[Block]:
    tables = findings.tables
    if "tornado.csv" in tables:
        frame = tables["tornado.csv"].with_columns(
            pl.col("不确定的数").map_elements(lambda name: PurePosixPath(name).stem, pl.String)
        )
        drawn = []
        for row in frame.rows(named=True):
            middle, ends = (
                Decimal(row["中值时支出"]),
                (Decimal(row["低值时支出"]), Decimal(row["高值时支出"])),
            )
            segments = tuple(
                Segment(Decimal(0), in_wan(end - middle), tone)
                for end, tone in zip(ends, ("less", "more"), strict=True)
            )
            drawn.append(Row(row["不确定的数"], f"摆幅{wan(row['摆幅']).text}万元", segments))
        legend = (("less", "取低值"), ("more", "取高值"))
        title = "一个数由低值变到高值，合计支出变化多少（万元）"
        yield Chart(bars(title, "每个不确定的数一行，中间是都取中值的支出。", drawn, legend))
        yield table("tornado.csv", frame, "一个数取低值或者高值，其他的数取中值")
    yield table("marginal.csv", tables["marginal.csv"], "多一人次培训，平均多支出多少", unit="元")
    yield table("stacking.csv", tables["stacking.csv"], "同时享受几项的，各年合计", folded=True)
    if "seek.csv" in tables:
        yield table("seek.csv", tables["seek.csv"], "倒推的答案")
