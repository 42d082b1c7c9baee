"""Items: benefits with their gates, checks and computations, and the ledger that limits them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from attrs import define, field, frozen

from hypolicy.check.exactness import may_break_the_fen
from hypolicy.check.expressions import (
    NOTHING,
    VERSION,
    Expressions,
    Needs,
    Scope,
    Typed,
    Unresolved,
    by_reading,
    date_name,
    in_term_mark,
    negated,
    unmet,
)
from hypolicy.check.symbols import Symbols, head
from hypolicy.check.vocabulary import each_option, find_reading
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.rules import tree as rules
from hypolicy.rules.facts import facts_in
from hypolicy.rules.operators import Comparison
from hypolicy.rules.operators import WORDS as COMPARISONS
from hypolicy.rules.rounding import RoundingMode, RoundingPlace
from hypolicy.rules.types import BOOL, EnumType, NumberType
from hypolicy.rules.units import YUAN
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.diagnostics.diagnostic import Collector

L = TypeVar("L")


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


@define
class ItemChecker:
    symbols: Symbols
    collector: Collector
    scope: Scope
    defaults: Defaults
    funds: dict[str, rules.Fund] = field(factory=dict)
    groups: dict[str, rules.Group] = field(factory=dict)
    periods: dict[str, rules.PeriodChoice] = field(factory=dict)
    holders: dict[str, rules.Holder] = field(factory=dict)
    gates: list[tuple[tree.Block, tree.Gate]] = field(factory=list)

    # -------------------------------------------------------------------------------- groups, periods, funds

    def declare(self, document: tree.Document) -> None:
        """Everything that benefits refer to by name."""
        for name, block in self.symbols.all("补贴组").items():
            group = self._group(name, block)
            if group is not None:
                self.groups[name] = group
        for name, block in self.symbols.all("补贴").items():
            origin = rules.Origin(block.clause, block.head.span)
            self.groups.setdefault(name, rules.Group(name, (name,), origin))
        for name, block in self.symbols.all("期间").items():
            period = self._period_word(block)
            if period is not None:
                self.periods[name] = period
        for name, block in self.symbols.all("资金").items():
            written = head(block, tree.Fund)
            only = self.group_named(written.only_for, block.clause) if written.only_for else None
            self.funds[name] = rules.Fund(name, only, rules.Origin(block.clause, written.span))
        self.gates = [(b, b.head) for b in document.blocks if isinstance(b.head, tree.Gate)]

    def _group(self, name: str, block: tree.Block) -> rules.Group | None:
        origin = rules.Origin(block.clause, block.head.span)
        match block.head:
            case tree.Group(_, members):
                return rules.Group(name, self._members(members, block.clause), origin)
            case tree.GroupByReading(_, reading_name, options) as written:
                reading = self.reading(reading_name, block.clause)
                if reading is None or not each_option(
                    self.symbols, reading, list(options), written, block.clause
                ):
                    return None
                members_of = tuple((o.text, self._members(m, block.clause)) for o, m in options)
                return rules.Group(name, rules.GroupByReading(reading, members_of), origin)
            case _:
                return None

    def _members(self, names: Iterable[Name], clause: str) -> tuple[str, ...]:
        """Items by name; a group among them stands for its members."""
        out: list[str] = []
        for name in names:
            if name.text in self.symbols.all("补贴"):
                out.append(name.text)
                continue
            block = self.symbols.all("补贴组").get(name.text)
            if block is not None and isinstance(block.head, tree.Group):
                out.extend(self._members(block.head.members, clause))
            else:
                self.symbols.missing("补贴", name, list(self.symbols.all("补贴")), clause)
        return tuple(dict.fromkeys(out))

    def reading(self, name: Name, clause: str) -> rules.Reading | None:
        self.scope.used.add(f"口径:{name.text}")
        return find_reading(self.symbols, self.scope.readings, name, clause)

    def group_named(self, name: Name, clause: str) -> rules.Group | None:
        self.scope.used.add(name.text)
        group = self.groups.get(name.text)
        if group is None and name.text not in self.symbols.all("补贴组"):
            self.symbols.missing("补贴或补贴组", name, list(self.groups), clause)
        return group

    def _period_word(self, block: tree.Block) -> rules.PeriodChoice | None:
        match block.head:
            case tree.PeriodWord(_, kind):
                return self.period(kind, block.clause)
            case tree.PeriodByReading(_, reading_name, options) as written:
                reading = self.reading(reading_name, block.clause)
                if reading is None or not each_option(
                    self.symbols, reading, list(options), written, block.clause
                ):
                    return None
                kinds = [(o.text, self.period(kind, block.clause)) for o, kind in options]
                fixed = [(o, kind) for o, kind in kinds if isinstance(kind, rules.FixedPeriod)]
                return rules.PeriodByReading(reading, tuple(fixed))
            case _:
                return None

    def period(self, written: tree.PeriodKind, clause: str) -> rules.PeriodChoice:
        if written.length is not None:
            return self.rolling(written, clause)
        try:
            return rules.PeriodKind(written.name)
        except ValueError:
            self.scope.used.add(written.name)
            found = self.periods.get(written.name)
            if found is None and written.name not in self.symbols.all("期间"):
                self.symbols.missing("期间", Name(written.name, written.span), list(self.periods), clause)
            return found or rules.PeriodKind.EACH

    def rolling(self, written: tree.PeriodKind, clause: str) -> rules.Rolling:
        assert written.length is not None
        months = {"个月": 1, "年": 12}.get(str(written.length.unit))
        if months is None or not written.length.whole or written.length.number < 1:
            self.collector.report("HY309", written.span, clause=clause)
            return rules.Rolling(1)
        return rules.Rolling(int(written.length.number) * months)

    # ---------------------------------------------------------------------------------------------- ledger

    def ledger(self, document: tree.Document) -> rules.Ledger | None:
        blocks = [block for block in document.blocks if isinstance(block.head, tree.Ledger)]
        if not blocks:
            return None
        for extra in blocks[1:]:
            self.collector.report("HY503", extra.head.span, blocks[0].head.span, word="台账")
        block = blocks[0]
        order: tuple[rules.Fact, ...] = ()
        year: rules.Fact | None = self.defaults.year_date
        for line in block.lines:
            match line:
                case tree.Holder(name, fact_name):
                    fact = self.fact(fact_name, block.clause)
                    if fact is not None:
                        self.holders[name.text] = rules.Holder(name.text, fact)
                case tree.Naming("次序", names):
                    facts = [self.fact(name, block.clause) for name in names]
                    order = tuple(fact for fact in facts if fact is not None)
                case tree.Naming("台账年度", names):
                    year = self.fact(names[0], block.clause)
                case _:
                    pass
        for missing, present in (("归集", self.holders), ("次序", order), ("台账年度", year)):
            if not present:
                self.collector.report("HY502", block.head.span, name="台账", missing=missing)
        if not self.holders or not order or year is None:
            return None
        origin = rules.Origin(block.clause, block.head.span)
        return rules.Ledger(tuple(self.holders.values()), order, year, origin)

    def fact(self, name: Name, clause: str) -> rules.Fact | None:
        self.scope.used.add(name.text)
        fact = self.scope.facts.get(name.text)
        if fact is None:
            self.symbols.missing("事实", name, list(self.scope.facts), clause)
        return fact

    def limits(self) -> tuple[rules.Limit, ...]:
        out = []
        for name, block in self.symbols.all("限制").items():
            limit = self._limit(name, block)
            if limit is not None:
                out.append(limit)
        return tuple(out)

    def _limit(self, name: str, block: tree.Block) -> rules.Limit | None:
        if not self.holders:
            self.collector.report("HY507", block.head.span, clause=block.clause, action="写限制")
            return None
        group: rules.Group | None = None
        linked: rules.Group | None = None
        holder = next(iter(self.holders.values()))
        rules_: list[rules.LimitRule] = []
        for line in block.lines:
            origin = rules.Origin(block.clause, line.span)
            match line:
                case tree.Covers(group_name, holder_name):
                    group = self.group_named(group_name, block.clause)
                    if holder_name is not None:
                        holder = self.holder(holder_name, block.clause) or holder
                case tree.NoRepeat(keys, period):
                    facts = [self.fact(key, block.clause) for key in keys]
                    known = tuple(fact for fact in facts if fact is not None)
                    rules_.append(rules.NoRepeat(known, self.period(period, block.clause), origin))
                case tree.NoLower(keys, level_name):
                    facts = [self.fact(key, block.clause) for key in keys]
                    level = self.fact(level_name, block.clause)
                    if level is None:
                        continue
                    if not isinstance(level.type, EnumType) or not level.type.ordered:
                        self.collector.report("HY307", line.span, clause=block.clause, enum=level.name)
                        continue
                    known = tuple(fact for fact in facts if fact is not None)
                    rules_.append(rules.NoLower(known, level, origin))
                case tree.NotTogether(period):
                    rules_.append(rules.NotTogether(self.period(period, block.clause), origin))
                case tree.CountLimit(period, word, quantity):
                    if COMPARISONS[word] is not Comparison.AT_MOST:
                        self.collector.report("HY511", line.span, clause=block.clause)
                    if str(quantity.unit) not in ("次", "人次") or not quantity.whole:
                        self.collector.report("HY313", line.span, clause=block.clause, unit=quantity.unit)
                        continue
                    count = int(quantity.number)
                    rules_.append(rules.CountLimit(self.period(period, block.clause), count, origin))
                case tree.Linked(group_name):
                    linked = self.group_named(group_name, block.clause)
                case _:
                    pass
        if group is None:
            self.collector.report("HY502", block.head.span, clause=block.clause, name=name, missing="适用于")
            return None
        # Repeats are tested before counts, whatever the order of the sentences (legal analysis A.6).
        rules_.sort(key=lambda rule: isinstance(rule, rules.CountLimit))
        origin = rules.Origin(block.clause, block.head.span)
        return rules.Limit(name, group, holder, tuple(rules_), linked, origin)

    def holder(self, name: Name, clause: str) -> rules.Holder | None:
        found = self.holders.get(name.text)
        if found is None:
            self.symbols.missing("归集", name, list(self.holders), clause)
        return found

    # -------------------------------------------------------------------------------------------- benefits

    def benefits(self) -> tuple[rules.Benefit, ...]:
        out = []
        for name, block in self.symbols.all("补贴").items():
            try:
                out.append(_BenefitBuilder(self, name, block).build())
            except Unresolved:
                continue
        return tuple(out)

    def record_of(self, facts: Iterable[rules.Fact], place: tree.Node, name: str, clause: str) -> str:
        """The one kind of record that these facts belong to."""
        records = list(dict.fromkeys(fact.record for fact in facts))
        if len(records) > 1:
            self.collector.report(
                "HY506", place.span, clause=clause, name=name, records="、".join(records)
            )
        first = next(iter(self.symbols.all("记录")), "")
        return records[0] if records else first


def lines_of(block: tree.Block, kind: type[L]) -> list[L]:
    return [line for line in block.lines if isinstance(line, kind)]


@define
class _BenefitBuilder:
    """One benefit, line by line."""

    checker: ItemChecker
    name: str
    block: tree.Block
    expressions: Expressions = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.expressions = Expressions(self.checker.scope, self.block.clause)

    def build(self) -> rules.Benefit:
        delegated = self.statement("委托")
        applies = self.one(tree.Applies)
        applies_typed = self.expressions.condition(applies.condition) if applies else None
        if applies_typed is not None:
            self.must_be_known(applies_typed, NOTHING, applies_typed.expr.origin)
        origin = rules.Origin(self.block.clause, self.block.head.span)
        if delegated:
            self.refuse_rules()
            return self.delegated(delegated, applies_typed, origin)
        governing = self.governing()
        known = applies_typed.if_true if applies_typed else NOTHING
        conditions, known = self.sequence(self.conditions(), known, governing)
        cases = self.cases(known, governing)
        uplifts = tuple(self.uplift(line, known, governing) for line in lines_of(self.block, tree.Uplift))
        cap, rounding = self.cap(), self.rounding()
        stacking = self.stacking()
        year = self.year_date()
        benefit = rules.Benefit(
            self.name,
            "",
            applies_typed.expr if applies_typed else None,
            self.pending(),
            conditions,
            cases,
            uplifts,
            stacking,
            cap,
            rounding,
            self.fund(),
            self.payees(),
            self.applicants(),
            governing.expr if governing else None,
            year,
            "",
            self.one(tree.Otherwise) is not None,
            origin,
        )
        self.exact(benefit)
        self.ledger_facts_known(known, benefit)
        return self.with_record(benefit)

    def with_record(self, benefit: rules.Benefit) -> rules.Benefit:
        from attrs import evolve

        record = self.checker.record_of(facts_in(benefit), self.block.head, self.name, self.block.clause)
        return evolve(benefit, record=record)

    def delegated(
        self, ground: str, applies: Typed | None, origin: rules.Origin
    ) -> rules.Benefit:
        benefit = rules.Benefit(
            self.name, "", applies.expr if applies else None, (), (), (), (), None, None, None,
            self.fund(), self.payees(), self.applicants(), None, self.year_date(), ground, False, origin,
        )  # fmt: skip
        return self.with_record(benefit)

    def refuse_rules(self) -> None:
        for kind in (tree.ConditionLine, tree.Amount, tree.Case, tree.Uplift, tree.Cap, tree.Rounding):
            for line in lines_of(self.block, kind):
                words = "".join(line.span.text.split())[:4]
                self.report("HY509", line.span, name=self.name, line=words)

    # ------------------------------------------------------------------------------------------ conditions

    def conditions(self) -> list[Condition]:
        """Common conditions, then the benefit's own, then what excludes it."""
        out = [
            self.gate(block, gate, group)
            for block, gate in self.checker.gates
            if not gate.pending
            for group in [self.checker.group_named(gate.group, block.clause)]
            if group is not None and self.name in _all_members(group)
        ]
        for line in lines_of(self.block, tree.ConditionLine):
            out += self.split(line.condition)
        for exclusion in lines_of(self.block, tree.Exclusion):
            out.append(self.exclusion(exclusion))
        return out

    def split(self, node: tree.Expr) -> list[Condition]:
        """The parts of the outermost 且, each a condition with a reason of its own."""
        parts = node.operands if isinstance(node, tree.Conjunction) else (node,)
        out = []
        for part in parts:
            typed = self.expressions.condition(part)
            out.append(Condition(typed, _denial(typed.expr), typed.expr.origin))
        return out

    def gate(self, block: tree.Block, gate: tree.Gate, group: rules.Group) -> Condition:
        typed = Expressions(self.checker.scope, block.clause).condition(gate.condition)
        origin = rules.Origin(block.clause, gate.span)
        typed = _where_member(typed, group, self.name, Typed(rules.Literal(True, BOOL, origin)), origin)
        return Condition(typed, gate.denial or gate.name.text, origin)

    def exclusion(self, line: tree.Exclusion) -> Condition:
        origin = rules.Origin(self.block.clause, line.span)
        typed = negated(self.expressions.condition(tree.Word(line.fact.text, span=line.fact.span)), origin)
        return Condition(typed, f"已享受「{line.label}」", origin)

    def pending(self) -> tuple[rules.Gate, ...]:
        out = []
        for block, gate in self.checker.gates:
            if not gate.pending:
                continue
            group = self.checker.group_named(gate.group, block.clause)
            if group is None or self.name not in _all_members(group):
                continue
            typed = Expressions(self.checker.scope, block.clause).condition(gate.condition)
            origin = rules.Origin(block.clause, gate.span)
            typed = _where_member(typed, group, self.name, Typed(rules.Literal(False, BOOL, origin)), origin)
            self.must_be_known(typed, NOTHING, origin)
            out.append(rules.Gate(gate.name.text, group, typed.expr, gate.ground, origin))
        return tuple(out)

    def sequence(
        self, conditions: Sequence[Condition], known: Needs, governing: Typed | None
    ) -> tuple[tuple[rules.Condition, ...], Needs]:
        """Conditions with what each relies on; whatever is not established is reported."""
        date = date_name(governing.expr) if governing else ""
        out: list[rules.Condition] = []
        established: list[Needs] = []
        for condition in conditions:
            prerequisites: list[int] = []
            for need in sorted(unmet(condition.typed.needs, known, date)):
                mark = in_term_mark(date) if need == VERSION else need
                source = next((i for i, marks in enumerate(established) if mark in marks), None)
                if source is None:
                    self.must_be_known(condition.typed, known.union(*established), condition.origin, date)
                elif source not in prerequisites:
                    prerequisites.append(source)
            out.append(
                rules.Condition(condition.typed.expr, condition.denial, tuple(prerequisites), condition.origin)
            )
            established.append(condition.typed.if_true)
        return tuple(out), known.union(*established)

    def must_be_known(self, typed: Typed, known: Needs, origin: rules.Origin, governing: str = "") -> None:
        for need in sorted(unmet(typed.needs, known, governing)):
            if need == VERSION:
                self.report(
                    "HY410", origin.span, name=self.name, used="参数或表", date=governing or "适用日"
                )
            else:
                self.report("HY306", origin.span, fact=need)

    def cases(self, known: Needs, governing: Typed | None) -> tuple[rules.Case, ...]:
        amounts, cases = lines_of(self.block, tree.Amount), lines_of(self.block, tree.Case)
        if amounts and cases:
            self.report("HY505", amounts[0].span, name=self.name)
        if not amounts and not cases:
            self.report("HY502", self.block.head.span, name=self.name, missing="金额")
        out = []
        date = date_name(governing.expr) if governing else ""
        for line in cases or amounts[:1]:
            origin = rules.Origin(self.block.clause, line.span)
            written = self.split(line.condition) if isinstance(line, tree.Case) else []
            conditions, known_here = self.sequence(written, known, governing)
            amount = self.expressions.money(line.amount)
            self.must_be_known(amount, known_here, amount.expr.origin, date)
            name = line.name.text if isinstance(line, tree.Case) else ""
            out.append(rules.Case(name, conditions, amount.expr, origin))
        return tuple(out)

    def uplift(self, line: tree.Uplift, known: Needs, governing: Typed | None) -> rules.Uplift:
        typed = self.expressions.condition(line.condition)
        origin = rules.Origin(self.block.clause, line.span)
        self.must_be_known(typed, known, origin, date_name(governing.expr) if governing else "")
        rate = self.rate(line, known, governing)
        return rules.Uplift(rate, typed.expr, origin)

    def rate(
        self, line: tree.Uplift, known: Needs, governing: Typed | None
    ) -> rules.Literal | rules.ParameterRef:
        """A percentage as written, or a parameter that is one."""
        if not isinstance(line.rate, Name):
            origin = rules.Origin(self.block.clause, line.span)
            return rules.Literal(line.rate.number, NumberType(), origin)
        word = tree.Word(line.rate.text, span=line.rate.span)
        typed = self.expressions.build(word)
        if not isinstance(typed.expr, rules.ParameterRef) or typed.type != NumberType():
            self.expressions.wrong(word, typed.type, "百分比的参数")
            raise Unresolved
        date = date_name(governing.expr) if governing else ""
        self.must_be_known(typed, known, typed.expr.origin, date)
        return typed.expr

    # ----------------------------------------------------------------------------------------- other lines

    def stacking(self) -> rules.Stacking | rules.StackingByReading | None:
        """The stated mode; whether one is needed is a question of what can meet (proof.overlaps)."""
        line = self.one(tree.StackingLine)
        if line is None:
            return None
        if not line.by_reading:
            return rules.Stacking(line.mode.text)
        reading = self.checker.reading(line.mode, self.block.clause)
        if reading is None:
            return None
        modes = {mode.value: mode for mode in rules.Stacking}
        for option in reading.options:
            if option not in modes:
                self.report("HY513", line.span, reading=reading.name, word=option)
        options = tuple((option, modes[option]) for option in reading.options if option in modes)
        return rules.StackingByReading(reading, options)

    def cap(self) -> rules.Cap | None:
        line = self.one(tree.Cap)
        if line is None:
            return None
        if COMPARISONS[line.word] is not Comparison.AT_MOST:
            self.report("HY511", line.span)
        if line.quantity.unit != YUAN:
            self.report("HY308", line.span, unit=line.quantity.unit)
        elif (line.quantity.number * 100).denominator != 1:
            self.report("HY512", line.span)
        if not self.checker.holders:
            self.report("HY507", line.span, action="写封顶")
            return None
        holder = self.checker.holder(line.holder, self.block.clause)
        if holder is None:
            return None
        period = self.checker.period(line.period, self.block.clause)
        origin = rules.Origin(self.block.clause, line.span)
        return rules.Cap(holder, period, Fraction(line.quantity.number), origin)

    def rounding(self) -> rules.Rounding | None:
        line = self.one(tree.Rounding)
        if line is None:
            return None
        origin = rules.Origin(self.block.clause, line.span)
        return rules.Rounding(RoundingPlace.named(line.place), RoundingMode(line.mode), origin)

    def exact(self, benefit: rules.Benefit) -> None:
        """Without 取整, every amount must be proved to end in whole fen."""
        if benefit.rounding is None and may_break_the_fen(benefit):
            self.report("HY408", self.block.head.span, name=self.name)

    def governing(self) -> Typed | None:
        line = self.naming("适用日")
        name = line.names[0] if line else self.checker.defaults.governing
        if name is None:
            return None
        typed = self.expressions.build(tree.Word(name.text, span=name.span))
        if str(typed.type) != "日期":
            self.expressions.wrong(tree.Word(name.text, span=name.span), typed.type, "日期")
        return typed

    def year_date(self) -> rules.Fact | None:
        line = self.naming("汇总年度")
        return self.checker.fact(line.names[0], self.block.clause) if line else self.checker.defaults.year_date

    def fund(self) -> rules.Fund | None:
        line = self.naming("资金")
        if line is None:
            if not self.statement("委托"):
                self.report("HY502", self.block.head.span, name=self.name, missing="资金")
            return None
        name = line.names[0]
        self.checker.scope.used.add(name.text)
        fund = self.checker.funds.get(name.text)
        if fund is None:
            self.checker.symbols.missing("资金", name, list(self.checker.funds), self.block.clause)
        elif fund.only_for is not None and self.name not in _all_members(fund.only_for):
            places = (Place(line.span), Place(fund.origin.span, "在这里规定专用"))
            self.report("HY508", *places, fund=fund.name, group=fund.only_for.name, name=self.name)
        return fund

    def payees(self) -> tuple[rules.Payee, ...]:
        """Who is paid, first of all whoever has advanced the money (垫付)."""
        lines = [line for line in lines_of(self.block, tree.Parties) if line.word in ("发给", "垫付")]
        lines.sort(key=lambda line: line.word != "垫付")
        out = []
        for line in lines:
            for party in line.parties:
                fact = self.checker.fact(party, self.block.clause) if party is not None else None
                if party is None or fact is not None:
                    out.append(rules.Payee(fact))
        return tuple(out)

    def applicants(self) -> tuple[str, ...]:
        lines = [line for line in lines_of(self.block, tree.Parties) if line.word == "申请"]
        return tuple(party.text if party else "本人" for line in lines for party in line.parties)

    def ledger_facts_known(self, known: Needs, benefit: rules.Benefit) -> None:
        """A benefit under a limit must have the facts that order the ledger, and its year."""
        for fact in {f.name: f for f in [benefit.year_date] if f is not None}.values():
            if fact.optional and fact.name not in known:
                self.report("HY514", self.block.head.span, fact=fact.name, name=self.name)

    # ---------------------------------------------------------------------------------------------- pieces

    def one(self, kind: type[L]) -> L | None:
        lines = lines_of(self.block, kind)
        for extra in lines[1:]:
            span = extra.span  # type: ignore[attr-defined]
            self.report("HY503", Place(span, "第二次"), word="".join(span.text.split())[:8])
        return lines[0] if lines else None

    def statement(self, word: str) -> str:
        lines = [line for line in lines_of(self.block, tree.Statement) if line.word == word]
        return lines[0].texts[0].text if lines else ""

    def naming(self, word: str) -> tree.Naming | None:
        lines = [line for line in lines_of(self.block, tree.Naming) if line.word == word]
        for extra in lines[1:]:
            self.report("HY503", extra.span, word=word)
        return lines[0] if lines else None

    def report(self, code: str, *places: object, **facts: object) -> None:
        self.checker.collector.report(code, *places, clause=self.block.clause, **facts)  # type: ignore[arg-type]


def _all_members(group: rules.Group) -> frozenset[str]:
    """The items that a group may have under any reading."""
    match group.members:
        case rules.GroupByReading(_, options):
            return frozenset(name for _, members in options for name in members)
        case members:
            return frozenset(members)


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


def _denial(expr: rules.Expr) -> str:
    """What a refusal for want of this condition says."""
    match expr:
        case rules.ConceptRef(concept):
            return concept.denial or f"不符合「{concept.name}」"
        case rules.Not(rules.ConceptRef(concept)):
            return f"属于「{concept.name}」"
        case _:
            return f"不满足：{expr.origin.text}"
