"""Where random records come from to compare the calculator with the exact evaluator: policies, readings and batches.

A batch is what one person, or a few, might fill in: its records share holders, so that limits and caps bite. The same
number gives the same batch everywhere, so that a difference can be looked into.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from amendments.model import Model, documents
from attrs import define, field
from conformance.test_conformance import GOOD
from differential.random_records import random_records
from explain.samples import FOLDER, OCCUPATIONS, READINGS, value
from javascript.random_facts import RandomFacts
from strategies.random_batches import random_rows
from strategies.random_policies import loaded, random_policy

from docs.code_examples import laid_out
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.pipeline import check_folder, load
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.outcome import Entry, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from javascript.engines import Comparison

    from hypolicy.rules.tree import Policy, RecordKind

    Rows = list[list[Any]]

ROOT = Path(__file__).parents[2]
SHENZHEN = ROOT / "policies" / "shenzhen-2024"
DRAFTS = [
    ROOT / "docs" / "examples" / f"{name}.hyp"
    for name in ("示例1 提高生活费标准", "示例2 提高安全培训标准", "示例3 扩大免费培训对象")
]
BATCH = 4
INCOMPLETE = 0.3  # the share of batches that are still being filled in
HOLES = 0.15
EARLIER = 0.2  # the share of batches of which the first record was decided before
TRANSITIONS = ("", *(f"新旧衔接：开班日期在施行日之前的，{mode}。" for mode in ("从新", "从旧", "取有利")))


def every_reading(policy: Policy) -> list[Settings]:
    """The readings of the policy itself; then each option of each 口径 that may be chosen, alone."""
    alone = [
        Settings({reading.name: option})
        for reading in policy.readings
        if not reading.fixed
        for option in reading.options
        if option != reading.default
    ]
    return [Settings(), *alone]


@define
class Source:
    """Batches of records of one kind of a policy, under its readings in turn."""

    name: str
    policy: Policy
    batch: Callable[[Random], Rows]
    kind: RecordKind
    settings: list[Settings] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.settings = every_reading(self.policy)

    def compare(self, comparison: Comparison, number: int) -> None:
        """One more batch to compare: results, figures and the whole reasoning of each record."""
        rng = Random(f"{self.name} {number}")
        rows, settings, history = self.batch(rng), self.settings[number % len(self.settings)], list[Entry]()
        if rng.random() < EARLIER:
            evaluator = Evaluator(self.policy, settings, complete=False)
            history = evaluator.decide(rows[:1], record=self.kind.name).granted
            rows = rows[1:]
        complete = rng.random() >= INCOMPLETE
        if not complete:
            key = self.kind.key.index
            rows = [[_hole(rng, cell, i == key) for i, cell in enumerate(row)] for row in rows]
        called = f"{self.name}, batch {number} "
        comparison.decisions(self.policy, self.kind, rows, settings, history, called=called)
        comparison.reasoning(
            self.policy, self.kind, rows, settings, history, complete=complete, called=called
        )


def _hole(rng: Random, cell: Any, key: bool) -> Any:
    """A cell, or that nobody has answered it, or that there is none."""
    return cell if key or rng.random() >= HOLES else rng.choice((None, UNANSWERED))


def boundaries(policy: Policy, kind: RecordKind) -> Callable[[Random], Rows]:
    """Records of the values that the rules tell apart, and of those beside them."""
    return lambda rng: RandomFacts(policy, kind, rng).rows(BATCH)


def trainings(policy: Policy) -> Callable[[Random], Rows]:
    """Trainings of the regulation, most of them plausible and many payable, of one or two people."""
    facts = policy.records[0].facts
    holder = next(fact.name for fact in facts if fact.name == "学员编号")

    def batch(rng: Random) -> Rows:
        sample = random_records(BATCH, rng.randrange(2**32), OCCUPATIONS)
        for record in sample:
            record[holder] = rng.choice("甲甲甲乙")
        return [[value(fact, record[fact.name]) for fact in facts] for record in sample]

    return batch


# --- policies ------------------------------------------------------------------------------------------------------


@cache
def published() -> dict[str, Source]:
    """Both policies; the regulation also as its example drafts leave it, one of which takes the better of two rules."""
    out: dict[str, Source] = {}
    for name, policy in (("衡阳", load(FOLDER)), ("衡阳修订", load(FOLDER, amendments=DRAFTS))):
        kind = policy.records[0]
        for how, batch in (("培训", trainings(policy)), ("边界", boundaries(policy, kind))):
            source = out[f"{name} {how}"] = Source(f"{name} {how}", policy, batch, kind)
            source.settings += [Settings(readings) for readings in READINGS if readings]  # several at once
    other = load(SHENZHEN)
    kind = other.records[0]
    return out | {"深圳 边界": Source("深圳 边界", other, boundaries(other, kind), kind)}


def amended(number: int, folder: Path) -> Source:
    """A small policy with amendments of every kind, each with its own 新旧衔接."""
    rng = Random(number)
    Model().write(folder)
    (folder / "修订").mkdir()
    for place, document in enumerate(documents(rng)):
        document.transition = rng.choice(TRANSITIONS)
        (folder / "修订" / f"{place}.hyp").write_text(document.text(), encoding="utf-8")
    policy = load(folder)
    return Source(f"修订 {number}", policy, boundaries(policy, policy.records[0]), policy.records[0])


def invented(number: int, folder: Path) -> Source:
    """A policy made at random."""
    policy = loaded(random_policy(Random(number)), folder)
    return Source(f"随机 {number}", policy, lambda rng: random_rows(rng, policy, BATCH), policy.records[0])


def every_construct(folder: Path) -> list[Source]:
    """The policies of the conformance suite, which between them have every construct of the language."""
    out = []
    for number, case in enumerate(GOOD):
        policy = check_folder(laid_out(case, folder / str(number))).policy
        assert policy is not None
        for kind in policy.records:
            out.append(Source(f"{case.stem} {kind.name}", policy, boundaries(policy, kind), kind))
    return out
