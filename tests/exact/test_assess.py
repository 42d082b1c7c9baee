"""One benefit on one record, before the ledger."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from exact.small import RECORD, WORDS, Small, benefit, day, reading, records, written

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.rules.calendar import Period
from hypolicy.rules.outcome import Status
from hypolicy.rules.tree import TableVersion

if TYPE_CHECKING:
    from pathlib import Path

TERM = "共同条件「期」：适用于甲补贴：发证日期在施行期内，不符称“期限外”。"


# --- applies, conditions, reasons ---------------------------------------------------------------------------


def test_what_does_not_apply_is_not_refused(tmp_path: Path) -> None:
    small = written(tmp_path, benefit("适用：类型为甲类。", "条件：困难。", "金额：100元。"))
    assert small.result(类型="乙类", 困难=False) == "不适用"
    assert small.result(困难=False) == "不予：不满足：困难"
    assert small.result(困难=True) == "准予100.00"


def test_every_failing_condition_is_a_reason_in_the_order_of_writing(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        "概念「贫困户」：困难，不符称“非贫困户”。",
        "概念「搬迁户」：移民。",
        benefit("条件：贫困户，且搬迁户，且非（天数超过9天），且等级不为初级。", "金额：100元。"),
    )
    assert small.result(天数=10, 等级="初级") == (
        "不予：非贫困户；不符合「搬迁户」；不满足：非（天数超过9天）；不满足：等级不为初级"
    )
    assert small.result(困难=True, 天数=10) == "不予：不符合「搬迁户」；不满足：非（天数超过9天）"
    assert small.result(困难=True, 移民=True) == "准予100.00"


def test_a_condition_that_cannot_be_assessed_gives_no_reason(tmp_path: Path) -> None:
    """Nobody is told that a filing came too late when there was none at all."""
    small = written(
        tmp_path,
        "概念「备过案」：有备案日期，不符称“未备案”。",
        "概念「按时」：备案日期不晚于开班日期，不符称“备案迟”。",
        benefit("条件：备过案，且按时，且困难。", "金额：100元。"),
    )
    assert small.result(备案日期=None, 困难=True) == "不予：未备案"
    assert small.result(备案日期=None) == "不予：未备案；不满足：困难"
    assert small.result(备案日期=day("2020-03-02"), 困难=True) == "不予：备案迟"
    assert small.result(备案日期=day("2020-03-01"), 困难=True) == "准予100.00"


def test_what_relies_on_a_condition_that_was_not_assessed_is_not_assessed_either(tmp_path: Path) -> None:
    words = WORDS + "事实「复核日期」：日期，可空。\n"
    small = written(
        tmp_path,
        "概念「备过案」：有备案日期，不符称“未备案”。",
        "概念「复核过」：有复核日期，且复核日期不早于备案日期，不符称“未复核”。",
        "概念「复核不久」：自复核日期起至发证日期止不超过3个月，不符称“复核太久”。",
        benefit("条件：备过案，且复核过，且复核不久。", "金额：100元。"),
        words=words,
    )
    assert small.result(备案日期=None) == "不予：未备案"
    assert small.result(复核日期=None) == "不予：未复核"
    assert small.result(复核日期=day("2020-03-01")) == "不予：复核太久"
    assert small.result(复核日期=day("2020-03-02")) == "准予100.00"


def test_a_missing_row_is_a_reason_of_the_condition_that_asked_for_it(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        TERM,
        "表「学时」（工种、等级）的「上限」（整数「课时」）：焊工、中级20课时。",
        benefit("条件：课时不超过学时（工种、等级）的上限，且困难。", "金额：100元。"),
    )
    assert small.result(困难=True) == "准予100.00"
    assert small.result(等级="高级") == "不予：「学时」中没有这一行（焊工、高级）；不满足：困难"


def test_a_missing_row_denies_the_case_whose_amount_asked_for_it(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        TERM,
        "表「标准」（工种、等级）：焊工、中级100元。",
        benefit(
            "情形「目录内」：条件：困难；金额：标准（工种、等级）。",
            "情形「目录外」：条件：非困难；金额：50元。",
        ),
    )
    assert small.result(困难=True) == "准予100.00"
    assert small.result(困难=True, 工种="电工") == (
        "不予：情形「目录内」：「标准」中没有这一行（电工、中级）；情形「目录外」：不满足：非困难"
    )
    assert small.result(工种="电工") == "准予50.00"


def test_a_missing_row_that_an_uplift_asks_for_is_left_open(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        TERM,
        "表「学时」（工种、等级）的「上限」（整数「课时」）：焊工、中级20课时。",
        benefit("金额：100元。", "上浮50%：课时超过学时（工种、等级）的上限。"),
    )
    assert small.result(课时=20) == "准予100.00"
    assert small.result(课时=21) == "准予150.00"
    assert small.result(等级="高级") == "待定：「学时」中没有这一行（焊工、高级）"


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        (("条件：困难。", "金额：学费×课时÷课时。"), "不予：计算时除数为零"),
        (("条件：天数÷课时超过0.5，且困难。", "金额：100元。"), "不予：计算时除数为零"),
        (("适用：天数÷课时超过0.5。", "金额：100元。"), "待定：计算时除数为零"),
        (("金额：100元。", "上浮50%：天数÷课时超过0.5。"), "待定：计算时除数为零"),
    ],
)
def test_nothing_is_divided_by_zero(tmp_path: Path, lines: tuple[str, ...], result: str) -> None:
    words = WORDS.replace("整数「课时」", "整数「天」")
    small = written(tmp_path, benefit(*lines, "取整到分，四舍五入。"), words=words)
    assert small.result(课时=0, 困难=True, 学费=Fraction(90)) == result
    assert small.result(课时=10, 困难=True, 学费=Fraction(90)).startswith(("准予", "不予：不满足", "不适用"))


# --- what is not known --------------------------------------------------------------------------------------


def missing(small: Small, **facts: object) -> str:
    return small.result(complete=False, **facts)


def test_a_missing_fact_leaves_the_item_open_and_is_named(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        "待定条件「另案」：适用于甲补贴：移民，依据“另有规定”。",
        benefit(
            "适用：类型为甲类。",
            "情形「短」：条件：天数不超过9天；金额：20元/天×天数。",
            "情形「长」：条件：天数超过9天；金额：学费。",
            "上浮50%：困难。",
            "取整到分，四舍五入。",
        ),
    )
    assert missing(small) == "准予100.00"
    for fact in ("类型", "移民", "天数", "困难"):
        assert missing(small, **{fact: ...}) == f"待定：缺少事实「{fact}」"
    assert missing(small, 天数=10, 学费=...) == "待定：缺少事实「学费」"


def test_a_fact_that_nothing_asks_for_may_be_missing(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        benefit("适用：类型为甲类。", "条件：困难或移民。", "金额：20元/天×天数。"),
        ledger="",
    )
    assert missing(small, 困难=True, 移民=..., 课时=..., 工种=...) == "准予100.00"
    assert missing(small, 类型="乙类", 困难=..., 天数=...) == "不适用"


def test_not_given_is_an_answer_for_an_optional_fact(tmp_path: Path) -> None:
    small = written(tmp_path, benefit("条件：没有备案日期。", "金额：100元。"))
    assert missing(small, 备案日期=...) == "准予100.00"
    assert missing(small) == "不予：不满足：没有备案日期"


def test_missing_is_never_zero(tmp_path: Path) -> None:
    small = written(tmp_path, benefit("金额：20元/天×天数。"))
    assert missing(small, 天数=...) == "待定：缺少事实「天数」"
    assert missing(small, 天数=0) == "不予：计得金额不大于零"


# --- gates and delegation -----------------------------------------------------------------------------------


def test_pending_gates_come_before_conditions_and_after_what_does_not_apply(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        "待定条件「另案」：适用于甲补贴：移民，依据“另有规定”。",
        benefit("适用：类型为甲类。", "条件：困难。", "金额：100元。"),
    )
    assert small.result(移民=True, 困难=False) == "待定：另案：另有规定"
    assert small.result(移民=True, 类型="乙类") == "不适用"
    assert small.result(困难=True) == "准予100.00"


def test_common_conditions_are_conditions_of_each_item_of_their_group(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        "补贴组「两项」：甲补贴、乙补贴。",
        "六（一）。",
        "共同条件「期」：适用于两项：发证日期在施行期内，不符称“期限外”。",
        benefit("金额：100元。"),
        benefit("金额：50元。").replace("甲补贴", "乙补贴"),
        benefit("金额：10元。").replace("甲补贴", "丙补贴"),
    )
    late = [RECORD | {"发证日期": day("2023-01-01")}]
    assert [small.results(late, item) for item in small.items] == [
        ["不予：期限外"],
        ["不予：期限外"],
        ["准予10.00"],
    ]
    assert small.decisions(late)[0].clauses == ("六（一）",)


def test_the_term_includes_both_its_days(tmp_path: Path) -> None:
    small = written(tmp_path, TERM, benefit("金额：100元。"))
    results = [
        small.result(发证日期=day(text)) for text in ("2019-12-31", "2020-01-01", "2022-12-31", "2023-01-01")
    ]
    assert results == ["不予：期限外", "准予100.00", "准予100.00", "不予：期限外"]


def test_gates_follow_the_group_that_a_reading_chooses(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        reading("范围", "两项", "一项"),
        "补贴组「所及」：按口径「范围」：「两项」指甲补贴、乙补贴；「一项」指乙补贴。",
        "共同条件「贫困」：适用于所及：困难，不符称“非贫困”。",
        "待定条件「另案」：适用于所及：移民，依据“另有规定”。",
        benefit("金额：100元。"),
        benefit("金额：50元。").replace("甲补贴", "乙补贴"),
    )
    for readings, poor, case in (
        ({}, "不予：非贫困", "待定：另案：另有规定"),
        ({"范围": "一项"}, "准予100.00", "准予100.00"),
    ):
        assert small.results(records({}), "甲补贴", readings=readings) == [poor]
        assert small.results(records({"移民": True}), "甲补贴", readings=readings) == [case]
        assert small.results(records({}), "乙补贴", readings=readings) == ["不予：非贫困"]


def test_a_delegated_item_is_open_where_it_applies(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        "八（四）。",
        "补贴「甲补贴」：\n  发给：本人。\n  适用：类型为甲类。\n  委托：“按省里的文件执行”。",
    )
    assert small.result() == "待定：委托：按省里的文件执行"
    assert small.result(类型="乙类") == "不适用"
    [decision] = small.decisions(records({}))
    assert (decision.fen, decision.clauses) == (0, ("八（四）",))


# --- cases, uplifts, caps, rounding -------------------------------------------------------------------------

CASES = benefit("情形「一」：条件：困难；金额：学费。", "情形「二」：条件：移民；金额：100元。")


def test_two_cases_that_hold_with_one_amount_are_one(tmp_path: Path) -> None:
    small = written(tmp_path, CASES, proved=False)
    assert small.result(困难=True, 移民=True, 学费=Fraction(100)) == "准予100.00"


def test_two_cases_that_hold_with_different_amounts_are_left_open(tmp_path: Path) -> None:
    small = written(tmp_path, CASES, proved=False)
    assert small.result(困难=True, 移民=True, 学费=Fraction(99)) == (
        "待定：情形「一」、「二」同时成立，没有规定取哪一个"
    )
    assert small.result(困难=True, 学费=Fraction(99)) == "准予99.00"
    assert small.result() == "不予：情形「一」：不满足：困难；情形「二」：不满足：移民"


@pytest.mark.parametrize(
    ("stacking", "result"),
    [
        ("就高", "准予170.00"),
        ("就低", "准予150.00"),
        ("相加", "准予220.00"),
        ("连乘", "准予255.00"),
        ("互斥", "待定：上浮70%、上浮50%互斥而同时成立"),
    ],
)
def test_uplifts_stack_as_the_policy_says(tmp_path: Path, stacking: str, result: str) -> None:
    lines = ("金额：100元。", "上浮70%：困难。", "上浮50%：移民。")
    small = written(
        tmp_path, benefit(*lines, f"叠加方式：{stacking}。", "取整到分，四舍五入。"), proved=False
    )
    assert small.result() == "准予100.00"
    assert small.result(困难=True) == "准予170.00"
    assert small.result(移民=True) == "准予150.00"
    assert small.result(困难=True, 移民=True) == result


def test_uplifts_stack_as_a_reading_says(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        reading("叠加", "就高", "相加", "互斥"),
        benefit("金额：100元。", "上浮70%：困难。", "上浮50%：移民。", "叠加方式：按口径「叠加」。"),
        proved=False,
    )
    both = records({"困难": True, "移民": True})
    for option, result in {
        "就高": "准予170.00",
        "相加": "准予220.00",
        "互斥": "待定：上浮70%、上浮50%互斥而同时成立",
    }.items():
        assert small.results(both, readings={"叠加": option}) == [result]


def test_the_base_is_raised_then_capped_then_rounded(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        benefit("金额：学费÷3。", "上浮50%：困难。", "封顶：每人每次不超过100.50元。", "取整到元，舍去。"),
    )
    assert small.result(学费=Fraction(200)) == "准予66.00"  # 66.67
    assert small.result(学费=Fraction(200), 困难=True) == "准予100.00"  # exactly 100: rounding first gives 99
    assert small.result(学费=Fraction(400)) == "准予100.00"  # 133.33, at most 100.50, then whole yuan
    [decision] = small.decisions([RECORD | {"学费": Fraction(400), "困难": True}])
    assert decision.reason_text == "上浮50%，封顶"


@pytest.mark.parametrize(
    ("rounding", "result"),
    [
        ("取整到分，四舍五入。", "准予33.35"),
        ("取整到分，舍去。", "准予33.34"),
        ("取整到角，四舍五入。", "准予33.30"),
        ("取整到角，进位。", "准予33.40"),
        ("取整到元，四舍五入。", "准予33.00"),
        ("取整到元，进位。", "准予34.00"),
    ],
)
def test_an_amount_is_rounded_as_it_is_written(tmp_path: Path, rounding: str, result: str) -> None:
    small = written(tmp_path, benefit("金额：学费÷4。", rounding))
    assert small.result(学费=Fraction("133.38")) == result  # 33.345, a tie of fen


@pytest.mark.parametrize("fee", ["0", "99.99", "100", "100.004"])
def test_nothing_is_granted_unless_it_is_more_than_nothing(tmp_path: Path, fee: str) -> None:
    small = written(tmp_path, benefit("金额：学费-100元。", "取整到分，四舍五入。"))
    assert small.result(学费=Fraction(fee)) == "不予：计得金额不大于零"
    assert small.result(学费=Fraction("100.005")) == "准予0.01"


def test_sums_and_the_smaller_and_the_larger(tmp_path: Path) -> None:
    small = written(
        tmp_path, benefit("金额：较小者（学费、20元/天×天数、500元）+较大者（课时×5元/课时、60元）-10元。")
    )
    assert small.result(学费=Fraction("99.99"), 课时=11) == "准予149.99"
    assert small.result(学费=Fraction(1000), 天数=4, 课时=30) == "准予220.00"
    assert small.result(学费=Fraction(1000), 天数=40, 课时=13) == "准予555.00"


# --- versions by date ---------------------------------------------------------------------------------------

PARAMETER = "参数「日标准」：自2020年1月1日起20元/天；自2021年7月1日起30元/天，依据“新文件”。"


def test_the_governing_date_chooses_the_version_of_a_parameter(tmp_path: Path) -> None:
    small = written(tmp_path, TERM, PARAMETER, benefit("金额：日标准×天数。"))
    results = {
        text: small.result(发证日期=day(text))
        for text in ("2020-01-01", "2021-06-30", "2021-07-01", "2022-12-31")
    }
    assert list(results.values()) == ["准予100.00", "准予100.00", "准予150.00", "准予150.00"]


def test_a_value_that_the_run_sets_holds_on_every_day(tmp_path: Path) -> None:
    small = written(tmp_path, TERM, PARAMETER, benefit("金额：日标准×天数。"))
    days = [{"发证日期": day("2020-06-01")}, {"发证日期": day("2022-06-01")}]
    assert small.results(records(*days), parameters={"日标准": Fraction(7)}) == ["准予35.00", "准予35.00"]


def test_an_item_may_have_a_governing_date_of_its_own(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        PARAMETER,
        "共同条件「期」：适用于甲补贴：开班日期在施行期内，不符称“期限外”。",
        benefit("适用日：开班日期。", "金额：日标准×天数。"),
    )
    assert small.result(开班日期=day("2021-06-30"), 发证日期=day("2022-06-01")) == "准予100.00"
    assert small.result(开班日期=day("2021-07-01"), 发证日期=day("2020-06-01")) == "准予150.00"


def versions(tmp_path: Path) -> Small:
    texts = []
    for number, (start, row) in enumerate(
        (
            ("2020年1月1日", "焊工,中级,100"),
            ("2021年7月1日", "焊工,中级,120"),
            ("2022年1月1日", "电工,中级,90"),
        )
    ):
        (tmp_path / f"{number}.csv").write_text(f"工种,等级,标准额\n{row}\n", encoding="utf-8")
        texts.append(f"自{start}起取自“{number}.csv”")
    return written(
        tmp_path,
        TERM,
        f"表「标准」（工种、等级）的「标准额」（金额）：{'；'.join(texts)}。",
        benefit("条件：工种在标准中。", "金额：标准（工种、等级）的标准额。"),
    )


def test_the_governing_date_chooses_the_version_of_a_table(tmp_path: Path) -> None:
    small = versions(tmp_path)
    by_day = {
        "2020-01-01": "准予100.00",
        "2021-06-30": "准予100.00",
        "2021-07-01": "准予120.00",
        "2021-12-31": "准予120.00",
        "2022-01-01": "不予：不满足：工种在标准中",
    }
    for text, result in by_day.items():
        assert small.result(发证日期=day(text)) == result
    assert small.result(工种="电工") == "不予：不满足：工种在标准中"
    assert small.result(工种="电工", 发证日期=day("2022-01-01")) == "准予90.00"


def test_a_table_that_the_run_gives_holds_on_every_day(tmp_path: Path) -> None:
    small = versions(tmp_path)
    table = TableVersion(Period(date.min), {("车工", "中级"): (Fraction("77.5"),)})
    days = [{"工种": "车工", "发证日期": day(text)} for text in ("2020-01-01", "2022-12-31")]
    got = small.results(records(*days, {}), tables={"标准": (table,)})
    assert got == ["准予77.50", "准予77.50", "不予：不满足：工种在标准中"]


# --- conditions, word by word -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("等级不低于中级", {"等级": ("初级", "中级", "高级")}, [False, True, True]),
        ("等级高于中级", {"等级": ("初级", "中级", "高级")}, [False, False, True]),
        ("等级属于初级、高级", {"等级": ("初级", "中级", "高级")}, [True, False, True]),
        ("等级不属于初级、高级", {"等级": ("初级", "中级", "高级")}, [False, True, False]),
        ("课时为10课时以上", {"课时": (9, 10, 11)}, [False, True, True]),
        ("课时不满10课时", {"课时": (9, 10, 11)}, [True, False, False]),
        ("企业为“E1”", {"企业": ("E1", "e1", "E2")}, [True, False, False]),
        ("困难为否", {"困难": (True, False)}, [False, True]),
        ("学费超过99.99元", {"学费": (Fraction("99.99"), Fraction(100))}, [False, True]),
    ],
)
def test_comparisons(
    tmp_path: Path, condition: str, facts: dict[str, tuple[object, ...]], expected: list[bool]
) -> None:
    small = written(tmp_path, benefit(f"条件：{condition}。", "金额：100元。"))
    [(fact, values)] = facts.items()
    assert [small.result(**{fact: value}) == "准予100.00" for value in values] == expected


@pytest.mark.parametrize(
    ("term", "last_days", "expected"),
    [
        ("不少于12个月", ("2021-02-27", "2021-02-28", "2021-03-01"), [False, True, True]),
        ("超过12个月", ("2021-02-27", "2021-02-28", "2021-03-01"), [False, False, True]),
        ("不超过1年", ("2021-02-27", "2021-02-28", "2021-03-01"), [True, True, False]),
        ("不满1年", ("2021-02-27", "2021-02-28", "2021-03-01"), [True, False, False]),
        ("不少于30天", ("2020-03-29", "2020-03-30", "2020-03-31"), [False, True, True]),
        ("不超过30天", ("2020-03-29", "2020-03-30", "2020-03-31"), [True, True, False]),
    ],
)
def test_terms_include_both_their_days(
    tmp_path: Path, term: str, last_days: tuple[str, ...], expected: list[bool]
) -> None:
    small = written(tmp_path, benefit(f"条件：自开班日期起至发证日期止{term}。", "金额：100元。"))
    got = [small.result(开班日期=day("2020-03-01"), 发证日期=day(last)) == "准予100.00" for last in last_days]
    assert got == expected


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        (
            "发证日期在开班日期起3个月内",
            ("2020-02-29", "2020-03-01", "2020-06-01", "2020-06-02"),
            [0, 1, 1, 0],
        ),
        ("发证日期在开班日期起10天内", ("2020-03-01", "2020-03-11", "2020-03-12"), [1, 1, 0]),
        ("周岁数（备案日期、发证日期）不少于1", ("2021-01-31", "2021-02-01", "2021-02-02"), [0, 1, 1]),
    ],
)
def test_deadlines_and_ages(
    tmp_path: Path, condition: str, facts: tuple[str, ...], expected: list[int]
) -> None:
    small = written(
        tmp_path,
        benefit(
            f"条件：有备案日期，且{condition}周岁。" if "周岁" in condition else f"条件：{condition}。",
            "金额：100元。",
        ),
    )
    assert [small.result(发证日期=day(last)) == "准予100.00" for last in facts] == [bool(e) for e in expected]


RATE = "参数「上浮率」：由“市政府”规定，不超过70%。"


def test_a_parameter_that_its_authority_has_not_fixed_leaves_open_what_needs_it(tmp_path: Path) -> None:
    small = written(
        tmp_path, TERM, RATE, benefit("金额：100元。", "上浮上浮率：困难。", "取整到分，四舍五入。")
    )
    assert small.result() == "准予100.00"
    assert small.result(困难=True) == "待定：参数「上浮率」要由市政府规定，还没有规定"
    assert small.results(records({"困难": True}), parameters={"上浮率": Fraction(3, 10)}) == ["准予130.00"]


def test_records_of_another_kind_are_none_of_an_items_business(tmp_path: Path) -> None:
    words = WORDS + "记录「年报」：以年份为键。\n事实「年份」：编号。\n事实「总额」：金额。\n"
    small = written(tmp_path, benefit("金额：20元/天×天数。"), words=words)
    decided = Evaluator(small.policy).decide([["2020", Fraction(5)]], record="年报")
    assert [[decision.status for decision in row] for row in decided.rows] == [[Status.NOT_APPLICABLE]]
    assert list(decided.granted) == []


def test_a_benefit_of_a_policy_without_a_ledger_is_paid_each_time(tmp_path: Path) -> None:
    small = written(tmp_path, benefit("金额：100元。"), ledger="")
    decided = small.decide(records({}, {}, {}))
    assert [row[0].fen for row in decided.rows] == [10000] * 3
    assert list(decided.granted) == []
