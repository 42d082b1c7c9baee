"""hypolicy docs POLICY --out DIR."""

from __future__ import annotations

from pathlib import Path

import click

from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.console import give_up, say, tell_diagnostics
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.publication import PAPER, publish

_PATH = click.Path(path_type=Path)


@click.command("docs", short_help="写出公布用的网页：条款、标准、例子、口径，双击即可打开。")
@click.argument("policy", type=_PATH)
@click.option("--out", required=True, type=_PATH, help="写到这个文件夹；以前由本命令写出的内容整个替换。")
@amendment_option
@click.option(
    "--before", type=_PATH, metavar="文件夹", help="原来版本的政策文件夹；另写一页，对照两个版本的不同。"
)
@click.option(
    "--simulation", type=_PATH, metavar="文件夹", help="simulate 写出的结果；注明各种口径和草案的代价。"
)
@click.option("--pdf", is_flag=True, help="另写一份打印本 policy.pdf（需要 Chromium）。")
def command(
    policy: Path,
    out: Path,
    amendments: tuple[Path, ...],
    before: Path | None,
    simulation: Path | None,
    pdf: bool,
) -> None:
    """把政策文件夹 POLICY 写成供人阅读的网页，写到 --out 文件夹。双击其中的 index.html 即可打开，不需要网络。

    规则自带的用例全部通过才能写出；检查有错误或者有用例不通过的，什么也不写。
    计入草案（--amendment）的，每页注明是草案预览，并有一页对照修改前后的条文、标准、规则和例子。
    退出码：0 完成，2 无法运行。
    """
    try:
        published = publish(policy, out, amendments=amendments, before=before, simulation=simulation, pdf=pdf)
    except Refusal as refusal:
        give_up(refusal)
    if published.warnings:
        tell_diagnostics(published.warnings)
    say(f"已写出{published.pages}页：{out / 'index.html'}")
    if pdf:
        say(f"打印本：{out / PAPER}")
