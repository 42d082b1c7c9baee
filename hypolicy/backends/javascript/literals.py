"""Values as JavaScript source text. Whatever an author or a file wrote goes through here, and nowhere else.

Strings are JSON with `<` and the line separators escaped, so that no text ends a script element, opens a comment of
HTML, or breaks a line; every other character stands for itself. Numbers that are exact are texts of BigInt fractions,
days are counts (`date.toordinal`).
"""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hypolicy.rules.calendar import Period
    from hypolicy.rules.tree import Value

_ESCAPED: Final = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029", "\x7f": "\\u007f"}
_DANGEROUS: Final = re.compile("|".join(_ESCAPED))


def source(value: Any) -> str:
    """JSON that is also safe as JavaScript, inside a script element too."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _DANGEROUS.sub(lambda found: _ESCAPED[found[0]], text)


def comment(words: str) -> str:
    """Words of a rule behind `//`: as a string, so that no line break ends the comment."""
    return f"// {source(words)[1:-1]}"


def encoded(value: Value) -> bool | int | str:
    """A value as data: days as counts, numbers as texts of fractions (`20`, `33/2`)."""
    match value:
        case bool() | str():
            return value
        case date():
            return value.toordinal()
        case int() | Fraction():
            return str(value)


def constant(value: Value) -> str:
    """A value as an expression of JavaScript."""
    match value:
        case bool() | str() | date():
            return source(encoded(value))
        case int() | Fraction():
            exact = Fraction(value)
            below = f", {exact.denominator}n" if exact.denominator != 1 else ""
            return f"rational({exact.numerator}n{below})"


def period(value: Period) -> list[int | None]:
    return [value.start.toordinal(), value.end.toordinal() if value.end is not None else None]
