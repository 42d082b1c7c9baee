"""Steps as functions on columns: how each name comes about, for all rows at once.

A step draws from a stream that is called after its names, so that a step more or less elsewhere changes nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, assert_never

import numpy as np
from attrs import define

from hypolicy_simulator.behaviour.frame import NONE, Chance, Frame, Part, absent, code, day_number, labels_of
from hypolicy_simulator.behaviour.lookup import Choice, RateOf, Terms
from hypolicy_simulator.behaviour.months import add_months, renewed
from hypolicy_simulator.chance.keyed import below
from hypolicy_simulator.scenario import tree
from hypolicy_simulator.scenario.check import YEAR
from hypolicy_simulator.scenario.domains import Labels

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Column
    from hypolicy_simulator.scenario.check import Checked

# Columns for the rows of a part, in the order of the step's names.
Producer = Callable[[Part], "Sequence[Column]"]


@define
class Compiled:
    """One step. `needs` are the names that it reads."""

    names: tuple[str, ...]
    needs: frozenset[str]
    produce: Producer
    when: Terms
    otherwise: tuple[int, ...]
    dtypes: tuple[type[np.signedinteger[Any]], ...]

    def run(self, frame: Frame, chance: Chance) -> None:
        everything = Part(frame, None, chance)
        if not self.when.terms:
            for name, values, dtype in zip(self.names, self.produce(everything), self.dtypes, strict=True):
                frame.columns[name] = values.astype(dtype, copy=False)
            return
        rows = np.flatnonzero(self.when.held(everything))
        columns = self.produce(Part(frame, rows, chance))
        for name, values, otherwise, dtype in zip(
            self.names, columns, self.otherwise, self.dtypes, strict=True
        ):
            column = np.full(len(frame), otherwise, dtype)
            column[rows] = values
            frame.columns[name] = column


def compile_step(step: tree.Step, checked: Checked) -> Compiled:
    domains = [checked.domains[name] for name in step.names]
    return Compiled(
        step.names,
        frozenset([*_needs(step.way), *(name for name, _ in step.when.terms)]),
        _producer(step, checked),
        Terms.of(step.when, checked),
        tuple(
            absent(domain) if step.otherwise is None else code(step.otherwise, domain) for domain in domains
        ),
        tuple(np.int16 if isinstance(domain, Labels) else np.int32 for domain in domains),
    )


def _needs(way: tree.Way) -> list[str]:
    match way:
        case tree.Choose(table):
            return list(table.given)
        case tree.Happens(table):
            return list(table.names)
        case tree.Cases(cases):
            return [name for _, when in cases for name, _ in when.terms]
        case tree.Copy(name):
            return [name]
        case tree.Fixed():
            return []
        case tree.Add(name, _, amount):
            return [name, amount] if isinstance(amount, str) else [name]
        case tree.Renewal(first, months, until):
            return [first, months, until]
        case tree.DayOfYear():
            return [YEAR]
        case _:
            assert_never(way)


def _producer(step: tree.Step, checked: Checked) -> Producer:
    stream = "、".join(step.names)
    match step.way:
        case tree.Choose(table):
            return _choose(table, step.names, checked, stream)
        case tree.Happens(table):
            rate = RateOf.of(checked, table)
            return lambda part: [rate.happens(part, part.draws(stream)).astype(np.int16)]
        case tree.Cases(cases):
            return _first_of(cases, step, checked)
        case tree.Copy(name):
            return lambda part: [part[name]]
        case tree.Fixed(value):
            fixed = [code(value, checked.domains[name]) for name in step.names]
            return lambda part: [np.full(len(part), each, np.int32) for each in fixed]
        case tree.Add():
            return _add(step.way, step.names[0], stream)
        case tree.Renewal(first, months, until):
            return lambda part: [renewed(part[first], part[months], part[until])]
        case tree.DayOfYear(table):
            return _day_of_year(table, checked, stream)
        case _:
            assert_never(step.way)


def _choose(table: tree.ChoiceTable, names: Sequence[str], checked: Checked, stream: str) -> Producer:
    choice = Choice.of(checked, table)
    outcomes = [
        np.array([code(row.outcomes[place], checked.domains[name]) for row in table.rows], np.int32)
        for place, name in enumerate(names)
    ]

    def produce(part: Part) -> Sequence[Column]:
        taken = choice.taken(part, part.draws(stream))
        return [column[taken] for column in outcomes]

    return produce


def _first_of(cases: Sequence[tuple[str, tree.When]], step: tree.Step, checked: Checked) -> Producer:
    domain = checked.domains[step.names[0]]
    known = [(code(label, domain), Terms.of(when, checked)) for label, when in cases]
    otherwise = absent(domain) if step.otherwise is None else code(step.otherwise, domain)

    def produce(part: Part) -> Sequence[Column]:
        values = np.full(len(part), otherwise, np.int32)
        for value, terms in reversed(known):
            values[terms.held(part)] = value
        return [values]

    return produce


# --- numbers and days ------------------------------------------------------------------------------------------


def _add(way: tree.Add, name: str, stream: str) -> Producer:
    def produce(part: Part) -> Sequence[Column]:
        start, amount = part[way.name], _amount(way.amount, name, part, stream)
        given = (start != NONE) & (amount != NONE)
        start, more = np.where(given, start, 0), np.where(given, amount, 0) * way.sign
        return [np.where(given, add_months(start, more) if way.months else start + more, NONE)]

    return produce


def _amount(amount: str | int | tree.Between, name: str, part: Part, stream: str) -> Column:
    match amount:
        case str():
            return part[amount]
        case int():
            return np.full(len(part), amount, np.int32)
        case tree.Between(first, last, stretch):
            if stretch is not None:
                factor = Fraction(part.chance.world.factor(stretch, name))
                first, last = round(first * factor), round(last * factor)
            return below(part.draws(stream), first, last)
        case _:
            assert_never(amount)


def _day_of_year(table: tree.ChoiceTable, checked: Checked, stream: str) -> Producer:
    choice = Choice.of(checked, table)
    months = np.array([int(row.outcomes[0]) - 1 for row in table.rows])
    years = [int(label) for label in labels_of(checked.domains[YEAR]).labels]
    firsts = [[day_number(date(year, month, 1)) for month in range(1, 13)] for year in years]
    starts = np.array(firsts, np.int32)
    ends = np.column_stack([starts[:, 1:], [day_number(date(year + 1, 1, 1)) for year in years]])
    lengths = (ends - starts).astype(np.uint64)

    def produce(part: Part) -> Sequence[Column]:
        month, year = months[choice.taken(part, part.draws(stream))], part[YEAR]
        within = (part.draws(f"{stream}的日") >> np.uint64(32)) * lengths[year, month] >> np.uint64(31)
        return [starts[year, month] + within.astype(np.int32)]

    return produce
