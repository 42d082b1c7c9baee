"""Every kind of step, comparison and rule has its words, and they read as Chinese."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, get_args

import attrs
import pytest

from hypolicy.rules import trace, tree
from hypolicy.rules.calendar import Period
from hypolicy.rules.ledger_words import PERIOD_WORDS, RULE_SENTENCES
from hypolicy.rules.narration import PLACE_WORDS, STACKING_WORDS
from hypolicy.rules.operators import Comparison
from hypolicy.rules.phrases import number_text, percent, ratio_text, value_text, yuan_text
from hypolicy.rules.rounding import RoundingPlace
from hypolicy.rules.trace import Absence, Place
from hypolicy.rules.trace_json import KEYS, NAMES
from hypolicy.rules.types import BOOL, DATE, MONEY, TEXT, EnumType, NumberType
from hypolicy.rules.units import DAY, RATIO, YUAN, Unit
from hypolicy.rules.wording import (
    OPPOSITE,
    PHRASES,
    READINGS,
    SENTENCES,
    Sort,
    interval_text,
    lines,
    phrase,
    truth_text,
)

STEPS = get_args(trace.Step)
HERE = Place("六（二）", "原文")
TERM = Period(date(2019, 8, 30), date(2021, 12, 31))
LEVELS = EnumType("技能等级", ("初级工", "中级工", "高级工"), ordered=True)
KINDS = EnumType("证书类型", ("无", "培训合格证", "职业资格证书"))
DAYS = NumberType(DAY, whole=True)


# --- nothing is missing ----------------------------------------------------------------------------------------


def test_every_node_of_the_rule_tree_has_its_step():
    assert {step.__name__ for step in STEPS} == {node.__name__ for node in get_args(tree.Expr)} | {
        "Unassessed"
    }


@pytest.mark.parametrize("kind", STEPS)
def test_every_step_has_a_sentence_or_a_phrase(kind: type):
    assert kind in SENTENCES or kind in PHRASES
    assert kind in NAMES


def test_every_truth_has_a_sentence_and_every_value_a_phrase():
    """A node that can be true must be told both ways; the others must have a name."""
    for node in get_args(tree.Expr):
        step = getattr(trace, node.__name__)
        types = {field.name: field.default for field in attrs.fields(node)}
        always_true_or_not = types.get("type") == BOOL
        assert step in (SENTENCES if always_true_or_not else PHRASES), node.__name__


@pytest.mark.parametrize("comparison", Comparison)
def test_every_comparison_is_read_in_every_sort(comparison: Comparison):
    assert set(READINGS[comparison]) == set(Sort)
    assert OPPOSITE[OPPOSITE[comparison]] is comparison
    for one, other in ((1, 2), (2, 1), (1, 1)):
        assert comparison.meaning(one, other) is not OPPOSITE[comparison].meaning(one, other)


def test_every_word_of_an_enumeration_is_there():
    assert set(RULE_SENTENCES) == set(trace.RuleKind)
    assert set(PERIOD_WORDS) == set(tree.PeriodKind)
    assert set(STACKING_WORDS) == set(tree.Stacking)
    assert set(PLACE_WORDS) == set(RoundingPlace)
    assert len(get_args(tree.LimitRule)) == len(trace.RuleKind)


def test_every_part_of_a_trace_has_its_key():
    classes = [c for c in vars(trace).values() if isinstance(c, type) and attrs.has(c)]
    names = {field.name for c in classes for field in attrs.fields(c)}
    assert names - set(KEYS) == set()
    assert all("一" <= key[0] <= "鿿" for key in KEYS.values())


# --- values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (date(2020, 3, 1), DATE, "2020年3月1日"),
        (True, BOOL, "是"),
        (False, BOOL, "否"),
        (1500, MONEY, "1,500元"),
        (Fraction(3001, 2), MONEY, "1,500.50元"),
        (Fraction(1, 3), MONEY, "约0.3333元"),
        (Fraction(20), NumberType(YUAN / DAY), "20元/天"),
        (Fraction(13, 2), NumberType(YUAN / Unit.of("课时")), "6.50元/课时"),
        (12, DAYS, "12天"),
        (Fraction(7, 10), NumberType(RATIO), "70%"),
        (2, NumberType(RATIO), "2"),
        ("电工", TEXT, "电工"),
        (Absence.NOT_GIVEN, DATE, "未填"),
        (Absence.HIDDEN, DATE, "属于个人信息，不显示"),
    ],
)
def test_values(value: Any, kind: Any, text: str):
    assert value_text(value, kind) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (1234567, "1,234,567"),
        (Fraction(-5, 2), "－2.5"),
        (Fraction(1, 8), "0.125"),
        (Fraction(2, 3), "约0.6667"),
        (Fraction(1, 10**8), "0.00000001"),
        (Fraction(1, 10**9), "约0.0000"),
        (Fraction(15, 10**5), "0.00015"),
        (Fraction(-2000000, 3), "约－666,666.6667"),
    ],
)
def test_numbers(number: Any, text: str):
    assert number_text(number) == text


def test_money_and_rates():
    assert yuan_text(0) == "0元"
    assert percent(Fraction(17, 10)) == "170%"
    assert percent(Fraction(1, 8)) == "12.5%"
    assert ratio_text(Fraction(1, 4)) == "25%"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2020-01-31", "2020-02-29", "1个月"),
        ("2020-03-05", "2020-03-08", "3天"),
        ("2020-12-01", "2021-12-31", "1年30天"),
        ("2020-01-15", "2021-03-20", "1年2个月5天"),
    ],
)
def test_intervals(first: str, last: str, text: str):
    assert interval_text(date.fromisoformat(first), date.fromisoformat(last)) == text


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("贫困劳动力", "是贫困劳动力", "不是贫困劳动力"),
        ("困难企业", "是困难企业", "不是困难企业"),
        ("已享受失业保险补贴", "已享受失业保险补贴", "没有享受失业保险补贴"),
        ("有残疾", "有残疾", "没有残疾"),
        ("统一编码", "统一编码：是", "统一编码：否"),
    ],
)
def test_truths(name: str, yes: str, no: str):
    assert (truth_text(name, truth=True), truth_text(name, truth=False)) == (yes, no)


# --- sentences -------------------------------------------------------------------------------------------------


def fact(name: str, value: Any, kind: Any) -> trace.FactRef:
    return trace.FactRef(name, value, kind, HERE)


def given(value: Any, kind: Any) -> trace.Literal:
    return trace.Literal(value, kind, HERE)


def by_reading(step: trace.Step) -> trace.ByReading:
    reading = trace.ReadingUsed("怎样算", "宽", "宽", "", "试点", "六")
    return trace.ByReading(reading, step, step.value, step.type, HERE)


def compared(comparison: Comparison, left: trace.Step, right: trace.Step) -> trace.Compare:
    truth = comparison.meaning(left.value, right.value)
    return trace.Compare(comparison, left, right, truth, BOOL, HERE)


FILED = fact("开班备案日期", date(2020, 3, 1), DATE)
STARTS = fact("开班日期", date(2020, 3, 2), DATE)
POOR = fact("贫困劳动力", True, BOOL)
VETERAN = fact("退役军人", False, BOOL)
COMPARED = [
    (
        compared(Comparison.AT_MOST, FILED, STARTS),
        "开班备案日期（2020年3月1日）不晚于开班日期（2020年3月2日）",
    ),
    (
        compared(Comparison.AT_MOST, STARTS, FILED),
        "开班日期（2020年3月2日）晚于开班备案日期（2020年3月1日），应当不晚于2020年3月1日",
    ),
    (compared(Comparison.EQUAL, fact("户籍", "农村", TEXT), given("农村", TEXT)), "户籍是农村"),
    (compared(Comparison.EQUAL, fact("户籍", "城镇", TEXT), given("农村", TEXT)), "户籍是城镇，应当是农村"),
    (compared(Comparison.UNEQUAL, fact("户籍", "城镇", TEXT), given("农村", TEXT)), "户籍是城镇，不是农村"),
    (
        compared(Comparison.UNEQUAL, fact("户籍", "农村", TEXT), given("农村", TEXT)),
        "户籍是农村，应当不是农村",
    ),
    (compared(Comparison.EQUAL, fact("统一编码", False, BOOL), given(True, BOOL)), "统一编码：否，应当为是"),
    (compared(Comparison.ABOVE, fact("天数", 0, DAYS), given(0, DAYS)), "天数（0天）等于0天，应当超过0天"),
    (
        compared(Comparison.AT_LEAST, fact("天数", 5, DAYS), given(7, DAYS)),
        "天数（5天）不满7天，应当不少于7天",
    ),
    (compared(Comparison.BELOW, fact("天数", 5, DAYS), given(7, DAYS)), "天数（5天）不满7天"),
]


@pytest.mark.parametrize(("step", "text"), COMPARED)
def test_comparisons(step: trace.Step, text: str):
    [line] = lines(step)
    assert (line.text, line.holds) == (text, step.value)


def test_levels_are_compared_as_levels():
    level = fact("等级", "初级工", LEVELS)
    step = trace.Compare(Comparison.AT_LEAST, level, given("中级工", LEVELS), False, BOOL, HERE)
    assert lines(step)[0].text == "等级（初级工）低于中级工，应当不低于中级工"


def contract(first: str, last: str, comparison: Comparison, truth: bool) -> trace.TermLength:
    days = (
        fact("合同起始日期", date.fromisoformat(first), DATE),
        fact("合同终止日期", date.fromisoformat(last), DATE),
    )
    return trace.TermLength(*days, comparison, 12, "个月", truth, BOOL, HERE)


def test_terms_say_how_much_is_missing():
    long = contract("2020-01-01", "2020-12-31", Comparison.AT_LEAST, truth=True)
    assert (
        lines(long)[0].text
        == "自合同起始日期（2020年1月1日）起至合同终止日期（2020年12月31日）止，不少于12个月"
    )
    short = contract("2020-01-01", "2020-11-30", Comparison.AT_LEAST, truth=False)
    assert lines(short)[0].text.endswith("止，不满12个月，应当不少于12个月，还差1个月")
    edge = contract("2020-01-01", "2020-12-31", Comparison.ABOVE, truth=False)
    assert lines(edge)[0].text.endswith("止，不超过12个月，应当超过12个月，还差1天")


SENTENCES_OF: list[tuple[trace.Step, str]] = [
    (POOR, "是贫困劳动力"),
    (VETERAN, "不是退役军人"),
    (trace.Not(VETERAN, True, BOOL, HERE), "不是退役军人"),
    (trace.Given("发证日期", date(2020, 6, 1), DATE, True, BOOL, HERE), "有发证日期（2020年6月1日）"),
    (trace.Given("发证日期", Absence.NOT_GIVEN, DATE, False, BOOL, HERE), "没有发证日期"),
    (
        trace.Not(trace.Given("止期", date(2020, 6, 1), DATE, True, BOOL, HERE), False, BOOL, HERE),
        "有止期（2020年6月1日），应当没有",
    ),
    (
        trace.InTable("贫困县名单", "县", fact("所在县", "祁东县", TEXT), None, True, BOOL, HERE),
        "所在县（祁东县）在「贫困县名单」中",
    ),
    (
        trace.Not(
            trace.InTable("目录", "工种", fact("工种", "电工", TEXT), None, False, BOOL, HERE),
            True,
            BOOL,
            HERE,
        ),
        "工种（电工）不在「目录」中",
    ),
    (
        trace.OneOf(fact("证书类型", "无", KINDS), ("培训合格证", "职业资格证书"), False, BOOL, HERE),
        "证书类型是无，不属于培训合格证、职业资格证书",
    ),
    (
        trace.InTerm(fact("发证日期", date(2019, 7, 27), DATE), TERM, False, BOOL, HERE),
        "发证日期（2019年7月27日）不在施行期（2019年8月30日至2021年12月31日）内",
    ),
    (
        trace.Within(STARTS, FILED, 30, "天", True, BOOL, HERE),
        "开班日期（2020年3月2日）在开班备案日期（2020年3月1日）起30天内",
    ),
    (given(True, BOOL), "一律符合"),
    (
        trace.Any((POOR, VETERAN), 1, True, BOOL, HERE),
        "下列2项符合其一即可：贫困劳动力、退役军人；其中符合：贫困劳动力",
    ),
    (trace.Any((VETERAN,), 1, False, BOOL, HERE), "下列1项符合其一即可：退役军人；均不符合"),
    (
        trace.Any((fact("低保", Absence.HIDDEN, BOOL), VETERAN), 1, True, BOOL, HERE),
        "下列2项符合其一即可：低保、退役军人；其中符合：一项，属于个人信息，不显示",
    ),
    (
        trace.Not(trace.Any((VETERAN,), 1, False, BOOL, HERE), True, BOOL, HERE),
        "不属于下列任何一项：退役军人",
    ),
    (trace.Unassessed(BOOL, HERE), "「原文」没有判断"),
    (
        trace.Any(
            (fact("低保", Absence.HIDDEN, BOOL), trace.Not(POOR, False, BOOL, HERE)), 1, True, BOOL, HERE
        ),
        "下列2项符合其一即可：其中一项符合，属于个人信息，不显示",
    ),
    (
        trace.Any((by_reading(POOR), VETERAN), 1, True, BOOL, HERE),
        "下列2项符合其一即可：贫困劳动力、退役军人；其中符合：贫困劳动力",
    ),
    (
        compared(Comparison.EQUAL, by_reading(fact("户籍", "城镇", TEXT)), given("农村", TEXT)),
        "户籍是城镇，应当是农村",
    ),
    (trace.Lookup("目录", "紧缺", (), (), None, True, (), True, BOOL, HERE), "「原文」没有判断"),
]


@pytest.mark.parametrize(("step", "text"), SENTENCES_OF)
def test_sentences(step: trace.Step, text: str):
    assert [line.text for line in lines(step)] == [text]


def test_parts_of_a_concept_stand_under_its_name():
    both = trace.All((POOR, VETERAN), 2, False, BOOL, HERE)
    [line] = lines(trace.ConceptRef("对象", "对象不符", both, False, BOOL, HERE))
    assert (line.text, line.holds) == ("对象：不符合", False)
    assert [(part.text, part.holds) for part in line.details] == [
        ("是贫困劳动力", True),
        ("不是退役军人", False),
    ]


def test_a_reading_is_named_with_its_option():
    reading = trace.ReadingUsed("残疾人认定", "持证即可", "持证即可", "是否须认定？", "有含字。", "六")
    [line] = lines(trace.ByReading(reading, POOR, True, BOOL, HERE))
    assert line.text == "是贫困劳动力（按口径「残疾人认定」取「持证即可」）"


PHRASES_OF: list[tuple[trace.Step, str]] = [
    (FILED, "开班备案日期（2020年3月1日）"),
    (
        trace.Age(fact("出生日期", Absence.HIDDEN, DATE), STARTS, Absence.HIDDEN, DAYS, HERE),
        "属于个人信息，不显示）",
    ),
    (
        trace.Shift(STARTS, 30, "天", date(2020, 4, 1), DATE, HERE),
        "开班日期（2020年3月2日）之后30天（即2020年4月1日）",
    ),
    (
        trace.Sum(((False, fact("甲", 5, DAYS)), (True, fact("乙", 2, DAYS))), 3, DAYS, HERE),
        "甲（5天）－乙（2天）",
    ),
    (
        trace.Product(((False, fact("甲", 6, DAYS)), (True, given(2, NumberType(RATIO)))), 3, DAYS, HERE),
        "甲（6天）÷2",
    ),
    (
        trace.Extreme(True, (fact("甲", 6, DAYS), given(2, DAYS)), 6, DAYS, HERE),
        "甲（6天）与2天中较大的（6天）",
    ),
]


@pytest.mark.parametrize(("step", "text"), PHRASES_OF)
def test_phrases(step: trace.Step, text: str):
    assert phrase(step).endswith(text)
