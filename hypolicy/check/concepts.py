"""Concepts: each is resolved when first asked for, so that their order is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.check.expressions import Expressions
from hypolicy.check.typed import Typed, Unresolved, by_reading, comparable, every, in_words
from hypolicy.check.vocabulary import each_option, find_reading
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.rules import tree as rules
from hypolicy.rules.facts import parts
from hypolicy.source import limits
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from hypolicy.check.scope import Scope
    from hypolicy.check.symbols import Symbols
    from hypolicy.syntax.tree import Block


@define
class ConceptChecker:
    symbols: Symbols
    scope: Scope
    _resolving: list[str] = field(factory=list)
    _failed: set[str] = field(factory=set)
    # How many levels a concept has, the concepts in it unfolded.
    _levels: dict[str, int] = field(factory=dict)

    def resolve_all(self) -> None:
        self.scope.resolve_concept = self.concept
        for name in self.symbols.all("概念"):
            try:
                self.concept(name)
            except Unresolved:
                continue

    def concept(self, name: str) -> Typed:
        """A concept's meaning; a circle is reported with all its members."""
        scope = self.scope
        if name in scope.concepts:
            return scope.concepts[name]
        if name in self._failed:
            raise Unresolved
        block = self.symbols.all("概念")[name]
        if name in self._resolving:
            chain = " → ".join([*self._resolving[self._resolving.index(name) :], name])
            scope.report("HY210", block.head.span, clause=block.clause, word=name, chain=chain)
            raise Unresolved
        self._resolving.append(name)
        try:
            typed, denial = self._body(block)
            self._must_be_shallow(name, typed.expr, block)
        except Unresolved:
            self._failed.add(name)
            raise
        finally:
            self._resolving.pop()
        origin = rules.Origin(block.clause, block.head.span)
        scope.concept_nodes[name] = rules.Concept(name, typed.type, typed.expr, denial, origin)
        scope.concepts[name] = typed
        return typed

    def _body(self, block: Block) -> tuple[Typed, str]:
        expressions = Expressions(self.scope, block.clause)
        match block.head:
            case tree.Concept(_, body, denial):
                return expressions.build(body), denial
            case tree.ConceptByReading(_, _, _, denial) as written:
                return self._by_reading(written, block, expressions), denial
            case _:
                raise AssertionError(block.head)

    def _by_reading(self, written: tree.ConceptByReading, block: Block, expressions: Expressions) -> Typed:
        scope = self.scope
        scope.used_readings.add(written.reading.text)
        reading = find_reading(self.symbols, scope.readings, written.reading, block.clause)
        names = [name for name, _ in written.options]
        complete = reading is not None and each_option(self.symbols, reading, names, written, block.clause)
        typed = every(expressions.build, [body for _, body in written.options])
        if reading is None or not complete:
            raise Unresolved
        for (_, body), part in zip(written.options, typed, strict=True):
            if not comparable(part.type, typed[0].type):
                kinds = {"left": in_words(typed[0].type), "right": in_words(part.type)}
                places = (Place(body.span), Place(written.options[0][1].span))
                scope.report("HY311", *places, clause=block.clause, reading=reading.name, **kinds)
                raise Unresolved
        options = [(name.text, part) for name, part in zip(names, typed, strict=True)]
        return by_reading(reading, options, rules.Origin(block.clause, written.span))

    # ------------------------------------------------------------------------------------------------ depth

    def _must_be_shallow(self, name: str, body: rules.Expr, block: Block) -> None:
        """Evaluators follow concepts into each other, and must come to an end before their stack does."""
        self._levels[name] = self._depth(body) + 1
        if self._levels[name] > limits.MAX_LEVELS:
            self.scope.report("HY219", block.head.span, clause=block.clause, limit=limits.MAX_LEVELS)
            raise Unresolved

    def _depth(self, expr: rules.Expr) -> int:
        if isinstance(expr, rules.ConceptRef):
            return self._levels[expr.concept.name] + 1
        return 1 + max((self._depth(part) for part in parts(expr)), default=0)
