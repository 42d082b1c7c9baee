"""Which edition of an amended item decides a row: statements that leave its place, the latest first, in `e`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.backends.columns import terms
from hypolicy.backends.columns.coding import day_number, reached
from hypolicy.backends.columns.expressions import Arguments, Expressions
from hypolicy.backends.columns.terms import TRUE, Term, constant
from hypolicy.rules import tree
from hypolicy.rules.amendment import Transition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from hypolicy.backends.columns.writer import Writer
    from hypolicy.rules.editions import ItemEdition
    from hypolicy.rules.tree import Benefit


class BothEditionsError(Exception):
    """An amendment under which a record is decided by two editions, of which the better counts (取有利)."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


def expressions_in(editions: Sequence[ItemEdition]) -> Iterator[tree.Expr]:
    """The dates that tell the editions of an item apart."""
    for edition in editions:
        yield from (expr for expr in (edition.governing, edition.began) if expr is not None)


def benefits_in(editions: Sequence[ItemEdition]) -> Iterator[Benefit]:
    return (edition.benefit for edition in editions if edition.benefit is not None)


def choose_edition(editions: Sequence[ItemEdition], arguments: Arguments, out: Writer) -> None:
    """`e` becomes the place of the first edition that a row falls under."""
    chosen = constant(len(editions) - 1)
    for place in reversed(range(len(editions) - 1)):
        falls = _falls_under(editions[place], Expressions(arguments, out))
        chosen = terms.chosen(falls, constant(place), chosen)
    out.line(f"e = {chosen.code}")


def _falls_under(edition: ItemEdition, expressions: Expressions) -> Term:
    """Whether a row is governed by the day of the amendment or a later one, and does not straddle it."""
    amendment = edition.begun_by[0]
    if amendment.transition is Transition.BETTER and edition.began is not None:
        raise BothEditionsError(amendment.number)
    governed = _not_before(edition.governing, amendment.day, expressions)
    if amendment.transition is Transition.NEW:
        return governed
    return terms.conjunction([governed, _not_before(edition.began, amendment.day, expressions)])


def _not_before(expr: tree.Expr | None, first: date, expressions: Expressions) -> Term:
    """Whether a date does not lie before a day; true where it is not given."""
    if expr is None:
        return TRUE
    given = [
        expressions.term(tree.Given(node.fact, node.origin))
        for node in reached(expr, expressions.settings)
        if isinstance(node, tree.FactRef) and node.fact.optional
    ]
    day = terms.compared(expressions.term(expr), ">=", constant(day_number(first)))
    return terms.disjunction([*(terms.inverted(each) for each in given), day])
