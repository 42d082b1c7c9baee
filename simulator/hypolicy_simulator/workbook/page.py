"""A sheet of the workbook, written from the top down, and what its cells may hold.

Every amount is the double nearest to a decimal of two places. Below `MOST` yuan that decimal has at most 15 digits,
which a double tells apart and Excel shows in full; a sum of doubles is off by far less than half a fen, so that
ROUND(…, 2) of it is again the double nearest to the true sum. No text can become a formula, a link or a number.
"""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen
from wcwidth import wcswidth
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]

from hypolicy_simulator.answers.columns import Holds

if TYPE_CHECKING:
    from collections.abc import Sequence

FONT: Final = "微软雅黑"
MOST: Final = 10**13
WAN: Final = 10_000
_A4: Final = 9
_WIDEST: Final = 46
_NARROWEST: Final = 9
_FIGURE: Final = 13
_LONGEST_HEADER: Final = 80
_LINE: Final = 16
_MARGIN: Final = 3

_NUMBERS: Final = {
    Holds.TEXT: "General",
    Holds.COUNT: "#,##0",
    Holds.MONEY: "#,##0.00",
    Holds.PERCENT: "0.00%",
    Holds.NUMBER: "#,##0.00",
}


@frozen
class Formula:
    """A live formula and the value that it has."""

    text: str
    value: str | int | Decimal | float


Cell = str | int | Decimal | Formula | None


@frozen
class Column:
    """`input` cells are for the reader to fill in; `strong` ones are sums or answers."""

    header: str
    holds: Holds = Holds.TEXT
    input: bool = False
    strong: bool = False


@frozen
class Block:
    """Where the rows of a table stand on a sheet; rows and columns count from 0."""

    sheet: str
    first: int
    last: int
    left: int

    @property
    def rows(self) -> range:
        return range(self.first, self.last + 1)

    def cell(self, row: int, column: int) -> str:
        """A cell of the table, as a formula on any sheet refers to it."""
        return f"{quoted(self.sheet)}!{absolute(self.first + row, self.left + column)}"

    def column(self, column: int, size: int | None = None) -> str:
        """A column of the table, or its first rows."""
        last = self.last if size is None else self.first + size - 1
        left = absolute(self.first, self.left + column)
        return f"{quoted(self.sheet)}!{left}:{absolute(last, self.left + column)}"

    def across(self, row: int, column: int, size: int) -> str:
        """So many cells of one row; row -1 is the header."""
        last = absolute(self.first + row, self.left + column + size - 1)
        return f"{self.cell(row, column)}:{last}"


def quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


def absolute(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))


def cell(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column))


def text(value: str) -> str:
    """A text inside a formula."""
    return '"' + value.replace('"', '""') + '"'


@define
class Formats:
    """Cell formats, made once each."""

    book: Any
    _made: dict[tuple[tuple[str, Any], ...], Any] = field(factory=dict)

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format({"valign": "vcenter", **properties})
        return self._made[key]

    @property
    def head(self) -> Any:
        """Of the cells above a table."""
        properties = {"bold": True, "bg_color": "#D9E2F3", "border": 1, "border_color": "#8EA9DB"}
        return self(**properties, align="center", text_wrap=True)

    def of(self, column: Column) -> Any:
        properties: dict[str, Any] = {
            "num_format": _NUMBERS[column.holds],
            "border": 1,
            "border_color": "#BFBFBF",
        }
        if column.holds is Holds.TEXT:
            properties |= {"text_wrap": True, "align": "left", "indent": 1}
        if column.strong:
            properties |= {"bold": True, "bg_color": "#F2F2F2"}
        if column.input:
            properties |= {"bg_color": "#FFF2CC", "font_color": "#1F4E9E"}
        return self(**properties)


