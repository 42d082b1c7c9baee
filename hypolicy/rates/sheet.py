"""A worksheet of a catalogue, read cell by cell: what cannot be meant is a fault with a place.

Nothing of a workbook is ever run: formulas are refused, not calculated; macros, links and other sheets are not read.
"""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from warnings import catch_warnings, simplefilter

import openpyxl  # type: ignore[import-untyped]
from attrs import field, frozen
from openpyxl.cell import MergedCell  # type: ignore[import-untyped]
from openpyxl.comments import Comment  # type: ignore[import-untyped]
from openpyxl.styles import PatternFill  # type: ignore[import-untyped]

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rates.cells import identity_like
from hypolicy.records.files import atomic_path, content_of
from hypolicy.records.foreign import broken_as
from hypolicy.records.workbooks import members
from hypolicy.source import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

# Sheets that we write ourselves beside the tables.
INSTRUCTIONS: Final = "填写说明"
PROBLEMS: Final = "问题清单"
_HEAD_ROWS: Final = 20
_MOST_COLUMNS: Final = 200
_MOST_DIGITS: Final = 15
_MOST_BYTES: Final = 32 << 20
_MOST_TITLE: Final = 31
_NOT_IN_TITLES: Final = str.maketrans("[]:*?/\\", "（）：＊？／＼")
_MERGED: Final = "在合并的单元格 {} 中；请取消合并，每格分别填写"
_AUTHOR: Final = "hypolicy"


@frozen
class CellFault:
    """`row` and `column` count from 1, as a spreadsheet does; `problem` never holds the value."""

    row: int
    column: int
    problem: str

    @property
    def place(self) -> str:
        return f"{openpyxl.utils.get_column_letter(self.column)}{self.row}"


@frozen
class Sheet:
    """`columns` are places of the named columns; `rows` are texts by column, under the number of the row.

    `unread` are places, by row and column, of cells that have no text because of a fault.
    """

    title: str
    columns: dict[str, int]
    rows: dict[int, dict[str, str]] = field(repr=False)
    faults: tuple[CellFault, ...]
    unread: frozenset[tuple[int, int]]
    notices: tuple[str, ...]


def sheet_title(name: str) -> str:
    """What the sheet of a table is called, for a title may not have every character, nor any number of them."""
    return name.translate(_NOT_IN_TITLES)[:_MOST_TITLE]


def read_sheet(path: Path, table: str, wanted: Sequence[str]) -> Sheet:
    """The sheet of this table, or the only one there is; its header is the first row with all wanted columns."""
    file, name = str(path), sheet_title(table)
    if path.suffix.lower() != ".xlsx":
        raise Refusal(Diagnostic("HY804", {"file": file, "suffixes": ".xlsx"}))
    book = _opened(path)
    sheet = _chosen(book, name, file)
    cells = list(sheet.iter_rows(max_row=_HEAD_ROWS, max_col=min(sheet.max_column, _MOST_COLUMNS)))
    header, columns = _header(cells, wanted, file, sheet.title)
    others = [
        each for each in book.worksheets if each is not sheet and each.title not in (INSTRUCTIONS, PROBLEMS)
    ]
    notices = [f"没有读取工作表「{each.title}」{_hidden(each)}。" for each in others]
    if sheet.max_row - header > limits.MAX_TABLE_ROWS:
        raise Refusal(Diagnostic("HY414", {"file": file, "limit": str(limits.MAX_TABLE_ROWS)}))
    merged = dict(_merged(sheet, header, columns))
    faults = [CellFault(*places[0], _MERGED.format(block)) for block, places in merged.items()]
    unread = {place for places in merged.values() for place in places}
    rows: dict[int, dict[str, str]] = {}
    for row in sheet.iter_rows(min_row=header + 1, max_col=max(columns.values())):
        number, texts = row[0].row, dict.fromkeys(columns, "")
        for column, place in columns.items():
            if (number, place) not in unread:
                texts[column], problem = _text(row[place - 1])
                if problem:
                    faults.append(CellFault(number, place, problem))
                    unread.add((number, place))
        if any(texts.values()) or any((number, place) in unread for place in columns.values()):
            rows[number] = texts
    unseen = [number for number in rows if sheet.row_dimensions[number].hidden]
    if unseen:
        notices.append(f"工作表「{sheet.title}」有{len(unseen)}行是隐藏的（从第{unseen[0]}行起），一并读取。")
    return Sheet(sheet.title, columns, rows, tuple(faults), frozenset(unread), tuple(notices))


