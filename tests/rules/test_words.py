"""Identifiers in order, amounts and rates in words, and where each word of comparison has its edge."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.steady import steady

from hypolicy.rules.operators import WORDS, Comparison
from hypolicy.rules.outcome import fen_text, percent_text
from hypolicy.rules.types import identifier_order

IDENTIFIERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.from_regex(r"0{0,3}[0-9]{1,4}", fullmatch=True),
    st.text(st.sampled_from("0123456789-补A１٣ "), max_size=6),
)


def is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits != "" and set(digits) <= set("0123456789")


@steady
@given(IDENTIFIERS, IDENTIFIERS)
def test_whole_numbers_stand_by_value_and_before_other_texts(one: str, other: str) -> None:
    before = identifier_order(one) < identifier_order(other)
    match is_whole(one), is_whole(other):
        case True, True:
            assert before == ((int(one), one) < (int(other), other))
        case False, False:
            assert before == (one < other)
        case first_is_whole, _:
            assert before == first_is_whole


@steady
@given(st.lists(IDENTIFIERS, max_size=8, unique=True), st.randoms(use_true_random=False))
def test_different_identifiers_have_one_order_however_they_come(names: list[str], random: object) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sorted(shuffled, key=identifier_order) == sorted(names, key=identifier_order)
    assert len({identifier_order(name) for name in names}) == len(names)


def test_identifiers_as_people_number_records() -> None:
    names = ["补10", "10", "9", "-1", "010", "补9", "1A", "１", "", "٣"]
    assert sorted(names, key=identifier_order) == ["-1", "9", "010", "10", "", "1A", "٣", "补10", "补9", "１"]


def test_a_number_too_long_for_the_machine_is_a_text() -> None:
    assert sorted(["1" + "0" * 5000, "2"], key=identifier_order) == ["2", "1" + "0" * 5000]


# --- amounts and rates --------------------------------------------------------------------------------------


@steady
@given(st.integers(-(10**18), 10**18))
def test_an_amount_reads_back_as_itself(fen: int) -> None:
    text = fen_text(fen)
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]{2}", text)
    assert Decimal(text) * 100 == fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (99, "0.99"), (100, "1.00"), (-12345, "-123.45")],
)
def test_amounts_in_words(fen: int, text: str) -> None:
    assert fen_text(fen) == text


@steady
@given(st.decimals(-1000, 1000, places=8, allow_nan=False))
def test_a_rate_reads_back_as_itself(rate: Decimal) -> None:
    text = percent_text(Fraction(rate))
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?%", text)
    assert Fraction(text.removesuffix("%")) / 100 == Fraction(rate)


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Fraction(7, 10), "70%"),
        (Fraction(1, 8), "12.5%"),
        (Fraction(1, 200), "0.5%"),
        (Fraction(-1, 200), "-0.5%"),
        (Fraction(0), "0%"),
        (Fraction(155, 100), "155%"),
        (Fraction(1, 10**9), "0.0000001%"),
        (Fraction(1, 3), "(100/3)%"),
    ],
)
def test_rates_in_words(rate: Fraction, text: str) -> None:
    assert percent_text(rate) == text


# --- edges --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "below", "at", "above"),
    [
        ("不少于 不低于 不早于 达到 以上 ≥", False, True, True),
        ("不超过 不高于 不多于 不晚于 以下 以内 ≤", True, True, False),
        ("超过 高于 多于 晚于 以外 >", False, False, True),
        ("不满 不足 少于 低于 早于 <", True, False, False),
        ("等于 =", False, True, False),
        ("不等于 ≠", True, False, True),
    ],
)
def test_the_edge_of_every_word(words: str, below: bool, at: bool, above: bool) -> None:
    for word in words.split():
        meaning = WORDS[word].meaning
        assert (meaning(2, 3), meaning(3, 3), meaning(4, 3)) == (below, at, above), word


def test_every_comparison_has_its_readings_among_the_words() -> None:
    for comparison in Comparison:
        assert WORDS[comparison.quantity_reading] is comparison
        assert WORDS[comparison.symbol] is comparison
