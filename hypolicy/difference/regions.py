"""An item as regions of records, in one period between versions: who it applies to, who waits, who is granted.

A region is a condition in both polarities, in normal form, so that what two items share is seen to be the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from hypolicy.rules import tree
from hypolicy.rules.facts import lookups
from hypolicy.rules.operators import Comparison

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.proof.lowering import Lowering
    from hypolicy.rules.normal_form import Form, Forms, Polynomial


@frozen
class Region:
    """The form of a condition, and that of its contrary."""

    inside: Form
    outside: Form


@define
class RegionMaker:
    """Regions of one policy in one period, under readings that are chosen or left open."""

    forms: Forms
    lowering: Lowering

    def of(self, expr: tree.Expr) -> Region:
        lowered = self.lowering.condition(expr)
        return Region(self.forms.truth(lowered), self.forms.truth(lowered, holds=False))

    def all(self, regions: Iterable[Region]) -> Region:
        every = list(regions)
        return Region(
            self.forms.joined("all", [region.inside for region in every]),
            self.forms.joined("any", [region.outside for region in every]),
        )

    def any(self, regions: Iterable[Region]) -> Region:
        return self.contrary(self.all(self.contrary(region) for region in regions))

    def contrary(self, region: Region) -> Region:
        return Region(region.outside, region.inside)

    def polynomial(self, expr: tree.Expr) -> Polynomial:
        return self.forms.polynomial(self.lowering.value(expr))

    def payable(self, amount: tree.Expr) -> Region:
        """That an amount is above zero, and every row that it looks up is there."""
        lowered = self.lowering.value(amount)
        rows = [self.forms.has_row(node) for node in lookups(lowered)]
        zero = tree.Literal(0, amount.type, amount.origin)
        above = tree.Compare(Comparison.ABOVE, lowered, zero, amount.origin)
        found = [Region(row, self.forms.interner.opposite(row)) for row in rows]
        return self.all([*found, self.of(above)])


@define
class Regions:
    """One item."""

    benefit: tree.Benefit
    maker: RegionMaker
    applies: Region = field(init=False)
    waiting: Region = field(init=False)
    conditions: list[Region] = field(init=False)
    cases: list[Region] = field(init=False)
    granted: Region = field(init=False)

    def __attrs_post_init__(self) -> None:
        maker, benefit = self.maker, self.benefit
        self.applies = maker.all([] if benefit.applies is None else [maker.of(benefit.applies)])
        gates = [maker.of(gate.condition) for gate in benefit.pending]
        if benefit.delegated_to:
            gates.append(maker.all([]))
        self.waiting = maker.all([self.applies, maker.any(gates)])
        self.conditions = [maker.of(condition.expr) for condition in benefit.conditions]
        self.cases = [self.case(case) for case in benefit.cases]
        self.granted = maker.all([self.examined, *self.conditions, maker.any(self.cases)])

    @property
    def examined(self) -> Region:
        """The item applies, and nothing lets it wait."""
        return self.maker.all([self.applies, self.maker.contrary(self.waiting)])

    def case(self, case: tree.Case) -> Region:
        conditions = [self.maker.of(condition.expr) for condition in case.conditions]
        return self.maker.all([*conditions, self.maker.payable(case.amount)])
