"""Many settings on one population, of which each reruns only what it reaches.

Values of parameters are arguments of the compiled rules, so that scenarios which differ in nothing else share one
program, the codes of the columns and the numbers of the accounts. Where they differ in amounts alone, the rows are
gone through once, and then only prices are made (see `classes`). Otherwise rules run on all rows; and where the ledger
has been asked about the same entries before, and no cap counts what they are worth, its answer is known. That it is
the same entries is seen, not argued: a rate of zero grants nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import define, field, frozen

from hypolicy.backends.columns.classes import Notes, Priced
from hypolicy.backends.columns.doubts import InDoubt, Payments, in_doubt
from hypolicy.backends.columns.entries import NONE
from hypolicy.backends.columns.expressions import over_one
from hypolicy.backends.columns.ledger import Ledger
from hypolicy.backends.columns.limits import limits_of
from hypolicy.backends.columns.pricing import PriceKernel, price_kernels
from hypolicy.backends.columns.program import Jit, Program, compile_policy, items_of
from hypolicy.backends.columns.reach import Reach, reach_of
from hypolicy.backends.columns.reasons import NOT_APPLICABLE, STATUSES
from hypolicy.backends.columns.rows import EDITIONS_APART, RowKernel, Wanted, row_kernel
from hypolicy.backends.columns.totals import Totals, cells_of, summed
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from fractions import Fraction

    import polars as pl
    from numpy.typing import NDArray

    from hypolicy.backends.columns.machine import Machine
    from hypolicy.backends.columns.totals import Key
    from hypolicy.rules import tree
    from hypolicy.rules.outcome import Entry, Settings

    Ints = NDArray[np.int64]
    # Runs a kernel on some rows of a frame for the scenario of a number.
    Running = Callable[[int, range, Sequence[NDArray[Any]]], int | None]

# Scenarios whose payments are in memory together.
_BLOCK: Final = 128
# Rows of which notes are taken at a time.
_ROWS_AT_A_TIME: Final = 1 << 16
_ROWS: Final = frozenset({Reach.CONDITIONS, Reach.AMOUNTS})


@define
class Scenarios:
    """A population in canonical form, and what was granted before it. Rows must be sound."""

    policy: tree.Policy
    frame: pl.DataFrame = field(repr=False)
    history: Sequence[Entry] = ()
    kind: tree.RecordKind | None = None
    jit: Jit = Jit.AUTO
    reach: dict[str, frozenset[Reach]] = field(init=False)
    _rules: dict[tuple[Any, ...], _Rules] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.reach = reach_of(self.policy)

    def on(self, frame: pl.DataFrame, history: Sequence[Entry] = ()) -> Scenarios:
        """Another population; what has been compiled serves it too."""
        out = Scenarios(self.policy, frame, history, self.kind, self.jit)
        out._rules = self._rules
        return out

    def totals(self, settings: Sequence[Settings]) -> list[Totals]:
        """What each of these settings comes to; values of parameters are such as keep amounts in whole fen.

        Raises Refusal as `compile_policy` does.
        """
        families: dict[tuple[Any, ...], list[int]] = {}
        for number, each in enumerate(settings):
            families.setdefault(self._alike(each), []).append(number)
        out: dict[int, Totals] = {}
        for numbers in families.values():
            family = self._family([settings[number] for number in numbers])
            out |= dict(zip(numbers, family.totals(), strict=True))
        return [out[number] for number in range(len(settings))]

    def _family(self, settings: list[Settings]) -> _Family:
        """Scenarios that are alike, with the rules that serve all such with values of the same size."""
        varied = {name: [each.parameters[name] for each in settings] for name in self.chosen(settings[0])}
        over = {name: over_one(values) for name, values in varied.items()}
        spans = [(min(numerators), max(numerators), bottom) for numerators, bottom in over.values()]
        key = (*self._alike(settings[0]), *spans)
        if key not in self._rules:
            program = compile_policy(self.policy, settings[0], self.kind, self.jit)
            moving = frozenset(name for name in varied if self.reaches_only_amounts(name))
            self._rules[key] = _Rules(program, varied, moving)
        return _Family(self, settings, self._rules[key], {name: tops for name, (tops, _) in over.items()})

    def _alike(self, settings: Settings) -> tuple[Any, ...]:
        """The same for settings that differ in values of parameters, and in what only the ledger asks, alone."""
        options = [
            settings.option(reading) if self.reach[reading.name] & _ROWS else ""
            for reading in self.policy.readings
        ]
        tables = sorted((name, id(versions)) for name, versions in settings.tables.items())
        return (*options, *tables, *self.chosen(settings))

    def chosen(self, settings: Settings) -> list[str]:
        """The parameters that these settings give another value to, so far as it matters."""
        return sorted(name for name in settings.parameters if self.reach.get(name))

    def reaches_only_amounts(self, name: str) -> bool:
        return Reach.CONDITIONS not in self.reach[name]


@define
class _Rules:
    """Rules compiled for scenarios: kernels take the number of a scenario, `moving` parameters reach only amounts."""

    program: Program
    varied: Mapping[str, Sequence[Fraction]]
    moving: frozenset[str]
    _granting: RowKernel | None = None
    _pricing: tuple[RowKernel, PriceKernel] | None = None
    _ledgers: dict[tuple[str, ...], Ledger | None] = field(factory=dict)

    @property
    def granting(self) -> RowKernel:
        if self._granting is None:
            program, collector = self.program, Collector()
            items = items_of(program.policy, program.kind)
            self._granting = row_kernel(
                items, program.kind, program.settings, program.coding, Wanted.GRANTED, collector, self.varied
            )
            _refuse(collector)
        return self._granting

    @property
    def pricing(self) -> tuple[RowKernel, PriceKernel]:
        if self._pricing is None:
            program, collector = self.program, Collector()
            items = items_of(program.policy, program.kind)
            self._pricing = price_kernels(
                items, program.kind, program.settings, program.coding, collector, self.varied, self.moving
            )
            _refuse(collector)
        return self._pricing

    def ledger(self, settings: Settings) -> Ledger | None:
        """The ledger of a scenario: readings may tell what is limited, and for how long."""
        policy = self.program.policy
        options = tuple(settings.option(reading) for reading in policy.readings)
        if options not in self._ledgers:
            limits = limits_of(policy, settings)
            self._ledgers[options] = Ledger(limits) if limits is not None else None
        return self._ledgers[options]


def _refuse(collector: Collector) -> None:
    if collector.found:
        raise Refusal(*collector.found)


@define
class _Family:
    """Scenarios that share rules, by their numbers; `varied` are the values of parameters over one denominator each."""

    scenarios: Scenarios
    settings: list[Settings]
    rules: _Rules
    varied: Mapping[str, Sequence[int]]

    @property
    def program(self) -> Program:
        return self.rules.program

    @property
    def frame(self) -> pl.DataFrame:
        return self.scenarios.frame

    @property
    def machine(self) -> Machine:
        return self.program.machine(self.frame.height * len(self.settings))

    def ledger(self, number: int) -> Ledger | None:
        return self.rules.ledger(self.settings[number])

    # ---------------------------------------------------------------------------------------------- totals

    def totals(self) -> list[Totals]:
        by_conditions: dict[tuple[int, ...], list[int]] = {}
        asked = [name for name in self.varied if name not in self.rules.moving]
        for number in range(len(self.settings)):
            values = tuple(self.varied[name][number] for name in asked)
            by_conditions.setdefault(values, []).append(number)
        out: dict[int, Totals] = {}
        out |= self._rerun([numbers[0] for numbers in by_conditions.values() if len(numbers) == 1])
        several = [numbers for numbers in by_conditions.values() if len(numbers) > 1]
        if several:
            kernel, _ = self.rules.pricing
            run = self._prepared(kernel)
            for numbers in several:
                priced = self._priced(self._notes(kernel, run, numbers[0]))
                ledgers = [self.ledger(number) for number in numbers]
                out |= zip(numbers, priced.totals(numbers, ledgers), strict=True)
        return [out[number] for number in range(len(self.settings))]

    def _prepared(self, kernel: RowKernel) -> Running:
        """The kernel on the rows of the population."""
        program, machine = self.program, self.machine
        plain = machine is program.machine(0)
        packed = frozenset[str]() if plain else program.coding.packed
        coded = program.coding.encode(self.frame, packed)
        text = kernel.text if plain else kernel.flat(packed)
        arguments = [*(coded[name] for name in kernel.columns), *kernel.arguments.arrays_of(self.varied)]

        def run(number: int, rows: range, outputs: Sequence[NDArray[Any]]) -> int | None:
            return machine.call(text, "rows", [rows.start, rows.stop, number, *arguments], outputs)

        return run

    def _notes(self, kernel: RowKernel, run: Running, number: int) -> Notes:
        """What the items of all rows that come as far as an amount are paid for."""
        height, items = self.frame.height, len(self.program.items)
        tally = np.zeros(items * len(STATUSES), np.int64)
        taken: list[list[Ints]] = []
        for start in range(0, max(height, 1), _ROWS_AT_A_TIME):
            rows = range(start, min(start + _ROWS_AT_A_TIME, height))
            room = [np.zeros(len(rows) * len(kernel.reasons), np.int64) for _ in kernel.outputs[1:]]
            count = run(number, rows, [tally, *room]) or 0
            taken.append([column[:count] for column in room])
        row, item, *columns = (np.concatenate(parts) for parts in zip(*taken, strict=True))
        return Notes(row, item, columns, tally.reshape(items, len(STATUSES)))

    def _priced(self, notes: Notes) -> Priced:
        _, kernel = self.rules.pricing
        machine, arrays = self.machine, kernel.arguments.arrays_of(self.varied)

        def price(scenarios: Ints, columns: list[Ints]) -> Ints:
            prices = np.empty(len(scenarios) * len(columns[0]), np.int64)
            machine.call(kernel.text, "price", [scenarios, *columns, *arrays], [prices])
            return prices.reshape(len(scenarios), -1)

        return Priced(self.program, self.frame, self.scenarios.history, machine, notes, price)

    def _rerun(self, numbers: list[int]) -> Iterator[tuple[int, Totals]]:
        """Totals by scenario, with the rules run on all rows for each."""
        if not numbers:
            return
        run, items, frame = self._prepared(self.rules.granting), len(self.program.items), self.frame
        room = [np.empty(max(frame.height, 1) * items, np.int64) for _ in range(3)]
        for start in range(0, len(numbers), _BLOCK):
            block: list[_Payments] = []
            for number in numbers[start : start + _BLOCK]:
                tally = np.zeros(items * len(STATUSES), np.int64)
                count = run(number, range(frame.height), [tally, *room]) or 0
                row, item, fen = (array[:count] for array in room)
                statuses = tally.reshape(items, len(STATUSES))
                statuses[:, NOT_APPLICABLE] = frame.height - statuses.sum(axis=1)
                key = row * items + (item & (EDITIONS_APART - 1))
                block.append(_Payments(number, key, item // EDITIONS_APART, fen.copy(), statuses))
            yield from _Block(self, block).totals()


@frozen
class _Payments:
    """What a scenario grants before the ledger: rows times items plus the item, editions, amounts; statuses."""

    number: int
    key: Ints
    edition: Ints
    fen: Ints
    statuses: Ints


@define
class _Block:
    """Scenarios whose payments are numbered together: `key` has every one that any of them grants."""

    family: _Family
    payments: list[_Payments]
    key: Ints = field(init=False)
    row: Ints = field(init=False)
    item: Ints = field(init=False)
    place_of: Ints = field(init=False)
    edition: Ints = field(init=False)
    most: Ints = field(init=False)
    cells: list[Key] = field(init=False)
    cell_of: Ints = field(init=False)
    _in_doubt: dict[int, InDoubt] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        items = len(self.family.program.items)
        self.place_of = np.full(self.family.frame.height * items, NONE, np.int64)
        for each in self.payments:
            self.place_of[each.key] = 0
        self.key = np.flatnonzero(self.place_of == 0)
        self.row, self.item = np.divmod(self.key, items)
        self.place_of[self.key] = np.arange(len(self.key))
        self.edition, self.most = np.zeros(len(self.key), np.int64), np.zeros(len(self.key), np.int64)
        for each in self.payments:
            places = self.place_of[each.key]
            self.edition[places] = each.edition
            self.most[places] = np.maximum(self.most[places], each.fen)
        policy = self.family.program.policy
        self.cell_of, self.cells = cells_of(policy, self.family.frame, self.row, self.item)

    def totals(self) -> Iterator[tuple[int, Totals]]:
        for each in self.payments:
            places, statuses = self.place_of[each.key], each.statuses.copy()
            fen, stands = np.zeros(len(self.key), np.int64), np.zeros(len(self.key), np.bool_)
            fen[places], stands[places] = each.fen, True
            ledger = self.family.ledger(each.number)
            if ledger is not None:
                if id(ledger) not in self._in_doubt:
                    self._in_doubt[id(ledger)] = self._doubt(ledger)
                doubt = self._in_doubt[id(ledger)]
                here = doubt.places
                said = doubt.settle(stands[here], fen[here], self.family.machine)
                stands[here], fen[here] = said.stands, said.paid
                said.move(statuses, self.item[here])
            counts, sums = summed(self.cell_of[stands], fen[stands], len(self.cells))
            granted = {
                cell: [count, amount]
                for cell, count, amount in zip(self.cells, counts, sums, strict=True)
                if count
            }
            yield each.number, Totals(self.family.program.policy, statuses, granted)

    def _doubt(self, ledger: Ledger) -> InDoubt:
        family, payments = self.family, Payments(self.row, self.item, self.edition, self.most)
        return in_doubt(
            family.program, family.frame, payments, family.scenarios.history, ledger, family.machine
        )
