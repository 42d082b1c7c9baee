"""Reading CSV: the shape is proved first, so that every row at fault is named and none is guessed at.

Polars then parses what can only be read in one way. Shape and contents are told apart by cutting the file at
its quotation marks: what stands between an odd mark and the next is contents, whatever it holds. A file is read in
blocks of whole lines, so that a large one is never in memory as a whole.
"""

from __future__ import annotations

import re
from io import SEEK_END, BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

import polars as pl
from attrs import define, evolve, field

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.raw import LINES, RawTable, numbers
from hypolicy.records.tables import Header, without_blank_end
from hypolicy.records.text import TextDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMULA_STARTS: Final = "=+@\t\r\n＝＋－＠-"
# A text that a spreadsheet would run as a formula; `'` before it, or one more, makes it a text again.
GUARDED: Final = f"^'+[{FORMULA_STARTS}]"
_OTHER_DELIMITERS: Final = re.compile("[\t;，；|]")
# A mark opens after a comma or a line end and closes before one; two side by side are one of the contents.
_MISPLACED_MARK: Final = r'[^,\n"]"|"[^,\r\n"]'
_LONE_CR: Final = "\r(?:[^\n]|$)"


def read_csv(data: bytes, encoding: str, file: str) -> RawTable:
    """All cells as texts; empty ones are null."""
    (table,) = csv_tables(BytesIO(data), encoding, file, len(data) + 1)
    return table


def csv_tables(stream: BinaryIO, encoding: str, file: str, block: int) -> Iterator[RawTable]:
    """The table in pieces of about so many bytes, at least one; its notices come with the last."""
    size = max(stream.seek(0, SEEK_END), 1)
    stream.seek(0)
    reader = _Reader(file, TextDecoder(encoding, file))
    for data, last in _blocks(stream, block):
        table = reader.table(data, last=last)
        if table is not None:
            yield evolve(table, progress=1.0 if last else stream.tell() / size)


def _blocks(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Whole lines, and whether they are the last. A line end between quotation marks ends no line.

    In both encodings the bytes of a mark and of a line end are never part of another character.
    """
    data = stream.read(size)
    while more := stream.read(size):
        end = _end_of_lines(data)
        if end:
            yield data[:end], False
        data = data[end:] + more
    yield data, True


def _end_of_lines(data: bytes) -> int:
    """The place behind the last line end with an even number of marks before it; 0 where there is none."""
    end, odd = len(data), data.count(b'"') % 2
    while True:
        at = data.rfind(b"\n", 0, end)
        if at < 0:
            return 0
        odd = (odd + data.count(b'"', at, end)) % 2
        if not odd:
            return at + 1
        end = at


@define
class _Reader:
    """What is known of a file when some of its lines are read.

    Blank lines are held back: at the end of the file they are no records, before others they are.
    """

    file: str
    decoder: TextDecoder
    lines: int = 0  # how many are read, without those that are held back
    commas: int = 0
    ragged: list[int] = field(factory=list)
    header: Header | None = None
    records: int = 0
    blank: bytes = b""
    blank_records: int = 0

    def table(self, data: bytes, *, last: bool) -> RawTable | None:
        """The records of the next lines; None where there are none yet."""
        text = self.decoder.decode(self.blank + data, last=last)
        skeleton = _skeleton(text)
        if skeleton.str.contains(_LONE_CR).item():
            text = _with_plain_line_ends(text)
            skeleton = _skeleton(text)
        self._require_sound_marks(text, skeleton)
        content, lines = self._without_blank_end(text.encode(), skeleton.str.split("\n").explode())
        if last and not self.lines and not len(lines):
            raise Refusal(Diagnostic("HY813", {"file": self.file}))
        self._see_shape(lines)
        if last:
            self._require_rectangle()
        if self.ragged or not (last or len(lines)):
            return None
        return self._cells(content, last=last)

    def _require_sound_marks(self, text: str, skeleton: pl.Series) -> None:
        shape: str = skeleton.item()
        misplaced = (
            re.search(_MISPLACED_MARK, shape) if skeleton.str.contains(_MISPLACED_MARK).item() else None
        )
        if misplaced or text.count('"') % 2:
            place = misplaced.start() if misplaced else shape.rindex('"')
            row = self.lines + shape.count("\n", 0, place) + 1
            raise Refusal(Diagnostic("HY810", {"file": self.file, "row": f"第{row}行"}))

    def _without_blank_end(self, data: bytes, lines: pl.Series) -> tuple[bytes, pl.Series]:
        """Without the blank lines at the end; Excel leaves lines of mere commas there."""
        filled = (lines.str.strip_chars(", \t\r") != "").arg_true()
        count = filled[-1] + 1 if len(filled) else 0
        cut = int((lines.slice(count).str.len_bytes().cast(pl.Int64) + 1).sum())
        content = data[: max(len(data) - cut, 0)]
        self.blank = data[len(content) + 1 :] if content else data
        return content, lines.head(count)

    def _see_shape(self, lines: pl.Series) -> None:
        """How many columns each line has."""
        commas = lines.str.count_matches(",", literal=True)
        if not self.lines and len(lines):
            self.commas = int(commas[0])
        self.ragged += [self.lines + row + 1 for row in (commas != self.commas).arg_true()]
        self.lines += len(lines)

    def _require_rectangle(self) -> None:
        if self.ragged:
            facts = {
                "file": self.file,
                "expected": str(self.commas + 1),
                "count": str(len(self.ragged)),
                "rows": numbers(self.ragged, LINES.counter),
            }
            raise Refusal(Diagnostic("HY811", facts))

    def _cells(self, content: bytes, *, last: bool) -> RawTable:
        grid = _parse(content, self.commas + 1)
        if self.header is None:
            if self.commas == 0:
                _require_commas(grid, self.file)
            self.header = Header.of(grid, self.file)
            grid = grid.slice(1)
        body = self.header.columns(grid)
        if self.blank_records:
            gap = pl.DataFrame(schema=body.schema).clear(self.blank_records)
            body = pl.concat([gap, body])
        filled = without_blank_end(body)
        self.blank_records = body.height - filled.height
        first = self.records
        self.records += filled.height
        notices = self.header.notices() if last else ()
        return RawTable(self.file, filled, LINES.behind(first), notices)


def _skeleton(text: str) -> pl.Series:
    """The whole text as one, with only a mark for each quoted piece."""
    whole = pl.Series([text])
    return whole.str.replace_all('"[^"]*"', '"') if '"' in text else whole


def _with_plain_line_ends(text: str) -> str:
    """Line ends of old Macs made plain, outside of quoted pieces."""
    pieces = text.split('"')
    pieces[::2] = [piece.replace("\r\n", "\n").replace("\r", "\n") for piece in pieces[::2]]
    return '"'.join(pieces)


def _parse(data: bytes, width: int) -> pl.DataFrame:
    """All lines as rows of texts."""
    if not data:
        return pl.DataFrame(schema={f"{place}": pl.String for place in range(width)})
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
