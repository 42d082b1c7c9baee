"""Differences as a reader of the documentation makes them: without line numbers, by what stands there."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def edit(folder: Path, difference: str) -> None:
    """Apply a difference to a file of a folder; what it replaces must stand in the file exactly once.

    After `--- FILE`, lines with - are replaced by those with +, others are as they are, and a line of @@ parts one
    place from the next. A file that does not exist is made of its + lines.
    """
    head, *lines = difference.splitlines()
    path = folder / head.removeprefix("--- ")
    assert head.startswith("--- "), head
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line[1:]}\n" for line in lines), encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    for _, piece in groupby(lines, key=lambda line: line.startswith("@@")):
        hunk = list(piece)
        if not hunk[0].startswith("@@"):
            text = _replaced(text, hunk)
    path.write_text(text, encoding="utf-8")


def _replaced(text: str, hunk: Sequence[str]) -> str:
    before = "".join(f"{line[1:]}\n" for line in hunk if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in hunk if not line.startswith("-"))
    assert text.count(before) == 1, f"stands {text.count(before)} times in the file:\n{before}"
    return text.replace(before, after)
