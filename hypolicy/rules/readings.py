"""The readings (口径) that parts of a policy depend on, in the order of their mention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.rules import tree
from hypolicy.rules.facts import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

# What is either said at once or left to a reading: a stacking, a period, the members of a group.
Choice = (
    tree.Stacking | tree.StackingByReading | tree.PeriodChoice | tree.GroupByReading | tuple[str, ...] | None
)


def once(readings: Iterable[tree.Reading]) -> list[tree.Reading]:
    """Each reading where it is met first."""
    return list({reading.name: reading for reading in readings}.values())


def readings_in(exprs: Iterable[tree.Expr]) -> list[tree.Reading]:
    """Those in expressions, concepts included."""
    return [node.reading for expr in exprs for node in walk(expr) if isinstance(node, tree.ByReading)]


def readings_of_choices(choices: Iterable[Choice]) -> list[tree.Reading]:
    """Those to which choices are left."""
    by_reading = tree.StackingByReading | tree.PeriodByReading | tree.GroupByReading
    return [choice.reading for choice in choices if isinstance(choice, by_reading)]


def readings_beside(benefit: tree.Benefit) -> list[tree.Reading]:
    """Those of a benefit outside its expressions: of its stacking and its cap."""
    return readings_of_choices((benefit.stacking, benefit.cap.period if benefit.cap is not None else None))


def readings_of_limit(limit: tree.Limit) -> list[tree.Reading]:
    """Those that the groups and periods of a limit depend on."""
    groups = [group.members for group in (limit.group, limit.linked) if group is not None]
    return readings_of_choices([*groups, *(getattr(rule, "period", None) for rule in limit.rules)])


def readings_of_ledger(policy: tree.Policy) -> list[tree.Reading]:
    """Those that limits and caps depend on."""
    caps = [benefit.cap.period for benefit in policy.benefits if benefit.cap is not None]
    limited = [reading for limit in policy.limits for reading in readings_of_limit(limit)]
    return [*limited, *readings_of_choices(caps)]
