"""A mistake in how a text is written, kept until its sentence is read: one mistake must not be told twice."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Collector, Place
    from hypolicy.source.text import Span


class Effect(Enum):
    """What a mistake does to the sentence that it is in."""

    # The rest of the sentence is as good as any.
    NONE = "none"
    # What else is odd in the sentence may come from this mistake, and is not told.
    HIDES = "hides"
    # What the sentence says cannot be known; it is read for its form only.
    LOSES = "loses"


@frozen
class Problem:
    code: str
    span: Span
    facts: dict[str, object] = field(factory=dict)
    suggestion: str = ""
    effect: Effect = Effect.NONE
    others: tuple[Place, ...] = ()

    def report(self, collector: Collector, clause: str = "") -> None:
        collector.report(
            self.code, self.span, *self.others, clause=clause, suggestion=self.suggestion, **self.facts
        )
