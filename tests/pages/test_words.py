"""What citizens read: no identifier, no word of a program; what is marked, is marked everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pages.reading import read

if TYPE_CHECKING:
    from pathlib import Path

# Words that only programs say, and Python's or JavaScript's ways to write a value.
PROGRAM = re.compile(
    r"\b(?:null|None|True|False|undefined|NaN|Fraction|attrs|lambda)\b|[A-Za-z]+_[A-Za-z_]+|\[object|\{\{|\}\}|<[a-z]|&[a-z]+;"
)


@pytest.fixture(params=["built", "small", "drafted"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_no_word_of_a_program_is_on_a_page(folder: Path) -> None:
    said = {}
    for path in folder.rglob("*.html"):
        text = read(path).article.partition("规则源码")[0]
        if found := PROGRAM.findall(text):
            said[path.relative_to(folder).as_posix()] = found
    assert said == {}


def test_every_page_that_uses_illustrative_data_says_so(built: Path) -> None:
    """Every page on which money rests on the catalogue, whose rows are no official facts."""
    unmarked = []
    for path in built.rglob("*.html"):
        text = read(path).article
        rests = "示例数据，不是官方标准" in text or "查询「补贴标准目录」" in text
        if rests and "只供演示" not in text:
            unmarked.append(path.name)
    assert unmarked == []
    for page in ("index.html", "calculator.html"):
        assert "只供演示" in read(built / page).article, page


def test_what_a_change_costs_on_illustrative_data_is_marked(drafted: Path) -> None:
    assert "「工种标准」的内容是示例" in read(drafted / "changes/2022-09-01.html").article


def test_every_sentence_of_the_official_text_is_on_the_page_of_its_clause(built: Path) -> None:
    whole = read(built / "text.html").article
    assert "逐句引用，没有遗漏" in whole
    assert "从2019年到2021年，全市每年开展各类补贴性职业技能培训4.41万人次以上" in whole
    living = read(built / "clauses/7.html").article
    assert "在参加技能培训和创业培训期间按照培训天数给予每人每天20元生活费补贴" in living


def test_a_clause_page_has_its_parts_in_their_order(built: Path) -> None:
    text = (built / "clauses/6-2.html").read_text(encoding="utf-8")
    places = [
        text.index(part)
        for part in (
            'class="hp-answer"',
            'id="text"',
            'id="how"',
            'class="hp-formula"',
            'id="standards"',
            'id="cases"',
            'id="readings"',
            'id="source"',
        )
    ]
    assert places == sorted(places)


def test_the_row_that_an_example_has_used_is_lit(built: Path) -> None:
    lit = [
        given["data-hypolicy-key"]
        for tag, given in read(built / "clauses/6-2.html").elements
        if tag == "tr" and given.get("class") == "hp-lit"
    ]
    assert '["电工", "中级工"]' in lit
    assert '["中级工"]' in lit


def test_every_item_has_a_diagram_with_its_words_beside_it(built: Path) -> None:
    page = read(built / "clauses/7.html")
    drawings = [
        given for tag, given in page.elements if tag == "svg" and "判断次序" in given.get("aria-label", "")
    ]
    assert len(drawings) == 1
    boxes = [given for tag, given in page.elements if tag == "rect"]
    assert len(boxes) > 8
    for words in ("未备案", "对象不符", "期限外", "培训天数为零"):
        assert page.article.count(words) >= 2, words
