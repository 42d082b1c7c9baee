"""The whole site as values: every page with its address, its place in the contents and its HTML.

Nothing here knows how a page is wrapped into a layout (`shell`), and nothing is written.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from hypolicy.backends.pages import addresses, overview
from hypolicy.backends.pages.addresses import Addresses
from hypolicy.backends.pages.chart import step_chart
from hypolicy.backends.pages.clauses import clause_pages
from hypolicy.backends.pages.matter import Edition, Matter, editions
from hypolicy.backends.pages.standards import parameter_page, table_page
from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.narration_text import plain_sentence
from hypolicy.rules.tree import Concept
from hypolicy.rules.wording import period_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.backends.pages.clauses import ClausePage


@frozen
class Page:
    """`address` is below the root of the site; `section` is its chapter of the contents, empty for none; pages of
    earlier editions stand in no contents (`listed`)."""

    address: str
    title: str
    section: str
    body: Markup = field(repr=False)
    listed: bool = True


@frozen
class Site:
    title: str
    pages: tuple[Page, ...]
    digest: str


CLAUSES: Final = "条款"
STANDARDS: Final = "标准"
# So many examples of a clause are open, the others are folded.
_SHOWN: Final = 5


def site(matter: Matter, *, paper: str = "") -> Site:
    """Every page, the home page first; `paper` is the file that has all of them on paper, if there is to be one."""
    every = editions(matter.policy)
    pages: list[Page] = []
    for edition in sorted(every, key=lambda one: not one.latest):
        pages += _Writer(matter, edition, every, paper).pages()
    return Site(matter.policy.title, tuple(pages), matter.digest)


@define
class _Writer:
    """The pages of one edition; those that are the same in all stand in the latest."""

    matter: Matter
    edition: Edition
    every: Sequence[Edition]
    paper: str
    clauses: Sequence[ClausePage] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.clauses = clause_pages(self.matter, self.edition)

    def pages(self) -> Iterator[Page]:
        yield self.home()
        for page in self.clauses:
            address = f"clauses/{addresses.slug(page.number)}.html"
            yield self.page(
                address, f"{page.number} {page.title}", CLAUSES, "clause.html", page=page, shown=_SHOWN
            )
        yield from self.standards()
        if self.edition.latest:
            yield from self.shared()

    def home(self) -> Page:
        benefits = [benefit for page in self.clauses for benefit in page.benefits]
        policy = self.matter.policy
        return self.page(
            addresses.HOME,
            "首页",
            "",
            "home.html",
            computed=[page for page in benefits if not page.benefit.delegated_to],
            delegated=[page for page in benefits if page.benefit.delegated_to],
            every_benefit=benefits,
            limits=[limit for page in self.clauses for limit in page.limits],
            common=overview.common_conditions(self.clauses),
            elsewhere=overview.left_to_others(self.clauses),
            clauses=self.clauses,
            paper=self.paper,
            changes=overview.standard_changes(policy),
            illustrative=list(dict.fromkeys(name for page in self.clauses for name in page.illustrative)),
        )

    def standards(self) -> Iterator[Page]:
        policy, view = self.matter.policy, self.edition.view
        for parameter in policy.parameters:
            page = parameter_page(parameter, policy, view)
            drawn = step_chart(parameter, policy.term)
            address = f"standards/{addresses.anchor(parameter.name)}.html"
            yield self.page(address, parameter.name, STANDARDS, "parameter.html", page=page, chart=drawn)
        for table in policy.tables:
            address = f"standards/{addresses.anchor(table.name)}.html"
            told = table_page(table, policy, view)
            yield self.page(address, table.name, STANDARDS, "table.html", page=told)

    def shared(self) -> Iterator[Page]:
        policy, view = self.matter.policy, self.edition.view
        yield self.page(
            addresses.READINGS,
            "口径和解释",
            "",
            "readings.html",
            open=tuple(overview.open_readings(policy, view, self.clauses)),
            fixed=[reading for reading in policy.readings if reading.fixed],
        )
        yield from self.cases()
        yield self.page(
            addresses.GLOSSARY,
            "名词",
            "",
            "glossary.html",
            terms=overview.terms(policy, view),
            facts=overview.fact_sections(policy),
        )
        counts = Counter(passage.treatment for page in self.clauses for passage in page.passages)
        yield self.page(
            addresses.OFFICIAL_TEXT,
            "原文对照",
            "",
            "text.html",
            clauses=self.clauses,
            counts={word: counts[word] for word in ("规则", "委托", "非计算")},
            coverage=self.matter.coverage,
        )

    def cases(self) -> Iterator[Page]:
        """All cases in one list, and each by itself."""
        told = [(page.number, story) for page in self.clauses for story in page.stories]
        if told:
            yield self.page(addresses.CASES, "例子", "", "cases.html", clauses=self.clauses, count=len(told))
        for place, (number, story) in enumerate(told):
            address = f"cases/{story.place}.html"
            values = {
                "clause": number,
                "story": story,
                "before": told[place - 1][1] if place else None,
                "after": told[place + 1][1] if place + 1 < len(told) else None,
            }
            page = self.page(address, story.name, "", "case.html", **values)
            yield evolve(page, listed=False)

    def page(self, address: str, title: str, section: str, template: str, **values: Any) -> Page:
        here = self.edition.folder + address
        policy = self.matter.policy
        body = (
            _environment()
            .get_template(template)
            .render(
                values
                | {
                    "go": Addresses(self.edition, here),
                    "policy": policy,
                    "document": policy.number or policy.title,
                    "edition": self.edition,
                    "every_edition": self.every,
                }
            )
        )
        return Page(here, title, section, Markup(body), self.edition.latest)  # noqa: S704 - made by autoescape


def _heading(title: str) -> Markup:
    """A long title, that breaks before a bracket if it must, and not within."""
    before, bracket, rest = title.partition("（")
    if not bracket:
        return escape(title)
    return Markup('{}<wbr><span class="hp-whole">（{}</span>').format(before, rest)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hypolicy.backends.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": chinese_date,
        "span": period_text,
        "sentence": plain_sentence,
        "stop": lambda words: f"{words.rstrip('。')}。",
        "slug": addresses.slug,
        "anchor": addresses.anchor,
        "heading": _heading,
        "json": lambda value: json.dumps(value, ensure_ascii=False),
    }
    environment.tests["concept"] = lambda value: isinstance(value, Concept)
    return environment
