"""--amendment, and which amending documents a policy has taken in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hypolicy.cli.console import say
from hypolicy.rules.calendar import chinese_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.pipeline import AmendmentFile

amendment_option = click.option(
    "--amendment",
    "amendments",
    multiple=True,
    type=click.Path(path_type=Path),
    help="把这个修订文件也计入，草案和征求意见稿也可以；状态为施行的不必写。",
)


def say_amendments(files: Sequence[AmendmentFile]) -> None:
    """Which amendments have been taken in, and which are there beside them."""
    taken = [f"{one.number}（{_what(one)}，自{chinese_date(one.day)}起）" for one in files if one.taken]
    left = [f"{one.number}（{_what(one)}）" for one in files if not one.taken]
    if taken:
        say(f"已计入修订{len(taken)}件：{'、'.join(taken)}。")
    if left:
        say(f"没有计入的修订{len(left)}件：{'、'.join(left)}。")


def _what(one: AmendmentFile) -> str:
    return one.state.value
