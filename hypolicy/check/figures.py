"""What stands for itself, without a benefit around it: checks of records, notices, targets and computations.

Nothing comes before such a condition, so whatever optional fact it reads it must ask for itself; and no governing
date selects a version, so it cannot look anything up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from hypolicy.check.expressions import Expressions
from hypolicy.check.symbols import head
from hypolicy.check.typed import NOTHING, Typed, Unresolved, in_words
from hypolicy.check.vocabulary import with_checks
from hypolicy.rules import tree as rules
from hypolicy.rules.facts import facts_of
from hypolicy.rules.types import DateType, NumberType
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypolicy.check.scope import Scope
    from hypolicy.check.symbols import Symbols
    from hypolicy.check.vocabulary import Records
    from hypolicy.syntax.tree import Block, Document, Name


@define
class FigureChecker:
    symbols: Symbols
    scope: Scope
    records: Records

    # -------------------------------------------------------------------------------- validations and notices

    def record_kinds(self, document: Document) -> dict[str, rules.RecordKind]:
        """The kinds of record with their 校验 and 提示."""
        validations: dict[str, list[rules.Validation]] = {name: [] for name in self.records.kinds}
        notices: dict[str, list[rules.Notice]] = {name: [] for name in self.records.kinds}
        for block in document.blocks:
            for record, rule in self._of_records(block):
                if isinstance(rule, rules.Validation) and record in validations:
                    validations[record].append(rule)
                elif isinstance(rule, rules.Notice) and record in notices:
                    notices[record].append(rule)
        return {
            name: with_checks(kind, validations[name], notices[name])
            for name, kind in self.records.kinds.items()
        }

    def _of_records(self, block: Block) -> Iterator[tuple[str, rules.Validation | rules.Notice]]:
        origin = rules.Origin(block.clause, block.head.span)
        try:
            match block.head:
                case tree.Validation(message, condition):
                    typed, fact = self._about_a_record(message, condition, block, "校验")
                    yield fact.record, rules.Validation(message.text, typed.expr, fact, origin)
                case tree.Notice(message, condition):
                    typed, fact = self._about_a_record(message, condition, block, "提示")
                    yield fact.record, rules.Notice(message.text, typed.expr, None, origin)
                case tree.OverlapNotice(message, holder, start, end):
                    key, first, last = (self._fact(name, block) for name in (holder, start, end))
                    self._must_be_date(start, first, block)
                    self._must_be_date(end, last, block)
                    if key is not None and first is not None and last is not None:
                        self.scope.tell_records(message.text, (key, first, last), block)
                        yield key.record, rules.Notice(message.text, None, (key, first, last), origin)
                case _:
                    pass
        except Unresolved:
            return

    def _about_a_record(
        self, message: Name, condition: tree.Expr, block: Block, where: str
    ) -> tuple[Typed, rules.Fact]:
        """A condition on the facts of one kind of record, and the first of these."""
        typed = self._alone(Expressions(self.scope, block.clause).condition, condition, block)
        facts = facts_of(typed.expr)
        if not facts:
            self.scope.report("HY519", condition.span, clause=block.clause, where=where)
            raise Unresolved
        self.scope.tell_records(message.text, facts.values(), block)
        return typed, next(iter(facts.values()))

    def _fact(self, name: Name, block: Block) -> rules.Fact | None:
        fact = self.scope.facts.get(name.text)
        if fact is None:
            self.symbols.missing("事实", name, self.scope.facts, block.clause)
        return fact

    def _must_be_date(self, name: Name, fact: rules.Fact | None, block: Block) -> None:
        if fact is not None and not isinstance(fact.type, DateType):
            actual = in_words(fact.type)
            self.scope.report(
                "HY301", name.span, clause=block.clause, word=name, actual=actual, wanted="日期"
            )

    def _alone(self, build: Callable[[tree.Expr], Typed], node: tree.Expr, block: Block) -> Typed:
        """An expression with nothing before it: whatever it needs is missing."""
        typed = build(node)
        version = self.scope.must_know(typed.needs, NOTHING, node.span)
        if version is not None:
            used, where = version.span.brief(), "没有适用日的地方"
            self.scope.report("HY517", version.span, clause=block.clause, word=used, where=where)
            raise Unresolved
        return typed

    # --------------------------------------------------------------------------------- checks, computations

    def checks(self) -> tuple[rules.Check, ...]:
        return tuple(
            check
            for name, block in self.symbols.all("核查或目标").items()
            for check in self._check(name, head(block, tree.Check), block)
        )

    def _check(self, name: str, written: tree.Check, block: Block) -> Iterator[rules.Check]:
        try:
            typed = self._alone(Expressions(self.scope, block.clause).condition, written.condition, block)
        except Unresolved:
            return
        facts = facts_of(typed.expr)
        self.scope.tell_records(name, facts.values(), block)
        if written.overall:
            for fact in facts.values():
                if not isinstance(fact.type, NumberType):
                    where = "全部记录合计的条件中，合计的只能是数量"
                    self.scope.report(
                        "HY517", written.condition.span, clause=block.clause, word=fact.name, where=where
                    )
        origin = rules.Origin(block.clause, written.span)
        record = self._record(facts)
        yield rules.Check(name, rules.CheckKind(written.word), record, typed.expr, written.overall, origin)

    def computations(self) -> tuple[rules.Computation, ...]:
        return tuple(
            computation
            for name, block in self.symbols.all("测算").items()
            for computation in self._computation(name, head(block, tree.Computation), block)
        )

    def _computation(self, name: str, written: tree.Computation, block: Block) -> Iterator[rules.Computation]:
        try:
            typed = self._alone(Expressions(self.scope, block.clause).money, written.amount, block)
        except Unresolved:
            return
        facts = facts_of(typed.expr)
        self.scope.tell_records(name, facts.values(), block)
        origin = rules.Origin(block.clause, written.span)
        yield rules.Computation(name, self._record(facts), typed.expr, origin)

    def _record(self, facts: dict[str, rules.Fact]) -> str:
        first = next(iter(self.symbols.all("记录")), "")
        return next((fact.record for fact in facts.values()), first)
