"""An amended policy is what an editor would have made of its files, in whatever order the documents lie in the folder.

Of each record, the edition that the day of its training selects decides, as the policy of that time would have.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest
from amendments.model import DAYS as EFFECTIVE
from amendments.model import PERSONS, Document, Model, documents
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from thoroughness import seeds_tried

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.pipeline import examine
from hypolicy.source.folder import PolicyFolder

if TYPE_CHECKING:
    from hypolicy.rules.tree import Policy

SEEDS: Final = st.integers(0, 2**32)
some = seeds_tried(9)
FIRST: Final = date(2019, 12, 1)
DAYS: Final = 900


def checked(model: Model, amending: list[Document], names: list[str]) -> Policy:
    """The policy of a model, amended by documents in files of these names."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "policy"
        model.write(root)
        (root / "修订").mkdir()
        for document, name in zip(amending, names, strict=True):
            (root / "修订" / f"{name}.hyp").write_text(document.text(), encoding="utf-8")
        found = examine(PolicyFolder(root.resolve()))
    errors = [(d.code, d.message) for d in found.diagnostics if d.code not in ("HY533",)]
    assert not errors, (errors, [document.text() for document in amending])
    assert found.policy is not None
    assert found.coverage is not None
    assert found.coverage.complete
    return found.policy


def day_at_random(random: Random) -> date:
    """Any day before, in or after the term; every other time one on which an amendment takes effect, or beside it."""
    if random.random() < 0.5:
        return random.choice(EFFECTIVE) + timedelta(random.choice([-1, 0, 1]))
    return FIRST + timedelta(random.randrange(DAYS))


def records(random: Random, count: int) -> list[list[Any]]:
    """Rows in the order of the facts of model.FACTS."""
    out = []
    for number in range(count):
        last = day_at_random(random)
        persons = [random.random() < 0.4 for _ in PERSONS]
        level = random.choice(["初级工", "中级工"])
        first = min(last, day_at_random(random))
        out.append(
            [str(number), str(random.randrange(4)), *persons, level, random.randrange(30), first, last]
        )
    return out


@some
@given(SEEDS)
def test_an_amended_policy_is_the_policy_edited_by_hand(seed: int) -> None:
    random = Random(seed)
    amending = documents(random)
    names = [str(n) for n in range(len(amending))]
    random.shuffle(names)
    amended = checked(Model(), amending, names)
    by_hand = checked(amending[-1].after if amending else Model(), [], [])
    assert evolve(amended, amendments=(), earlier=()) == by_hand
    assert [amendment.number for amendment in amended.amendments] == [one.number for one in amending]
    random.shuffle(names)
    assert checked(Model(), amending, names) == amended


@some
@given(SEEDS)
def test_the_policy_of_its_day_decides_each_record(seed: int) -> None:
    """Before the ledger, each record is decided as by the policy as it was edited up to its day."""
    random = Random(seed)
    amending = documents(random)
    amended = Evaluator(checked(Model(), amending, [str(n) for n in range(len(amending))]))
    stages = [(date.min, Model()), *((one.day, one.after) for one in amending)]
    by_hand = [(day, Evaluator(checked(model, [], []))) for day, model in stages]
    rows = records(random, 60)
    for row, decisions in zip(rows, amended.before_ledger(rows, "申请"), strict=True):
        _, then = [stage for stage in by_hand if stage[0] <= row[-1]][-1]
        expected = then.before_ledger([row], "申请")[0]
        assert [evolve(decision, edition=0) for decision in decisions] == expected


@pytest.mark.parametrize("mode", ["从旧", "取有利"])
@some
@given(seed=SEEDS)
def test_records_that_straddle_the_day(mode: str, seed: int) -> None:
    """A second opinion: a record that began before the day and ends on it or later is decided by hand both ways."""
    random = Random(seed)
    document = next(one for one in iter(lambda: documents(random)[:1], None) if one)[0]
    document.transition = f"新旧衔接：开班日期在施行日之前的，{mode}。"
    amended = Evaluator(checked(Model(), [document], ["修订"]))
    # Old versions of values go on for what the old rules decide; only new ones begin on the day.
    old, new = (Evaluator(checked(model, [], [])) for model in (Model(), document.after))
    rows = records(random, 60)
    for row, decisions in zip(rows, amended.before_ledger(rows, "申请"), strict=True):
        before, after = old.before_ledger([row], "申请")[0][0], new.before_ledger([row], "申请")[0][0]
        got = (decisions[0].status, decisions[0].fen)
        if row[-1] < document.day:
            expected = before
        elif row[-2] >= document.day:
            expected = after
        elif mode == "从旧":
            expected = before
        else:
            expected = max(after, before, key=lambda decision: decision.fen)
        assert got == (expected.status, expected.fen)


@some
@given(SEEDS)
def test_one_ledger_for_all_editions(seed: int) -> None:
    """A second opinion on the ledger: all earlier payments of a person count, the number is that of the day."""
    random = Random(seed)
    amending = documents(random)
    policy = checked(Model(), amending, [str(n) for n in range(len(amending))])
    rows = records(random, 80)
    random.shuffle(rows)
    evaluator = Evaluator(policy)
    alone = [decisions[0].fen for decisions in evaluator.before_ledger(rows, "申请")]
    together = [decisions[0].fen for decisions in evaluator.decide(rows).rows]
    stages = [(date.min, Model()), *((one.day, one.after) for one in amending)]
    paid: list[tuple[str, int, int]] = []
    for place in sorted(range(len(rows)), key=lambda place: (rows[place][-1], int(rows[place][0]))):
        row, fen = rows[place], alone[place]
        _, model = [stage for stage in stages if stage[0] <= row[-1]][-1]
        earlier = [one[2] for one in paid if one[:2] == (row[1], row[-1].year)]
        if len(earlier) >= model.times:
            fen = 0
        if model.period == "每自然年":
            fen = min(fen, max(0, model.cap * 100 - sum(earlier)))
        if fen:
            paid.append((row[1], row[-1].year, fen))
        assert together[place] == fen, (row, model)
