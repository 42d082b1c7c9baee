"""The quotes of the rule files against the official text: nothing misquoted, nothing left out.

What stays uncovered is told sentence by sentence. Where amendments have changed the official text, the text as
amended is what is compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.source.folded import Folded, shortened
from hypolicy.source.folder import UnusableFileError
from hypolicy.source.text import SourceText, Span

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.rules.tree import Policy
    from hypolicy.source.folder import PolicyFolder

_ENDS: Final = frozenset("。；")


@frozen
class Coverage:
    """How much of the official text is quoted: characters, and the sentences that are not."""

    covered: int
    total: int
    missing: tuple[Span, ...]

    @property
    def complete(self) -> bool:
        return self.covered == self.total


def compare(
    policy: Policy, folder: PolicyFolder, collector: Collector, amended: SourceText | None = None
) -> Coverage | None:
    """Report every quote that is not in the official text, and every sentence that nobody quotes.

    Quotes of a policy that has no official text are compared with nothing, which is told once.
    """
    if not policy.official_text:
        if policy.quotes:
            collector.report("HY703", policy.quotes[0].span, clause=policy.quotes[0].clause)
        return None
    try:
        source = amended or folder.read(folder.resolve(policy.official_text))
    except UnusableFileError as error:
        collector.report(error.code, **error.facts)
        return None
    official = Folded.of(source.text)
    covered = bytearray(len(official.text))
    for quote in policy.quotes:
        words = Folded.of(quote.text).text
        start = official.text.find(words)
        if start < 0:
            collector.report("HY701", quote.span, clause=quote.clause, near=official.nearest(words))
        while start >= 0:
            covered[start : start + len(words)] = b"\1" * len(words)
            start = official.text.find(words, start + 1)
    missing = tuple(_uncovered(official, covered, source))
    for span in missing:
        collector.report("HY702", span, words=shortened("".join(span.text.split()).rstrip("。；")))
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
