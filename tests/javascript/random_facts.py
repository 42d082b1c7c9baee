"""Random records of any policy: every value that its rules tell apart, and those next to it.

What is tried of a fact comes from the rules themselves: the labels and truths, the keys of tables and the literals,
the days and numbers of the rules and their neighbours, and now and then nothing at all.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from attrs import define, field

from hypolicy.rules import tree
from hypolicy.rules.facts import UNANSWERED, expressions_of, walk
from hypolicy.rules.outcome import Settings
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

MONTHS = (28, 29, 30, 31, 59, 90, 181, 364, 365, 366, 730)


@define
class RandomFacts:
    """Records of one kind. `blank` is the share of facts that nobody has answered."""

    policy: tree.Policy
    kind: tree.RecordKind
    rng: Random
    blank: float = 0.0
    days: list[date] = field(init=False)
    numbers: list[Fraction] = field(init=False)
    texts: list[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        literals = [node.value for node in self._nodes() if isinstance(node, tree.Literal)]
        term = self.policy.term
        edges = [term.start, term.end or date(term.start.year + 3, 12, 31), date(term.start.year + 1, 1, 1)]
        edges += [day for day in literals if isinstance(day, date)]
        edges += [amendment.day for amendment in self.policy.amendments]
        edges += [
            version.period.start
            for versions in (p.versions for p in (*self.policy.parameters, *self.policy.tables))
            for version in versions
            if version.period.start != date.min
        ]
        self.days = [day + timedelta(days=step) for day in edges for step in (-1, 0, 1, 30)]
        numbers = [Fraction(n) for n in literals if isinstance(n, int | Fraction) and not isinstance(n, bool)]
        self.numbers = [Fraction(0), Fraction(1), *numbers, *(n + 1 for n in numbers), Fraction(37, 4)]
        keys = [
            key
            for table in self.policy.tables
            for version in table.versions
            for row in version.rows
            for key in row
        ]
        self.texts = [*dict.fromkeys(keys), *(text for text in literals if isinstance(text, str)), "别的"]

    def _nodes(self) -> Iterator[tree.Expr]:
        for benefit in self.policy.benefits:
            for expr in expressions_of(benefit):
                yield from walk(expr)

    def rows(self, count: int) -> list[list[Any]]:
        """Records of few holders, so that limits and caps have something to bite on."""
        anchor = self.rng.choice(self.days)
        return [[self._value(fact, row, anchor) for fact in self.kind.facts] for row in range(count)]

    def settings(self) -> Settings:
        """Some reading taken otherwise, now and then several."""
        return Settings(
            {
                reading.name: self.rng.choice(reading.options)
                for reading in self.policy.readings
                if not reading.fixed and self.rng.random() < 0.3
            }
        )

    def _value(self, fact: tree.Fact, row: int, anchor: date) -> Any:
        rng = self.rng
        if fact == self.kind.key:
            return str(row + 1) if rng.random() < 0.8 else f"补{row + 1}"
        if rng.random() < self.blank:
            return UNANSWERED
        if fact.optional and rng.random() < 0.25:
            return None
        match fact.type:
            case BoolType():
                return rng.random() < 0.6
            case EnumType(labels=labels):
                return rng.choice(labels)
            case DateType():
                if rng.random() < 0.4:
                    return rng.choice(self.days)
                return anchor + timedelta(
                    days=rng.choice(MONTHS) * rng.choice((-1, 0, 0, 1)) + rng.choice((-1, 0, 1))
                )
            case NumberType(whole=whole):
                number = (
                    rng.choice(self.numbers)
                    if rng.random() < 0.7
                    else Fraction(rng.randrange(0, 200_000), 100)
                )
                return int(number) if whole else Fraction(round(number * 100), 100)
            case IdentifierType():
                return rng.choice(("甲", "乙", "7", "12"))
            case TextType():
                return rng.choice(self.texts)
