"""A policy compiled to integer programs over columns. See docs/architecture.md for how its parts fit together.

program = compile_policy(policy, settings)
run = program.start()
for frame in frames:                 # canonical form, any number of rows each
    part = run.feed(frame)           # decisions before the ledger
settled = run.finish()               # what the ledger changes, and totals
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import define, evolve, field

from hypolicy.backends.columns.coding import Coding, canonical_frame, coding_of
from hypolicy.backends.columns.editions import benefits_in, expressions_in
from hypolicy.backends.columns.entries import FEN, ITEM, Coded, history_frame, together
from hypolicy.backends.columns.functions import preamble
from hypolicy.backends.columns.ledger import Ledger
from hypolicy.backends.columns.limits import limits_of
from hypolicy.backends.columns.machine import CompiledMachine, Jit, Machine, PlainMachine, numba_installed
from hypolicy.backends.columns.reasons import GRANTED
from hypolicy.backends.columns.rows import RowKernel, Wanted, row_kernel
from hypolicy.backends.columns.run import Decisions, Part, Run, with_changes
from hypolicy.backends.columns.settled import NO_CHANGES, Settled, changes_of
from hypolicy.backends.columns.totals import Totals
from hypolicy.diagnostics.diagnostic import Collector, Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules.editions import editions_of
from hypolicy.rules.facts import expressions_of
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import polars as pl
    from numpy.typing import NDArray

    from hypolicy.backends.columns.fold import FoldKernel
    from hypolicy.rules import tree
    from hypolicy.rules.editions import ItemEdition
    from hypolicy.rules.outcome import Entry

__all__ = [
    "Decisions",
    "Jit",
    "Part",
    "Program",
    "Run",
    "Settled",
    "Totals",
    "Wanted",
    "canonical_frame",
    "compile_policy",
]

# Rows from which on loading Numba costs less than it saves.
WORTH_COMPILING: Final = 100_000
# Entries that are summed at a time, so that no more memory is taken for it.
AT_A_TIME: Final = 1 << 18


@define
class Program:
    """One policy under one choice of settings, for records of one kind."""

    policy: tree.Policy
    kind: tree.RecordKind
    settings: Settings
    coding: Coding
    ledger: Ledger | None
    jit: Jit
    # The facts that an entry carries along, and all that a frame must have.
    carried: tuple[tree.Fact, ...]
    facts: tuple[tree.Fact, ...]
    # Entries from which on those that no limit can reach are passed by counting.
    screen_from: int = WORTH_COMPILING
    # The items, by their places, that the row kernel decides.
    places: Collection[int] = ()
    _kernels: dict[Wanted, RowKernel] = field(factory=dict)
    _plain: PlainMachine = field(factory=PlainMachine)
    _compiled: CompiledMachine = field(factory=CompiledMachine)

    @property
    def items(self) -> tuple[tree.Benefit, ...]:
        return self.policy.benefits

    @property
    def may_change(self) -> frozenset[int]:
        """The items, by their places, that the ledger may still change."""
        return self.ledger.limits.touched if self.ledger is not None else frozenset()

    @property
    def partition_fact(self) -> tree.Fact | None:
        """Entries with different values of it never concern each other; None where there is no such fact."""
        return self.ledger.partition_fact if self.ledger is not None else None

    @property
    def source(self) -> str:
        """The generated Python, with the clauses that its parts come from."""
        rows = self.kernel(Wanted.REASONS)
        kernels: list[RowKernel | FoldKernel] = [rows]
        kernels += [self.ledger.kernel] if self.ledger is not None else []
        functions = frozenset().union(*(kernel.functions for kernel in kernels))
        return preamble(functions) + "\n\n".join(kernel.body for kernel in kernels)

    def kernel(self, wanted: Wanted) -> RowKernel:
        if wanted not in self._kernels:
            collector = Collector()
            items = [each for each in items_of(self.policy, self.kind) if each[0] in self.places]
            made = row_kernel(items, self.kind, self.settings, self.coding, wanted, collector)
            if collector.found:
                raise Refusal(*collector.found)
            self._kernels[wanted] = made
        return self._kernels[wanted]

    def only(self, places: Collection[int]) -> Program:
        """The same, whose row kernel decides no other items than these."""
        return evolve(self, places=places, kernels={})

    # --------------------------------------------------------------------------------------------------- run

    def decide(self, frame: pl.DataFrame, history: Iterable[Entry] = ()) -> Decisions:
        """One batch at once, with its reasons."""
        run = self.start(history)
        part = run.feed(frame)
        assert part is not None
        return with_changes(part, run.finish())

    def start(
        self,
        history: Iterable[Entry] = (),
        wanted: Wanted = Wanted.REASONS,
        first_row: int = 0,
        room: int | None = None,
    ) -> Run:
        """A batch in chunks; its rows are numbered from `first_row`. For `room` see `Run`."""
        return Run(self, wanted, self.history_frame(history), first_row, room)

    def history_frame(self, history: Iterable[Entry]) -> pl.DataFrame:
        return history_frame(history, self.carried, [benefit.name for benefit in self.items])

    def settle(
        self,
        entries: pl.DataFrame,
        history: pl.DataFrame,
        totals: Totals | None = None,
        *,
        reasons: bool = True,
    ) -> Settled:
        """Close the ledger over the entries that runs have kept (see `Run.pending`)."""
        totals = Totals.none(self.policy) if totals is None else totals
        if self.ledger is None:
            return Settled(NO_CHANGES, totals, self.policy, None, entries)
        frame = together([history, entries], self.carried)
        machine = self.machine(frame.height)
        folded = np.arange(frame.height)
        if frame.height >= self.screen_from:
            folded = np.flatnonzero(self.ledger.doubtful(Coded.of_frame(frame), machine))
        in_doubt = frame[folded]
        verdicts = self.ledger.settle(in_doubt, machine)
        by_item = self.kernel(Wanted.REASONS).reasons if reasons else None
        changes = changes_of(in_doubt, verdicts, self.ledger, by_item)
        totals = totals + Totals.none(self.policy)
        # All are counted as they were asked, and those that come out otherwise are put right.
        item, fen = frame[ITEM].to_numpy(), frame[FEN].to_numpy()
        for first in range(history.height, frame.height, AT_A_TIME):
            rows = np.arange(first, min(first + AT_A_TIME, frame.height))
            totals.add(frame, rows, item[rows], fen[rows])
        other = np.flatnonzero(verdicts.changed)
        rows = folded[other]
        totals.take_back(frame, rows, item[rows], fen[rows])
        cut = other[verdicts.stands[other]]
        totals.add(frame, folded[cut], item[folded[cut]], verdicts.paid[cut])
        np.subtract.at(totals.statuses[:, GRANTED], changes.item, 1)
        np.add.at(totals.statuses, (changes.item, changes.status), 1)
        return Settled(changes, totals, self.policy, self.ledger, frame, folded, verdicts)

    def machine(self, rows: int) -> Machine:
        """What runs so many rows best."""
        match self.jit:
            case Jit.ALWAYS:
                return self._compiled
            case Jit.AUTO if rows >= WORTH_COMPILING and numba_installed():
                return self._compiled
            case _:
                return self._plain

    def encode(self, frame: pl.DataFrame, rows: int) -> tuple[dict[str, NDArray[Any]], frozenset[str]]:
        """The columns of a frame for the row kernel, and which are bits; `rows` is how many there have been by now."""
        packed = frozenset[str]() if self.machine(rows) is self._plain else self.coding.packed
        return self.coding.encode(frame, packed), packed

    def run_coded(
        self,
        kernel: RowKernel,
        coded: Mapping[str, NDArray[Any]],
        outputs: list[NDArray[Any]],
        rows: range,
        packed: frozenset[str] = frozenset(),
        flags: tuple[str, ...] = (),
    ) -> int | None:
        """The row kernel over columns as `Coding` makes them, by fact; `rows` are the numbers of these rows.

        `packed` are columns of bits, those of `flags` one column of numbers (see `flattened`): both for a processor.
        """
        machine = self.machine(rows.stop)
        assert machine is not self._plain or not (packed or flags)
        text = kernel.text if machine is self._plain else kernel.flat(packed, flags)
        chosen = [coded[name] for name in kernel.columns]
        return machine.call(text, "rows", [0, len(rows), *chosen, *kernel.arrays], outputs)


def compile_policy(
    policy: tree.Policy,
    settings: Settings | None = None,
    kind: tree.RecordKind | None = None,
    jit: Jit = Jit.AUTO,
    wanted: Wanted = Wanted.REASONS,
) -> Program:
    """Raises Refusal with everything that cannot be compiled, or where compiling is asked for without Numba.

    `wanted` is what a run will ask, where it will ask for no reasons.
    """
    if jit is Jit.ALWAYS and not numba_installed():
        raise Refusal(Diagnostic("HY854"))
    settings = settings or Settings()
    kind = kind or policy.records[0]
    _require_values(policy, settings)
    items = [editions for _, editions in items_of(policy, kind)]
    expressions = [expr for editions in items for expr in expressions_in(editions)]
    for editions in items:
        expressions += [expr for benefit in benefits_in(editions) for expr in expressions_of(benefit)]
    coding = coding_of(expressions, settings)
    limits = limits_of(policy, settings)
    ledger = Ledger(limits) if limits is not None else None
    dates = [benefit.year_date for benefit in policy.benefits if benefit.year_date is not None]
    own = {fact.name for fact in kind.facts}
    carried = {
        fact.name: fact
        for fact in [*(ledger.facts if ledger else ()), *policy.dimensions, *dates]
        if fact.name in own
    }
    every = carried | {fact.name: fact for fact in coding.facts}
    program = Program(
        policy,
        kind,
        settings,
        coding,
        ledger,
        jit,
        tuple(carried.values()),
        tuple(sorted(every.values(), key=lambda fact: fact.index)),
        places=range(len(policy.benefits)),
    )
    program.kernel(wanted)
    return program


def items_of(policy: tree.Policy, kind: tree.RecordKind) -> list[tuple[int, tuple[ItemEdition, ...]]]:
    """The editions of the items of this kind of record, by the places of the items."""
    return [
        (place, editions_of(policy, benefit.name))
        for place, benefit in enumerate(policy.benefits)
        if benefit.record == kind.name
    ]


def _require_values(policy: tree.Policy, settings: Settings) -> None:
    """A parameter that is left to an authority has a value before a whole batch is decided."""
    collector = Collector()
    for parameter in policy.parameters:
        if not parameter.versions and parameter.name not in settings.parameters:
            collector.report("HY917", name=parameter.name, authority=parameter.authority)
    if collector.found:
        raise Refusal(*collector.found)
