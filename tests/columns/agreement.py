"""One comparison for every use: the exact evaluator against the compiled engine, decision by decision."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from strategies.random_batches import random_rows
from strategies.random_policies import loaded, random_policy

from hypolicy.backends.columns.program import canonical_frame, compile_policy
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hypolicy.rules.outcome import Decision
    from hypolicy.rules.tree import Policy

# What may be refused: a number that the compiler cannot bound.
TOO_LARGE = {"HY850"}


def first_difference(
    policy: Policy, got: Sequence[Sequence[Decision]], expected: Sequence[Sequence[Decision]]
) -> str:
    """Empty where there is none; otherwise the first decision that differs, both ways."""
    assert len(got) == len(expected)
    for number, (mine, theirs) in enumerate(zip(got, expected, strict=True)):
        for benefit, one, other in zip(policy.benefits, mine, theirs, strict=True):
            if one != other:
                return f"row {number} {benefit.name}: {one} against {other}"
    return ""


def of_rows(policy: Policy, settings: Settings, rows: list[list[Any]]) -> str:
    """Before the ledger."""
    kind = policy.records[0]
    program = compile_policy(policy, settings)
    got = program.before_ledger(canonical_frame(kind, rows)).decisions()
    return first_difference(policy, got, Evaluator(policy, settings).before_ledger(rows, kind.name))


def of_random_policy(seed: int, folder: Path, count: int = 30) -> str | None:
    """The first difference on a random policy; None where it is refused for a number that is too large."""
    rng = Random(seed)
    policy = loaded(random_policy(rng), folder)
    settings = Settings({reading.name: rng.choice(reading.options) for reading in policy.readings})
    rows = random_rows(rng, policy, count)
    try:
        return of_rows(policy, settings, rows)
    except Refusal as refusal:
        others = {diagnostic.code for diagnostic in refusal.diagnostics} - TOO_LARGE
        return f"refused: {others}" if others else None
