"""Tables of a scenario as arrays: which row a case falls to, whether something happens in it, what is chosen."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import define, field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy_simulator.behaviour.frame import labels_of
from hypolicy_simulator.chance.keyed import threshold
from hypolicy_simulator.population.margins import apportion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Column, Draws, Held
    from hypolicy_simulator.behaviour.frame import Part
    from hypolicy_simulator.chance.worlds import World
    from hypolicy_simulator.scenario import tree
    from hypolicy_simulator.scenario.check import Checked
    from hypolicy_simulator.scenario.domains import Labels

# Weights are taken to one part in so many, which a draw tells by its first sixteen bits.
UNITS: Final = 1 << 16
# Places are looked up by their first bits, and from there on one by one.
_GUIDE_BITS: Final = 8
_CASES_SHOWN: Final = 5


@frozen
class Terms:
    """A `when` in codes."""

    terms: tuple[tuple[str, Column], ...] = field(eq=False)

    @classmethod
    def of(cls, when: tree.When, checked: Checked) -> Terms:
        terms = []
        for name, wanted in when.terms:
            labels = labels_of(checked.domains[name]).labels
            terms.append((name, np.array([labels.index(label) for label in wanted], np.int16)))
        return cls(tuple(terms))

    def held(self, part: Part) -> Held:
        held = np.ones(len(part), bool)
        for name, codes in self.terms:
            column = part[name]
            held &= column == codes[0] if len(codes) == 1 else np.isin(column, codes)
        return held


@define
class Groups:
    """Combinations of labels, numbered as the rows of a table first mention them; -1 for those that none does."""

    file: str
    names: tuple[str, ...]
    domains: tuple[Labels, ...]
    numbers: Column

    @classmethod
    def of(cls, checked: Checked, file: str, names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Groups:
        domains = tuple(labels_of(checked.domains[name]) for name in names)
        sizes = [len(domain.labels) for domain in domains]
        numbers = np.full(int(np.prod(sizes)), -1, np.int32)
        for number, row in enumerate(dict.fromkeys(rows)):
            codes = [domain.labels.index(label) for domain, label in zip(domains, row, strict=True)]
            numbers[np.ravel_multi_index(codes, sizes) if codes else 0] = number
        return cls(file, tuple(names), domains, numbers)

    def numbers_of(self, part: Part) -> Column:
        """The group of each row. Raises Refusal where the table says nothing of one."""
        groups = self.found(part)
        missing = np.flatnonzero(groups < 0)
        if len(missing):
            raise Refusal(
                self._missing([tuple(int(part[name][row]) for name in self.names) for row in missing])
            )
        return groups

    def found(self, part: Part) -> Column:
        """The group of each row, -1 where the table says nothing of it."""
        place = np.zeros(len(part), np.int32)
        known = np.ones(len(part), bool)
        for name, domain in zip(self.names, self.domains, strict=True):
            column = part[name]
            place *= len(domain.labels)
            place += column
            known &= column >= 0
        place[~known] = 0
        return np.where(known, self.numbers[place], np.int32(-1))

    def _missing(self, cases: list[tuple[int, ...]]) -> Diagnostic:
        cases = list(dict.fromkeys(cases))
        named = [
            "、".join(
                f"{name}为{domain.labels[code]}" if code >= 0 else f"没有{name}"
                for name, domain, code in zip(self.names, self.domains, case, strict=True)
            )
            for case in cases[:_CASES_SHOWN]
        ]
        more = f"等{len(cases)}种" if len(cases) > _CASES_SHOWN else ""
        return Diagnostic("HY739", {"file": self.file, "cells": "；".join(named) + more})


@define
class Choice:
    """What is chosen: a draw with first bits u takes in group g the option with the place g * UNITS + u.

    Option i has the places from `bounds[i]` on, fewer than `bounds[i + 1]`; `rows[i]` is its row of the table. Places
    p with the first bits `p >> 8` have option `guide[p >> 8]` or a later one.
    """

    groups: Groups
    rows: list[int]
    bounds: Column
    guide: Column

    @classmethod
    def of(cls, checked: Checked, table: tree.ChoiceTable) -> Choice:
        by_group: dict[tuple[str, ...], list[int]] = {}
        for number, row in enumerate(table.rows):
            by_group.setdefault(row.labels, []).append(number)
        units: list[int] = []
        for numbers in by_group.values():
            weights = [table.rows[number].weight for number in numbers]
            whole = sum(weights, Fraction(0))
            units += apportion([weight * UNITS / whole for weight in weights])
        bounds = np.cumsum([0, *units]).astype(np.int32)
        guide = taken(np.arange(0, bounds[-1], 1 << _GUIDE_BITS), bounds, bounds).astype(np.int32)
        groups = Groups.of(checked, table.file, table.given, [row.labels for row in table.rows])
        return cls(groups, [row for rows in by_group.values() for row in rows], bounds, guide)


def taken(places: Column, bounds: Column, guide: Column) -> Column:
    """The options that have some places (see `Choice`)."""
    return np.searchsorted(bounds, places, side="right") - 1


# The same for one place, in loops.
TAKEN: Final = f"""
def taken(place, bounds, guide):
    option = guide[at(place >> {_GUIDE_BITS})]
    while bounds[at(option + 1)] <= place:
        option += 1
    return option
"""


@define
class RateOf:
    """Whether something happens, by a table of rates."""

    groups: Groups
    table: tree.RateTable

    @classmethod
    def of(cls, checked: Checked, table: tree.RateTable) -> RateOf:
        return cls(Groups.of(checked, table.file, table.names, [row.labels for row in table.rows]), table)

    def thresholds(self, world: World, factors: Sequence[float] | None = None) -> Draws:
        """By group: draws below them are those of the rows to which it happens.

        Rates are multiplied by factors (by row of the table) where there are any; none exceeds 1.
        """
        rates = [world.rate(row.value, self.table.file) for row in self.table.rows]
        if factors is not None:
            rates = [min(1.0, float(rate) * factor) for rate, factor in zip(rates, factors, strict=True)]
        return np.array([threshold(rate) for rate in rates], np.uint64)

    def happens(self, part: Part, drawn: Draws) -> Held:
        happens: Held = drawn < self.thresholds(part.chance.world)[self.groups.numbers_of(part)]
        return happens
