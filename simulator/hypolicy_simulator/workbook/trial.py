"""Sheets with a calculation of the reader's own: months of payment, and a trial of other numbers and other money."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from attrs import frozen

from hypolicy_simulator.answers.columns import Holds
from hypolicy_simulator.answers.findings import FUND, ITEM, YEAR
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.workbook.page import Column, Formula, cell, wan

if TYPE_CHECKING:
    from hypolicy_simulator.answers.findings import Findings
    from hypolicy_simulator.workbook.budget import Sums
    from hypolicy_simulator.workbook.page import Block, Cell, Page

_NOUGHT: Final = Decimal(0)
_LONGEST_NAME: Final = 200


@frozen
class Months:
    """Due by month, a column for each fund, in yuan and beside it in 万元."""

    block: Block
    funds: tuple[str, ...]


def cash_flow(page: Page, findings: Findings) -> Months:
    """What is due in each month, by fund."""
    page.title("现金流", "每月应付的款，按拨付日期。同一次模拟的数。")
    flow = findings.tables["cash_flow.csv"]
    funds = tuple(dict.fromkeys(flow[FUND]))
    due = {(month, fund): Decimal(amount) for month, fund, amount in flow.select("月份", FUND, "应付").rows()}
    columns = [Column("月份"), *(Column(f"{fund}（元）", Holds.MONEY) for fund in funds)]
    columns.append(Column("合计（元）", Holds.MONEY, strong=True))
    columns += [Column(f"{fund}（万元）", Holds.MONEY) for fund in funds]
    page.row += 1
    first = page.row + 1
    rows: list[list[Cell]] = []
    for number, month in enumerate(_months(flow)):
        amounts = [due.get((month, fund), _NOUGHT) for fund in funds]
        row = first + number
        total = Formula(f"ROUND(SUM({cell(row, 1)}:{cell(row, len(funds))}),2)", sum(amounts, _NOUGHT))
        in_wan = [wan(cell(row, place), amount) for place, amount in enumerate(amounts, 1)]
        rows.append([month, *amounts, total, *in_wan])
    return Months(page.table(columns, rows), funds)


def _months(flow: pl.DataFrame) -> list[str]:
    """From the first in which anything is due to the last, without a gap."""
    known = sorted(flow["月份"].to_list())
    if not known:
        return []
    ends = [[int(part) for part in month.split("-")] for month in (known[0], known[-1])]
    first, last = (year * 12 + month - 1 for year, month in ends)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def trial(page: Page, book: Any, findings: Findings, sums: Sums) -> None:
    """Cells to fill in, each with a name, and what follows from them."""
    page.title(
        "试算",
        "黄色的单元格可以填写，其余自动计算。每个黄色单元格都有名称，可以在别的公式中使用。",
        "按比例推算，只供匡算：条件、次数限制、封顶和名额的影响，须改动规则或者情景以后重新模拟。",
    )
    names = _Names(book, page)
    _scaled(page, names, findings, sums)
    _balance(page, names, findings)


def _scaled(page: Page, names: _Names, findings: Findings, sums: Sums) -> None:
    """Each item with so many percent more people, and so many percent higher rates."""
    page.heading("人次和标准增减以后的支出（元）")
    years = [*map(str, findings.years), ALL]
    columns = [Column(ITEM), Column("人次增减", Holds.PERCENT, input=True)]
    columns.append(Column("标准增减", Holds.PERCENT, input=True))
    columns += [Column(f"{year}年", Holds.MONEY) for year in years[:-1]]
    columns.append(Column(ALL, Holds.MONEY, strong=True))
    first, size = page.row + 1, len(findings.items)
    rows: list[list[Cell]] = []
    for number, (item, fund, _) in enumerate(findings.items):
        row: list[Cell] = [item, 0, 0]
        for place, year in enumerate(years[:-1]):
            amount = findings.total(**{ITEM: item, FUND: fund, YEAR: year}).amount
            source = sums.yuan.cell(number, 2 + place)
            changes = f"(1+${cell(first + number, 1)})*(1+${cell(first + number, 2)})"
            row.append(Formula(f"ROUND({source}*{changes},2)", amount))
        amount = findings.total(**{ITEM: item, FUND: fund}).amount
        row.append(_across(first + number, len(years), amount))
        rows.append(row)
    totals = [findings.total(**({} if year == ALL else {YEAR: year})).amount for year in years]
    down = [
        Formula(f"ROUND(SUM({cell(first, 3 + place)}:{cell(first + size - 1, 3 + place)}),2)", totals[place])
        for place in range(len(years))
    ]
    rows.append([ALL, None, None, *down])
    last = len(sums.yuan.rows) - 1
    rows.append(
        [
            "比模拟结果增减",
            None,
            None,
            *(
                Formula(
                    f"ROUND({cell(first + size, 3 + place)}-{sums.yuan.cell(last, 2 + place)},2)", _NOUGHT
                )
                for place in range(len(years))
            ),
        ]
    )
    block = page.table(columns, rows, strong=frozenset({size, size + 1}))
    for number, (item, _, _) in enumerate(findings.items):
        names.give(f"人次增减_{item}", block.first + number, 1)
        names.give(f"标准增减_{item}", block.first + number, 2)


def _across(row: int, years: int, amount: Decimal) -> Formula:
    return Formula(f"ROUND(SUM({cell(row, 3)}:{cell(row, years + 1)}),2)", amount)


def _balance(page: Page, names: _Names, findings: Findings) -> None:
    """What is due in a year against the money that the reader has for it."""
    page.heading("可用资金与应付（元）")
    page.say("填写各资金各年可用的数，余缺自动算出。应付按拨付日期所在的年份。")
    columns = [Column(FUND), Column(YEAR), Column("应付", Holds.MONEY)]
    columns += [Column("可用资金", Holds.MONEY, input=True), Column("余缺", Holds.MONEY, strong=True)]
    due = findings.tables["funds.csv"].select(FUND, YEAR, "应付").unique(maintain_order=True)
    due = due.filter(pl.col("应付") != "0.00")
    first = page.row + 1
    rows: list[list[Cell]] = []
    for number, (fund, year, amount) in enumerate(due.rows()):
        here = cell(first + number, 3)
        rows.append(
            [
                fund,
                year,
                Decimal(amount),
                None,
                Formula(f'IF({here}="","",ROUND({here}-{cell(first + number, 2)},2))', ""),
            ]
        )
    block = page.table(columns, rows)
    for number, (fund, year, _) in enumerate(due.rows()):
        names.give(f"可用资金_{fund}_{year}", block.first + number, 3)


class _Names:
    """Names for cells: letters and digits of theirs, no two alike."""

    def __init__(self, book: Any, page: Page) -> None:
        self._book, self._page, self._given = book, page, set[str]()

    def give(self, wanted: str, row: int, column: int) -> None:
        name = re.sub(r"\W", "_", wanted)[:_LONGEST_NAME]
        if name in self._given:
            name = f"{name}_{row + 1}"
        self._given.add(name)
        where = self._page.cell(row, column)
        self._book.define_name(name, f"={where}")
