"""The calculator in a real browser, through its own form: results and reasoning are those of the exact evaluator."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, evolve
from browser.chromium import AXE, new_page
from explain.samples import policy as regulation
from explain.samples import rows

from hypolicy.backends.exact.explain import Explainer
from hypolicy.backends.javascript.emit import emit
from hypolicy.backends.javascript.fragments import fragment
from hypolicy.pipeline import load
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.narration import narrate
from hypolicy.rules.outcome import Settings
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Locator, Page

    from hypolicy.rules.narration import ItemNarrative
    from hypolicy.rules.tree import Fact, Policy, RecordKind, WorkedCase
    from hypolicy.rules.wording import Line


SHENZHEN = Path(__file__).parents[2] / "policies" / "shenzhen-2024"
PERSONS = 2
PHONE = {"viewport": {"width": 375, "height": 720}, "is_mobile": True, "has_touch": True}
PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>试算</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self';
 connect-src 'none'; form-action 'none'; base-uri 'none'">
<link rel="stylesheet" href="calculator.css"></head><body><main><h1>试算</h1><h2 id="算">算一算</h2>
<table><tbody>
<tr data-hypolicy-table="补贴标准目录" data-hypolicy-key='["焊工","中级工"]'><td>焊工</td></tr>
<tr data-hypolicy-parameter="生活费日标准" data-hypolicy-from="2019-08-30"><td>20</td></tr></tbody></table>
<div class="hypolicy-calculator" data-root="../">需要启用脚本。</div></main>
<script src="calculator.js" defer></script></body></html>"""
# What the calculator shows, read back: items with their lines, each with the lines under it.
READ = """() => {
  const line = (li) => {
    const own = li.cloneNode(true);
    own.querySelectorAll("ul, .hypolicy-mark, .hypolicy-spoken").forEach((part) => part.remove());
    return [own.textContent, [...li.querySelectorAll(":scope > ul > li")].map(line)];
  };
  const all = (item, what) => [...item.querySelectorAll(what)].map(line);
  return [...document.querySelectorAll(".hypolicy-told")].map((told) =>
    [...told.querySelectorAll(".hypolicy-item")].map((item) => ({
      item: item.querySelector(".hypolicy-name").textContent,
      headline: item.querySelector(":scope > p").textContent,
      amount: item.querySelector(".hypolicy-amount")?.textContent ?? "",
      steps: all(item, ".hypolicy-steps > li"),
      ways: all(item, ".hypolicy-ways:not([hidden]) > ul > li").filter(([text]) => !text.includes("没有找到")),
      readings: all(item, "details > ul > li"),
    })));
}"""


@define
class Form:
    """The form of a policy on an open page."""

    page: Page
    policy: Policy
    version: str

    @property
    def kind(self) -> RecordKind:
        return self.policy.records[0]

    def fill(self, place: int, record: Sequence[Any]) -> None:
        """Answers every question that a record shows, as long as there are others."""
        asked = {fact.question or fact.name: fact for fact in self.kind.facts}
        shown = self.page.locator(".hypolicy-record").nth(place)
        answered: set[str] = set()
        while True:
            labels = shown.locator(".hypolicy-question:visible .hypolicy-label").all_inner_texts()
            left = [label for label in labels if label not in answered]
            if not left:
                return
            question = shown.locator(".hypolicy-question").filter(
                has=self.page.get_by_text(left[0], exact=True)
            )
            answer(asked[left[0]], question, record[asked[left[0]].index])
            answered.add(left[0])

    def records(self) -> list[list[Any]]:
        """The records as the address has them, and what the form fills in by itself."""
        state = self.page.url.split("#calc=")[1].split(".")
        assert state[:2] == ["1", self.version]
        padded = state[2] + "=" * (-len(state[2]) % 4)
        answers = json.loads(base64.urlsafe_b64decode(padded))[0]
        holders = {holder.fact.name for holder in self.policy.ledger.holders} if self.policy.ledger else set()
        out = []
        for number, given in enumerate(answers, start=1):
            known = dict(given)
            row: list[Any] = []
            for fact in self.kind.facts:
                if fact == self.kind.key:
                    row.append(str(number))
                elif fact.name in holders:
                    row.append("本人")
                else:
                    row.append(decoded(fact, known[fact.name]) if fact.name in known else UNANSWERED)
            out.append(row)
        return out

    def expected(self, readings: dict[str, str]) -> list[list[dict[str, Any]]]:
        """What the exact evaluator says to the records of the form as they stand."""
        records = self.records()
        explained = Explainer(self.policy, Settings(readings), complete=False)
        told = [narrate(explained.explain(records, place)) for place in range(len(records))]
        return [[told_item(item) for item in one.items] for one in told]


