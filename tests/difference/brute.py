"""What two policies do differently on every record of a small world: the answer that a difference is held against."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.screen import Screen
from hypolicy.check.policy import check
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.proof.overlaps import Overlaps
from hypolicy.rules.difference import Aspect, Difference, Effect, Example, Verdict
from hypolicy.rules.outcome import Settings, Status
from hypolicy.rules.trace import Absence
from hypolicy.source.folder import PolicyFolder
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.rules.outcome import Decision
    from hypolicy.rules.tree import Policy
    from hypolicy.source.text import SourceText

SMALL: Final = Path(__file__).parent / "小世界"
Result = tuple[Status | None, int]
FAULTY: Final = (None, 0)

WORLD: Final[list[tuple[Any, ...]]] = [
    ("1", "1", *facts)
    for facts in product(
        ("城区", "乡镇"),
        (False, True),
        (False, True),
        (False, True),
        ("初级工", "中级工", "高级工"),
        (10, 11, 16),
        (date(2020, 1, 1), date(2020, 6, 30)),
        (
            None,
            date(2020, 1, 1),
            date(2020, 6, 30),
            date(2020, 12, 30),
            date(2021, 12, 31),
        ),
    )
]


def policy_of(sources: Sequence[SourceText]) -> Policy | None:
    """The policy that these files are, or None where it has errors."""
    collector = Collector()
    document, vocabulary = parse(sources, collector)
    policy = check(document, vocabulary, PolicyFolder(SMALL.resolve()), collector)
    if policy is not None and not collector.has_errors:
        Overlaps(policy, collector).examine()
    return None if collector.has_errors else policy


def results(policy: Policy, records: Sequence[Any], readings: dict[str, str]) -> list[dict[str, Result]]:
    """What each record gets by itself of each item."""
    evaluator = Evaluator(policy, Settings(readings))
    faulty = {v.row for v in Screen(policy.records[0]).violations(list(enumerate(records)))}
    out = []
    for row, record in enumerate(records):
        decided = evaluator.decide([record]).rows[0]
        out.append(
            {
                benefit.name: FAULTY if row in faulty else _result(decision)
                for benefit, decision in zip(policy.benefits, decided, strict=True)
            }
        )
    return out


def _result(decision: Decision) -> Result:
    return decision.status, decision.fen


def differing_items(before: Sequence[dict[str, Result]], after: Sequence[dict[str, Result]]) -> set[str]:
    """The items that some record gets otherwise; records that one policy refuses are left out."""
    found = set()
    for one, other in zip(before, after, strict=True):
        if FAULTY in (*one.values(), *other.values()):
            continue
        found.update(item for item in one if other.get(item) != one[item])
    return found


# --- holding a difference to its word --------------------------------------------------------------------------


def effects_of(told: Difference) -> Iterator[Effect]:
    for change in told.changes:
        yield from change.effects


def items_with(told: Difference, verdict: Verdict) -> set[str]:
    return {effect.item for effect in effects_of(told) if effect.verdict is verdict}


def shown(told: Difference) -> set[str]:
    """The items of which an example of another result is given."""
    return {
        effect.item
        for effect in effects_of(told)
        if effect.example is not None and effect.example.aspect in (Aspect.RESULT, Aspect.AMOUNT)
    }


def confirmed(example: Example, before: Policy, after: Policy) -> bool:
    """Whether the policies themselves say of the example's records what the difference says that they do."""
    return all(
        _said(policy, example) == (outcome.status, outcome.fen)
        for policy, outcome in ((before, example.before), (after, example.after))
    )


def _said(policy: Policy, example: Example) -> tuple[str, int | None]:
    kind = policy.records[0]
    rows = []
    for sample in example.records:
        values = {known.name: known.value for known in sample.whole}
        row = [values[fact.name] for fact in kind.facts]
        rows.append([None if isinstance(value, Absence) else value for value in row])
    decided = Evaluator(policy, Settings(dict(example.readings))).decide(rows).rows[-1]
    names = [benefit.name for benefit in policy.benefits]
    decision = decided[names.index(example.item)]
    return decision.status.value, decision.fen if decision.status is Status.GRANTED else None
