"""Overlapping days among many records: the same as the exact evaluator finds."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from records.samples import fact

from hypolicy.backends.exact.screen import overlapping
from hypolicy.records.overlaps import Overlaps

WHO, FROM, TO = (
    evolve(fact("结业日期"), name=name, index=place) for place, name in enumerate(("谁", "起", "止"))
)
DAYS = st.none() | st.integers(-3, 12).map(lambda n: date(1970, 1, 1) + timedelta(n))


@given(
    st.lists(st.tuples(st.none() | st.sampled_from("甲乙丙1"), DAYS, DAYS), max_size=40),
    st.integers(1, 9),
    st.sampled_from([100, 10_000]),
)
@settings(deadline=None, max_examples=100)
def test_overlaps(records: list[tuple[str | None, date | None, date | None]], cut: int, room: int):
    found = Overlaps(WHO, FROM, TO, room)
    frame = pl.DataFrame(records, {"谁": pl.String, "起": pl.Date, "止": pl.Date}, orient="row")
    for at in range(0, frame.height, cut):
        found.add(at, {series.name: series for series in frame[at : at + cut].iter_columns()})
    assert found.rows().tolist() == overlapping(records, 0, 1, 2)


@pytest.mark.parametrize("count", [0, 1])
def test_few_records(count: int):
    found = Overlaps(WHO, FROM, TO, 100)
    days = pl.Series([date(2020, 1, 1)] * count, dtype=pl.Date)
    found.add(0, {"谁": pl.Series(["甲"] * count, dtype=pl.String), "起": days, "止": days})
    assert found.rows().tolist() == []
