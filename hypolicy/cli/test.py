"""hypolicy test POLICY."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hypolicy.backends.exact.cases import CaseResult, run_case
from hypolicy.backends.exact.coverage import Kind, Point, coverage
from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.console import FINDINGS, give_up, say
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import load


@click.command("test", short_help="运行政策中的用例。")
@click.argument("policy", type=click.Path(path_type=Path))
@amendment_option
@click.option("-v", "--verbose", is_flag=True, help="逐个列出通过的用例。")
@click.option(
    "--coverage", "uncovered", is_flag=True, help="列出没有用例覆盖的条件、情形、限制、口径和边界。"
)
def command(policy: Path, amendments: tuple[Path, ...], verbose: bool, uncovered: bool) -> None:
    """运行政策文件夹 POLICY 中的全部用例，列出结果与应得不同的。

    退出码：0 全部通过，1 有用例不通过，2 无法运行。
    """
    try:
        loaded = load(policy, amendments=amendments)
    except Refusal as refusal:
        give_up(refusal)
    results = [run_case(loaded, case) for case in loaded.cases]
    for result in results:
        if verbose and result.passed:
            say(f"通过　「{result.case.name}」")
        elif not result.passed:
            say(_failure(result))
    failed = sum(not result.passed for result in results)
    say(f"共{len(results)}个用例，通过{len(results) - failed}个，不通过{failed}个。")
    _say_coverage(coverage(loaded), listed=uncovered)
    sys.exit(FINDINGS if failed else 0)


def _say_coverage(points: list[Point], *, listed: bool) -> None:
    """How much the cases try, and, where asked for, what they do not and why."""
    shares = []
    for kind in Kind:
        of_kind = [point for point in points if point.kind is kind]
        if of_kind:
            shares.append(f"{kind.value}{sum(not point.missing for point in of_kind)}/{len(of_kind)}")
    if shares:
        say(f"用例覆盖：{'，'.join(shares)}。")
    missing = [point for point in points if point.missing]
    if listed:
        for point in missing:
            say(
                f"  {point.clause or '—'}　{point.item}：{point.kind.value}「{point.words}」{point.missing}。"
            )
    elif missing:
        say(f"有{len(missing)}处没有覆盖，用 --coverage 列出。")


def _failure(result: CaseResult) -> str:
    lines = [f"不通过「{result.case.name}」（{result.case.origin.span.written}）"]
    several = len(result.case.records) > 1
    for mismatch in result.mismatches:
        number = f"第{mismatch.record}条记录，" if several else ""
        lines.append(f"  {number}{mismatch.item}")
        lines.append(f"    应得：{mismatch.expected}")
        lines.append(f"    结果：{mismatch.got}")
    return "\n".join(lines)
