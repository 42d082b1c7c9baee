"""The calendar on days since 1970-01-01, in whole numbers: what `rules.calendar` says, for the compiled rules.

Generated sources hold this file's functions word for word, so each uses numbers alone. Days
are those of the Gregorian calendar without ends; `add_days` and `add_months` stop at the years 1 and 9999.
"""

from __future__ import annotations

# 0001-01-01 and 9999-12-31.
FIRST_DAY = -719162
LAST_DAY = 2932896


def civil(day: int) -> tuple[int, int, int]:
    """Year, month and day of the month. Counts in years that begin with March, and cycles of 400 of them."""
    cycle = (day + 719468) // 146097
    within = day + 719468 - cycle * 146097
    year = (within - within // 1460 + within // 36524 - within // 146096) // 365
    of_year = within - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    number = of_year - (153 * month + 2) // 5 + 1
    if month < 10:
        return year + cycle * 400, month + 3, number
    return year + cycle * 400 + 1, month - 9, number


def day_of(year: int, month: int, number: int) -> int:
    """The day of a year, a month and a day of the month."""
    if month > 2:
        month -= 3
    else:
        month += 9
        year -= 1
    cycle = year // 400
    year -= cycle * 400
    of_year = (153 * month + 2) // 5 + number - 1
    return cycle * 146097 + year * 365 + year // 4 - year // 100 + of_year - 719468


def year_of(day: int) -> int:
    return civil(day)[0]


def months_on(day: int, months: int) -> int:
    """The same day so many months later; the last day of the month where there is none."""
    year, month, number = civil(day)
    months += year * 12 + month - 1
    year = months // 12
    month = months - year * 12 + 1
    if number <= 28:
        return day_of(year, month, number)
    first_of_next = day_of(year + 1, 1, 1) if month == 12 else day_of(year, month + 1, 1)
    return min(day_of(year, month, number), first_of_next - 1)


def add_months(day: int, months: int) -> int:
    return min(max(months_on(day, months), FIRST_DAY), LAST_DAY)


def add_days(day: int, days: int) -> int:
    return min(max(day + days, FIRST_DAY), LAST_DAY)


def reaches_months(first: int, last: int, months: int) -> bool:
    """Whether a term of two days, both included, is at least so many months long."""
    return months_on(first, months) <= last + 1


def exceeds_months(first: int, last: int, months: int) -> bool:
    """Whether a term of two days, both included, is longer than so many months."""
    return months_on(first, months) < last + 1


def completed_years(birth: int, day: int) -> int:
    """Age in completed years; 0 before the first birthday, and before the birth itself."""
    years = year_of(day) - year_of(birth)
    if years <= 0:
        return 0
    return years if months_on(birth, 12 * years) <= day else years - 1
