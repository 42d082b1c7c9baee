"""hypolicy docs POLICY --out DIR."""

from __future__ import annotations

from pathlib import Path

import click

from hypolicy.cli.console import give_up, say, tell_diagnostics
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.publication import PAPER, publish

_PATH = click.Path(path_type=Path)


@click.command("docs", short_help="写出公布用的网页：条款、标准、例子、口径，双击即可打开。")
@click.argument("policy", type=_PATH)
@click.option("--out", required=True, type=_PATH, help="写到这个文件夹；以前由本命令写出的内容整个替换。")
@click.option("--pdf", is_flag=True, help="另写一份打印本 policy.pdf（需要 Chromium）。")
def command(policy: Path, out: Path, pdf: bool) -> None:
    """把政策文件夹 POLICY 写成供人阅读的网页，写到 --out 文件夹。双击其中的 index.html 即可打开，不需要网络。

    规则自带的用例全部通过才能写出；检查有错误或者有用例不通过的，什么也不写。
    退出码：0 完成，2 无法运行。
    """
    try:
        published = publish(policy, out, pdf=pdf)
    except Refusal as refusal:
        give_up(refusal)
    if published.warnings:
        tell_diagnostics(published.warnings)
    say(f"已写出{published.pages}页：{out / 'index.html'}")
    if pdf:
        say(f"打印本：{out / PAPER}")
