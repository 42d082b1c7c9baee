"""What the lexer cuts: character tables, and the patterns of literals.

Half-width and full-width forms of one mark are one mark. The fold is one to one, so offsets never move; a file is
never normalised as a whole (① would become 1).
"""

from __future__ import annotations

import re
from typing import Final

FULL_WIDTH: Final[dict[str, str]] = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    "\u3000": " ",
    "｡": "。",
}
_FOLD_TABLE: Final = str.maketrans(FULL_WIDTH)
# Names are kept with full-width marks, as the formatter prints them; digits, letters, / and % stay half-width.
_NAME_TABLE: Final = str.maketrans(
    FULL_WIDTH
    | dict(zip("(),:;?!", "（），：；？！", strict=True))
    | {mark: mark for mark in "（），：；？！"}
)

PUNCTUATION: Final[dict[str, str]] = {
    "。": "_STOP",
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

SYMBOL_FOLDS: Final[dict[str, str]] = {">=": "≥", "<=": "≤"}

POSTFIX_WORDS: Final = frozenset({"以上", "以下", "以内", "以外"})
STATUS_WORDS: Final = ("不予", "待定", "不适用", "符合", "不符合")

# These patterns run on folded text: full-width digits and marks are already half-width. Digits of other scripts
# are no digits here, so never \d.
DATE: Final = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
DIGITS: Final = frozenset("0123456789")
DASHED_DATE: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
OUTER_ITEM: Final = re.compile(r"\([ \t]*([0-9]{1,4})[ \t]*\)")
INNER_ITEMS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

NUMERALS: Final = "一二三四五六七八九十百"
CLAUSE: Final = re.compile(
    rf"第[{NUMERALS}]+条(?:第[{NUMERALS}]+款)?(?:第\([{NUMERALS}]+\)项)?"
    rf"|[{NUMERALS}]+(?:\([{NUMERALS}]+\))?[{INNER_ITEMS}]?"
    r"|抬头|前言|末句|附则"
)

_BLANKS: Final = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
SPACE: Final = re.compile(rf"[{_BLANKS}\n\r]+")
INLINE_SPACE: Final = re.compile(rf"[{_BLANKS}]*")

# Characters that change how a text looks without being seen, or that no author types: refused everywhere, in
# comments and names too. Controls, formats and separators of lines (Cc, Cf, Zl, Zp), and letters that are blank.
HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U00013440\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]+"
)


def fold(text: str) -> str:
    """Full-width forms of ASCII marks and digits, one to one; nothing else."""
    return text.translate(_FOLD_TABLE)


def name_form(text: str) -> str:
    """A name as it is kept, whatever the width of its brackets and digits was."""
    return text.strip().translate(_NAME_TABLE)


def balanced(text: str, opening: str, closing: str) -> bool:
    """Whether every opening mark of a text is closed in it, and nothing is closed that is not open."""
    depth = 0
    for char in text:
        depth += (char == opening) - (char == closing)
        if depth < 0:
            return False
    return depth == 0
