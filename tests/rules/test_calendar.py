"""Months and terms against an oracle that walks the calendar day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.steady import steady

from hypolicy.rules.calendar import (
    Period,
    add_days,
    add_months,
    chinese_date,
    day_before,
    exceeds_months,
    reaches_months,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(1949, 1, 1), date(2100, 12, 31)
MONTHS = 26
DAYS = st.dates(date(1949, 1, 1), date(2100, 12, 31))
ANY_DAY = st.dates()


def month_ends() -> Iterator[date]:
    """The last day of every month, and the day before, from 1949 to 2100."""
    day = FIRST
    while day <= LAST:
        if (day + ONE_DAY).day == 1:
            yield day - ONE_DAY
            yield day
        day += ONE_DAY


AWKWARD = [*month_ends(), *(date(year, 2, 29) for year in range(1952, 2097, 4))]


def walked(first: date, months: int) -> list[date]:
    """The day that ends each of so many months after `first`, found by walking on from day to day.

    It is the day of the same number; in a month that has none, the last day.
    """
    found = [first]
    day, month_done = first, True
    while len(found) <= months:
        day += ONE_DAY
        month_done = month_done and day.day != 1
        if not month_done and (day.day == first.day or (day + ONE_DAY).day == 1):
            found.append(day)
            month_done = True
    return found


def test_the_oracle_by_hand() -> None:
    assert walked(date(2020, 1, 31), 3) == [
        date(2020, 1, 31), date(2020, 2, 29), date(2020, 3, 31), date(2020, 4, 30),
    ]  # fmt: skip
    assert walked(date(2019, 2, 27), 2) == [date(2019, 2, 27), date(2019, 3, 27), date(2019, 4, 27)]


def test_months_after_every_month_end_of_a_century_and_a_half() -> None:
    assert len(AWKWARD) > 3600
    for first in AWKWARD:
        assert [add_months(first, months) for months in range(MONTHS)] == walked(first, MONTHS - 1), first


def test_terms_from_every_month_end_to_the_days_around_each_anniversary() -> None:
    for first in AWKWARD:
        for months, same_day in enumerate(walked(first, 13)):
            if months not in (1, 6, 11, 12, 13):
                continue
            full = same_day - ONE_DAY  # both ends are included
            ends = [full - ONE_DAY, full, full + ONE_DAY]
            assert [reaches_months(first, end, months) for end in ends] == [False, True, True], first
            assert [exceeds_months(first, end, months) for end in ends] == [False, False, True], first


@steady
@given(DAYS, st.integers(0, 400))
def test_months_after_any_day(first: date, months: int) -> None:
    assert add_months(first, months) == walked(first, months)[-1]


@steady
@given(DAYS, st.integers(-1200, 1200))
def test_months_before_and_after_stand_in_the_month_that_is_counted(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + ONE_DAY).day == 1)


@steady
@given(DAYS, DAYS, st.integers(-1200, 1200))
def test_a_later_day_never_comes_out_earlier(one: date, other: date, months: int) -> None:
    early, late = sorted((one, other))
    assert add_months(early, months) <= add_months(late, months)


@steady
@given(DAYS.filter(lambda day: day.day <= 28), st.integers(-600, 600), st.integers(-600, 600))
def test_months_add_up_where_every_month_has_the_day(day: date, one: int, other: int) -> None:
    assert add_months(add_months(day, one), other) == add_months(day, one + other)


@steady
@given(ANY_DAY, ANY_DAY, st.integers(0, 1200))
def test_longer_terms_reach_more_and_exceed_only_what_they_reach(one: date, other: date, months: int) -> None:
    first, last = sorted((one, other))
    assert reaches_months(first, last, 0)
    assert exceeds_months(first, last, months) <= reaches_months(first, last, months)
    assert reaches_months(first, last, months + 1) <= exceeds_months(first, last, months)
    if last < date.max:
        assert reaches_months(first, last, months) <= reaches_months(first, last + ONE_DAY, months)
        assert exceeds_months(first, last + ONE_DAY, months) == reaches_months(first, last, months)


@steady
@given(ANY_DAY, st.integers(-200_000, 200_000))
def test_nothing_leaves_the_calendar(day: date, many: int) -> None:
    assert date.min <= add_months(day, many) <= date.max
    assert date.min <= add_days(day, many * 30) <= date.max


@pytest.mark.parametrize("step", [1, 12, 120_000])
def test_at_the_ends_of_the_calendar_sums_stay_there(step: int) -> None:
    assert add_months(date.max, step) == add_days(date.max, step) == date.max
    assert add_months(date.min, -step) == add_days(date.min, -step) == date.min
    assert add_months(date(9999, 11, 30), step) == date.max or step == 1
    assert add_months(date(9999, 11, 30), 1) == date(9999, 12, 30)
    assert add_months(date(1, 1, 31), -step) == date.min


@pytest.mark.parametrize(
    ("first", "months", "reaches", "exceeds"),
    [
        (date(9999, 1, 1), 12, True, False),
        (date(9999, 1, 2), 12, False, False),
        (date(9998, 12, 31), 12, True, True),
        (date(9999, 6, 15), 12, False, False),
        (date(9999, 6, 15), 6, True, True),
        (date(9999, 12, 31), 1, False, False),
        (date(9999, 12, 1), 1, True, False),
        (date(1, 1, 1), 12 * 9999, True, False),
        (date(1, 1, 2), 12 * 9999, False, False),
    ],
)
def test_terms_to_the_last_day_of_the_calendar_are_counted_beyond_it(
    first: date, months: int, reaches: bool, exceeds: bool
) -> None:
    """People write 9999-12-31 for contracts without an end."""
    assert reaches_months(first, date.max, months) is reaches
    assert exceeds_months(first, date.max, months) is exceeds


# --- periods ------------------------------------------------------------------------------------------------


@steady
@given(DAYS, DAYS, DAYS)
def test_a_period_holds_both_its_ends_and_what_lies_between(one: date, other: date, day: date) -> None:
    start, end = sorted((one, other))
    period = Period(start, end)
    assert start in period
    assert end in period
    assert (day in period) == (start <= day <= end)
    assert (day in Period(start)) == (start <= day)
    assert start - ONE_DAY not in period
    assert end + ONE_DAY not in period


def test_a_period_in_words() -> None:
    assert str(Period(date(2019, 8, 30), date(2021, 12, 31))) == "自2019年8月30日起至2021年12月31日止"
    assert str(Period(date(2019, 8, 30))) == "自2019年8月30日起"


@steady
@given(st.dates(min_value=date(1, 1, 2)))
def test_the_day_before(day: date) -> None:
    assert day_before(day) + ONE_DAY == day
    assert chinese_date(day) == f"{day.year}年{day.month}月{day.day}日"
