"""Types of values. Every expression has exactly one."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from hypolicy.rules.units import RATIO, YUAN, Unit


@frozen
class BoolType:
    def __str__(self) -> str:
        return "是否"


@frozen
class DateType:
    def __str__(self) -> str:
        return "日期"


@frozen
class TextType:
    """Free text; compared character by character."""

    def __str__(self) -> str:
        return "文本"


@frozen
class IdentifierType:
    """An identifier: whole numbers order by value and stand before other texts."""

    def __str__(self) -> str:
        return "编号"


@frozen
class EnumType:
    """A closed list of labels; `ordered` ones rise from first to last.

    `codes`, one for each label or none at all, are what data files may hold instead of the labels.
    """

    name: str
    labels: tuple[str, ...]
    ordered: bool = False
    codes: tuple[str, ...] = ()

    def label(self, text: str) -> str:
        """The label that a text of a data file stands for; the text itself where it is no code."""
        return self.labels[self.codes.index(text)] if text in self.codes else text

    def __str__(self) -> str:
        return f"枚举「{self.name}」"


@frozen
class NumberType:
    """An exact number of a unit. `whole` numbers are integers; money has at most two decimals where it is a fact."""

    unit: Unit = RATIO
    whole: bool = False

    def __str__(self) -> str:
        return f"数量（{self.unit}）"


Type = BoolType | DateType | TextType | IdentifierType | EnumType | NumberType

BOOL: Final = BoolType()
DATE: Final = DateType()
TEXT: Final = TextType()
IDENTIFIER: Final = IdentifierType()
MONEY: Final = NumberType(YUAN)
_WHOLE: Final = re.compile(r"-?[0-9]{1,4000}")


def identifier_order(value: str) -> tuple[int, int, str]:
    """Sort key of an identifier: whole numbers by value, then other texts by code point."""
    if _WHOLE.fullmatch(value):
        return (0, int(value), value)
    return (1, 0, value)
