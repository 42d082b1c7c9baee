"""Rounding, defined once, on exact numbers. It happens where an author writes 取整, and nowhere else."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction


class RoundingMode(Enum):
    HALF_UP = "四舍五入"
    DOWN = "舍去"
    UP = "进位"


class RoundingPlace(Enum):
    """The place rounded to, in fen."""

    YUAN = 100
    JIAO = 10
    FEN = 1

    @classmethod
    def named(cls, name: str) -> RoundingPlace:
        return {"元": cls.YUAN, "角": cls.JIAO, "分": cls.FEN}[name]


def round_yuan(amount: Fraction | int, place: RoundingPlace, mode: RoundingMode) -> Fraction:
    """An amount in yuan, rounded; ties of 四舍五入 and fractions of 进位 go away from zero, 舍去 goes to zero."""
    size, unit = abs(amount.numerator) * 100, amount.denominator * place.value
    match mode:
        case RoundingMode.HALF_UP:
            whole = (2 * size + unit) // (2 * unit)
        case RoundingMode.DOWN:
            whole = size // unit
        case RoundingMode.UP:
            whole = -(-size // unit)
    return Fraction((-whole if amount.numerator < 0 else whole) * place.value, 100)
