"""Benefits: what an item asks for, what it pays, and from which fund.

Each line is looked at by itself. A line without a meaning costs the benefit its place in the policy, and nothing
that depends on such a line is held against the others.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from attrs import define, evolve, field, frozen

from hypolicy.check.expressions import Expressions
from hypolicy.check.ledger import LedgerChecker, facts_counted
from hypolicy.check.once import Once
from hypolicy.check.periods import quantities
from hypolicy.check.typed import (
    NOTHING,
    VERSION,
    Known,
    Typed,
    Unresolved,
    by_reading,
    date_name,
    in_term_mark,
    negated,
    unmet,
)
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.rules import tree as rules
from hypolicy.rules.facts import facts_in
from hypolicy.rules.ledger import all_members
from hypolicy.rules.operators import WORDS as COMPARISONS
from hypolicy.rules.operators import Comparison
from hypolicy.rules.rounding import RoundingMode, RoundingPlace
from hypolicy.rules.types import BOOL, NumberType
from hypolicy.rules.units import YUAN
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypolicy.check.groups import GroupChecker
    from hypolicy.check.scope import Scope
    from hypolicy.check.symbols import Symbols
    from hypolicy.source.text import Span
    from hypolicy.syntax.tree import Block, Document

L = TypeVar("L")
N = TypeVar("N")
T = TypeVar("T")

_RULES = (
    tree.ConditionLine,
    tree.Amount,
    tree.Case,
    tree.Uplift,
    tree.StackingLine,
    tree.Cap,
    tree.Rounding,
    tree.Exclusion,
    tree.Otherwise,
)


@frozen
class Defaults:
    """What the policy's head says for every benefit that does not say otherwise."""

    governing: Name | None
    year_date: rules.Fact | None


@frozen
class Condition:
    """A condition on its way to the rule tree."""

    typed: Typed
    denial: str
    origin: rules.Origin
    worded: bool = True
    gate: str = ""


@define
class ItemChecker:
    symbols: Symbols
    scope: Scope
    defaults: Defaults
    groups: GroupChecker
    ledgers: LedgerChecker
    ledger: rules.Ledger | None = None
    limits: tuple[rules.Limit, ...] = ()
    gates: list[tuple[Block, tree.Gate, rules.Group]] = field(factory=list)

    def gather_gates(self, document: Document) -> None:
        for block in document.blocks:
            if isinstance(block.head, tree.Gate):
                group = self.groups.group(block.head.group, block.clause)
                if group is not None:
                    self.gates.append((block, block.head, group))

    def benefits(self) -> tuple[rules.Benefit, ...]:
        built = (
            _BenefitBuilder(self, name, block).build() for name, block in self.symbols.all("补贴").items()
        )
        return tuple(benefit for benefit in built if benefit is not None)


def lines_of(block: Block, kind: type[L]) -> list[L]:
    return [line for line in block.lines if isinstance(line, kind)]


