"""The rules compiled to JavaScript, in node, against the exact evaluator: results and reasoning, byte for byte."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from explain.samples import READINGS, rows
from explain.samples import policy as regulation
from javascript.engines import Comparison
from javascript.sources import SHENZHEN, amended, published
from strategies.random_batches import random_history, random_rows
from strategies.random_policies import loaded, random_policy

from hypolicy.backends.exact.cases import case_tables
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.pipeline import load
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from javascript.sources import Source

    from hypolicy.rules.tree import Policy, RecordKind

DECIDED = 2_000
AMENDED_POLICIES = 8
BATCHES_OF_AMENDED = 6
# By source, the steps from batch to batch, each of which is under another choice of 口径.
SAMPLES = [("衡阳 培训", 2), ("衡阳 边界", 4), ("衡阳修订 培训", 3), ("衡阳修订 边界", 4), ("深圳 边界", 1)]
# Days that end before they begin.
DIFFERED = {"衡阳 边界": (49,)}
RANDOM_POLICIES = 10
# A table was asked for its version before its key (342, 359).
SEEDS_THAT_DIFFERED = (342, 359)


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    return Comparison(tmp_path)


def kind_of(policy: Policy, name: str) -> RecordKind:
    return next(kind for kind in policy.records if kind.name == name)


# --- every worked case ---------------------------------------------------------------------------------------------


def compare_cases(comparison: Comparison, policy: Policy, called: str) -> None:
    for case in policy.cases:
        settings = Settings(case.readings, case.parameters, case_tables(policy, case))
        kind = kind_of(policy, case.record)
        records = [[record.get(fact.name) for fact in kind.facts] for record in case.records]
        comparison.decisions(policy, kind, records, settings, called=f"{called} {case.name}")
        comparison.reasoning(policy, kind, records, settings, called=f"{called} {case.name}")


def test_every_construct(comparison: Comparison, constructs: list[Source]) -> None:
    """The worked cases of the conformance suite, and records on the boundaries of its rules."""
    for source in constructs:
        if source.kind == source.policy.records[0]:
            compare_cases(comparison, source.policy, source.name)
        source.compare(comparison, 0)
    assert comparison.first_difference() == ""


def test_every_worked_case_of_the_policies(comparison: Comparison) -> None:
    compare_cases(comparison, regulation(), "衡阳")
    compare_cases(comparison, load(SHENZHEN), "深圳")
    assert comparison.first_difference() == ""


# --- random records ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(len(READINGS)))
def test_many_random_records_are_decided_alike(comparison: Comparison, number: int) -> None:
    policy, settings = regulation(), Settings(READINGS[number])
    records = rows(DECIDED // len(READINGS), number)
    cut = len(records) // 2
    history = Evaluator(policy, settings).decide(records[:cut]).granted
    comparison.decisions(policy, policy.records[0], records[:cut], settings)
    comparison.decisions(policy, policy.records[0], records[cut:], settings, history)
    assert comparison.first_difference() == ""


@pytest.mark.parametrize(("name", "step"), SAMPLES)
def test_random_records_are_explained_alike(comparison: Comparison, name: str, step: int) -> None:
    """A sample of the long comparison (tests/campaigns/calculator.py), under each option of each 口径."""
    source = published()[name]
    for number in (*range(0, len(source.settings), step), *DIFFERED.get(name, ())):
        source.compare(comparison, number)
    assert comparison.first_difference() == ""


def test_amended_policies_are_explained_alike(comparison: Comparison, tmp_path: Path) -> None:
    for number in range(AMENDED_POLICIES):
        source = amended(number, tmp_path / str(number))
        for batch in range(BATCHES_OF_AMENDED):
            source.compare(comparison, batch)
    assert comparison.first_difference() == ""


def test_random_policies(comparison: Comparison, tmp_path: Path) -> None:
    for seed in (*range(RANDOM_POLICIES), *SEEDS_THAT_DIFFERED):
        rng = Random(seed)
        written = loaded(random_policy(rng), tmp_path / str(seed))
        kind = written.records[0]
        settings = Settings({reading.name: rng.choice(reading.options) for reading in written.readings})
        records, history = random_rows(rng, written, 12), random_history(rng, written, 4)
        holes = [
            [
                value if i == kind.key.index or rng.random() > 0.15 else UNANSWERED
                for i, value in enumerate(row)
            ]
            for row in records
        ]
        comparison.decisions(written, kind, records, settings, history, called=f"{seed} ")
        comparison.reasoning(
            written, kind, records, settings, history, places=range(0, 12, 4), called=f"{seed} "
        )
        comparison.reasoning(
            written, kind, holes, settings, history, places=range(0, 12, 6), called=f"{seed} "
        )
    assert comparison.first_difference() == ""
