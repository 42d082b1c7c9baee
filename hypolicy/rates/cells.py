"""Cells of a catalogue as people write them: 1,200元 is the number 1200; what might be a person's number is refused."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from hypolicy.check.versions import cell_value
from hypolicy.rules.outcome import fen_text
from hypolicy.rules.types import NumberType
from hypolicy.rules.units import YUAN

if TYPE_CHECKING:
    from hypolicy.rules.tree import Value
    from hypolicy.rules.types import Type

_MONEY: Final = re.compile(r"[¥￥]?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?) ?元?")
# 15 digits are an old number of an identity card, and more than a spreadsheet keeps.
_IDENTITY: Final = re.compile(r"(?<![0-9])[0-9]{15,}[0-9Xx]?(?![0-9])")


def identity_like(text: str) -> bool:
    return _IDENTITY.search(text) is not None


def value_of(text: str, kind: Type) -> tuple[Value, str]:
    """The value of a cell, or a dummy and what is wrong with it."""
    value, problem = cell_value(plain(text, kind), kind)
    if problem and isinstance(kind, NumberType) and kind.unit == YUAN:
        problem = "应为金额，如 1200 或者 1,200元，最多两位小数"
    return value, problem


def plain(text: str, kind: Type) -> str:
    """The text as a file of the policy has it."""
    if not isinstance(kind, NumberType):
        return text
    folded = unicodedata.normalize("NFKC", text)
    if kind.unit == YUAN and (found := _MONEY.fullmatch(folded)):
        digits = found[1].replace(",", "")
        whole, _, decimals = digits.partition(".")
        return digits if len(decimals.rstrip("0")) > 2 else _short(whole, decimals)
    return folded


def _short(whole: str, decimals: str) -> str:
    fen = int(whole) * 100 + int((decimals + "00")[:2])
    return fen_text(fen).removesuffix(".00")
