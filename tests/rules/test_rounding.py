"""Rounding against its definition: a search among all the whole multiples near to an amount."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.steady import steady

from hypolicy.rules.rounding import RoundingMode, RoundingPlace, round_yuan

PLACES = list(RoundingPlace)
MODES = list(RoundingMode)
AMOUNTS = st.fractions(min_value=-(10**7), max_value=10**7, max_denominator=10**6)
places = st.sampled_from(PLACES)
modes = st.sampled_from(MODES)


def by_search(amount: Fraction, place: RoundingPlace, mode: RoundingMode) -> Fraction:
    """The multiple of the place that the mode means, found by looking at all of them around the amount."""
    step = Fraction(place.value, 100)
    middle = int(amount / step)
    multiples = [step * k for k in range(middle - 2, middle + 3)]
    match mode:
        case RoundingMode.HALF_UP:
            # The nearest; of two that are as near, the one farther from zero.
            return min(multiples, key=lambda multiple: (abs(multiple - amount), -abs(multiple)))
        case RoundingMode.DOWN:
            return max((m for m in multiples if abs(m) <= abs(amount) and m * amount >= 0), key=abs)
        case RoundingMode.UP:
            return min((m for m in multiples if abs(m) >= abs(amount) and m * amount >= 0), key=abs)


@pytest.mark.parametrize(("place", "mode"), list(product(PLACES, MODES)))
def test_every_tie_within_twenty_yuan_and_both_its_sides(place: RoundingPlace, mode: RoundingMode) -> None:
    most = 2000 // place.value
    ties = [Fraction((2 * whole + 1) * place.value, 200) for whole in range(-most, most)]
    for tie in ties:
        for amount in (tie - Fraction(1, 10**6), tie, tie + Fraction(1, 10**6)):
            assert round_yuan(amount, place, mode) == by_search(amount, place, mode), amount


@steady
@given(AMOUNTS, places, modes)
def test_it_is_what_a_search_finds(amount: Fraction, place: RoundingPlace, mode: RoundingMode) -> None:
    assert round_yuan(amount, place, mode) == by_search(amount, place, mode)


@steady
@given(AMOUNTS, places, modes)
def test_rounding_twice_is_rounding_once(amount: Fraction, place: RoundingPlace, mode: RoundingMode) -> None:
    once = round_yuan(amount, place, mode)
    assert round_yuan(once, place, mode) == once


@steady
@given(AMOUNTS, AMOUNTS, places, modes)
def test_more_is_never_rounded_to_less(
    one: Fraction, other: Fraction, place: RoundingPlace, mode: RoundingMode
) -> None:
    low, high = sorted((one, other))
    assert round_yuan(low, place, mode) <= round_yuan(high, place, mode)


@steady
@given(AMOUNTS, places)
def test_how_far_an_amount_is_moved(amount: Fraction, place: RoundingPlace) -> None:
    step = Fraction(place.value, 100)
    assert abs(round_yuan(amount, place, RoundingMode.HALF_UP) - amount) <= step / 2
    assert 0 <= abs(amount) - abs(round_yuan(amount, place, RoundingMode.DOWN)) < step
    assert 0 <= abs(round_yuan(amount, place, RoundingMode.UP)) - abs(amount) < step


@steady
@given(AMOUNTS, places, modes)
def test_a_debt_is_rounded_as_a_claim(amount: Fraction, place: RoundingPlace, mode: RoundingMode) -> None:
    assert round_yuan(-amount, place, mode) == -round_yuan(amount, place, mode)


@steady
@given(st.integers(-(10**15), 10**15), places, modes)
def test_what_is_whole_already_stays(number: int, place: RoundingPlace, mode: RoundingMode) -> None:
    amount = Fraction(number * place.value, 100)
    assert round_yuan(amount, place, mode) == amount


@steady
@given(st.integers(-(10**12), 10**12), places, modes)
def test_whole_yuan_may_be_an_integer(yuan: int, place: RoundingPlace, mode: RoundingMode) -> None:
    assert round_yuan(yuan, place, mode) == round_yuan(Fraction(yuan), place, mode) == yuan


def test_the_places_by_name() -> None:
    assert {name: RoundingPlace.named(name).value for name in "元角分"} == {"元": 100, "角": 10, "分": 1}
