"""Expressions as they are in one period: versions chosen, readings chosen or taken apart.

What is left has no parameters, one version of each table, and readings only between whole conditions, where a search
can choose among their options. Of 较小者 and 较大者 in a condition, each operand is taken in turn.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from hypolicy.rules import tree
from hypolicy.rules.calendar import Period
from hypolicy.rules.facts import walk
from hypolicy.rules.operators import Comparison
from hypolicy.rules.rewrite import Rewriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CONDITIONS_ON_VALUES = (
    tree.Compare,
    tree.OneOf,
    tree.InTable,
    tree.InTerm,
    tree.Within,
    tree.TermLength,
)


@define
class Lowering:
    """`readings` are chosen; others stay open. `day` is one on which the versions are in force."""

    day: date | None
    readings: Mapping[str, str] = field(factory=dict)
    _chosen: Rewriter = field(init=False)
    _lifted: Rewriter = field(init=False)
    _tables: dict[int, tuple[tree.Table, tree.Table]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._chosen = Rewriter(self._choose)
        self._lifted = Rewriter(self._lift)

    def value(self, expr: tree.Expr) -> tree.Expr:
        """A number or a day. The readings in it should all be chosen."""
        return self._chosen(expr)

    def condition(self, expr: tree.Expr) -> tree.Expr:
        return self._lifted(self._chosen(expr))

    # ------------------------------------------------------------------------------------------------ choosing

    def _choose(self, expr: tree.Expr) -> tree.Expr | None:
        match expr:
            case tree.ParameterRef(parameter) if parameter.versions:
                return tree.Literal(self.in_force(parameter), expr.type, expr.origin)
            case tree.Lookup(table):
                keys = tuple(self._chosen(key) for key in expr.keys)
                return evolve(expr, table=self.table(table), keys=keys)
            case tree.InTable(table):
                return evolve(expr, table=self.table(table), value=self._chosen(expr.value))
            case tree.ByReading(reading, options) if reading.name in self.readings:
                return self._chosen(dict(options)[self.readings[reading.name]])
            case _:
                return None

    def in_force(self, parameter: tree.Parameter) -> tree.Value:
        starts = [version.period.start for version in parameter.versions]
        return parameter.versions[place_on(starts, self.day)].value

    def table(self, table: tree.Table) -> tree.Table:
        known = self._tables.get(id(table))
        if known is None:
            place = place_on([version.period.start for version in table.versions], self.day)
            versions = table.versions[place : place + 1] or (tree.TableVersion(Period(date.min), {}),)
            known = self._tables[id(table)] = (table, evolve(table, versions=versions))
        return known[1]

    # ------------------------------------------------------------------------------------------------- lifting

    def _lift(self, expr: tree.Expr) -> tree.Expr | None:
        """A condition on a value that depends on something, as a condition for each case."""
        if not isinstance(expr, _CONDITIONS_ON_VALUES):
            return None
        for node in walk(expr):
            match node:
                case tree.ByReading(reading, options):
                    parts = tuple(
                        (name, self._lifted(Lowering(self.day, {reading.name: name}).value(expr)))
                        for name, _ in options
                    )
                    return tree.ByReading(reading, parts, expr.type, expr.origin)
                case tree.Extreme():
                    return self._lifted(_each_operand(expr, node))
                case _:
                    pass
        return expr


def place_on(starts: Sequence[date], day: date | None) -> int:
    """The version in force, as the evaluator finds it."""
    return 0 if day is None else max(bisect_right(starts, day) - 1, 0)


def _each_operand(expr: tree.Expr, extreme: tree.Extreme) -> tree.Expr:
    """With each operand in turn in the place of the extreme one, where it is that one."""
    side = Comparison.AT_LEAST if extreme.largest else Comparison.AT_MOST
    ways: list[tree.Expr] = []
    for operand in extreme.operands:
        others = [other for other in extreme.operands if other is not operand]
        most = [tree.Compare(side, operand, other, expr.origin) for other in others]
        replaced = Rewriter(lambda e, chosen=operand: chosen if e is extreme else None)(expr)  # type: ignore[misc]
        ways.append(tree.All((*most, replaced), expr.origin))
    return tree.Any(tuple(ways), expr.origin)
