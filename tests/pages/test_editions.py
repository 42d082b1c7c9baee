"""The pages as of another day, and what amendments have changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pages.conftest import DRAFT, SMALL, replace_in
from pages.reading import read

from hypolicy.backends.pages.addresses import anchor
from hypolicy.backends.pages.shell.paper import document
from hypolicy.backends.pages.site import site
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.publication import matter, publish

RATE = f"standards/{anchor('日补助')}.html"


def test_each_edition_states_the_standard_of_its_day(small: Path) -> None:
    stated = {"2020-01-01/": "每天20元", "2021-01-01/": "每天25元", "": "每天30元"}
    for folder, words in stated.items():
        for page in ("index.html", "clauses/1.html"):
            text = read(small / folder / page).article
            assert words in text, (folder, page)
            assert not any(other in text for other in stated.values() if other != words), (folder, page)


def test_one_can_go_from_edition_to_edition(small: Path) -> None:
    for folder in ("", "2020-01-01/", "2021-01-01/"):
        links = {given.get("href") for _, given in read(small / folder / "clauses/1.html").elements}
        up = "../../" if folder else "../"
        for other in ("", "2020-01-01/", "2021-01-01/"):
            assert other == folder or f"{up}{other}clauses/1.html" in links, (folder, other)


def test_an_earlier_edition_says_that_it_is_one(small: Path) -> None:
    assert "以后已经改变" in read(small / "2020-01-01/clauses/1.html").article
    assert "以后已经改变" not in read(small / "clauses/1.html").article


def test_the_history_of_a_standard_is_the_same_in_every_edition(small: Path) -> None:
    for folder, current in (("2020-01-01/", "20元/天"), ("", "30元/天")):
        page = read(small / folder / RATE)
        for words in (
            "2020年1月1日",
            "2021年1月1日",
            "2022年7月1日",
            "小政发〔2020〕9号",
            "小政发〔2022〕3号",
        ):
            assert words in page.article
        lit = [given for tag, given in page.elements if tag == "tr" and given.get("class") == "hp-lit"]
        starts = {"20元/天": "2020-01-01", "30元/天": "2022-07-01"}
        assert [given["data-hypolicy-from"] for given in lit] == [starts[current]]
        assert any(tag == "svg" for tag, _ in page.elements)


def test_the_home_page_lists_what_has_changed(small: Path) -> None:
    text = read(small / "index.html").article
    assert "2021年1月1日日补助20元/天25元/天" in text
    assert "2022年7月1日日补助25元/天30元/天" in text


# --- a draft ---------------------------------------------------------------------------------------------------


def test_every_page_of_a_draft_says_so(drafted: Path) -> None:
    for path in drafted.rglob("*.html"):
        assert "草案预览：本站计入了《关于调整技能补贴的通知》，不是现行规定。" in read(path).text, path


def test_a_draft_on_paper_says_so_on_every_sheet() -> None:
    made = site(matter(SMALL, [DRAFT])[0])
    paper = read(document(made.title, made.pages, Path(), made.notice))
    sheets = sum(1 for tag, given in paper.elements if tag == "section" and given.get("class") == "hp-sheet")
    assert sheets == sum(page.listed for page in made.pages)
    assert paper.text.count("草案预览：本站计入了") == sheets


def test_links_on_paper_lead_within_it() -> None:
    made = site(matter(SMALL)[0])
    paper = read(document(made.title, made.pages, Path(), ""))
    ids = [given["id"] for _, given in paper.elements if "id" in given]
    links = [given["href"] for tag, given in paper.elements if tag == "a" and "href" in given]
    assert len(ids) == len(set(ids))
    assert len(links) > 30
    assert [link for link in links if link.removeprefix("#") not in ids] == []


def test_what_a_draft_changes_stands_on_a_page(drafted: Path) -> None:
    page = read(drafted / "changes/2022-09-01.html")
    text = page.article
    assert "《关于调整技能补贴的通知》（小政发〔2022〕8号），县级规范性文件，草案，自2022年9月1日起" in text
    assert "每人每年不超过32次" in text
    assert sorted(tag for tag, _ in page.elements if tag in ("del", "ins")) == ["del", "del", "ins"]
    assert "第三条 宣传（废止）" in text
    assert "日补助第一条30元/天36元/天" in text
    assert "最后一次调整之后" in text
    assert "修改前生活补助 准予 300元 修改后生活补助 准予 360元" in text
    assert "标准调整之后" not in text


def test_a_change_of_the_rules_has_an_example_with_both_explanations(drafted: Path) -> None:
    text = read(drafted / "changes/2022-09-01.html").article
    told = text.partition("规则和影响")[2].partition("例子前后对照")[0]
    assert "日补助：自2022年9月1日起由30元/天改为36元/天。结果不同" in told
    assert "生活补助，例如：" in told
    assert "基数：日补助（30元/天）×天数（10天）＝300元" in told
    assert "基数：日补助（36元/天）×天数（10天）＝360元" in told
    assert "不是真人" in told


def test_what_another_version_has_changed_stands_on_a_page(policy_copy: Path, tmp_path: Path) -> None:
    """The same as between two folders: wording, rule with an example, and a case that only the new one has."""
    rules = policy_copy / "政策.hyp"
    replace_in(rules, "天数超过0天，不符称“没有到课”", "天数超过1天，不符称“没有到课”")
    replace_in(rules, "> 第三条 各部门做好宣传。", "> 第三条 各部门做好宣传工作。")
    replace_in(
        policy_copy / "官方文本" / "办法.txt", "第三条 各部门做好宣传。", "第三条 各部门做好宣传工作。"
    )
    lines = (
        "用例「只来一天」：",
        "参照「二〇二一年的残疾人」。",
        "假设：天数为1天。",
        "应得：生活补助不予“没有到课”。",
    )
    case = "\n" + "\n  ".join(lines) + "\n"
    rules.write_text(rules.read_text(encoding="utf-8") + case, encoding="utf-8")
    publish(policy_copy, tmp_path / "site", before=SMALL)
    page = read(tmp_path / "site" / "changes" / "versions.html")
    assert page.article.count("工作") == 1
    assert "“天数超过0天”改为“天数超过1天”" in page.article
    assert "修改前生活补助 准予 25元 修改后生活补助 不予 没有到课" in page.article
    assert "与原来版本的不同" in read(tmp_path / "site" / "index.html").article


def test_a_repealed_clause_is_still_there_in_the_edition_before(drafted: Path) -> None:
    assert not (drafted / "clauses/3.html").exists()
    assert (drafted / "2022-07-01/clauses/3.html").is_file()
    switch = {given.get("href") for _, given in read(drafted / "2022-07-01/clauses/3.html").elements}
    assert "../../clauses/3.html" not in switch
    assert "../../2021-01-01/clauses/3.html" in switch


def test_a_draft_does_not_excuse_a_case_that_fails_without_it(policy_copy: Path, tmp_path: Path) -> None:
    replace_in(policy_copy / "政策.hyp", "生活补助200.00元", "生活补助201.00元")
    draft = shutil.copy(DRAFT, tmp_path / "修订.hyp")
    with pytest.raises(Refusal, match="HY890"):
        publish(policy_copy, tmp_path / "site", amendments=[draft])


def test_an_amendment_in_force_needs_no_option(policy_copy: Path, tmp_path: Path) -> None:
    folder = policy_copy / "修订"
    folder.mkdir()
    text = DRAFT.read_text(encoding="utf-8").replace("状态：草案", "状态：施行")
    (folder / "一.hyp").write_text(text, encoding="utf-8")
    replace_in(policy_copy / "政策.hyp", "生活补助300.00元", "生活补助360.00元")
    publish(policy_copy, tmp_path / "site")
    assert "草案" not in read(tmp_path / "site" / "index.html").text
    home = read(tmp_path / "site" / "index.html").article
    assert "2022年9月1日的修订：《关于调整技能补贴的通知》（小政发〔2022〕8号）" in home
    assert "每天36元" in home
