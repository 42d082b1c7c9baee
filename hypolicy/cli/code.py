"""hypolicy code [HY504]."""

from __future__ import annotations

import click

from hypolicy.cli.console import say
from hypolicy.diagnostics.codes import CODES
from hypolicy.diagnostics.manual import as_text, examples, sentence, severity
from hypolicy.diagnostics.suggest import closest


@click.command("code", short_help="说明一个问题编号：为什么是问题，例子，怎样改。")
@click.argument("number", metavar="[编号]", required=False)
def command(number: str | None) -> None:
    """说明问题编号，例如 HY504：什么意思，为什么是问题，一个例子，怎样改。

    不写编号的，列出全部编号。
    """
    if number is None:
        for code in sorted(CODES.values(), key=lambda code: code.number):
            say(f"{code.number}（{severity(code)}）{sentence(code.sentence)}")
        return
    wanted = number.strip().upper()
    wanted = wanted if wanted.startswith("HY") else f"HY{wanted}"
    if wanted not in CODES:
        near = closest(wanted, CODES, 3)
        raise click.UsageError(f"没有编号 {number}。" + (f"是否 {'、'.join(near)}？" if near else ""))
    say(as_text(CODES[wanted], examples().get(wanted)))
