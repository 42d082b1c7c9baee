"""What a missing fact leaves open, and what it does not: whatever is decided without it stays so when it is known."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from exact.small import Small, benefit, written
from explain.samples import READINGS, policy, rows

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.outcome import Decision, Settings, Status

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 200
BLANKS = 6
COMPLETIONS = 5


def missing(small: Small, **facts: object) -> str:
    return small.result(complete=False, **facts)


# --- the table of three values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "facts", "result"),
    [
        ("困难且移民", {"困难": ..., "移民": False}, "不予：不满足：移民"),
        ("困难且移民", {"困难": False, "移民": ...}, "不予：不满足：困难"),
        ("困难且移民", {"困难": ..., "移民": True}, "待定：缺少事实「困难」"),
        ("困难或移民", {"困难": ..., "移民": True}, "准予100.00"),
        ("困难或移民", {"困难": True, "移民": ...}, "准予100.00"),
        ("困难或移民", {"困难": ..., "移民": False}, "待定：缺少事实「困难」"),
        ("困难或移民", {"困难": ..., "移民": ...}, "待定：缺少事实「困难」"),
        ("非（困难且移民）", {"困难": ..., "移民": False}, "准予100.00"),
        ("非（困难或移民）", {"困难": ..., "移民": True}, "不予：不满足：非（困难或移民）"),
        ("（困难且移民）或类型为甲类", {"困难": ..., "移民": True}, "准予100.00"),
        # Absence is an answer for an optional fact, and its guard still guards.
        (
            "有备案日期，且备案日期不晚于开班日期",
            {"备案日期": ..., "开班日期": ...},
            "不予：不满足：有备案日期",
        ),
        ("没有备案日期或备案日期不晚于开班日期", {"备案日期": ..., "开班日期": ...}, "准予100.00"),
        ("移民，且有备案日期", {"移民": ..., "备案日期": ...}, "不予：不满足：有备案日期"),
        # What cannot be worked out because a fact is missing might come out either way.
        ("非（困难且天数÷课时超过1天/课时）", {"困难": ..., "课时": 0}, "待定：缺少事实「困难」"),
        ("非（天数÷课时超过1天/课时且困难）", {"困难": ..., "课时": 0}, "不予：计算时除数为零"),
    ],
)
def test_a_condition_holds_or_fails_where_the_facts_that_are_given_settle_it(
    tmp_path: Path, condition: str, facts: dict[str, Any], result: str
) -> None:
    small = written(tmp_path, benefit(f"条件：{condition}。", "金额：100元。"))
    assert missing(small, **facts) == result


def test_a_condition_that_fails_decides_and_what_is_open_is_no_reason(tmp_path: Path) -> None:
    small = written(tmp_path, benefit("条件：困难，且移民，且天数超过3天。", "金额：100元。"))
    assert missing(small, 困难=..., 移民=False, 天数=1) == "不予：不满足：移民；不满足：天数超过3天"
    assert missing(small, 困难=..., 移民=True, 天数=...) == "待定：缺少事实「困难」"


def test_every_case_must_fail_for_a_denial(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        benefit(
            "情形「一」：条件：困难，且类型为甲类；金额：学费。",
            "情形「二」：条件：移民，且类型为乙类；金额：200元。",
            "其余不予。",
        ),
    )
    one_fails = "情形「一」：不满足：困难；情形「二」：不满足：类型为乙类"
    assert missing(small, 困难=False, 移民=..., 类型="甲类") == f"不予：{one_fails}"
    assert missing(small, 困难=..., 移民=False, 类型="甲类") == "待定：缺少事实「困难」"
    assert missing(small, 困难=True, 移民=True, 类型=...) == "待定：缺少事实「类型」"
    assert missing(small, 困难=True, 移民=..., 学费=...) == "待定：缺少事实「学费」"
    assert missing(small, 困难=True, 移民=..., 学费=30) == "准予30.00"


def test_the_governing_date_is_missed_only_by_what_needs_it(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        "参数「标准」：自2020年1月1日起20元/天；自2021年1月1日起30元/天。",
        benefit("条件：发证日期在施行期内，且困难，且标准不超过25元/天。", "金额：标准×天数。"),
    )
    assert missing(small, 困难=True) == "准予100.00"
    assert missing(small, 困难=False, 发证日期=...) == "不予：不满足：困难"
    assert missing(small, 困难=True, 发证日期=...) == "待定：缺少事实「发证日期」"


def test_gates_come_first_whatever_fails(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        "待定条件「另案」：适用于甲补贴：移民，依据“另有规定”。",
        benefit("适用：类型为甲类。", "条件：困难。", "金额：100元。"),
    )
    assert missing(small, 移民=..., 困难=False) == "待定：缺少事实「移民」"
    assert missing(small, 类型=..., 困难=False) == "待定：缺少事实「类型」"
    assert missing(small, 类型="乙类", 移民=...) == "不适用"


# --- the promise -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(len(READINGS)))
def test_what_is_decided_without_a_fact_is_decided_so_whatever_the_fact_is(number: int) -> None:
    """Records of the regulation with some facts blanked, against the same records with any values instead."""
    settings, random = Settings(READINGS[number]), Random(number)
    open_, closed = Evaluator(policy(), settings, complete=False), Evaluator(policy(), settings)
    kind = policy().records[0]
    required = [fact.index for fact in kind.facts if not fact.optional and fact is not kind.key]
    sample = rows(SIZE, 5)
    settled = 0
    for record in sample:
        blanks = random.sample(required, random.randint(1, BLANKS))
        blanked = [None if index in blanks else value for index, value in enumerate(record)]
        [without] = open_.before_ledger([blanked], kind.name)
        others = [record, *random.sample(sample, COMPLETIONS)]
        completions = [
            [other[index] if index in blanks else value for index, value in enumerate(record)]
            for other in others
        ]
        for decisions in closed.before_ledger(completions, kind.name):
            for decision, known in zip(without, decisions, strict=True):
                settled += agrees(decision, known)
    assert settled > SIZE * len(policy().benefits)


def agrees(without: Decision, known: Decision) -> bool:
    """Whether anything was decided; it must then be what comes out when everything is known."""
    if without.status is Status.PENDING and without.reason_text.startswith("缺少事实"):
        return False
    assert (without.status, without.fen) == (known.status, known.fen)
    # A denial may gain reasons, and lose those of its cases to an earlier one.
    if without.status is not Status.DENIED:
        assert without.reasons == known.reasons
    return True


# --- what nobody has been asked yet ----------------------------------------------------------------------------


def unanswered(small: Small, **facts: object) -> str:
    return small.result(complete=False, **{name: UNANSWERED if v is ... else v for name, v in facts.items()})


def test_of_an_optional_fact_absence_is_an_answer_and_no_answer_is_none(tmp_path: Path) -> None:
    small = written(tmp_path, benefit("条件：没有备案日期或备案日期不晚于开班日期。", "金额：100元。"))
    assert unanswered(small, 备案日期=None) == "准予100.00"
    assert unanswered(small, 备案日期=...) == "待定：缺少事实「备案日期」"


def test_what_is_settled_without_it_needs_no_answer(tmp_path: Path) -> None:
    small = written(tmp_path, benefit("条件：移民，且有备案日期。", "金额：100元。"))
    assert unanswered(small, 移民=False, 备案日期=...) == "不予：不满足：移民"
    assert unanswered(small, 移民=True, 备案日期=...) == "待定：缺少事实「备案日期」"
