"""hypolicy show POLICY."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.console import give_up, say
from hypolicy.cli.days import day_of
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.pipeline import consolidated
from hypolicy.rules.calendar import chinese_date
from hypolicy.syntax.tokens import CLAUSE, fold, name_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.rules.tree import Policy

_BEHIND_A_NUMBER: Final = re.compile("(?:「[^」]*」)?。(?: *#.*)?")


@click.command("show", short_help="显示计入修订以后的规则和原文。")
@click.argument("policy", type=click.Path(path_type=Path))
@click.option("--as-of", "as_of", metavar="日期", help="只计入到这一天为止已经施行的修订，例如 2020-07-01。")
@amendment_option
@click.option("--clause", "clauses", multiple=True, metavar="条款", help="只显示这一条，例如 六（三）。")
@click.option("--cases", is_flag=True, help="连同用例文件一起显示。")
def command(
    policy: Path, as_of: str | None, amendments: tuple[Path, ...], clauses: tuple[str, ...], cases: bool
) -> None:
    """显示政策文件夹 POLICY 计入修订以后的规则和原文；修订改过的地方，上面注明是哪一件第几条。

    退出码：0 完成，2 无法运行。
    """
    try:
        day = day_of(as_of) if as_of is not None else None
        loaded, texts = consolidated(policy, amendments=amendments, as_of=day, cases=cases)
        _clauses_known(loaded, clauses)
    except Refusal as refusal:
        give_up(refusal)
    say(f"# 《{loaded.title}》{loaded.number}" + (f"，截至{chinese_date(day)}" if day is not None else ""))
    for amendment in loaded.amendments:
        what = f"{amendment.number}《{amendment.title}》（{amendment.state.value}）"
        say(f"# 计入{what}，自{chinese_date(amendment.day)}起施行")
    for path, text in texts.items():
        shown = list(_of_clauses(text, clauses)) if clauses else [text]
        if shown:
            say(f"\n# ---- {path} ----\n")
            say("\n\n".join(part.strip("\n") for part in shown))


def _clauses_known(policy: Policy, clauses: Sequence[str]) -> None:
    numbers = [clause.number for clause in policy.clauses]
    for clause in clauses:
        if clause not in numbers:
            suggestion = did_you_mean(clause, numbers)
            raise Refusal(Diagnostic("HY939", {"name": clause}, suggestion=suggestion))


def _of_clauses(text: str, clauses: Sequence[str]) -> Iterator[str]:
    """The parts of a formatted file that stand under the headings of these clauses."""
    part: list[str] = []
    wanted = False
    for line in text.split("\n"):
        heading = _heading(line)
        if heading:
            if wanted:
                yield "\n".join(part)
            part, wanted = [], heading in clauses
        part.append(line)
    if wanted:
        yield "\n".join(part)


def _heading(line: str) -> str:
    """The number of the clause that a line begins; empty where it begins none."""
    number = CLAUSE.match(fold(line))
    if number is None or not _BEHIND_A_NUMBER.fullmatch(line, number.end()):
        return ""
    return name_form(number[0])
