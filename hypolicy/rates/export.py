"""Catalogues as a workbook to be edited: a sheet for each, choices where there are choices, and how to fill them in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter  # type: ignore[import-untyped]
from wcwidth import wcswidth

from hypolicy.rates.cells import value_of
from hypolicy.rates.sheet import INSTRUCTIONS, sheet_title
from hypolicy.records.files import atomic_path
from hypolicy.records.workbook_writing import FIRST_SOUND_DATE, MAX_EXACT
from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType, Type
from hypolicy.rules.units import YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hypolicy.rates.catalogue import Catalogue
    from hypolicy.rules.tree import Policy

_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Rows below the last one that are ready for new entries.
_ROOM: Final = 500
_MOST_CHOICES: Final = 255
_SAMPLED: Final = 300


def write_catalogues(path: Path, policy: Policy, found: Sequence[Catalogue]) -> None:
    with atomic_path(path) as temporary, xlsxwriter.Workbook(str(temporary), _OPTIONS) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        for catalogue in found:
            _write(book, catalogue)
        _instruct(book, policy, found)


def _write(book: Any, catalogue: Catalogue) -> None:
    sheet = book.add_worksheet(sheet_title(catalogue.table.name))
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "number": book.add_format({"num_format": "0.##"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    last = len(catalogue.lines) - 1
    sheet.freeze_panes(1, len(catalogue.table.keys) if catalogue.header[0] in _keys(catalogue) else 0)
    sheet.autofilter(0, 0, max(last, 1), len(catalogue.header) - 1)
    for place, name in enumerate(catalogue.header):
        kind = catalogue.wanted.get(name)
        sheet.write_string(0, place, name, head)
        sheet.write_comment(0, place, f"{name}：{_rule(name, kind, catalogue)}", {"author": "hypolicy"})
        shown = [name, *(line[place] for line in catalogue.lines[1 : _SAMPLED + 1])]
        width = min(max(max(wcswidth(text), 0) for text in shown) + 4, 50)
        sheet.set_column(place, place, width, formats[_format(kind)])
        choices = _choices(kind)
        if choices:
            sheet.data_validation(1, place, last + _ROOM, place, {"validate": "list", "source": choices})
        for row, line in enumerate(catalogue.lines[1:], start=1):
            _cell(sheet, row, place, line[place], kind, formats)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&P / &N")


def _keys(catalogue: Catalogue) -> set[str]:
    return {fact.name for fact in catalogue.table.keys}


def _format(kind: Type | None) -> str:
    match kind:
        case NumberType(unit=unit):
            return "money" if unit == YUAN else "number"
        case DateType():
            return "date"
        case _:
            return "text"


def _cell(sheet: Any, row: int, place: int, text: str, kind: Type | None, formats: dict[str, Any]) -> None:
    """A number or a day as what it is; everything else, and what a spreadsheet could not keep, as a text."""
    shown = formats[_format(kind)]
    value, problem = value_of(text, kind) if kind is not None else (text, "")
    match value:
        case date() if not problem and value >= FIRST_SOUND_DATE:
            sheet.write_datetime(row, place, value, shown)
        case _ if isinstance(kind, NumberType) and not problem and value < MAX_EXACT:  # type: ignore[operator]
            sheet.write_number(row, place, float(text), shown)
        case _ if text:
            sheet.write_string(row, place, text, shown)
        case _:
            sheet.write_blank(row, place, None, shown)


def _choices(kind: Type | None) -> list[str]:
    match kind:
        case BoolType():
            return ["是", "否"]
        case EnumType(labels=labels) if len(",".join(labels)) <= _MOST_CHOICES:
            return list(labels)
        case _:
            return []


def _rule(name: str, kind: Type | None, catalogue: Catalogue) -> str:
    key = "，必填，与其他键合起来不能重复" if name in _keys(catalogue) else "，必填"
    match kind:
        case None:
            return "只作登记，规则不读取"
        case NumberType(unit=unit, whole=whole):
            places = "整数" if whole else "最多两位小数"
            return f"数字，单位是{unit}，{places}{key}"
        case DateType():
            return f"日期，如 2019-08-30{key}"
        case BoolType():
            return f"“是”或者“否”{key}"
        case EnumType(labels=labels):
            return f"{'、'.join(labels)}之一{key}"
        case _:
            return f"文字{key}"


def _instruct(book: Any, policy: Policy, found: Sequence[Catalogue]) -> None:
    sheet = book.add_worksheet(INSTRUCTIONS)
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
    tables = [
        f"「{each.table.name}」：{each.file}，自{chinese_date(each.version.period.start)}起，{len(each.lines) - 1}行"
        + ("，是示例数据，不是官方标准" if each.version.illustrative else "")
        for each in found
    ]
    lines = [
        f"《{policy.title}》{policy.number}的标准目录",
        *tables,
        "",
        "一行是一项标准。可以修改、增加、删去行；不要改第一行的列名，不要合并单元格，不要写公式。",
        "列名上的批注说明这一列填什么。金额可以写 1200，也可以写 1,200元。",
        "填好以后用 hypolicy rates import 读回：先说明与现行目录有哪些不同，有错的格子另外标出，确认以后才写入。",
    ]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)
