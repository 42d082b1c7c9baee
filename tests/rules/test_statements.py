"""Rules in plain Chinese before there is any record: the conditions and amounts of two real policies, word for word.

python tests/rules/test_statements.py --update    writes statements.txt anew; read the difference before a commit
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

import pytest

from hypolicy.pipeline import load
from hypolicy.rules import benefit_words as words
from hypolicy.rules.outcome import Settings
from hypolicy.rules.statements import (
    Statement,
    View,
    condition,
    named_condition,
    phrase,
    readings_of,
    words_of,
)
from hypolicy.rules.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules import tree

POLICIES = Path(__file__).parents[2] / "policies"
GOLDEN = Path(__file__).with_name("statements.txt")


def told(policy: tree.Policy, view: View) -> Iterator[str]:
    for benefit in policy.benefits:
        yield f"【{benefit.name}】"
        if benefit.delegated_to:
            continue
        yield f"对象：{words.people(benefit, policy, view)}"
        for one in benefit.conditions:
            yield from lines(named_condition(one.expr, view), f"  {one.denial}：")
        for case in benefit.cases:
            for one in case.conditions:
                yield from lines(named_condition(one.expr, view), f"  {case.name}，{one.denial}：")
            yield f"  {words_of(words.formula(benefit, case, view))}"
        yield f"  {words_of(words.amounts(benefit, view))}"
        for uplift in benefit.uplifts:
            yield from lines(words.uplift(uplift, view), "  ")
        yield f"  {words.stacking(benefit, view)}"
        yield f"  {words.payees(benefit)}；{words.advancers(benefit)}"
    for limit in policy.limits:
        yield f"「{limit.name}」{'；'.join(words.limit_rule(rule, limit.holder, view) for rule in limit.rules)}"
    for concept in policy.concepts:
        body = concept.body
        shown = condition(body, view) if str(concept.type) == "是否" else Statement(phrase(body, view))
        yield from lines(shown, f"「{concept.name}」")
        if readings := readings_of(body, view):
            yield f"  口径：{'、'.join(reading.name for reading in readings)}"


def lines(statement: Statement, start: str) -> Iterator[str]:
    yield f"{start}{words_of(statement.text)}"
    for part in statement.parts:
        yield from lines(part, f"{' ' * (len(start) - len(start.lstrip()) + 4)}")


def whole() -> str:
    out = []
    for name in ("hengyang-2019", "shenzhen-2024"):
        policy = load(POLICIES / name)
        out += [f"# {policy.title}", *told(policy, View(policy.term.start)), ""]
        other = {reading.name: reading.options[-1] for reading in policy.readings if not reading.fixed}
        view = View(policy.term.start, Settings(readings=other))
        out += [f"# {policy.title}，各口径都取最后一个选项", *told(policy, view), ""]
    return "\n".join(line.rstrip() for line in out) + "\n"


def test_two_policies_word_for_word() -> None:
    assert whole() == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (Unit.of("元") / Unit.of("天"), "每天20元"),
        (Unit.of("元") / Unit.of("课时"), "每课时20元"),
        (Unit.of("元"), ""),
        (Unit.of("天"), ""),
        (Unit.of("元") / Unit.of("人") / Unit.of("天"), ""),
    ],
)
def test_a_rate_as_one_says_it(unit: Unit, said: str) -> None:
    assert words.each(Fraction(20), unit) == said


if __name__ == "__main__":
    if "--update" in sys.argv:
        GOLDEN.write_text(whole(), encoding="utf-8")
    else:
        sys.stdout.write(whole())
