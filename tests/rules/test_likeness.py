"""What means the same up to a day: places in files and what holds only later do not count, whatever decides does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from explain.samples import SMALL, write_small

from hypolicy.rules.likeness import alike, same

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.rules.tree import Benefit, Policy

HOURS, TRADE, MEALS = "课时补贴", "工种补贴", "伙食补贴"
# What is changed of the small policy, and the first day from which each item decides otherwise; None where it never
# does, the first of all days where it always does.
ALWAYS = date.min
CHANGES: dict[str, tuple[str, str, dict[str, date]]] = {
    "只是换了地方": ("一「标准」。\n参数「课时标准」", "一「标准」。\n\n参数「课时标准」", {}),
    "以后的标准": ("6.50元/课时", "7元/课时", {HOURS: date(2021, 1, 1)}),
    "以前的标准": ("止5元/课时", "止6元/课时", {HOURS: date(2020, 1, 1)}),
    "标准的依据": ("第一号通知", "第三号通知", {HOURS: date(2020, 1, 1)}),
    "以后的目录": ("焊工、中级33元", "焊工、中级34元", {TRADE: date(2022, 1, 1)}),
    "目录的条件": ("上浮10%：紧缺为是", "上浮10%：紧缺为否", {TRADE: ALWAYS}),
    "上浮的比例": ("12.5%，依据", "13%，依据", {HOURS: date(2020, 1, 1)}),
    "条件的数": ("不少于16周岁", "不少于18周岁", {HOURS: ALWAYS}),
    "概念的说法": ("“年龄不符”", "“年龄不够”", {HOURS: ALWAYS}),
    "取整": ("取整到元，进位", "取整到元，舍去", {TRADE: ALWAYS}),
    "封顶": ("不超过1000元", "不超过1001元", {HOURS: ALWAYS}),
    "发给": ("发给：企业、本人", "发给：本人、企业", {HOURS: ALWAYS}),
    "列支的资金": (
        "补贴「伙食补贴」：\n  资金：专户。",
        "资金「另户」。\n补贴「伙食补贴」：\n  资金：另户。",
        {MEALS: ALWAYS},
    ),
}


def benefits(policy: Policy) -> dict[str, Benefit]:
    return {benefit.name: benefit for benefit in policy.benefits}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return write_small(tmp_path_factory.mktemp("小政策"))


@pytest.mark.parametrize("name", CHANGES)
def test_from_which_day_an_item_decides_otherwise(
    name: str, small: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, since = CHANGES[name]
    assert old in SMALL
    monkeypatch.setattr("explain.samples.SMALL", SMALL.replace(old, new))
    changed = benefits(write_small(tmp_path))
    for item, benefit in benefits(small).items():
        first = since.get(item)
        assert alike(benefit, changed[item]) is (first is None)
        for day in (
            date(2019, 12, 31),
            date(2020, 12, 31),
            date(2021, 1, 1),
            date(2021, 12, 31),
            date(2022, 1, 1),
        ):
            assert alike(benefit, changed[item], day) is (first is None or day < first), (item, day)


def test_an_earlier_end_of_the_term_counts_only_behind_it(
    small: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """发证日期 is the governing date and must lie in the term: until the earlier end both terms ask the same."""
    monkeypatch.setattr("explain.samples.SMALL", SMALL.replace("至2022年12月31日止", "至2021年6月30日止"))
    other = benefits(write_small(tmp_path))
    meals = benefits(small)[MEALS]
    assert alike(meals, other[MEALS], date(2021, 6, 30))
    assert not alike(meals, other[MEALS], date(2021, 7, 1))
    assert not alike(meals, other[MEALS])


def test_parts_that_mean_the_same(small: Policy) -> None:
    year, level, together = small.limits
    assert same(year, year)
    assert not same(year, level)
    assert not same(year.rules, together.rules)
    assert same((1, "甲"), (1, "甲"))
    assert not same((1, True), (1, 1))
    assert same({"甲": (1,)}, {"甲": (1,)})
    assert not same({"甲": (1,)}, {"甲": (2,)})
