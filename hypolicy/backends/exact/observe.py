"""Watching the evaluator: the same functions, each of which notes what it gave.

Nothing is defined here a second time. The compiler makes every function as it always does; this one wraps each,
so that a run leaves a tree of what was asked, in the order in which it was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from hypolicy.backends.exact.compile import (
    Compiler,
    Day,
    Function,
    MissingDayError,
    MissingFactError,
    MissingRowError,
    NotFixedError,
    Record,
)
from hypolicy.rules.trace import Absence

if TYPE_CHECKING:
    from hypolicy.rules import tree
    from hypolicy.rules.trace import Result

# How an expression may have no value, and what is then said of it.
FAILURES: Final[dict[type[Exception], Absence]] = {
    MissingRowError: Absence.NO_ROW,
    MissingFactError: Absence.NOT_GIVEN,
    MissingDayError: Absence.NOT_GIVEN,
    NotFixedError: Absence.NOT_FIXED,
    ZeroDivisionError: Absence.BY_ZERO,
}


@define
class Observation:
    """One asking of one expression: what it gave, on which governing date, and what it asked in turn."""

    expr: tree.Expr
    day: Day
    value: Result = Absence.NOT_ASSESSED
    inner: list[Observation] = field(factory=list)


@define
class ObservingCompiler(Compiler):
    """A compiler whose functions note each call in `noted`."""

    noted: list[Observation] = field(factory=list)

    def function(self, expr: tree.Expr) -> Function:
        meaning = super().function(expr)

        def observed(record: Record, day: Day) -> Any:
            observation = Observation(expr, day)
            outer, self.noted = self.noted, observation.inner
            outer.append(observation)
            try:
                value = meaning(record, day)
            except tuple(FAILURES) as error:
                observation.value = FAILURES[type(error)]
                raise
            finally:
                self.noted = outer
            # A fact that is not given has no value, even where nobody minds.
            observation.value = Absence.NOT_GIVEN if value is None else value
            return value

        return observed

    def watch(self, function: Function, record: Record, day: Day) -> list[Observation]:
        """What is noted while a function runs, even if it cannot finish."""
        outer, self.noted = self.noted, []
        try:
            function(record, day)
        except tuple(FAILURES):
            pass
        finally:
            found, self.noted = self.noted, outer
        return found
