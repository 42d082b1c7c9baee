"""What might have stood where a sentence went wrong, in words of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.syntax.grammar import keywords

if TYPE_CHECKING:
    from collections.abc import Iterable

_DESCRIPTIONS: Final[dict[str, str]] = {
    "WORD": "已声明的词",
    "QNAME": "「名称」",
    "STRING": "“文字”",
    "QUANTITY": "数量",
    "DATE": "日期",
    "CLAUSE": "条款号",
    "COMPARE": "比较词（如“不少于”“超过”）",
    "POSTFIX": "“以上”“以下”",
    "STACKING": "叠加方式（就高、就低、相加、连乘、互斥）",
    "ROUND_TO": "“取整到…”",
    "ROUND_MODE": "“四舍五入”“舍去”“进位”",
    "STATUS": "“不予”“待定”“不适用”",
    "TRANSITION": "“从新”“从旧”“取有利”",
    "RANK": "位阶（如“市级规范性文件”）",
    "STATE": "“草案”“征求意见”“施行”“废止”",
    "ADD": "加减号",
    "MULTIPLY": "乘除号",
    "_STOP": "“。”",
    "_SEMI": "“；”",
    "_COLON": "“：”",
    "_COMMA": "“，”",
    "_MID": "“、”",
    "_LPAR": "“（”",
    "_RPAR": "“）”",
    "_OUTER": "“（1）”",
    "_NEXT_OUTER": "“；（2）”",
    "_INNER": "“①”",
    "_NEXT_INNER": "“；②”",
    "$END": "句末",
}
_MOST_SHOWN: Final = 6


def describe(terminals: Iterable[str]) -> str:
    """The terminals that would have fitted, the most likely first, at most six."""
    spelled = {kind: word for word, kind in keywords().items()}
    present = set(terminals)
    words = [text for kind, text in _DESCRIPTIONS.items() if kind in present]
    words += [f"“{spelled[kind]}”" for kind in sorted(present) if kind in spelled]
    shown = "、".join(words[:_MOST_SHOWN])
    return shown + ("等" if len(words) > _MOST_SHOWN else "")
