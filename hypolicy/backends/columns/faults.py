"""Where an expression has no value: statements that find out, in the order in which the rules would ask.

A table may have no row for the keys, and a divisor may be zero. The statements set `f` to the number of the first
site that has no value; 0 where there is none.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.backends.columns import terms
from hypolicy.backends.columns.coding import reached
from hypolicy.backends.columns.reasons import key_source
from hypolicy.backends.columns.terms import COMPARE, TRUE, ZERO, Term
from hypolicy.rules import tree
from hypolicy.rules.facts import parts
from hypolicy.rules.types import EnumType

if TYPE_CHECKING:
    from hypolicy.backends.columns.expressions import Expressions

SOUND: Final = Term("f == 0", 0, 1, COMPARE)


@frozen
class Site:
    """A table that is asked for a row; a division where there is none."""

    lookup: tree.Lookup | None


@define
class Faults:
    """The sites of one item, numbered from 1 as they are met; `known` are those of concepts found out before."""

    expressions: Expressions
    sites: list[Site] = field(factory=list)
    known: dict[str, str] = field(factory=dict)
    _numbers: dict[int, int] = field(factory=dict)
    _may: dict[int, bool] = field(factory=dict)
    # That `f` is still 0, as far as it must be asked.
    _sound: Term = TRUE

    # ------------------------------------------------------------------------------------ what may have none

    def may(self, expr: tree.Expr) -> bool:
        """Whether an expression may have no value for some record."""
        known = self._may.get(id(expr))
        if known is None:
            known = self._may[id(expr)] = any(
                self.is_site(node) for node in reached(expr, self.expressions.settings)
            )
        return known

    def is_site(self, node: tree.Expr) -> bool:
        match node:
            case tree.Lookup():
                return not self.has_every_row(node.table)
            case tree.Product(factors):
                return any(inverse and self.may_be_zero(factor) for inverse, factor in factors)
            case _:
                return False

    def has_every_row(self, table: tree.Table) -> bool:
        """Whether all keys are labels, and every version has all their combinations."""
        sizes = [len(fact.type.labels) if isinstance(fact.type, EnumType) else 0 for fact in table.keys]
        versions = self.expressions.settings.versions(table)
        return all(sizes) and all(len(version.rows) == prod(sizes) for version in versions)

    def may_be_zero(self, factor: tree.Expr) -> bool:
        top = self.expressions.number(factor).top
        return top.low <= 0 <= top.high

    # -------------------------------------------------------------------------------------------- statements

    def begin(self, *asked: tree.Expr, guard: Term = TRUE) -> None:
        """Set `f` for expressions that are asked one after the other, where the guard holds."""
        self.expressions.out.line("f = 0")
        self._sound = TRUE
        for expr in asked:
            self.find(expr, guard)

    def find(self, expr: tree.Expr, guard: Term) -> None:
        if not self.may(expr):
            return
        match expr:
            case tree.ConceptRef(concept) if concept.name in self.known:
                name = self.known[concept.name]
                self.note(Term(name, 0, 1), guard, name)
            case tree.ConceptRef(concept):
                self.find(concept.body, guard)
            case tree.ByReading(reading, options):
                self.find(dict(options)[self.expressions.settings.option(reading)], guard)
            case tree.All(operands):
                self.in_turn(operands, guard, until=False)
            case tree.Any(operands):
                self.in_turn(operands, guard, until=True)
            case tree.Product(factors):
                for inverse, factor in factors:
                    self.find(factor, guard)
                    if inverse and self.may_be_zero(factor):
                        divisor = self.expressions.number(factor).top
                        self.note(terms.compared(divisor, "==", ZERO), guard, self.number(expr, None))
            case tree.Lookup(keys=keys):
                for key in keys:
                    self.find(key, guard)
                if self.is_site(expr):
                    missing = terms.compared(self.expressions.row(expr), "<", ZERO)
                    self.note(missing, guard, self.number(expr, expr))
            case tree.Within(operand, start):
                self.find(start, guard)
                self.find(operand, guard)
            case _:
                for part in parts(expr):
                    self.find(part, guard)

    def in_turn(self, operands: tuple[tree.Expr, ...], guard: Term, *, until: bool) -> None:
        """Operands of 且 and 或: each is asked only where those before it have not settled the matter."""
        passed: list[Term] = []
        for operand in operands:
            if self.may(operand):
                before = terms.conjunction([guard, *passed])
                guard, passed = self.expressions.named("g", before), []
                self.find(operand, guard)
            value = self.expressions.term(operand)
            passed.append(terms.inverted(value) if until else value)

    def note(self, test: Term, guard: Term, number: str) -> None:
        """`f = number` where the test holds, unless something before it had no value either."""
        asked = terms.conjunction([self._sound, guard, test])
        self._sound = SOUND
        with self.expressions.out.block(f"if {asked.code}:"):
            self.expressions.out.line(f"f = {number}")

    def number(self, expr: tree.Expr, lookup: tree.Lookup | None) -> str:
        """The number of a site: one for all divisions, which say the same, and one for each look-up."""
        identity = id(expr) if lookup is not None else 0
        if identity not in self._numbers:
            for key in lookup.keys if lookup is not None else ():
                key_source(key, self.expressions.settings)
            self.sites.append(Site(lookup))
            self._numbers[identity] = len(self.sites)
        return str(self._numbers[identity])
