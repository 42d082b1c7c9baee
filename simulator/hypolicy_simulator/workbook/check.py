"""The sheet on which the workbook proves itself: sums that its formulas make against what the engine made."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl
from attrs import frozen

from hypolicy_simulator.answers.columns import Holds
from hypolicy_simulator.answers.findings import COUNT, FUND, ITEM, MONEY, YEAR
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.workbook.budget import sum_of
from hypolicy_simulator.workbook.page import Column, Formula, cell, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hypolicy_simulator.answers.findings import Findings
    from hypolicy_simulator.workbook.page import Block, Cell, Page
    from hypolicy_simulator.workbook.trial import Months

AGREES: Final = "一致"
DIFFERS: Final = "不一致"
ALL_AGREE: Final = "全部一致"
SOME_DIFFER: Final = "有不一致，请不要使用"


@frozen
class Line:
    """`made` is the workbook's own sum and its value, `known` what it has to be."""

    what: str
    made: Formula
    known: Decimal | int

    @property
    def off(self) -> Decimal:
        assert isinstance(self.made.value, Decimal | int)
        return self.made.value - Decimal(self.known)


def check(page: Page, findings: Findings, months: Months, blocks: Mapping[str, Block]) -> str:
    """The sheet; the cell that says whether all agrees."""
    page.title("校验", "左边是本工作簿的公式求和，右边是程序写入的数；改动明细以后，不再一致的会显示出来。")
    page.heading("结论")
    verdict = page.row
    page.row += 1
    parts = (
        ("金额（元）", Holds.MONEY, [*_totals(findings, MONEY), *_others(findings, months, blocks)]),
        ("人次", Holds.COUNT, list(_totals(findings, COUNT))),
    )
    agreeing = []
    for heading, holds, lines in parts:
        page.heading(heading)
        agreeing.append(f"COUNTIF({_compared(page, holds, lines)},{text(AGREES)})={len(lines)}")
    wrong = any(line.off for _, _, lines in parts for line in lines)
    says = f"IF(AND({','.join(agreeing)}),{text(ALL_AGREE)},{text(SOME_DIFFER)})"
    page.write(verdict, 0, Column("", strong=True), Formula(says, SOME_DIFFER if wrong else ALL_AGREE))
    return page.cell(verdict, 0)


def _compared(page: Page, holds: Holds, lines: Sequence[Line]) -> str:
    """A table of lines; the cells that say whether they agree."""
    columns = [Column("项目"), Column("工作簿求和", holds), Column("程序的数", holds), Column("差额", holds)]
    columns.append(Column("是否一致", strong=True))
    first = page.row + 1
    rows: list[list[Cell]] = []
    for number, line in enumerate(lines, first):
        left, right, difference = (cell(number, place) for place in (1, 2, 3))
        says = Formula(f"IF({difference}=0,{text(AGREES)},{text(DIFFERS)})", DIFFERS if line.off else AGREES)
        rows.append([line.what, line.made, line.known, Formula(f"ROUND({left}-{right},2)", line.off), says])
    block = page.table(columns, rows)
    red = {"type": "cell", "criteria": "==", "value": text(DIFFERS)}
    red["format"] = page.formats(font_color="#C00000", bold=True)
    page.sheet.conditional_format(block.first, 4, block.last, 4, red)
    return block.column(4)


def _totals(findings: Findings, measure: str) -> Iterator[Line]:
    """The detail by each of its columns, against the engine's own sums."""
    kinds: list[tuple[str, list[str]]] = [(YEAR, [str(year) for year in findings.years])]
    kinds += [
        (name, list(dict.fromkeys(findings.tables["budget.csv"][name])))
        for name in (*findings.dimensions, ITEM, FUND)
    ]
    funds = {item: fund for item, fund, _ in findings.items}
    yield _line(findings, "合计", measure, {}, [])
    for name, labels in kinds:
        for label in labels:
            wanted = {name: label} | ({FUND: funds[label]} if name == ITEM else {})
            condition = (name, label if name == YEAR else text(f"={label}"))
            yield _line(findings, f"{name}：{label}", measure, wanted, [condition])


def _line(
    findings: Findings, what: str, measure: str, names: dict[str, str], conditions: list[tuple[str, str]]
) -> Line:
    """The cells of the budget that bear these names, summed here, against the engine's sum of them."""
    rows = findings.tables["budget.csv"]
    for name, label in names.items():
        rows = rows.filter(pl.col(name).cast(pl.String) == label)
    made = sum(rows[measure], Decimal(0) if measure == MONEY else 0)
    return Line(what, Formula(sum_of(measure, conditions), made), findings.total(**names).of(measure))


def _others(findings: Findings, months: Months, blocks: Mapping[str, Block]) -> Iterator[Line]:
    """Other sheets against the whole budget."""
    whole = findings.total().amount
    if months.block.rows:
        due = sum(map(Decimal, findings.tables["cash_flow.csv"]["应付"]), Decimal(0))
        made = f"ROUND(SUM({months.block.column(1 + len(months.funds))}),2)"
        yield Line("现金流：各月应付相加等于合计支出", Formula(made, due), whole)
    if "clauses.csv" in blocks:
        frame = findings.tables["clauses.csv"]
        shares = blocks["clauses.csv"].column(frame.columns.index("分担的支出"))
        total = sum(map(Decimal, frame["分担的支出"]), Decimal(0))
        yield Line("条款：分担的支出相加等于合计支出", Formula(f"ROUND(SUM({shares}),2)", total), whole)
    if "comparison.csv" in blocks:
        frame, block = findings.tables["comparison.csv"], blocks["comparison.csv"]
        parts = [(block.column(frame.columns.index(name)), text(f"<>{ALL}")) for name in findings.header]
        every = "".join(f",{where},{condition}" for where, condition in parts)
        amounts = block.column(frame.columns.index("修订金额"))
        yield Line(
            "比较：修订后各行相加等于合计支出", Formula(f"ROUND(SUMIFS({amounts}{every}),2)", whole), whole
        )
