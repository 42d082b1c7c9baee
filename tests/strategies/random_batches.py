"""Random records and earlier payments for the policies of `random_policies`, many of them on a boundary."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from strategies.random_policies import LABELS, TEXTS

from hypolicy.rules.ledger import ledger_facts
from hypolicy.rules.outcome import Entry
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType

if TYPE_CHECKING:
    from random import Random

    from hypolicy.rules.tree import Fact, Policy

# Edges of the term, of versions, of months and of years.
DAYS = [
    date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 31), date(2020, 2, 28), date(2020, 2, 29), date(2020, 6, 30),
    date(2020, 7, 1), date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 31), date(2021, 2, 28), date(2021, 3, 30),
    date(2021, 3, 31), date(2021, 12, 31), date(2022, 1, 1),
]  # fmt: skip
COUNTS = (0, 1, 2, 5, 10, 19, 20, 21, 60, 1000)
MONEY = tuple(Fraction(text) for text in ("0", "0.01", "1", "99.99", "100", "333.33", "1000", "66666.67"))
PEOPLE = ("1", "2", "03", "甲", "4301X")
# As text 10 stands before 9; what is no whole number stands last.
KEYS = ("9", "10", "010", "补1", "7X")


def random_rows(rng: Random, policy: Policy, count: int) -> list[list[Any]]:
    """Sound records of the first kind, by the index of the fact."""
    facts = policy.records[0].facts
    optional_given = rng.choice((0.5, 0.9))
    people = rng.sample(PEOPLE, rng.choice((1, 2, 4)))
    rows = [[value(rng, fact, optional_given, people) for fact in facts] for _ in range(count)]
    keys = [f"{KEYS[number]}" if number < len(KEYS) else str(number) for number in range(count)]
    rng.shuffle(keys)
    place = policy.records[0].key.index
    for row, key in zip(rows, keys, strict=True):
        row[place] = key
    return rows


def value(rng: Random, fact: Fact, given: float, people: list[str]) -> Any:
    if fact.optional and rng.random() > given:
        return None
    match fact.type:
        case BoolType():
            return rng.random() < 0.5
        case DateType() if fact.name == "出生日":
            return rng.choice((date(1960, 1, 1), date(2002, 1, 1), date(2004, 2, 29), date(2004, 7, 1)))
        case DateType():
            edge = (
                rng.choice(DAYS) if rng.random() < 0.7 else date(2020, 1, 1) + timedelta(rng.randrange(730))
            )
            return edge + timedelta(rng.choice((0, 0, 0, -1, 1)))
        case EnumType(labels=labels):
            return rng.choice(labels)
        case NumberType(whole=True):
            return rng.choice(COUNTS)
        case NumberType():
            return rng.choice(MONEY[:6] if fact.name == "系数" else MONEY)
        case _ if fact.name == "人员号":
            return rng.choice(people)
        case _ if fact.name == "单位名":
            return rng.choice(("甲厂", "乙厂"))
        case _:
            return rng.choice((*TEXTS, "别的", "其他工"))


def random_history(rng: Random, policy: Policy, count: int) -> list[Entry]:
    """Earlier payments of any item, in no order."""
    people = list(PEOPLE)
    out = []
    for number in range(count):
        facts = {fact.name: value(rng, fact, 1.0, people) for fact in ledger_facts(policy)}
        facts[policy.records[0].key.name] = f"旧{number}"
        item = rng.choice(policy.benefits).name
        out.append(Entry(item, facts, rng.choice((1, 5000, 10000, 30000, 99999))))
    return out


__all__ = ["LABELS", "random_history", "random_rows"]
