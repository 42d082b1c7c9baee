"""Results beside subsidies: checks, targets and computations; faulty and odd records; worked cases."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from exact.small import RECORD, Small, day, records, written

from hypolicy.backends.exact.cases import run_case
from hypolicy.backends.exact.figures import Figures
from hypolicy.backends.exact.screen import Screen, overlapping

if TYPE_CHECKING:
    from pathlib import Path

    from exact.small import Facts

BENEFIT = "补贴「甲补贴」：\n  发给：本人。\n  资金：专户。\n  金额：20元/天×天数。"
FIGURES = """
核查「课时够」：课时不少于20课时。
目标「人均」：全部记录合计，学费÷天数不超过100元/天。
力争目标「总课时」：全部记录合计，课时超过50课时。
测算「每天学费」：学费÷天数×1天。
"""
SCREEN = """
校验「发证早于开班」：发证日期不早于开班日期。
校验「备案晚于开班」：没有备案日期或备案日期不晚于开班日期。
提示「没有备案」：没有备案日期。
提示「重叠」：同一学员编号的开班日期至发证日期重叠。
"""


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return written(tmp_path, BENEFIT, FIGURES, SCREEN)


def figures(small: Small, **facts: object) -> dict[str, tuple[str, int, str]]:
    [row] = small.rows([{name: value for name, value in (RECORD | facts).items() if value is not ...}])
    of = Figures(small.policy, small.policy.records[0]).of(row)
    return {name: (d.status.value, d.fen, d.reason_text) for name, d in of.items()}


def test_checks_and_computations_of_one_record(small: Small) -> None:
    assert figures(small, 课时=20, 学费=Fraction(100), 天数=3) == {
        "课时够": ("符合", 0, "课时不少于20课时"),
        "每天学费": ("准予", 3333, "学费÷天数×1天"),
    }
    assert figures(small, 课时=19)["课时够"][0] == "不符合"


def test_what_cannot_be_told_is_left_open(small: Small) -> None:
    assert figures(small, 课时=..., 天数=0) == {
        "课时够": ("待定", 0, "缺少事实「课时」"),
        "每天学费": ("待定", 0, "计算时除数为零"),
    }
    assert figures(small, 学费=...)["每天学费"] == ("待定", 0, "缺少事实「学费」")


def test_targets_over_all_records(small: Small) -> None:
    def overall(*changes: Facts) -> list[str]:
        kind = small.policy.records[0]
        found = Figures(small.policy, kind).overall(small.rows(records(*changes)))
        return [found[name].status.value for name in ("人均", "总课时")]

    usual = {"课时": 25, "天数": 1, "学费": Fraction(100)}
    assert overall(usual, usual) == ["符合", "不符合"]
    assert overall(usual, usual | {"课时": 26}) == ["符合", "符合"]
    assert overall(usual, usual | {"学费": Fraction("100.01")}) == ["不符合", "不符合"]
    assert overall(usual, usual | {"天数": None}) == ["待定", "不符合"]
    assert overall() == ["待定", "不符合"]  # nothing is divided by no days at all


def test_each_breach_of_each_record_is_told_with_its_column(small: Small) -> None:
    rows = small.rows(
        records(
            {},
            {"发证日期": day("2020-02-29")},
            {"备案日期": day("2020-03-02"), "发证日期": day("2020-02-29")},
            {"备案日期": None},
        )
    )
    found = Screen(small.policy.records[0]).violations(list(enumerate(rows)))
    assert [(v.row, v.column, v.message) for v in found] == [
        (1, "发证日期", "发证早于开班"),
        (2, "发证日期", "发证早于开班"),
        (2, "备案日期", "备案晚于开班"),
    ]
    assert Screen(small.policy.records[0]).violations([(7, rows[1])])[0].row == 7


def test_notices_name_their_records(small: Small) -> None:
    rows = small.rows(
        records(
            {},
            {"备案日期": None, "学员编号": "P2"},
            {"开班日期": day("2020-06-01"), "发证日期": day("2020-07-01")},
        )
    )
    assert Screen(small.policy.records[0]).notices(rows) == {"没有备案": [1], "重叠": [0, 2]}
    assert Screen(small.policy.records[0]).notices(rows[1:2]) == {"没有备案": [0]}


def test_days_that_meet_others_of_the_same_holder() -> None:
    def meeting(*spans: tuple[object, int, int]) -> list[int]:
        return overlapping(spans, 0, 1, 2)

    assert meeting(("a", 1, 5), ("a", 6, 9)) == []
    assert meeting(("a", 1, 5), ("a", 5, 9)) == [0, 1]
    assert meeting(("a", 1, 5), ("b", 1, 5)) == []
    assert meeting(("a", 1, 9), ("a", 2, 3), ("a", 10, 11)) == [0, 1]
    assert meeting(("a", 1, 9), ("a", 2, 3), ("a", 9, 11)) == [0, 1, 2]
    assert meeting(("a", 4, 4), ("a", 4, 4), ("a", 4, 4)) == [0, 1, 2]
    assert meeting((None, 1, 5), (None, 1, 5)) == []


def test_a_case_may_change_single_cells_of_a_table(tmp_path: Path) -> None:
    case = "\n".join(
        [
            "用例「改一格」：",
            "  假设：标准（焊工、中级）的标准额为{}元，记录编号为1，学员编号为“a”，企业为“b”，类型为甲类，",
            "    工种为焊工，等级为中级，困难为否，移民为否，课时为1课时，天数为1天，学费为0元，没有备案日期，",
            "    开班日期为2020年1月1日，发证日期为2020年1月1日。",
            "  应得：甲补贴120元。",
        ]
    )
    (tmp_path / "标准.csv").write_text("工种,等级,标准额\n焊工,中级,100\n焊工,高级,120\n", encoding="utf-8")
    texts = (
        "表「标准」（工种、等级）的「标准额」（金额）：自2020年1月1日起取自“标准.csv”。",
        "共同条件「期」：适用于甲补贴：发证日期在施行期内，不符称“期限外”。",
        BENEFIT.replace("20元/天×天数", "标准（工种、等级）的标准额"),
    )
    for cell, passed in (("120", True), ("100", False)):
        small = written(tmp_path, *texts, case.format(cell))
        [result] = [run_case(small.policy, one) for one in small.policy.cases]
        assert result.passed is passed
    assert small.results(records({})) == ["准予100.00"]
