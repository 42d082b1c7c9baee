"""Texts compared as people compare them: without white space, full-width and half-width marks alike.

Official files break lines inside words and mix families of brackets; whoever quotes them does so too.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

# One mark for each family of spellings that official files mix.
_FOLDS: Final = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {"【": "[", "】": "]", "〔": "[", "〕": "]", "—": "-", "–": "-", "－": "-", "“": '"', "”": '"'}
)
ELLIPSIS: Final = "……"
_LEAST_ALIKE: Final = 4
_MOST_SHOWN: Final = 60


@frozen
class Folded:
    """A text without white space, with the offset in the original of each character that is left."""

    text: str
    offsets: tuple[int, ...] = field(repr=False)
    original: str = field(repr=False, eq=False)

    @classmethod
    def of(
        cls, text: str, parts: Iterable[tuple[int, int]] | None = None, original: str | None = None
    ) -> Folded:
        """Of a whole text, or of parts of it (first character, and that behind the last).

        `original` is the text as somebody has written it, where this one differs from it in single characters.
        """
        places = range(len(text)) if parts is None else (i for start, end in parts for i in range(start, end))
        kept = [i for i in places if not text[i].isspace()]
        return cls("".join(text[i] for i in kept).translate(_FOLDS), tuple(kept), original or text)

    def words(self, first: int = 0, last: int | None = None) -> str:
        """Characters as they are written, without the white space."""
        return "".join(self.original[i] for i in self.offsets[first:last])

    def places(self, words: str) -> list[tuple[int, int]]:
        """Where words stand: first and last character (excluded) here. …… in the words stands for any others."""
        first, *others = [Folded.of(part).text for part in words.split(ELLIPSIS)]
        found: list[tuple[int, int]] = []
        at = self.text.find(first) if first else -1
        while at >= 0:
            end = at + len(first)
            for part in others:
                following = self.text.find(part, end)
                if following < 0:
                    return found
                end = following + len(part)
            found.append((at, end))
            at = self.text.find(first, at + 1)
        return found

    def reads(self, words: str) -> bool:
        """Whether this is the whole of these words, in which …… stands for any others."""
        first, *others = [Folded.of(part).text for part in words.split(ELLIPSIS)]
        if not others:
            return self.text == first
        at = len(first)
        for part in others[:-1]:
            at = self.text.find(part, at) + len(part)
            if at < len(part):
                return False
        return (
            self.text.startswith(first)
            and self.text.endswith(others[-1])
            and at <= len(self.text) - len(others[-1])
        )

    def nearest(self, words: str) -> str:
        """The part of this text that these words were probably meant to be; empty where there is none."""
        meant = Folded.of(words).text
        match = SequenceMatcher(None, self.text, meant, autojunk=False).find_longest_match()
        if match.size < min(_LEAST_ALIKE, len(meant)):
            return ""
        start = max(0, match.a - match.b)
        return shortened(self.words(start, start + len(meant)))


def shortened(words: str) -> str:
    return words if len(words) <= _MOST_SHOWN else f"{words[:40]}……{words[-15:]}"
