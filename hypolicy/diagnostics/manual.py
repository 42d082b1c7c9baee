"""The page on a code: what it says, why, an example with what is then shown, and what to do.

Examples are the smallest of the conformance cases; docs/generate.py writes them to examples.json.
"""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.diagnostics.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.diagnostics.code import Code

EXAMPLES: Final = Path(__file__).with_name("examples.json")

# What stands for the facts that a sentence is filled with; those not named here are shown as …
_FACTS: Final[dict[str, str]] = {
    "amounts": "各种办法的金额",
    "authority": "部门",
    "bound": "限度",
    "browser": "浏览器",
    "case": "用例",
    "cell": "组合",
    "cells": "各组合",
    "chain": "甲 → 乙 → 甲",
    "changes": "改法",
    "character": "字符",
    "column": "列名",
    "columns": "列名",
    "count": "数目",
    "date": "适用日",
    "day": "日期",
    "depth": "层数",
    "digits": "位数",
    "due": "数目",
    "encoding": "编码",
    "enum": "枚举",
    "effective": "施行日",
    "example": "例子",
    "expected": "可写的词",
    "fact": "事实",
    "facts": "事实",
    "fault": "原因",
    "file": "文件",
    "files": "个数",
    "fund": "资金",
    "given": "数目",
    "got": "结果",
    "group": "补贴组",
    "header": "各列",
    "item": "项目",
    "key": "键",
    "keys": "键",
    "label": "取值",
    "labels": "各取值",
    "limit": "上限",
    "line": "行号",
    "missing": "缺少的句",
    "most": "上限",
    "name": "名称",
    "names": "各名称",
    "high": "位阶",
    "low": "位阶",
    "near": "相近的原文",
    "number": "序号",
    "option": "选项",
    "options": "各选项",
    "path": "路径",
    "place": "所改之处",
    "places": "行和列",
    "problem": "问题",
    "reading": "口径",
    "reason": "原因",
    "record": "记录",
    "records": "各记录",
    "row": "行号",
    "rows": "行号",
    "sheet": "工作表",
    "suffixes": "扩展名",
    "start": "起日",
    "end": "止日",
    "type": "类型",
    "unit": "单位",
    "value": "值",
    "word": "词",
    "words": "原文",
}


@frozen
class Example:
    """A piece of a rule file, and what `check` says of it."""

    text: str
    shown: str


def examples() -> dict[str, Example]:
    """By code. Some codes have none: their examples would be too large, or are no text."""
    return {number: Example(**parts) for number, parts in json.loads(EXAMPLES.read_text("utf-8")).items()}


def sentence(text: str) -> str:
    """A sentence of a code, with words in place of what it is filled with."""
    pieces = []
    for literal, fact, _, _ in string.Formatter().parse(text):
        pieces.append(literal)
        if fact is not None:
            pieces.append(f"〈{_FACTS[fact]}〉" if fact in _FACTS else "…")
    return "".join(pieces)


def severity(code: Code) -> str:
    return "警告" if code.warning else "错误"


def as_text(code: Code, example: Example | None) -> str:
    """The page for a terminal."""
    out = [f"{code.number}（{severity(code)}）：{sentence(code.sentence)}"]
    out += [f"{title}：\n{_indented(text)}" for title, text, _ in _parts(code, example)]
    return "\n\n".join(out)


def as_markdown(code: Code, example: Example | None) -> str:
    """The page for the documentation."""
    out = [f"# {code.number}（{severity(code)}）", sentence(code.sentence)]
    for title, text, verbatim in _parts(code, example):
        out += [f"## {title}", f"```text\n{text}\n```" if verbatim else text]
    return "\n\n".join(out)


def _parts(code: Code, example: Example | None) -> Iterator[tuple[str, str, bool]]:
    """Title, text, and whether it must stand as it is."""
    yield "为什么", REASONS[code.number], False
    if example is not None and example.text:
        yield "例如", example.text, True
    if example is not None:
        yield "检查时显示", example.shown, True
    if code.help:
        yield "怎样改", sentence(code.help), False


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.split("\n"))
