"""What amounts can come to: payments that are not whole fen, each with a record, and caps that nothing reaches."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from hypolicy.backends.exact.assess import BenefitAssessor
from hypolicy.backends.exact.compile import Compiler
from hypolicy.proof.search import Answer, Verdict, can_meet
from hypolicy.rules import tree
from hypolicy.rules.facts import lookups
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import NumberType
from hypolicy.rules.units import YUAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from hypolicy.backends.exact.compile import Function
    from hypolicy.proof.overlaps import Setting
    from hypolicy.proof.search import Goal

# Sizes of numbers that are tried where an amount may break the fen: a fen, one, and some that divide badly.
_SIZES: Final = (Fraction(1, 100), Fraction(1), Fraction(101, 100), Fraction(7), Fraction(333, 100))
_ZERO: Final = Fraction(0)
# From short to long; of periods that roll nothing is known beside these.
_LONGER: Final[tuple[tree.FixedPeriod, ...]] = (
    tree.PeriodKind.EACH,
    tree.PeriodKind.CALENDAR_YEAR,
    tree.PeriodKind.TERM,
    tree.PeriodKind.UNLIMITED,
)


@frozen
class Uneven:
    """A record whose payment is not whole fen, and the exact amount in yuan."""

    answer: Answer
    amount: Fraction


def uneven(
    benefit: tree.Benefit, kind: tree.RecordKind, before: Sequence[Goal], settings: Iterable[Setting]
) -> Uneven | None:
    """The first payment found that is not whole fen; few uplifts are tried before many."""
    for setting in settings:
        assessor = BenefitAssessor(benefit, Compiler(setting.settings))
        for case, uplifts in _ways(benefit):
            goals = [
                *before,
                *((condition.expr, True) for condition in case.conditions),
                *((uplift.condition, True) for uplift in uplifts),
                (above(case.amount, _ZERO), True),
            ]
            payment = _Payment(assessor, Compiler(setting.settings).function(case.amount), setting.day)
            rows = lookups(case.amount)
            answer = can_meet(
                kind, setting.settings, setting.day, goals, rows, also=payment.breaks_the_fen, sizes=_SIZES
            )
            if answer.verdict is Verdict.POSSIBLE:
                return Uneven(answer, payment.of(answer.witness))
    return None


@frozen
class _Payment:
    """What is paid in one case, with the uplifts that hold and the cap of a single payment, in yuan, unrounded."""

    assessor: BenefitAssessor
    amount: Function
    day: date

    def of(self, record: Sequence[Any]) -> Fraction:
        """Zero where uplifts exclude each other. Raises what the exact evaluator raises where there is no amount."""
        rates = self.assessor.rates(record, self.day)
        factor = self.assessor.stacked(rates) if rates else Fraction(1)
        paid = Fraction(self.amount(record, self.day)) * (factor or _ZERO)
        return paid if self.assessor.cap is None else min(paid, self.assessor.cap)

    def breaks_the_fen(self, record: Sequence[Any], _: Mapping[str, str]) -> bool:
        return (self.of(record) * 100).denominator != 1


def _ways(benefit: tree.Benefit) -> Iterator[tuple[tree.Case, tuple[tree.Uplift, ...]]]:
    for count in range(len(benefit.uplifts) + 1):
        for uplifts in combinations(benefit.uplifts, count):
            for case in benefit.cases:
                yield case, uplifts


def above(amount: tree.Expr, bound: Fraction) -> tree.Expr:
    """amount > bound, in yuan."""
    literal = tree.Literal(bound, NumberType(YUAN), amount.origin)
    return tree.Compare(Comparison.ABOVE, amount, literal, amount.origin)


# --- caps -----------------------------------------------------------------------------------------------------


def most_payments(policy: tree.Policy, benefit: tree.Benefit, cap: tree.Cap) -> int | None:
    """How many payments one holder can have in a period of the cap, whatever the readings; None where no limit says.

    Of a longer period no more payments are in a shorter one.
    """
    return max(
        (_most_in(period, policy, benefit, cap.holder) for period in _options(cap.period)),
        key=lambda times: (times is None, times),
    )


def _most_in(
    period: tree.FixedPeriod, policy: tree.Policy, benefit: tree.Benefit, holder: tree.Holder
) -> int | None:
    if period is tree.PeriodKind.EACH:
        return 1
    times = [
        rule.times
        for limit in policy.limits
        if limit.holder.fact == holder.fact and _always_in(limit.group, benefit)
        for rule in limit.rules
        if isinstance(rule, tree.CountLimit) and all(_covers(one, period) for one in _options(rule.period))
    ]
    return min(times, default=None)


def _options(choice: tree.PeriodChoice) -> list[tree.FixedPeriod]:
    match choice:
        case tree.PeriodByReading(_, options):
            return [period for _, period in options]
        case period:
            return [period]


def _always_in(group: tree.Group, benefit: tree.Benefit) -> bool:
    match group.members:
        case tree.GroupByReading(_, options):
            return all(benefit.name in members for _, members in options)
        case members:
            return benefit.name in members


def _covers(longer: tree.FixedPeriod, period: tree.FixedPeriod) -> bool:
    if longer == period:
        return True
    return longer in _LONGER and period in _LONGER and _LONGER.index(longer) > _LONGER.index(period)


def cap_goal(case: tree.Case, benefit: tree.Benefit, cap: tree.Cap, times: int) -> Goal | None:
    """That so many payments of a case can come to more than the cap; None where the rates are not known.

    The goal is weaker where uplifts cannot meet or rounding goes down: where it cannot hold, nothing reaches the cap.
    """
    factor = Fraction(1)
    for uplift in benefit.uplifts:
        match uplift.rate:
            case tree.Literal(value):
                rates = [Fraction(value)]  # type: ignore[arg-type]
            case tree.ParameterRef(parameter):
                rates = [Fraction(version.value) for version in parameter.versions]
        if not rates:
            return None
        factor *= 1 + max(_ZERO, *rates)
    rounded_up = 0 if benefit.rounding is None else 1
    return above(case.amount, (cap.amount / times - rounded_up) / factor), True
