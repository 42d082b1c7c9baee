"""The quotes of the rule files against the official text: nothing misquoted, nothing left out.

Both are compared without white space and with widths folded, because the official file breaks lines inside words
and mixes full-width and half-width marks. What stays uncovered is told sentence by sentence.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from hypolicy.source.folder import UnusableFileError
from hypolicy.source.text import SourceText, Span

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.rules.tree import Policy
    from hypolicy.source.folder import PolicyFolder

# One mark for each family of spellings that official files mix.
_FOLDS: Final = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {"【": "[", "】": "]", "〔": "[", "〕": "]", "—": "-", "–": "-", "－": "-", "“": '"', "”": '"'}
)
_ENDS: Final = frozenset("。；")


@frozen
class Folded:
    """A text without white space, with the offset in the original of each character that is left."""

    text: str
    offsets: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Folded:
        kept = [(i, char) for i, char in enumerate(text) if not char.isspace()]
        return cls("".join(char for _, char in kept).translate(_FOLDS), tuple(i for i, _ in kept))


@frozen
class Coverage:
    """How much of the official text is quoted: characters, and the sentences that are not."""

    covered: int
    total: int
    missing: tuple[Span, ...]

    @property
    def complete(self) -> bool:
        return self.covered == self.total


def compare(policy: Policy, folder: PolicyFolder, collector: Collector) -> Coverage | None:
    """Report every quote that is not in the official text, and every sentence that nobody quotes."""
    if not policy.official_text:
        return None
    try:
        source = folder.read(folder.resolve(policy.official_text))
    except UnusableFileError as error:
        collector.report(error.code, **error.facts)
        return None
    official = Folded.of(source.text)
    covered = bytearray(len(official.text))
    for quote in policy.quotes:
        words = Folded.of(quote.text).text
        start = official.text.find(words)
        if start < 0:
            collector.report("HY701", quote.span, clause=quote.clause, near=_nearest(words, official.text))
        while start >= 0:
            covered[start : start + len(words)] = b"\1" * len(words)
            start = official.text.find(words, start + 1)
    missing = tuple(_uncovered(official, covered, source))
    for span in missing:
        collector.report("HY702", span, words=_shortened("".join(span.text.split()).rstrip("。；")))
    return Coverage(sum(covered), len(covered), missing)


def _uncovered(official: Folded, covered: bytearray, source: SourceText) -> list[Span]:
    """The parts of sentences that no quote covers; marks and spaces alone are no words."""
    out: list[Span] = []
    start: int | None = None
    for i in range(len(official.text) + 1):
        bare = i < len(official.text) and not covered[i]
        if bare and start is None:
            start = i
        ends = start is not None and (not bare or official.text[i - 1] in _ENDS)
        if ends and start is not None and i > start:
            if any(char.isalnum() for char in official.text[start:i]):
                out.append(Span(source, official.offsets[start], official.offsets[i - 1] + 1))
            start = i if bare else None
    return out


def _nearest(words: str, official: str) -> str:
    """The place of the official text that a misquotation was probably meant to be."""
    match = SequenceMatcher(None, official, words, autojunk=False).find_longest_match()
    if match.size < min(4, len(words)):
        return ""
    start = max(0, match.a - match.b)
    return _shortened(official[start : start + len(words)])


def _shortened(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:40]}……{words[-15:]}"