def _opened(path: Path) -> Any:
    """The workbook, with its formulas as they are written; no links, no macros."""
    file = str(path)
    with broken_as("HY819", file):
        data = content_of(path)
        parts = members(data, file, _MOST_BYTES)
        if any(b"<!DOCTYPE" in part for name, part in parts.items() if name.endswith((".xml", ".rels"))):
            raise ValueError("no part of a workbook has a document type")
        with catch_warnings():
            # What the library does not know, such as a footer or an extension, is no matter of ours.
            simplefilter("ignore")
            return openpyxl.load_workbook(BytesIO(data), keep_links=False, keep_vba=False)


def _hidden(sheet: Any) -> str:
    return "" if sheet.sheet_state == "visible" else "（隐藏的）"


def _chosen(book: Any, name: str, file: str) -> Any:
    named = next((each for each in book.worksheets if each.title.strip() == name), None)
    if named is not None and named.sheet_state != "visible":
        raise Refusal(Diagnostic("HY944", {"file": file, "sheet": name}))
    shown = [
        each
        for each in book.worksheets
        if each.sheet_state == "visible" and each.title not in (INSTRUCTIONS, PROBLEMS)
    ]
    if named is not None or len(shown) == 1:
        return named if named is not None else shown[0]
    names = "、".join(f"「{each.title}」" for each in shown) or "没有可见的工作表"
    raise Refusal(Diagnostic("HY943", {"file": file, "sheet": name, "names": names}))


def _header(
    cells: list[tuple[Any, ...]], wanted: Sequence[str], file: str, sheet: str
) -> tuple[int, dict[str, int]]:
    """The number of the row with the names of the columns, and their places; a title may stand above it."""
    best: dict[str, int] = {}
    for row in cells:
        names = {str(cell.value).strip(): cell.column for cell in reversed(row) if cell.value is not None}
        if all(name in names for name in wanted):
            twice = [name for name in wanted if [str(c.value).strip() for c in row].count(name) > 1]
            if twice:
                raise Refusal(Diagnostic("HY946", {"sheet": sheet, "columns": "、".join(twice)}))
            return row[0].row, dict(sorted(names.items(), key=lambda named: named[1]))
        best = max(best, names, key=lambda each: len(each.keys() & set(wanted)))
    missing = "、".join(f"「{name}」" for name in wanted if name not in best)
    raise Refusal(Diagnostic("HY945", {"file": file, "sheet": sheet, "columns": missing}))


def _merged(sheet: Any, header: int, columns: dict[str, int]) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Blocks of merged cells below the title, by their ends, with the places of their cells in the columns."""
    for block in sheet.merged_cells.ranges:
        places = [
            (row, column)
            for row in range(max(block.min_row, header), block.max_row + 1)
            for column in columns.values()
            if block.min_col <= column <= block.max_col
        ]
        if places:
            yield block.coord, places


def _text(cell: Any) -> tuple[str, str]:
    """A cell as the text that was meant, or what is wrong with it."""
    value = cell.value
    if cell.data_type == "f":
        return "", "是公式；请复制以后“选择性粘贴”为数值"
    if cell.data_type == "e":
        return "", "是错误值（如 #N/A）；请改正"
    match value:
        case None:
            return "", ""
        case bool():
            return "是" if value else "否", ""
        case int() | float():
            text = format(Decimal(repr(value)).normalize(), "f")
            too_long = sum(char.isdigit() for char in text.lstrip("-0.")) > _MOST_DIGITS
            problem = "是16位以上的数字，表格软件已经丢失后几位；请存为文本后重新填写" if too_long else ""
            return text, _personal(text) or problem
        case datetime() if value.time() == time():
            return value.date().isoformat(), ""
        case str():
            return value.strip(), _personal(value)
        case _:
            return "", "读不出来；请按填写说明填写"


def _personal(text: str) -> str:
    return "像是身份证号码；标准目录中不能有个人信息" if identity_like(text) else ""


# --- what comes back -------------------------------------------------------------------------------------------


def write_annotated(path: Path, out: Path, sheet: str, faults: Iterable[CellFault]) -> None:
    """A copy of the workbook: faulty cells coloured, with a comment each, and listed in a sheet of its own."""
    book = _opened(path)
    marked = book[sheet]
    fill = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
    if PROBLEMS in book.sheetnames:
        del book[PROBLEMS]
    listed = book.create_sheet(PROBLEMS)
    listed.append(["位置", "问题"])
    for fault in faults:
        cell = marked[fault.place]
        listed.append([fault.place, fault.problem])
        if not isinstance(cell, MergedCell):
            cell.fill = fill
            cell.comment = Comment(fault.problem, _AUTHOR, width=280, height=90)
    listed.column_dimensions["A"].width, listed.column_dimensions["B"].width = 12, 70
    with atomic_path(out) as temporary:
        book.save(temporary)
