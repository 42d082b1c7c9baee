"""A difference in a terminal: how lines break, what stands beside what, and what is coloured."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from difference.test_cases import answer
from wcwidth import wcswidth

from hypolicy.rules import difference_words as words
from hypolicy.rules.difference import (
    Aspect,
    Change,
    ChangeKind,
    Difference,
    Effect,
    Example,
    Impact,
    Money,
    Move,
    Outcome,
    Sample,
    Verdict,
    Version,
)
from hypolicy.rules.difference_json import difference_json
from hypolicy.rules.difference_text import _padded, _wrap, difference_text
from hypolicy.rules.impact_words import change_words, impact_words, tables
from hypolicy.rules.trace import Absence, Known
from hypolicy.rules.types import BOOL, DATE, MONEY, TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
VERSION = Version("方案", "1号")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四五", 6, ["一二三", "四五"]),
        ("一二三四五", 7, ["一二三", "四五"]),
        ("一二三，四五", 6, ["一二", "三，四", "五"]),
        ("一二三）。四", 6, ["一二", "三）。", "四"]),
        ("一二（三四五", 6, ["一二", "（三四", "五"]),
        ("一二「（三四", 8, ["一二", "「（三四"]),
        ("发给 Alice-1 二人", 10, ["发给", "Alice-1 二", "人"]),
        ("2020年abcdefghij", 6, ["2020年", "abcdefghij"]),
        ("\x1b[32m一二三\x1b[0m四", 6, ["\x1b[32m一二三\x1b[0m", "四"]),
        ("ab\x1b[1mcd\x1b[0mef", 4, ["ab\x1b[1mcd\x1b[0m", "ef"]),
        ("", 4, []),
    ],
)
def test_where_lines_break(text: str, width: int, lines: list[str]) -> None:
    """Marks that close stay with what they close; words of letters stay whole; colours take no place."""
    assert list(_wrap(text, width)) == lines


def test_chinese_characters_are_two_columns_wide() -> None:
    assert _padded("甲", 4) == "甲  "
    assert _padded("ab", 2) == "ab"
    assert _padded("甲乙", 3) == "甲乙"


def case(name: str, folder: Path) -> Difference:
    return answer((HERE / "cases" / f"{name}.md").read_text(encoding="utf-8"), folder)


def test_in_a_narrow_terminal_one_explanation_stands_under_the_other(tmp_path: Path) -> None:
    told = case("情形的分界", tmp_path)
    lines = difference_text(told, 60).splitlines()
    assert max(map(wcswidth, lines)) <= 60
    assert "│" not in "".join(lines)
    start = lines.index("      修改前的说明：")
    assert lines[start : start + 12] == [
        "      修改前的说明：",
        "        情形「短期」：不符合。【一】",
        "        　不符合（不满足：天数不超过10天）：天数（11天）超",
        "          过10天，应当不超过10天。",
        "        情形「长期」：符合。【一】",
        "        　√ 符合：天数（11天）超过10天。",
        "        基数：「基本标准」（800元）＋200元＝1,000元。",
        "          【一】",
        "        取整到元（四舍五入）：1,000元。【一】",
        "      修改后的说明：",
        "        情形「短期」：符合。【一】",
        "        　√ 符合：天数（11天）不超过20天。",
    ]
    assert "│" in difference_text(told, 88)
    assert difference_text(told, 10) == difference_text(told, 40)


def toned(told: Difference) -> set[tuple[str, str]]:
    """What is coloured, with its tone."""
    found = set()

    def style(text: str, tone: str) -> str:
        found.add((tone, text))
        return text

    difference_text(told, 120, style)
    return found


def test_what_is_coloured(tmp_path: Path) -> None:
    assert toned(case("情形的分界", tmp_path / "一")) == {
        ("title", "【一】"),
        ("before", "准予1,000元"),
        ("after", "准予800元"),
    }
    assert ("open", "无法判断：看不穿“天数×天数÷1天不少于0天”") in toned(
        case("看不穿的算式", tmp_path / "二")
    )
    assert ("same", "已证明没有一条记录的结果不同") in toned(case("没有作用的改动", tmp_path / "三"))


def test_of_many_lines_that_differ_only_the_first_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [words.Contrast(f"前{number}", f"后{number}") for number in range(13)]
    monkeypatch.setattr(words, "contrasts", lambda _: rows)
    lines = [line.strip() for line in difference_text(ONE_EXAMPLE, 100).splitlines()]
    start = next(place for place, line in enumerate(lines) if line.startswith("前0"))
    assert [line.split()[0] for line in lines[start : start + 12]] == [f"前{number}" for number in range(12)]
    assert lines[start + 12] == "……还有1行不同。"


def test_a_line_that_only_one_side_has_leaves_none_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [words.Contrast("", "后一"), words.Contrast("前一", "后二"), words.Contrast("前二", "")]
    monkeypatch.setattr(words, "contrasts", lambda _: rows)
    lines = [line.strip() for line in difference_text(ONE_EXAMPLE, 60).splitlines()]
    start = lines.index("修改前的说明：")
    assert lines[start : start + 6] == ["修改前的说明：", "前一", "前二", "修改后的说明：", "后一", "后二"]
    monkeypatch.setattr(words, "contrasts", lambda _: rows[:1])
    assert "修改前的说明：" not in difference_text(ONE_EXAMPLE, 60)


def change(*effects: Effect) -> Change:
    return Change(ChangeKind.BENEFIT, "一", "补贴", ("甲改为乙",), "", "", effects)


ALONE = Example("补贴", Aspect.RESULT, (), (), Outcome("不予"), Outcome("准予", 100))
ONE_EXAMPLE = Difference(VERSION, VERSION, (change(Effect("补贴", Verdict.DIFFERS, ALONE)),), (), (), None)


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        (Effect("补贴", Verdict.OPEN, unseen=("甲", "乙")), "无法判断：甲；乙"),
        (Effect("补贴", Verdict.SAME), "已证明没有一条记录的结果不同"),
        (Effect("补贴", Verdict.APART), "不改变审定结果"),
        (Effect("补贴", Verdict.DIFFERS), "结果不同"),
    ],
)
def test_what_is_known_without_an_example(effect: Effect, told: str) -> None:
    assert words.effect_words(effect) == told


@pytest.mark.parametrize(
    ("value", "kind", "data"),
    [
        (True, BOOL, True),
        (date(2020, 3, 1), DATE, "2020-03-01"),
        (Fraction(3001, 2), MONEY, "1500.50"),
        (Fraction(1), MONEY, "1.00"),
        (Fraction(1, 3), MONEY, "1/3"),
        (12, MONEY, "12"),
        ("甲", TEXT, "甲"),
    ],
)
def test_the_facts_of_a_made_up_record_as_data(value: Any, kind: Any, data: Any) -> None:
    facts = (Known("甲事", value, kind), Known("没有的", Absence.NOT_GIVEN, kind))
    sample = Sample(Known("编号", "7", TEXT), facts, facts)
    example = Example("补贴", Aspect.RESULT, (), (sample,), Outcome("不予"), Outcome("准予", 5))
    told = Difference(VERSION, VERSION, (change(Effect("补贴", Verdict.DIFFERS, example)),), (), (), None)
    [one] = difference_json(told)["改动"]
    shown = one["影响"][0]["例子"]
    assert shown["记录"] == [{"编号": "7", "要点": {"甲事": data}, "全部": {"甲事": data}}]
    assert (shown["修改前"], shown["修改后"]) == ({"结果": "不予"}, {"结果": "准予", "金额": "0.05"})


# --- what it does to records ------------------------------------------------------------------------------------


def money(name: str, before: int, after: int, counts: tuple[int, int] = (1, 1)) -> Money:
    more, less = max(after - before, 0), max(before - after, 0)
    return Money(name, *counts, before, after, int(more > 0), more, int(less > 0), less)


def impact(
    *items: Money, total: Money, moves: Sequence[Move] = (), illustrative: Sequence[str] = ()
) -> Impact:
    clauses = (evolve(total, name="一"),)
    return Impact("一批.csv", 1200, total, items, clauses, (), tuple(moves), tuple(illustrative))


@pytest.mark.parametrize(
    ("fen", "words"), [(0, "不变"), (1, "＋0.01元"), (-5000, "－50元"), (12345600, "＋123,456元")]
)
def test_an_amount_more_or_less(fen: int, words: str) -> None:
    assert change_words(fen) == words


def test_who_gains_and_who_loses_in_a_sentence() -> None:
    gains = impact(total=money("合计", 0, 100))
    assert impact_words(gains) == "一批.csv的1200条记录：1条增加，共1元；合计由0元到1元，＋1元。"
    loses = impact(total=money("合计", 300, 100))
    assert impact_words(loses) == "一批.csv的1200条记录：1条减少，共2元；合计由3元到1元，－2元。"
    assert impact_words(impact(total=money("合计", 100, 100))) == "一批.csv的1200条记录：金额没有变化。"


def test_only_what_changes_has_a_row_and_a_column() -> None:
    total = money("合计", 100, 300)
    [items, *_] = tables(
        impact(money("甲", 100, 300), money("乙", 5, 5), money("丙", 7, 7, (1, 0)), total=total)
    )
    assert items.headers == ("增减（元）", "金额（元）", "准予（条）", "增加")
    assert items.rows == (("甲", "＋2", "1 → 3", "1", "1条，＋2"), ("丙", "不变", "0.07", "1 → 0", ""))
    assert items.unchanged == ("乙",)


def test_records_beside_the_rules(tmp_path: Path) -> None:
    """A table where there is room, sentences where there is none; results that have become others; a caution."""
    moves = [Move("甲", "准予", "不予", 1100)]
    parts = (money("甲", 10000, 30000), money("乙", 5, 5))
    shown = impact(*parts, total=money("合计", 10005, 10005), moves=moves, illustrative=["目录"])
    told = Difference(VERSION, VERSION, (), (), (), shown)
    heading, heading_row = "对数据的影响（一批.csv，1200条记录）", "  补贴项目  增减（元）"
    wide, narrow = (difference_text(told, width).partition(heading)[2].splitlines() for width in (100, 40))
    assert wide == [
        "",
        "  注意：「目录」是示例数据，不是官方标准，金额仅供演示。",
        "",
        "  补贴项目  增减（元）  金额（元）  准予（条）        增加",
        "  甲             ＋200   100 → 300           1  1条，＋200",
        "  乙没有变化。",
        "",
        "  条款：一没有变化。",
        "",
        "  结果变化",
        "    甲：准予 → 不予，1,100条",
    ]
    assert narrow[4:7] == [
        "  甲：增减（元）＋200；金额（元）100 →",
        "    300；准予（条）1；增加1条，＋200",
        "  乙没有变化。",
    ]
    broad = max(wcswidth(line) for line in wide[3:5])
    assert [heading_row in difference_text(told, width) for width in (broad, broad - 1)] == [True, False]
