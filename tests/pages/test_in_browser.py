"""The site in a real browser, opened from its folder: nothing is asked for outside it, and it works for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.chromium import AXE, new_page
from pages.conftest import SMALL

from hypolicy.backends.pages.addresses import anchor
from hypolicy.publication import PAPER, publish

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


# The kinds of pages, with one of each; as a draft would leave the small policy, where every kind is there.
KINDS = (
    "index.html",
    "calculator.html",
    "clauses/1.html",
    f"standards/{anchor('日补助')}.html",
    f"standards/{anchor('工种标准')}.html",
    "readings.html",
    "cases.html",
    f"cases/{anchor('标准调整之后')}.html",
    "changes/2022-09-01.html",
    "glossary.html",
    "text.html",
)
# The largest pages of a whole regulation.
LARGE = ("index.html", "clauses/7.html", f"standards/{anchor('补贴标准目录')}.html")
PHONE = {"viewport": {"width": 375, "height": 720}, "is_mobile": True, "has_touch": True}


def address(folder: Path, page: str) -> str:
    return (folder / page).resolve().as_uri()


@pytest.fixture
def pages(built: Path, drafted: Path) -> list[str]:
    return [*(address(drafted, page) for page in KINDS), *(address(built, page) for page in LARGE)]


def test_nothing_is_asked_for_outside(browser: Browser, built: Path, drafted: Path, pages: list[str]) -> None:
    with new_page(browser) as (page, asked, wrong):
        for one in pages:
            page.goto(one)
        page.fill(".hp-search input", "补贴")
        page.wait_for_selector(".hp-hit")
        own = (built.resolve().as_uri(), drafted.resolve().as_uri(), "data:")
        assert [one for one in asked if not one.startswith(own)] == []
        assert len(asked) > 3 * len(pages)
        assert wrong == []


def test_search_finds_and_leads(browser: Browser, built: Path) -> None:
    with new_page(browser) as (page, _, wrong):
        page.goto(address(built, "clauses/1.html"))
        page.fill(".hp-search input", "五百五十元")
        page.wait_for_selector(".hp-hit mark")
        marks = page.locator(".hp-hit mark").all_inner_texts()
        assert any("550" in mark for mark in marks)
        page.fill(".hp-search input", "第六条第三项")
        page.wait_for_selector(".hp-hit")
        page.press(".hp-search input", "ArrowDown")
        assert page.get_attribute(".hp-search input", "aria-activedescendant") == "hp-hit-0"
        page.press(".hp-search input", "Enter")
        page.wait_for_url("**/clauses/6-3.html*")
        assert wrong == []


def test_search_says_that_nothing_was_found(browser: Browser, built: Path) -> None:
    with new_page(browser) as (page, _, _wrong):
        page.goto(address(built, "index.html"))
        page.fill(".hp-search input", "绝对没有的词句")
        page.wait_for_selector(".hp-found p")
        assert "没有找到" in page.inner_text(".hp-found")
        page.press(".hp-search input", "Escape")
        assert page.locator(".hp-found").is_hidden()


def test_a_long_table_can_be_narrowed(browser: Browser, built: Path) -> None:
    [table] = [path for path in (built / "standards").iterdir() if "hp-filter" in path.read_text("utf-8")]
    with new_page(browser) as (page, _, wrong):
        page.goto(address(built, f"standards/{table.name}"))
        shown = page.locator("#rows-table tbody tr:visible")
        every = shown.count()
        page.fill(".hp-filter input", "焊工")
        assert 0 < shown.count() < every
        page.select_option(".hp-filter select[name=等级]", "高级工")
        assert shown.count() == 1
        assert page.inner_text(".hp-count") == "1行"
        page.fill(".hp-search input", "电工")
        page.click(".hp-hit[href*='#rows=']")
        assert page.inner_text(".hp-count") == "4行"
        page.fill(".hp-filter input", "没有这个工种")
        assert page.inner_text(".hp-count") == "没有符合的行"
        assert wrong == []


@pytest.mark.parametrize("look", ["desktop", "phone", "dark"])
def test_nobody_is_kept_out(browser: Browser, pages: list[str], look: str) -> None:
    """Nothing serious is found by axe; on a phone and in the dark only what is laid out or coloured otherwise."""
    if not AXE.is_file():
        pytest.skip("没有安装 axe-core：make .venv/.browser")
    options = {"color_scheme": "dark" if look == "dark" else "light", "bypass_csp": True}
    rules = "{}" if look == "desktop" else "{runOnly: ['color-contrast', 'scrollable-region-focusable']}"
    found = {}
    looked_at = pages if look == "desktop" else [*pages[:1], *pages[7:9], *pages[-1:]]
    with new_page(browser, **options, **(PHONE if look == "phone" else {})) as (page, _, _wrong):
        for one in looked_at:
            page.goto(one)
            page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
            # One row of a table is like any other.
            page.evaluate(
                "for (const row of document.querySelectorAll('tbody tr:nth-child(n+20)')) row.remove()"
            )
            page.add_script_tag(path=AXE)
            told = page.evaluate(f"axe.run({rules})")
            serious = [
                f"{one['id']}: {one['nodes'][0]['html'][:200]}"
                for one in told["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            if serious:
                found[one] = serious
    assert found == {}


def test_a_page_fits_a_phone(browser: Browser, pages: list[str]) -> None:
    wide = {}
    with new_page(browser, **PHONE) as (page, _, _wrong):
        for one in pages:
            page.goto(one)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 375:
                wide[one] = width
    assert wide == {}


def test_the_contents_open_from_the_keyboard(browser: Browser, built: Path) -> None:
    with new_page(browser, **PHONE) as (page, _, _wrong):
        page.goto(address(built, "clauses/7.html"))
        page.focus("label[for=__drawer][role=button]")
        page.keyboard.press("Enter")
        assert page.is_checked("#__drawer")


def test_a_page_is_read_without_scripts(browser: Browser, built: Path) -> None:
    with new_page(browser, java_script_enabled=False) as (page, _, _wrong):
        page.goto(address(built, "clauses/7.html"))
        assert "每天20元" in page.inner_text(".hp-answer")
        assert page.locator(".hp-conditions tr").count() > 5


def test_print_leaves_out_what_paper_cannot_do(browser: Browser, built: Path) -> None:
    with new_page(browser) as (page, _, _wrong):
        page.goto(address(built, "clauses/7.html"))
        page.emulate_media(media="print")
        for hidden in (".md-header", ".md-sidebar", ".hp-code"):
            assert page.locator(hidden).first.is_hidden(), hidden
        assert page.locator(".hp-official").first.is_visible()
        pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")


def test_the_whole_on_paper(browser: Browser, tmp_path: Path) -> None:
    out = tmp_path / "site"
    publish(SMALL, out, pdf=True)
    paper = (out / PAPER).read_bytes()
    assert paper.startswith(b"%PDF")
    assert b"/StructTreeRoot" in paper
    assert not (out / "paper.html").exists()
    with new_page(browser) as (page, _, _wrong):
        page.goto(address(out, "index.html"))
        assert page.locator(f"a[href='{PAPER}']").is_visible()


def test_a_case_opens_in_the_calculator(browser: Browser, small: Path) -> None:
    """From its page to the form filled in, and to the amount that the exact evaluator has found."""
    with new_page(browser) as (page, asked, wrong):
        page.goto(address(small, f"cases/{anchor('标准调整之后')}.html"))
        page.click("text=用这个例子试算")
        page.wait_for_selector(".hypolicy-calculator >> text=250元")
        assert [one for one in asked if not one.startswith((small.resolve().as_uri(), "data:"))] == []
        assert wrong == []


def test_a_clause_has_its_own_calculator(browser: Browser, built: Path) -> None:
    with new_page(browser) as (page, _, wrong):
        page.goto(address(built, "clauses/7.html"))
        page.click("text=填几项，看生活费补贴能领多少")
        assert page.locator(".hypolicy-calculator input").first.is_visible()
        assert wrong == []


def test_the_row_that_applies_is_lit(browser: Browser, small: Path) -> None:
    """The calculator shows, of a table, the row that the amount rests on, and no other."""
    with new_page(browser) as (page, _, wrong):
        page.goto(address(small, f"cases/{anchor('贫困户培训十天')}.html"))
        page.click("text=用这个例子试算")
        rows = page.locator(".hp-used tbody tr:visible")
        rows.first.wait_for()
        assert rows.all_inner_texts() == ["焊工\t800元"]
        assert wrong == []


def test_any_day_leads_to_its_edition(browser: Browser, small: Path) -> None:
    with new_page(browser) as (page, _, wrong):
        page.goto(address(small, "clauses/1.html"))
        page.fill(".hp-editions input", "2021-05-06")
        page.dispatch_event(".hp-editions input", "change")
        page.wait_for_url("**/2021-01-01/clauses/1.html")
        assert "每天25元" in page.inner_text(".hp-answer")
        assert wrong == []
