"""What a name of a scenario can be: one of some labels, a number, or a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, assert_never

from attrs import frozen

from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.rules.tree import Fact

MOST_NUMBER: Final = 10**6


@frozen
class Labels:
    """One of these; a value is coded as its place among them."""

    labels: tuple[str, ...]

    def __str__(self) -> str:
        return "、".join(self.labels)


@frozen
class Texts:
    """Any text; once it is known which occur, they are labels."""

    def __str__(self) -> str:
        return "文本"


@frozen
class Numbers:
    def __str__(self) -> str:
        return "整数"


@frozen
class Days:
    def __str__(self) -> str:
        return "日期"


Domain = Labels | Numbers | Days

YES_OR_NO: Final = Labels(("否", "是"))
NUMBERS: Final = Numbers()
DAYS: Final = Days()
TEXTS: Final = Texts()


def domain_of(fact: Fact) -> Domain | Texts | None:
    """None for what a scenario does not make up: identifiers, and numbers that are not whole."""
    match fact.type:
        case BoolType():
            return YES_OR_NO
        case EnumType(labels=labels):
            return Labels(labels)
        case NumberType(whole=whole):
            return NUMBERS if whole else None
        case DateType():
            return DAYS
        case TextType():
            return TEXTS
        case IdentifierType():
            return None
        case _:
            assert_never(fact.type)


def domain_from(texts: Iterable[str]) -> Domain:
    """What a variable can be, told by the values that a table or a step gives it."""
    values = tuple(dict.fromkeys(texts))
    if values and all(whole(text) is not None for text in values):
        return NUMBERS
    if values and all(day(text) is not None for text in values):
        return DAYS
    return YES_OR_NO if set(values) <= set(YES_OR_NO.labels) else Labels(values)


def fits(text: str, domain: Domain) -> bool:
    match domain:
        case Labels(labels):
            return text in labels
        case Numbers():
            return whole(text) is not None
        case Days():
            return day(text) is not None
        case _:
            assert_never(domain)


def whole(text: str) -> int | None:
    """A whole number in plain digits, with a sign if it is negative."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(MOST_NUMBER)):
        return None
    value = int(text)
    return value if abs(value) <= MOST_NUMBER else None


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2019-08-30") else None
    except ValueError:
        return None
