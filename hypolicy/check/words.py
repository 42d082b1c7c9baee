"""Words that longest match would cut wrongly where they are written one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.diagnostics.diagnostic import Place

if TYPE_CHECKING:
    from collections.abc import Set

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.syntax.words import Vocabulary

# What may stand directly behind a word inside a sentence.
_FOLLOWERS: Final = ("不属于", "属于", "不为", "不在", "为", "在", "且", "或", "起", "至", "止", "的")


def cut_wrong(vocabulary: Vocabulary, collector: Collector) -> None:
    """Warn where a word followed by 为, 在 … and another word reads like a longer declared word.

    With the words 在职 and 在职为工, the sentence 在职为工… would be cut in the wrong place.
    """
    words = vocabulary.words
    beginnings = {word[:length] for word in words for length in range(1, len(word) + 1)}
    for longer, span in words.items():
        for cut in range(1, len(longer)):
            shorter, rest = longer[:cut], longer[cut:]
            if shorter not in words:
                continue
            follower = next((f for f in _FOLLOWERS if rest.startswith(f)), None)
            if follower and _continues(rest[len(follower) :], words.keys(), beginnings):
                collector.report("HY212", Place(span), Place(words[shorter]), word=shorter, other=longer)


def _continues(rest: str, words: Set[str], beginnings: Set[str]) -> bool:
    """Whether a sentence could go on so: with a word, or the beginning of one."""
    return not rest or rest in beginnings or any(rest[:length] in words for length in range(1, len(rest)))
