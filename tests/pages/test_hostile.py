"""Whatever an author writes stays text: no element, no attribute, no script comes of it.

More than two hundred strings that break out of careless pages stand in every place where an author may write: names,
reasons, quotes, cases, tables. The built pages are read as a browser reads them, and have only what ours have.
"""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from browser.chromium import new_page
from pages.conftest import SMALL
from pages.reading import read

from hypolicy.backends.pages.matter import Changed
from hypolicy.backends.pages.shell.wrap import wrap
from hypolicy.backends.pages.site import site
from hypolicy.publication import calculator, matter
from hypolicy.rules.calendar import Period
from hypolicy.rules.difference import (
    Aspect,
    Change,
    ChangeKind,
    Difference,
    Effect,
    Example,
    Outcome,
    Sample,
    Verdict,
    Version,
)
from hypolicy.rules.trace import Known
from hypolicy.rules.tree import TableVersion
from hypolicy.rules.types import TEXT
from hypolicy.source.text import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from hypolicy.backends.pages.matter import Matter

STRINGS: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text(encoding="utf-8"))

ALLOWED = {
    "html": {"lang", "class"}, "head": set(),
    "body": {"dir", "data-md-color-scheme", "data-md-color-primary", "data-md-color-accent"},
    "meta": {"charset", "name", "content", "http-equiv"}, "link": {"rel", "href", "type"}, "title": set(),
    "script": {"src", "id", "type"}, "style": set(),
    "header": {"class", "data-md-component"}, "footer": {"class"}, "main": {"class", "data-md-component"},
    "nav": {"class", "aria-label", "aria-labelledby", "aria-expanded", "data-md-level"},
    "div": {"class", "id", "role", "tabindex", "data-item", "data-root", "hidden", "aria-label",
        "data-md-component", "data-md-type"},
    "aside": {"class", "role"}, "section": {"class", "id", "aria-labelledby"}, "article": {"class", "id"},
    "h1": {"id"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "p": {"class", "id", "role"},
    "span": {"class", "title", "id"},
    "a": {"href", "class", "title", "aria-label", "rel", "data-md-component"}, "b": {"class"},
    "strong": {"aria-current"},
    "small": set(), "br": set(), "wbr": set(), "ul": {"class", "data-md-scrollfix", "data-md-component"},
    "ol": {"class"}, "li": {"class"},
    "dl": {"class"}, "dt": {"id"}, "dd": set(), "blockquote": {"class", "cite"},
    "table": {"class"}, "caption": set(), "del": set(), "ins": set(), "thead": set(), "tbody": set(),
    "tr": {"class", "data-hypolicy-table", "data-hypolicy-key", "data-hypolicy-parameter", "data-hypolicy-from"},
    "th": {"scope", "class", "colspan"}, "td": {"class", "data-head"},
    "details": {"class"}, "summary": set(), "pre": set(), "code": set(), "figure": {"class"},
    "form": {"class", "role", "action", "data-index", "data-root", "data-hp-filter", "data-md-component"},
    "input": {
        "class", "type", "id", "name", "placeholder", "autocomplete", "role", "aria-label", "aria-expanded",
    "aria-controls",
        "aria-autocomplete", "aria-hidden", "data-md-toggle", "data-md-color-media", "data-md-color-scheme",
        "data-md-color-primary", "data-md-color-accent", "checked", "min", "max", "value", "data-hp-editions",
    },
    "label": {"class", "for", "id", "role", "tabindex", "aria-label", "title", "hidden"},
    "select": {"name", "data-column"}, "option": {"value"},
    "svg": {"xmlns", "viewbox", "role", "aria-label"}, "defs": set(), "path": {"class", "d", "marker-end"},
    "marker": {"id", "viewbox", "refx", "refy", "markerwidth", "markerheight", "orient"},
    "rect": {"class", "x", "y", "width", "height", "rx"}, "text": {"class", "x", "y"}, "tspan": {"x", "y"},
    "circle": {"class", "cx", "cy", "r"},
}  # fmt: skip


def test_there_are_enough_of_them() -> None:
    assert len(set(STRINGS)) == len(STRINGS) >= 200


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of which every word that an author may write is hostile."""
    out = tmp_path_factory.mktemp("spoilt")
    told = spoil(matter(SMALL)[0])
    made = site(told)
    wrap(made.title, made.pages, calculator(told).files, (made.title,), out)
    return out


def spoil(told: Matter) -> Matter:
    """Every name, reason, note, quote and cell of a policy replaced, each by the next strings of the corpus."""
    words = cycle(STRINGS)
    policy = told.policy

    def text() -> str:
        return next(words) + next(words) + next(words)

    def span(old: Span) -> Span:
        hostile = "\n".join(f"> {text()}" for _ in range(4))
        return Span(SourceText(old.source.path, hostile), 0, len(hostile))

    readings = tuple(evolve(one, question=text(), reason=text()) for one in policy.readings for _ in range(1))
    hostile_table = evolve(
        policy.tables[0],
        versions=(
            TableVersion(
                Period(policy.term.start),
                {
                    (word,): row
                    for word, row in zip(STRINGS, cycle(policy.tables[0].versions[0].rows.values()))
                },
                text(),
                True,
            ),
        ),
    )
    stories = tuple(
        evolve(
            story,
            case=evolve(
                story.case,
                name=text(),
                records=tuple({**record, "工种": text()} for record in story.case.records),
            ),
        )
        for story in told.stories
    )
    spoilt = evolve(
        policy,
        title=text(),
        number=text(),
        grounds=tuple(STRINGS[:40]),
        readings=readings,
        tables=(hostile_table,),
        parameters=tuple(
            evolve(p, versions=tuple(evolve(v, ground=text()) for v in p.versions)) for p in policy.parameters
        ),
        benefits=tuple(
            evolve(
                b,
                applicants=(text(), text()),
                conditions=tuple(evolve(c, denial=text()) for c in b.conditions),
            )
            for b in policy.benefits
        ),
        quotes=tuple(
            evolve(q, text=text(), note=text(), span=span(q.span)) for q in policy.quotes for _ in range(12)
        ),
        clauses=tuple(
            evolve(c, title=text(), passages=tuple(span(old) for old in c.passages)) for c in policy.clauses
        ),
        records=tuple(
            evolve(
                kind,
                facts=tuple(evolve(f, note=text(), absent_meaning=text(), group=text()) for f in kind.facts),
            )
            for kind in policy.records
        ),
        concepts=tuple(evolve(c, denial=text()) for c in policy.concepts),
        funds=tuple(evolve(f, name=text()) for f in policy.funds),
    )
    sample = Sample(Known(text(), "1", TEXT), (Known(text(), text(), TEXT),), ())
    outcomes = [Outcome(text(), None, (text(),)) for _ in range(2)]
    example = Example(text(), Aspect.RESULT, ((text(), text()),), (sample,), *outcomes, None, (text(),))
    change = Change(
        ChangeKind.CONCEPT, text(), text(), (text(),), text(), text(),
        (Effect(text(), Verdict.DIFFERS, example), Effect(text(), Verdict.OPEN, None, (text(),))), text(), (text(),),
    )  # fmt: skip
    version = Version(text(), text(), text())
    difference = Difference(version, version, (change,), (), ())
    pairs = tuple(zip(told.stories, stories, strict=True))
    return evolve(
        told, policy=spoilt, stories=stories, changes=(Changed((), policy, spoilt, difference, pairs),)
    )


def elements(folder: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    for path in folder.rglob("*.html"):
        for tag, given in read(path).elements:
            yield path.name, tag, given


def test_every_string_is_on_some_page(spoilt: Path) -> None:
    whole = "".join("".join("".join(read(path).texts).split()) for path in spoilt.rglob("*.html"))
    missing = [one for one in STRINGS if "".join(one.split()) not in whole]
    assert missing == []


def test_no_element_and_no_attribute_comes_of_them(spoilt: Path) -> None:
    strange = [
        (page, tag, name)
        for page, tag, given in elements(spoilt)
        for name in (*given, "")
        if tag not in ALLOWED or (name and name not in ALLOWED[tag])
    ]
    assert strange == []


def test_no_link_leads_out_or_runs(spoilt: Path) -> None:
    schemes = [
        given["href"]
        for _, tag, given in elements(spoilt)
        if tag == "a" and ":" in given.get("href", "").split("/")[0]
    ]
    assert schemes == []


def test_scripts_are_those_of_the_layout(spoilt: Path, small: Path) -> None:
    """What runs on a page is what runs on any other; nothing an author wrote is in it."""

    def scripts(folder: Path) -> set[str]:
        found = set()
        for path in folder.rglob("index.html"):
            page = read(path)
            found |= {script.strip() for script in page.scripts if not script.strip().startswith("{")}
        return found

    assert scripts(spoilt) == scripts(small)


def test_the_index_is_a_script_that_ends_where_it_should(spoilt: Path) -> None:
    script = (spoilt / "search-index.js").read_text(encoding="utf-8")
    assert "<" not in script
    rows = json.loads(script.removeprefix("hypolicySearch.load(").removesuffix(");\n"))
    assert len(rows) > 50


def test_they_do_nothing_in_a_browser(browser: Browser, spoilt: Path) -> None:
    with new_page(browser) as (page, asked, wrong):
        for path in sorted(spoilt.rglob("*.html")):
            page.goto(path.as_uri())
        page.fill(".hp-search input", "script")
        page.wait_for_selector(".hp-hit, .hp-found p")
        assert [one for one in asked if not one.startswith((spoilt.as_uri(), "data:"))] == []
        assert wrong == []
