"""Numbers with their units, and dates: `550元`, `20元/天`, `4.41万人次`, `70%`, `2019年8月30日`.

A unit stands only behind digits, so its name may also be a word (课时 is both). Whatever follows a number without
being known belongs to its unit, as 越 does in `12个越`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.rules.units import MULTIPLIERS, RATIO, SPELLINGS, YEARS_OF_AGE, Unit
from hypolicy.source import limits
from hypolicy.syntax import tokens as t

if TYPE_CHECKING:
    from collections.abc import Callable, Set


@frozen
class Quantity:
    """A number with its unit, as written."""

    number: Fraction
    unit: Unit
    whole: bool
    unit_name: str


@frozen
class Fault:
    """What is wrong with a literal: the code of the message, its facts, and a better spelling."""

    code: str
    facts: dict[str, object] = field(factory=dict)
    advice: str = ""


@frozen
class Literal:
    """`kind` is QUANTITY or DATE; `end` is behind its last character."""

    kind: str
    value: Quantity | str
    end: int
    fault: Fault | None = None


@define
class Literals:
    """`units` are declared beside the built-in ones."""

    units: Set[str] = frozenset()
    _names: list[str] = field(init=False)
    _near: dict[str, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._names = sorted({*SPELLINGS, *self.units}, key=len, reverse=True)

    def read(self, text: str, at: int, unknown_until: Callable[[int], int]) -> Literal:
        """The literal that begins at a digit of folded text.

        `unknown_until` tells where a stretch ends that is no word: at the place itself where it is one.
        """
        day = t.DATE.match(text, at)
        if day:
            return _date(day[1], day[2], day[3], day.end())
        dashed = t.DASHED_DATE.match(text, at)
        if dashed:
            example = f"{dashed[1]}年{int(dashed[3])}月{int(dashed[4])}日"
            misspelt = Fault("HY118", {"word": dashed[0], "example": example})
            return Literal("DATE", date.min.isoformat(), dashed.end(), misspelt)
        found = t.NUMBER.match(text, at)
        assert found  # the first character is a digit
        quantity, end = self._quantity(found[0], text, found.end())
        fault = _size(found[0], quantity)
        stop = unknown_until(end)
        if stop > end or quantity.unit_name.endswith("/"):
            fault = fault or self._unknown(quantity.unit_name + text[end:stop])
        return Literal("QUANTITY", quantity, stop, fault)

    def _unknown(self, name: str) -> Fault:
        if name not in self._near:
            self._near[name] = did_you_mean(name, self._names)
        return Fault("HY204", {"word": name}, self._near[name])

    def _quantity(self, digits: str, text: str, end: int) -> tuple[Quantity, int]:
        number = Fraction(digits[: limits.MAX_DIGITS + 1])
        after = end
        while after < len(text) and text[after] in " \t":
            after += 1
        if text.startswith("%", after):
            return Quantity(number / 100, RATIO, False, "%"), after + 1
        scaled = text[after : after + 1]
        if scaled in MULTIPLIERS:
            number *= MULTIPLIERS[scaled]
            after = end = after + 1
        name = self._unit_at(text, after)
        if name is None:
            return Quantity(number, RATIO, number.denominator == 1, ""), end
        unit, scale = _unit(name)
        number, end = number * scale, after + len(name)
        if not text.startswith("/", end):
            return Quantity(number, unit, number.denominator == 1, name), end
        below = self._unit_at(text, end + 1)
        if below is None:
            # The lexer takes up what follows the stroke as a part of the unit's name.
            return Quantity(number, unit, False, f"{name}/"), end + 1
        lower, lower_scale = _unit(below)
        return Quantity(number / lower_scale, unit / lower, False, f"{name}/{below}"), end + 1 + len(below)

    def _unit_at(self, text: str, at: int) -> str | None:
        return next((name for name in self._names if text.startswith(name, at)), None)


def _date(year: str, month: str, day: str, end: int) -> Literal:
    try:
        return Literal("DATE", date(int(year), int(month), int(day)).isoformat(), end)
    except ValueError:
        return Literal(
            "DATE", date.min.isoformat(), end, Fault("HY109", {"word": f"{year}年{month}月{day}日"})
        )


def _size(digits: str, quantity: Quantity) -> Fault | None:
    if len(digits) > limits.MAX_DIGITS or quantity.number > limits.MAX_QUANTITY:
        return Fault("HY104", {"limit": limits.MAX_DIGITS, "most": "1000万亿"})
    if quantity.unit == YEARS_OF_AGE and quantity.number > limits.MAX_AGE:
        return Fault("HY316", {"limit": limits.MAX_AGE})
    return None


def _unit(name: str) -> tuple[Unit, Fraction]:
    base, scale = SPELLINGS.get(name, (name, Fraction(1)))
    return Unit.of(base), scale
