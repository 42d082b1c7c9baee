"""The comparisons, in one table: their exact meaning, their Chinese reading, and their edges.

以上, 以下, 以内, 不少于, 不超过 include the number; 超过, 不满, 少于, 以外 do not (民法典 1259条).
"""

from __future__ import annotations

import operator
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Comparison(Enum):
    """value: symbol, exact meaning, reading for quantities, reading for dates."""

    EQUAL = ("=", operator.eq, "等于", "为")
    UNEQUAL = ("≠", operator.ne, "不等于", "不为")
    AT_LEAST = ("≥", operator.ge, "不少于", "不早于")
    AT_MOST = ("≤", operator.le, "不超过", "不晚于")
    ABOVE = (">", operator.gt, "超过", "晚于")
    BELOW = ("<", operator.lt, "不满", "早于")

    def __init__(
        self, symbol: str, meaning: Callable[[Any, Any], bool], quantity_reading: str, date_reading: str
    ) -> None:
        self.symbol = symbol
        self.meaning = meaning
        self.quantity_reading = quantity_reading
        self.date_reading = date_reading

    @property
    def opposite(self) -> Comparison:
        """What holds exactly where this one does not."""
        return _OPPOSITE[self]

    @property
    def mirrored(self) -> Comparison:
        """The same comparison with its sides exchanged."""
        return _MIRRORED[self]


_OPPOSITE: dict[Comparison, Comparison] = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.BELOW: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.ABOVE,
    Comparison.ABOVE: Comparison.AT_MOST,
}
_MIRRORED: dict[Comparison, Comparison] = {
    Comparison.EQUAL: Comparison.EQUAL,
    Comparison.UNEQUAL: Comparison.UNEQUAL,
    Comparison.AT_LEAST: Comparison.AT_MOST,
    Comparison.BELOW: Comparison.ABOVE,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.ABOVE: Comparison.BELOW,
}


# Every word that compares, and what it means; the lexer takes none that is not here.
WORDS: dict[str, Comparison] = {
    "等于": Comparison.EQUAL,
    "不等于": Comparison.UNEQUAL,
    "不少于": Comparison.AT_LEAST,
    "不低于": Comparison.AT_LEAST,
    "不早于": Comparison.AT_LEAST,
    "达到": Comparison.AT_LEAST,
    "以上": Comparison.AT_LEAST,
    "不超过": Comparison.AT_MOST,
    "不高于": Comparison.AT_MOST,
    "不多于": Comparison.AT_MOST,
    "不晚于": Comparison.AT_MOST,
    "以下": Comparison.AT_MOST,
    "以内": Comparison.AT_MOST,
    "超过": Comparison.ABOVE,
    "高于": Comparison.ABOVE,
    "多于": Comparison.ABOVE,
    "晚于": Comparison.ABOVE,
    "以外": Comparison.ABOVE,
    "不满": Comparison.BELOW,
    "不足": Comparison.BELOW,
    "少于": Comparison.BELOW,
    "低于": Comparison.BELOW,
    "早于": Comparison.BELOW,
    "≥": Comparison.AT_LEAST,
    "≤": Comparison.AT_MOST,
    ">": Comparison.ABOVE,
    "<": Comparison.BELOW,
    "=": Comparison.EQUAL,
    "≠": Comparison.UNEQUAL,
}
