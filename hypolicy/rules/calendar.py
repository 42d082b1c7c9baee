"""Calendar arithmetic on months and years, and periods of validity.

Adding months keeps the day of the month; where the month has no such day, its last day stands (民法典 201、202条).
A term "自A起至B止" includes both A and B.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from attrs import frozen


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative); last day of the month where there is none.

    Clamped to the calendar's own ends (year 1 to 9999), so that no sum fails.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """The day `days` later, clamped to the calendar's own ends."""
    ordinal = day.toordinal() + days
    return date.fromordinal(max(date.min.toordinal(), min(date.max.toordinal(), ordinal)))


def reaches_months(first: date, last: date, months: int) -> bool:
    """Whether a term from `first` to `last`, both included, is at least so many months long."""
    return add_months(first, months) <= add_days(last, 1)


def exceeds_months(first: date, last: date, months: int) -> bool:
    """Whether a term from `first` to `last`, both included, is longer than so many months."""
    return add_months(first, months) < add_days(last, 1)


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
