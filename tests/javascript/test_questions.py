"""A form that asks what still matters asks enough: once nothing is open, the result is that of the whole record."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from explain.samples import READINGS, policy, rows
from javascript.engines import in_node, job, question, write_engine
from strategies.random_batches import random_rows
from strategies.random_policies import loaded, random_policy

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.outcome import Settings, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hypolicy.rules.tree import Policy, RecordKind

MOST_ROUNDS = 40
RECORDS = 200
POLICIES = 12


def known_from_the_start(policy: Policy, kind: RecordKind) -> set[int]:
    """What the form fills in by itself."""
    holders = policy.ledger.holders if policy.ledger is not None else ()
    return {kind.key.index, *(holder.fact.index for holder in holders)}


def filled_in(
    engine: Path, policy: Policy, settings: Settings, whole: Sequence[Sequence[Any]]
) -> list[list[Any]]:
    """The records as far as they are asked for, every open question being answered from the whole record."""
    kind = policy.records[0]
    known = known_from_the_start(policy, kind)
    partial = [[v if i in known else UNANSWERED for i, v in enumerate(row)] for row in whole]
    places = {fact.name: fact.index for fact in kind.facts}
    for _ in range(MOST_ROUNDS):
        [answer] = in_node([job(engine, "questions", question(kind, partial, settings))])
        asked = [{name for _, names in needed for name in names} for needed in answer]
        if not any(asked):
            return partial
        for row, source, names in zip(partial, whole, asked, strict=True):
            for name in names:
                assert row[places[name]] is UNANSWERED
                row[places[name]] = source[places[name]]
    raise AssertionError("the questions never end")


def results(
    policy: Policy, settings: Settings, records: Sequence[Sequence[Any]]
) -> list[list[tuple[Status, int]]]:
    """What each record gets by itself."""
    evaluator = Evaluator(policy, settings, complete=False)
    decided = [evaluator.decide([record]).rows[0] for record in records]
    return [[(one.status, one.fen) for one in row] for row in decided]


def test_the_regulation_is_asked_enough_and_not_everything(tmp_path: Path) -> None:
    regulation = policy()
    engine = write_engine(regulation, tmp_path / "engine.cjs")
    asked = 0
    for number, readings in enumerate(READINGS):
        whole = rows(RECORDS // len(READINGS), 20 + number)
        partial = filled_in(engine, regulation, Settings(readings), whole)
        assert results(regulation, Settings(readings), partial) == results(
            regulation, Settings(readings), whole
        )
        asked += sum(value is not UNANSWERED for row in partial for value in row)
    # Of 41 facts, what tells the records apart included.
    assert asked / RECORDS < 24


def test_every_policy_is_asked_enough(tmp_path: Path) -> None:
    for seed in range(100, 100 + POLICIES):
        rng = Random(seed)
        written = loaded(random_policy(rng), tmp_path / str(seed))
        settings = Settings({reading.name: rng.choice(reading.options) for reading in written.readings})
        engine = write_engine(written, tmp_path / f"{seed}.cjs")
        whole = random_rows(rng, written, 10)
        partial = filled_in(engine, written, settings, whole)
        assert results(written, settings, partial) == results(written, settings, whole), seed


def test_whether_a_benefit_applies_is_asked_first(tmp_path: Path) -> None:
    regulation = policy()
    kind = regulation.records[0]
    engine = write_engine(regulation, tmp_path / "engine.cjs")
    nothing = [[UNANSWERED] * len(kind.facts)]
    [[answer]] = in_node([job(engine, "questions", question(kind, nothing, Settings()))])
    assert {name for _, names in answer for name in names} == {"培训类型"}
    assert "生活费补贴" in {item for item, names in answer if names}
