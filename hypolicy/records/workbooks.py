"""Reading XLSX: every cell as the text that a person meant, or a fault.

A workbook is a zip archive of XML, so its true size is proved before anything is parsed. Three things would
else be lost in silence: digits of long numbers (Excel keeps 15), values of cells in error, and Chinese date
formats that the reading library does not know.
"""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_STORED, ZipFile

import polars as pl

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.foreign import broken_as
from hypolicy.records.raw import LINES, Fault, RawTable
from hypolicy.records.tables import with_header

if TYPE_CHECKING:
    from collections.abc import Iterator

    import fastexcel

MAX_UNPACKED: Final = 256 << 20
MAX_RATIO: Final = 200
# Cells of the rectangle that spans the used ones: the reading library stores them all, empty or not.
MAX_CELLS: Final = 1 << 25

_STYLES: Final = "xl/styles.xml"
# Date formats that Chinese Excel has built in (2019年8月1日 is 31) and no file defines; 14 is known to all.
_CHINESE_DATE_STYLE: Final = re.compile(rb'(<(?:\w+:)?xf\b[^>]*?\bnumFmtId=")(?:2[7-9]|3[0-6]|5[0-8])"')
_UNCOMPUTED: Final = r"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></|</)"
# A row past 99,999 or a column past AZ: only then is the rectangle measured.
_FAR_CELL: Final = r"""\sr=["'](?:[A-Za-z]*[0-9]{6}|[B-Zb-z][A-Za-z]|[A-Za-z]{3})"""
_LONG_NUMBER: Final = r"^-?[0-9]{16,}(\.0+)?$"
_MIDNIGHT: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00$"


def read_xlsx(data: bytes, file: str) -> RawTable:
    """The first worksheet, as texts."""
    import fastexcel  # noqa: PLC0415 - only those who read workbooks wait for it

    with broken_as("HY819", file):
        book = fastexcel.read_excel(_sound_archive(data, file))
        sheets = book.sheet_names
        grid, errors = _grid(book)
        grid = _with_plain_dates(book, grid)
        lost = _digits_lost(book, grid)
    last = max((row for row, _ in errors), default=0)
    table = with_header(grid, file, LINES, at_least=last)
    header = [(name or "").strip() for name in grid.row(0)]
    faults = tuple(_faults(table, header, errors, lost, sheets[0]))
    notices = table.notices
    if len(sheets) > 1:
        notices = (f"{file} 有{len(sheets)}张工作表，只读取第一张「{sheets[0]}」。", *notices)
    return RawTable(file, table.frame, LINES, notices, faults)


# --- the archive --------------------------------------------------------------------------------------------


def _sound_archive(data: bytes, file: str) -> bytes:
    """The archive, with date formats that the reading library knows; refused when it unpacks to too much."""
    parts = members(data, file, MAX_UNPACKED)
    sheet, content = _first_sheet(parts)
    cells = pl.Series([content.decode("utf-8", "replace")])
    if _spans_too_much(cells):
        raise too_large(file)
    if cells.str.contains(_UNCOMPUTED).item():
        raise Refusal(Diagnostic("HY823", {"file": file, "sheet": sheet}))
    return _with_known_dates(data, parts)


def members(data: bytes, file: str, most: int) -> dict[str, bytes]:
    """The parts of the archive by name; refused when it unpacks to more than `most` bytes, or by more than it may."""
    archive = ZipFile(BytesIO(data))
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > most or unpacked > MAX_RATIO * len(data):
        raise too_large(file, most)
    parts = {member.filename: archive.read(member) for member in archive.infolist()}
    if len(parts) < len(archive.infolist()):
        raise ValueError("two members of one name")
    return parts


def too_large(file: str, most: int = MAX_UNPACKED) -> Refusal:
    limits = {"limit": str(most >> 20), "ratio": str(MAX_RATIO), "cells": str(MAX_CELLS)}
    return Refusal(Diagnostic("HY820", {"file": file, **limits}))


def _first_sheet(parts: dict[str, bytes]) -> tuple[str, bytes]:
    """Name and XML of the first worksheet, as the workbook and its relations list them."""
    sheet = _attributes(parts["xl/workbook.xml"], b"sheet")[0]
    relations = _attributes(parts["xl/_rels/workbook.xml.rels"], b"Relationship")
    target = next(each["Target"] for each in relations if each["Id"] == sheet["id"])
    path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return unescape(sheet["name"]), parts[path]


