"""What people read: no words of the machine, no personal values, nothing that a page would run or load."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from explain.samples import RECORD, explainer, rows, small_rows, text_of, write_small

from hypolicy.backends.exact.explain import Explainer
from hypolicy.backends.pages.explanation import explanation_page
from hypolicy.rules import trace
from hypolicy.rules.narration import headline, narrate, narrate_item
from hypolicy.rules.trace_json import explanation

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.rules.trace import Trace

SIZE = 2_000
SHOWN = 160

# Words of the machine; 「hypolicy」 itself may stand in the name of the format.
_CODE = re.compile(
    r"[A-Za-z_]+\(|\bNone\b|\bnull\b|\bTrue\b|\bFalse\b|Fraction|datetime|Absence|<[a-z]+ object|_[a-z]+|\{\w*\}"
)
_LATIN = re.compile(r"[A-Za-z]{2,}")


def outputs(told: Trace) -> tuple[str, str, str]:
    return text_of(told), json.dumps(explanation(told), ensure_ascii=False), explanation_page(narrate(told))


class Page(HTMLParser):
    """The text of a page, and what its tags are."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"],):
            self.text += data


def parsed(page: str) -> Page:
    parser = Page()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


@pytest.mark.parametrize("number", range(4))
def test_nothing_of_the_machine_is_shown(number: int):
    sample = rows(SIZE, 31)
    for place in range(number, SHOWN, 4):
        told = explainer(number).explain(sample, place)
        text, data, page = outputs(told)
        assert not _CODE.search(text), _CODE.search(text)
        assert not _LATIN.search(text), _LATIN.search(text)
        body = parsed(page).text
        assert not _CODE.search(body)
        assert not _LATIN.search(body)
        words = data.replace("hypolicy 审定说明", "").replace("目录.csv", "")
        assert set(_LATIN.findall(words)) <= {"true", "false"}


def test_personal_values_never_appear():
    """The person's own number, by which the ledger knows them, is in no output."""
    sample = [list(record) for record in rows(SIZE, 31)]
    place_of = next(fact.index for fact in explainer().policy.records[0].facts if fact.name == "学员编号")
    for record in sample:
        record[place_of] = record[place_of].replace("X", "身份")
    for place in range(0, SHOWN, 10):
        assert not any("身份0" in shown for shown in outputs(explainer().explain(sample, place)))


def test_personal_facts_that_decide_are_hidden_too(tmp_path: Path):
    small = write_small(tmp_path)
    poor = {"低收入": True, "课时": 30, "学员编号": "P990017"}
    sample = small_rows(small, poor, poor | {"等级": "中级"})
    for place in (0, 1):
        for shown in outputs(Explainer(small).explain(sample, place)):
            assert "1987" not in shown
            assert "P99" not in shown
    text = text_of(Explainer(small).explain(sample, 0))
    assert "其中符合：一项，属于个人信息，不显示" in text
    assert "周岁（属于个人信息，不显示）" in text


def test_other_people_are_not_told_of(tmp_path: Path):
    small = write_small(tmp_path)
    sample = small_rows(
        small,
        {"学员编号": "P1", "课时": 60, "记录编号": "4001"},
        {"学员编号": "P2", "课时": 60, "记录编号": "4002"},
    )
    [text, data, page] = outputs(Explainer(small).explain(sample, 1))
    assert "其他人员享受的1笔" in text
    assert not any("4001" in shown for shown in (text, data, page))


def test_a_page_runs_and_loads_nothing():
    told = explainer().explain(rows(SIZE, 31), 3)
    page = parsed(explanation_page(narrate(told)))
    tags = {tag for tag, _ in page.tags}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in ("src", "style")}
    assert all(str(a.get("href", "#")).startswith("#") for _, a in page.tags)


def test_a_page_escapes_what_comes_from_data(tmp_path: Path):
    small = write_small(tmp_path)
    sample = small_rows(small, {"企业": "<script>alert('示例')</script>&公司"})
    page = explanation_page(narrate(Explainer(small).explain(sample, 0)))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "alert" in parsed(page).text


def test_pages_and_text_say_the_same():
    told = explainer().explain(rows(SIZE, 31), 8)
    spoken = re.sub(r"[√×·✓✗\s]", "", parsed(explanation_page(narrate(told))).text)
    for item in narrate(told).items:
        assert item.headline.replace(" ", "") in spoken
        for line in (*item.steps, *item.ways, *item.readings):
            assert re.sub(r"\s", "", line.text).rstrip("。：") in spoken


def test_one_item_alone_is_told_even_where_it_does_not_apply():
    told = explainer().explain(rows(SIZE, 31), 8)
    for item in told.items:
        text = text_of(told, item.item)
        assert text.count("一、") == 1
        assert item.item in text
        data = explanation(told, item.item)
        assert [one["补贴项目"] for one in data["项目"]] == [item.item]


def test_json_keeps_its_shape():
    told = explainer().explain(rows(SIZE, 31), 3)
    data = explanation(told)
    assert (data["格式"], data["版本"]) == ("hypolicy 审定说明", 1)
    assert set(data) <= {"格式", "版本", "政策", "记录", "改选的口径", "项目", "注"}
    for one in data["项目"]:
        assert set(one) <= {
            "补贴项目", "条款", "结果", "金额", "结论", "依据", "资金来源", "收款方",
            "说明", "改变办法", "口径", "轨迹",
        }  # fmt: skip
        assert ("金额" in one) is (one["结果"] == "准予")
        assert [line["序号"] for line in one["说明"]] == list(range(1, len(one["说明"]) + 1))
        assert all(line["内容"].endswith("。") for line in one["说明"])


def test_changed_readings_are_said():
    told = explainer(1).explain(rows(SIZE, 31), 3)
    text = text_of(told)
    assert "改选的口径：「" in text
    assert "「上浮叠加」改取「相加」（政策默认「就高」）" in text


def test_notices_of_the_record_are_said(tmp_path: Path):
    small = write_small(tmp_path)
    sample = small_rows(small, {}, RECORD | {"等级": "高级", "记录编号": "2"})
    assert "提示" not in text_of(Explainer(small).explain(sample, 0))
    assert "提示：等级为高级的，请复核证书。" in text_of(Explainer(small).explain(sample, 1))


def test_a_row_that_is_missing_does_not_tell_a_personal_key():
    """Reasons name the keys of a missing row; those that are personal are left out."""
    sample = rows(SIZE, 31)
    missing = (
        item
        for place in range(SIZE)
        for item in explainer().explain(sample, place, nearest=False).items
        if "中没有这一行（" in item.before.reason_text and len(item.cases) == 1
    )
    item = next(missing)
    [case] = item.cases
    assert isinstance(case.amount, trace.Lookup)
    occupation = str(case.amount.keys[0].value)
    assert occupation in headline(item)
    hidden = tuple(evolve(key, value=trace.Absence.HIDDEN) for key in case.amount.keys)
    kept = evolve(item, cases=(evolve(case, amount=evolve(case.amount, keys=hidden)),))
    assert headline(kept) == "不予：「补贴标准目录」中没有这一行。"
    assert not any(occupation in line.text for line in narrate_item(kept).steps if "没有" in line.text)
