"""Where two items that are both granted pay differently: conditions under which the amounts can be told apart.

An amount is a base, raised by uplifts, cut by a cap, rounded. Which case and which uplifts hold is split; rows of
tables are grouped by what they give; what is left are sums of the numbers of a record, compared exactly. Where two
sums are the same the amounts are; each other way to differ is a list of conditions for the search.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, frozen

from hypolicy.rules import tree
from hypolicy.rules.normal_form import constant_of, plus, times, with_value
from hypolicy.rules.operators import Comparison
from hypolicy.rules.rounding import round_yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypolicy.difference.regions import Regions
    from hypolicy.rules.normal_form import Form, Forms, Polynomial

_MOST_UPLIFTS: Final = 8
_MOST_GROUPS: Final = 20_000
_ONE: Final[Polynomial] = {(): Fraction(1)}


class TooManyCasesError(Exception):
    """More cases than can be looked at, or one that cannot be told: `words` say what."""


@frozen
class Payment:
    """What an item pays in one case, before the cap, as a sum; None where its uplifts exclude each other."""

    raised: Polynomial | None
    cap: Fraction | None
    rounding: tree.Rounding | None

    def final(self, amount: Fraction) -> Fraction:
        if self.cap is not None:
            amount = min(amount, self.cap)
        if self.rounding is not None:
            amount = round_yuan(amount, self.rounding.place, self.rounding.mode)
        return max(amount, Fraction(0))

    @property
    def rounded_to(self) -> tuple[object, object]:
        return (None, None) if self.rounding is None else (self.rounding.place, self.rounding.mode)


@frozen
class Paying:
    """An item with what its readings make of its uplifts and its cap."""

    regions: Regions
    stacking: tree.Stacking | None
    cap: Fraction | None

    def payment(self, case: int, held: Sequence[bool]) -> Payment:
        benefit, maker = self.regions.benefit, self.regions.maker
        uplifts = zip(benefit.uplifts, held, strict=True)
        rates = [maker.polynomial(uplift.rate) for uplift, holds in uplifts if holds]
        factor = factor_of(rates, self.stacking)
        base = maker.polynomial(benefit.cases[case].amount)
        return Payment(None if factor is None else times(base, factor), self.cap, benefit.rounding)


def factor_of(rates: Sequence[Polynomial], stacking: tree.Stacking | None) -> Polynomial | None:
    """What uplifts come to together; rates that nobody has fixed yet are sums of their own."""
    if len(rates) < 2:
        return plus(_ONE, rates[0]) if rates else _ONE
    match stacking:
        case tree.Stacking.SUM:
            out = _ONE
            for rate in rates:
                out = plus(out, rate)
            return out
        case tree.Stacking.PRODUCT:
            out = _ONE
            for rate in rates:
                out = times(out, plus(_ONE, rate))
            return out
        case tree.Stacking.HIGHEST | tree.Stacking.LOWEST:
            numbers = [constant_of(rate) for rate in rates]
            known = [number for number in numbers if number is not None]
            if len(known) < len(numbers):
                raise TooManyCasesError
            extreme = max(known) if stacking is tree.Stacking.HIGHEST else min(known)
            return {(): 1 + extreme}
        case _:
            return None


@define
class Amounts:
    """Two items in one period. `possible` says whether conditions can be met beside those of being granted."""

    before: Paying
    after: Paying
    possible: Callable[[list[Form]], bool]

    @property
    def forms(self) -> Forms:
        return self.before.regions.maker.forms

    def ways(self) -> Iterator[list[Form]]:
        """Each way in which the amounts may differ, as conditions beside those of being granted."""
        first, second = self.before.regions, self.after.regions
        for i, j in product(range(len(first.cases)), range(len(second.cases))):
            cases = [first.cases[i].inside, second.cases[j].inside]
            if not self.possible(cases):
                continue
            for uplifts, one, other in self.uplifted(i, j):
                ways = self.apart(one, other)
                first_way = next(ways, None)
                if first_way is None or not self.possible([*cases, *uplifts]):
                    continue
                for conditions in (first_way, *ways):
                    yield [*cases, *uplifts, *conditions]

    def uplifted(self, i: int, j: int) -> Iterator[tuple[list[Form], Payment, Payment]]:
        """Every choice of uplifts that hold; what both items have is chosen once."""
        sides = [
            [side.regions.maker.of(uplift.condition) for uplift in side.regions.benefit.uplifts]
            for side in (self.before, self.after)
        ]
        distinct = {region.inside: region for side in sides for region in side}
        if len(distinct) > _MOST_UPLIFTS:
            raise TooManyCasesError
        for choice in product((False, True), repeat=len(distinct)):
            holds = dict(zip(distinct, choice, strict=True))
            conditions = [r.inside if holds[form] else r.outside for form, r in distinct.items()]
            first, second = ([holds[region.inside] for region in side] for side in sides)
            yield conditions, self.before.payment(i, first), self.after.payment(j, second)

    # ---------------------------------------------------------------------------------------- rows of tables

    def apart(self, first: Payment, second: Payment) -> Iterator[list[Form]]:
        """The rows that give different amounts at once; each other kind of row by itself."""
        if (first.raised, first.cap, first.rounded_to) == (second.raised, second.cap, second.rounded_to):
            return
        if first.raised is None or second.raised is None:
            if first.raised is not second.raised:
                yield []
            return
        cells = self.cells(first.raised, second.raised)
        if not cells:
            yield from self.pieces(first, second)
            return
        certain: dict[tuple[Form, ...], set[tuple[str, ...]]] = {}
        keys = {self.keys(cell) for cell in cells}
        for rows, one, other in self.groups(first, second, cells):
            numbers = constant_of(one.raised), constant_of(other.raised)  # type: ignore[arg-type]
            if len(keys) == 1 and numbers[0] is not None and numbers[1] is not None:
                if one.final(numbers[0]) != other.final(numbers[1]):
                    ((key, found),) = rows.items()
                    certain.setdefault(key, set()).update(found)
                continue
            conditions = [self.forms.interner.form("row", key, found) for key, found in rows.items()]
            for piece in self.pieces(one, other):
                yield [*conditions, *piece]
        for key, differing in certain.items():
            yield [self.forms.interner.form("row", key, frozenset(differing))]

    def cells(self, *sums: Polynomial) -> list[Form]:
        atoms = self.forms.interner.atoms
        found = {atom: None for one in sums for monomial in one for atom in monomial}
        return [atom for atom in found if isinstance(atoms[atom], tree.Lookup)]

    def keys(self, cell: Form) -> tuple[Form, ...]:
        keys: tuple[Form, ...] = self.forms.interner.structures[cell][2]
        return keys

    def groups(
        self, first: Payment, second: Payment, cells: Sequence[Form]
    ) -> Iterator[tuple[dict[tuple[Form, ...], frozenset[tuple[str, ...]]], Payment, Payment]]:
        """Rows that give the same values in all cells, with the payments that follow."""
        by_keys: dict[tuple[Form, ...], list[Form]] = {}
        for cell in cells:
            by_keys.setdefault(self.keys(cell), []).append(cell)
        choices = [[(key, *group) for group in self.alike(own)] for key, own in by_keys.items()]
        for count, chosen in enumerate(product(*choices)):
            if count > _MOST_GROUPS:
                raise TooManyCasesError
            values = {cell: value for _, given, _ in chosen for cell, value in given.items()}
            rows = {key: found for key, _, found in chosen}
            yield rows, self.valued(first, values), self.valued(second, values)

    def alike(self, cells: Sequence[Form]) -> list[tuple[dict[Form, Fraction], frozenset[tuple[str, ...]]]]:
        """The rows that all of these cells have, by their values."""
        contents: list[dict[tuple[str, ...], Fraction]] = []
        for cell in cells:
            table = self.forms.interner.structures[cell][1]
            found = self.forms.cells(table).items()
            contents.append({row: Fraction(value) for value, rows in found for row in rows})  # type: ignore[arg-type]
        groups: dict[tuple[Fraction, ...], set[tuple[str, ...]]] = {}
        for row in contents[0]:
            if all(row in content for content in contents):
                groups.setdefault(tuple(content[row] for content in contents), set()).add(row)
        return [(dict(zip(cells, values, strict=True)), frozenset(rows)) for values, rows in groups.items()]

    def valued(self, payment: Payment, values: dict[Form, Fraction]) -> Payment:
        raised = payment.raised
        assert raised is not None
        for cell, value in values.items():
            raised = with_value(raised, cell, value)
        return evolve(payment, raised=raised)

    # ------------------------------------------------------------------------------------------ caps and sums

    def pieces(self, first: Payment, second: Payment) -> Iterator[list[Form]]:
        """Below or above each cap, where the two amounts are different sums."""
        for (below, one), (above, other) in product(self.capped(first), self.capped(second)):
            conditions = [*below, *above]
            if one != other:
                conditions.append(self.compared(Comparison.UNEQUAL, plus(one, other, -1), Fraction(0)))
            elif first.rounded_to == second.rounded_to:
                continue
            yield conditions

    def capped(self, payment: Payment) -> list[tuple[list[Form], Polynomial]]:
        raised = payment.raised
        assert raised is not None
        if payment.cap is None:
            return [([], raised)]
        limit: Polynomial = {(): payment.cap}
        return [
            ([self.compared(Comparison.AT_MOST, raised, payment.cap)], raised),
            ([self.compared(Comparison.ABOVE, raised, payment.cap)], limit),
        ]

    def compared(self, comparison: Comparison, total: Polynomial, bound: Fraction) -> Form:
        return self.forms.compared(comparison, total, bound)
