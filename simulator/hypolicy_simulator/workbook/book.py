"""budget.xlsx: the sheets in their order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from hypolicy_simulator.workbook import budget, charts, cover, tables, trial
from hypolicy_simulator.workbook.check import check
from hypolicy_simulator.workbook.page import FONT, Formats, Page

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
    money = budget.by_item(by_item, findings)
    dimensions, on_one = {}, [front, by_item]
    for name in findings.dimensions:
        on_one.append(page(f"按{name}", f"各{name}的支出和人次"))
        dimensions[name] = budget.by_dimension(on_one[-1], findings, name)
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
    charts.draw(book, drawing, findings, money, dimensions, months, blocks)
    listed = [(name, purpose) for name, (_, purpose) in pages.items() if purpose]
    cover.cover(front, findings, money, verdict, listed)
    footer = "含示例数据，金额仅供演示" if findings.illustrative else "模拟测算，含假设"
    for each, _ in pages.values():
        each.finish(f"{findings.scenario}　{findings.policy}", footer, portrait=each is front)
    for each in (*on_one, drawing):
        if each.row < _ROWS_OF_A_PAGE:
            each.sheet.fit_to_pages(1, 1)
    front.sheet.activate()
