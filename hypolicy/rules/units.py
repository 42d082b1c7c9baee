"""Units and their algebra: 元/天 × 天 = 元; 元 + 天 is no sum.

A unit is a product of named base units with whole exponents; a ratio has none. Scaled names (万元, 角) are read
as a number of their base unit, so two values of one unit can always be compared.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from attrs import frozen


@frozen
class Unit:
    """`powers` are (base unit, exponent) pairs, sorted, without zero exponents."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, name: str) -> Unit:
        return cls(((name, 1),))

    def _combine(self, other: Unit, sign: int) -> Unit:
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + sign * power
        return Unit(tuple(sorted((n, p) for n, p in powers.items() if p)))

    def __mul__(self, other: Unit) -> Unit:
        return self._combine(other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return self._combine(other, -1)

    def __str__(self) -> str:
        if not self.powers:
            return "比例"
        above = [name for name, power in self.powers for _ in range(power)]
        below = [name for name, power in self.powers for _ in range(-power)]
        return "·".join(above or ["1"]) + "".join(f"/{name}" for name in below)


RATIO: Final = Unit()
YUAN: Final = Unit.of("元")
DAY: Final = Unit.of("天")
MONTH: Final = Unit.of("个月")
YEAR: Final = Unit.of("年")
YEARS_OF_AGE: Final = Unit.of("岁")

# Spellings of one unit, and scaled units with the number of base units in one of them.
SPELLINGS: Final[dict[str, tuple[str, Fraction]]] = {
    "元": ("元", Fraction(1)),
    "角": ("元", Fraction(1, 10)),
    "分": ("元", Fraction(1, 100)),
    "天": ("天", Fraction(1)),
    "日": ("天", Fraction(1)),
    "个月": ("个月", Fraction(1)),
    "月": ("个月", Fraction(1)),
    "年": ("年", Fraction(1)),
    "周岁": ("岁", Fraction(1)),
    "岁": ("岁", Fraction(1)),
    "课时": ("课时", Fraction(1)),
    "学时": ("学时", Fraction(1)),
    "小时": ("小时", Fraction(1)),
    "次": ("次", Fraction(1)),
    "人次": ("人次", Fraction(1)),
    "人": ("人", Fraction(1)),
    "户": ("户", Fraction(1)),
    "家": ("家", Fraction(1)),
    "个": ("个", Fraction(1)),
    "项": ("项", Fraction(1)),
}

MULTIPLIERS: Final[dict[str, int]] = {"千": 10**3, "万": 10**4, "亿": 10**8}
