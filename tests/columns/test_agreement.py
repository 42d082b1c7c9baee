"""The compiled engine against the exact evaluator: result, amount, reasons and clauses are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from columns.agreement import of_random_policy, of_rows
from differential.test_agreement import policy, rows

from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from pathlib import Path

POLICIES = 300
BLOCKS = 10


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_policies(block: int, tmp_path: Path) -> None:
    size = POLICIES // BLOCKS
    seeds = range(block * size, (block + 1) * size)
    found = {seed: of_random_policy(seed, tmp_path / str(seed)) for seed in seeds}
    assert {seed: difference for seed, difference in found.items() if difference} == {}
    refused = [seed for seed, difference in found.items() if difference is None]
    assert len(refused) <= size // 5


def test_the_regulation() -> None:
    assert of_rows(policy(), Settings(), rows()) == ""


def test_the_regulation_under_other_readings() -> None:
    for reading in policy().readings:
        for option in reading.options:
            if option != reading.default and not reading.fixed:
                assert of_rows(policy(), Settings({reading.name: option}), rows()[:2000]) == ""
