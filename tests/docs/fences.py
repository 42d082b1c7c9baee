"""The fenced blocks of a Markdown file, with where they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
_FENCE: Final = re.compile(r"^(?P<fence>```+)(?P<info>.*)$")


@frozen
class Block:
    """`info` is what follows the opening fence; `first` and `last` are the lines of the text, from 0, last excluded."""

    info: str
    text: str
    section: str
    first: int
    last: int

    @property
    def name(self) -> str:
        return f"{self.section}:{self.first}"


def blocks(markdown: str) -> Iterator[Block]:
    """Every fenced block, with the heading of second level that it stands under."""
    lines = markdown.split("\n")
    section, number = "", 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith("## "):
            section = line[3:].strip()
        opening = _FENCE.match(line)
        if opening is None:
            continue
        first = number
        while lines[number] != opening["fence"]:
            number += 1
        text = "".join(f"{inner}\n" for inner in lines[first:number])
        yield Block(opening["info"].strip(), text, section, first, number)
        number += 1
