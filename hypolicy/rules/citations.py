"""Clauses as an explanation cites them, with the amendments that have changed the words there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.rules.phrases import listed
from hypolicy.rules.tree import ConceptRef

if TYPE_CHECKING:
    from hypolicy.rules.tree import Expr, Origin


def origins(expr: Expr) -> tuple[Origin, ...]:
    """Where an expression is written: of a concept, where it is used and where it is defined."""
    defined = (expr.concept.origin,) if isinstance(expr, ConceptRef) else ()
    return (expr.origin, *defined)


def cited(*places: Origin) -> str:
    """A clause as an explanation cites it, with what has amended the words there: 六（一），经〔2020〕1号第一条修改."""
    amended = tuple(dict.fromkeys(by for origin in places for by in origin.amended))
    parts = [places[0].clause] if places[0].clause else []
    return "，".join([*parts, *([f"经{listed(amended)}修改"] if amended else [])])
