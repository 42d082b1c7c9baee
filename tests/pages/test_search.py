"""What people type finds what they mean: parts of words, numbers and clauses in any spelling, a character mistyped."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hypolicy.backends.pages.shell.search import Found, Section, index_script, sections

HERE = Path(__file__).parent
PROBES: list[dict[str, Any]] = json.loads((HERE / "probes.json").read_text(encoding="utf-8"))
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="没有安装 Node.js，搜索由浏览器中的测试检查")


@cache
def answers(folder: Path, queries: tuple[str, ...]) -> dict[str, Any]:
    done = subprocess.run(
        [str(NODE), str(HERE / "search.cjs"), str(folder)],
        input=json.dumps(queries),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@needs_node
@pytest.mark.parametrize("place", range(len(PROBES)), ids=[probe["query"] for probe in PROBES])
def test_probe(built: Path, place: int) -> None:
    probe = PROBES[place]
    found = answers(built, tuple(one["query"] for one in PROBES))["found"][place]
    pages = [hit["page"] for hit in found]
    if "first" in probe:
        assert pages[0].split()[0] == probe["first"], pages
    if "page" in probe:
        assert any(page.startswith(probe["page"]) for page in pages[:12]), pages
    if "hits" in probe:
        assert len(pages) >= probe["hits"], pages
        assert probe["hits"] or not pages


@needs_node
@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("二百元", "200元"),
        ("两百元", "200元"),
        ("２００ 元", "200元"),
        ("200.00元", "200元"),
        ("1,320元", "1320元"),
        ("百分之七十", "70%"),
        ("百分之一百五十", "150%"),
        ("八十周岁", "80周岁"),
        ("4.41万", "44100"),
        ("三万二千", "32000"),
        ("一亿零五万", "100050000"),
        ("二〇一九年", "2019年"),
        ("第十二条", "12"),
        ("第六条第一项", "6(1)"),
        ("第六条第二款第三项", "6(2)(3)"),
        ("六（一）", "6(1)"),
        ("百分点", "百分点"),
        ("", ""),
    ],
)
def test_one_spelling(small: Path, written: str, same: str) -> None:
    assert answers(small, (written,))["normal"] == [same]


@needs_node
def test_parts_of_words_and_both_forms_of_numbers_are_found(small: Path, tmp_path: Path) -> None:
    """In text that says it the other way: 收入 in 人均收入, 二百元 for 200元 and back, and so on."""
    told = "家庭人均收入低于低保标准百分之一百五十的，年满八十周岁，每月补贴200元，依据第十二条第二项。"
    shutil.copytree(small / "assets", tmp_path / "assets")
    index = index_script([Found("a.html", "页", Section(2, "p", "题", told))])
    (tmp_path / "search-index.js").write_text(index, encoding="utf-8")
    queries = (
        "收入",
        "低保",
        "150%",
        "80周岁",
        "二百元",
        "两百元",
        "200 元",
        "12（二）",
        "十二（二）",
        "人均首入",
    )
    assert [len(hits) for hits in answers(tmp_path, queries)["found"]] == [1] * len(queries)
    assert answers(tmp_path, ("20元", "50%", "8周岁", "2（二）"))["found"] == [[]] * 4


@needs_node
def test_a_number_is_found_as_a_whole(small: Path) -> None:
    found = answers(small, ("5元", "25元"))["found"]
    assert [hit for hit in found[0] if hit["excerpt"]["hit"] and "5" in hit["excerpt"]["hit"]] == []
    assert found[1]


@needs_node
def test_the_excerpt_is_cut_from_the_page_itself(built: Path) -> None:
    [found] = answers(built, ("五百五十元",))["found"]
    assert any("550" in hit["excerpt"]["hit"] for hit in found)
    for hit in found:
        assert hit["excerpt"]["hit"] in hit["text"]


def test_sections_of_a_page() -> None:
    html = (
        "<p>开头</p><h1>题</h1><p>一<b>二</b>三</p><h2 id='a'>甲<small>注</small></h2><ul><li>四</li><li>五</li></ul>"
        "<svg><text>图</text></svg><pre>源码</pre><ol class='hp-steps'><li>步骤</li></ol><h3 id='b'>乙</h3>六<br>七"
    )
    told = [(one.level, one.place, one.heading, " ".join(one.text.split())) for one in sections(html)]
    assert told == [
        (1, "", "", "开头"),
        (1, "", "题", "一二三"),
        (2, "a", "甲注", "四 五"),
        (3, "b", "乙", "六 七"),
    ]


def test_the_index_is_one_call_with_plain_data() -> None:
    script = index_script([Found("a.html", "页</script>", Section(2, "p", "题", "文 \u2028 <b>"))])
    assert script == ('hypolicySearch.load([["a.html#p","页\\u003c/script>","题","文 \\u003cb>"]]);\n')
