"""What a person sees on the terminal when a rule file is wrong, and what a program reads."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth, wcwidth

from hypolicy.diagnostics.code import Code
from hypolicy.diagnostics.codes import CODES
from hypolicy.diagnostics.diagnostic import Diagnostic, Place
from hypolicy.diagnostics.render import MAX_LINE_COLUMNS, MAX_WORDS_CHARS, render_json, render_text, visible
from hypolicy.source.limits import MAX_SHOWN_DIAGNOSTICS
from hypolicy.source.text import SourceText, Span

ERROR, WARNING = "HY998", "HY999"
GUTTER = "  │ "
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True, scope="module")
def _codes_of_these_tests():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CODES, ERROR, Code(ERROR, "没有登记过「{word}」这个词。", "请先在词汇中登记。"))
        patch.setitem(CODES, WARNING, Code(WARNING, "「{word}」登记后没有用到。", "可以删去。", warning=True))
        yield


def source(text: str, path: str = "补贴.hyp") -> SourceText:
    return SourceText(PurePosixPath(path), text)


def find(text: SourceText, words: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.text.index(words, start + 1)
    return Span(text, start, start + len(words))


def error(*places: Place | Span, word: str = "年令", clause: str = "", suggestion: str = "") -> Diagnostic:
    located = tuple(place if isinstance(place, Place) else Place(place) for place in places)
    return Diagnostic(ERROR, {"word": word}, located, clause, suggestion)


def warning(*places: Span, word: str = "年龄") -> Diagnostic:
    return Diagnostic(WARNING, {"word": word}, tuple(map(Place, places)))


def text_of(*diagnostics: Diagnostic, ambiguous_wide: bool = False) -> str:
    return render_text(diagnostics, color=False, ambiguous_wide=ambiguous_wide)


def excerpts(rendered: str) -> list[tuple[str, str]]:
    """Each source line with the marker row under it."""
    rows = [line.removeprefix(GUTTER.rstrip()) for line in rendered.splitlines() if line.startswith("  │")]
    return list(zip(rows[::2], rows[1::2], strict=True))


def width(text: str, ambiguous_wide: bool) -> int:
    columns = wcswidth(text)
    assert columns >= 0, text
    return columns + sum(
        ambiguous_wide and wcwidth(char) == 1 and unicodedata.east_asian_width(char) == "A" for char in text
    )


def marked_columns(marker: str, ambiguous_wide: bool = False) -> tuple[int, int]:
    """The display column where the marks begin, and how many columns they take."""
    found = re.search("[＾^]+", marker)
    assert found
    return width(marker[: found.start()], ambiguous_wide), width(found.group(), ambiguous_wide)


# --- the whole text -------------------------------------------------------------------------------


def test_one_mistake_as_it_is_told():
    text = source("政策「x」。\n　条件：年令不少于16周岁。\n")
    found = error(
        Place(find(text, "年令"), "在这里使用"),
        Place(find(text, "政策"), "词汇从这里开始"),
        clause="六（二）",
        suggestion="是否应为「年龄」？",
    )
    assert (
        text_of(found)
        == """\
错误 HY998：没有登记过「年令」这个词。
  条款：六（二）
  ┌ 补贴.hyp:2:5（第2行第5个字）「年令」：在这里使用
  │ 　条件：年令不少于16周岁。
  │ 　　　　＾＾
  ┌ 补贴.hyp:1:1（第1行第1个字）「政策」：词汇从这里开始
  │ 政策「x」。
  │ ＾＾
  帮助：是否应为「年龄」？

