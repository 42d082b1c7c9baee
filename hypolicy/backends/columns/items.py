"""One benefit as statements over one row: what `backends.exact.assess` does, in the same order.

The statements leave `s`, the status; `fen`, the amount where it is granted; and, where reasons are asked for, `w`,
their code. A record to which the benefit does not apply is passed over.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.backends.columns import terms
from hypolicy.backends.columns.amounts import FEN, in_fen, raised_by
from hypolicy.backends.columns.coding import reached
from hypolicy.backends.columns.expressions import Arguments, Expressions
from hypolicy.backends.columns.faults import SOUND, Faults
from hypolicy.backends.columns.reasons import DENIED, GRANTED, PENDING, ItemReasons
from hypolicy.backends.columns.terms import COMPARE, TRUE, ZERO, Number, Term, constant
from hypolicy.rules import tree
from hypolicy.rules.grounds import grounds_of
from hypolicy.rules.outcome import Reason
from hypolicy.rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from hypolicy.backends.columns.writer import Writer
    from hypolicy.rules.outcome import Settings


@define
class ItemCode:
    """Writes the statements of one benefit; `settled` writes what becomes of what they leave."""

    benefit: tree.Benefit
    arguments: Arguments
    out: Writer
    with_reasons: bool
    settled: Callable[[], None]
    expressions: Expressions = field(init=False)
    faults: Faults = field(init=False)
    reasons: ItemReasons = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.expressions = Expressions(self.arguments, self.out)
        self.faults = Faults(self.expressions)
        settings = self.arguments.settings
        stacking = settings.stacking(self.benefit.stacking)
        grounds = tuple(grounds_of(self.clause, case.amount, settings) for case in self.benefit.cases)
        self.reasons = ItemReasons(self.benefit, stacking, grounds, sites=self.faults.sites)

    @property
    def clause(self) -> str:
        return self.benefit.origin.clause

    # ------------------------------------------------------------------------------------------- the whole

    def write(self) -> None:
        benefit, gates = self.benefit, self.benefit.pending
        self.comment(f"补贴「{benefit.name}」", self.clause)
        before = [*([benefit.applies] if benefit.applies else []), *(gate.condition for gate in gates)]
        self.share(before)
        with self.applying():
            if not benefit.delegated_to:
                unsure = benefit.applies is not None and self.faults.may(benefit.applies)
                for gate in gates:
                    self.gate(gate, unsure)
                    unsure = True
                with self.still_open() if unsure else nullcontext():
                    self.rules()
            self.settled()

    def comment(self, text: str, clause: str) -> None:
        self.out.comment(f"{clause}　{text}" if clause else text)

    @contextmanager
    def applying(self) -> Iterator[None]:
        """The block of the records that the benefit applies to, or of which that cannot be told."""
        applies = self.benefit.applies
        test = TRUE if applies is None else self.expressions.term(applies)
        if applies is None or not self.faults.may(applies):
            with self.where(test):
                self.begin()
                yield
            return
        self.faults.begin(applies)
        self.out.line("s = 0")
        with self.out.block("if f:"):
            self.leave_open_at_site()
        with self.out.block(f"elif {test.code}:"):
            self.begin()
        with self.out.block("if s:"):
            yield

    def begin(self) -> None:
        """Left to other rules, or denied unless it turns out otherwise."""
        if self.benefit.delegated_to:
            words = Sentence.DELEGATED(to=self.benefit.delegated_to)
            self.leave_open(self.reasons.left_open(Reason(words, self.clause)))
            return
        self.out.line(f"s = {DENIED}")
        if self.with_reasons:
            self.out.line("w = 0")

    def still_open(self) -> AbstractContextManager[None]:
        return self.out.block(f"if s == {DENIED}:")

    def leave_open(self, why: object) -> None:
        self.out.line(f"s = {PENDING}")
        if self.with_reasons:
            self.out.line(f"w = {why}")

    def leave_open_at_site(self) -> None:
        self.leave_open("2 * f + 1")

    def gate(self, gate: tree.Gate, unsure: bool) -> None:
        self.comment(f"待定条件「{gate.name}」", gate.origin.clause)
        words = Sentence.GATE(name=gate.name, ground=gate.ground) if gate.ground else gate.name
        why = self.reasons.left_open(Reason(words, gate.origin.clause))
        if self.faults.may(gate.condition):
            with self.still_open() if unsure else nullcontext():
                self.faults.begin(gate.condition)
                with self.out.block("if f:"):
                    self.leave_open_at_site()
                with self.out.block(f"elif {self.expressions.term(gate.condition).code}:"):
                    self.leave_open(why)
            return
        test = self.expressions.term(gate.condition)
        if test.constant == 0:
            return
        asked = terms.conjunction([Term(f"s == {DENIED}", 0, 1, COMPARE), test]) if unsure else test
        with self.out.block(f"if {asked.code}:"):
            self.leave_open(why)

    def rules(self) -> None:
        """Everything after what is left to others: the governing date, conditions, cases, the amount."""
        benefit = self.benefit
        day = benefit.governing_date
        within: AbstractContextManager[None] = nullcontext()
        if day is not None:
            if self.faults.may(day):
                self.faults.begin(day)
                with self.out.block("if f:"):
                    self.leave_open_at_site()
                within = self.still_open()
            self.expressions.day = self.expressions.term(day)
        with within:
            if self.expressions.day is not None and self.expressions.day.level != terms.ATOM:
                self.expressions.day = self.expressions.named("day", self.expressions.day)
            of_cases = [condition.expr for case in benefit.cases for condition in case.conditions]
            of_cases += [case.amount for case in benefit.cases]
            later = [*of_cases, *(uplift.condition for uplift in benefit.uplifts)]
            self.share([condition.expr for condition in benefit.conditions], later)
            with self.where(self.conditions(benefit.conditions, "", ZERO)):
                self.share(later)
                self.cases()

    def where(self, test: Term) -> AbstractContextManager[None]:
        return nullcontext() if test.constant else self.out.block(f"if {test.code}:")

    # ------------------------------------------------------------------------------------- shared concepts

    def share(self, now: Sequence[tree.Expr], later: Sequence[tree.Expr] = ()) -> None:
        """Compute beforehand the concepts that are asked now and are mentioned more than once."""
        settings, known = self.arguments.settings, self.expressions.known
        mentions: Counter[str] = Counter()
        concepts: dict[str, tree.Concept] = {}
        here: set[str] = set()
        for place, expr in enumerate([*now, *later]):
            for node in reached(expr, settings):
                if isinstance(node, tree.ConceptRef):
                    mentions[node.concept.name] += 1
                    concepts[node.concept.name] = node.concept
                    here |= {node.concept.name} if place < len(now) else set()
        for name in _innermost_first(concepts, settings):
            body = concepts[name].body
            if name not in here or name in known or mentions[name] < 2 or _is_short(body):
                continue
            if self.faults.may(body):
                self.faults.begin(body)
                failed = self.arguments.names.fresh("f")
                self.out.line(f"{failed} = f")
                self.faults.known[name] = failed
            value = self.expressions.value(body)
            if isinstance(value, Number):
                known[name] = Number(
                    self.expressions.named(name, value.top), self.expressions.named(name, value.bottom)
                )
            else:
                known[name] = self.expressions.named(name, value)

    # ------------------------------------------------------------------------------------------ conditions

    def conditions(self, conditions: Sequence[tree.Condition], case: str, before: Term) -> Term:
        """Write what becomes of each condition, and tell whether all of them hold. `before` is the code so far."""
        if self.with_reasons:
            return self.reasons_of(conditions, case, before)
        parts: list[Term] = []
        for condition in conditions:
            value = self.expressions.term(condition.expr)
            if self.faults.may(condition.expr):
                asked = self.expressions.named("g", terms.conjunction(parts))
                self.faults.begin(condition.expr, guard=asked)
                value = self.expressions.named("g", terms.conjunction([asked, SOUND, value]))
                parts = []
            parts.append(value)
        return terms.conjunction(parts)

    def reasons_of(self, conditions: Sequence[tree.Condition], case: str, before: Term) -> Term:
        needed = {place for condition in conditions for place in condition.prerequisites}
        holding: dict[int, Term] = {}
        failing = False
        for place, condition in enumerate(conditions):
            reason = Reason(condition.denial, condition.origin.clause or self.clause)
            asked = terms.conjunction([holding[earlier] for earlier in condition.prerequisites])
            value = self.expressions.term(condition.expr)
            sound = True
            if self.faults.may(condition.expr):
                self.faults.begin(condition.expr, guard=asked)
                sound = False
            elif place in needed:
                value = self.expressions.named("ok", value)
            fails = terms.conjunction([asked, terms.inverted(value)])
            if place in needed:
                holds = terms.conjunction([asked, value] if sound else [asked, SOUND, value])
                holding[place] = self.expressions.named("ok", holds) if not sound else holds
            if sound and fails.constant == 0:
                continue
            self.comment(condition.denial, reason.clause)
            digit = self.reasons.digit(2 if sound else len(self.faults.sites) + 2, reason, case)
            failing = True
            if not sound:
                with self.out.block("if f:"):
                    self.out.line(f"w += {digit} * (f + 1)")
            with self.out.block(f"{'if' if sound else 'elif'} {fails.code}:"):
                self.out.line(f"w += {digit}")
        return terms.compared(Term("w", 0, terms.BOUND), "==", before) if failing else TRUE

    # ----------------------------------------------------------------------------------------------- cases

    def cases(self) -> None:
        """The case that holds; where several hold with different amounts, nobody has decided."""
        if len(self.benefit.cases) == 1:
            [case] = self.benefit.cases
            with self.holding(0, case, ZERO):
                self.amount(self.base(0, case), ZERO)
            return
        amounts = self.alike([self.base(place, case) for place, case in enumerate(self.benefit.cases)])
        moving = any(amount.fixed is None for amount in amounts)
        taken = Number(
            Term("n", min(a.top.low for a in amounts), max(a.top.high for a in amounts)),
            Term("d", 1, max(2, *(a.bottom.high for a in amounts))) if moving else amounts[0].bottom,
        )
        for name in ("h", "k", "c", "n"):
            self.out.line(f"{name} = 0")
        if moving:
            self.out.line("d = 1")
        for place, (case, amount) in enumerate(zip(self.benefit.cases, amounts, strict=True)):
            self.comment(f"情形「{case.name}」", case.origin.clause)
            before = ZERO
            if self.with_reasons and place:
                self.out.line("x = w")
                before = Term("x", 0, terms.BOUND)
            with self.holding(place, case, before):
                self.held(place, amount, taken)
        with self.out.block("if c:"):
            self.leave_open("-2 * h")
        with self.out.block("elif h:"):
            self.amount(taken, Term("k", 0, len(amounts) - 1))

    @contextmanager
    def holding(self, place: int, case: tree.Case, before: Term) -> Iterator[None]:
        """The block in which a case holds, and its amount has a value."""
        with self.where(self.conditions(case.conditions, case.name, before)), self.where_valued(case):
            yield

    def base(self, place: int, case: tree.Case) -> Number:
        return self.expressions.number(case.amount)

    def alike(self, amounts: list[Number]) -> list[Number]:
        """With one denominator where all of them are fixed."""
        return terms.common(amounts) if all(amount.fixed is not None for amount in amounts) else amounts

    def where_valued(self, case: tree.Case) -> AbstractContextManager[None]:
        """The block in which the amount of a case has a value; where it has none, the case does not hold."""
        if not self.faults.may(case.amount):
            return nullcontext()
        self.faults.begin(case.amount)
        if not self.with_reasons:
            return self.out.block("if f == 0:")
        digit = self.reasons.digit(len(self.faults.sites) + 2, Reason("", ""), case.name)
        with self.out.block("if f:"):
            self.out.line(f"w += {digit} * (f + 1)")
        return self.out.block("else:")

    def held(self, place: int, amount: Number, taken: Number) -> None:
        """Note that a case holds; its amount is taken, or compared with that of the first that does."""
        if place == 0:
            self.out.line("h = 1")
            self.take(place, amount, taken)
            return
        with self.out.block("if h == 0:"):
            self.take(place, amount, taken)
        with self.out.block(f"elif {terms.related(taken, '!=', amount).code}:"):
            self.out.line("c = 1")
        self.out.line(f"h += {1 << place}")

    def take(self, place: int, amount: Number, taken: Number) -> None:
        if place:
            self.out.line(f"k = {place}")
        self.out.line(f"n = {amount.top.code}")
        if taken.fixed is None:
            self.out.line(f"d = {amount.bottom.code}")

    # ---------------------------------------------------------------------------------------------- amount

    def amount(self, base: Number, case: Term) -> None:
        """Base, uplifts, cap of the single payment, rounding: in this order."""
        uplifts = self.benefit.uplifts
        if not uplifts:
            self.payable(base, case, ZERO)
            return
        base = Number(self.expressions.named("base", base.top), self.expressions.named("base", base.bottom))
        with self.answered():
            self.uplifted(base, case)

    @contextmanager
    def answered(self) -> Iterator[None]:
        """The block in which the conditions of all uplifts have a value; elsewhere the item is left open."""
        conditions = [uplift.condition for uplift in self.benefit.uplifts]
        failing = [condition for condition in conditions if self.faults.may(condition)]
        if failing:
            self.faults.begin(*failing)
            with self.out.block("if f:"):
                self.leave_open_at_site()
        with self.out.block("else:") if failing else nullcontext():
            yield

    def raises(self, bit: int, uplift: tree.Uplift) -> Term:
        """Whether an uplift holds."""
        return self.expressions.term(uplift.condition)

    def uplifted(self, base: Number, case: Term) -> None:
        uplifts = self.benefit.uplifts
        self.out.line("u = 0")
        code = Term("u", 0, (1 << len(uplifts)) - 1)
        rates: list[Number] = []
        for bit, uplift in enumerate(uplifts):
            test = self.raises(bit, uplift)
            version = self.rate_version(uplift.rate)
            code = terms.added(code, version)
            rates.append(self.expressions.number(uplift.rate))
            if test.constant != 0:
                self.comment("上浮", uplift.origin.clause)
                with self.where(test):
                    self.out.line(f"u += {1 << bit}")
        exclusive = self.reasons.stacking in (None, tree.Stacking.EXCLUSIVE) and len(uplifts) > 1
        if exclusive:
            with self.out.block("if u & (u - 1):"):
                self.leave_open(f"-2 * ({code.code}) - 1")
        with self.out.block("else:") if exclusive else nullcontext():
            factor = raised_by(terms.common(rates), self.reasons.stacking)
            self.payable(terms.product(base, factor), case, code)

    def rate_version(self, rate: tree.Literal | tree.ParameterRef) -> Term:
        """What the version of a rate adds to the code of the amount."""
        if isinstance(rate, tree.Literal):
            assert isinstance(rate.value, int | Fraction)
            self.reasons.uplift([Fraction(rate.value)])
            return ZERO
        settings, parameter = self.arguments.settings, rate.parameter
        if parameter.name in self.arguments.varied:
            self.reasons.uplift([self.arguments.varied[parameter.name][0]])
            return ZERO
        if parameter.name in settings.parameters:
            self.reasons.uplift([settings.parameters[parameter.name]])
            return ZERO
        place = self.reasons.uplift([version.value for version in parameter.versions])
        starts = [version.period.start for version in parameter.versions]
        places = [constant(place * number) for number in range(len(starts))]
        return self.expressions.in_force(starts, places)

    def payable(self, amount: Number, case: Term, uplifts: Term) -> None:
        """What is paid in fen, and the code that says how it came about."""
        code = terms.added(uplifts, terms.multiplied(constant(self.reasons.cases), case))
        cap = self.cap()
        if cap is not None:
            self.comment("封顶", self.clause)
            amount = self.capped(amount, cap)
            code = terms.added(code, terms.multiplied(constant(self.reasons.capped), Term("x", 0, 1)))
        fen = in_fen(amount, self.benefit.rounding)
        self.out.line(f"fen = {fen.code}")
        with self.out.block("if fen > 0:") if fen.low <= 0 else nullcontext():
            self.out.line(f"s = {GRANTED}")
            if self.with_reasons:
                self.out.line(f"w = {code.code}")
        if self.with_reasons and fen.low <= 0 and len(self.benefit.cases) > 1:
            with self.out.block("else:"):
                self.out.line("w = 0")

    def cap(self) -> int | None:
        """The most that a single payment may be, in fen."""
        cap = self.benefit.cap
        if cap is None or self.arguments.settings.period(cap.period) is not tree.PeriodKind.EACH:
            return None
        return int(cap.amount * FEN)

    def capped(self, amount: Number, most: int) -> Number:
        """The amount cut to the cap; `x` tells whether it was cut."""
        if amount.fixed is not None:
            amount = terms.scaled_to(amount, lcm(amount.fixed, FEN))
            bottom, limit = amount.bottom, constant(most * (amount.bottom.low // FEN))
        else:
            bottom = Term("d", 1, max(amount.bottom.high, FEN))
            limit = constant(most)
            self.out.line(f"d = {amount.bottom.code}")
        top = Term("n", min(amount.top.low, limit.low), max(amount.top.high, limit.high))
        self.out.line(f"n = {amount.top.code}")
        if self.with_reasons:
            self.out.line("x = 0")
        over = terms.related(Number(top, bottom), ">", Number(constant(most), constant(FEN)))
        with self.out.block(f"if {over.code}:"):
            self.out.line(f"n = {limit.code}")
            if amount.fixed is None:
                self.out.line(f"d = {FEN}")
            if self.with_reasons:
                self.out.line("x = 1")
        high = min(amount.top.high, limit.high) if amount.fixed is not None else top.high
        return Number(Term("n", top.low, high), bottom)


def _is_short(body: tree.Expr) -> bool:
    """Whether asking again costs no more than a variable would."""
    return isinstance(body, tree.Literal | tree.FactRef | tree.Given)


def _innermost_first(concepts: dict[str, tree.Concept], settings: Settings) -> list[str]:
    """Names of concepts, each after those that its body mentions."""
    out: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in out:
            return
        for node in reached(concepts[name].body, settings):
            if isinstance(node, tree.ConceptRef) and node.concept.name != name:
                visit(node.concept.name)
        out[name] = None

    for name in concepts:
        visit(name)
    return list(out)
