"""The scenes in which two items are compared: an edition of each, a period between versions, a choice of readings."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from attrs import define, frozen

from hypolicy.difference.amounts import Paying
from hypolicy.difference.periods import Period, joint_periods
from hypolicy.difference.regions import RegionMaker, Regions
from hypolicy.proof.lowering import Lowering
from hypolicy.rules import tree
from hypolicy.rules.ledger import all_members
from hypolicy.rules.readings import once, readings_beside, readings_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.difference.courses import Course
    from hypolicy.difference.side import Readings, Side
    from hypolicy.rules.normal_form import Form

_MOST_COMBINATIONS: Final = 64


@frozen
class Scene:
    """Two items in one period under one choice of readings: their regions, and what every record of it meets.

    `alone` says that a record is granted none of the items that share a limit with them.
    """

    first: Regions
    second: Regions
    common: tuple[Form, ...]
    alone: tuple[Form, ...]
    chosen: Readings
    paying: tuple[Paying, Paying]


@frozen
class Choice:
    """Readings; those named in `fixed` are chosen so, the others left open; with None, all are chosen."""

    readings: Readings
    fixed: frozenset[str] | None


@define
class Scenes:
    """`too_many` comes out true where readings have more combinations than were looked at."""

    kind: tree.RecordKind
    sides: tuple[Side, Side]
    courses: tuple[Sequence[Course], Sequence[Course]]
    required: Sequence[tree.Fact] = ()
    too_many: bool = False

    def all(self, pinned: bool) -> Iterator[Scene]:
        for combination in [{}] if pinned else self.combinations():
            chosen = {} if pinned else {**self.sides[0].defaults, **combination}
            choice = Choice(chosen, None if pinned else frozenset(combination))
            for first, second in product(*self.courses):
                yield from self.of_courses((first, second), choice)

    def of_courses(self, courses: tuple[Course, Course], choice: Choice) -> Iterator[Scene]:
        """The periods in which records fall under a certain edition of each item."""
        days = [
            None if date is None else self.lowering(side, choice).value(date)
            for side, date in zip(
                self.sides, (course.benefit.governing_date for course in courses), strict=True
            )
        ]
        forms = (self.sides[0].forms, self.sides[1].forms)
        items = (courses[0].benefit, courses[1].benefit)
        for periods in joint_periods(items, (days[0], days[1]), forms):
            yield self.scene(courses, choice, periods, days)

    def scene(
        self,
        courses: tuple[Course, Course],
        choice: Choice,
        periods: tuple[Period, Period],
        days: Sequence[tree.Expr | None],
    ) -> Scene:
        regions: list[Regions] = []
        paying: list[Paying] = []
        common: list[Form] = []
        alone: list[Form] = []
        for side, course, period, day in zip(self.sides, courses, periods, days, strict=True):
            item = course.benefit
            maker = RegionMaker(side.forms, self.lowering(side, choice, period))
            conditions = period.conditions(day) if day is not None else ()
            common += [side.forms.truth(expr, holds) for expr, holds in conditions]
            if course.condition is not None:
                common.append(maker.of(course.condition).inside)
            common += [maker.of(validation.condition).inside for validation in self.validations(side)]
            regions.append(Regions(item, maker))
            alone += [Regions(other, maker).granted.outside for other in self.rivals(side, item)]
            paying.append(self.paying(side, item, regions[-1], choice.readings))
        for fact in self.required:
            common.append(self.sides[0].forms.truth(tree.Given(fact, fact.origin)))
        pair = (paying[0], paying[1])
        return Scene(regions[0], regions[1], tuple(common), tuple(alone), choice.readings, pair)

    def rivals(self, side: Side, item: tree.Benefit) -> list[tree.Benefit]:
        """The other items on such records under the limits that this one is under."""
        names: set[str] = set()
        for limit in side.policy.limits:
            members = all_members(limit.group)
            if item.name in members:
                names |= members
        others = (b for b in side.policy.benefits if b.name in names and b.name != item.name)
        return [other for other in others if other.record == item.record and not other.delegated_to]

    def validations(self, side: Side) -> Sequence[tree.Validation]:
        return next(kind.validations for kind in side.policy.records if kind.name == self.kind.name)

    def lowering(self, side: Side, choice: Choice, period: Period | None = None) -> Lowering:
        options = side.options(choice.readings)
        if choice.fixed is not None:
            options = {name: o for name, o in options.items() if side.called(name) in choice.fixed}
        return Lowering(None if period is None else period.day, options)

    def paying(self, side: Side, item: tree.Benefit, regions: Regions, chosen: Readings) -> Paying:
        cap = None if item.cap is None else item.cap.amount
        return Paying(regions, side.settings(chosen).stacking(item.stacking), cap)

    def combinations(self) -> Iterator[dict[str, str]]:
        """Each choice of the readings that amounts and dates depend on."""
        options: dict[str, list[str]] = {}
        for side, own in zip(self.sides, self.courses, strict=True):
            for reading in (r for course in own for r in readings_of_values(course.benefit)):
                name = side.called(reading.name)
                named = [side.matches.option(reading.name, option) for option in reading.options]
                known = options.setdefault(name, [])
                known += [option for option in named if option not in known]
        for count, combination in enumerate(product(*options.values())):
            if count >= _MOST_COMBINATIONS:
                self.too_many = True
                return
            yield dict(zip(options, combination, strict=True))


def readings_of_values(item: tree.Benefit) -> list[tree.Reading]:
    """The readings in amounts, rates and dates, and those that stacking and the cap depend on."""
    exprs = [case.amount for case in item.cases] + [uplift.rate for uplift in item.uplifts]
    if item.governing_date is not None:
        exprs.append(item.governing_date)
    return once([*readings_in(exprs), *readings_beside(item)])
