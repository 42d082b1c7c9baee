"""What holds of every batch, whatever the records: order, limits, sums, and persons who do not concern each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from exact.small import RECORD, Facts, Small, reading, written
from hypothesis import given
from hypothesis import strategies as st
from rules.steady import steady

from hypolicy.rules.outcome import Status

if TYPE_CHECKING:
    from hypolicy.rules.outcome import Decided

TEXTS = (
    reading("含乙", "是", "否"),
    reading("连带生活费", "否", "是"),
    "补贴组「计次」：按口径「含乙」：「是」指甲补贴、乙补贴；「否」指甲补贴。",
    "补贴组「连带」：按口径「连带生活费」：「否」指无项目；「是」指丙补贴。",
    """
补贴「甲补贴」：
  发给：本人。
  资金：专户。
  适用：类型为甲类。
  条件：有备案日期，且备案日期不晚于开班日期。
  金额：学费。
  上浮50%：困难。
  取整到分，四舍五入。
补贴「乙补贴」：
  发给：本人。
  资金：专户。
  适用：类型为乙类。
  金额：5元/课时×课时。
  封顶：每人每自然年不超过300元。
补贴「丙补贴」：
  发给：本人。
  资金：专户。
  条件：困难或移民。
  金额：20元/天×天数。
限制「次数」：
  适用于计次。
  同一工种、等级在不限期不重复享受。
  每自然年享受不超过3次。
  因本限制不予的，连带一并不予。
