"""What the lexer cuts: character tables, and the patterns of literals.

Half-width and full-width forms of one mark are one mark. The fold is one to one, so offsets never move; a file is
never normalised as a whole (① would become 1).
"""

from __future__ import annotations

import re
from typing import Final

FULL_WIDTH: Final[dict[str, str]] = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    "\u3000": " "
}

PUNCTUATION: Final[dict[str, str]] = {
    "。": "_STOP",
    "｡": "_STOP",
    ";": "_SEMI",
    ":": "_COLON",
    ",": "_COMMA",
    "、": "_MID",
    "(": "_LPAR",
    ")": "_RPAR",
}

ARITHMETIC: Final[dict[str, str]] = {
    "+": "ADD",
    "-": "ADD",
    "加": "ADD",
    "减": "ADD",
    "×": "MULTIPLY",
    "*": "MULTIPLY",
    "乘以": "MULTIPLY",
    "÷": "MULTIPLY",
    "除以": "MULTIPLY",
}
NEGATIVE_ARITHMETIC: Final = frozenset({"-", "减", "÷", "除以"})

SYMBOL_COMPARISONS: Final = (">=", "<=", "≥", "≤", ">", "<", "=", "≠")
SYMBOL_FOLDS: Final[dict[str, str]] = {">=": "≥", "<=": "≤"}

POSTFIX_WORDS: Final = frozenset({"以上", "以下", "以内", "以外"})
STATUS_WORDS: Final = ("不予", "待定", "不适用", "符合", "不符合")

# These patterns run on folded text: full-width digits and marks are already half-width.
DATE: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
OUTER_ITEM: Final = re.compile(r"\(\s*(\d{1,3})\s*\)")
INNER_ITEMS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_NUMERAL = "[一二三四五六七八九十百]+"
CLAUSE: Final = re.compile(
    rf"第{_NUMERAL}条(?:第{_NUMERAL}款)?(?:第\({_NUMERAL}\)项)?"
    rf"|{_NUMERAL}(?:\({_NUMERAL}\))?[{INNER_ITEMS}]?"
    r"|抬头|前言|末句|附则"
)

SPACE: Final = frozenset(" \t\r\n\v\f")

# Marks that change how a text looks without being seen: refused everywhere, comments included.
INVISIBLE: Final = frozenset(
    chr(code)
    for first, last in (
        (0x00, 0x08),
        (0x0E, 0x1F),
        (0x7F, 0x9F),
        (0xAD, 0xAD),
        (0x061C, 0x061C),
        (0x180E, 0x180E),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFF9, 0xFFFB),
    )
    for code in range(first, last + 1)
)


def fold(text: str) -> str:
    """Full-width forms of ASCII marks and digits, one to one; nothing else."""
    return text.translate(_FOLD_TABLE)


_FOLD_TABLE: Final = str.maketrans(FULL_WIDTH)
