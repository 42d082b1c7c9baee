"""The ledger: what is otherwise payable, folded in the stated order under repeats, counts and running caps."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from exact.small import LEDGER, RECORD, WORDS, Facts, Small, day, reading, records, written

from hypolicy.rules.outcome import Entry

if TYPE_CHECKING:
    from pathlib import Path

A = "补贴「甲补贴」：\n  发给：本人。\n  资金：专户。\n  适用：类型为甲类。\n  金额：学费。"
B = A.replace("甲", "乙")
C = "补贴「丙补贴」：\n  发给：本人。\n  资金：专户。\n  条件：困难。\n  金额：20元/天×天数。"
GROUP = "补贴组「计次」：甲补贴、乙补贴。"
THREE = "限制「次数」：\n  适用于计次。\n  每自然年享受不超过3次。"
ONCE = "限制「重复」：\n  适用于计次。\n  同一工种、等级在不限期不重复享受。"
FULL, NONE = "准予100.00", "不适用"
OVER, REPEATED = "不予：超过3次", "不予：同一工种、等级重复"
JOBS = [
    {"工种": job, "等级": level}
    for job, level in (
        ("焊工", "初级"),
        ("焊工", "中级"),
        ("焊工", "高级"),
        ("电工", "初级"),
        ("电工", "中级"),
    )
]


def paying(*changes: Facts) -> list[Facts]:
    """Records that are otherwise payable, a hundred yuan each, a month apart in one year."""
    months = [
        {"发证日期": date(2020, month, 1), "学费": Fraction(100)} for month in range(1, len(changes) + 1)
    ]
    return records(*(month | change for month, change in zip(months, changes, strict=True)))


def entry(small: Small, item: str, facts: Facts, fen: int) -> Entry:
    """What an earlier run would have put into the ledger."""
    return Entry(item, RECORD | {"记录编号": "H"} | facts, fen)


# --- counts and repeats -------------------------------------------------------------------------------------


def test_at_most_three_a_year_and_a_new_three_in_the_next(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, THREE)
    spread = paying({}, {}, {}, {}, {"发证日期": day("2020-12-31")}, {"发证日期": day("2021-01-01")})
    assert small.results(spread) == [FULL, FULL, FULL, OVER, OVER, FULL]


def test_items_of_a_group_share_the_count(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, THREE)
    mixed = paying({}, {"类型": "乙类"}, {"类型": "乙类"}, {}, {"类型": "乙类"})
    assert small.results(mixed) == [FULL, NONE, NONE, OVER, NONE]
    assert small.results(mixed, "乙补贴") == [NONE, FULL, FULL, NONE, OVER]


def test_what_is_outside_the_group_is_not_counted(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, C, THREE)
    poor = paying(*[{"困难": True}] * 5)
    assert small.results(poor, "丙补贴") == [FULL] * 5


@pytest.mark.parametrize(
    ("period", "next_year", "before_term"),
    [("不限期", REPEATED, REPEATED), ("每自然年", FULL, FULL), ("施行期内", REPEATED, FULL)],
)
def test_how_long_a_repeat_is_remembered(
    tmp_path: Path, period: str, next_year: str, before_term: str
) -> None:
    small = written(tmp_path, GROUP, A, B, ONCE.replace("不限期", period))
    first, second, third = {"发证日期": day("2019-12-31")}, {}, {"发证日期": day("2021-03-01")}
    [again] = small.results(paying(first, second))[1:]
    assert again == before_term
    assert small.results(paying(second, third))[1] == next_year
    assert small.results(paying(second, second))[1] == REPEATED


def test_another_level_or_another_person_is_no_repeat(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, ONCE)
    assert small.results(paying({}, {"等级": "高级"}, {"学员编号": "P2"}, {"工种": "电工"}, {})) == [
        FULL, FULL, FULL, FULL, REPEATED,
    ]  # fmt: skip


@pytest.mark.parametrize("count_first", [False, True])
def test_repeats_are_told_before_counts_whatever_is_written_first(tmp_path: Path, count_first: bool) -> None:
    sentences = ["同一工种、等级在不限期不重复享受。", "每自然年享受不超过3次。"]
    lines = "\n  ".join(["适用于计次。", *sorted(sentences, reverse=count_first)])
    small = written(tmp_path, GROUP, A, B, f"限制「次数」：\n  {lines}")
    assert small.results(paying(*JOBS[:3], JOBS[0], JOBS[3])) == [FULL, FULL, FULL, REPEATED, OVER]


def test_what_is_denied_uses_nothing_up(tmp_path: Path) -> None:
    """Not by a condition, not as a repeat, not as one too many: next year all of it can be had."""
    small = written(
        tmp_path,
        GROUP,
        A.replace("金额", "条件：困难。\n  金额"),
        B,
        THREE,
        ONCE.replace("重复」", "不重复」"),
    )
    rows = paying(
        JOBS[0],  # no condition met
        JOBS[0] | {"困难": True},
        JOBS[0] | {"困难": True},  # a repeat
        JOBS[1] | {"困难": True},
        JOBS[2] | {"困难": True},
        JOBS[3] | {"困难": True},  # the fourth
        JOBS[3] | {"困难": True, "发证日期": day("2021-01-01")},
    )
    assert small.results(rows) == ["不予：不满足：困难", FULL, REPEATED, FULL, FULL, OVER, FULL]


# --- order --------------------------------------------------------------------------------------------------


def test_identifiers_decide_within_a_day_whole_numbers_first_and_by_value(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, ONCE)
    names = ["补1", "10", "9", "0010", "-1"]
    same_day = [
        row | {"记录编号": name, "发证日期": day("2020-05-01")}
        for row, name in zip(paying(*[{}] * 5), names, strict=True)
    ]
    assert small.results(same_day) == [REPEATED, REPEATED, REPEATED, REPEATED, FULL]
    assert small.results(same_day[:4]) == [REPEATED, REPEATED, FULL, REPEATED]
    assert small.results([same_day[0], same_day[3], same_day[1]]) == [REPEATED, FULL, REPEATED]


def test_every_permutation_of_the_rows_gives_each_record_the_same(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, C, THREE, ONCE.replace("重复」", "不重复」"))
    rows = paying(*JOBS[:2], JOBS[0], *JOBS[2:4])
    expected = dict(zip((row["记录编号"] for row in rows), small.results(rows), strict=True))
    assert list(expected.values()) == [FULL, FULL, REPEATED, FULL, OVER]
    for shuffled in permutations(rows):
        assert small.results(list(shuffled)) == [expected[row["记录编号"]] for row in shuffled]


def test_where_the_stated_order_leaves_a_tie_the_keys_decide_and_not_the_rows(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, THREE, ledger=LEDGER.replace("发证日期、记录编号", "发证日期"))
    same_day = [row | {"发证日期": day("2020-05-01")} for row in paying(*[{}] * 5)]
    for shuffled in permutations(same_day):
        results = dict(zip((row["记录编号"] for row in shuffled), small.results(list(shuffled)), strict=True))
        assert [results[key] for key in "12345"] == [FULL, FULL, FULL, OVER, OVER]


def test_labels_are_ordered_by_their_rank_and_not_as_texts(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        GROUP,
        A,
        B,
        THREE.replace("3次", "1次"),
        ledger=LEDGER.replace("发证日期、记录编号", "等级、记录编号"),
    )
    levels = paying({"等级": "高级"}, {"等级": "中级"}, {"等级": "初级"})
    assert small.results(levels) == ["不予：超过1次", "不予：超过1次", FULL]


def test_entries_come_out_in_ledger_order_with_what_was_paid(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, ONCE)
    rows = paying({"工种": "电工"}, {}, {}, {"学员编号": "P2"})
    granted = small.decide(rows[::-1]).granted
    assert [(e.item, e.facts["记录编号"], e.fen) for e in granted] == [
        ("甲补贴", "1", 10000), ("甲补贴", "2", 10000), ("甲补贴", "4", 10000),
    ]  # fmt: skip
    assert list(granted[0].facts) == ["学员编号", "企业", "记录编号", "工种", "等级", "发证日期"]


# --- running caps -------------------------------------------------------------------------------------------

CAP = "封顶：每人{}不超过250元。"


def capped(period: str, item: str = A) -> str:
    return f"{item}\n  {CAP.format(period)}"


@pytest.mark.parametrize(
    ("period", "last"),
    [
        ("每自然年", FULL),
        ("施行期内", "不予：施行期内限额250.00元已用完"),
        ("不限期", "不予：不限期限额250.00元已用完"),
    ],
)
def test_a_running_cap_cuts_what_crosses_it_and_then_denies(tmp_path: Path, period: str, last: str) -> None:
    small = written(tmp_path, capped(period))
    rows = paying({}, {}, {}, {}, {"发证日期": day("2021-05-01")})
    decisions = small.decisions(rows)
    spent = f"不予：{period}限额250.00元已用完"
    assert small.results(rows) == [FULL, FULL, "准予50.00", spent, last]
    assert decisions[2].reason_text == f"符合条件；{period}限额只余50.00元"
    assert [e.fen for e in small.decide(rows).granted][:3] == [10000, 10000, 5000]


def test_a_cap_that_is_met_exactly_is_not_crossed(tmp_path: Path) -> None:
    small = written(tmp_path, capped("每自然年"))
    rows = paying({"学费": Fraction("249.99")}, {"学费": Fraction("0.01")}, {"学费": Fraction("0.01")})
    assert small.results(rows) == ["准予249.99", "准予0.01", "不予：每自然年限额250.00元已用完"]


def test_a_payment_that_was_cut_uses_a_place(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, capped("每自然年"), B, THREE)
    rows = paying({}, {}, {}, {"类型": "乙类"})
    assert small.results(rows) == [FULL, FULL, "准予50.00", NONE]
    assert small.results(rows, "乙补贴")[3] == OVER


def test_what_an_exhausted_cap_denies_uses_no_place(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, capped("每自然年"), B, THREE)
    rows = paying({"学费": Fraction(250)}, {}, {}, {"类型": "乙类"}, {"类型": "乙类"})
    assert small.results(rows, "乙补贴")[3:] == [FULL, FULL]


def test_what_lies_before_the_term_uses_nothing_of_a_cap_over_the_term(tmp_path: Path) -> None:
    small = written(tmp_path, capped("施行期内"))
    early = {"发证日期": day("2019-12-31"), "学费": Fraction(1000)}
    assert small.results(paying(early, {}, {}, {})) == ["准予1000.00", FULL, FULL, "准予50.00"]


def test_a_reading_chooses_the_period_of_a_cap(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        reading("期限", "每次", "每年", "全期"),
        "期间「限额期间」：按口径「期限」：「每次」指每次；「每年」指每自然年；「全期」指施行期内。",
        capped("限额期间"),
    )
    rows = paying({"学费": Fraction(300)}, {}, {"发证日期": day("2021-05-01")})
    expected = {
        "每次": ["准予250.00", FULL, FULL],
        "每年": ["准予250.00", "不予：每自然年限额250.00元已用完", FULL],
        "全期": ["准予250.00", *["不予：施行期内限额250.00元已用完"] * 2],
    }
    assert {o: small.results(rows, readings={"期限": o}) for o in expected} == expected


def test_an_item_with_a_cap_of_each_time_enters_no_ledger(tmp_path: Path) -> None:
    small = written(tmp_path, capped("每次"))
    assert list(small.decide(paying({}, {}, {})).granted) == []


# --- holders ------------------------------------------------------------------------------------------------


def test_each_limit_runs_on_the_account_of_its_own_holder(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        GROUP,
        A,
        B,
        "限制「企业限次」：\n  适用于计次，归集每企业。\n  每自然年享受不超过3次。",
        "限制「个人限次」：\n  适用于计次，归集每人。\n  每自然年享受不超过2次。",
    )
    staff = paying(
        {"学员编号": "P1"}, {"学员编号": "P1"}, {"学员编号": "P1"}, {"学员编号": "P2"},
        {"学员编号": "P3"}, {"学员编号": "P1", "企业": "E2"}, {"学员编号": "P3", "企业": "E2"},
    )  # fmt: skip
    assert small.results(staff) == [
        FULL, FULL, "不予：超过2次", FULL, OVER, "不予：超过2次", FULL,
    ]  # fmt: skip


def test_a_cap_may_run_on_a_firm(tmp_path: Path) -> None:
    small = written(tmp_path, capped("每自然年").replace("每人", "每企业"))
    rows = paying({"学员编号": "P1"}, {"学员编号": "P2"}, {"学员编号": "P3"}, {"企业": "E2"})
    assert small.results(rows) == [FULL, FULL, "准予50.00", FULL]


@pytest.mark.parametrize("fact", ["学员编号", "工种", "发证日期", "记录编号"])
def test_an_entry_that_lacks_what_the_ledger_needs_of_it_is_left_open(tmp_path: Path, fact: str) -> None:
    """Two people of whom nothing is known are not one person."""
    small = written(tmp_path, GROUP, A, B, C, ONCE)
    rows = paying({"困难": True}, {"困难": True}, {})
    incomplete = [{name: value for name, value in row.items() if name != fact} for row in rows[:2]]
    assert small.results([*incomplete, rows[2]], complete=False) == [*[f"待定：缺少事实「{fact}」"] * 2, FULL]
    if fact != "发证日期":  # which every item needs
        assert small.results([*incomplete, rows[2]], "丙补贴", complete=False)[:2] == [FULL, FULL]


@pytest.mark.parametrize(("fact", "kind"), [("企业", "文本"), ("开班日期", "日期")])
def test_an_optional_fact_that_the_ledger_needs_is_no_exception(tmp_path: Path, fact: str, kind: str) -> None:
    """People without a firm have no account in common."""
    small = written(
        tmp_path,
        GROUP,
        A,
        B,
        "限制「企业限次」：\n  适用于计次，归集每企业。\n  每自然年享受不超过1次。",
        words=WORDS.replace(f"事实「{fact}」：{kind}。", f"事实「{fact}」：{kind}，可空。"),
        ledger=LEDGER.replace("发证日期、记录编号", "开班日期、记录编号"),
    )
    rows = paying({fact: None}, {fact: None}, {}, {})
    assert small.results(rows) == [*[f"待定：缺少事实「{fact}」"] * 2, FULL, "不予：超过1次"]


# --- readings, linked items ---------------------------------------------------------------------------------


def test_a_reading_chooses_what_is_counted(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        reading("计乙", "是", "否"),
        "补贴组「计次」：按口径「计乙」：「是」指甲补贴、乙补贴；「否」指甲补贴。",
        A,
        B,
        THREE,
    )
    rows = paying(*[{"类型": "乙类"}] * 4, {})
    assert small.results(rows, "乙补贴")[3] == OVER
    assert small.results(rows)[4] == OVER
    assert small.results(rows, "乙补贴", readings={"计乙": "否"})[3] == FULL
    assert small.results(rows, readings={"计乙": "否"})[4] == FULL


LINKED = f"{THREE}\n  因本限制不予的，连带一并不予。"


def test_an_item_is_refused_with_the_one_that_a_limit_refuses(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        reading("连带生活费", "否", "是"),
        GROUP,
        "补贴组「连带」：按口径「连带生活费」：「否」指无项目；「是」指丙补贴。",
        A.replace("金额", "条件：非移民。\n  金额"),
        B,
        C,
        LINKED,
    )
    rows = paying(*[{"困难": True}] * 4, {"困难": True, "移民": True}, {"类型": "丙类", "困难": True})
    assert small.results(rows)[3:] == [OVER, "不予：不满足：非移民", NONE]
    assert small.results(rows, "丙补贴") == [FULL] * 6
    assert small.results(rows, "丙补贴", readings={"连带生活费": "是"}) == [
        FULL, FULL, FULL, "不予：因「次数」一并不予（超过3次）", FULL, FULL,
    ]  # fmt: skip


def test_a_running_cap_refuses_nothing_else_with_it(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, "补贴组「连带」：丙补贴。", capped("每自然年"), B, C, LINKED)
    rows = paying({"学费": Fraction(250)}, {"困难": True})
    assert small.results(rows) == ["准予250.00", "不予：每自然年限额250.00元已用完"]
    assert small.results(rows, "丙补贴")[1] == FULL


def test_a_linked_item_under_a_limit_of_its_own_uses_nothing_up_when_refused(tmp_path: Path) -> None:
    small = written(
        tmp_path,
        GROUP,
        "补贴组「连带」：丙补贴。",
        A,
        B,
        C,
        LINKED.replace("3次", "1次"),
        "限制「生活费限次」：\n  适用于丙补贴。\n  每自然年享受不超过2次。",
    )
    poor = {"困难": True}
    rows = paying(poor, poor, {"类型": "丙类"} | poor, {"类型": "丙类"} | poor)
    assert small.results(rows) == [FULL, "不予：超过1次", NONE, NONE]
    assert small.results(rows, "丙补贴") == [FULL, "不予：超过1次", FULL, "不予：超过2次"]


# --- history ------------------------------------------------------------------------------------------------


def test_history_comes_before_everything_and_stands_as_it_is(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, THREE)
    late = [entry(small, "甲补贴", {"发证日期": date(2020, 12, day)}, 1) for day in range(1, 6)]
    decided = small.decide(paying({}, {"发证日期": day("2021-01-01")}), history=late)
    assert [row[0].fen for row in decided.rows] == [0, 10000]
    assert [e.facts["记录编号"] for e in decided.granted] == ["2"]


def test_history_uses_up_caps_and_keys(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, capped("施行期内"), B, ONCE)
    rows = paying(*JOBS[:3])
    past: list[Entry] = [
        entry(small, "甲补贴", JOBS[0] | {"发证日期": day("2020-01-01")}, 12000),
        entry(small, "甲补贴", JOBS[4] | {"发证日期": day("2019-12-31")}, 99999),  # before the term
        entry(small, "甲补贴", JOBS[4] | {"学员编号": "P2"}, 99999),
    ]
    assert small.results(rows, history=past) == [REPEATED, FULL, "准予30.00"]


def test_history_of_items_without_limits_changes_nothing(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, C, THREE)
    past = [entry(small, "丙补贴", {}, 10000)] * 5
    assert small.results(paying({}, {}), history=past) == [FULL, FULL]


@pytest.mark.parametrize("cut", range(7))
def test_two_batches_give_what_one_run_gives(tmp_path: Path, cut: int) -> None:
    small = written(tmp_path, GROUP, capped("施行期内"), B, C, THREE, ONCE.replace("重复」", "不重复」"))
    rows = paying(
        JOBS[0], JOBS[1] | {"类型": "乙类"}, JOBS[0], JOBS[2], JOBS[3], JOBS[4] | {"学员编号": "P2"}
    )
    whole = small.decide(rows)
    first = small.decide(rows[:cut])
    second = small.decide(rows[cut:], history=first.granted)
    assert [*first.rows, *second.rows] == whole.rows
    assert [*first.granted, *second.granted] == list(whole.granted)


# --- rolling periods, items that exclude each other, no lower level -----------------------------------------


def test_a_rolling_period_ends_on_the_day_before_its_anniversary(tmp_path: Path) -> None:
    small = written(tmp_path, GROUP, A, B, THREE.replace("每自然年", "每滚动12个月").replace("3次", "1次"))
    first = {"发证日期": day("2020-02-29")}
    over = "不予：超过1次"
    for text, result in {"2020-12-31": over, "2021-02-27": over, "2021-02-28": FULL}.items():
        assert small.results(paying(first, {"发证日期": day(text)})) == [FULL, result]


@pytest.mark.parametrize("backwards", [False, True])
def test_history_may_stand_in_any_order(tmp_path: Path, backwards: bool) -> None:
    small = written(
        tmp_path,
        GROUP,
        f"{A}\n  封顶：每人每滚动12个月不超过250元。",
        B,
        ONCE.replace("不限期", "每滚动12个月"),
        "限制「择一」：\n  适用于计次。\n  不同项目在每滚动12个月不同享。",
    )
    days = [date(2020, 1, 1), date(2020, 9, 1)]
    past: list[Any] = [entry(small, "甲补贴", {"发证日期": when}, 20000) for when in days]
    past = past[::-1] if backwards else past
    now = {"发证日期": day("2021-03-01")}
    assert small.results(paying(now), history=past) == [REPEATED]
    assert small.results(paying(now | {"等级": "高级"}), history=past) == ["准予50.00"]
    assert small.results(paying(now | {"类型": "乙类", "等级": "高级"}), "乙补贴", history=past) == [
        "不予：已享受不得同享的其他项目"
    ]


def test_no_level_below_one_that_was_paid(tmp_path: Path) -> None:
    small = written(
        tmp_path, GROUP, A, B, "限制「升级」：\n  适用于计次。\n  同一工种已享受更高等级的不再享受。"
    )
    levels = [{"等级": level} for level in ("中级", "初级", "中级", "高级", "中级")]
    lower = "不予：同一工种已享受更高等级"
    assert small.results(paying(*levels)) == [FULL, lower, FULL, FULL, lower]
    assert small.results(paying({"等级": "高级"}, {"等级": "初级", "工种": "电工"})) == [FULL, FULL]
    assert WORDS.count("由低到高") == 1
