"""A form that asks what still matters asks enough: once nothing is open, the result is that of the whole record."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from attrs import define, field
from explain.samples import READINGS, policy, rows
from javascript.engines import in_node, job, question, write_engine
from javascript.random_facts import RandomFacts
from strategies.random_batches import random_rows
from strategies.random_policies import loaded, random_policy

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.outcome import Settings, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from javascript.sources import Source

    from hypolicy.rules.tree import Policy, RecordKind

MOST_ROUNDS = 40
RECORDS = 120
POLICIES = 12


def known_from_the_start(policy: Policy, kind: RecordKind) -> set[int]:
    """What the form fills in by itself."""
    holders = policy.ledger.holders if policy.ledger is not None else ()
    return {kind.key.index, *(holder.fact.index for holder in holders)}


@define
class Filling:
    """The records of a policy as far as they are asked for, answered from the whole ones."""

    engine: Path
    policy: Policy
    settings: Settings
    whole: Sequence[Sequence[Any]]
    partial: list[list[Any]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        known = known_from_the_start(self.policy, self.policy.records[0])
        self.partial = [[v if i in known else UNANSWERED for i, v in enumerate(row)] for row in self.whole]

    def asks(self) -> str:
        return job(self.engine, "questions", question(self.policy.records[0], self.partial, self.settings))

    def take(self, answer: list[list[tuple[str, list[str]]]]) -> bool:
        """Answers every open question; whether there was one."""
        places = {fact.name: fact.index for fact in self.policy.records[0].facts}
        asked = [{places[name] for _, names in needed for name in names} for needed in answer]
        for row, source, facts in zip(self.partial, self.whole, asked, strict=True):
            for fact in facts:
                assert row[fact] is UNANSWERED
                row[fact] = source[fact]
        return any(asked)

    def comes_to_the_same(self) -> bool:
        partial, whole = (results(self.policy, self.settings, rows) for rows in (self.partial, self.whole))
        return partial == whole


def fill_in(fillings: Sequence[Filling]) -> None:
    """Round for round, every open question being answered."""
    left = list(fillings)
    for _ in range(MOST_ROUNDS):
        if not left:
            return
        answers = in_node(filling.asks() for filling in left)
        left = [filling for filling, answer in zip(left, answers, strict=True) if filling.take(answer)]
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
    fillings = [
        Filling(engine, regulation, Settings(readings), rows(RECORDS // len(READINGS), 20 + number))
        for number, readings in enumerate(READINGS)
    ]
    fill_in(fillings)
    assert all(filling.comes_to_the_same() for filling in fillings)
    asked = sum(value is not UNANSWERED for filling in fillings for row in filling.partial for value in row)
    # Of 41 facts, what tells the records apart included.
    assert asked / RECORDS < 24


def test_every_policy_is_asked_enough(tmp_path: Path) -> None:
    fillings = []
    for seed in range(100, 100 + POLICIES):
        rng = Random(seed)
        written = loaded(random_policy(rng), tmp_path / str(seed))
        settings = Settings({reading.name: rng.choice(reading.options) for reading in written.readings})
        engine = write_engine(written, tmp_path / f"{seed}.cjs")
        fillings.append(Filling(engine, written, settings, random_rows(rng, written, 10)))
    fill_in(fillings)
    assert [filling.engine.stem for filling in fillings if not filling.comes_to_the_same()] == []


def test_every_construct_is_asked_enough(tmp_path: Path, constructs: list[Source]) -> None:
    fillings = []
    for number, source in enumerate(constructs):
        checked = source.policy
        if source.kind != checked.records[0] or source.kind.name not in {
            b.record for b in checked.benefits[:1]
        }:
            continue
        random = RandomFacts(checked, source.kind, Random(number))
        engine = write_engine(checked, tmp_path / f"{source.name}.cjs")
        fillings.append(Filling(engine, checked, random.settings(), random.rows(6)))
    fill_in(fillings)
    assert [filling.engine.stem for filling in fillings if not filling.comes_to_the_same()] == []


def test_whether_a_benefit_applies_is_asked_first(tmp_path: Path) -> None:
    regulation = policy()
    kind = regulation.records[0]
    engine = write_engine(regulation, tmp_path / "engine.cjs")
    nothing = [[UNANSWERED] * len(kind.facts)]
    [[answer]] = in_node([job(engine, "questions", question(kind, nothing, Settings()))])
    assert {name for _, names in answer for name in names} == {"培训类型"}
    assert "生活费补贴" in {item for item, names in answer if names}
