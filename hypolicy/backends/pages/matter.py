"""What the pages are made of: the policy, its worked cases as they came out, the official text, what amends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from attrs import evolve, frozen

from hypolicy.rules.amendment import State
from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.statements import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from fractions import Fraction

    from hypolicy.check.official_text import Coverage
    from hypolicy.rules.amendment import Amendment
    from hypolicy.rules.difference import Difference
    from hypolicy.rules.stories import Story
    from hypolicy.rules.tree import Policy
    from hypolicy.source.text import SourceText


@frozen
class Changed:
    """What the amendments of one day make of the policy, or what has changed from another version of it (then there
    are no amendments): it before and after, what is different, and the cases that come out otherwise, told both ways.
    """

    amendments: tuple[Amendment, ...]
    before: Policy
    after: Policy
    difference: Difference
    stories: tuple[tuple[Story, Story], ...]

    @property
    def day(self) -> date | None:
        return self.amendments[0].day if self.amendments else None

    @property
    def title(self) -> str:
        return f"{chinese_date(self.day)}的修订" if self.day is not None else "与原来版本的不同"

    @property
    def draft(self) -> bool:
        return any(one.state is not State.IN_FORCE for one in self.amendments)


class Cost(Protocol):
    """What another option of a reading comes to, in payments and yuan."""

    @property
    def reading(self) -> str: ...
    @property
    def option(self) -> str: ...
    @property
    def payments(self) -> int: ...
    @property
    def yuan(self) -> Fraction: ...


class BudgetLine(Protocol):
    """The money of an item in a year before and after amendments, in yuan."""

    @property
    def year(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def before(self) -> Fraction: ...
    @property
    def after(self) -> Fraction: ...
    @property
    def more(self) -> Fraction: ...


class Simulated(Protocol):
    """The results of a simulation, and the scenario that was simulated."""

    @property
    def scenario(self) -> str: ...
    @property
    def prices(self) -> Sequence[Cost]: ...
    @property
    def changes(self) -> Sequence[BudgetLine]: ...


@frozen
class Matter:
    """`digest` tells versions of the rules apart. Every case of `stories` has come out as the policy expects, but for
    what drafts among the amendments have made of it."""

    policy: Policy
    stories: tuple[Story, ...]
    coverage: Coverage | None
    official: SourceText | None
    digest: str
    changes: tuple[Changed, ...] = ()
    simulated: Simulated | None = None
    # By the names of cases, the end of the address at which the calculator opens with them; None without a calculator.
    calculated: Mapping[str, str] | None = None

    @property
    def drafts(self) -> tuple[Amendment, ...]:
        return tuple(one for one in self.policy.amendments if one.state is not State.IN_FORCE)

    def on(self, day: date) -> Matter:
        """The same with the policy as it stood on a day."""
        stood = next(
            (edition.policy for edition in self.policy.earlier if day < edition.end.day), self.policy
        )
        return evolve(self, policy=current(stood))


def current(policy: Policy) -> Policy:
    """A policy without items that only its earlier editions have."""
    return evolve(policy, benefits=tuple(benefit for benefit in policy.benefits if not benefit.repealed))


@frozen
class Edition:
    """The pages as of a day: the rules and standards in force from then on, up to the next edition.

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
    """One for the first day of the term, and one for each later day in it on which a rule or a standard changes."""
    changing = [v.period.start for parameter in policy.parameters for v in parameter.versions]
    changing += [v.period.start for table in policy.tables for v in table.versions]
    changing += [edition.end.day for edition in policy.earlier]
    first = policy.term.start
    days = sorted({first, *(day for day in changing if first < day and day in policy.term)})
    return tuple(Edition(day, day == days[-1]) for day in days)
