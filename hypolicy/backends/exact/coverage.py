"""What the worked cases try: each condition both ways, each case, uplift and limit, and the edges of each threshold.

Nothing is evaluated a second way: the cases run on the observing compiler, and what it notes is counted.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from hypolicy.backends.exact.assess import assessor
from hypolicy.backends.exact.cases import case_tables
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.observe import Observation, ObservingCompiler
from hypolicy.rules import tree
from hypolicy.rules.calendar import add_days, add_months
from hypolicy.rules.facts import walk
from hypolicy.rules.limits import rules_of
from hypolicy.rules.operators import Comparison
from hypolicy.rules.outcome import Settings, percent_text
from hypolicy.rules.types import DATE, DateType, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Kind(Enum):
    """What is counted."""

    CONDITION = "条件"
    CASE = "情形"
    UPLIFT = "上浮"
    LIMIT = "限制"
    READING = "口径"
    BOUNDARY = "边界"


@frozen
class Point:
    """One thing that a worked case should try, and why none does (empty where one does)."""

    kind: Kind
    clause: str
    item: str
    words: str
    missing: str


@define
class _Seen:
    """What was noted of one expression: its truth values, and how far values lay from a threshold."""

    values: set[Any] = field(factory=set)
    distances: set[Fraction] = field(factory=set)


def coverage(policy: tree.Policy) -> list[Point]:
    """Every point of the policy, tried or not, in the order of its items."""
    seen: defaultdict[int, _Seen] = defaultdict(_Seen)
    texts: set[tuple[str, str]] = set()
    options: set[tuple[str, str]] = set()
    for case in policy.cases:
        _run(policy, case, seen, texts)
        options.update(case.readings.items())
    points: list[Point] = []
    for benefit in policy.benefits:
        if not benefit.delegated_to:
            points += _benefit_points(benefit, seen)
    points += _limit_points(policy, texts)
    points += _reading_points(policy, options)
    points += _boundary_points(policy, seen)
    return points


def _run(
    policy: tree.Policy,
    case: tree.WorkedCase,
    seen: defaultdict[int, _Seen],
    texts: set[tuple[str, str]],
) -> None:
    settings = Settings(case.readings, case.parameters, case_tables(policy, case))
    kind = next(kind for kind in policy.records if kind.name == case.record)
    rows = [[record.get(fact.name) for fact in kind.facts] for record in case.records]
    for benefit in policy.benefits:
        if benefit.record != kind.name or benefit.delegated_to:
            continue
        compiler = ObservingCompiler(settings, complete=False)
        assess = assessor(benefit, compiler)
        for row in rows:
            assess(row)
        for observation in _all(compiler.noted):
            note = seen[id(observation.expr)]
            note.values.add(observation.value)
            distance = _distance(observation)
            if distance is not None:
                note.distances.add(distance)
    decided = Evaluator(policy, settings, complete=False).decide(rows, record=kind.name)
    for decisions in decided.rows:
        texts.update((r.text, r.clause) for decision in decisions for r in decision.reasons)


def _all(observations: Iterable[Observation]) -> Iterator[Observation]:
    for observation in observations:
        yield observation
        yield from _all(observation.inner)


def _distance(observation: Observation) -> Fraction | None:
    """How far a value lies from its threshold, in days or units; the edge of a term of months is its last day."""
    values = [part.value for part in observation.inner]
    left: object
    right: object
    match observation.expr:
        case tree.Compare(_, _, tree.Literal(threshold)) if len(values) == 1:
            left, right = values[0], threshold
        case tree.Compare() if len(values) == 2:
            left, right = values
        case tree.TermLength(_, _, _, amount, unit) if len(values) == 2 and unit != "天":
            first, left = values
            if not isinstance(first, date):
                return None
            right = add_days(add_months(first, amount * (12 if unit == "年" else 1)), -1)
        case _:
            return None
    match left, right:
        case date(), date():
            return Fraction((left - right).days)
        case ((int() | Fraction()), (int() | Fraction())) if not isinstance(left, bool):
            return Fraction(left) - Fraction(right)
        case _:
            return None


# --- points ----------------------------------------------------------------------------------------------------


def _benefit_points(benefit: tree.Benefit, seen: defaultdict[int, _Seen]) -> Iterator[Point]:
    for condition in benefit.conditions:
        yield _both_ways(Kind.CONDITION, benefit, condition.origin, condition.denial, condition.expr, seen)
    for case in benefit.cases:
        if not case.name:
            continue
        missing = "" if seen[id(case.amount)].values else "没有用例走到这个情形"
        yield Point(Kind.CASE, case.origin.clause, benefit.name, f"情形「{case.name}」", missing)
        for condition in case.conditions:
            yield _both_ways(
                Kind.CONDITION, benefit, condition.origin, condition.denial, condition.expr, seen
            )
    for uplift in benefit.uplifts:
        words = "上浮" + (
            percent_text(Fraction(uplift.rate.value))  # type: ignore[arg-type]
            if isinstance(uplift.rate, tree.Literal)
            else f"「{uplift.rate.parameter.name}」"
        )
        yield _both_ways(Kind.UPLIFT, benefit, uplift.origin, words, uplift.condition, seen)


def _both_ways(
    kind: Kind,
    benefit: tree.Benefit,
    origin: tree.Origin,
    words: str,
    expr: tree.Expr,
    seen: defaultdict[int, _Seen],
) -> Point:
    values = seen[id(expr)].values
    lacking = [word for value, word in ((True, "成立"), (False, "不成立")) if value not in values]
    if isinstance(expr, tree.Literal):
        lacking = []
    missing = f"没有用例使它{'，也没有用例使它'.join(lacking)}" if lacking else ""
    return Point(kind, origin.clause, benefit.name, words, missing)


def _limit_points(policy: tree.Policy, texts: set[tuple[str, str]]) -> Iterator[Point]:
    for rule in rules_of(policy, Settings()):
        tried = (rule.reason.text, rule.reason.clause) in texts
        missing = "" if tried else "没有用例因它不予"
        yield Point(Kind.LIMIT, rule.reason.clause, rule.limit.name, rule.reason.text, missing)


def _reading_points(policy: tree.Policy, options: set[tuple[str, str]]) -> Iterator[Point]:
    for reading in policy.readings:
        if reading.fixed:
            continue
        for option in reading.options:
            if option != reading.default:
                missing = "" if (reading.name, option) in options else "没有用例采用这个选项"
                yield Point(Kind.READING, reading.origin.clause, reading.name, f"取「{option}」", missing)


def _boundary_points(policy: tree.Policy, seen: defaultdict[int, _Seen]) -> Iterator[Point]:
    """For each threshold: the value itself, and the next one on the side where the answer changes."""
    done: set[int] = set()
    for benefit in policy.benefits:
        for condition in _conditions(benefit):
            for expr in walk(condition):
                if id(expr) in done or not isinstance(expr, tree.Compare | tree.TermLength):
                    continue
                done.add(id(expr))
                wanted = _edges(expr)
                lacking = [words for step, words in wanted.items() if step not in seen[id(expr)].distances]
                if wanted:
                    missing = f"建议补用例：{'、'.join(lacking)}" if lacking else ""
                    yield Point(Kind.BOUNDARY, expr.origin.clause, benefit.name, expr.origin.text, missing)


def _conditions(benefit: tree.Benefit) -> Iterator[tree.Expr]:
    yield from (condition.expr for condition in benefit.conditions)
    for case in benefit.cases:
        yield from (condition.expr for condition in case.conditions)
    yield from (uplift.condition for uplift in benefit.uplifts)


def _edges(expr: tree.Compare | tree.TermLength) -> dict[Fraction, str]:
    """The distances from the threshold that a case should have, with their words."""
    below = expr.comparison in (Comparison.AT_LEAST, Comparison.BELOW)
    if expr.comparison not in (Comparison.AT_LEAST, Comparison.BELOW, Comparison.AT_MOST, Comparison.ABOVE):
        return {}
    kind = DATE if isinstance(expr, tree.TermLength) else expr.left.type
    match kind:
        case NumberType(_, whole):
            step = Fraction(1) if whole else Fraction(1, 100)
            other = f"{'少' if below else '多'}{'1' if whole else '0.01'}"
        case DateType():
            step, other = Fraction(1), "早一天" if below else "晚一天"
        case _:
            return {}
    return {Fraction(0): "恰好相等", -step if below else step: other}
