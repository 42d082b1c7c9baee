"""An explanation as data: the sentences of `rules.narration` and the whole trace behind them, with Chinese keys.

Nothing is ever null: what there is not has no key. Amounts are texts in yuan with two decimals, days are ISO texts,
other numbers texts that are exact, truths are true and false. The keys below stay what they are; new ones may come.

    格式, 版本          「hypolicy 审定说明」, 1
    政策                名称, 文号, 施行期 {起, 止}
    记录                种类, 名称 (of the key), 编号
    改选的口径          sentences, where the run chose other readings
    注                  sentences that hold for all items
    项目                a list, in the order of the policy, of
        补贴项目, 条款, 结果 (准予 | 不予 | 待定 | 不适用), 金额 (only with 准予), 结论 (one sentence)
        依据            clauses
        资金来源, 收款方 {类别, 名称}
        说明            lines {序号, 内容, 条款, 符合, 细节: lines}
        改变办法        lines, only with 不予
        口径            lines
        轨迹            the steps as they were taken, see below

A step of 轨迹 has 类别 (its kind, as in `NAMES`), 结果 or 值 (what it came to; {缺: why} where it came to nothing),
类型, 出处 {条款, 原文}, and its parts. The other parts of 轨迹 have the keys of `KEYS`.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import attrs

from hypolicy.rules import trace
from hypolicy.rules.calendar import Period
from hypolicy.rules.narration import narrate
from hypolicy.rules.operators import Comparison
from hypolicy.rules.outcome import Decision, Status, fen_text
from hypolicy.rules.trace import Absence
from hypolicy.rules.tree import Rolling
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.rules.wording import Line

FORMAT: Final = "hypolicy 审定说明"
VERSION: Final = 1

# What each kind of step is called.
NAMES: Final[dict[type, str]] = {
    trace.Literal: "常数",
    trace.FactRef: "事实",
    trace.ConceptRef: "概念",
    trace.ParameterRef: "参数",
    trace.Lookup: "查表",
    trace.InTable: "在表中",
    trace.Given: "已填写",
    trace.Not: "非",
    trace.All: "同时符合",
    trace.Any: "符合其一",
    trace.Compare: "比较",
    trace.OneOf: "属于",
    trace.InTerm: "在施行期内",
    trace.Within: "在期限内",
    trace.Age: "周岁",
    trace.TermLength: "期限长度",
    trace.Shift: "推算日期",
    trace.Sum: "加减",
    trace.Product: "乘除",
    trace.Extreme: "取大取小",
    trace.ByReading: "按口径",
    trace.Unassessed: "未判断",
}

# What each part of a trace is called.
KEYS: Final[dict[str, str]] = {
    "absent": "没有这一项",
    "allowed": "允许",
    "amendments": "修订",
    "amount": "数额",
    "applicants": "申请方",
    "applies": "适用",
    "asked": "计得",
    "base": "基数",
    "because_of": "因项目",
    "before": "原来",
    "began": "开始日期",
    "birth": "出生日期",
    "body": "定义",
    "cap": "封顶",
    "capped": "封顶后",
    "case": "情形",
    "cases": "各情形",
    "changed": "改选的口径",
    "clause": "条款",
    "column": "列",
    "comparison": "比较词",
    "complete": "已全部查找",
    "condition": "条件",
    "conditions": "各条件",
    "counted": "计入的享受",
    "day": "日期",
    "decision": "审定",
    "decisive": "起决定作用的项数",
    "default": "默认",
    "delegated_to": "委托",
    "denial": "不符称",
    "earlier_batch": "以前批次",
    "equals": "等于",
    "edition": "版",
    "factor": "倍数",
    "factors": "因数",
    "facts": "事实",
    "fall": "所取",
    "fen": "金额",
    "file": "文件",
    "first": "起",
    "free_of": "不受限制",
    "fund": "资金来源",
    "governed": "适用日",
    "governing": "适用日",
    "ground": "依据",
    "holder": "归集",
    "holds": "符合",
    "illustrative": "示例数据",
    "item": "补贴项目",
    "items": "项目",
    "key": "编号",
    "key_name": "键名",
    "key_names": "键名",
    "keys": "键",
    "kind": "种类",
    "labels": "所列",
    "largest": "取较大者",
    "last": "止",
    "least": "不小于",
    "ledger": "台账",
    "left": "左",
    "limit": "限制",
    "link": "连带",
    "mode": "取整方式",
    "most": "不大于",
    "name": "名称",
    "nearest": "最小改变",
    "next_year": "下一年度",
    "notices": "提示",
    "number": "文号",
    "numbers": "文号",
    "operand": "对象",
    "operands": "各项",
    "option": "选项",
    "options": "可以是",
    "others": "其他人员的笔数",
    "outside": "表外",
    "paid": "发给",
    "payable": "应发",
    "payee": "收款方",
    "pending": "待定条件",
    "period": "期间",
    "personal": "个人信息不在查找之列",
    "place": "出处",
    "question": "问题",
    "raised": "上浮后",
    "rate": "比率",
    "reading": "口径",
    "readings": "各口径",
    "reason": "理由",
    "record": "记录",
    "replaced": "本次替换",
    "right": "右",
    "rules": "各限制",
    "shown": "内容",
    "shown_type": "内容类型",
    "spent": "已享受",
    "stacking": "叠加方式",
    "stacking_reading": "叠加口径",
    "start": "起算",
    "table": "表",
    "term": "施行期",
    "terms": "加数",
    "times": "次数",
    "title": "名称",
    "type": "类型",
    "unit": "单位",
    "uplifts": "上浮",
    "value": "值",
    "version": "版本",
    "waits_for": "须先解决",
    "ways": "办法",
    "words": "原文",
    "written": "表中所列",
    "year": "年度",
    "year_name": "年度日期",
}

# Numbers that are fen, and the one that is a count where another of its name is a bound.
_FEN: Final = {trace.EntryUsed: {"fen"}, trace.RunningCapUsed: {"most", "spent", "asked", "paid"}}
_OTHER_KEYS: Final = {
    (trace.AmountUsed, "place"): "取整到",
    (trace.RunningCapUsed, "most"): "限额",
    (trace.Nearest, "most"): "最多改变项数",
    (trace.ItemTrace, "before"): "台账之前",
}


def explanation(told: trace.Trace, item: str | None = None) -> dict[str, Any]:
    """The whole of an explanation as a JSON object."""
    narrative = narrate(told, item)
    spoken = {one.item: one for one in (*narrative.items, *narrative.not_applicable)}
    items = []
    for one in told.items:
        if one.item not in spoken:
            continue
        words = spoken[one.item]
        items.append(
            _without_empty(
                {
                    "补贴项目": one.item,
                    "条款": one.clause,
                    "结果": one.decision.status.value,
                    "金额": _amount(one.decision),
                    "结论": words.headline,
                    "依据": list(one.decision.clauses),
                    "资金来源": one.fund,
                    "收款方": _without_empty({"类别": one.payee.kind, "名称": one.payee.name}),
                    "说明": lines(words.steps, numbered=True),
                    "改变办法": lines(words.ways),
                    "口径": lines(words.readings),
                    "轨迹": encode(one),
                }
            )
        )
    head = {
        "格式": FORMAT,
        "版本": VERSION,
        "政策": _without_empty({"名称": told.title, "文号": told.number, "施行期": encode(told.term)}),
        "记录": {"种类": told.record, "名称": told.key.name, "编号": encode(told.key.value)},
        "改选的口径": list(narrative.changed),
        "项目": items,
        "注": list(narrative.remarks),
    }
    return _without_empty(head)


def lines(told: Sequence[Line], *, numbered: bool = False) -> list[dict[str, Any]]:
    out = []
    for number, line in enumerate(told, start=1):
        one: dict[str, Any] = {"序号": number} if numbered else {}
        one |= {"内容": f"{line.text.rstrip('。')}。", "条款": line.clause, "符合": line.holds}
        out.append(_without_empty(one | {"细节": lines(line.details)}))
    return out


def encode(value: object) -> Any:
    """A part of a trace as JSON; None where there is nothing to say."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return str(value)
        case Fraction():
            return _exact(value)
        case date():
            return value.isoformat()
        case Absence():
            return {"缺": value.value}
        case Comparison():
            return value.quantity_reading
        case Rolling():
            return value.value
        case Enum():
            return value.value if isinstance(value.value, str) else _PLACES[value.name]
        case Period():
            return _without_empty({"起": encode(value.start), "止": encode(value.end)})
        case Decision():
            told = {"结果": value.status.value, "金额": _amount(value), "依据": list(value.clauses)}
            return _without_empty(told)
        case BoolType() | DateType() | TextType() | IdentifierType() | EnumType() | NumberType():
            return str(value)
        case tuple():
            return [encode(one) for one in value]
        case _:
            return _node(value)


def _node(value: Any) -> dict[str, Any]:
    kind = type(value)
    out: dict[str, Any] = {"类别": NAMES[kind]} if kind in NAMES else {}
    for field in attrs.fields(kind):
        part = getattr(value, field.name)
        key = _OTHER_KEYS.get((kind, field.name), KEYS[field.name])
        out[key] = fen_text(part) if field.name in _FEN.get(kind, ()) else encode(part)
    return _without_empty(out)


_PLACES: Final = {"YUAN": "元", "JIAO": "角", "FEN": "分"}


def _exact(number: Fraction) -> str:
    """A decimal where there is one, a fraction otherwise."""
    for places in range(12):
        scaled = number * 10**places
        if scaled.denominator == 1:
            sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled.numerator)).rjust(places + 1, "0")
            whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
            return f"{sign}{whole}.{decimals}" if places else f"{sign}{whole}"
    return f"{number.numerator}/{number.denominator}"


def _amount(decision: Decision) -> str:
    return fen_text(decision.fen) if decision.status is Status.GRANTED else ""


def _without_empty(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if value is not None and value not in ("", [], {})}
