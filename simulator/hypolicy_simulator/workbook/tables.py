"""The sheets that show answers as they are: each table of the run with its title, its unit and how to read it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy_simulator.answers.columns import Holds, holds
from hypolicy_simulator.answers.findings import COUNT, MONEY
from hypolicy_simulator.run.plan import Kind
from hypolicy_simulator.workbook.page import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from hypolicy_simulator.answers.findings import Findings
    from hypolicy_simulator.workbook.page import Block, Cell, Page

_PERCENT: Final = 100


@frozen
class Shown:
    """A table of the run, by the name of its file, and what stands above it."""

    file: str
    heading: str
    notes: tuple[str, ...] = ()


@frozen
class Sheet:
    """A sheet of such tables; it is left out where the run has none of them."""

    name: str
    purpose: str
    tables: tuple[Shown, ...]


SHEETS: Final = (
    Sheet(
        "身份",
        "各种身份的人次和金额",
        (
            Shown("groups.csv", "按身份", ("单位：元。一个人可以有几种身份，各行不能相加。",)),
            Shown("group_cells.csv", "按身份和汇总维度", ("单位：元。",)),
        ),
    ),
    Sheet(
        "任务",
        "任务完成没有，多少人轮不上",
        (
            Shown(
                "targets.csv",
                "任务完成情况",
                (
                    "任务与开班人次比较；享受补贴人次只计本政策准予的。",
                    "完成的比例：多次模拟中完成任务的占百分之几。",
                ),
            ),
            Shown("turned_away.csv", "轮不上的人次", ("因名额或者资金不足没有举办的培训。",)),
        ),
    ),
    Sheet(
        "资金",
        "各资金的应付、支付、结余、用完月份和各级分担",
        (
            Shown(
                "funds.csv",
                "资金收支",
                ("单位：元。按拨付日期所在的年份。用完的比例：多次模拟中用完的占百分之几。",),
            ),
            Shown("payment_years.csv", "发证的年度和拨付的年度", ("单位：元。年度与预算相同。",)),
            Shown("shares.csv", "各级分担", ("单位：元。",)),
        ),
    ),
    Sheet(
        "受益受损",
        "修订使谁多得，谁少得",
        (Shown("effects.csv", "谁受益，谁受损", ("单位：元。各年合计，按人。身份可以重叠，不能相加。",)),),
    ),
    Sheet(
        "比较",
        "修订与现行政策的支出和差额",
        (
            Shown(
                "comparison.csv", "修订与现行的比较", ("单位：元。同样的人、同样的抽签，差额全部来自修订。",)
            ),
        ),
    ),
    Sheet(
        "比较区间",
        "差额的区间",
        (
            Shown(
                "comparison_intervals.csv",
                "差额的区间",
                ("单位：元、人次。机会和假设分开，不能合并。P5、P95是九成区间的下限和上限，P50是中位数。",),
            ),
        ),
    ),
    Sheet(
        "条款",
        "每一条款花多少钱",
        (
            Shown(
                "clauses.csv",
                "各条款的支出",
                (
                    "单位：元，各年合计。分担的支出各行相加等于合计支出；负数是限制条款节省的。",
                    "去掉后支出的变化：其他条款不变，只去掉这一条。",
                ),
            ),
        ),
    ),
    Sheet(
        "口径",
        "每一种口径差多少钱",
        (
            Shown(
                "readings.csv",
                "各口径的差额",
                (
                    "单位：元，各年合计。差额是换成这一选项以后比本次采用的多支出多少。",
                    "机会误差：差额因抽签会有的出入（标准差）。",
                ),
            ),
        ),
    ),
    Sheet(
        "敏感度",
        "哪一个不确定的数对支出影响最大，多一个人多花多少",
        (
            Shown(
                "tornado.csv", "不确定的数", ("单位：元，各年合计。一个数取低值或者高值，其他的数取中值。",)
            ),
            Shown("marginal.csv", "多一人次培训的支出", ("单位：元。误差是平均数的标准误差。",)),
            Shown("stacking.csv", "同时享受几项的", ("单位：元，各年合计。",)),
            Shown(
                "seek.csv", "倒推", ("单位：元。参数：答案一行是支出不超过预算的最高值。资金：须增加多少。",)
            ),
        ),
    ),
    Sheet(
        "规则",
        "本次采用的标准、口径和表格，各有依据",
        (Shown("rules.csv", "采用的标准、口径和表格"),),
    ),
    Sheet(
        "假设",
        "测算依据的每一个数：来源、日期和性质",
        (
            Shown(
                "assumptions.csv", "测算依据的数", ("性质为“假设”的不是官方数据，得到正式数据后应当替换。",)
            ),
        ),
    ),
    Sheet(
        "人口",
        "模拟的人口与各表相符的程度",
        (
            Shown(
                "fit.csv",
                "与各表相符的程度",
                ("换算人数是文件人数乘以换算比例；出入是模拟人数与它取整以后的差。",),
            ),
            Shown("data.csv", "所用的记录", ("各列空着的有多少，怎样处理。",)),
            Shown(
                "independence.csv",
                "按互相独立处理的各对",
                ("没有一张表说到这两项的关系，模拟时假定互相独立。",),
            ),
        ),
    ),
)
# Names of files, of which people want to read what is in them.
_NAMED_BY_FILE: Final = ("不确定的数", "文件")


def write(page: Page, sheet: Sheet, findings: Findings) -> dict[str, Block]:
    """The tables that the run has, one beneath the other; where each stands."""
    blocks = {}
    present = [each for each in sheet.tables if each.file in findings.tables]
    page.title(sheet.name, sheet.purpose + "。")
    for each in present:
        page.heading(each.heading)
        for note in each.notes:
            page.say(note)
        blocks[each.file] = page.table(*of_frame(each.file, findings.tables[each.file]))
    return blocks


def of_frame(file: str, frame: pl.DataFrame) -> tuple[list[Column], list[list[Cell]]]:
    """A table of the run as cells: figures as numbers, all else as texts."""
    columns = [Column(name, holds(file, name)) for name in frame.columns]
    rows = [
        [_cell(column, value) for column, value in zip(columns, row, strict=True)] for row in frame.rows()
    ]
    return columns, rows


def _cell(column: Column, value: object) -> Cell:
    if value is None or value == "":
        return None
    match column.holds:
        case Holds.TEXT:
            shown = str(value)
            return stem(shown) if column.header in _NAMED_BY_FILE else shown
        case Holds.PERCENT:
            return Decimal(str(value)) / _PERCENT
        case _:
            return value if isinstance(value, int) else Decimal(str(value))


def stem(name: str) -> str:
    """What a table is about, told by the name of its file."""
    return PurePosixPath(name).stem


# --- intervals --------------------------------------------------------------------------------------------------

_MEASURES: Final = (
    ("均值", "均值"),
    ("均值误差", "均值的模拟误差"),
    ("P5", "九成区间下限"),
    ("P5误差", "下限的模拟误差"),
    ("P50", "中位数"),
    ("P95", "九成区间上限"),
    ("P95误差", "上限的模拟误差"),
)


def intervals(page: Page, findings: Findings) -> None:
    """The whole budget and each item by year, for each kind of uncertainty by itself."""
    page.title(
        "区间",
        "机会：同样的比率之下，抽签造成的出入。假设：比率本身不准造成的出入。两种分开列出，不能相加。",
        f"每种各模拟{findings.replicates}次；模拟误差随次数增加而变小，区间不会因此变窄。各处、各项的区间见“明细”。",
    )
    for measure, unit in ((MONEY, "元"), (COUNT, "人次")):
        page.heading(f"{measure}（{unit}）")
        columns = [Column("不确定性"), Column("年度"), Column("补贴项目")]
        columns += [Column(words, Holds.MONEY) for _, words in _MEASURES]
        page.table(columns, list(_interval_rows(findings, measure)))


def _interval_rows(findings: Findings, measure: str) -> Sequence[list[Cell]]:
    rows: list[list[Cell]] = []
    for kind in Kind:
        for year in [*map(str, findings.years), "合计"]:
            for item in [*(item for item, _, _ in findings.items), "合计"]:
                fund = {name: fund for name, fund, _ in findings.items}.get(item, "合计")
                found = findings.interval(kind, measure, 年度=year, 补贴项目=item, 资金来源=fund)
                if found is not None:
                    figures: list[Cell] = [Decimal(found[name]) for name, _ in _MEASURES]
                    rows.append([kind.value, year, item, *figures])
    return rows
