"""Repeated keys among many: the same as by looking at all of them, with hardly any memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypolicy.records.keys import Keys, repeated_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOM = 256  # bytes: a few keys fill it


def plainly(keys: Sequence[str | None]) -> list[tuple[int, int]]:
    first: dict[str, int] = {}
    return [
        (row, first[key])
        for row, key in enumerate(keys)
        if key is not None and first.setdefault(key, row) != row
    ]


def pieces(keys: Sequence[object], cut: int, dtype: pl.DataType) -> list[pl.Series]:
    whole = pl.Series("key", keys, dtype)
    return [whole[at : at + cut] for at in range(0, len(whole), cut)]


def check(cut_up: list[pl.Series], expected: list[tuple[int, int]]) -> None:
    seen = Keys(ROOM)
    for piece in cut_up:
        seen.add(piece)
    if expected:
        assert not seen.distinct()
    assert list(repeated_rows(lambda: cut_up, ROOM)) == expected


TEXTS = (
    st.none()
    | st.sampled_from(["1", "01", "+1", "-1", "一", "A1", "a1", "999999999999999999999"])
    | st.text()
)


@given(st.lists(TEXTS, max_size=60), st.integers(1, 20))
@settings(deadline=None)
def test_texts(keys: list[str | None], cut: int):
    check(pieces(keys, cut, pl.String()), plainly(keys))


@given(st.lists(st.integers(0, 40) | st.integers(-(2**63), 2**63 - 1), max_size=90), st.integers(1, 20))
@settings(deadline=None)
def test_numbers(keys: list[int], cut: int):
    check(pieces(keys, cut, pl.Int64()), plainly(list(map(str, keys))))


def test_a_number_and_its_text_are_one_key():
    check([pl.Series([1, 2], dtype=pl.Int8), pl.Series(["3", "2", "02"])], [(3, 1)])


@pytest.mark.parametrize(
    "keys", [range(2000), [n * 7919 for n in range(2000)], [f"甲{n}" for n in range(2000)]]
)
def test_different_keys_are_surely_different(keys: Sequence[object]):
    seen = Keys(ROOM)
    for piece in pieces(list(keys), 300, pl.String() if isinstance(keys[0], str) else pl.Int64()):
        seen.add(piece)
    assert seen.distinct()


def test_different_texts_that_have_one_hash_are_no_repeats(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pl.Series, "hash", lambda keys, _: pl.Series([5] * len(keys), dtype=pl.UInt64))
    seen = Keys(ROOM)
    seen.add(pl.Series(["甲", "乙"]))
    assert not seen.distinct(), "they have one number, so somebody has to look again"
    assert list(repeated_rows(lambda: [pl.Series(["甲", "乙"])], ROOM)) == []
