"""Checks, targets and computations of a record: results that are no subsidy."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.backends.exact.compile import Compiler, Function, MissingFactError, Record
from hypolicy.rules.facts import is_given
from hypolicy.rules.outcome import Decision, Reason, Settings, Status
from hypolicy.rules.rounding import RoundingMode, RoundingPlace, round_yuan
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.types import NumberType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.rules import tree


@define
class Figures:
    """What a policy says of one kind of record beside subsidies."""

    policy: tree.Policy
    kind: tree.RecordKind
    settings: Settings = field(factory=Settings)
    _checks: list[tuple[tree.Check, Function]] = field(init=False)
    _computations: list[tuple[tree.Computation, Function]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        compiler = Compiler(self.settings, complete=False)
        name = self.kind.name
        self._checks = [
            (check, compiler.function(check.condition))
            for check in self.policy.checks
            if check.record == name
        ]
        self._computations = [
            (computation, compiler.function(computation.amount))
            for computation in self.policy.computations
            if computation.record == name
        ]

    @property
    def names(self) -> tuple[str, ...]:
        checks = tuple(check.name for check, _ in self._checks if not check.total)
        return checks + tuple(computation.name for computation, _ in self._computations)

    def of(self, record: Record) -> dict[str, Decision]:
        """Each check and computation of one record; those over all records are told by `overall`."""
        out = {check.name: self._checked(check, f, record) for check, f in self._checks if not check.total}
        for computation, function in self._computations:
            out[computation.name] = self._computed(computation, function, record)
        return out

    def overall(self, records: Sequence[Record]) -> dict[str, Decision]:
        """Checks on the sums of the numbers of all records."""
        totals: list[object] = []
        for fact in self.kind.facts:
            values = [record[fact.index] for record in records]
            summable = isinstance(fact.type, NumberType) and all(map(is_given, values))
            totals.append(sum(values) if summable else None)
        return {check.name: self._checked(check, f, totals) for check, f in self._checks if check.total}

    def _checked(self, check: tree.Check, function: Function, record: Record) -> Decision:
        clause = check.origin.clause
        try:
            met = function(record, None)
        except MissingFactError as error:
            return _told(Status.PENDING, 0, error.words, clause)
        except ZeroDivisionError:
            return _told(Status.PENDING, 0, Sentence.BY_ZERO(), clause)
        return _told(Status.MET if met else Status.UNMET, 0, check.condition.origin.text, clause)

    def _computed(self, computation: tree.Computation, function: Function, record: Record) -> Decision:
        clause = computation.origin.clause
        try:
            amount = Fraction(function(record, None))
        except MissingFactError as error:
            return _told(Status.PENDING, 0, error.words, clause)
        except ZeroDivisionError:
            return _told(Status.PENDING, 0, Sentence.BY_ZERO(), clause)
        # A figure for information: shown to the fen, and nothing is paid by it.
        fen = round_yuan(amount, RoundingPlace.FEN, RoundingMode.HALF_UP) * 100
        return _told(Status.GRANTED, fen.numerator, computation.amount.origin.text, clause)


def _told(status: Status, fen: int, words: str, clause: str) -> Decision:
    return Decision(status, fen, (Reason(words, clause),), (clause,) if clause else ())
