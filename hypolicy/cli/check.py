"""hypolicy check POLICY."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hypolicy.cli.amendments import amendment_option, say_amendments
from hypolicy.cli.console import FINDINGS, color, give_up, say
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.render import render_json, render_text
from hypolicy.diagnostics.sarif import render_sarif
from hypolicy.pipeline import Checked, check_folder

if TYPE_CHECKING:
    from hypolicy.proof.pairs import Pair
    from hypolicy.rules.tree import Policy


@click.command("check", short_help="检查政策文件夹，列出全部问题。")
@click.argument("policy", type=click.Path(path_type=Path))
@amendment_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="输出的形式，默认 text。",
)
@click.option("--proofs", is_flag=True, help="另列出每两个情形、每两项上浮能否同时成立：证明，或者例子。")
def command(policy: Path, amendments: tuple[Path, ...], form: str, proofs: bool) -> None:
    """检查政策文件夹 POLICY，一次列出全部问题。

    退出码：0 没有问题，1 有问题，2 无法检查。
    """
    if proofs and form != "text":
        raise click.UsageError("--proofs 只写成文字，不能与 --format 的其他形式一起使用。")
    try:
        checked = check_folder(policy, amendments=amendments)
    except Refusal as refusal:
        give_up(refusal)
    if form == "json":
        say(render_json(checked.diagnostics))
    elif form == "sarif":
        say(render_sarif(checked.diagnostics))
    else:
        say(render_text(checked.diagnostics, color=color(sys.stdout)))
        if checked.diagnostics:
            say(f"说明某个编号：hypolicy code {checked.diagnostics[0].code}")
        _say_summary(checked)
        if proofs and checked.policy is not None:
            _say_proofs(checked.policy)
    sys.exit(FINDINGS if checked.diagnostics else 0)


def _say_summary(checked: Checked) -> None:
    """What there is in the policy, so that nobody believes that an empty folder is a good one."""
    policy = checked.policy
    if policy is None:
        return
    switches = sum(not reading.fixed for reading in policy.readings)
    say(
        f"《{policy.title}》：补贴{len(policy.benefits)}项，参数{len(policy.parameters)}个，表{len(policy.tables)}张，"
        f"口径{switches}个可选、{len(policy.readings) - switches}个固定，用例{len(policy.cases)}个。"
    )
    if checked.coverage is not None:
        coverage = checked.coverage
        share = coverage.covered * 100 // max(coverage.total, 1)
        say(f"官方文本已引用 {share}%（{coverage.covered}/{coverage.total}字）。")
    say_amendments(checked.amendments)


def _say_proofs(policy: Policy) -> None:
    from hypolicy.proof.pairs import pairs  # noqa: PLC0415 - nobody else waits for it

    benefit = ""
    for pair in pairs(policy):
        if pair.benefit != benefit:
            benefit = pair.benefit
            say(f"\n【{pair.clause}】{benefit}")
        say(f"  {pair.first}与{pair.second}：{pair.verdict.value}{_more(pair)}。")


def _more(pair: Pair) -> str:
    told = [f"例如{pair.example}"] if pair.example else []
    told += [f"看不清“{words}”" for words in pair.unseen]
    told += [pair.decision] if pair.decision else []
    return f"（{'；'.join(told)}）" if told else ""
