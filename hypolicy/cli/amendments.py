"""--amendment, and which amending documents a policy has taken in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    """Which amendments have been taken in, and how many are there beside them."""
    # The help of every command that has the option need not wait for these.
    from hypolicy.cli.console import say  # noqa: PLC0415
    from hypolicy.rules.calendar import chinese_date  # noqa: PLC0415

    taken = [f"{one.number}（{one.state.value}，自{chinese_date(one.day)}起）" for one in files if one.taken]
    if taken:
        say(f"已计入修订{len(taken)}件：{'、'.join(taken)}。")
    left = Counter(one.state.value for one in files if not one.taken)
    if left:
        counts = "、".join(f"{state}{count}件" for state, count in left.items())
        say(f"没有计入的修订：{counts}。草案和征求意见稿用 --amendment 文件 试算。")