@define
class _BenefitBuilder:
    """One benefit, line by line."""

    checker: ItemChecker
    name: str
    block: Block
    expressions: Expressions = field(init=False)
    once: Once = field(init=False)
    failed: bool = False

    def __attrs_post_init__(self) -> None:
        self.expressions = Expressions(self.checker.scope, self.block.clause)
        self.once = Once(self.checker.symbols.collector, self.block.clause)
        self.failed = self.block.damaged

    def build(self) -> rules.Benefit | None:
        applies_line = self.one(tree.Applies, "适用")
        applies = self.attempt(self.expressions.condition, applies_line.condition) if applies_line else None
        if applies is not None:
            self.must_know(applies, NOTHING, applies.expr.origin.span)
        bare = rules.Benefit(
            self.name, "", None if applies is None else applies.expr, (), (), (), (), None, None, None,
            self.fund(), self.payees(), self.applicants(), None, self.year_date(), self.delegated(), False,
            rules.Origin(self.block.clause, self.block.head.span),
        )  # fmt: skip
        known = NOTHING if applies is None else applies.if_true
        benefit = bare if bare.delegated_to else self.ruled(bare, known)
        if not self.failed:
            self.one_record(benefit)
        return None if self.failed else evolve(benefit, record=self.record(benefit))

    def ruled(self, bare: rules.Benefit, known: Known) -> rules.Benefit:
        """A benefit with rules of its own."""
        governing = self.governing()
        date = date_name(governing.expr) if governing is not None else ""
        pending = self.pending()
        conditions, known = self.sequence(self.conditions(), known, date)
        cases = self.cases(known, date)
        uplifts = [
            self.attempt(lambda line: self.uplift(line, known, date), u) for u in self.all(tree.Uplift)
        ]
        benefit = evolve(
            bare,
            pending=pending,
            conditions=conditions,
            cases=cases,
            uplifts=tuple(uplift for uplift in uplifts if uplift is not None),
            stacking=self.stacking(),
            cap=self.cap(),
            rounding=self.rounding(),
            governing_date=None if governing is None else governing.expr,
            otherwise_denied=self.one(tree.Otherwise, "其余不予") is not None,
        )
        if not self.failed:
            self.year_known(known, benefit)
        return benefit

    # ------------------------------------------------------------------------------------------ conditions

    def conditions(self) -> list[Condition]:
        """Common conditions, then the benefit's own, then what excludes it."""
        out: list[Condition | None] = [
            self.attempt(lambda g: self.gate(*g), gate) for gate in self.my_gates(pending=False)
        ]
        for line in self.all(tree.ConditionLine):
            out += self.split(line.condition)
        out += [self.attempt(self.exclusion, line) for line in self.all(tree.Exclusion)]
        return [condition for condition in out if condition is not None]

    def my_gates(self, *, pending: bool) -> list[tuple[Block, tree.Gate, rules.Group]]:
        return [
            (block, gate, group)
            for block, gate, group in self.checker.gates
            if gate.pending is pending and self.name in all_members(group)
        ]

    def split(self, node: tree.Expr) -> list[Condition | None]:
        """The parts of the outermost 且, each a condition with a reason of its own."""
        parts = node.operands if isinstance(node, tree.Conjunction) else (node,)
        typed = self.attempt(lambda nodes: self.expressions.joined(nodes, "且"), parts)
        return [_condition(part) for part in typed or ()]

    def gate(self, block: Block, gate: tree.Gate, group: rules.Group) -> Condition:
        typed = Expressions(self.checker.scope, block.clause).condition(gate.condition)
        origin = rules.Origin(block.clause, gate.span)
        typed = _where_member(typed, group, self.name, Typed(rules.Literal(True, BOOL, origin)), origin)
        denial, name = gate.denial or gate.name.text, gate.name.text
        return Condition(typed, denial, origin, worded=bool(gate.denial), gate=name)

    def exclusion(self, line: tree.Exclusion) -> Condition:
        origin = rules.Origin(self.block.clause, line.span)
        typed = negated(self.expressions.condition(tree.Word(line.fact.text, span=line.fact.span)), origin)
        return Condition(typed, f"已享受「{line.label}」", origin)

    def pending(self) -> tuple[rules.Gate, ...]:
        out = (self.attempt(lambda g: self.pending_gate(*g), gate) for gate in self.my_gates(pending=True))
        return tuple(gate for gate in out if gate is not None)

    def pending_gate(self, block: Block, gate: tree.Gate, group: rules.Group) -> rules.Gate:
        typed = Expressions(self.checker.scope, block.clause).condition(gate.condition)
        origin = rules.Origin(block.clause, gate.span)
        typed = _where_member(typed, group, self.name, Typed(rules.Literal(False, BOOL, origin)), origin)
        self.must_know(typed, NOTHING, origin.span)
        return rules.Gate(gate.name.text, group, typed.expr, gate.ground, origin)

    def sequence(
        self, conditions: Sequence[Condition], known: Known, date: str
    ) -> tuple[tuple[rules.Condition, ...], Known]:
        """Conditions with what each relies on; whatever is not established is reported."""
        out: list[rules.Condition] = []
        established: list[Known] = []
        for condition in conditions:
            prerequisites: list[int] = []
            for need in sorted(unmet(condition.typed.needs, known, date)):
                mark = in_term_mark(date) if need == VERSION else need
                source = next((i for i, marks in enumerate(established) if mark in marks), None)
                if source is None:
                    self.must_know(condition.typed, known.union(*established), condition.origin.span, date)
                elif source not in prerequisites:
                    prerequisites.append(source)
            out.append(
                rules.Condition(
                    condition.typed.expr,
                    condition.denial,
                    tuple(prerequisites),
                    condition.origin,
                    condition.worded,
                    condition.gate,
                )
            )
            established.append(condition.typed.if_true)
        return tuple(out), known.union(*established)

    def must_know(self, typed: Typed, known: Known, use: Span, date: str = "") -> None:
        """Report what is read and not established, unless a line that has no meaning might have done so."""
        if self.failed:
            return
        version = self.checker.scope.must_know(typed.needs, known, use, date)
        if version is None:
            return
        used = version.span.brief()
        if date:
            self.report("HY410", version.span, name=self.name, used=used, date=date)
        else:
            self.report("HY518", version.span, name=self.name, used=used)

    def cases(self, known: Known, date: str) -> tuple[rules.Case, ...]:
        amounts, cases = self.all(tree.Amount), self.all(tree.Case)
        if amounts and cases:
            self.report("HY505", amounts[0].span, name=self.name)
        elif not amounts and not cases and not self.block.damaged:
            self.report("HY502", self.block.head.span, name=self.name, missing="金额")
            self.failed = True
        for amount in amounts:
            self.once.only("金额", amount.span)
        named: dict[str, Name] = {}
        for case in cases:
            if case.name.text in named:
                self.checker.symbols.twice(case.name, named[case.name.text].span)
            named.setdefault(case.name.text, case.name)
        written: list[tree.Case | tree.Amount] = [*cases, *amounts]
        out = (self.attempt(lambda line: self.case(line, known, date), line) for line in written)
        return tuple(case for case in out if case is not None)

    def case(self, line: tree.Case | tree.Amount, known: Known, date: str) -> rules.Case:
        written = self.split(line.condition) if isinstance(line, tree.Case) else []
        conditions, known_here = self.sequence([c for c in written if c is not None], known, date)
        amount = self.expressions.money(line.amount)
        self.must_know(amount, known_here, amount.expr.origin.span, date)
        name = line.name.text if isinstance(line, tree.Case) else ""
        return rules.Case(name, conditions, amount.expr, rules.Origin(self.block.clause, line.span))

    def uplift(self, line: tree.Uplift, known: Known, date: str) -> rules.Uplift:
        typed = self.expressions.condition(line.condition)
        self.must_know(typed, known, line.span, date)
        rate = self.rate(line, known, date)
        return rules.Uplift(rate, typed.expr, rules.Origin(self.block.clause, line.span))

    def rate(self, line: tree.Uplift, known: Known, date: str) -> rules.Literal | rules.ParameterRef:
        """A percentage as written, or a parameter that is one."""
        if not isinstance(line.rate, Name):
            if line.rate.unit_name != "%":
                self.report("HY419", line.span)
                raise Unresolved
            origin = rules.Origin(self.block.clause, line.span)
            return rules.Literal(line.rate.number, NumberType(), origin)
        word = tree.Word(line.rate.text, span=line.rate.span)
        typed = self.expressions.build(word)
        if not isinstance(typed.expr, rules.ParameterRef) or typed.type != NumberType():
            raise self.expressions.wrong(word, typed.type, "百分比的参数")
        for quantity, span in quantities(self.checker.symbols, typed.expr.parameter.name):
            if quantity.unit_name != "%":  # a 30 that was meant to be 30% would be thirtyfold
                self.report("HY419", Place(span), Place(line.span, "在这里用作上浮的比例"))
        self.must_know(typed, known, typed.expr.origin.span, date)
        return typed.expr

    # ----------------------------------------------------------------------------------------- other lines

    def stacking(self) -> rules.Stacking | rules.StackingByReading | None:
        """The stated mode; whether one is needed is a question of what can meet (proof.overlaps)."""
        line = self.one(tree.StackingLine, "叠加方式")
        if line is None:
            return None
        if not line.by_reading:
            return rules.Stacking(line.mode.text)
        reading = self.checker.groups.reading(line.mode, self.block.clause)
        if reading is None:
            self.failed = True
            return None
        modes = {mode.value: mode for mode in rules.Stacking}
        for option in reading.options:
            if option not in modes:
                self.report("HY513", line.span, reading=reading.name, word=option)
        options = tuple((option, modes[option]) for option in reading.options if option in modes)
        return rules.StackingByReading(reading, options)

    def cap(self) -> rules.Cap | None:
        line = self.one(tree.Cap, "封顶")
        if line is None:
            return None
        if COMPARISONS[line.word] is not Comparison.AT_MOST:
            self.report("HY511", line.span)
        if line.quantity.unit != YUAN:
            self.report("HY308", line.span, unit=line.quantity.unit)
        elif (line.quantity.number * 100).denominator != 1:
            self.report("HY512", line.span)
        ledgers = self.checker.ledgers
        if not ledgers.holders:
            if not ledgers.lost:
                self.report("HY507", line.span, action="写封顶")
            return None
        holder = ledgers.holder(line.holder, self.block.clause)
        period = self.checker.groups.period(line.period, self.block.clause)
        if holder is None or period is None:
            return None
        origin = rules.Origin(self.block.clause, line.span)
        return rules.Cap(holder, period, Fraction(line.quantity.number), origin)

    def rounding(self) -> rules.Rounding | None:
        line = self.one(tree.Rounding, "取整")
        if line is None:
            return None
        origin = rules.Origin(self.block.clause, line.span)
        return rules.Rounding(RoundingPlace.named(line.place), RoundingMode(line.mode), origin)

    def governing(self) -> Typed | None:
        line = self.naming("适用日")
        name = line.names[0] if line else self.checker.defaults.governing
        if name is None:
            return None
        return self.attempt(self.expressions.date, tree.Word(name.text, span=name.span))

    def year_date(self) -> rules.Fact | None:
        line = self.naming("汇总年度")
        if line is None:
            return self.checker.defaults.year_date
        return self.checker.ledgers.day(line.names[0], self.block.clause)

    def delegated(self) -> str:
        """The text that a delegated benefit is left to; it has no rules of its own."""
        statements = [line for line in self.all(tree.Statement) if line.word == "委托"]
        for line in statements:
            self.once.only("委托", line.span)
        if not statements:
            return ""
        for rule in self.block.lines:
            if isinstance(rule, _RULES):
                words = rule.span.brief(8)
                self.report("HY509", rule.span, statements[0].span, name=self.name, line=words)
        return statements[0].texts[0].text

    def fund(self) -> rules.Fund | None:
        line = self.naming("资金")
        if line is None:
            if not self.block.damaged and not any(_is_delegation(line) for line in self.block.lines):
                self.report("HY502", self.block.head.span, name=self.name, missing="资金")
            return None
        name, groups = line.names[0], self.checker.groups
        fund = groups.funds.get(name.text)
        if fund is None:
            self.checker.symbols.missing("资金", name, groups.funds, self.block.clause)
        elif fund.only_for is not None and self.name not in all_members(fund.only_for):
            places = (Place(line.span), Place(fund.origin.span, "在这里规定专用"))
            self.report("HY508", *places, fund=fund.name, group=fund.only_for.name, name=self.name)
        return fund

    def payees(self) -> tuple[rules.Payee, ...]:
        """Who is paid, first of all whoever has advanced the money (垫付)."""
        written = [line for line in self.all(tree.Parties) if line.word in ("发给", "垫付")]
        written.sort(key=lambda line: line.word != "垫付")
        out = []
        for line in written:
            self.once.only(line.word, line.span)
            for party in line.parties:
                fact = self.checker.ledgers.fact(party, self.block.clause) if party is not None else None
                if party is None or fact is not None:
                    out.append(rules.Payee(fact, advanced=line.word == "垫付"))
        return tuple(out)

    def applicants(self) -> tuple[str, ...]:
        written = [line for line in self.all(tree.Parties) if line.word == "申请"]
        for line in written:
            self.once.only(line.word, line.span)
        return tuple(party.text if party else "本人" for line in written for party in line.parties)

    # ---------------------------------------------------------------------------------------- whole benefit

    def record(self, benefit: rules.Benefit) -> str:
        """The kind of record whose facts the rules read; where they read none, that of the year."""
        facts = [*facts_in(benefit), *([benefit.year_date] if benefit.year_date else [])]
        first = next(iter(self.checker.symbols.all("记录")), "")
        return facts[0].record if facts else first

    def one_record(self, benefit: rules.Benefit) -> None:
        counted = facts_counted(benefit, self.checker.ledger, self.checker.limits)
        facts = [*facts_in(benefit), *([benefit.year_date] if benefit.year_date else []), *counted]
        facts += [payee.fact for payee in benefit.payees if payee.fact is not None]
        self.checker.scope.tell_records(self.name, facts, self.block)

    def year_known(self, known: Known, benefit: rules.Benefit) -> None:
        """A payment must have the date of the year that it is summed under."""
        fact = benefit.year_date
        if fact is not None and fact.optional and fact.name not in known:
            self.report("HY514", self.block.head.span, fact=fact.name, name=self.name)

    # ---------------------------------------------------------------------------------------------- pieces

    def attempt(self, build: Callable[[N], T], node: N) -> T | None:
        """A part of the benefit, or None where it has no meaning, which has been reported."""
        try:
            return build(node)
        except Unresolved:
            self.failed = True
            return None

    def all(self, kind: type[L]) -> list[L]:
        return lines_of(self.block, kind)

    def one(self, kind: type[L], word: str) -> L | None:
        found = self.all(kind)
        for line in found:
            self.once.only(word, line.span)  # type: ignore[attr-defined]
        return found[0] if found else None

    def naming(self, word: str) -> tree.Naming | None:
        found = [line for line in self.all(tree.Naming) if line.word == word]
        for line in found:
            self.once.only(word, line.span)
        return found[0] if found else None

    def report(self, code: str, *places: Place | Span, **facts: object) -> None:
        self.checker.scope.report(code, *places, clause=self.block.clause, **facts)  # type: ignore[arg-type]


def _is_delegation(line: tree.Line) -> bool:
    return isinstance(line, tree.Statement) and line.word == "委托"


def _where_member(
    typed: Typed, group: rules.Group, name: str, otherwise: Typed, origin: rules.Origin
) -> Typed:
    """A condition of a group, only under the readings that put the item into it."""
    match group.members:
        case rules.GroupByReading(reading, options):
            parts = [(option, typed if name in members else otherwise) for option, members in options]
            return by_reading(reading, parts, origin)
        case _:
            return typed


def _condition(typed: Typed) -> Condition:
    """A condition with what a refusal for want of it says."""
    worded = False
    match typed.expr:
        case rules.ConceptRef(concept):
            denial, worded = concept.denial or f"不符合「{concept.name}」", bool(concept.denial)
        case rules.Not(rules.ConceptRef(concept)):
            denial = f"属于「{concept.name}」"
        case expr:
            denial = f"不满足：{expr.origin.text}"
    return Condition(typed, denial, typed.expr.origin, worded)
