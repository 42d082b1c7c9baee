"""The first sheet and the last ones: what this is, the answer, where to find what; words, and the record of the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypolicy_simulator.answers.columns import Holds
from hypolicy_simulator.answers.findings import YEAR
from hypolicy_simulator.answers.glossary import TERMS
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.run.plan import Kind
from hypolicy_simulator.workbook.page import WAN, Column, Formula

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypolicy_simulator.answers.findings import Findings
    from hypolicy_simulator.workbook.budget import Sums
    from hypolicy_simulator.workbook.page import Cell, Page


# The columns beside the first that words take.
_ACROSS: Final = 5


def cover(
    page: Page, findings: Findings, money: Sums, verdict: str, sheets: Sequence[tuple[str, str]]
) -> None:
    page.title(f"{findings.scenario}　支出测算", f"{findings.policy}（{findings.number}）")
    if findings.about:
        page.say(findings.about)
    for amendment in findings.amendments:
        page.say(f"计入修订：{amendment}，与没有它的政策比较。")
    for warning in findings.warnings:
        page.say(f"注意：{warning}", warning=True)
    _headline(page, findings, money, verdict)
    page.heading("各表")
    block = page.pairs(sheets, _ACROSS)
    for row, (name, _) in zip(block.rows, sheets, strict=True):
        page.link(row, 0, name)
    page.heading("怎样得到的")
    page.pairs(_facts(findings), _ACROSS)
    page.widths(22, *(_ACROSS * [17]))


def _headline(page: Page, findings: Findings, money: Sums, verdict: str) -> None:
    page.heading("各年支出（万元）")
    kinds = list(Kind) if findings.replicates else []
    columns = [Column(YEAR), Column("支出", Holds.MONEY, strong=True)]
    for kind in kinds:
        columns += [Column(f"{kind.value}：下限", Holds.NUMBER)]
        columns += [Column(f"{kind.value}：上限", Holds.NUMBER)]
    years = [*map(str, findings.years), ALL]
    last, rows = len(money.wan.rows) - 1, []
    for place, year in enumerate(years):
        amount = findings.total(**{YEAR: year}).amount
        row: list[Cell] = [year, Formula(money.wan.cell(last, 2 + place), float(amount) / WAN)]
        for kind in kinds:
            found = findings.interval(kind, **{YEAR: year})
            assert found is not None
            row += [Formula(f"{found[end]}/{WAN}", float(found[end]) / WAN) for end in ("P5", "P95")]
        rows.append(row)
    page.table(columns, rows, strong=frozenset({len(years) - 1}))
    if kinds:
        page.say(
            "支出是不确定的数都取中值的一次模拟，与其他各表相加相符。下限、上限之间是九成区间；机会和假设各说各的，不能相加。"
        )
    else:
        page.say("支出是不确定的数都取中值的一次模拟。本次没有模拟区间；运行时加 --replicates 次数。")
    page.row += 1
    page.sheet.write_string(page.row, 0, "本工作簿的校验", page.formats(bold=True))
    page.write(page.row, 1, Column("", strong=True), Formula(verdict, "全部一致"))
    page.row += 1


def _facts(findings: Findings) -> list[tuple[str, str]]:
    record = findings.record
    dates: dict[str, list[str]] = {}
    for item, _, day in findings.items:
        dates.setdefault(day, []).append(item)
    when = "；".join(f"{'、'.join(items)}按{day}" for day, items in dates.items() if day)
    chosen = "、".join(f"{name}取“{option}”" for name, option in record["口径"].items())
    versions = "、".join(f"{name} {version}" for name, version in record["版本"].items() if version)
    simulated = (
        f"种子{record['种子']}，机会和假设各模拟{findings.replicates}次，人口{record['人口']['人数']:,}人"
    )
    return [
        ("年度", when),
        ("模拟", simulated),
        ("口径", chosen),
        ("规则文件的散列", findings.rules_hash),
        ("程序", versions),
        ("数的精度", "金额精确到分；公式求和以后舍入到分，与程序的数逐分相同，见“校验”。"),
        ("可以改动的", "只有“试算”中黄色的单元格；别处的数改动以后，“校验”会显示不一致。"),
    ]


def glossary(page: Page) -> None:
    page.title("名词解释")
    page.row += 1
    page.table([Column("名词"), Column("含义")], TERMS)
    page.widths(22, 100)


def record(page: Page, findings: Findings) -> None:
    """What the run was made from, with hashes; the same as run.json."""
    page.title("运行记录", "与 run.json 相同。hypolicy verify 据此核对结果文件和输入文件。")
    page.row += 1
    page.table([Column("项目"), Column("内容")], _flat(findings.record, ""))
    page.widths(46, 80)


def _flat(content: Mapping[str, Any], before: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for name, value in content.items():
        if isinstance(value, dict):
            out += _flat(value, f"{before}{name}：")
        else:
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            out.append((f"{before}{name}", {"true": "是", "false": "否", "[]": "无"}.get(shown, shown)))
    return out
