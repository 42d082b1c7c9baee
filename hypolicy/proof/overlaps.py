"""What of a benefit can meet, what can never hold, and what is left over: each told with a witness or a proof.

Every question is asked in each period between two versions and, where it is about never, under each combination of
the readings that it depends on; the default comes first, and one example is enough.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, Final

from attrs import define, frozen

from hypolicy.backends.exact.compile import Compiler
from hypolicy.check.exactness import may_break_the_fen
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.proof.amounts import cap_goal, most_payments, uneven
from hypolicy.proof.search import Answer, Goal, Verdict, can_meet
from hypolicy.proof.witness import described
from hypolicy.rules import tree
from hypolicy.rules.editions import policies
from hypolicy.rules.facts import lookups, walk
from hypolicy.rules.operators import Comparison
from hypolicy.rules.outcome import Settings, fen_text, percent_text
from hypolicy.rules.phrases import yuan_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from hypolicy.diagnostics.diagnostic import Collector

_MOST_COMBINATIONS: Final = 256
# What all questions of a policy may cost together, in conditions looked at: thirty times what a regulation needs.
_MOST_EFFORT: Final = 12_000


@frozen
class Setting:
    """One way to ask: readings chosen, versions in force, a day on which they are."""

    settings: Settings
    day: date


@define
class Overlaps:
    """All questions about the benefits of one policy."""

    policy: tree.Policy
    collector: Collector
    effort: int = 0

    def examine(self) -> None:
        for benefit in self.policy.benefits:
            if not benefit.delegated_to:
                self.of(benefit).examine()
        # Every edition decides some records, and shares what its amendment has not touched.
        every = {id(benefit): benefit for policy in policies(self.policy) for benefit in policy.benefits}
        for benefit in every.values():
            self.of(benefit).whole_fen()

    def of(self, benefit: tree.Benefit) -> Questions:
        kind = next(kind for kind in self.policy.records if kind.name == benefit.record)
        return Questions(self, benefit, kind)

    def settings(self, exprs: Sequence[tree.Expr]) -> Iterator[Setting]:
        """Every combination of the readings and versions that these expressions depend on."""
        readings: dict[str, tree.Reading] = {}
        versions: set[date] = set()
        for expr in exprs:
            for node in walk(expr):
                match node:
                    case tree.ByReading(reading):
                        readings[reading.name] = reading
                    case tree.Lookup(table) | tree.InTable(table):
                        versions.update(version.period.start for version in table.versions)
                    case tree.ParameterRef(parameter):
                        versions.update(version.period.start for version in parameter.versions)
                    case _:
                        pass
        names = list(readings)
        options = [readings[name].options for name in names]
        for count, combination in enumerate(product(*options)):
            if count >= _MOST_COMBINATIONS:
                return
            chosen = Settings(dict(zip(names, combination, strict=True)))
            for day in self.days(versions):
                yield Setting(chosen, day)

    def days(self, starts: Iterable[date]) -> list[date]:
        """A day of each period in which no version changes."""
        term = self.policy.term
        return sorted({term.start, *(start for start in starts if start in term)})


@define
class Questions:
    """Questions about one benefit."""

    owner: Overlaps
    benefit: tree.Benefit
    kind: tree.RecordKind

    def examine(self) -> None:
        self.uplifts_meet()
        self.cases_meet()
        self.left_over()
        self.never()
        self.cap_never_reached()

    def before(self) -> list[Goal]:
        """What every payable record has passed."""
        benefit = self.benefit
        goals: list[Goal] = [(gate.condition, False) for gate in benefit.pending]
        if benefit.applies is not None:
            goals.append((benefit.applies, True))
        goals += [(condition.expr, True) for condition in benefit.conditions]
        return goals

    def ask(self, goals: Sequence[Goal], rows: Sequence[tree.Lookup] = ()) -> tuple[Answer, Setting | None]:
        """The first setting under which the goals can be met; otherwise that they cannot, or what is unseen."""
        unseen: Answer | None = None
        for setting in self.owner.settings([*(expr for expr, _ in goals), *rows]):
            self.owner.effort += len(goals)
            if self.owner.effort > _MOST_EFFORT:
                return Answer(Verdict.UNDECIDED, unseen=("需要证明的情况过多",)), None
            answer = can_meet(self.kind, setting.settings, setting.day, goals, rows)
            self.owner.effort += answer.branches
            if answer.verdict is Verdict.POSSIBLE:
                return answer, setting
            if answer.verdict is Verdict.UNDECIDED:
                unseen = answer
        return unseen or Answer(Verdict.EXCLUSIVE), None

    def report(self, code: str, *places: Place, **facts: Any) -> None:
        self.owner.collector.report(code, *places, clause=self.benefit.origin.clause, **facts)

    # -------------------------------------------------------------------------------------------- uplifts

    def uplifts_meet(self) -> None:
        """Two uplifts without a stated stacking, or said to exclude each other, must be proved not to meet."""
        stacking = self.benefit.stacking
        if stacking not in (None, tree.Stacking.EXCLUSIVE):
            return
        for first, second in combinations(self.benefit.uplifts, 2):
            answer, setting, case = self.both_uplifts(first, second)
            if answer.verdict is not Verdict.EXCLUSIVE:
                self.tell_uplifts(first, second, case, answer, setting)

    def both_uplifts(
        self, first: tree.Uplift, second: tree.Uplift
    ) -> tuple[Answer, Setting | None, tree.Case]:
        """Whether two uplifts can hold together, and in which case first."""
        for case in self.benefit.cases:
            goals = [
                *self.before(),
                *((condition.expr, True) for condition in case.conditions),
                (first.condition, True),
                (second.condition, True),
            ]
            answer, setting = self.ask(goals, lookups(case.amount))
            if answer.verdict is not Verdict.EXCLUSIVE:
                break
        return answer, setting, case

    def tell_uplifts(
        self,
        first: tree.Uplift,
        second: tree.Uplift,
        case: tree.Case,
        answer: Answer,
        setting: Setting | None,
    ) -> None:
        places = [Place(uplift.origin.span, told_uplift(uplift)) for uplift in (first, second)]
        facts = {"name": self.benefit.name, "example": self.example(answer), "amounts": ""}
        if setting is not None:
            base = self.value(case.amount, answer, setting)
            rates = [self.value(uplift.rate, answer, setting) for uplift in (first, second)]
            facts["amounts"] = "；".join(
                f"{mode.value}{_yuan(base * factor)}元" for mode, factor in _factors(*rates).items()
            )
        exclusive = self.benefit.stacking is tree.Stacking.EXCLUSIVE
        self.report("HY532" if exclusive else "HY504", *places, **facts)

    def value(self, expr: tree.Expr, answer: Answer, setting: Setting) -> Fraction:
        """A number on the witness."""
        function = Compiler(setting.settings).function(expr)
        return Fraction(function(answer.witness, setting.day))

    def example(self, answer: Answer) -> str:
        if answer.verdict is Verdict.UNDECIDED:
            return f"无法判断（{'、'.join(answer.unseen)}）"
        facts = described(answer.witness, self.kind, answer.relevant)
        return "，".join(f"{name}：{value}" for name, value in facts if value not in ("否", "没有"))

    # ----------------------------------------------------------------------------------------------- cases

    def cases_meet(self) -> None:
        """Two cases that can both hold, with different amounts, are a decision that nobody has taken."""
        for first, second in combinations(self.benefit.cases, 2):
            answer, setting = self.both_cases(first, second, apart=True)
            if answer.verdict is Verdict.EXCLUSIVE:
                continue
            amounts = ""
            if setting is not None:
                both = [(case, self.value(case.amount, answer, setting)) for case in (first, second)]
                amounts = "；".join(f"按「{case.name}」{_yuan(amount)}元" for case, amount in both)
            places = [Place(case.origin.span, f"情形「{case.name}」") for case in (first, second)]
            self.report(
                "HY530",
                *places,
                name=self.benefit.name,
                first=first.name,
                second=second.name,
                example=self.example(answer),
                amounts=amounts,
            )

    def both_cases(
        self, first: tree.Case, second: tree.Case, *, apart: bool
    ) -> tuple[Answer, Setting | None]:
        """Whether two cases can hold together; where they are to be `apart`, with amounts that differ."""
        goals: list[Goal] = [
            *self.before(),
            *((condition.expr, True) for condition in (*first.conditions, *second.conditions)),
        ]
        if apart:
            same = tree.Compare(Comparison.EQUAL, first.amount, second.amount, first.amount.origin)
            goals.append((same, False))
        return self.ask(goals, [*lookups(first.amount), *lookups(second.amount)])

    def left_over(self) -> None:
        """Records that meet the conditions and no case: they are denied, which the author must have meant."""
        if self.benefit.otherwise_denied or len(self.benefit.cases) < 2:
            return
        goals = self.before()
        for case in self.benefit.cases:
            origin = case.origin
            goals.append((tree.All(tuple(c.expr for c in case.conditions), origin), False))
        answer, _ = self.ask(goals)
        if answer.verdict is Verdict.POSSIBLE:
            place = Place(self.benefit.origin.span)
            self.report("HY531", place, name=self.benefit.name, example=self.example(answer))

    # ----------------------------------------------------------------------------------------------- never

    def never(self) -> None:
        """Conditions, cases and uplifts that can never hold."""
        passed: list[Goal] = self.before()[: len(self.before()) - len(self.benefit.conditions)]
        for condition in self.benefit.conditions:
            passed = [*passed, (condition.expr, True)]
            if not self.possible(passed):
                self.report("HY533", Place(condition.origin.span), what="这个条件")
                return
        for case in self.benefit.cases:
            goals = [*passed, *((condition.expr, True) for condition in case.conditions)]
            if case.conditions and not self.possible(goals):
                self.report("HY533", Place(case.origin.span), what=f"情形「{case.name}」")
        for uplift in self.benefit.uplifts:
            cases = [[*passed, *((c.expr, True) for c in case.conditions)] for case in self.benefit.cases]
            if not any(self.possible([*goals, (uplift.condition, True)]) for goals in cases):
                self.report("HY533", Place(uplift.origin.span), what=told_uplift(uplift))

    # --------------------------------------------------------------------------------------------- amounts

    def whole_fen(self) -> None:
        """Without 取整, every amount must be proved to end in whole fen, in every edition."""
        benefit = self.benefit
        if benefit.rounding is not None or not may_break_the_fen(benefit):
            return
        exprs = [expr for expr, _ in self.before()]
        exprs += [case.amount for case in benefit.cases]
        exprs += [expr for uplift in benefit.uplifts for expr in (uplift.rate, uplift.condition)]
        found = uneven(benefit, self.kind, self.before(), self.owner.settings(exprs))
        example = ""
        if found is not None:
            facts = self.example(found.answer)
            example = f"，{f'例如{facts}，' if facts else ''}应为{yuan_text(found.amount)}"
        self.report("HY408", Place(benefit.origin.span), name=benefit.name, example=example)

    def cap_never_reached(self) -> None:
        """A cap that no payment, or all that a limit allows together, can come to."""
        cap = self.benefit.cap
        times = None if cap is None else most_payments(self.owner.policy, self.benefit, cap)
        if cap is None or times is None:
            return
        for case in self.benefit.cases:
            goal = cap_goal(case, self.benefit, cap, times)
            conditions: list[Goal] = [(condition.expr, True) for condition in case.conditions]
            if goal is None or self.possible([*self.before(), *conditions, goal]):
                return
        each = "每次的金额都" if times == 1 else f"期间内最多{times}次，合计也"
        self.report(
            "HY534",
            Place(cap.origin.span),
            name=self.benefit.name,
            most=f"{each}不超过{yuan_text(cap.amount)}",
        )

    def possible(self, goals: Sequence[Goal]) -> bool:
        """Not proved to be impossible."""
        return self.ask(goals)[0].verdict is not Verdict.EXCLUSIVE


def told_uplift(uplift: tree.Uplift) -> str:
    match uplift.rate:
        case tree.Literal(value):
            return f"上浮{percent_text(Fraction(value))}"  # type: ignore[arg-type]
        case tree.ParameterRef(parameter):
            return f"上浮「{parameter.name}」"


def _factors(first: Fraction, second: Fraction) -> dict[tree.Stacking, Fraction]:
    return {
        tree.Stacking.HIGHEST: 1 + max(first, second),
        tree.Stacking.LOWEST: 1 + min(first, second),
        tree.Stacking.SUM: 1 + first + second,
        tree.Stacking.PRODUCT: (1 + first) * (1 + second),
    }


def _yuan(amount: Fraction) -> str:
    return fen_text(round(amount * 100))
