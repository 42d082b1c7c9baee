"""What the pages are made of: the policy, its worked cases as they came out, and the official text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.rules.statements import View

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.check.official_text import Coverage
    from hypolicy.rules.stories import Story
    from hypolicy.rules.tree import Policy
    from hypolicy.source.text import SourceText


@frozen
class Matter:
    """`digest` tells versions of the rules apart. Every case of `stories` has come out as the policy expects."""

    policy: Policy
    stories: tuple[Story, ...]
    coverage: Coverage | None
    official: SourceText | None
    digest: str


@frozen
class Edition:
    """The pages as of a day: the standards in force from then on, up to the next edition.

    The latest stands at the root of the site, an earlier one in a folder of its own.
    """

    day: date
    latest: bool

    @property
    def view(self) -> View:
        return View(self.day)

    @property
    def folder(self) -> str:
        return "" if self.latest else f"{self.day.isoformat()}/"


def editions(policy: Policy) -> tuple[Edition, ...]:
    """One for each day inside the term on which a parameter or a table changes, and one for its first day."""
    versions = [v.period for parameter in policy.parameters for v in parameter.versions]
    versions += [v.period for table in policy.tables for v in table.versions]
    first = policy.term.start
    days = sorted(
        {
            first,
            *(period.start for period in versions if first < period.start and period.start in policy.term),
        }
    )
    return tuple(Edition(day, day == days[-1]) for day in days)
