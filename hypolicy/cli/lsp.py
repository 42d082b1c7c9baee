"""hypolicy lsp."""

from __future__ import annotations

import os
import sys

import click

from hypolicy.cli.console import give_up
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal


@click.command("lsp", short_help="为编辑器提供检查、说明、跳转和改法，由编辑器运行。")
def command() -> None:
    """编辑器的语言服务（LSP），由编辑器运行，经标准输入输出通信。

    边写边检查，并提供词语说明、跳转、补全、改法和格式调整。怎样在编辑器中设置，见 docs/editor.md。
    """
    try:
        from hypolicy.editor.server import serve  # noqa: PLC0415 - an extra of the package
    except ModuleNotFoundError as error:
        give_up(Refusal(Diagnostic("HY961", {"missing": error.name or "pygls"})))
    # The protocol has the standard output to itself: whatever else is printed goes to the standard error.
    outward = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, outward)
