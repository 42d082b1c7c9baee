"""Sentences that a block may hold only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.diagnostics.diagnostic import Place

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import Span


@define
class Once:
    """Remembers what a block has said, and reports what it says again."""

    collector: Collector
    clause: str
    _said: dict[str, Span] = field(factory=dict)

    def only(self, word: str, span: Span) -> bool:
        """Whether this is the first time that the block says it."""
        if word not in self._said:
            self._said[word] = span
            return True
        places = (Place(span, "第二次"), Place(self._said[word], "第一次"))
        self.collector.report("HY503", *places, clause=self.clause, word=word)
        return False
