"""The forms of sentences, as people read them: what the grammar says, in marks and words of the language."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from hypolicy.syntax.grammar import grammar_file, keywords

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS: Final[dict[str, str]] = {
    "_STOP": "。", "_SEMI": "；", "_COLON": "：", "_COMMA": "，", "_MID": "、", "_LPAR": "（", "_RPAR": "）",
    "_OUTER": "（1）", "_NEXT_OUTER": "；（2）", "_INNER": "①", "_NEXT_INNER": "；②",
    "QNAME": "「名称」", "WORD": "〈词〉", "STRING": "“文字”", "QUANTITY": "〈数量〉", "DATE": "〈日期〉",
    "CLAUSE": "〈条款号〉", "COMPARE": "〈比较词〉", "POSTFIX": "〈以上、以下等〉", "STACKING": "〈叠加方式〉",
    "ROUND_TO": "〈取整到元、角、分〉", "ROUND_MODE": "〈取整方式〉", "STATUS": "〈结果〉", "ADD": "〈加减号〉",
    "MULTIPLY": "〈乘除号〉", "RANK": "〈位阶〉", "STATE": "〈状态〉", "TRANSITION": "〈从新、从旧、取有利〉",
}  # fmt: skip
# Parts that are shown by a word of their own; all others are written out where they are used.
PARTS: Final[dict[str, str]] = {
    "full": "〈条件〉",
    "expr": "〈条件或数量〉",
    "unary": "〈条件〉",
    "conjuncts": "〈条件〉",
    "outer_list": "〈列举〉",
    "inner_list": "〈内层列举〉",
    "item": "〈一项〉",
    "sum": "〈值〉",
    "addend": "〈值〉",
    "atom": "〈值〉",
    "simple_type": "〈类型〉",
    "fact_type": "〈类型或取值〉",
    "fact_attribute": "〈附加说明〉",
    "validity": "〈有效期〉",
    "version": "〈版本〉",
    "column": "〈列〉",
    "entry": "〈行或文件〉",
    "row": "〈行〉",
    "period_kind": "〈期间〉",
    "assumptions": "〈假设〉",
    "assumption": "〈假设〉",
    "results": "〈结果〉",
    "result": "〈结果〉",
    "party": "〈谁〉",
    "members": "〈各项补贴〉",
    "members_option": "〈选项〉",
    "option": "〈选项〉",
    "period_option": "〈选项〉",
    "cell": "〈一格〉",
    "cell_key": "〈键〉",
    "assumed": "〈假设的值〉",
    "clauses": "〈，依据条款号〉",
    "relation": "〈条件〉",
    "disjuncts": "〈条件〉",
    "sum_of": "〈值〉",
    "product_of": "〈值〉",
    "choices": "〈各取值〉",
    "choice": "〈取值〉",
    "denial": "〈，不符称“文字”〉",
    "words_of": "〈某条原文、某条规则或者某块〉",
    "block": "〈块的种类「名称」〉",
    "block_kind": "〈块的种类〉",
    "ledger_kind": "台账",
    "changed_value": "〈数量或者“文件”〉",
}
SECTIONS: Final[dict[str, str]] = {
    "declarations": "声明",
    "amendments": "修订文件",
    "lines": "块中的句",
    "expressions": "条件和数量",
}
_RULE: Final = re.compile(r"^[?!]?(?P<name>[a-z_]+):\s*(?P<body>.*)$")
_TOKEN: Final = re.compile(r"[A-Za-z_]+|[()*+?|]")


@cache
def grammar_rules() -> dict[str, dict[str, list[str]]]:
    """By section of the grammar: each rule with its alternatives, as written."""
    sections: dict[str, dict[str, list[str]]] = {}
    section, name = "", ""
    for line in grammar_file().read_text(encoding="utf-8").splitlines():
        if line.startswith("// ---"):
            section = line.split()[-1]
        found = _RULE.match(line)
        if found and section in SECTIONS:
            name = found["name"]
            sections.setdefault(section, {})[name] = [found["body"]]
        elif line.startswith((" ", "\t")) and section in SECTIONS and name:
            sections[section][name].append(line)
    return {
        title: {rule: list(_alternatives(" ".join(lines))) for rule, lines in rules.items()}
        for title, rules in sections.items()
    }


def _alternatives(body: str) -> Iterator[str]:
    depth, current = 0, ""
    for piece in re.split(r"([()|])", re.sub(r"\s*->\s*\w+", "", body)):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "|" and depth == 0:
            yield current.strip()
            current = ""
        else:
            current += piece
    yield current.strip()


def form(body: str, rules: dict[str, list[str]], inside: tuple[str, ...] = ()) -> str:
    """An alternative of the grammar as people read it: 〔〕 may be left out, … may be repeated."""
    words = {kind: word for word, kind in keywords().items()}
    pieces: list[str] = []
    opened: list[int] = []
    for piece in _TOKEN.findall(body):
        match piece:
            case "(":
                opened.append(len(pieces))
            case ")":
                start = opened.pop()
                pieces[start:] = ["".join(pieces[start:])]
            case "?":
                pieces[-1] = f"〔{pieces[-1]}〕"
            case "*" | "+":
                pieces[-1] = f"〔{pieces[-1]}〕…" if piece == "*" else f"{pieces[-1]}…"
            case "|":
                pieces.append("｜")
            case _ if piece in words:
                pieces.append(words[piece])
            case _ if piece in _MARKS:
                pieces.append(_MARKS[piece])
            case _ if piece in PARTS:
                pieces.append(PARTS[piece])
            case _ if piece in rules and piece not in inside:
                forms = [form(alternative, rules, (*inside, piece)) for alternative in rules[piece]]
                pieces.append("｜".join(forms))
            case _:
                pieces.append(f"〈{piece}〉")
    return "".join(pieces)


# The rules whose alternatives are sentences, or refer to one.
_SENTENCES: Final = ("declaration", "change", "line")


def sentences() -> frozenset[str]:
    """The rules of the grammar that are whole sentences."""
    rules = {name: forms for part in grammar_rules().values() for name, forms in part.items()}
    return frozenset({"heading", *(one for name in _SENTENCES for one in rules[name])} - {"change"})


@cache
def forms_of(keyword: str) -> tuple[str, ...]:
    """The forms of the sentences that begin with a keyword."""
    rules = {name: forms for part in grammar_rules().values() for name, forms in part.items()}
    whole = [form(one, rules, (name,)) for name in rules if name in sentences() for one in rules[name]]
    begins = re.compile(rf"{re.escape(keyword)}(?![\u4e00-\u9fff])")
    return tuple(dict.fromkeys(one for one in whole if begins.match(one)))
