"""Words for lengths of time, periods and what has not changed, at their edges."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from hypolicy.rules.difference import Change, ChangeKind
from hypolicy.rules.difference_words import indirect_words
from hypolicy.rules.impact_words import Rows, unchanged_words
from hypolicy.rules.tree import Rolling
from hypolicy.rules.wording import interval_text

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2020, 3, 1), date(2020, 3, 2), "1天"),
        (date(2020, 3, 1), date(2020, 3, 31), "30天"),
        (date(2020, 3, 15), date(2020, 4, 14), "30天"),
        (date(2020, 3, 15), date(2020, 4, 15), "1个月"),
        (date(2020, 3, 15), date(2020, 5, 14), "1个月29天"),
        (date(2020, 3, 15), date(2021, 3, 14), "11个月27天"),
        (date(2020, 3, 15), date(2021, 3, 15), "1年"),
        (date(2020, 1, 31), date(2020, 2, 29), "1个月"),
        (date(2020, 2, 29), date(2020, 4, 30), "2个月"),
        (date(2020, 2, 28), date(2022, 4, 29), "2年2个月1天"),
    ],
)
def test_a_length_of_time_is_told_in_months_and_days(first: date, last: date, text: str) -> None:
    assert interval_text(first, last) == text


def rows(shown: Sequence[str], unchanged: int) -> Rows:
    names = tuple(f"项目{number}" for number in range(unchanged))
    return Rows("补贴项目", ("金额",), tuple((name, "1") for name in shown), names)


def test_what_has_not_changed_is_named_or_counted() -> None:
    assert unchanged_words(rows(["甲"], 0)) == ""
    assert unchanged_words(rows(["甲"], 1)) == "项目0没有变化。"
    assert unchanged_words(rows(["甲"], 40)) == "其余40个都没有变化。"
    assert unchanged_words(rows([], 40)) == "40个都没有变化。"


def test_a_rolling_period_has_its_months() -> None:
    assert Rolling(12).value == "每滚动12个月"


def test_nothing_is_said_of_items_that_share_no_limit() -> None:
    alone = Change(next(iter(ChangeKind)), "三", "甲", ("甲有改动",), "", "")
    assert indirect_words(alone) == ""
    assert indirect_words(evolve(alone, indirect=("乙", "丙"))) == "同受次数等限制的乙、丙可能间接受影响"
