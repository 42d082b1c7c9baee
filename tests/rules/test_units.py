"""The algebra of units: a commutative group, with one spelling for each of its elements."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.steady import steady

from hypolicy.rules.units import DAY, MULTIPLIERS, RATIO, SPELLINGS, YUAN, Unit

NAMES = ("元", "天", "课时", "人次")


@st.composite
def units(draw: st.DrawFn) -> Unit:
    """A product and quotient of named units, in any order."""
    unit = RATIO
    for name, inverse in draw(st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=6)):
        unit = unit / Unit.of(name) if inverse else unit * Unit.of(name)
    return unit


@steady
@given(units(), units(), units())
def test_units_form_a_commutative_group(one: Unit, other: Unit, third: Unit) -> None:
    assert one * other == other * one
    assert (one * other) * third == one * (other * third)
    assert one * RATIO == one / RATIO == one
    assert one / one == RATIO
    assert one * other / other == one
    assert RATIO / (one / other) == other / one


@steady
@given(units())
def test_a_unit_has_one_form(unit: Unit) -> None:
    assert list(unit.powers) == sorted(unit.powers)
    assert all(power for _, power in unit.powers)
    assert len({name for name, _ in unit.powers}) == len(unit.powers)


@steady
@given(units(), units())
def test_units_are_equal_only_where_they_read_alike(one: Unit, other: Unit) -> None:
    assert (one == other) == (str(one) == str(other))
    assert one != other or hash(one) == hash(other)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (RATIO, "比例"),
        (YUAN, "元"),
        (YUAN / DAY, "元/天"),
        (RATIO / DAY, "1/天"),
        (YUAN * DAY, "元·天"),
        (YUAN / DAY / DAY, "元/天/天"),
        (YUAN / DAY * DAY, "元"),
    ],
)
def test_units_in_words(unit: Unit, text: str) -> None:
    assert str(unit) == text


def test_spellings_lead_to_base_units_and_back() -> None:
    for name, (base, size) in SPELLINGS.items():
        assert SPELLINGS[base] == (base, Fraction(1)), name
        assert size > 0
    assert SPELLINGS["角"] == ("元", Fraction(1, 10))
    assert SPELLINGS["分"] == ("元", Fraction(1, 100))
    assert MULTIPLIERS == {"千": 1000, "万": 10_000, "亿": 100_000_000}
