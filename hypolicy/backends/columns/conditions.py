"""校验 and 提示 of single records over columns: which records are faulty in themselves, and which are merely odd.

One bit of a machine word for each of them; the same as `backends.exact.screen` finds record by record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import field, frozen

from hypolicy.backends.columns.coding import Coding, coding_of, reached
from hypolicy.backends.columns.expressions import Arguments, Expressions
from hypolicy.backends.columns.functions import NAMES, preamble
from hypolicy.backends.columns.terms import TooLargeError
from hypolicy.backends.columns.writer import Names, Writer
from hypolicy.rules import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from hypolicy.backends.columns.machine import Inputs, Machine
    from hypolicy.rules.outcome import Settings

_WORD: Final = 62
_VARIABLES: Final = frozenset({"start", "stop", "i", "w", "found"})


@frozen
class _Kernel:
    """A function that fills one word for each row: a bit for each of its conditions."""

    text: str = field(repr=False)
    facts: tuple[str, ...]
    conditions: int


@frozen
class RowScreen:
    """Conditions compiled; `coding` says which facts they read."""

    coding: Coding
    _kernels: tuple[_Kernel, ...]

    def rows(self, frame: pl.DataFrame, machine: Machine) -> list[NDArray[np.intp]]:
        """For each condition the rows of which it holds; frames are in canonical form, and sound."""
        columns = self.coding.encode(frame)
        out: list[NDArray[np.intp]] = []
        for kernel in self._kernels:
            words = np.zeros(frame.height, np.int64)
            inputs: Inputs = [0, frame.height, *(columns[name] for name in kernel.facts)]
            machine.call(kernel.text, "screen", inputs, [words])
            # Most rows are neither faulty nor odd.
            suspects = np.flatnonzero(words)
            out += [suspects[words[suspects] >> bit & 1 == 1] for bit in range(kernel.conditions)]
        return out


def row_screen(conditions: Sequence[tree.Expr], settings: Settings) -> RowScreen | None:
    """A screen for these conditions; None where one of them does not compile."""
    if any(_divides(condition, settings) for condition in conditions):
        return None
    coding = coding_of(conditions, settings)
    try:
        groups = [conditions[at : at + _WORD] for at in range(0, len(conditions), _WORD)]
        return RowScreen(coding, tuple(_kernel(group, settings, coding) for group in groups))
    except TooLargeError:
        return None


def _divides(condition: tree.Expr, settings: Settings) -> bool:
    """Whether it may divide by zero, of which a word of bits cannot tell."""
    return any(
        inverse and not isinstance(factor, tree.Literal)
        for node in reached(condition, settings)
        if isinstance(node, tree.Product)
        for inverse, factor in node.factors
    )


def _kernel(conditions: Sequence[tree.Expr], settings: Settings, coding: Coding) -> _Kernel:
    arguments = Arguments(settings, coding, Names({*_VARIABLES, *NAMES}))
    body = Writer(depth=2)
    expressions = Expressions(arguments, body)
    for bit, condition in enumerate(conditions):
        body.comment(condition.origin.text)
        with body.block(f"if {expressions.term(condition).code}:"):
            body.line(f"w |= {1 << bit}")
    function = Writer()
    function.signature("screen", ["start", "stop", *arguments.columns.values(), "found"])
    function.depth += 1
    with function.block("for i in range(start, stop):"):
        function.line("w = 0")
        function.lines += body.lines
        function.line("found[i] = w")
    text = preamble(frozenset(arguments.functions)) + function.text
    return _Kernel(text, tuple(arguments.columns), len(conditions))
