"""budget.xlsx: the sheets in their order."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from hypolicy_simulator.answers.columns import Holds
from hypolicy_simulator.workbook import budget, cover, tables, trial
from hypolicy_simulator.workbook.charts import Charts
from hypolicy_simulator.workbook.check import check
from hypolicy_simulator.workbook.page import FONT, WAN, Column, Formats, Formula, Page

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy_simulator.answers.findings import Findings
    from hypolicy_simulator.workbook.page import Block

_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# The same run always makes the same file.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
# So many still can be read on one page.
_ROWS_OF_A_PAGE: Final = 90
# The rows that one more chart may take.
_ROOM: Final = 18
_FORBIDDEN: Final = str.maketrans("[]:*?/\\'", "＿" * 8)
_LONGEST: Final = 31


def write_budget(findings: Findings, path: Path) -> None:
    """The whole workbook; the same findings always give the same bytes."""
    try:
        # A new dictionary each time: the library writes into it.
        font = {"default_format_properties": {"font_name": FONT, "font_size": 10}}
        with xlsxwriter.Workbook(str(path), {**_OPTIONS, **font}) as book:
            book.set_properties({"title": findings.scenario, "created": _CREATED})
            book.set_calc_mode("auto")
            _write(book, findings)
    except xlsxwriter.exceptions.XlsxWriterException as error:
        cause = error.args[0] if error.args else None
        raise cause if isinstance(cause, OSError) else error from None


def _write(book: Any, findings: Findings) -> None:
    formats, pages = Formats(book), dict[str, tuple[Page, str]]()

    def page(name: str, purpose: str) -> Page:
        taken = {each.casefold() for each in pages}
        sheet_name = name.translate(_FORBIDDEN)[:_LONGEST]
        while sheet_name.casefold() in taken:
            sheet_name = f"{sheet_name[: _LONGEST - 1]}＿"
        pages[sheet_name] = (Page(sheet_name, book.add_worksheet(sheet_name), formats), purpose)
        return pages[sheet_name][0]

    front = page("封面", "")
    by_item = page("支出汇总", "各年、各项目、各资金的支出和人次")
    money, _ = budget.by_item(by_item, findings)
    dimensions, on_one = {}, [front, by_item]
    for name in findings.dimensions:
        on_one.append(page(f"按{name}", f"各{name}的支出和人次"))
        dimensions[name], _ = budget.by_dimension(on_one[-1], findings, name)
    if findings.replicates:
        tables.intervals(page("区间", "支出的区间：机会和假设分开"), findings)
    drawing = page("图表", "支出、现金流和敏感度的图")
    months = trial.cash_flow(page("现金流", "每月应付的款"), findings)
    trial.trial(page("试算", "填写可用资金、人次和标准的增减，自动计算"), book, findings, money)
    blocks: dict[str, Block] = {}
    for sheet in tables.SHEETS:
        if any(each.file in findings.tables for each in sheet.tables):
            blocks |= tables.write(page(sheet.name, sheet.purpose), sheet, findings)
    budget.detail(page("明细", "每一格的支出、人次和区间，可以做数据透视表"), findings)
    verdict = check(page("校验", "公式求和与程序的数是否逐分一致"), findings, months, blocks)
    cover.glossary(page("名词解释", "用词的含义"))
    cover.record(page("运行记录", "输入、种子和版本，据此可以核对"), findings)
    _charts(book, drawing, findings, money, dimensions, months, blocks)
    listed = [(name, purpose) for name, (_, purpose) in pages.items() if purpose]
    cover.cover(front, findings, money, verdict, listed)
    footer = "含示例数据，金额仅供演示" if findings.illustrative else "模拟测算，含假设"
    for each, _ in pages.values():
        each.finish(f"{findings.scenario}　{findings.policy}", footer, portrait=each is front)
    for each in (*on_one, drawing):
        if each.row < _ROWS_OF_A_PAGE:
            each.sheet.fit_to_pages(1, 1)
    front.sheet.activate()


def _charts(
    book: Any,
    page: Page,
    findings: Findings,
    money: budget.Sums,
    dimensions: dict[str, budget.Sums],
    months: trial.Months,
    blocks: dict[str, Block],
) -> None:
    page.title("图表", "单位：万元。图随各表的数变动。")
    page.row += 1
    charts, years = Charts(book, page), len(findings.years)
    assert money.wan is not None
    rows = [(item, number) for number, (item, _, _) in enumerate(findings.items)]
    charts.years("各年支出，按补贴项目（万元）", money.wan, rows, years, 2)
    rows = [(fund, len(findings.items) + number) for number, fund in enumerate(findings.funds)]
    charts.years("各年支出，按资金（万元）", money.wan, rows, years, 2)
    for name, sums in dimensions.items():
        assert sums.wan is not None
        charts.bars(f"合计支出，按{name}（万元）", sums.wan, 1 + years, len(sums.wan.rows) - 1)
    size = len(months.block.rows)
    if size:
        shown = [(fund, 2 + len(months.funds) + n) for n, fund in enumerate(months.funds)]
        charts.columns("每月应付，按资金（万元）", months.block, shown, size)
    if "tornado.csv" in blocks:
        block = _deviations(page, findings, blocks["tornado.csv"], charts.end + _ROOM)
        charts.tornado("不确定的数使合计支出变化多少（万元）", block, len(block.rows), 1, 2)


def _deviations(page: Page, findings: Findings, tornado: Block, below: int) -> Block:
    """How far low and high values move the budget, in 万元, beneath the charts."""
    frame = findings.tables["tornado.csv"]
    at = {name: frame.columns.index(name) for name in ("低值时支出", "中值时支出", "高值时支出")}
    chart_row, page.row = page.row, below
    rows = []
    for number, row in enumerate(frame.rows(named=True)):
        middle = tornado.cell(number, at["中值时支出"])
        sides = [
            Formula(
                f"({tornado.cell(number, at[name])}-{middle})/{WAN}",
                (float(Decimal(row[name])) - float(Decimal(row["中值时支出"]))) / WAN,
            )
            for name in ("低值时支出", "高值时支出")
        ]
        rows.append([Formula(tornado.cell(number, 0), tables.stem(row["不确定的数"])), *sides])
    columns = [Column("不确定的数"), Column("低值", Holds.NUMBER), Column("高值", Holds.NUMBER)]
    block = page.table(columns, rows)
    page.row = chart_row
    return block
