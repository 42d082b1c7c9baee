"""The command line's own words in Chinese: the headings of help, and what is wrong with a call.

Click says these in English.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADINGS: Final = {"Options": "选项", "Commands": "命令"}
_WORDS: Final = {"  [required]": "（必填）", "Show this message and exit.": "显示这段说明。"}


class _Formatter(click.HelpFormatter):
    """Lines are broken as they were written, and columns laid out by the width of Chinese characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{_HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        for line in text.splitlines():
            self.write(f"{'':>{self.current_indent}}{line}".rstrip() + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        terms = list(rows)
        first = max(_width(term) for term, _ in terms) + col_spacing
        for term, text in terms:
            for english, chinese in _WORDS.items():
                text = text.replace(english, chinese)  # noqa: PLW2901 - each word in turn
            self.write(f"{'':>{self.current_indent}}{term}{' ' * (first - _width(term))}{text}\n")


class _Context(click.Context):
    formatter_class = _Formatter


def in_chinese(command: click.Command) -> click.Command:
    """The same command, whose help is in Chinese throughout."""
    command.context_class = _Context
    command.options_metavar = "[选项]"
    for parameter in command.params:
        if isinstance(parameter, click.Option) and isinstance(parameter.type, click.Path):
            parameter.metavar = parameter.metavar or "文件"
    return command


def usage_text(error: click.UsageError) -> str:
    """What is wrong with a call, how it should look, and where to read more."""
    lines = [f"错误：{_wrong(error)}"]
    if error.ctx is not None:
        lines += [error.ctx.get_usage(), f"说明见：{error.ctx.command_path} --help"]
    return "\n".join(lines)


def _wrong(error: click.UsageError) -> str:
    options = [p for p in error.ctx.command.params if isinstance(p, click.Option)] if error.ctx else []
    match error:
        case click.MissingParameter(param=click.Option() as option):
            return f"缺少选项 {option.opts[-1]}。"
        case click.MissingParameter(param=click.Argument() as argument):
            return f"缺少参数 {argument.make_metavar(error.ctx or click.Context(click.Command('')))}。"
        case click.NoSuchOption(option_name=name):
            return f"没有选项 {name}。{did_you_mean(name, [each for o in options for each in o.opts])}"
        case click.BadOptionUsage(option_name=name) if "does not take" in error.message:
            return f"选项 {name} 后面不能写值。"
        case click.BadOptionUsage(option_name=name):
            return f"选项 {name} 后面要写一个值。"
        case click.BadParameter(param=click.Option(type=click.Choice(choices=choices)) as option):
            return f"选项 {option.opts[-1]} 只能取：{'、'.join(map(str, choices))}。"
        case click.BadParameter(param=click.Option(type=click.types.IntParamType()) as option):
            return f"选项 {option.opts[-1]} 要写一个范围以内的整数。"
        case _ if error.ctx is not None and error.message.startswith("Got unexpected"):
            names = [p.make_metavar(error.ctx) for p in error.ctx.command.params if p not in options]
            return f"参数太多：只要 {'、'.join(names)}；含空格的路径要放在引号内。"
        case _:
            return error.format_message()


def did_you_mean(word: str, words: Iterable[str]) -> str:
    from hypolicy.diagnostics.suggest import closest  # noqa: PLC0415 - only the mistaken wait for it

    near = closest(word, words)
    return f"是否 {near[0]}？" if near else ""


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
