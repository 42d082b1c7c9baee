"""The whole site as values: every page with its address, its place in the contents and its HTML.

Nothing here knows how a page is wrapped into a layout (`shell`), and nothing is written.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen
from markupsafe import Markup, escape

from hypolicy.backends.pages import addresses, overview
from hypolicy.backends.pages.addresses import Addresses
from hypolicy.backends.pages.changes import TRANSITIONS, change_page
from hypolicy.backends.pages.chart import step_chart
from hypolicy.backends.pages.clauses import clause_pages
from hypolicy.backends.pages.matter import Edition, Matter, editions
from hypolicy.backends.pages.standards import parameter_page, table_page
from hypolicy.backends.pages.templating import templates
from hypolicy.rules import difference_words
from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.narration_text import plain_sentence
from hypolicy.rules.phrases import yuan_text
from hypolicy.rules.tree import Concept
from hypolicy.rules.wording import period_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from jinja2 import Environment

    from hypolicy.backends.pages.clauses import ClausePage
    from hypolicy.backends.pages.standards import TablePage


@frozen
class Page:
    """`address` is below the root of the site; `section` is its chapter of the contents, empty for none; pages of
    earlier editions stand in no contents (`listed`). `assets` are the style sheets and scripts that only some use."""

    address: str
    title: str
    section: str
    body: Markup = field(repr=False)
    listed: bool = True
    assets: tuple[str, ...] = ()


@frozen
class Site:
    """`notice` has to be seen on every page."""

    title: str
    pages: tuple[Page, ...]
    digest: str
    notice: str = ""


CLAUSES: Final = "条款"
STANDARDS: Final = "标准"
CHANGES: Final = "变化"
# The files of the calculator, below the root of the site.
CALCULATOR: Final = ("calculator.css", "calculator.js")
# So many examples of a clause are open, the others are folded.
_SHOWN: Final = 5
# A table of no more rows is carried along by pages with a calculator, which shows those that it uses.
_CARRIED: Final = 500


def site(matter: Matter, *, paper: str = "") -> Site:
    """Every page, the home page first; `paper` is the file that has all of them on paper, if there is to be one."""
    every = editions(matter.policy)
    writers = [_Writer(matter, edition, paper) for edition in every]
    pages: list[Page] = []
    for writer in reversed(writers):
        pages += writer.pages(writers)
    drafts = "、".join(f"《{one.title}》" for one in matter.drafts)
    notice = f"草案预览：本站计入了{drafts}，不是现行规定。" if drafts else ""
    return Site(matter.policy.title, tuple(pages), matter.digest, notice)


@define
class _Writer:
    """The pages of one edition; those that are the same in all stand in the latest."""

    whole: Matter
    edition: Edition
    paper: str
    matter: Matter = field(init=False)
    clauses: Sequence[ClausePage] = field(init=False)
    tables: Sequence[TablePage] = field(init=False)
    others: Sequence[_Writer] = ()

    def __attrs_post_init__(self) -> None:
        self.matter = self.whole.on(self.edition.day)
        self.clauses = clause_pages(self.matter, self.edition)
        policy, view = self.matter.policy, self.edition.view
        self.tables = [table_page(table, policy, view) for table in policy.tables]

    @property
    def calculating(self) -> bool:
        """Whether pages have a calculator; it tells by itself which edition decides, so it stands in the latest."""
        return self.whole.calculated is not None and self.edition.latest

    @property
    def illustrative(self) -> list[str]:
        """The tables without official data: what amounts on pages about the whole rest on."""
        return [page.name for page in self.tables if page.version.illustrative]

    def has(self, address: str) -> bool:
        """Whether a page stands in this edition too, though perhaps with another content."""
        policy = self.matter.policy
        own = {addresses.HOME, *(addresses.clause(page.number) for page in self.clauses)}
        own |= {addresses.standard(parameter.name) for parameter in policy.parameters}
        own |= {addresses.standard(table.name) for table in policy.tables}
        return address in own

    def pages(self, every: Sequence[_Writer]) -> Iterator[Page]:
        self.others = every
        yield self.home()
        if self.calculating:
            values = {
                "tables": [page for page in self.tables if page.users],
                "illustrative": self.illustrative,
            }
            yield self.page(addresses.CALCULATOR, "算一算", "", "calculator.html", **values)
        for page in self.clauses:
            address = addresses.clause(page.number)
            yield self.page(
                address, f"{page.number} {page.title}", CLAUSES, "clause.html", page=page, shown=_SHOWN
            )
        yield from self.standards()
        if self.edition.latest:
            yield from self.shared()

    def home(self) -> Page:
        benefits = [benefit for page in self.clauses for benefit in page.benefits]
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
            tables=self.tables,
            paper=self.paper,
            standard_changes=overview.standard_changes(self.whole.policy),
            changes=self.whole.changes,
            illustrative=self.illustrative,
        )

    def standards(self) -> Iterator[Page]:
        policy, view = self.matter.policy, self.edition.view
        latest = {one.name: one for one in self.whole.policy.parameters}
        for stood in policy.parameters:
            parameter = latest.get(stood.name, stood)  # with its whole history
            page = parameter_page(parameter, policy, view)
            drawn = step_chart(parameter, policy.term)
            address = addresses.standard(parameter.name)
            yield self.page(address, parameter.name, STANDARDS, "parameter.html", page=page, chart=drawn)
        for told in self.tables:
            yield self.page(addresses.standard(told.name), told.name, STANDARDS, "table.html", page=told)

    def shared(self) -> Iterator[Page]:
        policy, view = self.matter.policy, self.edition.view
        yield self.page(
            addresses.READINGS,
            "口径和解释",
            "",
            "readings.html",
            illustrative=self.illustrative if self.whole.simulated is not None else [],
            open=tuple(overview.open_readings(self.whole.policy, view, self.clauses, self.whole.simulated)),
            simulated=self.whole.simulated,
            fixed=[one for one in overview.readings(self.whole.policy) if one.fixed],
        )
        yield from self.cases()
        for changed in self.whole.changes:
            yield self.page(
                addresses.change(changed.day),
                changed.title,
                CHANGES,
                "change.html",
                page=change_page(changed),
                illustrative=self.illustrative,
                there={page.number for page in self.clauses},
                standing={parameter.name for parameter in policy.parameters},
                tried={story.name for page in self.clauses for story in page.stories},
                words=difference_words,
                transitions=TRANSITIONS,
                simulated=self.whole.simulated,
            )
        yield self.page(
            addresses.GLOSSARY,
            "名词",
            "",
            "glossary.html",
            terms=overview.terms(self.whole.policy, view),
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
            address = addresses.case(story.name)
            values = {
                "clause": number,
                "fragment": (self.whole.calculated or {}).get(story.name, ""),
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
                    "every_edition": [one.edition for one in self.others if one.has(address)],
                    "drafts": self.whole.drafts,
                    "calculating": self.calculating,
                    "carried": _CARRIED,
                }
            )
        )
        assets = CALCULATOR if 'class="hypolicy-calculator"' in body else ()
        return Page(here, title, section, Markup(body), self.edition.latest, assets)  # noqa: S704 - autoescaped


def _heading(title: str) -> Markup:
    """A long title, that breaks before a bracket if it must, and not within."""
    before, bracket, rest = title.partition("（")
    if not bracket:
        return escape(title)
    return Markup('{}<wbr><span class="hp-whole">（{}</span>').format(before, rest)


def _day_cell(day: date) -> Markup:
    """A day that breaks, in a narrow column, after its year."""
    return Markup("{}年<wbr>{}").format(*chinese_date(day).split("年"))


@cache
def _environment() -> Environment:
    environment = templates("hypolicy.backends.pages")
    environment.filters |= {
        "day": chinese_date,
        "cell": _day_cell,
        "yuan": yuan_text,
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