def _attributes(xml: bytes, tag: bytes) -> list[dict[str, str]]:
    """Attributes of the elements of one tag, without their prefixes."""
    elements = re.findall(rb"<(?:\w+:)?" + tag + rb"\s([^>]*)>", xml)
    pairs = (re.findall(rb"""(?:\w+:)?(\w+)\s*=\s*["']([^"']*)["']""", each) for each in elements)
    return [{key.decode(): value.decode() for key, value in each} for each in pairs]


def _spans_too_much(cells: pl.Series) -> bool:
    """Whether the used cells, given as one XML text, lie too far apart."""
    if not cells.str.contains(_FAR_CELL).item():
        return False
    references = cells.str.extract_all(r"""\sr=["'][A-Za-z]*[0-9]+["']""").explode().unique().to_frame("r")
    spans = references.select(
        rows=pl.col("r").str.extract(r"([0-9]+)").cast(pl.Int64, strict=False).max(),
        columns=pl.col("r")
        .str.extract(r"""["']([A-Za-z]+)""")
        .unique()
        .map_elements(_column_number, pl.Int64)
        .max(),
    )
    rows, columns = spans.row(0)
    return int(rows) * int(columns or 1) > MAX_CELLS


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _with_known_dates(data: bytes, parts: dict[str, bytes]) -> bytes:
    styles = _CHINESE_DATE_STYLE.sub(rb'\g<1>14"', parts.get(_STYLES, b""))
    if styles == parts.get(_STYLES, b""):
        return data
    result = BytesIO()
    with ZipFile(result, "w", ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, styles if name == _STYLES else content)
    return result.getvalue()


# --- the cells ----------------------------------------------------------------------------------------------


def _grid(book: fastexcel.ExcelReader) -> tuple[pl.DataFrame, list[tuple[int, int]]]:
    """All cells from A1 on, as texts, in columns named by their place; and the places of cells in error."""
    sheet = book.load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    if not sheet.width:
        return pl.DataFrame(), []
    batch, errors = sheet.to_arrow_with_errors()
    left = sheet.selected_columns[0].absolute_index
    blank = [pl.lit(None, pl.String).alias(str(place)) for place in range(left)]
    used = pl.DataFrame(batch)
    used = used.rename({name: str(left + place) for place, name in enumerate(used.columns)})
    places = (
        [(row, left + column) for row, column in (each.position for each in errors.errors)] if errors else []
    )
    return used.select(*blank, pl.all()), places


def _with_plain_dates(book: fastexcel.ExcelReader, grid: pl.DataFrame) -> pl.DataFrame:
    """Dates without their midnight; what was typed as a text stays as it is."""
    names = _columns_with(grid, _MIDNIGHT)
    typed = _typed(book, names, "duration")
    return grid.with_columns(
        pl.when(typed[name].is_not_null())
        .then(pl.col(name).str.replace(_MIDNIGHT, "$1"))
        .otherwise(name)
        .alias(name)
        for name in names
    )


def _digits_lost(book: fastexcel.ExcelReader, grid: pl.DataFrame) -> list[tuple[int, int]]:
    """Places of numbers of more digits than Excel keeps; long texts of digits are sound."""
    names = _columns_with(grid, _LONG_NUMBER)
    typed = _typed(book, names, "boolean")
    return [
        (row, int(name))
        for name in names
        for row in (grid[name].str.contains(_LONG_NUMBER) & typed[name].is_not_null()).arg_true()
    ]


def _columns_with(grid: pl.DataFrame, pattern: str) -> list[str]:
    found = grid.select(pl.all().str.contains(pattern).any())
    return [name for name in grid.columns if found[name][0]]


def _typed(book: fastexcel.ExcelReader, names: list[str], dtype: fastexcel.DType) -> pl.DataFrame:
    """The same cells read as another type: null where they are not of it, as no text is of any."""
    if not names:
        return pl.DataFrame()
    places = [int(name) for name in names]
    sheet = book.load_sheet(0, header_row=None, skip_rows=0, dtypes=dtype, use_columns=places)
    frame = sheet.to_polars()
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


def _faults(
    table: RawTable, header: list[str], errors: list[tuple[int, int]], lost: list[tuple[int, int]], sheet: str
) -> Iterator[Fault]:
    """The spoilt cells below the header, in the table's own rows and columns."""
    problems = (
        (errors, f"工作表「{sheet}」中这一格是错误值（如 #N/A），请改正"),
        (lost, f"工作表「{sheet}」中这一格是16位以上的数字，Excel 已丢失后几位；请将该列存为文本后重新填写"),
    )
    for places, problem in problems:
        for row, place in places:
            if row and header[place] in table.frame.columns:
                yield Fault(row - 1, header[place], problem)
