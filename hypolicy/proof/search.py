"""Can these conditions hold (or fail) together? A search over the cases of 或, exact where the store is exact.

Conditions are searched in their normal form, so that one which is said twice, in whatever words, is one. A branch
that ends without contradiction must yield a record that is confirmed (by the exact evaluator, which finds every
condition met, unless the caller has a question of its own); only then is the answer that they can. Where every branch
is contradictory they cannot, and this is a proof. Anything else is undecided, with the words that could not be seen
through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen

from hypolicy.backends.exact.compile import Compiler
from hypolicy.proof.lowering import Lowering
from hypolicy.proof.store import ZERO, Contradiction, Guide, Months, Product, Store, scale
from hypolicy.proof.witness import Size, records_from
from hypolicy.rules import tree
from hypolicy.rules.facts import facts_of
from hypolicy.rules.normal_form import Forms, with_value
from hypolicy.rules.operators import Comparison
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from hypolicy.rules.normal_form import Form, Terms

Goal = tuple[tree.Expr, bool]
Ways = list[list["Form"]]
# Whether a record is what is looked for, under the readings chosen on the way (others are at their default).
Confirm = Callable[[Sequence[Any], Mapping[str, str]], bool]
_MOST_BRANCHES: Final = 20_000
_PLAIN_DAY: Final = date(2020, 6, 15)
_COMPARISONS: Final = {comparison.symbol: comparison for comparison in Comparison}


class Verdict(Enum):
    EXCLUSIVE = "已证明互斥"
    POSSIBLE = "可能同时成立"
    UNDECIDED = "无法判断"


@frozen
class Answer:
    """`witness` is a whole record where the verdict is POSSIBLE; `relevant` names its facts that matter.

    `readings` are the options that the witness rests on, where the search was free to choose; `branches` were tried.
    """

    verdict: Verdict
    witness: tuple[Any, ...] = ()
    relevant: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(factory=dict)
    branches: int = 0


@define
class Search:
    """Questions about records of one kind. `first` are the options of open readings that are tried first."""

    kind: tree.RecordKind
    forms: Forms
    preferred: date = _PLAIN_DAY
    sizes: Sequence[Size] = (1,)
    first: Mapping[str, str] = field(factory=dict)
    most_branches: int = _MOST_BRANCHES
    most_leaves: int = _MOST_BRANCHES
    branches: int = 0
    leaves: int = 0
    unseen: dict[str, None] = field(factory=dict)

    def ask(self, goals: Sequence[Form], confirm: Confirm) -> Answer:
        """Whether a record meets all goals and is confirmed."""
        self.unseen = {}
        try:
            found = self.solve(Store(), list(goals), [], confirm)
        except Contradiction:
            found = None
        if found is not None:
            return found
        if self.unseen:
            return Answer(Verdict.UNDECIDED, unseen=tuple(self.unseen), branches=self.branches)
        return Answer(Verdict.EXCLUSIVE, branches=self.branches)

    # ---------------------------------------------------------------------------------------------- search

    def solve(
        self, store: Store, goals: Sequence[Form], choices: Sequence[Ways], confirm: Confirm
    ) -> Answer | None:
        """The first record found; None where there is none on this branch."""
        open_choices = self.propagate(store, list(goals), list(choices))
        if not open_choices:
            return self.leaf(store, confirm)
        open_choices.sort(key=len)
        first, rest = open_choices[0], open_choices[1:]
        for way in first:
            self.branches += 1
            if self.branches > self.most_branches:
                self.unseen["情况过多"] = None
                return None
            try:
                found = self.solve(store.copy(), way, rest, confirm)
            except Contradiction:
                continue
            if found is not None:
                return found
        return None

    def propagate(self, store: Store, goals: list[Form], choices: list[Ways]) -> list[Ways]:
        """Put the goals and whatever follows from them into the store; the choices that are left."""
        pending, fresh = goals, choices
        while pending or fresh:
            while pending:
                ways = self.step(store, pending.pop())
                if ways is None:
                    continue
                if len(ways) == 1:
                    pending.extend(ways[0])
                else:
                    fresh.append(ways)
            settled: list[Ways] = []
            for ways in fresh:
                left = [way for way in ways if not self.refuted(store, way)]
                if not left:
                    raise Contradiction
                if any(self.established(store, way) for way in left):
                    continue
                if len(left) == 1:
                    pending.extend(left[0])
                else:
                    settled.append(left)
            if not pending:
                return settled
            fresh = settled
        return []

    def refuted(self, store: Store, way: Sequence[Form]) -> bool:
        return any(store.literals.get(base) is (not holds) for base, holds in map(self.literal, way))

    def established(self, store: Store, way: Sequence[Form]) -> bool:
        return all(store.literals.get(base) is holds for base, holds in map(self.literal, way))

    def literal(self, form: Form) -> tuple[Form, bool]:
        """A statement, and whether it is said to hold."""
        match self.forms.interner.structures[form]:
            case ("not", inner):
                return inner, False
            case _:
                return form, True

    def leaf(self, store: Store, confirm: Confirm) -> Answer | None:
        self.leaves += 1
        if self.leaves > self.most_leaves:
            self.unseen["情况过多"] = None
            return None
        for record in records_from(store, self.kind, self.preferred, self.sizes):
            if confirm(record, store.readings):
                return Answer(Verdict.POSSIBLE, record, tuple(store.given), readings=dict(store.readings))
        for form in store.opaque:
            self.unseen[f"看不穿“{self.words(form)}”"] = None
        if not store.opaque:
            self.unseen["没有找到具体的例子"] = None
        return None

    # ----------------------------------------------------------------------------------------- one condition

    def step(self, store: Store, form: Form) -> Ways | None:
        """Put one condition into the store; the ways to meet it, where there is more than its own word."""
        base, holds = self.literal(form)
        structure = self.forms.interner.structures[base]
        if structure[0] == "all":
            return [list(structure[1])]
        if not store.assume(base, holds):
            return None
        match structure:
            case ("true",):
                if not holds:
                    raise Contradiction
                return None
            case ("false",):
                if holds:
                    raise Contradiction
                return None
            case ("any", parts):
                return [[part] for part in parts]
            case ("fact", _, _):
                store.choose(self.fact(base), [True], holds)
                return None
            case ("given", _, _):
                fact = self.fact(base)
                store.present(fact, holds)
                if holds:
                    store.know(fact)
                return None
            case ("in", value, labels) if self.is_fact(value):
                store.choose(self.fact(value), labels, holds)
                return None
            case ("row", keys, rows) if all(self.is_fact(key) for key in keys):
                facts = [self.fact(key) for key in keys]
                for fact in facts:
                    store.know(fact)
                store.row(tuple(fact.name for fact in facts), rows, holds)
                return None
            case ("cell", _, _):
                return self.found(base, [True], holds)
            case ("in", value, labels) if self.is_cell(value):
                return self.found(value, labels, holds)
            case ("reading", name, options):
                return self.reading(store, name, options)
            case ("option", name, option):
                store.choose_reading(name, option)
                return None
            case (symbol, terms, bound) if symbol in _COMPARISONS and isinstance(bound, Fraction):
                return self.compare(store, base, _COMPARISONS[symbol], terms, bound, holds)
            case _:
                store.opaque.add(base)
                return None

    def words(self, form: Form) -> str:
        """The words in which a statement, or its contrary, was written; empty for what only a search has made."""
        words = self.forms.interner.words
        return words.get(form) or words.get(self.forms.interner.opposite(form), "")

    def fact(self, form: Form) -> tree.Fact:
        atom = self.forms.interner.atoms[form]
        assert isinstance(atom, tree.FactRef | tree.Given)
        return atom.fact

    def is_fact(self, form: Form) -> bool:
        return isinstance(self.forms.interner.atoms.get(form), tree.FactRef)

    def is_cell(self, form: Form) -> bool:
        return isinstance(self.forms.interner.atoms.get(form), tree.Lookup)

    def reading(self, store: Store, name: str, options: Sequence[tuple[str, Form]]) -> Ways:
        chosen = store.readings.get(name)
        preferred = sorted(options, key=lambda option: option[0] != self.first.get(name))
        return [
            [self.forms.interner.form("option", name, option), form]
            for option, form in preferred
            if chosen in (None, option)
        ]

    # ------------------------------------------------------------------------------------------ comparisons

    def compare(
        self, store: Store, base: Form, comparison: Comparison, terms: Terms, bound: Fraction, holds: bool
    ) -> Ways | None:
        """Sums of numbers or days against a bound: one of them, or the difference of two."""
        atoms = self.forms.interner.atoms
        cell = next((atom for m, _ in terms for atom in m if self.is_cell(atom)), None)
        if cell is not None:
            return self.looked_up(store, cell, comparison, terms, bound, holds)
        if comparison is Comparison.EQUAL:
            sides = (
                (Comparison.AT_LEAST, Comparison.AT_MOST) if holds else (Comparison.ABOVE, Comparison.BELOW)
            )
            parts = [self.forms.compared(side, dict(terms), bound) for side in sides]
            for part in parts:
                self.forms.interner.words.setdefault(part, self.words(base))
            return [parts] if holds else [[part] for part in parts]
        match [(atoms[m[0]] if len(m) == 1 else None, coefficient) for m, coefficient in terms]:
            case [(tree.FactRef(fact), _)]:
                self.between(store, None, fact, comparison, bound, holds)
            case [(tree.FactRef(fact), _), (tree.FactRef(other), coefficient)] if coefficient == -1 and scale(
                fact
            ) == scale(other):
                self.between(store, other, fact, comparison, bound, holds)
            case [(tree.FactRef(fact), _), (tree.Shift() as later, coefficient)] if coefficient == -1:
                self.term(store, base, later, fact, ceil(bound), holds)
            case [(tree.Shift() as later, _), (tree.FactRef(fact), coefficient)] if coefficient == -1:
                # later − day ≥ n: the day is not more than n days before, so not one day less before.
                self.term(store, base, later, fact, 1 - ceil(bound), not holds)
            case _:
                store.opaque.add(base)
                actual = comparison if holds else comparison.opposite
                store.sum(terms, actual, bound)
                self.guide(store, terms, actual, bound)
        return None

    def guide(self, store: Store, terms: Terms, comparison: Comparison, bound: Fraction) -> None:
        """A sum of products of facts and their inverses, for the choice of values: the search itself sees no more."""
        products: list[Product] = []
        for monomial, coefficient in terms:
            powers = [self.power(atom) for atom in monomial]
            if None in powers:
                return
            known = [power for power in powers if power is not None]
            for fact, _ in known:
                store.know(fact)
            products.append((coefficient, tuple((fact.name, power) for fact, power in known)))
        store.guides.append(Guide(tuple(products), comparison, bound))

    def power(self, atom: Form) -> tuple[tree.Fact, int] | None:
        """A fact, or one over a fact."""
        structure = self.forms.interner.structures[atom]
        power = 1
        if structure[0] == "inverse":
            atom, power = structure[1], -1
        return (self.fact(atom), power) if self.is_fact(atom) else None

    def between(
        self,
        store: Store,
        other: tree.Fact | None,
        fact: tree.Fact,
        comparison: Comparison,
        bound: Fraction,
        holds: bool,
    ) -> None:
        """fact − other (or zero) against a bound."""
        store.know(fact)
        if other is not None:
            store.know(other)
        name = other.name if other is not None else ZERO
        actual = comparison if holds else comparison.opposite
        store.compare(fact.name, name, actual, bound * scale(fact))

    def term(
        self, store: Store, base: Form, later: tree.Shift, fact: tree.Fact, days: int, holds: bool
    ) -> None:
        """A day against the day some months after another one, and so many days more."""
        start = later.operand
        while isinstance(start, tree.ConceptRef):
            start = start.concept.body
        months = later.amount * (12 if later.unit == "年" else 1)
        if not isinstance(start, tree.FactRef) or months < 0:
            store.opaque.add(base)
            return
        store.know(start.fact)
        store.know(fact)
        store.term(Months(start.fact.name, fact.name, months, days, holds))

    def looked_up(
        self, store: Store, cell: Form, comparison: Comparison, terms: Terms, bound: Fraction, holds: bool
    ) -> Ways:
        """With each value that the table has, on the rows that have it."""
        actual = comparison if holds else comparison.opposite
        rows_by_form: dict[Form, set[tuple[str, ...]]] = {}
        for value, rows in self.cells(cell).items():
            number = value.toordinal() if isinstance(value, date) else Fraction(value)
            form = self.forms.compared(actual, with_value(dict(terms), cell, Fraction(number)), bound)
            rows_by_form.setdefault(form, set()).update(rows)
        ways = [[self.row(cell, rows), form] for form, rows in rows_by_form.items()]
        return ways if holds else [*ways, [self.no_row(cell)]]

    def found(self, cell: Form, labels: Sequence[tree.Value], holds: bool) -> Ways:
        """A cell that is (or is not) one of these."""
        fitting = [rows for value, rows in self.cells(cell).items() if (value in labels) is holds]
        ways = [[self.row(cell, frozenset().union(*fitting))]]
        return ways if holds else [*ways, [self.no_row(cell)]]

    def cells(self, cell: Form) -> Mapping[tree.Value, frozenset[tuple[str, ...]]]:
        return self.forms.cells(self.forms.interner.structures[cell][1])

    def row(self, cell: Form, rows: Iterable[tuple[str, ...]]) -> Form:
        """That the keys of a look-up are one of these rows."""
        return self.forms.interner.form("row", self.forms.interner.structures[cell][2], frozenset(rows))

    def no_row(self, cell: Form) -> Form:
        """Without a row a condition is not met; confirmed by the evaluator, since what it is part of is not asked."""
        every = [row for rows in self.cells(cell).values() for row in rows]
        return self.forms.interner.opposite(self.row(cell, every))


def confirmed_by(goals: Sequence[Goal], day: date | None = None, also: Confirm | None = None) -> Confirm:
    """The exact evaluator finds every condition as it is wanted, and whatever else is asked."""
    compiler = Compiler(Settings())
    functions = [(compiler.function(expr), holds) for expr, holds in goals]

    def confirm(record: Sequence[Any], readings: Mapping[str, str]) -> bool:
        try:
            met = all(bool(function(record, day)) is holds for function, holds in functions)
            return met and (also is None or also(record, readings))
        except Exception:
            return False

    return confirm


def can_meet(
    kind: tree.RecordKind,
    settings: Settings,
    day: date | None,
    goals: Sequence[Goal],
    rows: Sequence[tree.Lookup] = (),
    *,
    also: Confirm | None = None,
    sizes: Sequence[Size] = (1,),
) -> Answer:
    """Whether a faultless record meets all goals, with a row in each table that is looked up.

    Asked under one choice of settings, in one period without new versions. `also` is what else is wanted of a record,
    which is tried with numbers of each of the sizes.
    """
    lowering = Lowering(day, settings.readings)
    everything = [*goals, *((validation.condition, True) for validation in kind.validations)]
    lowered = [(lowering.condition(expr), holds) for expr, holds in everything]
    spoken_of = {name for expr in [*(e for e, _ in goals), *rows] for name in facts_of(expr)}
    forms = Forms()
    asked = [forms.truth(expr, holds) for expr, holds in lowered]
    asked += [forms.has_row(lowering.value(lookup)) for lookup in rows]  # type: ignore[arg-type]
    answer = Search(kind, forms, day or _PLAIN_DAY, sizes).ask(asked, confirmed_by(lowered, day, also))
    relevant = tuple(name for name in answer.relevant if name in spoken_of)
    return evolve(answer, relevant=relevant)
