"""Which entries the ledger need not see: leaving them out changes nothing, under the limits of random policies."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from strategies.random_batches import random_rows
from strategies.random_policies import loaded, random_policy

from hypolicy.backends.columns.program import Wanted, canonical_frame, compile_policy
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules.outcome import Settings
from hypolicy_simulator.run.decide import contested

if TYPE_CHECKING:
    from pathlib import Path


def check(seed: int, folder: Path) -> tuple[int, int] | None:
    """Entries in all and contested ones; None where there is no ledger to speak of."""
    rng = Random(seed)
    policy = loaded(random_policy(rng), folder)
    settings = Settings({reading.name: rng.choice(reading.options) for reading in policy.readings})
    try:
        program = compile_policy(policy, settings)
    except Refusal:
        return None
    if program.ledger is None:
        return None
    rows = random_rows(rng, policy, 40)
    if program.partition_fact is not None:  # more people, so that there are some with one payment only
        for row in rows:
            row[program.partition_fact.index] = str(rng.randrange(25))
    run = program.start(wanted=Wanted.DECISIONS)
    run.feed(canonical_frame(policy.records[0], rows))
    _, entries = run.pending()
    some = contested(program, entries)
    none = program.history_frame(())
    whole, part = (program.settle(each, none, reasons=False).changes for each in (entries, some))
    for name in ("row", "item", "status", "fen"):
        assert getattr(whole, name).tolist() == getattr(part, name).tolist(), seed
    return entries.height, some.height


def test_random_policies(tmp_path: Path) -> None:
    counted = [check(seed, tmp_path / str(seed)) for seed in range(100)]
    sizes = [each for each in counted if each is not None]
    assert len(sizes) > 30
    left_out = [(every, some) for every, some in sizes if some < every]
    assert len(left_out) > 5
    assert any(some > 0 for _, some in left_out)
