"""The command line. A command is imported when it is asked for, so that help stays quick."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import click

from hypolicy import __version__

# Name, module, and what it does; a module's command has the name of the function `command`.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "check": ("hypolicy.cli.check", "检查政策文件夹，列出全部问题。"),
    "test": ("hypolicy.cli.test", "运行政策中的用例。"),
    "decide": ("hypolicy.cli.decide", "审定数据文件中的每一条记录。"),
}


class LazyGroup(click.Group):
    """Knows its commands by name; loads one when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="hypolicy", message="%(prog)s %(version)s")
def root() -> None:
    """hypolicy：把政策文件变成程序。

    POLICY 是一个政策文件夹，其中有「政策.hyp」。退出码：0 没有问题，1 有问题，2 无法运行。
    """


def main() -> None:
    """Entry point. Output is UTF-8 whatever the console says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    root(prog_name="hypolicy")
