"""Steps as code: how each name comes about, from what came about before it.

A step draws from a stream that is called after its names, so that a step more or less elsewhere changes nothing here.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, assert_never

import numpy as np

from hypolicy_simulator.behaviour.code import Code, Kernel
from hypolicy_simulator.behaviour.frame import Frame, Part, absent, code, day_number, labels_of
from hypolicy_simulator.behaviour.lookup import UNITS, Choice, Groups, RateOf, Terms
from hypolicy_simulator.scenario import tree
from hypolicy_simulator.scenario.check import YEAR
from hypolicy_simulator.scenario.domains import Labels

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hypolicy_simulator.behaviour.frame import Chance
    from hypolicy_simulator.chance.worlds import World
    from hypolicy_simulator.scenario.check import Checked


def kernel(steps: Sequence[tree.Step], checked: Checked, wanted: Collection[str] | None = None) -> Kernel:
    """Steps in their order, so far as they lead to the wanted names (all, where None)."""
    written = Code()
    chosen = needed(steps, wanted)
    for step in chosen:
        _Writer(written, step, checked).write()
    names = [name for step in chosen for name in step.names if wanted is None or name in wanted]
    return Kernel(
        written,
        {name: np.int16 if isinstance(checked.domains[name], Labels) else np.int32 for name in names},
    )


def needed(steps: Sequence[tree.Step], wanted: Collection[str] | None) -> list[tree.Step]:
    """The steps that lead to the wanted names, in their order."""
    if wanted is None:
        return list(steps)
    names, kept = set(wanted), []
    for step in reversed(steps):
        if names & set(step.names):
            kept.append(step)
            names |= {*_needs(step.way), *(name for name, _ in step.when.terms)}
    return kept[::-1]


def run(made: Kernel, steps: Sequence[tree.Step], checked: Checked, frame: Frame, chance: Chance) -> None:
    """Raises Refusal where a table says nothing of a case that occurs."""
    if made.run(frame, chance):
        return
    for step in steps:
        rows = np.flatnonzero(Terms.of(step.when, checked).held(Part(frame, None, chance)))
        for groups in _groups(step, checked):
            groups.numbers_of(Part(frame, rows, chance))
        kernel([step], checked).run(frame, chance)
    raise AssertionError("nothing is missing")


def _groups(step: tree.Step, checked: Checked) -> list[Groups]:
    match step.way:
        case tree.Choose(table) | tree.DayOfYear(table):
            return [Choice.of(checked, table).groups]
        case tree.Happens(table):
            return [RateOf.of(checked, table).groups]
        case _:
            return []


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


# --- writing -----------------------------------------------------------------------------------------------------


class _Writer:
    """Writes one step."""

    def __init__(self, written: Code, step: tree.Step, checked: Checked) -> None:
        self.code, self.step, self.checked = written, step, checked
        self.stream = "、".join(step.names)
        self.held = self.condition(step.when)

    def write(self) -> None:
        step = self.step
        # None of the names is known before all of them are.
        values = []
        for name, value in zip(step.names, self.values(), strict=True):
            other = self.otherwise(name)
            values.append(
                self.code.line(f"where({self.held}, {value}, {other})" if step.when.terms else value)
            )
        self.code.values.update(zip(step.names, values, strict=True))

    def otherwise(self, name: str) -> int:
        domain, other = self.checked.domains[name], self.step.otherwise
        return absent(domain) if other is None else code(other, domain)

    def condition(self, when: tree.When) -> str:
        """The name of a value that tells where it holds."""
        terms = []
        for name, codes in Terms.of(when, self.checked).terms:
            value = self.code.value(name)
            terms.append(f"({' | '.join(f'({value} == {each})' for each in codes.tolist())})")
        return self.code.line(" & ".join(terms)) if terms else "True"

    def values(self) -> list[str]:
        step = self.step
        match step.way:
            case tree.Choose(table):
                option, rows = self.chosen(table)
                return [f"{self.outcomes(name, rows)}[at({option})]" for name in step.names]
            case tree.Happens(table):
                rate = RateOf.of(self.checked, table)
                group, threshold = self.group(rate.groups), self.code.rate(rate)
                return [f"where({self.code.draw(self.stream)} < {threshold}[at({group})], 1, 0)"]
            case tree.Cases(cases):
                return [self.first_of(cases)]
            case tree.Copy(name):
                return [self.code.value(name)]
            case tree.Fixed(value):
                return [str(code(value, self.checked.domains[name])) for name in step.names]
            case tree.Add():
                return [self.added(step.way)]
            case tree.Renewal(first, months, until):
                asked = ", ".join(map(self.code.value, (first, months, until)))
                return [self.code.day(f"renewed({asked}, {self.code.calendar()})")]
            case tree.DayOfYear(table):
                return [self.day_of_year(table)]
            case _:
                assert_never(step.way)

    def group(self, groups: Groups) -> str:
        """The group of a table that a row falls to; the table is asked for labels that are not given as well."""
        sizes = [len(domain.labels) + 1 for domain in groups.domains]
        numbers = np.full(sizes, -1, np.int32)
        numbers[tuple(slice(1, None) for _ in sizes)] = groups.numbers.reshape([size - 1 for size in sizes])
        place = "0"
        for name, size in zip(groups.names, sizes, strict=True):
            place = f"({place}) * {size} + {self.code.value(name)} + 1"
        return self.code.group(self.held, f"{self.code.table(numbers)}[at({place})]")

    def chosen(self, table: tree.ChoiceTable) -> tuple[str, list[tree.Option]]:
        """The option of a table that is taken, and the rows of the table by option."""
        choice = Choice.of(self.checked, table)
        group, drawn = self.group(choice.groups), self.code.draw(self.stream)
        place = f"{group} * {UNITS} + first_bits({drawn})"
        option = f"taken({place}, {self.code.table(choice.bounds)}, {self.code.table(choice.guide)})"
        return self.code.line(option), [table.rows[row] for row in choice.rows]

    def outcomes(self, name: str, rows: Sequence[tree.Option]) -> str:
        place, domain = self.step.names.index(name), self.checked.domains[name]
        return self.code.table(np.array([code(row.outcomes[place], domain) for row in rows], np.int32))

    def first_of(self, cases: Sequence[tuple[str, tree.When]]) -> str:
        [name] = self.step.names
        value = str(self.otherwise(name))
        for label, when in reversed(cases):
            case = code(label, self.checked.domains[name])
            value = self.code.line(f"where({self.condition(when)}, {case}, {value})")
        return value

    def added(self, way: tree.Add) -> str:
        start, more = self.code.value(way.name), self.amount(way.amount)
        if way.months:
            return self.code.day(f"later({start}, {more}, {way.sign}, {self.code.calendar()})")
        total = f"{start} {'-' if way.sign < 0 else '+'} {more}"
        return f"where(({start} != NONE) & ({more} != NONE), {total}, NONE)"

    def amount(self, amount: str | int | tree.Between) -> str:
        match amount:
            case str():
                return self.code.value(amount)
            case int():
                return f"({amount})"
            case tree.Between():
                first, count = self.code.range(partial(_stretched, amount, self.step.names[0]))
                return self.code.line(f"{first} + within({self.code.draw(self.stream)}, {count})")
            case _:
                assert_never(amount)

    def day_of_year(self, table: tree.ChoiceTable) -> str:
        years = [int(label) for label in labels_of(self.checked.domains[YEAR]).labels]
        firsts = [[day_number(date(year, month, 1)) for month in range(1, 13)] for year in years]
        starts = np.array(firsts, np.int32)
        ends = np.column_stack([starts[:, 1:], [day_number(date(year + 1, 1, 1)) for year in years]])
        option, rows = self.chosen(table)
        month = self.code.table(np.array([int(row.outcomes[0]) - 1 for row in rows], np.int32))
        start, length = self.code.table(starts), self.code.table(ends - starts)
        place = self.code.line(f"{self.code.value(YEAR)} * 12 + {month}[at({option})]")
        day = f"within({self.code.draw(f'{self.stream}的日')}, {length}[at({place})])"
        return f"{start}[at({place})] + {day}"


def _stretched(amount: tree.Between, name: str, world: World) -> tuple[int, int]:
    """The first of the numbers, and how many there are."""
    first, last = amount.first, amount.last
    if amount.stretch is not None:
        factor = Fraction(world.factor(amount.stretch, name))
        first, last = round(first * factor), round(last * factor)
    return first, last - first + 1
