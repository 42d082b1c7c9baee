"""Loops that take many columns at once, where numpy would go over them again and again.

A loop is the text of a function: compiled for the processor where there are so many rows that it pays, run as it is
otherwise. Both give the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.backends.columns.machine import CompiledMachine, PlainMachine, numba_installed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.backends.columns.machine import Array, Inputs, Machine

_WORTH_COMPILING: Final = 1 << 14
_PLAIN: Final = PlainMachine()
_COMPILED: Final = CompiledMachine()


def worth_compiling(rows: int) -> bool:
    return rows >= _WORTH_COMPILING and numba_installed()


def compiled_loop(text: str, name: str, inputs: Inputs, outputs: Sequence[Array]) -> int:
    """Call a function of a text; what it changes are the outputs."""
    return _COMPILED.call(text, name, inputs, outputs) or 0


def run_loop(text: str, name: str, rows: int, inputs: Inputs, outputs: Sequence[Array]) -> int:
    """The same, compiled where it goes over so many rows that it pays."""
    machine: Machine = _COMPILED if worth_compiling(rows) else _PLAIN
    return machine.call(text, name, inputs, outputs) or 0
