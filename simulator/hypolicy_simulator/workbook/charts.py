"""Charts of Excel's own, so that they follow the cells and can be copied into a paper of the reader's."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, Final

from attrs import define

from hypolicy_simulator.workbook.page import FONT

if TYPE_CHECKING:
    from hypolicy_simulator.workbook.page import Block, Page

_WIDTH, _HEIGHT = 620, 330
_ROWS, _COLUMNS = 17, 10
_PER_ROW: Final = 2
COLORS: Final = ("#2F5597", "#C55A11", "#7F7F7F", "#BF9000", "#548235", "#7030A0", "#1F7A8C")


@define
class Charts:
    """Charts on one sheet, two beside each other."""

    book: Any
    page: Page
    _count: int = 0

    def columns(self, title: str, block: Block, series: list[tuple[str, int]], size: int) -> None:
        """Columns on top of each other: a series for each column of a block, over its first rows."""
        self._draw(
            "column", title, [(name, block.column(place, size)) for name, place in series], block, size
        )

    def bars(self, title: str, block: Block, place: int, size: int) -> None:
        """One bar for each of the first rows, the first on top."""
        self._draw("bar", title, [("", block.column(place, size))], block, size)

    def years(self, title: str, block: Block, rows: list[tuple[str, int]], years: int, left: int) -> None:
        """Columns of years: a series for each of some rows of a block, whose years begin in a column."""
        chart = self._chart("column", title, len(rows) > 1)
        head = _across(block, -1, left, years)
        for number, (name, row) in enumerate(rows):
            chart.add_series(
                {
                    "name": name,
                    "categories": head,
                    "values": _across(block, row, left, years),
                    **_look(number),
                }
            )
        self._place(chart)

    def tornado(self, title: str, block: Block, size: int, low: int, high: int) -> None:
        """Bars to both sides of the middle, from two columns of differences."""
        chart = self._chart("bar", title, legend=True)
        for number, (name, place) in enumerate((("低值", low), ("高值", high))):
            chart.add_series(
                {
                    "name": name,
                    "categories": f"={block.column(0, size)}",
                    "values": f"={block.column(place, size)}",
                    **_look(number),
                    "overlap": 100,
                }
            )
        chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": _font(9)})
        self._place(chart)

    @property
    def end(self) -> int:
        """The first row beneath all charts so far."""
        return self.page.row + ceil(self._count / _PER_ROW) * _ROWS

    def _draw(self, kind: str, title: str, series: list[tuple[str, str]], block: Block, size: int) -> None:
        chart = self._chart(kind, title, len(series) > 1)
        for number, (name, values) in enumerate(series):
            shown = {"name": name} if name else {}
            chart.add_series(
                {**shown, "categories": f"={block.column(0, size)}", "values": f"={values}", **_look(number)}
            )
        if kind == "bar":
            chart.set_y_axis({"reverse": True, "num_font": _font(9)})
        self._place(chart)

    def _chart(self, kind: str, title: str, legend: bool) -> Any:
        subtype = {"subtype": "stacked"} if kind == "column" or legend else {}
        chart = self.book.add_chart({"type": kind, **subtype})
        chart.set_title({"name": title, "name_font": _font(12, bold=True), "overlay": False})
        axis = {
            "num_format": "#,##0",
            "num_font": _font(9),
            "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}},
        }
        plain = {"num_font": _font(9), "major_gridlines": {"visible": False}}
        # With the first category on top, the labels of values would stand there too.
        chart.set_x_axis({**axis, "label_position": "high"} if kind == "bar" else plain)
        chart.set_y_axis(plain if kind == "bar" else axis)
        chart.set_legend({"position": "bottom", "font": _font(9)} if legend else {"none": True})
        chart.set_size({"width": _WIDTH, "height": _HEIGHT})
        return chart

    def _place(self, chart: Any) -> None:
        row, column = divmod(self._count, _PER_ROW)
        self.page.sheet.insert_chart(
            self.page.row + row * _ROWS, column * _COLUMNS, chart, {"object_position": 1}
        )
        self._count += 1


def _across(block: Block, row: int, left: int, size: int) -> str:
    first, last = block.cell(row, left), block.cell(row, left + size - 1)
    return f"={first}:{last.partition('!')[2]}"


def _look(number: int) -> dict[str, Any]:
    color = COLORS[number % len(COLORS)]
    return {"fill": {"color": color}, "border": {"none": True}, "gap": 60}


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold}
