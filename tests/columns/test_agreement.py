"""The compiled engine against the exact evaluator: results, amounts, reasons, clauses, ledger and sums are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from columns.agreement import difference, of_random_editions, of_random_policy
from differential.test_agreement import policy, rows

from hypolicy.backends.columns.program import compile_policy
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from pathlib import Path

POLICIES = 300
BLOCKS = 10
READINGS = [(r.name, o) for r in policy().readings for o in r.options if o != r.default and not r.fixed]


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_policies(block: int, tmp_path: Path) -> None:
    size = POLICIES // BLOCKS
    seeds = range(block * size, (block + 1) * size)
    found = {seed: of_random_policy(seed, tmp_path / str(seed), 20, most_items=2) for seed in seeds}
    assert {seed: told for seed, told in found.items() if told} == {}
    refused = [seed for seed, told in found.items() if told is None]
    assert len(refused) <= size // 5


@pytest.mark.parametrize("block", range(4))
def test_random_editions(block: int, tmp_path: Path) -> None:
    found = {
        seed: of_random_editions(seed, tmp_path / str(seed)) for seed in range(block * 10, block * 10 + 10)
    }
    assert {seed: told for seed, told in found.items() if told} == {}


def test_the_regulation() -> None:
    assert difference(compile_policy(policy()), rows()[:2500], (), 700) == ""


@pytest.mark.parametrize(("reading", "option"), READINGS)
def test_the_regulation_under_every_option_of_every_reading(reading: str, option: str) -> None:
    program = compile_policy(policy(), Settings({reading: option}))
    assert difference(program, rows()[:400], (), 150) == ""
