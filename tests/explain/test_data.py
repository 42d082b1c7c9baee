"""Values of an explanation as data: exact, never null, in words that programs can rely on."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from hypolicy.rules.calendar import Period
from hypolicy.rules.operators import Comparison
from hypolicy.rules.outcome import Decision, Reason, Status
from hypolicy.rules.rounding import RoundingMode, RoundingPlace
from hypolicy.rules.trace import Absence, FactRef, Place, RuleKind
from hypolicy.rules.trace_json import encode
from hypolicy.rules.tree import PeriodKind, Rolling, Stacking
from hypolicy.rules.types import BOOL, DATE, IDENTIFIER, MONEY, TEXT, EnumType
from hypolicy.rules.wording import period_text, since_text

WHOLE = Period(date(2020, 1, 1), date(2020, 12, 31))
OPEN = Period(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (None, None),
        (True, True),
        ("甲", "甲"),
        (1500, "1500"),
        (Fraction(1500), "1500"),
        (Fraction(-3, 2), "-1.5"),
        (Fraction(1, 20), "0.05"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(101, 100), "1.01"),
        (Fraction(1, 10**11), "0.00000000001"),
        (Fraction(1, 10**12), "1/1000000000000"),
        (Fraction(-2, 3), "-2/3"),
        (date(2020, 3, 1), "2020-03-01"),
        (Absence.NOT_GIVEN, {"缺": "未填"}),
        (Comparison.AT_LEAST, "不少于"),
        (Rolling(12), "每滚动12个月"),
        (PeriodKind.CALENDAR_YEAR, "每自然年"),
        (Stacking.SUM, "相加"),
        (RoundingMode.HALF_UP, "四舍五入"),
        (RoundingPlace.JIAO, "角"),
        (RuleKind.LOWER, "享受较低等级"),
        (WHOLE, {"起": "2020-01-01", "止": "2020-12-31"}),
        (OPEN, {"起": "2020-01-01"}),
        ((1, "甲"), ["1", "甲"]),
        ((BOOL, DATE, TEXT, IDENTIFIER), ["是否", "日期", "文本", "编号"]),
        ((MONEY, EnumType("等级", ("初级",))), ["数量（元）", "枚举「等级」"]),
        (Decision(Status.GRANTED, 5, (), ("一",)), {"结果": "准予", "金额": "0.05", "依据": ["一"]}),
        (Decision(Status.DENIED, 0, (Reason("不符", "一"),), ()), {"结果": "不予"}),
        (
            FactRef("课时", 3, MONEY, Place("一", "课时")),
            {
                "类别": "事实",
                "名称": "课时",
                "值": "3",
                "类型": "数量（元）",
                "出处": {"条款": "一", "原文": "课时"},
            },
        ),
    ],
)
def test_values_as_data(value: Any, data: Any) -> None:
    assert encode(value) == data


def test_periods_in_words() -> None:
    assert period_text(WHOLE) == "2020年1月1日至2020年12月31日"
    assert period_text(OPEN) == "2020年1月1日起"
    assert since_text(OPEN) == "自2020年1月1日起"
    assert since_text(Period(date.min)) == ""
