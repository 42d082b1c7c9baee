"""Charts of Excel's own, so that they follow the cells and can be copied into a paper of the reader's."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from hypolicy_simulator.answers.columns import Holds
from hypolicy_simulator.answers.findings import YEAR
from hypolicy_simulator.workbook import tables
from hypolicy_simulator.workbook.page import FONT, WAN, Column, Formula, wan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypolicy_simulator.answers.findings import Findings
    from hypolicy_simulator.workbook.budget import Sums
    from hypolicy_simulator.workbook.page import Block, Cell, Page
    from hypolicy_simulator.workbook.trial import Months

_WIDTH, _HEIGHT = 620, 330
_ROWS, _COLUMNS = 17, 10
_PER_ROW: Final = 2
_COLORS: Final = ("#2F5597", "#C55A11", "#7F7F7F", "#BF9000", "#548235", "#7030A0", "#1F7A8C")
ALL_YEARS: Final = "各年合计"
Series = Sequence[tuple[str, str]]  # names, and the cells of their values


def draw(
    book: Any,
    page: Page,
    findings: Findings,
    money: Sums,
    dimensions: Mapping[str, Sums],
    months: Months,
    blocks: Mapping[str, Block],
) -> None:
    """Every chart of the run; beneath them the figures that only charts need."""
    page.title("图表", "单位：万元。图随各表的数变动。")
    page.row += 1
    charts, years, items = Charts(book, page), len(findings.years), len(findings.items)
    head = money.wan.across(-1, 2, years)
    by_item = [(item, money.wan.across(row, 2, years)) for row, (item, _, _) in enumerate(findings.items)]
    charts.columns("各年支出，按补贴项目（万元）", head, by_item)
    by_fund = [(fund, money.wan.across(items + row, 2, years)) for row, fund in enumerate(findings.funds)]
    charts.columns("各年支出，按资金（万元）", head, by_fund)
    for name, sums in dimensions.items():
        size = len(sums.wan.rows) - 1
        values = [(ALL_YEARS, sums.wan.column(1 + years, size))]
        charts.bars(f"合计支出，按{name}（万元）", sums.wan.column(0, size), values)
    if months.block.rows:
        due = [(fund, months.block.column(2 + len(months.funds) + n)) for n, fund in enumerate(months.funds)]
        charts.columns("每月应付，按资金（万元）", months.block.column(0), due)
    present = [name for name in ("comparison.csv", "tornado.csv") if name in blocks]
    page.row = charts.room_for(len(present))
    if present:
        page.heading("作图用的数（万元）")
    if "comparison.csv" in present:
        block = _compared(page, findings, blocks["comparison.csv"])
        pair = [("现行", block.column(1)), ("修订后", block.column(2))]
        charts.columns("修订与现行的支出（万元）", block.column(0), pair, beside=True)
        page.row += 1
    if "tornado.csv" in present:
        block = _deviations(page, findings, blocks["tornado.csv"])
        pair = [("低值", block.column(1)), ("高值", block.column(2))]
        charts.bars("不确定的数使合计支出变化多少（万元）", block.column(0), pair)


def _compared(page: Page, findings: Findings, comparison: Block) -> Block:
    """The years under both policies."""
    frame = findings.tables["comparison.csv"].with_row_index("#")
    rows: list[list[Cell]] = []
    for year in map(str, findings.years):
        for row in findings.line(frame, **{YEAR: year}).rows(named=True):
            cells = [
                wan(comparison.cell(row["#"], frame.columns.index(name) - 1), Decimal(row[name]))
                for name in ("现行金额", "修订金额")
            ]
            rows.append([f"{year}年", *cells])
    columns = [Column(YEAR), Column("现行", Holds.MONEY), Column("修订后", Holds.MONEY)]
    return page.table(columns, rows)


def _deviations(page: Page, findings: Findings, tornado: Block) -> Block:
    """How far low and high values move the budget."""
    frame = findings.tables["tornado.csv"]
    at = {name: frame.columns.index(name) for name in ("低值时支出", "中值时支出", "高值时支出")}
    rows: list[list[Cell]] = []
    for number, row in enumerate(frame.rows(named=True)):
        middle = tornado.cell(number, at["中值时支出"])
        sides = [
            Formula(
                f"({tornado.cell(number, at[name])}-{middle})/{WAN}",
                (float(row[name]) - float(row["中值时支出"])) / WAN,
            )
            for name in ("低值时支出", "高值时支出")
        ]
        rows.append([Formula(tornado.cell(number, 0), tables.stem(row["不确定的数"])), *sides])
    columns = [Column("不确定的数"), Column("低值", Holds.NUMBER), Column("高值", Holds.NUMBER)]
    return page.table(columns, rows)


@define
class Charts:
    """Charts on one sheet, two beside each other, from a row on."""

    book: Any
    page: Page
    _top: int = field(init=False)
    _count: int = 0

    def __attrs_post_init__(self) -> None:
        self._top = self.page.row

    def columns(self, title: str, categories: str, series: Series, *, beside: bool = False) -> None:
        """Columns on top of each other, or beside each other."""
        chart = self._chart("column", "clustered" if beside else "stacked", title, categories, series)
        chart.set_x_axis({"num_font": _font(9), "major_gridlines": {"visible": False}})
        chart.set_y_axis(_VALUES)
        self._place(chart)

    def bars(self, title: str, categories: str, series: Series) -> None:
        """Bars, the first on top, those of one category in one line to both sides of nought."""
        chart = self._chart("bar", "stacked", title, categories, series)
        # With the first category on top, the labels of values would stand there too.
        chart.set_x_axis({**_VALUES, "label_position": "high"})
        chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": _font(9)})
        self._place(chart)

    def room_for(self, more: int) -> int:
        """The first row beneath all charts, so many more among them."""
        return self._top + ceil((self._count + more) / _PER_ROW) * _ROWS

    def _chart(self, kind: str, subtype: str, title: str, categories: str, series: Series) -> Any:
        chart = self.book.add_chart({"type": kind, "subtype": subtype})
        for number, (name, values) in enumerate(series):
            look = {"fill": {"color": _COLORS[number % len(_COLORS)]}, "border": {"none": True}, "gap": 60}
            chart.add_series({"name": name, "categories": f"={categories}", "values": f"={values}", **look})
        chart.set_title({"name": title, "name_font": _font(12, bold=True), "overlay": False})
        chart.set_legend({"position": "bottom", "font": _font(9)} if len(series) > 1 else {"none": True})
        chart.set_size({"width": _WIDTH, "height": _HEIGHT})
        return chart

    def _place(self, chart: Any) -> None:
        row, column = divmod(self._count, _PER_ROW)
        self.page.sheet.insert_chart(
            self._top + row * _ROWS, column * _COLUMNS, chart, {"object_position": 1}
        )
        self._count += 1


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold}


_VALUES: Final = {
    "num_format": "#,##0",
    "num_font": _font(9),
    "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}},
}
