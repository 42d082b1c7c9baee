"""report.html: one page that holds everything it needs, runs nothing, and asks nobody for anything."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from hypolicy.backends.pages.templating import templates
from hypolicy_simulator.report import grounds, headline, prices, spending

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jinja2 import Template

    from hypolicy_simulator.answers.findings import Findings
    from hypolicy_simulator.report.blocks import Section

SECTIONS: Final[tuple[Callable[[Findings], Section | None], ...]] = (
    headline.headline,
    headline.amendment,
    spending.spending,
    spending.limits,
    spending.cash_flow,
    prices.prices,
    prices.sensitivity,
    grounds.grounds,
    grounds.population,
    grounds.method,
    grounds.record,
)


def write_report(findings: Findings, path: Path) -> None:
    path.write_text(report(findings), encoding="utf-8")


def report(findings: Findings) -> str:
    """The whole page. Whatever comes from a scenario or a policy is escaped."""
    shown = [section for make in SECTIONS if (section := make(findings)) is not None]
    return _template().render(told=findings, sections=shown)


@cache
def _template() -> Template:
    return templates("hypolicy_simulator.report").get_template("report.html")
