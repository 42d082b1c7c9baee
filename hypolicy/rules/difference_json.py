"""A difference as data, with Chinese keys. Nothing is ever null: what there is not has no key.

    格式, 版本          「hypolicy 政策差异」, 1
    修改前, 修改后      名称, 文号, 说明 (which folder or document)
    含义相同            true or false
    改动                a list, in the order of the regulation, of
        类别            a value of `ChangeKind`: 参数, 概念, 补贴 …
        条款, 名称, 内容 (sentences), 原文字, 新文字
        结论            结果不同 | 已证明结果相同 | 无法判断 | 不改变审定结果
        说明            why there is no effect
        影响            a list of
            项目        an item, a check, a computation, 数据校验 or 数据提示
            结论        as above
            原因        what could not be seen through, with 无法判断
            例子        with 结果不同:
                不同之处    结果 | 金额 | 理由 | 依据
                口径        {名称: 选项}, where the default does not show the difference
                记录        a list of {编号, 要点 {事实: 值}, 全部 {事实: 值}}; the last one is told of
                修改前, 修改后, 只作此改
                            结果, 金额, 理由 (a list), 依据 (a list), 说明 (lines, as in 「hypolicy 审定说明」)
                注          a list
        间接影响        items that share a limit with one of these
    改名                a list of {类别, 原名, 新名}
    其他                remarks that change no rule
    数据影响            with --data: 文件, 记录数, 合计, 按项目, 按条款, 按汇总维度 {维度: …},
                        结果变化 (a list of {项目, 原结果, 现结果, 人次}), 示例数据 (tables that are no official data)
        合计 and each of the others has 名称, 原准予, 现准予 (numbers of grants), 原金额, 现金额,
        增加人次, 增加金额, 减少人次, 减少金额

Amounts are texts in yuan with two decimals, days are ISO texts, other numbers texts that are exact, truths are true and
false; a fact that is not given has no key. The keys stay what they are; new ones may come.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from hypolicy.rules.narration import narrate
from hypolicy.rules.outcome import fen_text
from hypolicy.rules.trace import Absence
from hypolicy.rules.trace_json import lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.rules.difference import (
        Change,
        Difference,
        Effect,
        Example,
        Impact,
        Money,
        Outcome,
        Sample,
        Version,
    )
    from hypolicy.rules.trace import Known

FORMAT: Final = "hypolicy 政策差异"
VERSION: Final = 1


def difference_json(told: Difference) -> dict[str, Any]:
    return _filled(
        {
            "格式": FORMAT,
            "版本": VERSION,
            "修改前": _version(told.before),
            "修改后": _version(told.after),
            "含义相同": told.same,
            "改动": [_change(change) for change in told.changes],
            "改名": [
                {"类别": one.kind.value, "原名": one.before, "新名": one.after} for one in told.renamings
            ],
            "其他": list(told.remarks),
            "数据影响": None if told.impact is None else _impact(told.impact),
        }
    )


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, ())}


def _version(version: Version) -> dict[str, Any]:
    return _filled({"名称": version.title, "文号": version.number, "说明": version.note})


def _change(change: Change) -> dict[str, Any]:
    return _filled(
        {
            "类别": change.kind.value,
            "条款": change.clause,
            "名称": change.name,
            "内容": list(change.sentences),
            "原文字": change.before,
            "新文字": change.after,
            "结论": change.verdict.value,
            "说明": change.reason,
            "影响": [_effect(effect) for effect in change.effects],
            "间接影响": list(change.indirect),
        }
    )


def _effect(effect: Effect) -> dict[str, Any]:
    example = effect.example
    return _filled(
        {
            "项目": effect.item,
            "结论": effect.verdict.value,
            "原因": list(effect.unseen),
            "例子": None if example is None else _example(example),
        }
    )


def _example(example: Example) -> dict[str, Any]:
    return _filled(
        {
            "不同之处": example.aspect.value,
            "口径": dict(example.readings),
            "记录": [_sample(record) for record in example.records],
            "修改前": _outcome(example.item, example.before),
            "修改后": _outcome(example.item, example.after),
            "只作此改": None if example.alone is None else _outcome(example.item, example.alone),
            "注": list(example.notes),
        }
    )


def _sample(sample: Sample) -> dict[str, Any]:
    return {"编号": str(sample.key.value), "要点": _facts(sample.facts), "全部": _facts(sample.whole)}


def _facts(facts: Iterable[Known]) -> dict[str, Any]:
    return {known.name: _value(known.value) for known in facts if not isinstance(known.value, Absence)}


def _value(value: Any) -> Any:
    match value:
        case bool():
            return value
        case date():
            return value.isoformat()
        case Fraction():
            return fen_text(int(value * 100)) if (value * 100).denominator == 1 else str(value)
        case _:
            return str(value)


def _outcome(item: str, outcome: Outcome) -> dict[str, Any]:
    told: list[Any] = []
    if outcome.explanation is not None:
        narrative = narrate(outcome.explanation, item)
        told = [line for one in narrative.items for line in lines(one.steps, numbered=True)]
    return _filled(
        {
            "结果": outcome.status,
            "金额": None if outcome.fen is None else fen_text(outcome.fen),
            "理由": list(outcome.reasons),
            "依据": list(outcome.clauses),
            "说明": told,
        }
    )


def _impact(impact: Impact) -> dict[str, Any]:
    return _filled(
        {
            "文件": impact.file,
            "记录数": impact.records,
            "合计": _money(impact.total),
            "按项目": [_money(one) for one in impact.items],
            "按条款": [_money(one) for one in impact.clauses],
            "按汇总维度": {name: [_money(one) for one in rows] for name, rows in impact.dimensions},
            "结果变化": [
                {"项目": move.item, "原结果": move.before, "现结果": move.after, "人次": move.count}
                for move in impact.moves
            ],
            "示例数据": list(impact.illustrative),
        }
    )


def _money(money: Money) -> dict[str, Any]:
    return {
        "名称": money.name,
        "原准予": money.before_count,
        "现准予": money.after_count,
        "原金额": fen_text(money.before),
        "现金额": fen_text(money.after),
        "增加人次": money.more,
        "增加金额": fen_text(money.more_by),
        "减少人次": money.less,
        "减少金额": fen_text(money.less_by),
    }
