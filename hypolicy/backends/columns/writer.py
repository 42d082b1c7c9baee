"""Lines of generated Python, and names in it that are the policy's own words as far as Python takes them."""

from __future__ import annotations

import keyword
import unicodedata
from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP: Final = "    "
_WIDTH: Final = 100


@define
class Writer:
    """Lines with their indentation."""

    lines: list[str] = field(factory=list)
    depth: int = 0

    def line(self, text: str) -> None:
        self.lines.append(_STEP * self.depth + text)

    def include(self, other: Writer) -> None:
        """The lines of another writer, indented as those here."""
        self.lines += [_STEP * self.depth + line for line in other.lines]

    def comment(self, text: str) -> None:
        """A remark of one line, whatever the words of the policy hold."""
        self.line("# " + "".join(ch if ch.isprintable() else " " for ch in text))

    def signature(self, name: str, parameters: list[str]) -> None:
        """The head of a function, over as many lines as it takes."""
        start = f"def {name}("
        self.lines += wrap(
            f"{', '.join(parameters)}):", _WIDTH, initial_indent=start, subsequent_indent=" " * len(start)
        )

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What stands indented below a head; a block without lines is a pass."""
        self.line(head)
        self.depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


@define
class Names:
    """Identifiers, each given once."""

    taken: set[str]

    def fresh(self, word: str) -> str:
        """The word itself where Python can take it for a name that is still free, else something like it."""
        # Python folds identifiers to NFKC, so two words that differ by width would be one name.
        folded = unicodedata.normalize("NFKC", word)
        plain = "".join(ch if ch == "_" or f"a{ch}".isidentifier() else "_" for ch in folded)
        base = plain if plain.isidentifier() and not plain.startswith("__") else f"v_{plain}"
        name, number = base, 1
        while name in self.taken or keyword.iskeyword(name):
            number += 1
            name = f"{base}_{number}"
        self.taken.add(name)
        return name
