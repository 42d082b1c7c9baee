"""Writing XLSX. Texts stay texts: identifiers keep their leading zeros, and nothing becomes a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]
from wcwidth import wcswidth

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 16_384
MAX_CELL_TEXT: Final = 32_767
# Excel keeps 15 digits of a number; what has more is written as a text, whole.
MAX_EXACT: Final = 10**15
# Excel's calendar has a day too many before this one.
FIRST_SOUND_DATE: Final = date(1900, 3, 1)

_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SAMPLED_ROWS: Final = 200
_MIN_WIDTH, _MAX_WIDTH = 6, 50

Write = Callable[[int, int, Any], object]


def write_workbook(path: Path, frames: Iterable[pl.DataFrame], file: str) -> None:
    """One sheet with a bold, frozen row of names; frames of one schema beneath each other."""
    try:
        with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
            # The same table always makes the same file.
            book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
            sheet = book.add_worksheet("数据")
            formats = {
                "bold": book.add_format({"bold": True}),
                "money": book.add_format({"num_format": "0.00"}),
                "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            }
            row = 0
            for frame in frames:
                _require_room(frame, row, file)
                if not row:
                    _write_head(sheet, frame, formats)
                _write_rows(sheet, frame, row + 1, formats)
                row += frame.height
    except xlsxwriter.exceptions.XlsxWriterException as error:
        cause = error.args[0] if error.args else None
        raise cause if isinstance(cause, OSError) else error from None


def _write_head(sheet: Any, frame: pl.DataFrame, formats: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    _set_widths(sheet, frame)
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, name, formats["bold"])


def _write_rows(sheet: Any, frame: pl.DataFrame, first: int, formats: dict[str, Any]) -> None:
    writers = [_writer(sheet, dtype, formats) for dtype in frame.dtypes]
    for row, cells in enumerate(frame.iter_rows(), first):
        for column, cell in enumerate(cells):
            if cell is not None:
                writers[column](row, column, cell)


def _require_room(frame: pl.DataFrame, above: int, file: str) -> None:
    if above + frame.height >= MAX_ROWS or frame.width > MAX_COLUMNS:
        rows = f"{above + frame.height}行{frame.width}列"
        what = f"有{rows}，一张工作表最多{MAX_ROWS - 1}行记录、{MAX_COLUMNS}列"
        raise Refusal(Diagnostic("HY832", {"file": file, "what": what}))
    for column in frame.iter_columns():
        if column.dtype == pl.String and (column.str.len_bytes() > MAX_CELL_TEXT).any():
            units = max(len(text.encode("utf-16-le")) // 2 for text in column.drop_nulls())
            if units > MAX_CELL_TEXT:
                what = f"「{column.name}」列有超过{MAX_CELL_TEXT}字的文本"
                raise Refusal(Diagnostic("HY832", {"file": file, "what": what}))


def _writer(sheet: Any, dtype: pl.DataType, formats: dict[str, Any]) -> Write:
    """How the cells of a column are written."""

    def text(row: int, column: int, cell: object) -> None:
        sheet.write_string(row, column, str(cell))

    def truth(row: int, column: int, cell: bool) -> None:
        sheet.write_string(row, column, "是" if cell else "否")

    def number(row: int, column: int, cell: int | float) -> None:
        if isinstance(cell, int) and abs(cell) >= MAX_EXACT:
            sheet.write_string(row, column, str(cell))
        elif cell - cell == 0:  # neither NaN nor infinite
            sheet.write_number(row, column, cell)

    def amount(row: int, column: int, cell: Decimal) -> None:
        if len(cell.as_tuple().digits) > 15:
            sheet.write_string(row, column, str(cell))
        else:
            sheet.write_number(row, column, cell, formats["money"])

    def day(row: int, column: int, cell: date) -> None:
        if cell < FIRST_SOUND_DATE:
            sheet.write_string(row, column, cell.isoformat())
        else:
            sheet.write_datetime(row, column, cell, formats["date"])

    if dtype.is_decimal():
        return amount
    if dtype.is_numeric():
        return number
    if dtype == pl.Boolean:
        return truth
    return day if dtype == pl.Date else text


def _set_widths(sheet: Any, frame: pl.DataFrame) -> None:
    """Wide enough for the name and the first rows; a Chinese character takes two places."""
    for place, column in enumerate(frame.head(_SAMPLED_ROWS).iter_columns()):
        shown = [column.name, *(str(cell) for cell in column if cell is not None)]
        widest = max(max(wcswidth(line), 0) for text in shown for line in text.split("\n"))
        sheet.set_column(place, place, min(max(widest + 2, _MIN_WIDTH), _MAX_WIDTH))
