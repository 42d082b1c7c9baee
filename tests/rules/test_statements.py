"""Rules in plain Chinese before there is any record: the conditions and amounts of two real policies, word for word.

python tests/rules/test_statements.py --update    writes statements.txt anew; read the difference before a commit
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import pytest
from rules.in_words import rules_in_words

from hypolicy.pipeline import load
from hypolicy.rules import benefit_words as words
from hypolicy.rules.outcome import Settings
from hypolicy.rules.statements import View
from hypolicy.rules.units import Unit

POLICIES = Path(__file__).parents[2] / "policies"
GOLDEN = Path(__file__).with_name("statements.txt")


def whole() -> str:
    out = []
    for name in ("hengyang-2019", "shenzhen-2024"):
        policy = load(POLICIES / name)
        out += [f"# {policy.title}", *rules_in_words(policy, View(policy.term.start)), ""]
        other = {reading.name: reading.options[-1] for reading in policy.readings if not reading.fixed}
        view = View(policy.term.start, Settings(readings=other))
        out += [f"# {policy.title}，各口径都取最后一个选项", *rules_in_words(policy, view), ""]
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
