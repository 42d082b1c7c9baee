"""The sheets of the budget itself: the detail as one table, and sums of it by live formulas.

The value stored with each formula is the engine's own sum, not one made here; so a reader who recalculates compares
the two.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy_simulator.answers.columns import Holds
from hypolicy_simulator.answers.findings import COUNT, FUND, ITEM, MONEY, YEAR
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.run.plan import Kind
from hypolicy_simulator.workbook.page import Block, Column, Formula, cell, wan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.answers.findings import Findings
    from hypolicy_simulator.workbook.page import Cell, Page

TABLE: Final = "明细"
_ESCAPED: Final = "'[]#@"
# What is shown of an interval, and what it is called.
ENDS: Final = (
    ("P5", "下限"),
    ("P5误差", "下限的模拟误差"),
    ("P95", "上限"),
    ("P95误差", "上限的模拟误差"),
)


@frozen
class Sums:
    """Money by live formulas, in yuan and in 万元: a row for each line, then years, then all years."""

    yuan: Block
    wan: Block


def detail(page: Page, findings: Findings) -> None:
    """Every cell of budget.csv, with its intervals, as a table that further analysis can start from."""
    page.title(
        "明细",
        "单位：元。每行是一个年度、一处、一个补贴项目的合计；区间是多次模拟的九成区间，机会和假设分开。",
    )
    budget = findings.tables["budget.csv"]
    heads = [Column(name) for name in findings.header]
    heads += [Column(COUNT, Holds.COUNT), Column(MONEY, Holds.MONEY)]
    kinds = list(Kind) if findings.replicates else []
    heads += [Column(f"{kind.value}{words}", Holds.MONEY) for kind in kinds for _, words in ENDS]
    rows: list[list[Cell]] = []
    for row in budget.rows(named=True):
        line: list[Cell] = [row[name] for name in budget.columns]
        names = {name: str(row[name]) for name in findings.header}
        for kind in kinds:
            found = findings.interval(kind, **names)
            line += [None if found is None else Decimal(found[end]) for end, _ in ENDS]
        rows.append(line)
    page.row += 1
    block = page.table(heads, rows)
    page.sheet.add_table(
        block.first - 1,
        0,
        block.last,
        len(heads) - 1,
        {
            "name": TABLE,
            "style": "Table Style Light 9",
            "columns": [{"header": each.header, "header_format": page.formats.head} for each in heads],
        },
    )


def column(name: str) -> str:
    """A column of the detail, as formulas refer to it."""
    return f"{TABLE}[{''.join(chr(39) + sign if sign in _ESCAPED else sign for sign in name)}]"


def sum_of(measure: str, conditions: Sequence[tuple[str, str]]) -> str:
    """A sum over the rows of the detail that meet conditions: columns, and what they must be.

    A text has an equals sign before it, so that one such as >5 is not taken for a comparison.
    """
    if not conditions:
        return f"ROUND(SUM({column(measure)}),2)"
    every = "".join(f",{column(name)},{wanted}" for name, wanted in conditions)
    return f"ROUND(SUMIFS({column(measure)}{every}),2)"


def by_item(page: Page, findings: Findings) -> Sums:
    """Money and 人次 by year, item and fund."""
    page.title(
        "支出汇总",
        "万元表由元表换算，没有舍入，只是显示到两位小数。",
        "各数都是对“明细”求和的公式；明细改动后自动重算，与程序的结果是否一致见“校验”。",
    )
    lines = [(item, fund) for item, fund, _ in findings.items]
    lines += [(ALL, fund) for fund in findings.funds]
    lines.append((ALL, ALL))
    named: list[dict[str, str]] = [{ITEM: item, FUND: fund} for item, fund in lines]
    sums = frozenset(range(len(findings.items), len(lines)))
    return _sums(page, findings, (ITEM, FUND), named, sums)


def by_dimension(page: Page, findings: Findings, dimension: str) -> Sums:
    """Money and 人次 by year and label of a dimension."""
    page.title(f"按{dimension}", "各数都是对“明细”求和的公式。")
    labels = list(dict.fromkeys(findings.tables["budget.csv"][dimension]))
    named = [{dimension: label} for label in [*labels, ALL]]
    return _sums(page, findings, (dimension,), named, frozenset({len(labels)}))


def _sums(
    page: Page,
    findings: Findings,
    heads: tuple[str, ...],
    named: Sequence[dict[str, str]],
    strong: frozenset[int],
) -> Sums:
    """A table in 万元, the one in yuan that it refers to, and one of 人次."""
    size = len(named)
    page.heading("支出（万元）")
    # A table takes its header, its rows, a heading and an empty line.
    yuan_first = page.row + 1 + size + 3
    years = [str(year) for year in findings.years]
    texts = [Column(name) for name in heads]
    wide = [
        *texts,
        *(Column(f"{year}年", Holds.MONEY) for year in years),
        Column(ALL, Holds.MONEY, strong=True),
    ]
    rows: list[list[Cell]] = []
    for number, names in enumerate(named):
        row: list[Cell] = [names[name] for name in heads]
        for place, year in enumerate([*years, ALL]):
            amount = findings.total(**names, **{YEAR: year}).amount
            row.append(wan(cell(yuan_first + number, len(heads) + place), amount))
        rows.append(row)
    in_wan = page.table(wide, rows, strong=strong)
    page.heading("支出（元）")
    money = _live(page, findings, heads, named, strong, MONEY)
    assert money.first == yuan_first
    page.heading("人次")
    _live(page, findings, heads, named, strong, COUNT)
    return Sums(money, in_wan)


def _live(
    page: Page,
    findings: Findings,
    heads: tuple[str, ...],
    named: Sequence[dict[str, str]],
    strong: frozenset[int],
    measure: str,
) -> Block:
    years = [str(year) for year in findings.years]
    holds = Holds.MONEY if measure == MONEY else Holds.COUNT
    columns = [Column(name) for name in heads]
    columns += [*(Column(f"{year}年", holds) for year in years), Column(ALL, holds, strong=True)]
    first, rows = page.row + 1, []
    for number, names in enumerate(named):
        row: list[Cell] = [names[name] for name in heads]
        conditions = [
            (name, f'"="&${cell(first + number, place)}')
            for place, name in enumerate(heads)
            if names[name] != ALL
        ]
        for year in [*years, ALL]:
            when = [] if year == ALL else [(YEAR, year)]
            value = findings.total(**names, **{YEAR: year}).of(measure)
            row.append(Formula(sum_of(measure, [*when, *conditions]), value))
        rows.append(row)
    return page.table(columns, rows, strong=strong)
