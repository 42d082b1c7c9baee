"""Can these conditions hold (or fail) together? A search over the cases of 或, exact where the store is exact.

A branch that ends without contradiction must yield a record, on which the exact evaluator itself confirms every
condition; only then is the answer that they can. Where every branch is contradictory they cannot, and this is a proof.
Anything else is undecided, with the words that could not be seen through.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final, assert_never

from attrs import define, evolve, field, frozen

from hypolicy.backends.exact.compile import Compiler
from hypolicy.proof.store import ZERO, Contradiction, Months, Rows, Store, scale
from hypolicy.proof.witness import record_from
from hypolicy.rules import tree
from hypolicy.rules.facts import facts_of
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.rules.outcome import Settings

Goal = tuple[tree.Expr, bool]
Ways = list[list[Goal]]
_MOST_BRANCHES: Final = 20_000
_PLAIN_DAY: Final = date(2020, 6, 15)

_NEGATED: Final = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.BELOW: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.ABOVE,
    Comparison.ABOVE: Comparison.AT_MOST,
}
_MIRRORED: Final = {
    Comparison.EQUAL: Comparison.EQUAL,
    Comparison.UNEQUAL: Comparison.UNEQUAL,
    Comparison.AT_LEAST: Comparison.AT_MOST,
    Comparison.BELOW: Comparison.ABOVE,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.ABOVE: Comparison.BELOW,
}


class Verdict(Enum):
    EXCLUSIVE = "已证明互斥"
    POSSIBLE = "可能同时成立"
    UNDECIDED = "无法判断"


@frozen
class Answer:
    """`witness` is a whole record where the verdict is POSSIBLE; `relevant` names its facts that matter."""

    verdict: Verdict
    witness: tuple[Any, ...] = ()
    relevant: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


@define
class Search:
    """One question about records of one kind, under one choice of settings, in one period without new versions."""

    kind: tree.RecordKind
    settings: Settings
    tables: dict[str, tree.TableVersion]
    day: date | None
    compiler: Compiler = field(init=False)
    branches: int = 0
    unseen: dict[str, None] = field(factory=dict)
    spoken_of: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.compiler = Compiler(self.settings)

    def ask(self, goals: Sequence[Goal], rows: Sequence[tree.Lookup] = ()) -> Answer:
        """Whether a faultless record meets all goals, with a row in each table that is looked up."""
        validations = [(validation.condition, True) for validation in self.kind.validations]
        everything = [*goals, *validations]
        self.spoken_of = {name for expr in [*(e for e, _ in goals), *rows] for name in facts_of(expr)}
        store = Store()
        try:
            for lookup in rows:
                self.lookup(store, lookup)
            found = self.solve(store, everything, [], everything)
        except Contradiction:
            found = None
        if found is not None:
            return found
        if self.unseen:
            return Answer(Verdict.UNDECIDED, unseen=tuple(self.unseen))
        return Answer(Verdict.EXCLUSIVE)

    # ---------------------------------------------------------------------------------------------- search

    def solve(
        self, store: Store, goals: Sequence[Goal], choices: list[Ways], everything: Sequence[Goal]
    ) -> Answer | None:
        """The first record found; None where there is none on this branch."""
        pending, open_choices = list(goals), list(choices)
        while pending:
            expr, holds = pending.pop()
            ways = self.step(store, expr, holds)
            if ways is None:
                continue
            if len(ways) == 1:
                pending.extend(ways[0])
            else:
                open_choices.append(ways)
        if not open_choices:
            return self.leaf(store, everything)
        open_choices.sort(key=len)
        first, rest = open_choices[0], open_choices[1:]
        for way in first:
            self.branches += 1
            if self.branches > _MOST_BRANCHES:
                self.unseen["情况过多"] = None
                return None
            try:
                found = self.solve(store.copy(), way, rest, everything)
            except Contradiction:
                continue
            if found is not None:
                return found
        return None

    def leaf(self, store: Store, everything: Sequence[Goal]) -> Answer | None:
        record = record_from(store, self.kind, self.day or _PLAIN_DAY)
        if record is not None:
            try:
                if all(bool(self.compiler.function(e)(record, self.day)) is h for e, h in everything):
                    relevant = tuple(name for name in store.given if name in self.spoken_of)
                    return Answer(Verdict.POSSIBLE, record, relevant)
            except Exception:
                record = None
        for words in store.opaque:
            self.unseen[words] = None
        if not store.opaque:
            self.unseen["没有找到具体的例子"] = None
        return None

    # ----------------------------------------------------------------------------------------- one condition

    def step(self, store: Store, expr: tree.Expr, holds: bool) -> Ways | None:
        """Put one condition into the store; the ways to meet it, where there is more than its own word."""
        match expr:
            case tree.Literal(value):
                if bool(value) is not holds:
                    raise Contradiction
                return None
            case tree.ConceptRef(concept):
                return [[(concept.body, holds)]]
            case tree.ByReading(reading, options):
                return [[(dict(options)[self.settings.option(reading)], holds)]]
            case tree.Not(operand):
                return [[(operand, not holds)]]
            case tree.All(operands):
                return _ways(operands, holds, every=holds)
            case tree.Any(operands):
                return _ways(operands, holds, every=not holds)
            case tree.FactRef(fact):
                store.choose(fact, [True], holds)
                return None
            case tree.Given(fact):
                store.present(fact, holds)
                if holds:
                    store.know(fact)
                return None
            case tree.Compare():
                return self.compare(store, expr, holds)
            case tree.OneOf(operand, labels):
                return self.one_of(store, expr, operand, labels, holds)
            case tree.InTable(table, key, value):
                listed = frozenset(row[key] for row in self.tables[table.name].rows)
                return self.one_of(store, expr, value, listed, holds)
            case tree.InTerm(operand, term):
                return self.in_term(store, expr, operand, term.start, term.end or date.max, holds)
            case tree.Within():
                return self.within(store, expr, holds)
            case tree.TermLength():
                return self.term_length(store, expr, holds)
            case (
                tree.ParameterRef()
                | tree.Lookup()
                | tree.Age()
                | tree.Shift()
                | tree.Sum()
                | tree.Product()
                | tree.Extreme()
            ):
                return self.unseeable(store, expr, holds)
            case _:
                assert_never(expr)

    def value(self, expr: tree.Expr) -> tree.Expr:
        """A concept or a reading replaced by what it stands for."""
        while True:
            match expr:
                case tree.ConceptRef(concept):
                    expr = concept.body
                case tree.ByReading(reading, options):
                    expr = dict(options)[self.settings.option(reading)]
                case _:
                    return expr

    def unseeable(self, store: Store, expr: tree.Expr, holds: bool) -> Ways | None:
        """A condition beyond the store: assumed as it stands, and named where it leaves the answer open."""
        store.assume(expr.origin.text, holds)
        return None

    def one_of(
        self, store: Store, expr: tree.Expr, operand: tree.Expr, labels: Any, holds: bool
    ) -> Ways | None:
        operand = self.value(operand)
        if isinstance(operand, tree.FactRef):
            store.choose(operand.fact, labels, holds)
            return None
        return self.unseeable(store, expr, holds)

    def in_term(
        self, store: Store, expr: tree.Expr, operand: tree.Expr, first: date, last: date, holds: bool
    ) -> Ways | None:
        operand = self.value(operand)
        if not isinstance(operand, tree.FactRef):
            return self.unseeable(store, expr, holds)
        bounds = [
            tree.Compare(comparison, operand, tree.Literal(day, operand.fact.type, expr.origin), expr.origin)
            for comparison, day in ((Comparison.AT_LEAST, first), (Comparison.AT_MOST, last))
        ]
        return _ways(bounds, holds, every=holds)

    def within(self, store: Store, expr: tree.Within, holds: bool) -> Ways | None:
        """Not before the start, and the start plus so many months not before the day."""
        start, day = self.value(expr.start), self.value(expr.operand)
        if not (isinstance(start, tree.FactRef) and isinstance(day, tree.FactRef)):
            return self.unseeable(store, expr, holds)
        ended = tree.TermLength(start, day, Comparison.AT_MOST, expr.amount, expr.unit, expr.origin)
        if expr.unit == "天":  # a term of days counts both ends, a distance only one
            ended = evolve(ended, amount=expr.amount + 1)
            return self.both_ways(start, day, ended, holds)
        if not holds:
            return self.unseeable(store, expr, holds)
        store.know(start.fact)
        store.know(day.fact)
        a, b = start.fact.name, day.fact.name
        store.difference(a, b, 0)
        months = expr.amount * (12 if expr.unit == "年" else 1)
        store.term(Months(a, b, months, strict=True, holds=False, slack=1))
        return None

    def both_ways(self, start: tree.FactRef, day: tree.FactRef, ended: tree.TermLength, holds: bool) -> Ways:
        begun = tree.Compare(Comparison.AT_LEAST, day, start, ended.origin)
        return _ways([begun, ended], holds, every=holds)

    def term_length(self, store: Store, expr: tree.TermLength, holds: bool) -> Ways | None:
        first, last = self.value(expr.first), self.value(expr.last)
        comparison = expr.comparison if holds else _NEGATED[expr.comparison]
        if not (isinstance(first, tree.FactRef) and isinstance(last, tree.FactRef)):
            return self.unseeable(store, expr, holds)
        store.know(first.fact)
        store.know(last.fact)
        a, b = first.fact.name, last.fact.name
        if expr.unit == "天":
            return self.days(store, expr, comparison, a, b)
        months = expr.amount * (12 if expr.unit == "年" else 1)
        match comparison:
            case Comparison.AT_LEAST:
                store.term(Months(a, b, months, strict=False, holds=True))
            case Comparison.BELOW:
                store.term(Months(a, b, months, strict=False, holds=False))
            case Comparison.ABOVE:
                store.term(Months(a, b, months, strict=True, holds=True))
            case Comparison.AT_MOST:
                store.term(Months(a, b, months, strict=True, holds=False))
            case _:
                self.unseeable(store, expr, holds)
        return None

    def days(
        self, store: Store, expr: tree.TermLength, comparison: Comparison, a: str, b: str
    ) -> Ways | None:
        """b − a + 1 compared with a number of days."""
        n = expr.amount - 1
        match comparison:
            case Comparison.AT_LEAST:
                store.difference(a, b, -n)
            case Comparison.ABOVE:
                store.difference(a, b, -n - 1)
            case Comparison.AT_MOST:
                store.difference(b, a, n)
            case Comparison.BELOW:
                store.difference(b, a, n - 1)
            case Comparison.EQUAL:
                store.difference(a, b, -n)
                store.difference(b, a, n)
            case _:
                self.unseeable(store, expr, True)
        return None

    # ------------------------------------------------------------------------------------------ comparisons

    def compare(self, store: Store, expr: tree.Compare, holds: bool) -> Ways | None:
        comparison = expr.comparison if holds else _NEGATED[expr.comparison]
        left, right = self.value(expr.left), self.value(expr.right)
        if isinstance(left, tree.Literal) and isinstance(right, tree.FactRef):
            left, right, comparison = right, left, _MIRRORED[comparison]
        kind = left.type
        if isinstance(left, tree.Literal) and isinstance(right, tree.Literal):
            if not comparison.meaning(left.value, right.value):
                raise Contradiction
            return None
        if isinstance(left, tree.Age) and isinstance(right, tree.Literal):
            return self.age(store, expr, comparison, left, int(right.value), holds)  # type: ignore[arg-type]
        if isinstance(kind, BoolType) and isinstance(right, tree.Literal):
            wanted = right.value is (comparison is Comparison.EQUAL)
            return [[(left, wanted)]]
        if not isinstance(left, tree.FactRef):
            return self.unseeable(store, expr, holds)
        match kind:
            case EnumType(_, labels) if isinstance(right, tree.Literal):
                rank = labels.index(str(right.value))
                chosen = [label for i, label in enumerate(labels) if comparison.meaning(i, rank)]
                store.choose(left.fact, chosen, True)
                return None
            case TextType() | IdentifierType() if isinstance(right, tree.Literal):
                store.choose(left.fact, [right.value], comparison is Comparison.EQUAL)
                return None
            case NumberType() | DateType():
                return self.difference(store, expr, comparison, left.fact, right, holds)
            case _:
                return self.unseeable(store, expr, holds)

    def age(
        self,
        store: Store,
        expr: tree.Compare,
        comparison: Comparison,
        age: tree.Age,
        years: int,
        holds: bool,
    ) -> Ways | None:
        """Completed years: n or more exactly when the n-th birthday is not after the day."""
        birth, day = self.value(age.birth), self.value(age.day)
        if not (isinstance(birth, tree.FactRef) and isinstance(day, tree.FactRef)):
            return self.unseeable(store, expr, holds)
        reached = {
            Comparison.AT_LEAST: (years, True),
            Comparison.ABOVE: (years + 1, True),
            Comparison.BELOW: (years, False),
            Comparison.AT_MOST: (years + 1, False),
        }.get(comparison)
        if reached is None:
            return self.unseeable(store, expr, holds)
        store.know(birth.fact)
        store.know(day.fact)
        n, old_enough = reached
        store.term(Months(birth.fact.name, day.fact.name, 12 * n, strict=True, holds=old_enough))
        return None

    def difference(
        self,
        store: Store,
        expr: tree.Compare,
        comparison: Comparison,
        left: tree.Fact,
        right: tree.Expr,
        holds: bool,
    ) -> Ways | None:
        """A number or a date against a constant or another one."""
        match right:
            case tree.Literal(value):
                name, low, high = ZERO, *_whole(value, scale(left))
            case tree.FactRef(other) if scale(other) == scale(left):
                store.know(other)
                name, low, high = other.name, 0, 0
            case _:
                return self.unseeable(store, expr, holds)
        store.know(left)
        match comparison:
            case Comparison.AT_LEAST:
                store.difference(name, left.name, -low)
            case Comparison.ABOVE:
                store.difference(name, left.name, -high - 1)
            case Comparison.AT_MOST:
                store.difference(left.name, name, high)
            case Comparison.BELOW:
                store.difference(left.name, name, low - 1)
            case Comparison.EQUAL:
                if low != high:
                    raise Contradiction
                store.difference(left.name, name, high)
                store.difference(name, left.name, -low)
            case Comparison.UNEQUAL:
                sides = (Comparison.ABOVE, Comparison.BELOW)
                return [[(tree.Compare(side, expr.left, expr.right, expr.origin), True)] for side in sides]
        return None

    def lookup(self, store: Store, lookup: tree.Lookup) -> None:
        """The keys of a look-up must be a row of the table."""
        keys = [self.value(key) for key in lookup.keys]
        rows = self.tables[lookup.table.name].rows
        if all(isinstance(key, tree.FactRef) for key in keys):
            facts = [key.fact for key in keys if isinstance(key, tree.FactRef)]
            for fact in facts:
                store.know(fact)
            store.row(Rows(tuple(fact.name for fact in facts), frozenset(rows)))


def _whole(value: Any, factor: int) -> tuple[int, int]:
    """The least whole number not below the value, and the greatest not above it."""
    if isinstance(value, date):
        return value.toordinal(), value.toordinal()
    scaled = Fraction(value) * factor
    return ceil(scaled), floor(scaled)


def _ways(operands: Sequence[tree.Expr], holds: bool, *, every: bool) -> Ways:
    if every:
        return [[(operand, holds) for operand in operands]]
    return [[(operand, holds)] for operand in operands]
