"""A stretch of text that is no word: where it ends, and what was probably meant.

A wrong character often leaves known words on its other side (合同起是日期 has 起, 是 and 日期), so the stretch is
first compared with whole words that differ from it in one character; only otherwise does it end where something
known begins.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from attrs import define, field

from hypolicy.diagnostics.suggest import closest, question
from hypolicy.syntax.hints import hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Beyond so many stretches a file is no rule file, and nobody reads the suggestions.
_MOST_SEARCHED: Final = 200


@define
class Speller:
    """`words` are declared, `keywords` the language's own."""

    words: Sequence[str]
    keywords: Sequence[str]
    _by_char: dict[str, list[str]] = field(init=False)
    _found: dict[str, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        by_char: defaultdict[str, list[str]] = defaultdict(list)
        for word in (*self.words, *self.keywords):
            for char in dict.fromkeys(word[:2]):
                by_char[char].append(word)
        self._by_char = dict(by_char)

    def meant(self, run: str, least: int) -> tuple[int, str]:
        """How much of the text belongs to the unknown stretch, and advice.

        `run` is the text up to the next mark; `least` characters of it are surely unknown.
        """
        if not run:
            return least, ""  # a mark out of place, and no word at all
        word = run[:least]
        advice = hint(word)
        if advice:
            return least, advice
        misspelt = self._misspelt(run, least)
        if misspelt is not None:
            length, meant = misspelt
            return length, question(meant)
        return least, question(self._closest(word))

    def _misspelt(self, run: str, least: int) -> tuple[int, str] | None:
        """The longest word that one changed, missing, surplus or swapped character makes of the text."""
        candidates = {word for char in run[:2] for word in self._by_char.get(char, ())}
        best: tuple[int, str] | None = None
        for word in sorted(candidates, key=lambda word: (-len(word), word)):
            if len(word) < 3 and least != 2:
                continue
            for length in (len(word), len(word) + 1, len(word) - 1):
                if least <= length <= len(run) and one_edit(run[:length], word):
                    best = best or (length, word)
        return best

    def _closest(self, word: str) -> str:
        if word not in self._found:
            if len(self._found) >= _MOST_SEARCHED:
                return ""
            near: Iterable[str] = closest(word, self.words) or closest(word, self.keywords)
            self._found[word] = next(iter(near), "")
        return self._found[word]


def one_edit(one: str, other: str) -> bool:
    """Whether two texts differ by one character changed, put in or left out, or by two neighbours swapped."""
    if len(one) > len(other):
        one, other = other, one
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(other) > len(one):
        return len(other) == len(one) + 1 and one[at:] == other[at + 1 :]
    swapped = one[at + 1 : at + 2] + one[at : at + 1] == other[at : at + 2]
    return one[at + 1 :] == other[at + 1 :] or (swapped and one[at + 2 :] == other[at + 2 :])
