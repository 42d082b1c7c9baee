"""What was probably meant by words that the language does not have."""

from __future__ import annotations

from typing import Final

from hypolicy.syntax.tokens import NUMERALS

_AND: Final = "条件之间用「且」，并列的取值用「、」。"
_INSTEAD: Final[dict[str, str]] = {
    **dict.fromkeys(("和", "与", "及", "以及", "并"), _AND),
    **dict.fromkeys(("并且", "而且", "同时"), "两个条件都要符合，请用「且」。"),
    **dict.fromkeys(("者", "或者", "抑或"), "两个条件符合一个即可，请用「或」。"),
    **dict.fromkeys(("大于", "多过"), "请用「超过」（不含本数）或「不少于」（含本数）。"),
    **dict.fromkeys(("小于", "小过"), "请用「不满」（不含本数）或「不超过」（含本数）。"),
    **dict.fromkeys(("不小于", "最少"), "请用「不少于」（含本数）。"),
    **dict.fromkeys(("不大于", "最多"), "请用「不超过」（含本数）。"),
    **dict.fromkeys(("包括", "包含"), "请用「属于」列出取值。"),
    **dict.fromkeys(("把",), "修改写成「将…由…修改为…。」或者「将…中的“…”修改为“…”。」。"),
    **dict.fromkeys(("改为", "改成", "调整为", "调整到", "提高到", "降低到"), "请用「修改为」。"),
    **dict.fromkeys(("新增", "添加"), "请用「增加」。"),
    **dict.fromkeys(
        ("草稿", "送审稿", "审议稿", "生效"), "状态写「草案」、「征求意见」、「施行」或者「废止」。"
    ),
    **dict.fromkeys(
        ("如果", "若", "当", "则", "那么"), "条件写在「条件：」「适用：」「上浮…：」之后，不用「如果…则…」。"
    ),
}


def hint(word: str) -> str:
    """Advice for an unknown word; empty where there is none."""
    if word[0] in NUMERALS:
        return "数量请用阿拉伯数字，如「3次」。"
    if any(char.isdecimal() for char in word):
        return "数字只能用 0 到 9（全角也可以）。"
    return _INSTEAD.get(word, "")
