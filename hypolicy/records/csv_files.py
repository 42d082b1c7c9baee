"""Reading CSV: the shape is proved first, so that every row at fault is named and none is guessed at.

Polars then parses what can only be read in one way. Shape and contents are told apart by cutting the file at
its quotation marks: what stands between an odd mark and the next is contents, whatever it holds.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.raw import LINES, RawTable, numbers
from hypolicy.records.tables import with_header
from hypolicy.records.text import decode_text

FORMULA_STARTS: Final = "=+@\t\r\n＝＋－＠-"
# A text that a spreadsheet would run as a formula; `'` before it, or one more, makes it a text again.
GUARDED: Final = f"^'+[{FORMULA_STARTS}]"
_OTHER_DELIMITERS: Final = re.compile("[\t;，；|]")
# A mark opens after a comma or a line end and closes before one; two side by side are one of the contents.
_MISPLACED_MARK: Final = r'[^,\n"]"|"[^,\r\n"]'
_LONE_CR: Final = "\r(?:[^\n]|$)"


def read_csv(data: bytes, encoding: str, file: str) -> RawTable:
    """All cells as texts; empty ones are null."""
    text = decode_text(data, encoding, file)
    skeleton = _skeleton(text)
    if skeleton.str.contains(_LONE_CR).item():
        text = _with_plain_line_ends(text)
        skeleton = _skeleton(text)
    _require_sound_marks(text, skeleton, file)
    lines = skeleton.str.split("\n").explode()
    data, lines = _without_blank_end(text.encode(), lines)
    if not len(lines):
        raise Refusal(Diagnostic("HY813", {"file": file}))
    width = _require_rectangle(lines, file)
    grid = _parse(data, width)
    if width == 1:
        _require_commas(grid, file)
    return with_header(grid, file, LINES)


def _skeleton(text: str) -> pl.Series:
    """The whole text as one, with only a mark for each quoted piece."""
    whole = pl.Series([text])
    return whole.str.replace_all('"[^"]*"', '"') if '"' in text else whole


def _with_plain_line_ends(text: str) -> str:
    """Line ends of old Macs made plain, outside of quoted pieces."""
    pieces = text.split('"')
    pieces[::2] = [piece.replace("\r\n", "\n").replace("\r", "\n") for piece in pieces[::2]]
    return '"'.join(pieces)


def _require_sound_marks(text: str, skeleton: pl.Series, file: str) -> None:
    shape: str = skeleton.item()
    misplaced = re.search(_MISPLACED_MARK, shape) if skeleton.str.contains(_MISPLACED_MARK).item() else None
    if misplaced or text.count('"') % 2:
        place = misplaced.start() if misplaced else shape.rindex('"')
        row = shape.count("\n", 0, place) + 1
        raise Refusal(Diagnostic("HY810", {"file": file, "row": f"第{row}行"}))


def _without_blank_end(data: bytes, lines: pl.Series) -> tuple[bytes, pl.Series]:
    """Without the blank lines at the end; Excel leaves lines of mere commas there."""
    filled = (lines.str.strip_chars(", \t\r") != "").arg_true()
    count = filled[-1] + 1 if len(filled) else 0
    cut = int((lines.slice(count).str.len_bytes().cast(pl.Int64) + 1).sum())
    return data[: len(data) - cut], lines.head(count)


def _require_rectangle(lines: pl.Series, file: str) -> int:
    """How many columns each row has."""
    commas = lines.str.count_matches(",", literal=True)
    ragged = (commas != commas[0]).arg_true()
    if len(ragged):
        facts = {
            "file": file,
            "expected": str(commas[0] + 1),
            "count": str(len(ragged)),
            "rows": numbers([row + 1 for row in ragged], LINES.counter),
        }
        raise Refusal(Diagnostic("HY811", facts))
    return int(commas[0]) + 1


def _parse(data: bytes, width: int) -> pl.DataFrame:
    """The first row holds the names of the columns."""
    quoted = b'"' in data
    grid = pl.read_csv(
        data,
        has_header=False,
        schema={f"{place}": pl.String for place in range(width)},
        quote_char='"' if quoted else None,
    )
    if quoted:
        grid = grid.with_columns(pl.all().replace("", None))
    if b"'" in data:
        grid = grid.with_columns(unguarded(pl.all()))
    return grid


def unguarded(column: pl.Expr) -> pl.Expr:
    """Texts as they were before they were defended from being run as formulas."""
    return pl.when(column.str.contains(GUARDED)).then(column.str.slice(1)).otherwise(column)


def guarded(column: pl.Expr) -> pl.Expr:
    """Texts that a spreadsheet would run as formulas, defended by a leading `'`; plain numbers need none.

    A text that has `'` before such a character already gets one more, so that reading restores every text.
    """
    risky = column.str.contains(f"^'*[{FORMULA_STARTS}]") & ~column.str.contains(r"^[+-]?[0-9]+(\.[0-9]+)?$")
    return pl.when(risky).then(column.str.replace("^", "'")).otherwise(column)


def _require_commas(grid: pl.DataFrame, file: str) -> None:
    """A lone column whose name holds another delimiter is a table that was saved with that delimiter."""
    if _OTHER_DELIMITERS.search(grid.item(0, 0) or ""):
        raise Refusal(Diagnostic("HY822", {"file": file}))
