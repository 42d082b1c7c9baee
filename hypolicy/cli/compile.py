"""hypolicy compile POLICY."""

from __future__ import annotations

from pathlib import Path

import click

from hypolicy.backends.columns.program import compile_policy
from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.console import give_up, say
from hypolicy.cli.settings import read_settings
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import load


@click.command("compile", short_help="显示规则编译成的程序，整批计算时运行的就是它。")
@click.argument("policy", type=click.Path(path_type=Path))
@amendment_option
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="名称=文件",
    help="用文件替换政策中的一张表。",
)
@click.option("--reading", "readings", multiple=True, metavar="名称=选项", help="改选一个口径。")
@click.option("--set", "values", multiple=True, metavar="参数=值", help="改一个参数的值。")
@click.option(
    "--encoding", metavar="编码", default="utf-8", help="文本文件的编码，默认 utf-8；Excel 另存的用 gb18030。"
)
def command(
    policy: Path,
    amendments: tuple[Path, ...],
    tables: tuple[str, ...],
    readings: tuple[str, ...],
    values: tuple[str, ...],
    encoding: str,
) -> None:
    """把政策文件夹 POLICY 的规则编译成 Python 程序并显示，每一段注明出自哪一条款。

    程序只用整数：金额以分计，日期是 1970 年 1 月 1 日起的天数，取值是它的次序。不能编译的，逐项说明。
    退出码：0 完成，2 不能编译。
    """
    try:
        loaded = load(policy, amendments=amendments)
        program = compile_policy(loaded, read_settings(loaded, readings, values, tables, encoding))
    except Refusal as refusal:
        give_up(refusal)
    say(program.source.rstrip("\n"))
