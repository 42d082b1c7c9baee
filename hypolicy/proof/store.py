"""What is known of a record so far: a set of constraints on its facts, and whether it can still be met.

Booleans, enumerations and texts have a set of values (or all but a set). Numbers and dates are whole numbers (fen
where a number is money; days where it is a date) bound by differences x − y ≤ c, which the closure of the graph
decides exactly; a bound is a difference from zero. A term of months is kept by its longest and shortest possible
length in days, and made exact when values are chosen (`witness`). Statements that nothing here can see through are
kept as they are, so that none is said to hold and not to hold.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field, frozen

from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType
from hypolicy.source import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hypolicy.rules.normal_form import Form, Terms
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
class Bounds:
    """Where a sum lies. `open` sides do not include their end."""

    least: Fraction | None = None
    most: Fraction | None = None
    open_below: bool = False
    open_above: bool = False

    def narrowed(self, comparison: Comparison, bound: Fraction) -> Bounds:
        out = self
        if comparison in (Comparison.AT_LEAST, Comparison.ABOVE, Comparison.EQUAL):
            strict = comparison is Comparison.ABOVE
            if out.least is None or (bound, strict) > (out.least, out.open_below):
                out = evolve(out, least=bound, open_below=strict)
        if comparison in (Comparison.AT_MOST, Comparison.BELOW, Comparison.EQUAL):
            strict = comparison is Comparison.BELOW
            if out.most is None or (-bound, strict) > (-out.most, out.open_above):
                out = evolve(out, most=bound, open_above=strict)
        return out

    @property
    def empty(self) -> bool:
        if self.least is None or self.most is None:
            return False
        return self.least > self.most or (self.least == self.most and (self.open_below or self.open_above))


Keys = frozenset[tuple[str, ...]]


# A coefficient, and facts with their powers.
Product = tuple[Fraction, tuple[tuple[str, int], ...]]


@frozen
class Guide:
    """A sum of products against a bound, which is kept when values are chosen one after the other."""

    products: tuple[Product, ...]
    comparison: Comparison
    bound: Fraction

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for _, factors in self.products for name, _ in factors)

    @property
    def divisors(self) -> frozenset[str]:
        return frozenset(name for _, factors in self.products for name, power in factors if power < 0)

    def bound_of(self, name: str, values: Mapping[str, Fraction]) -> tuple[Comparison, Fraction] | None:
        """What is left for one fact where all others have values; None where it is no bound."""
        slope, rest = Fraction(0), Fraction(0)
        for coefficient, factors in self.products:
            product, own = coefficient, 0
            for factor, power in factors:
                if factor == name:
                    own += power
                elif power > 0:
                    product *= values[factor]
                elif values[factor]:
                    product /= values[factor]
                else:
                    return None
            if own not in (0, 1):
                return None
            if own:
                slope += product
            else:
                rest += product
        if not slope:
            return None
        comparison = self.comparison if slope > 0 else self.comparison.mirrored
        return comparison, (self.bound - rest) / slope


@define
class Store:
    facts: dict[str, Fact] = field(factory=dict)
    given: dict[str, bool] = field(factory=dict)
    values: dict[str, Values] = field(factory=dict)
    bounds: dict[tuple[str, str], int] = field(factory=dict)
    months: list[Months] = field(factory=list)
    rows: dict[tuple[str, ...], Keys] = field(factory=dict)
    others: dict[tuple[str, ...], Keys] = field(factory=dict)
    sums: dict[Terms, Bounds] = field(factory=dict)
    guides: list[Guide] = field(factory=list)
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
            dict(self.rows),
            dict(self.others),
            dict(self.sums),
            list(self.guides),
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

    def compare(self, left: str, right: str, comparison: Comparison, bound: Fraction) -> None:
        """left − right against a bound, in whole steps of the scale."""
        match comparison:
            case Comparison.AT_LEAST:
                self.difference(right, left, -ceil(bound))
            case Comparison.ABOVE:
                self.difference(right, left, -(floor(bound) + 1))
            case Comparison.AT_MOST:
                self.difference(left, right, floor(bound))
            case Comparison.BELOW:
                self.difference(left, right, ceil(bound) - 1)
            case Comparison.EQUAL | Comparison.UNEQUAL:
                raise AssertionError(comparison)  # taken apart before

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

    def row(self, facts: tuple[str, ...], keys: Keys, holds: bool) -> None:
        """The facts together make one of these keys, or none of them."""
        if holds:
            self.rows[facts] = self.rows.get(facts, keys) & keys
        else:
            self.others[facts] = self.others.get(facts, frozenset()) | keys
        if facts in self.rows:
            self.rows[facts] -= self.others.get(facts, frozenset())
        self.check_rows()

    def check_rows(self) -> None:
        for facts, keys in self.rows.items():
            if not any(self.fits(facts, key) for key in keys):
                raise Contradiction
        for facts, keys in self.others.items():
            if facts not in self.rows and self.all_listed(facts, keys):
                raise Contradiction

    def all_listed(self, facts: tuple[str, ...], keys: Keys) -> bool:
        """Whether whatever values the facts may have are among the keys."""
        choices = [self.values[name].allowed for name in facts]
        if any(allowed is None for allowed in choices):
            return False
        return all(combination in keys for combination in product(*(c for c in choices if c is not None)))

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

    def sum(self, terms: Terms, comparison: Comparison, bound: Fraction) -> None:
        """A sum against a bound: of the same sum no two bounds may leave nothing between them."""
        bounds = self.sums.get(terms, Bounds()).narrowed(comparison, bound)
        if bounds.empty:
            raise Contradiction
        self.sums[terms] = bounds

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
