"""Calendar arithmetic on months and years, and periods of validity.

Adding months keeps the day of the month; where the month has no such day, its last day stands (民法典 201、202条).
A term "自A起至B止" includes both A and B.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from attrs import frozen

_SHORTEST_MONTH: Final = 28


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative); last day of the month where there is none.

    Clamped to the calendar's own ends (year 1 to 9999), so that no sum fails.
    """
    year, month, number = _months_on(day, months)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month, number)


def add_days(day: date, days: int) -> date:
    """The day `days` later, clamped to the calendar's own ends."""
    ordinal = day.toordinal() + days
    return date.fromordinal(max(date.min.toordinal(), min(date.max.toordinal(), ordinal)))


def reaches_months(first: date, last: date, months: int) -> bool:
    """Whether a term from `first` to `last`, both included, is at least so many months long."""
    return _months_on(first, months) <= _day_after(last)


def exceeds_months(first: date, last: date, months: int) -> bool:
    """Whether a term from `first` to `last`, both included, is longer than so many months."""
    return _months_on(first, months) < _day_after(last)


def _months_on(day: date, months: int) -> tuple[int, int, int]:
    """Year, month and day so many months later, in a calendar without ends."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    number = day.day if day.day <= _SHORTEST_MONTH else min(day.day, monthrange(year, month + 1)[1])
    return year, month + 1, number


def _day_after(day: date) -> tuple[int, int, int]:
    if day == date.max:
        return date.max.year + 1, 1, 1
    following = day + timedelta(days=1)
    return following.year, following.month, following.day


def completed_years(birth: date, day: date) -> int:
    """Age in completed years; 0 before the first birthday, and before the birth itself."""
    years = max(day.year - birth.year, 0)
    return years if years == 0 or add_months(birth, 12 * years) <= day else years - 1


@frozen
class Period:
    """Days from `start` to `end`, both included; an open `end` is None."""

    start: date
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def __str__(self) -> str:
        until = f"至{chinese_date(self.end)}止" if self.end else ""
        return f"自{chinese_date(self.start)}起{until}"


def day_before(day: date) -> date:
    return day - timedelta(days=1)


def chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