""",
)
CHOICES = ({}, {"含乙": "否"}, {"连带生活费": "是"}, {"含乙": "否", "连带生活费": "是"})
DAYS = [
    date(2019, 12, 31),
    date(2020, 1, 1),
    date(2020, 6, 1),
    date(2020, 6, 1),
    date(2020, 12, 31),
    date(2021, 1, 1),
]


@cache
def small() -> Small:
    return written(Path(mkdtemp()), *TEXTS)


@st.composite
def batches(draw: st.DrawFn, people: tuple[str, ...] = ("P1", "P2")) -> list[Facts]:
    """A few people, few kinds of work and few days, so that repeats, counts and caps are met all the time."""
    facts = st.fixed_dictionaries(
        {
            "学员编号": st.sampled_from(people),
            "类型": st.sampled_from(("甲类", "甲类", "乙类")),
            "工种": st.sampled_from(("焊工", "电工", "车工")),
            "等级": st.sampled_from(("初级", "中级")),
            "困难": st.booleans(),
            "移民": st.booleans(),
            "课时": st.sampled_from((0, 20, 40)),
            "天数": st.integers(0, 2),
            "学费": st.sampled_from((Fraction(0), Fraction("99.99"), Fraction("333.33"))),
            "备案日期": st.sampled_from((None, date(2020, 3, 1), date(2020, 3, 2))),
            "发证日期": st.sampled_from(DAYS),
        }
    )
    rows = draw(st.lists(facts, max_size=14))
    keys = draw(st.permutations([str(n) if n % 3 else f"补{n}" for n in range(1, len(rows) + 1)]))
    return [RECORD | row | {"记录编号": key} for row, key in zip(rows, keys, strict=True)]


choices = st.sampled_from(CHOICES)


def by_key(rows: list[Facts], decided: Decided) -> dict[str, list[Any]]:
    return {row["记录编号"]: list(result) for row, result in zip(rows, decided.rows, strict=True)}


def in_order(rows: list[Facts]) -> list[Facts]:
    def turn(row: Facts) -> tuple[Any, ...]:
        key = row["记录编号"]
        return (row["发证日期"], not key.isdigit(), int(key) if key.isdigit() else 0, key)

    return sorted(rows, key=turn)


@steady
@given(batches(), choices, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(
    rows: list[Facts], chosen: dict[str, str], random: Any
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    straight, other = small().decide(rows, chosen), small().decide(shuffled, chosen)
    assert by_key(rows, straight) == by_key(shuffled, other)
    assert straight.granted == other.granted


@steady
@given(batches(), choices)
def test_limits_hold_of_what_is_paid(rows: list[Facts], chosen: dict[str, str]) -> None:
    counted = ("甲补贴",) if chosen.get("含乙") == "否" else ("甲补贴", "乙补贴")
    times: Counter[Any] = Counter()
    kinds: Counter[Any] = Counter()
    spent: Counter[Any] = Counter()
    for row, decisions in zip(rows, small().decide(rows, chosen).rows, strict=True):
        for item, decision in zip(small().items, decisions, strict=True):
            person, year = row["学员编号"], row["发证日期"].year
            if decision.status is Status.GRANTED and item in counted:
                times[person, year] += 1
                kinds[person, row["工种"], row["等级"]] += 1
            if item == "乙补贴":
                spent[person, year] += decision.fen
    assert max(times.values(), default=0) <= 3
    assert max(kinds.values(), default=0) <= 1
    assert max(spent.values(), default=0) <= 30000


@steady
@given(batches(), choices)
def test_only_what_is_granted_has_an_amount_and_all_else_has_a_reason(
    rows: list[Facts], chosen: dict[str, str]
) -> None:
    for decisions in small().decide(rows, chosen).rows:
        for decision in decisions:
            assert (decision.fen > 0) == (decision.status is Status.GRANTED)
            assert bool(decision.reasons) == (decision.status is not Status.NOT_APPLICABLE)


@steady
@given(batches(), choices)
def test_the_ledger_has_every_payment_under_limits_once(rows: list[Facts], chosen: dict[str, str]) -> None:
    decided = small().decide(rows, chosen)
    paid = Counter(
        (row["记录编号"], item, decision.fen)
        for row, decisions in zip(rows, decided.rows, strict=True)
        for item, decision in zip(small().items, decisions, strict=True)
        if decision.status is Status.GRANTED and item != "丙补贴"
    )
    assert Counter((e.facts["记录编号"], e.item, e.fen) for e in decided.granted) == paid
    order = [row["记录编号"] for row in in_order(rows)]
    assert [e.facts["记录编号"] for e in decided.granted] == [
        key for key in order if any(key == paid_key for paid_key, _, _ in paid)
    ]


@steady
@given(batches(), batches(("P3",)), choices)
def test_another_person_changes_nothing_for_this_one(
    rows: list[Facts], others: list[Facts], chosen: dict[str, str]
) -> None:
    others = [row | {"记录编号": f"他{row['记录编号']}"} for row in others]
    mixed = in_order([*rows, *others])
    together = by_key(mixed, small().decide(mixed, chosen))
    alone = by_key(rows, small().decide(rows, chosen)) | by_key(others, small().decide(others, chosen))
    assert together == alone


@steady
@given(batches(), choices)
def test_what_was_denied_might_as_well_not_have_been_asked_for(
    rows: list[Facts], chosen: dict[str, str]
) -> None:
    decided = by_key(rows, small().decide(rows, chosen))
    asked = [row for row in rows if any(d.status is Status.GRANTED for d in decided[row["记录编号"]])]
    again = by_key(asked, small().decide(asked, chosen))
    assert again == {key: decided[key] for key in again}


@steady
@given(batches(), choices, st.integers(0, 14))
def test_batches_in_ledger_order_give_what_one_run_gives(
    rows: list[Facts], chosen: dict[str, str], cut: int
) -> None:
    ordered = in_order(rows)
    first = small().decide(ordered[:cut], chosen)
    second = small().decide(ordered[cut:], chosen, first.granted)
    whole = small().decide(ordered, chosen)
    assert [*first.rows, *second.rows] == whole.rows
    assert [*first.granted, *second.granted] == list(whole.granted)


@steady
@given(batches(), choices)
def test_the_ledger_only_takes_away(rows: list[Facts], chosen: dict[str, str]) -> None:
    """Alone, a record gets at least what it gets among others; and something is left of every person's claims."""
    decided = small().decide(rows, chosen).rows
    paid: defaultdict[str, int] = defaultdict(int)
    claimed: defaultdict[str, int] = defaultdict(int)
    for row, decisions in zip(rows, decided, strict=True):
        alone = small().decide([row], chosen).rows[0]
        assert all(got.fen <= most.fen for got, most in zip(decisions, alone, strict=True))
        paid[row["学员编号"]] += sum(d.fen for d in decisions)
        claimed[row["学员编号"]] += sum(d.fen for d in alone)
    assert all(bool(paid[person]) == bool(claimed[person]) for person in claimed)
