"""What is known of a record so far: a set of constraints on its facts, and whether it can still be met.

Booleans, enumerations and texts have a set of values (or all but a set). Numbers and dates are whole numbers (fen
where a number is money; days where it is a date) bound by differences x − y ≤ c, which the closure of the graph
decides exactly; a bound is a difference from zero. A term of months is kept by its longest and shortest possible
length in days, and made exact when values are chosen (`witness`). Statements that nothing here can see through are
kept as they are, so that none is said to hold and not to hold.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType
from hypolicy.source import limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.rules.normal_form import Form
    from hypolicy.rules.tree import Fact, Value

ZERO: Final = ""
_FIRST_DAY: Final = date(1950, 1, 1).toordinal()
_LAST_DAY: Final = date(2099, 12, 31).toordinal()


class Contradiction(Exception):  # noqa: N818 - control flow of the search
    """The constraints cannot all be met."""


@frozen
class Values:
    """The values that a fact may have: those of `allowed`, or, where it is None, all but `excluded`."""

    allowed: frozenset[Value] | None
    excluded: frozenset[Value] = frozenset()

    def only(self, labels: frozenset[Value]) -> Values:
        if self.allowed is None:
            return Values(labels - self.excluded)
        return Values(self.allowed & labels)

    def without(self, labels: frozenset[Value]) -> Values:
        if self.allowed is None:
            return Values(None, self.excluded | labels)
        return Values(self.allowed - labels)

    def __contains__(self, value: Value) -> bool:
        return value not in self.excluded if self.allowed is None else value in self.allowed

    @property
    def empty(self) -> bool:
        return self.allowed is not None and not self.allowed


@frozen
class Months:
    """`last` is (or is not) at least so many months and days after `first`."""

    first: str
    last: str
    months: int
    days: int
    holds: bool

    def excludes(self, other: Months) -> bool:
        """Whether this one holds and the other, of the same days, does not, while it would have to."""
        if not self.holds or other.holds:
            return False
        shortest, longest = month_days(abs(self.months - other.months))
        apart = shortest if self.months > other.months else -longest
        if self.months == other.months:
            apart = 0
        return apart + self.days >= other.days


@frozen
class Rows:
    """The facts together make a key of a table."""

    facts: tuple[str, ...]
    keys: frozenset[tuple[str, ...]]


@define
class Store:
    facts: dict[str, Fact] = field(factory=dict)
    given: dict[str, bool] = field(factory=dict)
    values: dict[str, Values] = field(factory=dict)
    bounds: dict[tuple[str, str], int] = field(factory=dict)
    months: list[Months] = field(factory=list)
    rows: list[Rows] = field(factory=list)
    others: list[Rows] = field(factory=list)
    literals: dict[Form, bool] = field(factory=dict)
    opaque: set[Form] = field(factory=set)
    readings: dict[str, str] = field(factory=dict)

    def copy(self) -> Store:
        return Store(
            dict(self.facts),
            dict(self.given),
            dict(self.values),
            dict(self.bounds),
            list(self.months),
            list(self.rows),
            list(self.others),
            dict(self.literals),
            set(self.opaque),
            dict(self.readings),
        )

    # --------------------------------------------------------------------------------------------- presence

    def know(self, fact: Fact) -> None:
        """A fact is spoken of, hence given."""
        self.present(fact, True)
        if fact.name in self.facts:
            return
        self.facts[fact.name] = fact
        match fact.type:
            case BoolType():
                self.values[fact.name] = Values(frozenset({True, False}))
            case EnumType(_, labels):
                self.values[fact.name] = Values(frozenset(labels))
            case NumberType(_, whole):
                most = limits.MAX_COUNT if whole else limits.MAX_MONEY_FEN
                self.difference(fact.name, ZERO, most)
                self.difference(ZERO, fact.name, 0)
            case DateType():
                self.difference(fact.name, ZERO, _LAST_DAY)
                self.difference(ZERO, fact.name, -_FIRST_DAY)
            case _:
                self.values[fact.name] = Values(None)

    def present(self, fact: Fact, given: bool) -> None:
        if not given and not fact.optional:
            raise Contradiction
        if self.given.setdefault(fact.name, given) is not given:
            raise Contradiction

    # ------------------------------------------------------------------------------------------ constraints

    def choose(self, fact: Fact, labels: Iterable[Value], holds: bool) -> None:
        """The fact is (or is not) one of these."""
        self.know(fact)
        chosen = frozenset(labels)
        before = self.values[fact.name]
        after = before.only(chosen) if holds else before.without(chosen)
        if after.empty:
            raise Contradiction
        self.values[fact.name] = after
        self.check_rows()

    def difference(self, left: str, right: str, most: int) -> None:
        """left − right ≤ most, with everything that follows from it."""
        if left == right:
            if most < 0:
                raise Contradiction
            return
        if self.bounds.get((left, right), most + 1) <= most:
            return
        names = {name for pair in self.bounds for name in pair} | {left, right}
        bounds = self.bounds
        # Tighten every pair through the new edge; the closure before it was complete.
        for a in names:
            to_left = 0 if a == left else bounds.get((a, left))
            if to_left is None:
                continue
            for b in names:
                from_right = 0 if b == right else bounds.get((right, b))
                if from_right is None:
                    continue
                through = to_left + most + from_right
                if a == b:
                    if through < 0:
                        raise Contradiction
                elif bounds.get((a, b), through + 1) > through:
                    bounds[a, b] = through
        bounds[left, right] = min(most, bounds.get((left, right), most))

    def term(self, months: Months) -> None:
        """A term of months, by the lengths in days that so many months can have."""
        for other in self.months:
            if (other.first, other.last) == (months.first, months.last) and (
                months.excludes(other) or other.excludes(months)
            ):
                raise Contradiction
        self.months.append(months)
        shortest, longest = month_days(months.months)
        if months.holds:
            self.difference(months.first, months.last, -(shortest + months.days))
        else:
            self.difference(months.last, months.first, longest + months.days - 1)

    def row(self, rows: Rows, holds: bool) -> None:
        (self.rows if holds else self.others).append(rows)
        self.check_rows()

    def check_rows(self) -> None:
        for rows in self.rows:
            if not any(self.fits(rows.facts, key) for key in rows.keys):
                raise Contradiction
        for rows in self.others:
            if self.combination_outside(rows) is None:
                raise Contradiction

    def combination_outside(self, rows: Rows) -> dict[str, Value] | None:
        """Values of the facts that together make none of the rows; None where there are none.

        Facts that may have any other text at all are left out: nothing of them is listed.
        """
        finite = {name: self.values[name].allowed for name in rows.facts}
        if any(allowed is None for allowed in finite.values()):
            return {}
        choices = [sorted(allowed, key=str) for allowed in finite.values() if allowed is not None]
        for combination in product(*choices):
            if combination not in rows.keys:
                return dict(zip(rows.facts, combination, strict=True))
        return None

    def fits(self, facts: tuple[str, ...], key: tuple[str, ...]) -> bool:
        return all(
            value in self.values[name] for name, value in zip(facts, key, strict=True) if name in self.values
        )

    def assume(self, form: Form, holds: bool) -> bool:
        """Something is said to hold or not; whether that is news."""
        known = self.literals.get(form)
        if known is None:
            self.literals[form] = holds
        elif known is not holds:
            raise Contradiction
        return known is None

    def choose_reading(self, reading: str, option: str) -> None:
        if self.readings.setdefault(reading, option) != option:
            raise Contradiction

    # --------------------------------------------------------------------------------------------- reading

    def range_of(self, name: str) -> tuple[int, int]:
        """The least and the greatest value of a number or a date."""
        return -self.bounds[ZERO, name], self.bounds[name, ZERO]


def scale(fact: Fact) -> int:
    """What a number of the language is multiplied by to be a whole number here: facts have at most two decimals."""
    kind = fact.type
    return 100 if isinstance(kind, NumberType) and not kind.whole else 1


def month_days(months: int) -> tuple[int, int]:
    """The least and the greatest number of days that so many months can have, from any day of the calendar."""
    # Over a cycle of 400 years every run of months occurs; its length depends on the months and leap days in it.
    whole_years, rest = divmod(months, 12)
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    runs = [sum(lengths[(start + i) % 12] for i in range(rest)) for start in range(12)]
    shortest, longest = min(runs, default=0), max(runs, default=0)
    # From the last days of a month the step is up to three days shorter; leap days add at most one a four years.
    return whole_years * 365 + max(shortest - 3, 0), whole_years * 366 + longest + 1
