"""The ledger and its limits, and what both need to know of every payment that they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.check.once import Once
from hypolicy.check.typed import in_words
from hypolicy.rules import tree as rules
from hypolicy.rules.ledger import all_members, rule_facts
from hypolicy.rules.operators import WORDS as COMPARISONS
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import BoolType, DateType, EnumType
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hypolicy.check.groups import GroupChecker
    from hypolicy.check.scope import Scope
    from hypolicy.check.symbols import Symbols
    from hypolicy.syntax.tree import Block, Document, Name

_COUNTED = frozenset({"次", "人次"})


@define
class LedgerChecker:
    """`holders` are the accounts that limits and caps run on; `lost` where the ledger itself could not be read."""

    symbols: Symbols
    scope: Scope
    groups: GroupChecker
    year_date: rules.Fact | None
    holders: dict[str, rules.Holder] = field(factory=dict)
    lost: bool = False

    # ---------------------------------------------------------------------------------------------- ledger

    def ledger(self, document: Document) -> rules.Ledger | None:
        blocks = [block for block in document.blocks if isinstance(block.head, tree.Ledger)]
        if not blocks:
            self.lost = bool(document.lost)
            return None
        block = blocks[0]
        once = Once(self.symbols.collector, block.clause)
        for other in blocks:
            once.only("台账", other.head.span)
        order: tuple[rules.Fact, ...] = ()
        year = self.year_date
        for line in block.lines:
            match line:
                case tree.Holder(name, fact_name):
                    fact = self.fact(fact_name, block.clause)
                    if fact is not None:
                        self.holders.setdefault(name.text, rules.Holder(name.text, fact))
                    self.lost = self.lost or fact is None
                case tree.Naming("次序", names) if once.only("次序", line.span):
                    facts = [self.ordering(name, block.clause) for name in names]
                    order = tuple(fact for fact in facts if fact is not None)
                    self.lost = self.lost or None in facts
                case tree.Naming("台账年度", names) if once.only("台账年度", line.span):
                    year = self.day(names[0], block.clause)
                    self.lost = self.lost or year is None
                case _:
                    pass
        self.lost = self.lost or block.damaged
        if not self.lost:
            for missing, present in (("归集", self.holders), ("次序", order), ("台账年度", year)):
                if not present:
                    self.report("HY502", block.head.span, "", name="台账", missing=missing)
                    self.lost = True
        if self.lost or year is None:
            return None
        ledger = rules.Ledger(
            tuple(self.holders.values()), order, year, rules.Origin(block.clause, block.head.span)
        )
        self.one_record([*(h.fact for h in ledger.holders), *order, year], block)
        return ledger

    def one_record(self, facts: Iterable[rules.Fact], block: Block) -> None:
        records = list(dict.fromkeys(fact.record for fact in facts))
        if len(records) > 1:
            records_text = "、".join(f"「{record}」" for record in records)
            self.report("HY506", block.head.span, block.clause, name="台账", records=records_text)

    def report(self, code: str, place: object, clause: str, **facts: object) -> None:
        self.scope.report(code, place, clause=clause, **facts)  # type: ignore[arg-type]

    def fact(self, name: Name, clause: str) -> rules.Fact | None:
        fact = self.scope.facts.get(name.text)
        if fact is None:
            self.symbols.missing("事实", name, self.scope.facts, clause)
        return fact

    def facts(self, names: Iterable[Name], clause: str) -> tuple[rules.Fact, ...] | None:
        found = [self.fact(name, clause) for name in names]
        return None if None in found else tuple(fact for fact in found if fact is not None)

    def level(self, name: Name, line: tree.NoLower, clause: str) -> rules.Fact | None:
        """A fact whose values rise."""
        fact = self.fact(name, clause)
        if fact is not None and not (isinstance(fact.type, EnumType) and fact.type.ordered):
            self.report("HY307", line.span, clause, enum=name)
            return None
        return fact

    def day(self, name: Name, clause: str) -> rules.Fact | None:
        """A fact that is a date."""
        fact = self.fact(name, clause)
        if fact is not None and not isinstance(fact.type, DateType):
            self.report("HY301", name.span, clause, word=name, actual=in_words(fact.type), wanted="日期")
            return None
        return fact

    def ordering(self, name: Name, clause: str) -> rules.Fact | None:
        """A fact by which payments can be put in order."""
        fact = self.fact(name, clause)
        if fact is not None and isinstance(fact.type, BoolType):
            wanted = "可以分先后的事实"
            self.report("HY301", name.span, clause, word=name, actual=in_words(fact.type), wanted=wanted)
            return None
        if fact is not None and isinstance(fact.type, EnumType) and not fact.type.ordered:
            self.report("HY307", name.span, clause, enum=fact.type.name)
            return None
        return fact

    def holder(self, name: Name, clause: str) -> rules.Holder | None:
        found = self.holders.get(name.text)
        if found is None and not self.lost:
            self.symbols.missing("归集", name, self.holders, clause)
        return found

    # ---------------------------------------------------------------------------------------------- limits

    def limits(self) -> tuple[rules.Limit, ...]:
        found = (self._limit(name, block) for name, block in self.symbols.all("限制").items())
        return tuple(limit for limit in found if limit is not None)

    def _limit(self, name: str, block: Block) -> rules.Limit | None:
        if not self.holders:
            if not self.lost:
                self.report("HY507", block.head.span, block.clause, action="写限制")
            return None
        once = Once(self.symbols.collector, block.clause)
        group: rules.Group | None = None
        linked: rules.Group | None = None
        holder = next(iter(self.holders.values()))
        rules_: list[rules.LimitRule] = []
        covered = block.damaged
        for line in block.lines:
            match line:
                case tree.Covers(group_name, holder_name) if once.only("适用于", line.span):
                    covered = True
                    group = self.groups.group(group_name, block.clause)
                    if holder_name is not None:
                        holder = self.holder(holder_name, block.clause) or holder
                case tree.NoRepeat() | tree.NoLower() | tree.NotTogether() | tree.CountLimit():
                    rule = self._rule(line, block.clause)
                    rules_ += [] if rule is None else [rule]
                case tree.Linked(group_name) if once.only("一并不予", line.span):
                    linked = self.groups.group(group_name, block.clause)
                case _:
                    pass
        if not covered:
            self.report("HY502", block.head.span, block.clause, name=name, missing="适用于")
        if not rules_ and not block.damaged and not any(_is_rule(line) for line in block.lines):
            self.report("HY502", block.head.span, block.clause, name=name, missing="不重复享受或次数")
        if group is None:
            return None
        # Repeats are tested before counts, whatever the order of the sentences (legal analysis A.6).
        rules_.sort(key=lambda rule: isinstance(rule, rules.CountLimit))
        origin = rules.Origin(block.clause, block.head.span)
        return rules.Limit(name, group, holder, tuple(rules_), linked, origin)

    def _rule(
        self, line: tree.NoRepeat | tree.NoLower | tree.NotTogether | tree.CountLimit, clause: str
    ) -> rules.LimitRule | None:
        origin = rules.Origin(clause, line.span)
        match line:
            case tree.NoRepeat(keys, written):
                facts, period = self.facts(keys, clause), self.groups.period(written, clause)
                return None if facts is None or period is None else rules.NoRepeat(facts, period, origin)
            case tree.NoLower(keys, level_name):
                facts, level = self.facts(keys, clause), self.level(level_name, line, clause)
                return None if facts is None or level is None else rules.NoLower(facts, level, origin)
            case tree.NotTogether(written):
                period = self.groups.period(written, clause)
                return None if period is None else rules.NotTogether(period, origin)
            case tree.CountLimit(written, word, quantity):
                period = self.groups.period(written, clause)
                if COMPARISONS[word] is not Comparison.AT_MOST:
                    self.report("HY511", line.span, clause)
                if str(quantity.unit) not in _COUNTED or not quantity.whole:
                    self.report("HY313", line.span, clause)
                    return None
                return None if period is None else rules.CountLimit(period, int(quantity.number), origin)


def _is_rule(line: tree.Line) -> bool:
    return isinstance(line, tree.NoRepeat | tree.NoLower | tree.NotTogether | tree.CountLimit)


def facts_counted(
    benefit: rules.Benefit, ledger: rules.Ledger | None, limits: Iterable[rules.Limit]
) -> Iterator[rules.Fact]:
    """The facts that the ledger reads of every payment of a benefit."""
    if ledger is None:
        return
    over = [limit for limit in limits if benefit.name in all_members(limit.group)]
    cap = benefit.cap if benefit.cap is not None and _runs_on(benefit.cap.period) else None
    if not over and cap is None:
        return
    yield from (*ledger.order, ledger.year_date)
    for limit in over:
        yield limit.holder.fact
        for rule in limit.rules:
            yield from rule_facts(rule)
    if cap is not None:
        yield cap.holder.fact


def _runs_on(period: rules.PeriodChoice) -> bool:
    """Whether a cap may run over several payments."""
    if isinstance(period, rules.PeriodByReading):
        return any(kind is not rules.PeriodKind.EACH for _, kind in period.options)
    return period is not rules.PeriodKind.EACH
