"""A policy compiled to integer programs over columns, and what running them gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field, frozen

from hypolicy.backends.columns.coding import Coding, canonical_frame, coding_of
from hypolicy.backends.columns.decisions import ItemColumn
from hypolicy.backends.columns.rows import RowKernel, Wanted, row_kernel
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules.facts import expressions_of
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from hypolicy.rules import tree
    from hypolicy.rules.outcome import Decision

__all__ = ["Part", "Program", "canonical_frame", "compile_policy"]


@frozen
class Part:
    """Decisions before the ledger on the rows of one frame, by item of the policy."""

    first_row: int
    height: int
    items: tuple[ItemColumn, ...]

    def decisions(self) -> list[list[Decision]]:
        """As the exact evaluator gives them: one row for each record, one column for each item."""
        return [list(row) for row in zip(*(item.decisions() for item in self.items), strict=True)]


@define
class Program:
    """One policy under one choice of settings, for records of one kind."""

    policy: tree.Policy
    kind: tree.RecordKind
    settings: Settings
    coding: Coding
    _kernels: dict[Wanted, RowKernel] = field(factory=dict)
    _functions: dict[Wanted, Callable[..., Any]] = field(factory=dict)

    @property
    def items(self) -> tuple[tree.Benefit, ...]:
        return self.policy.benefits

    @property
    def source(self) -> str:
        """The generated Python, with the clauses that its parts come from."""
        return self.kernel(Wanted.REASONS).text

    def kernel(self, wanted: Wanted) -> RowKernel:
        if wanted not in self._kernels:
            collector = Collector()
            benefits = _benefits(self.policy, self.kind)
            made = row_kernel(benefits, self.kind, self.settings, self.coding, wanted, collector)
            if collector.found:
                raise Refusal(*collector.found)
            self._kernels[wanted] = made
        return self._kernels[wanted]

    def function(self, wanted: Wanted) -> Callable[..., Any]:
        if wanted not in self._functions:
            namespace: dict[str, Any] = {}
            exec(compile(self.kernel(wanted).text, f"<{self.policy.title}>", "exec"), namespace)  # noqa: S102
            self._functions[wanted] = namespace["rows"]
        return self._functions[wanted]

    def before_ledger(self, frame: pl.DataFrame, first_row: int = 0, *, reasons: bool = True) -> Part:
        """Decisions on each row by itself."""
        wanted = Wanted.REASONS if reasons else Wanted.DECISIONS
        kernel, height = self.kernel(wanted), frame.height
        coded = self.coding.encode(frame)
        columns = {fact.name: column for fact, column in zip(self.coding.facts, coded, strict=True)}
        outputs = {name: [0] * height for name in kernel.outputs}
        self.function(wanted)(
            0,
            height,
            *(columns[name].to_list() for name in kernel.facts),
            *kernel.arrays,
            *outputs.values(),
        )
        return Part(
            first_row,
            height,
            tuple(self._column(place, outputs, frame, kernel) for place in range(len(self.items))),
        )

    def _column(
        self, place: int, outputs: dict[str, list[int]], frame: pl.DataFrame, kernel: RowKernel
    ) -> ItemColumn:
        nothing = [0] * frame.height
        status = np.array(outputs.get(f"status_{place}", nothing), np.int8)
        fen = np.array(outputs.get(f"fen_{place}", nothing), np.int64)
        why = outputs.get(f"why_{place}")
        return ItemColumn(
            status,
            fen,
            None if why is None else np.array(why, np.int64),
            kernel.reasons.get(place),
            frame,
            self.settings,
        )


def compile_policy(
    policy: tree.Policy, settings: Settings | None = None, kind: tree.RecordKind | None = None
) -> Program:
    """Raises Refusal with everything that cannot be compiled."""
    settings = settings or Settings()
    kind = kind or policy.records[0]
    _require_values(policy, settings)
    expressions = [expr for _, benefit in _benefits(policy, kind) for expr in expressions_of(benefit)]
    program = Program(policy, kind, settings, coding_of(expressions, settings))
    program.kernel(Wanted.REASONS)
    return program


def _benefits(policy: tree.Policy, kind: tree.RecordKind) -> list[tuple[int, tree.Benefit]]:
    return [(place, b) for place, b in enumerate(policy.benefits) if b.record == kind.name]


def _require_values(policy: tree.Policy, settings: Settings) -> None:
    """A parameter that is left to an authority has a value before a whole batch is decided."""
    collector = Collector()
    for parameter in policy.parameters:
        if not parameter.versions and parameter.name not in settings.parameters:
            collector.report("HY917", name=parameter.name, authority=parameter.authority)
    if collector.found:
        raise Refusal(*collector.found)
