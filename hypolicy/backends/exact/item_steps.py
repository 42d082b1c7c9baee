"""One benefit on one record, as the evaluator saw it: conditions, cases and amount as steps."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field

from hypolicy.backends.exact.assess import BenefitAssessor
from hypolicy.backends.exact.observe import Observation, ObservingCompiler
from hypolicy.backends.exact.steps import StepMaker, reading_used
from hypolicy.rules import trace, tree
from hypolicy.rules.citations import cited, origins
from hypolicy.rules.outcome import Decision, Settings, Status
from hypolicy.rules.payees import PERSON, payee_fact
from hypolicy.rules.rounding import round_yuan
from hypolicy.rules.trace import Absence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.backends.exact.compile import Day, Record

# A fact that is missing, or a parameter that is not fixed yet, leaves a condition open.
_UNKNOWN: Final = (Absence.NOT_GIVEN, Absence.NOT_FIXED)


@define
class _WatchedAssessor(BenefitAssessor):
    """The assessor, noting which case it took and what the uplifts came to."""

    taken: tuple[str, Fraction] | None = None
    factor: Fraction | None = Fraction(1)

    def amount(self, case: Any, base: Fraction | int, record: Record, day: Day) -> Decision:
        self.taken = case.name, Fraction(base)
        return BenefitAssessor.amount(self, case, base, record, day)

    def stacked(self, rates: list[Fraction]) -> Fraction | None:
        self.factor = BenefitAssessor.stacked(self, rates)
        return self.factor


@define
class ItemWatcher:
    """One benefit, watched; compiled once for one choice of settings."""

    benefit: tree.Benefit
    settings: Settings
    complete: bool
    _compiler: ObservingCompiler = field(init=False)
    _assessor: _WatchedAssessor = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._compiler = ObservingCompiler(self.settings, self.complete)
        self._assessor = _WatchedAssessor(self.benefit, self._compiler)

    def watch(self, steps: StepMaker) -> trace.ItemTrace:
        """What happened to one record, before the ledger."""
        assessor = self._assessor
        assessor.taken, assessor.factor = None, Fraction(1)
        self._compiler.noted = []
        decision = assessor(steps.record)
        return _ItemMaker(self.benefit, steps, self._compiler.noted).made(assessor, decision)


def absent_item(benefit: tree.Benefit, decision: Decision, steps: StepMaker) -> trace.ItemTrace:
    """The trace of an item that the rules in force on the day do not have."""
    bare = evolve(benefit, applies=None, pending=(), conditions=(), cases=(), governing_date=None)
    return _ItemMaker(bare, steps, []).made(
        _WatchedAssessor(bare, ObservingCompiler(steps.settings)), decision
    )


@define
class _ItemMaker:
    """The trace of one benefit on one record, from what was seen."""

    benefit: tree.Benefit
    steps: StepMaker
    _seen: list[Observation]

    def made(self, watched: _WatchedAssessor, decision: Decision) -> trace.ItemTrace:
        benefit = self.benefit
        return trace.ItemTrace(
            benefit.name,
            benefit.origin.clause,
            benefit.delegated_to,
            benefit.fund.name if benefit.fund is not None else "",
            self.payee(),
            benefit.applicants,
            self.asked(benefit.applies),
            self.pending(),
            self.asked(benefit.governing_date),
            self.conditions(benefit.conditions),
            self.cases(),
            self.amount(watched, decision),
            decision,
            None,
            None,
            decision,
        )

    def seen(self, expr: tree.Expr | None) -> Observation | None:
        return next((seen for seen in self._seen if seen.expr is expr), None)

    def asked(self, expr: tree.Expr | None) -> trace.Step | None:
        """The step of an expression, if it was asked at all."""
        seen = self.seen(expr)
        return self.steps.step(seen) if seen is not None else None

    def payee(self) -> trace.PayeeUsed:
        fact = payee_fact(self.benefit, self.steps.record)
        if fact is None:
            return trace.PayeeUsed(PERSON, "")
        return trace.PayeeUsed(fact.name, "" if fact.personal else str(self.steps.record[fact.index]))

    # ------------------------------------------------------------------------------------------ conditions

    def pending(self) -> tuple[trace.GateUsed, ...]:
        gates = ((gate, self.asked(gate.condition)) for gate in self.benefit.pending)
        return tuple(
            trace.GateUsed(gate.name, gate.ground, cited(gate.origin), step)
            for gate, step in gates
            if step is not None
        )

    def conditions(self, conditions: Sequence[tree.Condition]) -> tuple[trace.ConditionUsed, ...]:
        """Each condition that was assessed, or left because an earlier one had failed or a fact was missing."""
        observed = [self.seen(condition.expr) for condition in conditions]
        if not any(seen is not None for seen in observed):
            return ()
        out: list[trace.ConditionUsed] = []
        failing: dict[int, list[str]] = {}  # the failures that each goes back to
        for index, (condition, seen) in enumerate(zip(conditions, observed, strict=True)):
            relied_on = condition.prerequisites if seen is None else ()
            waits_for = [denial for i in relied_on for denial in failing.get(i, ())]
            holds = None if seen is None or seen.value in _UNKNOWN else seen.value is True
            if waits_for or holds is False:
                failing[index] = waits_for or [condition.denial]
            out.append(
                trace.ConditionUsed(
                    condition.denial,
                    cited(condition.origin, *origins(condition.expr)) or self.benefit.origin.clause,
                    self.steps.step(seen) if seen is not None else self.steps.unassessed(condition.expr),
                    holds,
                    tuple(dict.fromkeys(waits_for)),
                )
            )
        return tuple(out)

    def cases(self) -> tuple[trace.CaseUsed, ...]:
        out: list[trace.CaseUsed] = []
        for case in self.benefit.cases:
            conditions, amount = self.conditions(case.conditions), self.asked(case.amount)
            if not conditions and amount is None:
                continue
            came_to = amount if amount is not None else self.steps.unassessed(case.amount)
            holds = self.case_holds(conditions, amount)
            out.append(trace.CaseUsed(case.name, cited(case.origin), conditions, holds, came_to))
        return tuple(out)

    def case_holds(self, conditions: Sequence[trace.ConditionUsed], amount: trace.Step | None) -> bool | None:
        if any(used.holds is False for used in conditions):
            return False
        if amount is None or amount.value in _UNKNOWN:
            return None
        return not isinstance(amount.value, Absence)

    # ---------------------------------------------------------------------------------------------- amount

    def amount(self, watched: _WatchedAssessor, decision: Decision) -> trace.AmountUsed | None:
        """Every step from the base to what is payable."""
        if watched.taken is None:
            return None
        benefit = self.benefit
        case, base = watched.taken
        raised = base * watched.factor if watched.factor is not None else base
        cap = self.cap(watched)
        capped = min(raised, cap.amount) if cap is not None else raised
        rounding, payable = benefit.rounding, capped
        if rounding is not None:
            payable = round_yuan(capped, rounding.place, rounding.mode)
        assert decision.status is not Status.GRANTED or payable * 100 == decision.fen
        stacking, reading = self.stacking()
        return trace.AmountUsed(
            case,
            base,
            tuple(self.uplift(uplift) for uplift in benefit.uplifts),
            stacking,
            reading,
            watched.factor,
            raised,
            cap,
            capped,
            rounding.place if rounding is not None else None,
            rounding.mode if rounding is not None else None,
            payable,
        )

    def uplift(self, uplift: tree.Uplift) -> trace.UpliftUsed:
        """An uplift; one that was not asked, because of what an earlier one lacks, is asked now."""
        condition = self.asked(uplift.condition) or self.steps.aside(uplift.condition, self.day())
        rate = self.asked(uplift.rate) or self.steps.aside(uplift.rate, self.day())
        holds = condition.value if isinstance(condition.value, bool) else None
        return trace.UpliftUsed(rate, cited(uplift.origin), holds, condition)

    def day(self) -> Day:
        return next((seen.day for seen in self._seen if seen.day is not None), None)

    def cap(self, watched: _WatchedAssessor) -> trace.CapUsed | None:
        cap = self.benefit.cap
        if cap is None or watched.compiler.settings.period(cap.period) is not tree.PeriodKind.EACH:
            return None
        reading = cap.period.reading if isinstance(cap.period, tree.PeriodByReading) else None
        used = reading_used(reading, self.steps.settings) if reading is not None else None
        return trace.CapUsed(cap.holder.name, cap.amount, cited(cap.origin), used)

    def stacking(self) -> tuple[tree.Stacking | None, trace.ReadingUsed | None]:
        mode = self.benefit.stacking
        if isinstance(mode, tree.StackingByReading):
            used = reading_used(mode.reading, self.steps.settings)
            return dict(mode.options)[used.option], used
        return mode, None
