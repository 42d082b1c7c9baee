"""Days as options have them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

_FORMS: Final = (
    re.compile("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"),
    re.compile("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"),
)


def day_of(text: str) -> date:
    """2020-07-01 or 2020年7月1日; raises Refusal where it is neither."""
    for form in _FORMS:
        found = form.fullmatch(text.strip())
        if found:
            try:
                return date(*map(int, found.groups()))
            except ValueError:
                break
    raise Refusal(Diagnostic("HY938", {"value": text}))
