"""Where random records come from to compare the calculator with the exact evaluator: policies, readings and batches.

A batch is what one person, or a few, might fill in: its records share holders, so that limits and caps bite. The same
number gives the same batch everywhere, so that a difference can be looked into.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from amendments.model import Model, documents
from attrs import define, field
from differential.random_records import random_records
from explain.samples import FOLDER, OCCUPATIONS, READINGS, value
from javascript.random_facts import RandomFacts

from hypolicy.pipeline import load
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from javascript.engines import Comparison

    from hypolicy.rules.tree import Policy

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
    """Batches of records of the first kind of a policy, under its readings in turn."""

    name: str
    policy: Policy
    batch: Callable[[Random], Rows]
    together: Sequence[Settings] = ()  # several 口径 chosen at once
    settings: list[Settings] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.settings = [*every_reading(self.policy), *self.together]

    def compare(self, comparison: Comparison, number: int) -> int:
        """One more batch to compare: results, figures and the whole reasoning of each record. How many there are."""
        rng = Random(f"{self.name} {number}")
        kind = self.policy.records[0]
        settings = self.settings[number % len(self.settings)]
        rows = self.batch(rng)
        complete = rng.random() >= INCOMPLETE
        if not complete:
            rows = [[_hole(rng, cell, i == kind.key.index) for i, cell in enumerate(row)] for row in rows]
        called = f"{self.name}, batch {number} "
        comparison.decisions(self.policy, kind, rows, settings, called=called)
        comparison.reasoning(self.policy, kind, rows, settings, complete=complete, called=called)
        return len(rows)


def _hole(rng: Random, cell: Any, key: bool) -> Any:
    """A cell, or that nobody has answered it, or that there is none."""
    return cell if key or rng.random() >= HOLES else rng.choice((None, UNANSWERED))


def boundaries(policy: Policy) -> Callable[[Random], Rows]:
    """Records of the values that the rules tell apart, and of those beside them."""
    return lambda rng: RandomFacts(policy, policy.records[0], rng).rows(BATCH)


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


@cache
def regulation() -> list[Source]:
    """The regulation as it is, and as its example drafts leave it, which take the better of two rules."""
    together = [Settings(readings) for readings in READINGS if readings]
    out = []
    for name, policy in (("衡阳", load(FOLDER)), ("衡阳修订", load(FOLDER, amendments=DRAFTS))):
        out.append(Source(f"{name} 培训", policy, trainings(policy), together))
        out.append(Source(f"{name} 边界", policy, boundaries(policy), together))
    return out


@cache
def shenzhen() -> Source:
    policy = load(SHENZHEN)
    return Source("深圳 边界", policy, boundaries(policy))


def amended(number: int, folder: Path) -> Source:
    """A small policy with amendments of every kind, each with its own 新旧衔接."""
    rng = Random(number)
    Model().write(folder)
    (folder / "修订").mkdir()
    for place, document in enumerate(documents(rng)):
        document.transition = rng.choice(TRANSITIONS)
        (folder / "修订" / f"{place}.hyp").write_text(document.text(), encoding="utf-8")
    policy = load(folder)
    shutil.rmtree(folder)
    return Source(f"修订 {number}", policy, boundaries(policy))
