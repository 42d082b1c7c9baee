"""The word that was meant, found among those declared."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hypolicy.diagnostics.suggest import closest

_WORDS = (
    "年龄 年度 年级 命令 等级 课时 户籍 学员编号 记录编号 贫困家庭子女 贫困劳动力 就业困难人员 "
    "合同起始日期 合同终止日期 开班日期 结业日期 发证日期 开班备案日期 免费职业技能培训补贴 "
    "岗位技能提升培训补贴 安全技能培训补贴 生活费补贴 县市区 职业工种 初级工 中级工 高级工 "
    "person_id 证书类型 培训类型 培训天数 园区内企业 困难企业 高危行业企业"
)
DECLARED = _WORDS.split()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("年令", "年龄"),  # sounds the same
        ("龄年", "年龄"),  # swapped
        ("户藉", "户籍"),  # looks the same
        ("纪录编号", "记录编号"),
        ("学员编码", "学员编号"),
        ("出级工", "初级工"),
        ("县区", "县市区"),  # left out
        ("开班日", "开班日期"),
        ("合同终止的日期", "合同终止日期"),  # put in
        ("贫困劳动者", "贫困劳动力"),
        ("家庭贫困子女", "贫困家庭子女"),  # another order
        ("工种职业", "职业工种"),
        ("安全补贴", "安全技能培训补贴"),  # characters in common
        ("岗位技能培训补贴", "岗位技能提升培训补贴"),
        ("Person_ID", "person_id"),
        ("ｐｅｒｓｏｎ＿ｉｄ", "person_id"),
        ("preson_id", "person_id"),
    ],
)
def test_the_word_that_was_meant_comes_first(written: str, meant: str):
    assert closest(written, DECLARED) == [meant]


@pytest.mark.parametrize("written", ["", "工", "完全不同", "税率", "residence", "。", "补贴对象范围"])
def test_a_far_word_is_not_offered(written: str):
    assert closest(written, DECLARED) == []


def test_more_than_one_may_be_asked_for():
    assert closest("合同到期日期", DECLARED, limit=3) == ["合同终止日期", "合同起始日期"]
    assert closest("年令", DECLARED, limit=0) == []


def test_the_word_itself_is_no_suggestion():
    assert "年龄" not in closest("年龄", DECLARED, limit=9)


@given(st.text("年龄度级命令工种职业", max_size=6), st.randoms())
def test_the_order_of_the_candidates_does_not_matter(word: str, shuffler: random.Random):
    shuffled = list(DECLARED)
    shuffler.shuffle(shuffled)
    assert closest(word, shuffled, limit=5) == closest(word, DECLARED, limit=5)


@given(st.text(max_size=70), st.lists(st.text(max_size=70), max_size=20), st.integers(0, 5))
def test_any_text_can_be_asked_for(word: str, candidates: list[str], limit: int):
    found = closest(word, candidates, limit)
    assert len(found) <= limit
    assert set(found) <= set(candidates) - {word}


def test_five_thousand_candidates_are_searched_at_once():
    draw = random.Random(1)
    characters = [chr(0x4E00 + number) for number in range(500)]
    declared = ["".join(draw.choices(characters, k=draw.randint(2, 12))) for _ in range(5_000)]
    started = time.perf_counter()
    for word in declared[:10]:
        closest(word, declared)
    # About 0.1 s; the bound only keeps out a search that compares every pair in full.
    assert time.perf_counter() - started < 3
