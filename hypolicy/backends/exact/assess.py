"""One benefit on one record, before the ledger: applies, pending, conditions, cases, amount."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import assert_never

from attrs import define, field, frozen

from hypolicy.backends.exact.compile import Compiler, Day, Function, MissingFactError, MissingRowError, Record
from hypolicy.rules import tree
from hypolicy.rules.grounds import grounds_of
from hypolicy.rules.outcome import Decision, Reason, Status, percent_text
from hypolicy.rules.rounding import round_yuan
from hypolicy.rules.sentences import Sentence

Assessor = Callable[[Record], Decision]
Missing = MissingFactError | None
NOT_APPLICABLE = Decision(Status.NOT_APPLICABLE, 0, (), ())


@frozen
class _Test:
    """A condition as a function, the indexes of its prerequisites, and the reason that it gives when it fails."""

    holds: Function
    prerequisites: tuple[int, ...]
    reason: Reason


@frozen
class _Case:
    name: str
    tests: list[_Test]
    amount: Function
    grounds: tuple[str, ...]


@define
class BenefitAssessor:
    """`assess` is the whole of it; what does not depend on the record is settled before."""

    benefit: tree.Benefit
    compiler: Compiler
    clause: str = field(init=False)
    applies: Function | None = field(init=False)
    pending: list[tuple[Function, Reason]] = field(init=False)
    conditions: list[_Test] = field(init=False)
    cases: list[_Case] = field(init=False)
    uplifts: list[tuple[Function, Function]] = field(init=False)
    governing: Function | None = field(init=False)
    cap: Fraction | None = field(init=False)
    _denials: dict[tuple[Reason, ...], Decision] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        benefit, function = self.benefit, self.compiler.function
        self.clause = benefit.origin.clause
        self.governing = function(benefit.governing_date) if benefit.governing_date is not None else None
        self.applies = function(benefit.applies) if benefit.applies is not None else None
        self.pending = [
            (function(gate.condition), Reason(_pending_text(gate), gate.origin.clause))
            for gate in benefit.pending
        ]
        self.conditions = self._tests(benefit.conditions)
        self.cases = [
            _Case(
                c.name,
                self._tests(c.conditions),
                function(c.amount),
                grounds_of(self.clause, c.amount, self.compiler.settings),
            )
            for c in benefit.cases
        ]
        self.uplifts = [(function(uplift.rate), function(uplift.condition)) for uplift in benefit.uplifts]
        cap, settings = benefit.cap, self.compiler.settings
        each_time = cap is not None and settings.period(cap.period) is tree.PeriodKind.EACH
        self.cap = cap.amount if cap is not None and each_time else None

    def _tests(self, conditions: Sequence[tree.Condition]) -> list[_Test]:
        return [
            _Test(
                self.compiler.function(condition.expr),
                condition.prerequisites,
                Reason(condition.denial, condition.origin.clause or self.clause),
            )
            for condition in conditions
        ]

    # ---------------------------------------------------------------------------------------------- assess

    def __call__(self, record: Record) -> Decision:
        try:
            return self.assess(record)
        except MissingFactError as error:
            return self.waiting(Reason(error.words, self.clause))
        except MissingRowError as error:
            return self.waiting(_no_row(error, self.clause))
        except ZeroDivisionError:
            return self.waiting(Reason(Sentence.BY_ZERO(), self.clause))

    def assess(self, record: Record) -> Decision:
        if self.applies is not None and not self.applies(record, None):
            return NOT_APPLICABLE
        if self.benefit.delegated_to:
            return self.waiting(Reason(Sentence.DELEGATED(to=self.benefit.delegated_to), self.clause))
        for holds, reason in self.pending:
            if holds(record, None):
                return self.waiting(reason)
        day = self.governing_day(record)
        failed, missing = self.failed(self.conditions, record, day)
        if failed:
            return self.denied(failed)
        return self.case(record, day, missing)

    def governing_day(self, record: Record) -> Day:
        """None where there is none, or where the fact that tells it is missing: whatever needs it is missing too."""
        if self.governing is None:
            return None
        try:
            day: Day = self.governing(record, None)
        except MissingFactError:
            return None
        return day

    def failed(self, tests: list[_Test], record: Record, day: Day) -> tuple[tuple[Reason, ...], Missing]:
        """Every condition that fails, and the first fact without which another cannot be judged.

        One whose prerequisite fails cannot be assessed and is left out.
        """
        failing: set[int] = set()
        reasons: list[Reason] = []
        missing: Missing = None
        for index, test in enumerate(tests):
            if failing and not failing.isdisjoint(test.prerequisites):
                failing.add(index)
                continue
            try:
                if test.holds(record, day):
                    continue
                reasons.append(test.reason)
            except MissingFactError as error:
                missing = missing or error
                continue
            except MissingRowError as error:
                reasons.append(_no_row(error, self.clause))
            except ZeroDivisionError:
                reasons.append(Reason(Sentence.BY_ZERO(), self.clause))
            failing.add(index)
        return tuple(reasons), missing

    def case(self, record: Record, day: Day, missing: Missing) -> Decision:
        """The case that holds; two that hold with different amounts are a decision that nobody has taken.

        Denied where every case fails, whatever is missing; where one may hold, what is missing comes first.
        """
        held: list[tuple[_Case, Fraction | int]] = []
        refused: list[Reason] = []
        open_cases = False
        for case in self.cases:
            failed, unknown = self.failed(case.tests, record, day)
            if not failed and unknown is None:
                try:
                    held.append((case, case.amount(record, day)))
                    continue
                except MissingFactError as error:
                    unknown = error
                except MissingRowError as error:
                    failed = (_no_row(error, self.clause),)
                except ZeroDivisionError:
                    failed = (Reason(Sentence.BY_ZERO(), self.clause),)
            if not failed:
                missing, open_cases = missing or unknown, True
            refused += [self.in_case(case, reason) for reason in failed]
        if not held and not open_cases:
            return self.denied(tuple(refused))
        if missing is not None:
            raise missing
        if any(base != held[0][1] for _, base in held[1:]):
            names = "、".join(f"「{case.name}」" for case, _ in held)
            return self.waiting(Reason(Sentence.CASES_MEET(cases=names), self.clause))
        return self.amount(*held[0], record, day)

    def in_case(self, case: _Case, reason: Reason) -> Reason:
        """A reason of one case, which is named where there are several."""
        if len(self.cases) == 1:
            return reason
        return Reason(Sentence.IN_CASE(case=case.name, reason=reason.text), reason.clause)

    def amount(self, case: _Case, base: Fraction | int, record: Record, day: Day) -> Decision:
        """Base, uplifts, cap of the single payment, rounding: in this order."""
        said = [Sentence.CASE(case=case.name)] if case.name else []
        rates = self.rates(record, day)
        if rates:
            factor = self.stacked(rates)
            if factor is None:
                both = "、".join(Sentence.UPLIFT(rate=percent_text(rate)) for rate in rates)
                return self.waiting(Reason(Sentence.UPLIFTS_EXCLUDE(uplifts=both), self.clause))
            said.append(Sentence.UPLIFT(rate=percent_text(factor - 1)))
            base *= factor
        if self.cap is not None and base > self.cap:
            base = self.cap
            said.append(Sentence.CAPPED())
        if self.benefit.rounding is not None:
            base = round_yuan(base, self.benefit.rounding.place, self.benefit.rounding.mode)
        if base <= 0:
            return self.denied((Reason(Sentence.NOT_ABOVE_ZERO(), self.clause),))
        fen = base * 100
        assert fen.denominator == 1  # proved by the checker where nothing is rounded
        text = "，".join(said) or Sentence.CONDITIONS_HOLD()
        return Decision(Status.GRANTED, fen.numerator, (Reason(text, self.clause),), case.grounds)

    def rates(self, record: Record, day: Day) -> list[Fraction]:
        """Of the uplifts that hold."""
        return [Fraction(rate(record, day)) for rate, holds in self.uplifts if holds(record, day)]

    def stacked(self, rates: list[Fraction]) -> Fraction | None:
        """The factor of several uplifts; None where they exclude each other."""
        match self.compiler.settings.stacking(self.benefit.stacking):
            case _ if len(rates) == 1:
                return 1 + rates[0]
            case tree.Stacking.HIGHEST:
                return 1 + max(rates)
            case tree.Stacking.LOWEST:
                return 1 + min(rates)
            case tree.Stacking.SUM:
                return 1 + sum(rates, Fraction(0))
            case tree.Stacking.PRODUCT:
                factor = Fraction(1)
                for rate in rates:
                    factor *= 1 + rate
                return factor
            case tree.Stacking.EXCLUSIVE | None:
                return None
            case mode:
                assert_never(mode)

    def denied(self, reasons: tuple[Reason, ...]) -> Decision:
        decision = self._denials.get(reasons)
        if decision is None:
            clauses = tuple(dict.fromkeys(reason.clause for reason in reasons if reason.clause))
            decision = self._denials[reasons] = Decision(Status.DENIED, 0, reasons, clauses)
        return decision

    def waiting(self, reason: Reason) -> Decision:
        return Decision(Status.PENDING, 0, (reason,), (reason.clause,) if reason.clause else ())


def assessor(benefit: tree.Benefit, compiler: Compiler) -> Assessor:
    """A function from a record to the decision on this benefit, before the ledger."""
    return BenefitAssessor(benefit, compiler)


def _pending_text(gate: tree.Gate) -> str:
    return Sentence.GATE(name=gate.name, ground=gate.ground) if gate.ground else gate.name


def _no_row(error: MissingRowError, clause: str) -> Reason:
    return Reason(Sentence.NO_ROW(table=error.table, keys="、".join(error.keys)), clause)
