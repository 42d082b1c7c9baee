"""The slips that make another valid rule, as they were reviewed: one folder's list in each file of `valid/`.

A line is a file, a tab, and the slip in its line. Two sorts are not listed, because every one of them is valid: a
number is as good as another (whether it is the right one is told by the worked cases, and by whoever compares the rule
with the text above it), and so is a label of an enumeration that no rule names (data with the right label is refused,
and says so).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).with_name("valid")


def known(policy: str) -> set[str]:
    return {line for line in _lines(policy) if not line.startswith("#")}


def notes(policy: str) -> list[str]:
    """What stands above the list."""
    return [line.removeprefix("# ") for line in _lines(policy) if line.startswith("#")]


def _lines(policy: str) -> list[str]:
    file = FOLDER / f"{policy}.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return [line for line in lines if line]


def write(policy: str, notes: Iterable[str], slips: Iterable[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    text = "".join(f"{line}\n" for line in (*(f"# {note}" for note in notes), *sorted(slips)))
    (FOLDER / f"{policy}.txt").write_text(text, encoding="utf-8")
