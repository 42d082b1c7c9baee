"""Did you mean: the known words nearest to an unknown one.

Chinese words are short, so the usual edit distance says little: of two characters, one is wrong, and
dozens of words are as near. Among those the likelier is the one whose wrong character is typed or drawn
alike. GB 2312 knows: its common characters are numbered by their sound, its rarer ones by their radical,
so near numbers mean alike. Where characters were only put in another order or left out, the characters in
common decide.

A search among 5,000 words takes about ten milliseconds: search for the mistakes that are told, not for
each word that might be one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_EDIT: Final = 4
_ALIKE: Final = 3
_ALIKE_WITHIN: Final = 24
_SECOND_LEVEL: Final = 0xD8
# Words with two thirds of their characters in common are near, but farther than those a few edits away.
_IN_COMMON: Final = 100


_QUESTION: Final = re.compile("是否「(?P<word>[^「」]+)」？")


def question(word: str) -> str:
    """What a diagnostic asks about a word that was probably meant; nothing where there is none."""
    return f"是否「{word}」？" if word else ""


def asked_about(suggestion: str) -> str:
    """The word that such a question is about; empty where a suggestion asks none."""
    found = _QUESTION.match(suggestion)
    return found["word"] if found else ""


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The question about the candidate nearest to a word."""
    return question(next(iter(closest(word, candidates)), ""))


def closest(word: str, candidates: Iterable[str], limit: int = 1) -> list[str]:
    """At most `limit` candidates near to the word, the nearest first, in whatever order they are given."""
    wanted = _folded(word)
    if len(wanted) < 2:
        return []
    counted = Counter(wanted)
    near = []
    for candidate in set(candidates) - {word}:
        distance = _distance(wanted, counted, _folded(candidate))
        if distance is not None:
            near.append((distance, -_same_start(word, candidate), len(candidate), candidate))
    return [candidate for *_, candidate in sorted(near)[:limit]]


def _distance(word: str, counted: Counter[str], other: str) -> int | None:
    """How far apart two words are; None where one would not be meant for the other."""
    longer, gap = max(len(word), len(other)), abs(len(word) - len(other))
    allowed = _edits_allowed(longer)
    # Cheap bounds first: most candidates have nothing in common with the word.
    if len(other) < 2 or gap > max(allowed, longer // 2):
        return None
    remaining = dict(counted)
    shared = 0
    for char in other:
        if remaining.get(char, 0):
            remaining[char] -= 1
            shared += 1
    if not shared:
        return None
    if longer - shared <= allowed:
        edits = _edits(word, other)
        if edits <= allowed * _EDIT:
            return edits
    # Letters in common say nothing: there are only 26 of them.
    if min(len(word), len(other)) > 2 and 3 * shared >= len(word) + len(other) and not word.isascii():
        return _IN_COMMON + longer - shared
    return None


def _edits_allowed(length: int) -> int:
    return 1 if length <= 4 else 2 if length <= 7 else 3


def _edits(word: str, other: str) -> int:
    """Optimal string alignment: characters changed, left out, put in, or swapped with their neighbour."""
    before: list[int] = []
    previous = [column * _EDIT for column in range(len(other) + 1)]
    for row, char in enumerate(word, 1):
        current = [row * _EDIT]
        for column, to in enumerate(other, 1):
            cost = min(
                previous[column - 1] + (0 if char == to else _ALIKE if _alike(char, to) else _EDIT),
                previous[column] + _EDIT,
                current[column - 1] + _EDIT,
            )
            if row > 1 and column > 1 and char == other[column - 2] and word[row - 2] == to:
                cost = min(cost, before[column - 2] + _ALIKE)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]


def _alike(one: str, other: str) -> bool:
    """Whether two characters are near in GB 2312, and in the same of its two levels."""
    first, second = _gb2312(one), _gb2312(other)
    if first is None or second is None or first[0] != second[0]:
        return False
    return abs(first[1] - second[1]) <= _ALIKE_WITHIN


@lru_cache(maxsize=8192)
def _gb2312(char: str) -> tuple[bool, int] | None:
    """The level, and the number in it, of a Chinese character."""
    code = char.encode("gb2312", "ignore")
    if len(code) != 2 or code[0] < 0xB0:
        return None
    return code[0] >= _SECOND_LEVEL, code[0] * 94 + code[1]


@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    """Width and case are not what makes two words different."""
    return unicodedata.normalize("NFKC", word).casefold()


def _same_start(word: str, other: str) -> int:
    for number, (one, two) in enumerate(zip(word, other, strict=False)):
        if one != two:
            return number
    return min(len(word), len(other))
