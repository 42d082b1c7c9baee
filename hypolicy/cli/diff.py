"""hypolicy diff A B."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve

from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.console import FINDINGS, color, give_up
from hypolicy.cli.written import form_of, form_option, write
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.difference.compare import compare
from hypolicy.pipeline import check_folder

if TYPE_CHECKING:
    from hypolicy.cli.impact import Read
    from hypolicy.pipeline import Checked
    from hypolicy.rules.difference import Difference
    from hypolicy.rules.tree import Policy

_PATH = click.Path(path_type=Path)
_ENGINES: Final = ("auto", "exact", "columns")
_WIDTH: Final = 120  # of a text that is not for a screen
_TONES: Final = {"title": "bold", "same": "green", "open": "yellow", "before": "red", "after": "green"}


@click.command("diff", short_help="比较两个版本的政策：改了什么，对谁有影响。")
@click.argument("before", metavar="A", type=_PATH)
@click.argument("after", metavar="[B]", type=_PATH, required=False)
@amendment_option
@click.option(
    "--data",
    multiple=True,
    type=_PATH,
    metavar="文件",
    help="记录文件或者放记录文件的文件夹：按修改前后各审定一遍，统计谁增加、谁减少；可以写几次。",
)
@form_option
@click.option("--out", type=_PATH, help="写到这个文件；默认写到屏幕。")
@click.option(
    "--encoding", metavar="编码", default="utf-8", help="数据的编码，默认 utf-8；Excel 另存的用 gb18030。"
)
@click.option(
    "--engine",
    type=click.Choice(_ENGINES),
    default="auto",
    help="怎样审定数据：exact 逐条精确计算，columns 编译后整批计算，结果都相同；默认按数据的多少选择。",
)
def command(
    before: Path,
    after: Path | None,
    amendments: tuple[Path, ...],
    data: tuple[Path, ...],
    form: str | None,
    out: Path | None,
    encoding: str,
    engine: str,
) -> None:
    """比较政策文件夹 A（修改前）和 B（修改后）；不写 B 的，比较 A 和 A 加上 --amendment 所写的修订。

    列出每一处改动，并且给出一条结果不同的记录，或者证明没有一条记录的结果不同。
    改名、调换次序、统一书写格式不算含义的改动。写了 --data 的，还统计这些记录的结果和金额怎样变化。
    退出码：0 含义没有不同，1 有不同，2 无法比较。
    """
    try:
        if after is None and not amendments:
            raise Refusal(Diagnostic("HY940", {}))
        first = check_folder(before)
        second = check_folder(after or before, amendments=amendments)
        policies = _sound(first), _sound(second)
        if out is not None and out.resolve() in {path.resolve() for path in data}:
            raise Refusal(Diagnostic("HY914", {"path": str(out)}))
        records = _read(policies, data, encoding, engine) if data else None
        told = compare(*policies, _notes(first, second, before, after or before))
        if records is not None:
            told = evolve(told, impact=records.impact(told.renamings))
        write(_rendered(told, form or form_of(out), out), out)
    except Refusal as refusal:
        give_up(refusal)
    sys.exit(0 if told.same else FINDINGS)


def _sound(checked: Checked) -> Policy:
    if checked.policy is None:
        raise Refusal(*checked.diagnostics)
    return checked.policy


def _read(policies: tuple[Policy, Policy], data: tuple[Path, ...], encoding: str, engine: str) -> Read:
    from hypolicy.cli.impact import read  # noqa: PLC0415 - slow to load, and not always wanted

    return read(*policies, data, encoding, engine)


def _notes(first: Checked, second: Checked, before: Path, after: Path) -> tuple[str, str]:
    """Which folder each side is, and what amendments it has taken in that the other has not."""
    taken = [[file for file in checked.amendments if file.taken] for checked in (first, second)]
    numbers = [{file.number for file in files} for files in taken]
    own = (
        [file for file in files if file.number not in others]
        for files, others in zip(taken, reversed(numbers), strict=True)
    )
    told = ["、".join(f"{file.number}（{file.state.value}）" for file in files) for files in own]
    words = [f"，加{one}" if one else "" for one in told]
    return f"{before}{words[0]}", f"{after}{words[1]}"


def _rendered(told: Difference, form: str, out: Path | None) -> str:
    match form:
        case "json":
            import json  # noqa: PLC0415 - what another form needs, text need not wait for

            from hypolicy.rules.difference_json import difference_json  # noqa: PLC0415

            return json.dumps(difference_json(told), ensure_ascii=False, indent=2) + "\n"
        case "html":
            from hypolicy.backends.pages.difference import difference_page  # noqa: PLC0415

            return difference_page(told)
        case _:
            from hypolicy.rules.difference_text import difference_text, plain  # noqa: PLC0415

            screen = out is None and sys.stdout.isatty()
            width = shutil.get_terminal_size((_WIDTH, 24)).columns if screen else _WIDTH
            return difference_text(told, min(width, _WIDTH), _styled if color(sys.stdout) else plain)


def _styled(text: str, tone: str) -> str:
    return click.style(text, bold=True) if tone == "title" else click.style(text, fg=_TONES[tone])
