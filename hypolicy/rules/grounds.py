"""What a payment rests on: its clause, and illustrative data, so that no result hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.rules.facts import tables_in
from hypolicy.rules.sentences import Sentence

if TYPE_CHECKING:
    from hypolicy.rules import tree
    from hypolicy.rules.outcome import Settings


def grounds_of(clause: str, amount: tree.Expr, settings: Settings) -> tuple[str, ...]:
    """The clause, if there is one, and any illustrative table that the amount is looked up in."""
    marks = [
        Sentence.ILLUSTRATIVE(table=table.name)
        for table in tables_in(amount)
        if any(version.illustrative for version in settings.versions(table))
    ]
    return (*((clause,) if clause else ()), *marks)
