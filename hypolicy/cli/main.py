"""The command line. A command is imported when it is asked for, so that help stays quick."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from hypolicy import __version__
from hypolicy.cli.usage import did_you_mean, in_chinese, usage_text
from hypolicy.diagnostics.defect import defect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import EntryPoint

# Name, module, and what it does; a module's command has the name of the function `command`.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "check": ("hypolicy.cli.check", "检查政策文件夹，列出全部问题。"),
    "test": ("hypolicy.cli.test", "运行政策中的用例。"),
    "show": ("hypolicy.cli.show", "显示计入修订以后的规则和原文。"),
    "fmt": ("hypolicy.cli.fmt", "统一规则文件的书写格式，不改变含义。"),
    "decide": ("hypolicy.cli.decide", "审定数据文件中的每一条记录。"),
    "explain": ("hypolicy.cli.explain", "说明一条记录的审定：依据、算法，不予的怎样才能符合。"),
    "diff": ("hypolicy.cli.diff", "比较两个版本的政策：改了什么，对谁有影响。"),
    "rates": ("hypolicy.cli.rates", "标准目录导出为 Excel，改好以后读回。"),
    "compile": ("hypolicy.cli.compile", "显示规则编译成的程序，整批计算时运行的就是它。"),
    "docs": ("hypolicy.cli.docs", "写出公布用的网页：条款、标准、例子、口径，双击即可打开。"),
    "code": ("hypolicy.cli.code", "说明一个问题编号：为什么是问题，例子，怎样改。"),
    "lsp": ("hypolicy.cli.lsp", "为编辑器提供检查、说明、跳转和改法，由编辑器运行。"),
}
COULD_NOT_RUN: Final = 2
INTERRUPTED: Final = 128 + 2  # as a shell tells SIGINT
PIPE_CLOSED: Final = 128 + 13
# Python looks for garbage so often that a short command spends a tenth of its time on what it has only just loaded.
_COLLECTING: Final = (50_000, 20, 100)


@cache
def brought() -> dict[str, EntryPoint]:
    """Commands that packages built on this one bring, by name; looked up only where ours do not suffice."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to load

    found = entry_points(group="hypolicy.commands")
    return {point.name: point for point in found if point.name not in COMMANDS}


class LazyGroup(click.Group):
    """Knows its commands by name, loads one when it runs, and turns every end into a sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *brought()]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        command: click.Command
        if name in COMMANDS:
            command = import_module(COMMANDS[name][0]).command
        elif name in brought():
            command = brought()[name].load()
        else:
            return None
        return in_chinese(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and args[0] not in brought() and not args[0].startswith("-"):
            ctx.fail(f"没有命令 {args[0]}。{did_you_mean(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            rows = [(name, text) for name, (_, text) in COMMANDS.items()]
            rows += [(name, point.load().get_short_help_str()) for name, point in brought().items()]
            formatter.write_dl(rows)

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        sys.exit(self._end(*args, **kwargs))

    def _end(self, *args: Any, **kwargs: Any) -> Any:
        try:
            code = self._run(*args, **kwargs)
            sys.stdout.flush()
        except click.UsageError as error:
            _tell(usage_text(error))
            return COULD_NOT_RUN
        except (click.Abort, KeyboardInterrupt):
            _tell("已中断。")
            return INTERRUPTED
        except BrokenPipeError:
            _drop_output()
            return PIPE_CLOSED
        except OSError as error:
            _drop_output()
            _tell(f"错误：系统拒绝读写（{error.strerror or type(error).__name__}）。")
            return COULD_NOT_RUN
        except MemoryError:
            _tell("错误：内存不足。请关闭其他程序，或者把数据分批审定（--granted、--history）。")
            return COULD_NOT_RUN
        except BaseException as error:
            # A panic of a compiled library is no Exception, so it is known by its name.
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            _tell_defect(error)
            return COULD_NOT_RUN
        return code

    def _run(self, args: Sequence[str] | None = None, prog_name: str = "hypolicy", **_: Any) -> Any:
        """As `click.Group.main` does, which would end with 1 where a pipe is closed; here that means findings."""
        try:
            with self.make_context(prog_name, list(sys.argv[1:] if args is None else args)) as context:
                self.invoke(context)
        except click.exceptions.Exit as end:
            return end.exit_code
        except SystemExit as end:
            return end.code
        return 0


def _drop_output() -> None:
    """Nobody takes any more output, so that none is left to be flushed at the end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _tell_defect(error: BaseException) -> None:
    """What to report of a defect of ours: where it is, and never the words of the error, which may hold data."""
    if os.environ.get("HYPOLICY_DEBUG") == "1":
        _tell("".join(traceback.format_tb(error.__traceback__)).rstrip())
    _tell(
        f"错误：程序出现意外（{defect(error)}）。"
        "这是 hypolicy 的缺陷，请把这一行和所用的命令报告给维护者，不要附上数据。"
    )


@click.command(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="hypolicy", message="%(prog)s %(version)s", help="显示版本。")
@click.pass_context
def root(context: click.Context) -> None:
    """hypolicy：把政策文件变成程序。

    POLICY 是一个政策文件夹，其中有「政策.hyp」。
    退出码：0 没有问题，1 有问题，2 无法运行。
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


in_chinese(root)
root.subcommand_metavar = "命令 [参数]…"


def main() -> None:
    """Entry point. Output is UTF-8 whatever the console says; whoever is told to end clears up first."""
    gc.set_threshold(*_COLLECTING)
    _in_utf8()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    root(prog_name="hypolicy")


def _in_utf8() -> None:
    """Begin anew in UTF-8 where names of files would be read in another encoding: ours are Chinese."""
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - the same call