def answer(fact: Fact, question: Locator, value: Any) -> None:
    if value is None:
        question.get_by_label("没有").check()
        return
    if fact.optional and question.get_by_role("checkbox").count():
        question.get_by_role("checkbox").uncheck()
    match fact.type:
        case BoolType():
            question.get_by_label("是" if value else "否", exact=True).check()
        case EnumType() if question.locator("select").count():
            question.locator("select").select_option(value)
        case EnumType():
            question.get_by_label(value, exact=True).check()
        case DateType():
            question.locator("input[type=date]").fill(value.isoformat())
            question.locator("input[type=date]").press("Tab")
        case _:
            question.locator("input[type=text]").fill(str(value))
            question.locator("input[type=text]").press("Tab")


def decoded(fact: Fact, value: Any) -> Any:
    match fact.type:
        case DateType() if value is not None:
            return date.fromisoformat(value)
        case NumberType(whole=whole) if value is not None:
            return int(value) if whole else Fraction(value)
        case _:
            return value


def told_line(line: Line, above: str = "") -> list[Any]:
    clause = f"【{line.clause}】" if line.clause and line.clause != above else ""
    return [
        f"{line.text.rstrip('。：')}。{clause}",
        [told_line(detail, line.clause) for detail in line.details],
    ]


def told_item(item: ItemNarrative) -> dict[str, Any]:
    """An item as it is shown; that nothing was found is said only where no question is left."""
    return {
        "item": item.item,
        "headline": item.headline,
        "amount": item.amount,
        "steps": [told_line(line) for line in item.steps],
        "ways": [told_line(line) for line in item.ways if "没有找到" not in line.text],
        "readings": [told_line(line) for line in item.readings],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "site" / "pages"
    out.mkdir(parents=True)
    (out / "index.html").write_text(PAGE, encoding="utf-8")
    return out


def write(policy: Policy, folder: Path) -> str:
    """The calculator beside the page; the version of its rules."""
    made = emit(policy, links={"六（二）": "clauses/6-2.html"})
    for name, text in made.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return made.version


def opened(page: Page, folder: Path, policy: Policy, fragment: str = "") -> Form:
    version = write(policy, folder)
    page.goto((folder / "index.html").as_uri() + fragment)
    return Form(page, policy, version)


def told(form: Form) -> Any:
    """What is shown. What would have to be otherwise is sought after the answer is there."""
    form.page.wait_for_function(
        "[...document.querySelectorAll('.hypolicy-ways')].every((place) => place.firstChild !== null)"
    )
    return form.page.evaluate(READ)


# --- through the form ----------------------------------------------------------------------------------------------


def persons() -> list[list[list[Any]]]:
    """People with two or three trainings each."""
    facts = regulation().records[0].facts
    holder = next(fact.index for fact in facts if fact.name == "学员编号")
    found: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for row in rows(60, 31):
        found[row[holder]].append(row)
    several = [records[:3] for records in found.values() if len(records) > 1]
    return several[:PERSONS]


@pytest.mark.parametrize("number", range(PERSONS))
def test_trainings_of_one_person(browser: Browser, folder: Path, number: int) -> None:
    records = persons()[number]
    with new_page(browser, **(PHONE if number == 0 else {})) as (page, asked, wrong):
        form = opened(page, folder, regulation())
        for place, record in enumerate(records):
            if place > 0:
                page.get_by_role("button", name="再加一条").click()
            form.fill(place, record)
        assert told(form) == form.expected({})
        assert wrong == []
        assert [address for address in asked if not address.startswith(folder.as_uri())] == []


def test_a_refusal_says_what_is_missing(browser: Browser, folder: Path) -> None:
    policy = regulation()
    facts = welder(policy).records[0] | {"在职职工": False}
    record = [facts.get(fact.name) for fact in policy.records[0].facts]
    with new_page(browser) as (page, _, wrong):
        form = opened(page, folder, policy)
        form.fill(0, record)
        page.get_by_role("button", name="看还差什么").first.click()
        form.fill(0, record)
        [items] = told(form)
        [refused] = [item for item in items if item["item"] == "岗位技能提升培训补贴"]
        assert refused["headline"] == "不予：对象不符。"
        assert refused["ways"] == [["差一项：是在职职工。", []]]
        assert page.locator('.hypolicy-clause a[href="../clauses/6-2.html"]').count() > 0
        assert wrong == []


def test_another_policy(browser: Browser, folder: Path) -> None:
    shenzhen = load(SHENZHEN)
    with new_page(browser) as (page, _, wrong):
        form = opened(page, folder, shenzhen)
        kind = shenzhen.records[0]
        for case in shenzhen.cases[:2]:
            page.get_by_role("button", name="全部清空").click()
            form.fill(0, [case.records[0].get(fact.name) for fact in kind.facts])
            assert told(form) == form.expected({})
        assert wrong == []


# --- the address ---------------------------------------------------------------------------------------------------


def with_the_policys_tables(policy: Policy) -> list[WorkedCase]:
    """The cases of training records, by the tables of the policy, which the calculator has."""
    return [
        evolve(case, tables={}, cells=()) for case in policy.cases if case.record == policy.records[0].name
    ]


def test_worked_cases_open_filled_in(browser: Browser, folder: Path) -> None:
    policy = regulation()
    assert [fragment(policy, case, "x") for case in policy.cases if case.tables] == [""] * 94
    cases = with_the_policys_tables(policy)
    sample = [
        *[case for case in cases if len(case.records) > 1][:2],
        *[case for case in cases if case.readings][:2],
    ]
    with new_page(browser) as (page, _, wrong):
        version = write(policy, folder)
        for case in sample:
            page.goto("about:blank")
            form = opened(page, folder, policy, fragment(policy, case, version))
            assert told(form) == form.expected(dict(case.readings))
        assert wrong == []


def test_addresses_that_are_of_another_version_or_broken(browser: Browser, folder: Path) -> None:
    policy = regulation()
    case = with_the_policys_tables(policy)[0]
    with new_page(browser) as (page, _, wrong):
        opened(page, folder, policy, fragment(policy, case, "0000"))
        assert "另一版规则" in page.inner_text(".hypolicy-notes")
        assert page.locator(".hypolicy-item").count() > 0
        unknown = (
            base64.urlsafe_b64encode('[[[["没有这个事实",true],["户籍","火星"]]],[]]'.encode())
            .decode()
            .rstrip("=")
        )
        for bad, words in (
            (f"#calc=1.x.{unknown}", "没有这个事实、户籍"),
            ("#calc=1.x.%%%", "不完整"),
            ("#calc=1.x.e30", "不完整"),
        ):
            page.goto("about:blank")
            opened(page, folder, policy, bad)
            assert words in page.inner_text(".hypolicy-notes"), bad
        page.goto("about:blank")
        opened(page, folder, policy, "#算")
        assert page.inner_text(".hypolicy-notes") == ""
        assert page.evaluate("decodeURIComponent(location.hash)") == "#算"
        assert wrong == []


# --- what is typed -------------------------------------------------------------------------------------------------


def test_typing_errors_are_told_in_chinese_with_what_to_do(browser: Browser, folder: Path) -> None:
    with new_page(browser) as (page, _, wrong):
        opened(page, folder, regulation())
        page.get_by_label("就业技能培训", exact=True).check()
        days = page.get_by_label("实际到课多少天？")
        for text, words in (
            ("十天", "请填整数"),
            ("-3", "请填整数"),
            ("99999999999", "太大"),
            ("１０", ""),
            ("1,0", ""),
        ):
            days.fill(text)
            days.press("Tab")
            shown = [one for one in page.locator(".hypolicy-error:visible").all_inner_texts() if one]
            assert (words in shown[0]) if words else shown == [], text
        page.get_by_label("哪一天开班？").fill("2020-03-10")
        page.get_by_label("哪一天结业？").fill("2020-03-01")
        page.get_by_label("哪一天结业？").press("Tab")
        assert "结业日期早于开班日期" in page.inner_text(".hypolicy-record")
        results = page.locator(".hypolicy-results")
        assert "互相矛盾" in results.inner_text()
        results.get_by_role("button", name="结业日期早于开班日期").click()
        assert page.get_by_label("哪一天结业？").evaluate("input => input === document.activeElement")
        trade = page.get_by_label("培训的是哪个职业（工种）？")
        trade.fill("焊")
        assert "没有“焊”" in page.inner_text(".hypolicy-record")
        trade.fill("焊工")
        assert "“焊工”在「补贴标准目录」中" in page.inner_text(".hypolicy-record")
        assert wrong == []


def test_the_rest_of_a_group_is_denied_at_once(browser: Browser, folder: Path) -> None:
    with new_page(browser) as (page, _, wrong):
        opened(page, folder, regulation())
        page.get_by_label("就业技能培训", exact=True).check()
        group = page.locator(".hypolicy-group").filter(has_text="学员")
        group.get_by_role("button", name="本组其余都选“否”").click()
        assert group.locator("input:checked").count() >= 10
        assert "不予：对象不符" in page.inner_text(".hypolicy-results")
        assert wrong == []


def test_the_keyboard_is_enough(browser: Browser, folder: Path) -> None:
    """Every question is reached by Tab, in the order of the page, and focus is where the eye is."""
    with new_page(browser) as (page, _, wrong):
        opened(page, folder, regulation())
        label = "document.activeElement.closest('.hypolicy-question')?.querySelector('.hypolicy-label').textContent"
        while page.evaluate("document.activeElement.localName") != "input":
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert page.get_by_label("就业技能培训", exact=True).is_checked()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        assert page.get_by_label("就业技能培训", exact=True).is_checked()
        asked = page.locator(".hypolicy-question:visible .hypolicy-label").all_inner_texts()
        reached = dict.fromkeys(asked[:1])
        for _ in range(8 * len(asked)):
            page.keyboard.press("Tab")
            reached[page.evaluate(label)] = None
            if asked[-1] in reached:
                break
        assert [one for one in reached if one is not None] == asked
        page.get_by_role("button", name="再加一条").press("Enter")
        assert page.evaluate("document.activeElement.textContent") == "培训记录2"
        page.get_by_role("button", name="看结果").press("Enter")
        assert page.evaluate("document.activeElement.textContent") == "试算结果"
        assert wrong == []


# --- the page around it --------------------------------------------------------------------------------------------


def welder(policy: Policy) -> WorkedCase:
    """A case that rests on the row and the parameter that the page shows."""
    return next(
        case
        for case in with_the_policys_tables(policy)
        if len(case.records) == 1
        and (case.records[0].get("职业工种"), case.records[0].get("等级")) == ("焊工", "中级工")
        and any(
            wanted.amount is not None and wanted.item == "岗位技能提升培训补贴" for wanted in case.expected[0]
        )
    )


def granted(policy: Policy) -> str:
    return fragment(policy, welder(policy), emit(policy, links={"六（二）": "clauses/6-2.html"}).version)


def test_the_rows_that_apply_are_lit(browser: Browser, folder: Path) -> None:
    with new_page(browser) as (page, _, wrong):
        opened(page, folder, regulation(), granted(regulation()))
        assert page.locator("tr.hypolicy-lit[aria-current]").count() >= 1
        page.get_by_role("button", name="全部清空").click()
        assert page.locator("tr.hypolicy-lit").count() == 0
        assert "#calc" not in page.url
        assert wrong == []


def test_a_slip_for_paper(browser: Browser, folder: Path) -> None:
    with new_page(browser) as (page, _, wrong):
        form = opened(page, folder, regulation(), granted(regulation()))
        page.evaluate("window.print = () => {}")
        page.get_by_role("button", name="打印结果单").click()
        page.emulate_media(media="print")
        assert page.locator("main").is_hidden()
        slip = page.locator(".hypolicy-slip")
        text = slip.inner_text()
        assert form.version in text
        assert "岗位技能提升培训补贴：准予" in text
        assert "「补贴标准目录」是示例数据" in text
        assert check_code(page) in text
        assert len(page.pdf(prefer_css_page_size=True)) > 10_000
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert slip.count() == 0
        assert wrong == []


def test_a_slip_tells_what_was_not_computed_and_which_readings_were_chosen(
    browser: Browser, folder: Path
) -> None:
    """Beside a sound record, one that contradicts itself."""
    policy = regulation()
    case = welder(policy)
    [sound] = case.records
    broken = sound | {"结业日期": date(2019, 1, 1)}
    both = evolve(case, records=(broken, sound), readings={"上浮叠加": "相加"})
    with new_page(browser) as (page, _, wrong):
        opened(page, folder, policy, fragment(policy, both, "x"))
        changed = "改选的口径：「上浮叠加」改取「相加」"
        assert changed in page.inner_text(".hypolicy-results")
        page.evaluate("window.print = () => {}")
        page.get_by_role("button", name="打印结果单").click()
        page.emulate_media(media="print")
        before, after = page.locator(".hypolicy-slip").inner_text().split("培训记录2")
        assert changed in before
        assert "互相矛盾，没有计算" in before
        assert "准予" not in before.split("培训记录1")[1]
        assert "岗位技能提升培训补贴：准予" in after
        assert wrong == []


def check_code(page: Page) -> str:
    """FNV-1a of the version, the answers and the results, as the slip tells it."""
    version, text = page.url.split("#calc=1.")[1].split(".")
    answers = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))[0]
    results = [[[item["item"], item["headline"]] for item in items] for items in page.evaluate(READ)]
    checked = json.dumps([version, answers, results], ensure_ascii=False, separators=(",", ":"))
    code = 0xCBF29CE484222325
    for byte in checked.encode():
        code = ((code ^ byte) * 0x100000001B3) % 2**64
    digits = f"{code:016X}"
    return "-".join(digits[i : i + 4] for i in range(0, 16, 4))


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_nobody_is_shut_out(browser: Browser, folder: Path, options: dict[str, Any]) -> None:
    if not AXE.exists():
        pytest.skip("没有安装 axe-core：make .venv/.browser")
    page_text = PAGE.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
    (folder / "index.html").write_text(
        page_text.replace("<title>", '<meta name="color-scheme" content="light dark"><title>')
    )
    with new_page(browser, bypass_csp=True, **options) as (page, _, _wrong):
        opened(page, folder, regulation(), granted(regulation()))
        page.add_script_tag(path=AXE)
        found = page.evaluate(
            "axe.run().then((all) => all.violations.map((one) => [one.id, one.impact, one.nodes[0].html]))"
        )
        assert found == []
        overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert page.evaluate(overflow) is False
