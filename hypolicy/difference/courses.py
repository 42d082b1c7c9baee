"""The editions of an item, each with what a record meets that falls under it.

A record that falls under two editions, of which the better counts, is met under both: where neither differs from the
other policy the better one does not, and where one does the evaluator says whether it matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from hypolicy.rules import tree
from hypolicy.rules.amendment import Transition
from hypolicy.rules.editions import editions_of
from hypolicy.rules.facts import facts_of
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import BOOL, DATE

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.rules.editions import ItemEdition


@frozen
class Course:
    """`condition` holds of the records that the edition decides; None where it decides all of them."""

    benefit: tree.Benefit
    condition: tree.Expr | None = None


def courses(policy: tree.Policy, item: tree.Benefit) -> list[Course]:
    """The editions of an item of the policy, the latest first; where it has no such item, it applies to nothing."""
    own = next((one for one in policy.benefits if one.name == item.name), None)
    if own is None:
        return [Course(nothing(item))]
    editions = editions_of(policy, item.name)
    if len(editions) == 1:
        return [Course(own if editions[0].benefit is not None else nothing(own))]
    out: list[Course] = []
    passed: list[tree.Expr] = []
    for edition in editions:
        benefit = edition.benefit or nothing(own)
        last = edition is editions[-1]
        taken = [] if last else [_taken(edition, own.origin)]
        out.append(Course(benefit, tree.All((*passed, *taken), own.origin)))
        if not last:
            passed.append(_passed(edition, own.origin))
    return out


def nothing(item: tree.Benefit) -> tree.Benefit:
    """An item in the place of one that is not there: it applies to no record."""
    return evolve(item, applies=tree.Literal(False, BOOL, item.origin), delegated_to="")


def _passed(edition: ItemEdition, origin: tree.Origin) -> tree.Expr:
    """A record falls under an earlier edition, if perhaps not under that alone."""
    ways = [_before(edition.governing, edition.begun_by[0].day, origin)]
    if edition.begun_by[0].transition is not Transition.NEW:
        ways.append(_before(edition.began, edition.begun_by[0].day, origin))
    return tree.Any(tuple(ways), origin)


def _taken(edition: ItemEdition, origin: tree.Origin) -> tree.Expr:
    """A record falls under this edition, if perhaps not under it alone."""
    day, transition = edition.begun_by[0].day, edition.begun_by[0].transition
    earlier = [_before(edition.governing, day, origin)]
    if transition is Transition.OLD:
        earlier.append(_before(edition.began, day, origin))
    return tree.Not(tree.Any(tuple(earlier), origin), origin)


def _before(expr: tree.Expr | None, day: date, origin: tree.Origin) -> tree.Expr:
    """A date is given, and before the day."""
    if expr is None:
        return tree.Literal(False, BOOL, origin)
    given = [tree.Given(fact, origin) for fact in facts_of(expr).values() if fact.optional]
    earlier = tree.Compare(Comparison.BELOW, expr, tree.Literal(day, DATE, origin), origin)
    return tree.All((*given, earlier), origin)
