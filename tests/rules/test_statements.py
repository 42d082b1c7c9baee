"""Rules in plain Chinese before there is any record: the conditions and amounts of two real policies, word for word.

python tests/rules/test_statements.py --update    writes statements.txt anew; read the difference before a commit
"""

from __future__ import annotations

import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import pytest
from explain.samples import write_small
from rules.in_words import rules_in_words

from hypolicy.pipeline import load
from hypolicy.rules import benefit_words as words
from hypolicy.rules.outcome import Settings
from hypolicy.rules.statements import View, standard
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


def test_a_standard_is_that_of_the_day_unless_a_run_sets_another(tmp_path: Path) -> None:
    policy = write_small(tmp_path)
    hours, shortage = policy.parameters
    [table] = policy.tables
    days = [date(2019, 12, 31), date(2020, 12, 31), date(2021, 1, 1), date(2022, 1, 1)]
    assert [View(day).value(hours) for day in days] == [None, 5, Fraction(13, 2), Fraction(13, 2)]
    assert [View(day).version(table).period.start.year for day in days] == [2022, 2020, 2020, 2022]
    assert standard(hours, View(days[0])) == "这一天没有规定"
    assert standard(shortage, View(days[0])) == "由市人社局规定"
    assert standard(hours, View(days[2])) == "6.50元/课时"
    changed = View(days[0], Settings(parameters={"课时标准": Fraction(7)}))
    assert (changed.value(hours), changed.value(shortage)) == (7, None)


if __name__ == "__main__":
    if "--update" in sys.argv:
        GOLDEN.write_text(whole(), encoding="utf-8")
    else:
        sys.stdout.write(whole())