@define
class Page:
    """One sheet. `row` is the next that is free."""

    name: str
    sheet: Any
    formats: Formats
    row: int = 0
    _widths: dict[int, int] = field(factory=dict)
    _texts: dict[int, list[tuple[int, int, int]]] = field(factory=dict)
    _tables: list[int] = field(factory=list)

    def title(self, words: str, *notes: str) -> None:
        """The heading of the sheet, and sentences beneath it."""
        self.sheet.set_row(0, 26)
        self.sheet.write_string(0, 0, words, self.formats(bold=True, font_size=16, font_color="#1F3864"))
        self.row = 1
        for note in notes:
            self.say(note)

    def say(self, words: str, *, warning: bool = False) -> None:
        properties: dict[str, Any] = {"font_color": "#595959"}
        if warning:
            properties = {"font_color": "#C00000", "bold": True}
        self.sheet.write_string(self.row, 0, words, self.formats(**properties))
        self.row += 1

    def heading(self, words: str) -> None:
        """A line of its own above a table."""
        self.row += 1
        self.sheet.write_string(
            self.row, 0, words, self.formats(bold=True, font_size=12, font_color="#1F3864")
        )
        self.row += 1

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        *,
        strong: frozenset[int] = frozenset(),
    ) -> Block:
        """A header and rows, those in `strong` as sums."""
        top = self.row
        for place, column in enumerate(columns):
            self.sheet.write_string(top, place, column.header, self.formats.head)
            self._widen(place, column, column.header)
        for number, row in enumerate(rows):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                shown = Column(column.header, column.holds, column.input, column.strong or number in strong)
                self.write(top + 1 + number, place, shown, value)
                self._widen(place, column, value)
        self._tables.append(top)
        self.row = top + len(rows) + 1
        return Block(self.name, top + 1, top + len(rows), 0)

    def pairs(self, rows: Sequence[tuple[str, str]], across: int) -> Block:
        """Words with what they mean, the latter over several columns."""
        form = self.formats.of(Column(""))
        for number, (name, words) in enumerate(rows, self.row):
            self.write(number, 0, Column("", strong=True), name)
            self.sheet.merge_range(number, 1, number, across, "", form)
            self.sheet.write_string(number, 1, words, form)
            self._texts.setdefault(number, []).append((1, across, wcswidth(words)))
        first, self.row = self.row, self.row + len(rows)
        return Block(self.name, first, self.row - 1, 0)

    def write(self, row: int, place: int, column: Column, value: Cell) -> None:
        """One cell, as its column says."""
        form = self.formats.of(column)
        match value:
            case None | "":
                self.sheet.write_blank(row, place, None, form)
            case Formula(words, result):
                self.sheet.write_formula(row, place, f"={words}", form, _number(result))
            case str():
                self.sheet.write_string(row, place, value, form)
                self._texts.setdefault(row, []).append((place, place, wcswidth(value)))
            case _:
                self.sheet.write_number(row, place, _number(value), form)

    def cell(self, row: int, column: int) -> str:
        """A cell of this sheet, as any sheet refers to it."""
        return f"{quoted(self.name)}!{absolute(row, column)}"

    def link(self, row: int, place: int, sheet: str) -> None:
        form = self.formats(font_color="#0563C1", underline=1, border=1, border_color="#BFBFBF")
        self.sheet.write_url(row, place, f"internal:{quoted(sheet)}!A1", form, sheet)

    def widths(self, *widths: int) -> None:
        """Widths of the first columns, in place of those that their contents ask for."""
        self._widths |= dict(enumerate(widths))

    def finish(self, header: str, footer: str, *, portrait: bool = False) -> None:
        """Widths and heights, and how the sheet is printed: on A4, as wide as a page, its header on each."""
        for place, width in self._widths.items():
            self.sheet.set_column(place, place, width)
        for row, texts in self._texts.items():
            lines = max(self._lines(first, last, width) for first, last, width in texts)
            if lines > 1:
                self.sheet.set_row(row, lines * _LINE)
        self._keep_in_view()
        self.sheet.set_paper(_A4)
        if not portrait:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
        self.sheet.set_header(f'&L&"{FONT}"&9{_plain(header)}&R&"{FONT}"&9{_plain(self.name)}')
        self.sheet.set_footer(f'&L&"{FONT}"&9{_plain(footer)}&R&"{FONT}"&9第 &P 页，共 &N 页')
        self.sheet.hide_gridlines(2)

    def _lines(self, first: int, last: int, width: int) -> int:
        """How many lines a text so wide takes in the cells from one column to another."""
        room = sum(self._widths[place] for place in range(first, last + 1)) - _MARGIN
        return ceil(width / room)

    def _keep_in_view(self) -> None:
        """The header of a table that is the only one; of a sheet with several, its title alone."""
        top = self._tables[0] if len(self._tables) == 1 else 0
        self.sheet.freeze_panes(top + 1, 1 if top else 0)
        self.sheet.repeat_rows(top)

    def _widen(self, place: int, column: Column, value: Cell) -> None:
        match value:
            case Formula(_, result):
                width = _FIGURE if not isinstance(result, str) else wcswidth(result)
            case str() if column.holds is Holds.TEXT or value == column.header:
                width = max(wcswidth(line) for line in value.split("\n")) + _MARGIN
            case None:
                width = 0
            case _:
                width = len(f"{value:,}") + 2
        width = min(max(width + 1, _NARROWEST), _WIDEST)
        self._widths[place] = max(self._widths.get(place, 0), width)


def yuan(amount: Decimal) -> float:
    """The double nearest to an amount. Larger ones could not be told apart to the fen."""
    assert abs(amount) < MOST, "amounts of a budget are below ten trillion yuan"
    return float(amount)


def wan(formula: str, amount: Decimal) -> Formula:
    """The same amount in units of 10,000 yuan, unrounded."""
    return Formula(f"{formula}/{WAN}", yuan(amount) / WAN)


def _number(value: str | int | Decimal | float) -> str | int | float:
    return yuan(value) if isinstance(value, Decimal) else value


def _plain(words: str) -> str:
    """A text in a header: its ampersands are no commands, and all of it fits."""
    return words[:_LONGEST_HEADER].replace("&", "&&")
