"""The periods in which no version of a parameter or a table changes, for two items at once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.rules import tree
from hypolicy.rules.facts import expressions_of, walk
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import DATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hypolicy.rules.normal_form import Forms


@frozen
class Period:
    """Days from `start` up to, and without, `end`; None is without end. `missing`: the record does not say the day."""

    start: date | None = None
    end: date | None = None
    missing: bool = False

    @property
    def day(self) -> date | None:
        """A day on which the versions of the period are in force."""
        return self.start or (self.end - timedelta(days=1) if self.end is not None else None)

    def conditions(self, governing: tree.Expr) -> Iterator[tuple[tree.Expr, bool]]:
        """That the governing date lies in the period."""
        origin = governing.origin
        if self.missing:
            assert isinstance(governing, tree.FactRef)
            yield tree.Given(governing.fact, origin), False
            return
        for comparison, day in ((Comparison.AT_LEAST, self.start), (Comparison.BELOW, self.end)):
            if day is not None:
                yield tree.Compare(comparison, governing, tree.Literal(day, DATE, origin), origin), True


def changes_of(benefit: tree.Benefit) -> set[date]:
    """The days on which a version that the item may use follows another one."""
    found: set[date] = set()
    for expr in expressions_of(benefit):
        for node in walk(expr):
            match node:
                case tree.ParameterRef(parameter):
                    found.update(version.period.start for version in parameter.versions[1:])
                case tree.Lookup(table) | tree.InTable(table):
                    found.update(version.period.start for version in table.versions[1:])
                case _:
                    pass
    return found


def periods(days: Iterable[date], governing: tree.Expr | None) -> list[Period]:
    """The periods between these days of the governing date."""
    edges = sorted(days) if governing is not None else []
    if not edges:
        return [Period()]
    bounds = [None, *edges, None]
    out = [Period(start, end) for start, end in pairwise(bounds)]
    if isinstance(governing, tree.FactRef) and governing.fact.optional:
        out.append(Period(None, edges[0], missing=True))
    return out


def joint_periods(
    items: tuple[tree.Benefit, tree.Benefit],
    governing: tuple[tree.Expr | None, tree.Expr | None],
    forms: tuple[Forms, Forms],
) -> Iterator[tuple[Period, Period]]:
    """Pairs of periods that one record can be in: the same ones, where one date governs both items."""
    days = [changes_of(item) for item in items]
    if _same(governing, forms):
        yield from ((period, period) for period in periods(days[0] | days[1], governing[0]))
        return
    yield from product(*(periods(own, date) for own, date in zip(days, governing, strict=True)))


def _same(governing: tuple[tree.Expr | None, tree.Expr | None], forms: tuple[Forms, Forms]) -> bool:
    first, second = governing
    if first is None or second is None:
        return first is second
    return forms[0].value(first) == forms[1].value(second)
