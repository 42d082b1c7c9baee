"""What would have to be otherwise, in words: one fact, several ways, and no way at all."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from hypolicy.rules.nearest_words import change_text, nearest_lines
from hypolicy.rules.trace import Absence, Change, Nearest
from hypolicy.rules.types import BOOL, DATE, MONEY, TEXT, EnumType, NumberType
from hypolicy.rules.units import DAY

NONE = Absence.NOT_GIVEN
LEVELS = EnumType("等级", ("初级", "中级", "高级"), ordered=True)
DAYS = NumberType(DAY, whole=True)
MARCH, APRIL, JUNE = date(2020, 3, 1), date(2020, 4, 1), date(2020, 6, 1)


def change(name: str, kind: Any, before: Any, *options: Any, **more: Any) -> Change:
    return Change(name, kind, before, options, **more)


CHANGES: list[tuple[Change, str]] = [
    (change("退役军人", BOOL, False, True), "是退役军人"),
    (change("已享受", BOOL, True, False), "没有享受"),
    (change("等级", LEVELS, "初级", "中级"), "等级为中级（现在是初级）"),
    (change("等级", LEVELS, NONE, "中级", "高级"), "等级为中级或者高级"),
    (change("等级", LEVELS, "初级", "中级", NONE), "等级为中级，或者没有等级（现在是初级）"),
    (change("工种", TEXT, "甲", NONE), "没有工种（现在是甲）"),
    (change("工种", TEXT, "甲", *"乙丙丁戊己庚"), "工种为乙、丙、丁、戊、己或者庚（现在是甲）"),
    (change("工种", TEXT, "甲", *"乙丙丁戊己庚辛"), "工种为乙、丙、丁等7种之一（现在是甲）"),
    (
        change("工种", TEXT, "甲", *"乙丙丁戊己庚辛", table="目录"),
        "工种为「目录」中的乙、丙、丁等7种之一（现在是甲）",
    ),
    (change("工种", TEXT, "甲", "乙", table="目录", outside=True), "工种不在「目录」之内（现在是甲）"),
    (change("天数", DAYS, 3, 5, least=5), "天数不少于5天（现在是3天，还差2天）"),
    (change("天数", DAYS, 9, 7, most=7), "天数不超过7天（现在是9天，须少2天）"),
    (change("天数", DAYS, 9, 7, least=5, most=7), "天数在5天至7天之间（现在是9天，须少2天）"),
    (change("天数", DAYS, 9, 7, least=7, most=7), "天数为7天（现在是9天，须少2天）"),
    (change("天数", DAYS, 9, 7), "天数为7天（现在是9天，须少2天）"),
    (change("学费", MONEY, Fraction(1, 2), 1, least=1), "学费不少于1元（现在是0.50元，还差0.50元）"),
    (
        change("领证日", DATE, MARCH, APRIL, least=APRIL),
        "领证日不早于2020年4月1日（现在是2020年3月1日，还差1个月）",
    ),
    (
        change("领证日", DATE, JUNE, APRIL, most=APRIL),
        "领证日不晚于2020年4月1日（现在是2020年6月1日，须早2个月）",
    ),
    (change("领证日", DATE, NONE, APRIL, most=APRIL), "有领证日，并且不晚于2020年4月1日"),
    (
        change("领证日", DATE, MARCH, APRIL, NONE, least=APRIL, most=JUNE),
        "领证日在2020年4月1日至2020年6月1日之间（现在是2020年3月1日，还差1个月），或者没有领证日",
    ),
    (
        change("领证日", DATE, Absence.HIDDEN, APRIL, least=APRIL),
        "领证日不早于2020年4月1日（现在是属于个人信息，不显示）",
    ),
]


@pytest.mark.parametrize(("one", "text"), CHANGES, ids=range(len(CHANGES)))
def test_one_fact(one: Change, text: str) -> None:
    assert change_text(one) == text


def told(*ways: tuple[Change, ...], complete: bool = True, personal: bool = False) -> list[str]:
    [line] = nearest_lines(Nearest(ways, 3, complete, personal))
    return [line.text, *(detail.text for detail in line.details)]


def test_ways() -> None:
    soldier, poor = (change(name, BOOL, False, True) for name in ("退役军人", "贫困人员"))
    idle = change("在职", BOOL, True, False)
    days = [change("天数", DAYS, 3, 4 + number, least=4 + number) for number in range(7)]
    assert told((soldier,)) == ["差一项：是退役军人"]
    assert told((soldier, idle)) == ["差两项：是退役军人；并且在职：否"]
    assert told((soldier, idle), (poor, idle)) == ["差两项：属于退役军人、贫困人员之一；并且在职：否"]
    assert told((idle,), (soldier,), (poor,)) == [
        "差一项，下列办法任选其一", "在职：否", "属于退役军人、贫困人员之一",
    ]  # fmt: skip
    assert told((soldier, poor), (soldier, idle))[0] == "差两项，下列办法任选其一"
    five, seven = told(*((one,) for one in days[:5])), told(*((one,) for one in days))
    assert len(five) == 6
    assert seven[:6] == five
    assert seven[6:] == ["另有2种办法，不一一列出"]


def test_no_way() -> None:
    assert told() == ["没有找到只改三项以内事实即可符合的办法"]
    assert told(personal=True) == ["没有找到只改三项以内事实即可符合的办法（属于个人信息的事实不在查找之列）"]
    assert told(complete=False) == ["在限定的计算量之内，没有找到只改三项以内事实即可符合的办法"]
