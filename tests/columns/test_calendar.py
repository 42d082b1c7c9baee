"""The calendar of the compiled rules against that of the rules."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from rules.steady import steady

from hypolicy.backends.columns import calendar as compiled
from hypolicy.backends.columns.coding import day_number
from hypolicy.rules import calendar

days = st.dates()
near = st.dates(date(2019, 12, 1), date(2021, 3, 31))
months = st.integers(-30, 30) | st.integers(-130_000, 130_000)


def test_the_ends_of_the_calendar() -> None:
    assert (day_number(date.min), day_number(date.max)) == (compiled.FIRST_DAY, compiled.LAST_DAY)


@steady
@given(days)
def test_year_month_and_day(day: date) -> None:
    assert compiled.civil(day_number(day)) == (day.year, day.month, day.day)
    assert compiled.day_of(day.year, day.month, day.day) == day_number(day)
    assert compiled.year_of(day_number(day)) == day.year


@steady
@given(days | near, months)
def test_days_and_months_on(day: date, number: int) -> None:
    assert compiled.add_months(day_number(day), number) == day_number(calendar.add_months(day, number))
    assert compiled.add_days(day_number(day), number) == day_number(calendar.add_days(day, number))


@steady
@given(near, near | days, st.integers(0, 30))
def test_terms_of_months(first: date, last: date, number: int) -> None:
    ends = day_number(first), day_number(last)
    assert compiled.reaches_months(*ends, number) == calendar.reaches_months(first, last, number)
    assert compiled.exceeds_months(*ends, number) == calendar.exceeds_months(first, last, number)


@steady
@given(days, days)
def test_age(birth: date, day: date) -> None:
    expected = calendar.completed_years(birth, day)
    assert compiled.completed_years(day_number(birth), day_number(day)) == expected
