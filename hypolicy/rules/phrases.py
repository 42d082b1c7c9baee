"""Values in words, as an official text writes them: 2020年3月1日, 1,500元, 20元/天, 70%."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final, assert_never

from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.trace import Absence
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType
from hypolicy.rules.units import RATIO, YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.rules.trace import Result
    from hypolicy.rules.types import Type
    from hypolicy.rules.units import Unit

_MOST_DECIMALS: Final = 8
_SHOWN_DECIMALS: Final = 4


def value_text(value: Result, kind: Type) -> str:
    """A value, or why there is none."""
    if isinstance(value, Absence):
        return value.value
    match kind:
        case BoolType():
            return "是" if value else "否"
        case DateType():
            assert isinstance(value, date)
            return chinese_date(value)
        case NumberType(unit=unit):
            assert isinstance(value, int | Fraction)
            if unit == YUAN:
                return yuan_text(value)
            if unit == RATIO:
                return ratio_text(value)
            return f"{number_text(value, at_least=2 if _is_money(unit) else 0)}{unit}"
        case TextType() | IdentifierType() | EnumType():
            return str(value)
        case _:
            assert_never(kind)


def _is_money(unit: Unit) -> bool:
    return any(name == str(YUAN) for name, _ in unit.powers)


def yuan_text(amount: Fraction | int) -> str:
    """Yuan with thousands apart; two decimals unless there are none, more where the amount has more."""
    return f"{number_text(amount, at_least=2)}元"


def fen_in_yuan(fen: int) -> str:
    return yuan_text(Fraction(fen, 100))


def ratio_text(ratio: Fraction | int) -> str:
    """A whole number as it is, any other in percent."""
    if ratio == int(ratio):
        return number_text(ratio)
    return f"{number_text(ratio * 100)}%"


def percent(ratio: Fraction | int) -> str:
    return f"{number_text(ratio * 100)}%"


def number_text(number: Fraction | int, at_least: int = 0) -> str:
    """A number exactly, with thousands apart; one whose decimals do not end is cut and said to be about so much."""
    exact = Fraction(number)
    sign, size = ("－" if exact < 0 else ""), abs(exact)
    places = next((n for n in range(_MOST_DECIMALS + 1) if (size * 10**n).denominator == 1), None)
    about = "" if places is not None else "约"
    if places is None:
        places = _SHOWN_DECIMALS
    if places:
        places = max(places, at_least)
    scaled = size * 10**places
    whole, decimals = divmod(
        (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**places
    )
    return f"{about}{sign}{whole:,}" + (f".{decimals:0{places}}" if places else "")


def listed(words: Iterable[str]) -> str:
    return "、".join(words)


def listed_or(words: Iterable[str]) -> str:
    """甲、乙或者丙."""
    every = list(words)
    if len(every) < 2:
        return "".join(every)
    return f"{listed(every[:-1])}或者{every[-1]}"
