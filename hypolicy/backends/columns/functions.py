"""The functions of ours that generated sources hold word for word, with what these need."""

from __future__ import annotations

from functools import cache
from inspect import getsource
from typing import Final

from hypolicy.backends.columns import calendar, search
from hypolicy.backends.columns.coding import ABSENT

# Each stands after those that it calls itself.
_FUNCTIONS: Final = (
    calendar.civil,
    calendar.day_of,
    calendar.year_of,
    calendar.months_on,
    calendar.add_months,
    calendar.add_days,
    calendar.reaches_months,
    calendar.exceeds_months,
    calendar.completed_years,
    search.find,
)
_CONSTANTS: Final = {"ABSENT": ABSENT, "FIRST_DAY": calendar.FIRST_DAY, "LAST_DAY": calendar.LAST_DAY}
NAMES: Final = frozenset(_CONSTANTS) | {function.__name__ for function in _FUNCTIONS}


@cache
@cache
def _texts() -> dict[str, str]:
    return {function.__name__: getsource(function) for function in _FUNCTIONS}


def preamble(called: frozenset[str]) -> str:
    """The constants, the functions that a text calls, and those that they call."""
    texts = _texts()
    needed = set(called)
    for name in reversed(texts):
        if name in needed:
            needed |= {other for other in texts if f"{other}(" in texts[name]}
    constants = "".join(f"{name} = {value}\n" for name, value in _CONSTANTS.items())
    return "\n\n".join([constants, *(text for name, text in texts.items() if name in needed), ""])
