"""Many settings on one population, of which each reruns only what it reaches.

Values of parameters are arguments of the compiled rules, so that scenarios which differ in nothing else share one
program, the codes of the columns and the numbers of the accounts. Where they differ in amounts alone, only rows that
come as far as an amount are looked at again; and where the ledger has been asked about the same entries before, and no
cap counts what they are worth, its answer is known. That it is the same entries is seen, not argued: a rate of zero
grants nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from attrs import define, evolve, field, frozen

from hypolicy.backends.columns.entries import EDITION, FEN, ITEM, NONE, ROW, WHY, history_frame, together
from hypolicy.backends.columns.ledger import Ledger
from hypolicy.backends.columns.limits import limits_of
from hypolicy.backends.columns.program import Jit, Program, compile_policy, items_of
from hypolicy.backends.columns.reach import Reach, reach_of
from hypolicy.backends.columns.reasons import DENIED, GRANTED, NOT_APPLICABLE, PENDING, STATUSES
from hypolicy.backends.columns.rows import EDITIONS_APART, RowKernel, Wanted, row_kernel
from hypolicy.backends.columns.totals import MOST, Totals, cells_of
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from hypolicy.backends.columns.ledger import Readied, Verdicts
    from hypolicy.backends.columns.machine import Machine
    from hypolicy.backends.columns.totals import Key
    from hypolicy.rules import tree
    from hypolicy.rules.outcome import Entry, Settings

    Ints = NDArray[np.int64]

# Scenarios whose payments are in memory together.
_BLOCK: Final = 128
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

    def __attrs_post_init__(self) -> None:
        self.reach = reach_of(self.policy)

    def totals(self, settings: Sequence[Settings]) -> list[Totals]:
        """What each of these settings comes to; values of parameters are such as keep amounts in whole fen.

        Raises Refusal as `compile_policy` does.
        """
        families: dict[tuple[Any, ...], list[int]] = {}
        for number, each in enumerate(settings):
            families.setdefault(self._alike(each), []).append(number)
        out: dict[int, Totals] = {}
        for numbers in families.values():
            family = _Family(self, [settings[number] for number in numbers])
            out |= dict(zip(numbers, family.totals(), strict=True))
        return [out[number] for number in range(len(settings))]

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
class _Family:
    """Scenarios that share a program; `kernel` takes the number of the scenario."""

    scenarios: Scenarios
    settings: list[Settings]
    program: Program = field(init=False)
    varied: dict[str, list[Fraction]] = field(init=False)
    kernel: RowKernel = field(init=False)
    _explaining: RowKernel | None = None
    _flat: dict[Wanted, str] = field(factory=dict)
    _ledgers: dict[tuple[str, ...], Ledger | None] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        first, of = self.settings[0], self.scenarios
        self.program = compile_policy(of.policy, first, of.kind, of.jit)
        self.varied = {
            name: [settings.parameters[name] for settings in self.settings] for name in of.chosen(first)
        }
        self.kernel = self._compiled(Wanted.GRANTED)

    def _compiled(self, wanted: Wanted) -> RowKernel:
        program, collector = self.program, Collector()
        items = items_of(program.policy, program.kind)
        kernel = row_kernel(
            items, program.kind, program.settings, program.coding, wanted, collector, self.varied
        )
        if collector.found:
            raise Refusal(*collector.found)
        return kernel

    @property
    def machine(self) -> Machine:
        return self.program.machine(self.scenarios.frame.height * len(self.settings))

    def ledger(self, number: int) -> Ledger | None:
        """The ledger of a scenario: readings may tell what is limited, and for how long."""
        policy, settings = self.program.policy, self.settings[number]
        options = tuple(settings.option(reading) for reading in policy.readings)
        if options not in self._ledgers:
            limits = limits_of(policy, settings)
            self._ledgers[options] = Ledger(limits) if limits is not None else None
        return self._ledgers[options]

    # ---------------------------------------------------------------------------------------------- totals

    def totals(self) -> list[Totals]:
        by_conditions: dict[tuple[Fraction, ...], list[int]] = {}
        asked = [name for name in self.varied if not self.scenarios.reaches_only_amounts(name)]
        for number in range(len(self.settings)):
            values = tuple(self.varied[name][number] for name in asked)
            by_conditions.setdefault(values, []).append(number)
        out: dict[int, Totals] = {}
        frame = self.scenarios.frame
        alone = [numbers[0] for numbers in by_conditions.values() if len(numbers) == 1]
        out |= self._on(frame, alone, Totals.none(self.program.policy).statuses)
        for numbers in by_conditions.values():
            if len(numbers) > 1:
                rows, others = self._with_amounts(numbers[0])
                out |= self._on(frame[rows], numbers, others)
        return [out[number] for number in range(len(self.settings))]

    def _with_amounts(self, number: int) -> tuple[Ints, Ints]:
        """The rows of which some item comes as far as an amount, and the statuses of all others."""
        if self._explaining is None:
            self._explaining = self._compiled(Wanted.REASONS)
        height, kernel = self.scenarios.frame.height, self._explaining
        outputs = {name: np.zeros(height, np.int64) for name in kernel.outputs}
        self._prepared(self.scenarios.frame, kernel)(number, list(outputs.values()))
        rows = np.zeros(height, np.bool_)
        for place in kernel.reasons:
            status, why = outputs[f"status_{place}"], outputs[f"why_{place}"]
            # Not above zero; cases that meet, or uplifts that do.
            rows |= (
                (status == GRANTED) | ((status == DENIED) & (why == 0)) | ((status == PENDING) & (why < 0))
            )
        statuses = np.zeros((len(self.program.items), len(STATUSES)), np.int64)
        statuses[:, NOT_APPLICABLE] = height - np.count_nonzero(rows)
        for place in kernel.reasons:
            statuses[place] = np.bincount(outputs[f"status_{place}"][~rows], minlength=len(STATUSES))
        return np.flatnonzero(rows), statuses

    def _prepared(self, frame: pl.DataFrame, kernel: RowKernel) -> Any:
        """A function that runs the kernel on all rows of a frame for a scenario, into some outputs."""
        program, machine = self.program, self.machine
        plain = machine is program.machine(0)
        packed = frozenset[str]() if plain else program.coding.packed
        coded = program.coding.encode(frame, packed)
        if kernel.wanted not in self._flat:
            self._flat[kernel.wanted] = kernel.text if plain else kernel.flat(packed)
        text = self._flat[kernel.wanted]
        arguments = [*(coded[name] for name in kernel.columns), *kernel.arrays]

        def run(number: int, outputs: list[NDArray[Any]]) -> int | None:
            return machine.call(text, "rows", [0, frame.height, number, *arguments], outputs)

        return run

    def _on(self, frame: pl.DataFrame, numbers: list[int], others: Ints) -> Iterator[tuple[int, Totals]]:
        """Totals by scenario on the rows of a frame; `others` are the statuses of rows that are not in it."""
        if not numbers:
            return
        run, items = self._prepared(frame, self.kernel), len(self.program.items)
        room = [np.empty(max(frame.height, 1) * items, np.int64) for _ in range(3)]
        paid: _Paid | None = None
        for start in range(0, len(numbers), _BLOCK):
            block: list[_Payments] = []
            for number in numbers[start : start + _BLOCK]:
                tally = np.zeros(items * len(STATUSES), np.int64)
                count = run(number, [tally, *room]) or 0
                row, item, fen = (array[:count] for array in room)
                statuses = tally.reshape(items, len(STATUSES))
                statuses[:, NOT_APPLICABLE] = frame.height - statuses.sum(axis=1)
                if paid is None or not paid.same(row, item):
                    paid = _Paid.of(row, item, items)
                block.append(_Payments(number, paid, fen.copy(), statuses + others))
            yield from _Block(self, frame, block).totals()


@frozen(eq=False)
class _Paid:
    """Who is granted what by a scenario, before the ledger and whatever it is worth.

    Scenarios that differ in amounts alone mostly pay the same, and then share one value of this class. `key` is rows
    times items plus the item; `row` and `item` are as the kernel gives them.
    """

    row: Ints
    item: Ints
    key: Ints
    edition: Ints

    @classmethod
    def of(cls, row: Ints, item: Ints, items: int) -> _Paid:
        key = row * items + (item & (EDITIONS_APART - 1))
        return cls(row.copy(), item.copy(), key, item // EDITIONS_APART)

    def same(self, row: Ints, item: Ints) -> bool:
        return np.array_equal(self.row, row) and np.array_equal(self.item, item)


@frozen
class _Payments:
    """What a scenario grants before the ledger, how much of each, and its statuses."""

    number: int
    paid: _Paid
    fen: Ints
    statuses: Ints


@frozen
class _Left:
    """What the ledger leaves of payments: their places by cell, where each cell begins, and statuses that it moves."""

    places: Ints
    starts: Ints
    cells: list[Key]
    counts: list[int]
    moved: Ints

    @classmethod
    def of(cls, stands: NDArray[np.bool_], cell: Ints, cells: list[Key], moved: Ints) -> _Left:
        """`stands` tells which payments are left, `cell` to which each belongs."""
        chosen = np.flatnonzero(stands)
        places = chosen[np.argsort(cell[chosen], kind="stable")]
        own, starts, counts = np.unique(cell[places], return_index=True, return_counts=True)
        return cls(places, starts, [cells[place] for place in own.tolist()], counts.tolist(), moved)

    def granted(self, fen: Ints) -> dict[Key, list[int]]:
        """Counts and sums by cell, exactly, of payments that are worth so much."""
        left = fen[self.places]
        if len(left) and int(left.max()) > MOST // len(left):
            left = left.astype(object)
        sums = np.add.reduceat(left, self.starts).tolist() if len(left) else []
        return {cell: [count, fen] for cell, count, fen in zip(self.cells, self.counts, sums, strict=True)}


@define
class _Block:
    """Scenarios whose payments are numbered together: `key` has every one that any of them grants."""

    family: _Family
    frame: pl.DataFrame
    payments: list[_Payments]
    key: Ints = field(init=False)
    row: Ints = field(init=False)
    item: Ints = field(init=False)
    place_of: Ints = field(init=False)
    edition: Ints = field(init=False)
    most: Ints = field(init=False)
    cells: list[Key] = field(init=False)
    cell_of: Ints = field(init=False)
    _in_doubt: dict[int, _InDoubt] = field(factory=dict)
    # By who is granted what, and by ledger.
    _left: dict[tuple[int, int], _Left] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        items = len(self.family.program.items)
        alike: dict[int, list[_Payments]] = {}
        for each in self.payments:
            alike.setdefault(id(each.paid), []).append(each)
        self.place_of = np.full(self.frame.height * items, NONE, np.int64)
        for same in alike.values():
            self.place_of[same[0].paid.key] = 0
        self.key = np.flatnonzero(self.place_of == 0)
        self.row, self.item = np.divmod(self.key, items)
        self.place_of[self.key] = np.arange(len(self.key))
        self.edition, self.most = np.zeros(len(self.key), np.int64), np.zeros(len(self.key), np.int64)
        for same in alike.values():
            places = self.place_of[same[0].paid.key]
            self.edition[places] = same[0].paid.edition
            most = np.maximum.reduce([each.fen for each in same])
            self.most[places] = np.maximum(self.most[places], most)
        policy = self.family.program.policy
        self.cell_of, self.cells = cells_of(policy, self.frame, self.row, self.item)

    def totals(self) -> Iterator[tuple[int, Totals]]:
        policy = self.family.program.policy
        for each in self.payments:
            left, fen = self._after_ledger(each)
            yield each.number, Totals(policy, each.statuses + left.moved, left.granted(fen))

    def _after_ledger(self, each: _Payments) -> tuple[_Left, Ints]:
        """What is left, and what each is worth then; known from others that pay the same, unless money counts."""
        ledger = self.family.ledger(each.number)
        known = (id(each.paid), id(ledger))
        counts_money = ledger is not None and bool(ledger.limits.purses)
        if known in self._left and not counts_money:
            return self._left[known], each.fen
        places = self.place_of[each.paid.key]
        fen, stands = np.zeros(len(self.key), np.int64), np.zeros(len(self.key), np.bool_)
        fen[places], stands[places] = each.fen, True
        moved = np.zeros_like(each.statuses)
        if ledger is not None:
            self._settle(ledger, stands, fen, moved)
        left = _Left.of(stands[places], self.cell_of[places], self.cells, moved)
        self._left[known] = left
        return left, fen[places]

    def _settle(self, ledger: Ledger, stands: NDArray[np.bool_], fen: Ints, moved: Ints) -> None:
        """Take out of payments of the block what the ledger refuses or cuts, and tell which statuses change."""
        if id(ledger) not in self._in_doubt:
            self._in_doubt[id(ledger)] = _in_doubt(self, ledger)
        doubt = self._in_doubt[id(ledger)]
        verdicts, here = doubt.settle(stands, fen, self.family.machine), doubt.places
        gone = stands[here] & ~verdicts.stands[doubt.ours]
        lacking = gone & (verdicts.lacking[doubt.ours] != NONE)
        stands[here] &= ~gone
        fen[here] = verdicts.paid[doubt.ours]
        np.subtract.at(moved[:, GRANTED], self.item[here[gone]], 1)
        np.add.at(moved[:, PENDING], self.item[here[lacking]], 1)
        np.add.at(moved[:, DENIED], self.item[here[gone & ~lacking]], 1)


@define
class _InDoubt:
    """The payments of a block that a limit may refuse, whichever of the others there are.

    `places` among those of the block, and `ours` among the entries that are readied, where history is too.
    """

    places: Ints
    readied: Readied
    ours: Ints
    # What there was when the ledger was asked last, and what it said.
    _asked: NDArray[np.bool_] | None = None
    _said: Verdicts | None = None

    def settle(self, there: NDArray[np.bool_], fen: Ints, machine: Machine) -> Verdicts:
        taken, amounts = np.ones(len(self.readied.coded.row), np.bool_), self.readied.coded.fen.copy()
        taken[self.ours], amounts[self.ours] = there[self.places], fen[self.places]
        counts_money = bool(self.readied.ledger.limits.purses)
        if self._said is None or self._asked is None or counts_money or (taken != self._asked).any():
            self._said, self._asked = self.readied.settle(machine, taken, amounts), taken
        return self._said if counts_money else evolve(self._said, paid=amounts)


def _in_doubt(block: _Block, ledger: Ledger) -> _InDoubt:
    """Looked for among all payments of the block at their most: who is not in doubt there, never is."""
    program = block.family.program
    limited = np.flatnonzero(np.isin(block.item, sorted(ledger.limits.touched)))
    own_facts = {fact.name for fact in program.kind.facts}
    by_name = {fact.name: fact for fact in (*program.carried, *ledger.facts) if fact.name in own_facts}
    carried = list(by_name.values())
    own = [
        pl.Series(ROW, block.row[limited]),
        pl.Series(ITEM, block.item[limited].astype(np.int16)),
        pl.Series(EDITION, block.edition[limited].astype(np.int16)),
        pl.Series(FEN, block.most[limited]),
        pl.Series(WHY, np.zeros(len(limited), np.int64)),
    ]
    rows = pl.Series(block.row[limited].astype(np.uint32))
    entries = pl.DataFrame([*(block.frame[fact.name][rows] for fact in carried), *own])
    before = block.family.scenarios.history
    history = history_frame(before, carried, [benefit.name for benefit in program.items])
    frame = together([history, entries], carried)
    chosen = np.flatnonzero(ledger.doubtful(frame, block.family.machine))
    ours = np.flatnonzero(chosen >= history.height)
    return _InDoubt(limited[chosen[ours] - history.height], ledger.ready(frame[chosen]), ours)
