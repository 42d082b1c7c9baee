"""From a base to whole fen: what uplifts that hold come to, and how an amount is rounded."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Final, assert_never

from hypolicy.backends.columns import terms
from hypolicy.backends.columns.terms import ONE, ZERO, Number, Term, constant
from hypolicy.rules import tree
from hypolicy.rules.rounding import RoundingMode

if TYPE_CHECKING:
    from collections.abc import Sequence

FEN: Final = 100


def raised_by(rates: Sequence[Number], stacking: tree.Stacking | None) -> Number:
    """The factor that the uplifts which hold come to, by their bits in `u`; the rates have one denominator."""
    bottom = rates[0].bottom
    held = [Term(f"u & {1 << bit}" if len(rates) > 1 else "u", 0, 1, terms.ADD) for bit in range(len(rates))]
    match stacking:
        case tree.Stacking.PRODUCT:
            out = Number(ONE)
            for test, rate in zip(held, rates, strict=True):
                raised = terms.chosen(test, terms.added(bottom, rate.top), bottom)
                out = terms.product(out, Number(raised, bottom))
            return out
        case tree.Stacking.SUM:
            whole = bottom
            for test, rate in zip(held, rates, strict=True):
                whole = terms.added(whole, terms.chosen(test, rate.top, ZERO))
            return Number(whole, bottom)
        case tree.Stacking.HIGHEST | tree.Stacking.LOWEST | tree.Stacking.EXCLUSIVE | None:
            return Number(_by_one(held, rates, bottom, lowest=stacking is tree.Stacking.LOWEST), bottom)
        case mode:
            assert_never(mode)


def _by_one(held: Sequence[Term], rates: Sequence[Number], bottom: Term, *, lowest: bool) -> Term:
    """One plus the highest (or lowest) of the rates that hold."""
    if all(rate.top.constant is not None for rate in rates):
        order = sorted(range(len(rates)), key=lambda place: rates[place].top.low, reverse=lowest)
        out = bottom
        for place in order:
            out = terms.chosen(held[place], terms.added(bottom, rates[place].top), out)
        return out
    least = min(rate.top.low for rate in rates)
    most = max(rate.top.high for rate in rates)
    none = constant(most if lowest else least)
    parts = [terms.chosen(test, rate.top, none) for test, rate in zip(held, rates, strict=True)]
    best = terms.extreme(parts, largest=not lowest) if len(parts) > 1 else parts[0]
    return terms.chosen(Term("u", 0, 1), terms.added(bottom, best), bottom)


def in_fen(amount: Number, rounding: tree.Rounding | None) -> Term:
    """Whole fen: rounded where the rules say so, and otherwise whole as the checker has proved."""
    place = rounding.place.value if rounding is not None else 1
    top, bottom = amount.top, terms.multiplied(amount.bottom, constant(place))
    size, unit = terms.multiplied(top, constant(FEN)), bottom
    if bottom.constant is not None:
        common = gcd(FEN, bottom.constant)
        size = terms.multiplied(top, constant(FEN // common))
        unit = constant(bottom.constant // common)
        if unit.constant == 1:
            return terms.multiplied(size, constant(place))
    match rounding.mode if rounding is not None else None:
        case RoundingMode.HALF_UP:
            twice = terms.multiplied(size, constant(2))
            whole = terms.floored(terms.added(twice, unit), terms.multiplied(unit, constant(2)))
        case RoundingMode.UP:
            whole = terms.floored(terms.added(size, terms.subtracted(unit, ONE)), unit)
        case _:
            whole = terms.floored(size, unit)
    return terms.multiplied(whole, constant(place))
