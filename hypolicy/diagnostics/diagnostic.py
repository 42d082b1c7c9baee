"""A mistake of the user, as a value: what, where, in which clause, and what to do about it.

Passes collect diagnostics and go on, so that all mistakes are told at once. Our own bugs are exceptions.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from hypolicy.diagnostics.codes import CODES
from hypolicy.source.limits import MAX_PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from hypolicy.source.text import Span


class Severity(Enum):
    ERROR = "错误"
    WARNING = "警告"


@frozen
class Place:
    """One place concerned, with the words to say about it."""

    span: Span
    label: str = ""


@frozen
class Diagnostic:
    """`facts` fill the sentence and the help of the code; `places[0]` is the place to show first."""

    code: str
    facts: dict[str, str] = field(factory=dict)
    places: tuple[Place, ...] = ()
    clause: str = ""
    suggestion: str = ""

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if CODES[self.code].warning else Severity.ERROR

    @property
    def message(self) -> str:
        return CODES[self.code].sentence.format(**self.facts)

    @property
    def help(self) -> str:
        return self.suggestion or CODES[self.code].help.format(**self.facts)


@define
class Collector:
    """Where a pass puts what it finds."""

    found: list[Diagnostic] = field(factory=list)
    _known: set[Hashable] = field(factory=set)

    def report(
        self, code: str, *places: Place | Span, clause: str = "", suggestion: str = "", **facts: object
    ) -> None:
        """Keep a diagnostic, once: a mistake that several passes meet is one mistake."""
        located = tuple(p if isinstance(p, Place) else Place(p) for p in places)
        texts = {name: str(value) for name, value in facts.items()}
        self.add(Diagnostic(code, texts, located, clause, suggestion))

    def add(self, diagnostic: Diagnostic) -> None:
        """The same for a diagnostic that another collector has kept."""
        if len(self.found) >= MAX_PROBLEMS:
            return
        facts = tuple(sorted(diagnostic.facts.items()))
        known = (diagnostic.code, facts, diagnostic.places, diagnostic.clause)
        if known not in self._known:
            self._known.add(known)
            self.found.append(diagnostic)

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.found)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.found.extend(diagnostics)
