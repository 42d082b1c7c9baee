"""What became of a policy: by amendments, day after day, or from another version of it to the present one.

Both policies are compared by their rules (`difference`), and every worked case that can be tried with both is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.backends.exact.stories import tell
from hypolicy.backends.pages.matter import Changed
from hypolicy.difference.compare import compare
from hypolicy.pipeline import load
from hypolicy.rules.calendar import day_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hypolicy.rules.amendment import Amendment
    from hypolicy.rules.outcome import Decision
    from hypolicy.rules.stories import Story
    from hypolicy.rules.tree import Policy, WorkedCase


def amended(path: Path, policy: Policy, amendments: Sequence[Path]) -> Iterator[Changed]:
    """What each day of the amendments of the policy in folder `path` has made of it, the earliest first."""
    for day in sorted({one.day for one in policy.amendments}):
        before = load(path, amendments=amendments, as_of=day_before(day))
        after = load(path, amendments=amendments, as_of=day)
        yield changed(before, after, tuple(one for one in policy.amendments if one.day == day))


def changed(before: Policy, after: Policy, amendments: tuple[Amendment, ...] = ()) -> Changed:
    """The two policies compared, with the cases that come out otherwise."""
    pairs = ((tell(before, one), tell(after, other)) for one, other in _cases(before, after))
    differing = tuple((one, other) for one, other in pairs if _results(one) != _results(other))
    return Changed(amendments, before, after, compare(before, after), differing)


def _cases(before: Policy, after: Policy) -> Iterator[tuple[WorkedCase, WorkedCase]]:
    """Every case that both policies can be tried with, of the same facts, as each of them has it.

    A case that only the later one has is tried with the earlier one too, where that knows all that the case sets.
    """
    own = {case.name: case for case in before.cases}
    for case in after.cases:
        old = own.get(case.name)
        if old is not None and (old.record, old.records) == (case.record, case.records):
            yield old, case
        elif old is None and _knows(before, after, case):
            yield case, case


def _knows(before: Policy, after: Policy, case: WorkedCase) -> bool:
    """Whether the records of a case are of the same kind in both policies, and its assumptions are in both."""
    kinds = [next((kind for kind in p.records if kind.name == case.record), None) for p in (before, after)]
    options = {reading.name: reading.options for reading in before.readings}
    columns = [{table.name: (table.keys, table.columns) for table in p.tables} for p in (before, after)]
    tables = {*case.tables, *(name for name, *_ in case.cells)}
    return (
        all(kind is not None for kind in kinds)
        and len({tuple((fact.name, fact.type) for fact in kind.facts) for kind in kinds if kind is not None})
        == 1
        and all(option in options.get(name, ()) for name, option in case.readings.items())
        and case.parameters.keys() <= {parameter.name for parameter in before.parameters}
        and all(columns[0].get(name) == columns[1][name] for name in tables)
    )


def _results(story: Story) -> list[list[tuple[str, Decision]]]:
    return [
        [*((item.item, item.decision) for item in record.trace.items), *record.figures.items()]
        for record in story.records
    ]