共发现 1 个错误、0 个警告。"""
    )


def test_nothing_found_is_said_too():
    assert render_text([], color=True) == "未发现问题。"


def test_a_mistake_without_a_place_has_no_excerpt():
    assert text_of(error()) == (
        "错误 HY998：没有登记过「年令」这个词。\n  帮助：请先在词汇中登记。\n\n共发现 1 个错误、0 个警告。"
    )


def test_help_of_several_lines_is_set_in():
    assert "  帮助：请补：\n    叠加方式：取最高。\n" in text_of(
        error(suggestion="请补：\n叠加方式：取最高。")
    )


def test_order_is_file_then_offset_then_errors_first():
    first, second = source("年龄年龄", "a.hyp"), source("年龄", "b.hyp")
    found = [
        error(find(second, "年龄"), word="四"),
        warning(find(first, "年龄", 1), word="三"),
        warning(find(first, "年龄"), word="二"),
        error(find(first, "年龄"), word="一"),
        error(word="无"),
    ]
    rendered = text_of(*found)
    assert re.findall("HY99[89]：.*?「(.)」", rendered) == ["无", "一", "二", "三", "四"]
    assert text_of(*reversed(found)) == rendered
    assert [re.findall("「(.)」", row["message"])[0] for row in json.loads(render_json(found))] == list(
        "无一二三四"
    )


# --- alignment ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ambiguous_wide", [False, True])
@pytest.mark.parametrize(
    "before",
    [
        "",
        "条件：",
        "　　全角空格",
        "half width only: ",
        "混排 mixed 文字 Ａ１ a1，",
        "“引号”…—①·℃ 宽度不定，",
        "\t制表\t符在a\t中间",
        "假名かなカナ한글",
        "emoji 😀 和 e\u0301 组合",
        "隐藏\u202e\u200b\x07字符",
    ],
)
def test_marker_stands_under_the_words(before: str, ambiguous_wide: bool):
    words = "年令“x”"
    text = source(f"开头\n{before}{words}，后面还有字。\n")
    [(line, marker)] = excerpts(text_of(error(find(text, words)), ambiguous_wide=ambiguous_wide))
    assert marked_columns(marker, ambiguous_wide) == (
        width(line[: line.index(words)], ambiguous_wide),
        width(words, ambiguous_wide),
    )


def test_marker_row_copies_wide_characters_as_wide_ones():
    text = source("ab条件c：年令")
    assert excerpts(text_of(error(find(text, "年令")))) == [(" ab条件c：年令", "   　　 　＾＾")]


def test_tabs_are_expanded_by_display_column():
    text = source("中\ta\t年令")
    assert excerpts(text_of(error(find(text, "年令")))) == [(" 中  a   年令", " 　      ＾＾")]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_an_empty_place_at_the_end_of_a_line_is_marked_once(end: str):
    text = source(f"条件：{end}")
    [(line, marker)] = excerpts(text_of(error(Span(text, 3, 3))))
    assert (line, marker) == (" 条件：", " 　　　^")


def test_the_end_of_a_file_after_its_last_line_is_a_place():
    text = source("条件：\n")
    assert "补贴.hyp:2:1（第2行第1个字）\n  │\n  │ ^\n" in text_of(error(Span(text, 4, 4)))


def test_words_of_several_lines_are_marked_on_the_first():
    text = source("补贴「甲」：\n  条件：真。\n结尾")
    rendered = text_of(error(Span(text, 2, text.text.index("结尾") - 1)))
    assert "（第1行第3个字至第2行第7个字）「「甲」： 条件：真。」\n" in rendered
    assert excerpts(rendered) == [(" 补贴「甲」：", " 　　＾＾＾＾→…")]


def test_words_with_marks_of_their_own_are_not_quoted_twice():
    text = source("补贴「甲」：")
    assert "（第1行第3个字）「甲」\n" in text_of(error(find(text, "「甲」")))


# --- long lines -----------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["", "很长，" * 40, "a" * 4_000, "很长的一行，" * 50_000])
@pytest.mark.parametrize("after", ["", "，后面也很长" * 50_000])
@pytest.mark.parametrize("words", ["年令", "年令" * 500])
def test_long_lines_are_cut_around_the_words(before: str, after: str, words: str):
    text = source(before + words + after)
    [(line, marker)] = excerpts(text_of(error(Span(text, len(before), len(before) + len(words)))))
    assert width(line, False) <= MAX_LINE_COLUMNS + 4
    assert line.startswith(" …") == (width(before, False) > MAX_LINE_COLUMNS)
    assert line.endswith("…") == (len(after) > 0 or len(words) > 2)
    start, columns = marked_columns(marker)
    assert start == width(line[: line.index("年令")], False)
    assert columns == 4 if words == "年令" else columns > MAX_LINE_COLUMNS // 2
    assert marker.endswith("…") == (len(words) > 2)


def test_long_words_are_not_quoted_whole():
    text = source("年令" * 500)
    assert f"「{'年令' * 10}…」" in text_of(error(Span(text, 0, 1000)))


# --- characters that hide -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hidden", "told"),
    [
        ("\u202e", "〈U+202E〉"),
        ("\u200b", "〈U+200B〉"),
        ("\ufeff", "〈U+FEFF〉"),
        ("\x1b", "〈U+001B〉"),
        ("\x00", "〈U+0000〉"),
        ("\x85", "〈U+0085〉"),
        ("\u2028", "〈U+2028〉"),
        ("\xad", "〈U+00AD〉"),
        ("\u3164", "〈U+3164〉"),
        ("\ufe0f", "〈U+FE0F〉"),
        ("\ue000", "〈U+E000〉"),
        ("\ud800", "〈U+D800〉"),
        ("\U000e0100", "〈U+E0100〉"),
    ],
)
def test_hidden_characters_are_told_by_their_number(hidden: str, told: str):
    text = source(f"年{hidden}龄")
    found = error(Place(find(text, hidden), f"标{hidden}签"), word=f"年{hidden}龄", clause=f"六{hidden}")
    rendered = text_of(found)
    assert hidden not in rendered
    assert f"没有登记过「年{told}龄」这个词。\n  条款：六{told}\n" in rendered
    assert f"「{told}」：标{told}签\n  │ 年{told}龄\n" in rendered
    written = render_json([found])
    assert hidden not in written
    assert json.loads(written)[0]["places"][0]["words"] == hidden


def test_a_heap_of_combining_marks_is_taken_apart():
    assert visible("e\u0301") == "e\u0301"
    assert visible("e\u0301\u0301\u0301") == "e\u0301〈U+0301〉〈U+0301〉"
    assert visible("\u0301") == "〈U+0301〉"


# --- colour ---------------------------------------------------------------------------------------


def test_colour_underlines_the_words_in_place_of_quoting_them():
    text = source("条件：年令为真。")
    rendered = render_text([error(find(text, "年令"), find(text, "条件"))], color=True)
    assert "条件：\x1b[1;4;31m年令\x1b[0m为真。" in rendered
    assert "\x1b[1;4;36m条件\x1b[0m：年令为真。" in rendered
    assert "（第1行第4个字）\n" in rendered
    assert rendered.startswith("\x1b[1;31m错误 HY998\x1b[0m：")
    assert render_text([warning(find(text, "年令"))], color=True).startswith("\x1b[1;33m警告 HY999\x1b[0m：")


def test_without_colour_there_are_no_escapes():
    text = source("条件：年令为真。")
    assert "\x1b" not in text_of(error(find(text, "年令")))


# --- limits ---------------------------------------------------------------------------------------


def test_no_more_than_the_limit_are_shown_and_all_are_counted():
    text = source("年令\n" * (MAX_SHOWN_DIAGNOSTICS + 7))
    found = [error(find_on_line(text, line)) for line in range(MAX_SHOWN_DIAGNOSTICS + 7)]
    rendered = text_of(*found)
    assert rendered.count("HY998") == MAX_SHOWN_DIAGNOSTICS
    assert rendered.endswith(
        f"\n\n还有 7 条，未逐一列出。\n\n共发现 {MAX_SHOWN_DIAGNOSTICS + 7} 个错误、0 个警告。"
    )
    assert "还有" not in text_of(*found[:MAX_SHOWN_DIAGNOSTICS])


def test_an_error_is_not_hidden_behind_many_warnings():
    text = source("年令\n" * (MAX_SHOWN_DIAGNOSTICS + 1))
    found = [warning(find_on_line(text, line)) for line in range(MAX_SHOWN_DIAGNOSTICS)]
    rendered = text_of(*found, error(find_on_line(text, MAX_SHOWN_DIAGNOSTICS)))
    assert rendered.count("HY999") == MAX_SHOWN_DIAGNOSTICS - 1
    assert rendered.count("HY998") == 1


def find_on_line(text: SourceText, line: int) -> Span:
    start = text.line_starts[line]
    return Span(text, start, start + 2)


# --- for programs ---------------------------------------------------------------------------------


def test_json():
    text = source("政策。\n年令")
    found = error(Place(find(text, "。\n年令"), "这里"), clause="六（二）")
    assert json.loads(render_json([found, warning()])) == [
        {
            "code": WARNING,
            "severity": "warning",
            "message": "「年龄」登记后没有用到。",
            "help": "可以删去。",
            "clause": "",
            "places": [],
        },
        {
            "code": ERROR,
            "severity": "error",
            "message": "没有登记过「年令」这个词。",
            "help": "请先在词汇中登记。",
            "clause": "六（二）",
            "places": [
                {
                    "file": "补贴.hyp",
                    "start": 2,
                    "end": 6,
                    "line": 1,
                    "column": 3,
                    "end_line": 2,
                    "end_column": 3,
                    "words": "。\n年令",
                    "label": "这里",
                }
            ],
        },
    ]
    assert render_json([]) == "[]"


def test_json_does_not_repeat_a_whole_file():
    text = source("年" * 10_000)
    [row] = json.loads(render_json([error(Span(text, 0, 10_000))]))
    assert row["places"][0]["words"] == "年" * MAX_WORDS_CHARS + "…"
    assert row["places"][0]["end"] == 10_000


# --- whatever the text ----------------------------------------------------------------------------


@settings(deadline=None)
@given(
    text=st.text(
        alphabet=st.characters() | st.sampled_from("年龄“”…\t\r\n\u0301\u202e\u200d😀"), max_size=200
    ),
    start=st.integers(-5, 220),
    end=st.integers(-5, 220),
    color=st.booleans(),
    ambiguous_wide=st.booleans(),
)
def test_any_text_and_any_span_can_be_shown(
    text: str, start: int, end: int, color: bool, ambiguous_wide: bool
):
    span = Span(source(text), start, end)
    found = error(Place(span, text), word=text, clause=text, suggestion=text)
    rendered = ANSI.sub("", render_text([found], color=color, ambiguous_wide=ambiguous_wide))
    assert all(char == "\n" or wcwidth(char) >= 0 for char in rendered)
    assert "\u202e" not in rendered

    first = min(max(start, 0), len(text))
    words = text[first : max(first, end)].split("\n", maxsplit=1)[0].rstrip("\r")
    [(line, marker)] = excerpts(rendered)
    assert width(line, ambiguous_wide) <= MAX_LINE_COLUMNS + 5
    if words and words.isprintable() and words in line and line.count(words) == 1:
        assert marked_columns(marker, ambiguous_wide)[0] == width(line[: line.index(words)], ambiguous_wide)

    [row] = json.loads(render_json([found]))
    assert row["places"][0]["words"] == text[first : max(first, end)]
    assert row["message"] == f"没有登记过「{text}」这个词。"
