"""What a run of decide says of its results: readings chosen, illustrative data, and totals by item and fund."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

from hypolicy.cli.console import color, say
from hypolicy.records import results
from hypolicy.rules.outcome import Status, fen_text

if TYPE_CHECKING:
    from hypolicy.cli.engines import Result
    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Policy

_WIDTH = 120  # of the table of totals, where it is not for a screen


def say_results(policy: Policy, settings: Settings, result: Result) -> None:
    _say_illustrative(policy, settings)
    _say_readings(policy, settings)
    _say_totals(policy, result)


def _say_illustrative(policy: Policy, settings: Settings) -> None:
    """Illustrative data is no official fact: said with every result."""
    for table in policy.tables:
        versions = settings.tables.get(table.name, table.versions)
        if any(version.illustrative for version in versions):
            say(
                f"注意：「{table.name}」是示例数据，不是官方标准，金额仅供演示；"
                f"请用 --table {table.name}=文件 换成正式目录。"
            )


def _say_readings(policy: Policy, settings: Settings) -> None:
    chosen = [
        f"{reading.name}＝{settings.option(reading)}"
        for reading in policy.readings
        if settings.option(reading) != reading.default
    ]
    if chosen:
        say("改选的口径：" + "，".join(chosen))


def _say_totals(policy: Policy, result: Result) -> None:
    """The totals by item and fund, as a table."""
    table = Table(title=f"{policy.title}　审定汇总（{result.count}条记录）", box=box.SIMPLE_HEAD)
    for header in ("补贴项目", "资金来源"):
        table.add_column(header)
    for header in ("准予人次", "金额（元）", "不予", "待定", "不适用"):
        table.add_column(header, justify="right")
    total_count = total_fen = 0
    for benefit, counts, fen in zip(policy.benefits, result.statuses, result.fen, strict=True):
        total_count += counts[Status.GRANTED]
        total_fen += fen
        fund = results.fund_name(benefit) or "（另行规定）"
        numbers = [counts[status] for status in (Status.DENIED, Status.PENDING, Status.NOT_APPLICABLE)]
        table.add_row(
            benefit.name, fund, f"{counts[Status.GRANTED]:,}", _grouped(fen), *(f"{n:,}" for n in numbers)
        )
    table.add_section()
    table.add_row("合计", "", f"{total_count:,}", _grouped(total_fen), "", "", "")
    colored = color(sys.stdout)
    console = Console(
        color_system="auto" if colored else None,
        force_terminal=colored,
        width=None if sys.stdout.isatty() else _WIDTH,
        highlight=False,
    )
    with console.capture() as shown:
        console.print(table)
    say(shown.get().rstrip("\n"))


def _grouped(fen: int) -> str:
    yuan, decimals = fen_text(fen).split(".")
    return f"{int(yuan):,}.{decimals}"
