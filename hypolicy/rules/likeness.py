"""Whether two parts of rule trees mean the same, so far as anything up to a day can tell.

Places in files do not count, the clauses do. Of parameters and tables, and of the term where it is asked of the
governing date, only what holds until that day counts: a rate that changes later changes nothing before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
from attrs import define, field

from hypolicy.rules import tree

if TYPE_CHECKING:
    from hypolicy.rules.calendar import Period


def alike(one: tree.Benefit, other: tree.Benefit, until: date | None = None) -> bool:
    """Whether two benefits decide alike whatever is governed by a day up to `until` (any day, where it is None)."""
    keys = _Keys(until)
    keys.governing = keys.of(one.governing_date)
    return keys.governing == keys.of(other.governing_date) and keys.of(one) == keys.of(other)


def same(one: object, other: object) -> bool:
    """Whether two parts of rule trees mean the same."""
    keys = _Keys(None)
    return keys.of(one) == keys.of(other)


@define
class _Keys:
    """Numbers that are equal where meanings are. Each node is looked at once, however often it is mentioned."""

    until: date | None
    governing: int = -1
    _numbers: dict[Any, int] = field(factory=dict)
    _known: dict[int, tuple[object, int]] = field(factory=dict)

    def of(self, node: object) -> int:
        if not attrs.has(type(node)):
            return self._number(self._plain(node))
        if id(node) not in self._known:
            self._known[id(node)] = (node, self._number(self._parts(node)))
        return self._known[id(node)][1]

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _plain(self, value: object) -> object:
        match value:
            case tuple():
                return ("tuple", *map(self.of, value))
            case Mapping():
                return ("mapping", frozenset((self.of(key), self.of(each)) for key, each in value.items()))
            case _:
                return (type(value).__name__, value)

    def _parts(self, node: object) -> object:
        match node:
            case tree.Origin(clause):
                return ("Origin", clause)
            case tree.Fact(name):
                return ("Fact", name)
            case tree.Fund(name):
                return ("Fund", name)
            case tree.Gate(name, _, condition, ground, origin):
                return ("Gate", name, self.of(condition), ground, self.of(origin))
            case tree.Version(period, value, ground):
                return ("Version", *self._until(period), value, ground)
            case tree.TableVersion(period, rows, _, illustrative):
                return ("TableVersion", *self._until(period), self.of(rows), illustrative)
            case tree.Parameter() | tree.Table():
                return (type(node).__name__, *self._fields(node, leaving="versions"), self._versions(node))
            case tree.InTerm(operand, term) if self.of(operand) == self.governing:
                return ("InTerm", self.governing, *self._until(term))
            case _:
                return (type(node).__name__, *self._fields(node))

    def _fields(self, node: Any, leaving: str = "") -> list[int]:
        names = (one.name for one in attrs.fields(type(node)) if one.name != leaving)
        return [self.of(getattr(node, name)) for name in names]

    def _versions(self, node: tree.Parameter | tree.Table) -> tuple[int, ...]:
        return tuple(self.of(version) for version in node.versions if not self._later(version.period))

    def _later(self, period: Period) -> bool:
        return self.until is not None and period.start > self.until

    def _until(self, period: Period) -> tuple[date, date]:
        end = period.end or date.max
        return period.start, end if self.until is None else min(end, self.until)
