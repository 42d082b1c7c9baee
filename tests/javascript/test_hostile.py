"""Whatever an author writes is data of the calculator: no code, and no element of the page, comes of it."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from browser.chromium import new_page
from javascript.engines import Comparison
from javascript.test_in_browser import folder, opened, told
from pages.conftest import SMALL
from pages.test_hostile import STRINGS, spoil

from hypolicy.backends.javascript.emit import emit, rules_source
from hypolicy.pipeline import load
from hypolicy.publication import matter
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["folder"]

# What the calculator is made of.
ELEMENTS = {
    "article", "button", "datalist", "details", "div", "h3", "h4", "h5", "header", "input", "label", "li", "ol",
    "option", "p", "section", "select", "span", "strong", "summary", "ul",
}  # fmt: skip
SLIP = ELEMENTS | {"a", "caption", "h1", "h2", "table", "tbody", "td", "th", "tr"}

HOSTILE_POLICY = """政策「试</script>点__proto__」。
文号：“<img src=x onerror=alert(1)>`${1}`”。
施行期：自2020年1月1日起至2022年12月31日止。
适用日：发证日期。
汇总年度：发证日期。
资金「constructor」。
记录「__proto__」：以申报号为键。
事实「申报号」：编号。
事实「valueOf」：是否，说明“</script><!--${alert(1)}\\u0022'\\”。
事实「toString」：hasOwnProperty、__defineGetter__。
事实「发证日期」：日期。
概念「prototype」：valueOf，不符称“"; alert(1); //`*/</script>”。
补贴「__proto__补贴」：
  资金：constructor。
  条件：prototype，且发证日期在施行期内，且toString属于hasOwnProperty、__defineGetter__。
  金额：标准（toString）。
表「标准」（toString）：hasOwnProperty550元；__defineGetter__990元。
"""


def test_a_policy_with_hostile_names(tmp_path: Path) -> None:
    (tmp_path / "政策.hyp").write_text(HOSTILE_POLICY, encoding="utf-8")
    policy = load(tmp_path)
    kind = policy.records[0]
    comparison = Comparison(tmp_path)
    records = [(True, "hasOwnProperty"), (False, "hasOwnProperty"), (True, "__defineGetter__"), (None, None)]
    rows = [[str(number), *record, date(2021, 5, 6)] for number, record in enumerate(records)]
    comparison.decisions(policy, kind, rows, Settings())
    comparison.reasoning(policy, kind, rows, Settings())
    assert comparison.first_difference() == ""
    assert "</" not in rules_source(policy)
    assert "<!--" not in rules_source(policy)


def test_hostile_words_are_only_words(browser: Browser, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "政策.hyp").write_text(HOSTILE_POLICY, encoding="utf-8")
    hostile = load(tmp_path)
    with new_page(browser) as (page, _, wrong):
        form = opened(page, folder, hostile)
        for truth in (True, False):
            form.fill(0, ["1", truth, "hasOwnProperty", date(2021, 5, 6)])
            assert told(form) == form.expected({})
        assert page.locator(".hypolicy-calculator :is(script, img, iframe, object, style)").count() == 0
        page.evaluate("window.print = () => {}")
        page.get_by_role("button", name="打印结果单").click()
        assert page.locator(".hypolicy-slip :is(script, img, iframe, object, style)").count() == 0
        assert wrong == []


def test_a_corpus_of_hostile_words(browser: Browser, folder: Path) -> None:
    """Groups, notes, denials, reasons, keys of tables: more than two hundred strings that break out of pages."""
    spoilt = spoil(matter(SMALL)[0]).policy
    script = emit(spoilt).files["calculator.js"]
    assert re.search("</|<!--|[\u2028\u2029]", script) is None
    with new_page(browser) as (page, asked, wrong):
        opened(page, folder, spoilt)
        choices = ".hypolicy-question label:first-of-type > input[type=radio]"
        page.evaluate(f"document.querySelectorAll('{choices}').forEach((input) => input.click())")
        page.locator(".hypolicy-question:visible input[type=text]").first.fill(STRINGS[0])
        page.evaluate("window.print = () => {}")
        page.get_by_role("button", name="打印结果单").click()
        for where, allowed in ((".hypolicy-calculator", ELEMENTS), (".hypolicy-slip", SLIP)):
            found = page.evaluate(f"[...document.querySelectorAll('{where} *')].map((one) => one.localName)")
            assert set(found) <= allowed, where
        attributes = "[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())"
        assert [name for name in page.evaluate(attributes) if name.startswith("on")] == []
        assert [address for address in asked if not address.startswith(folder.as_uri())] == []
        assert wrong == []
