"""The rule files, decided by the exact evaluator, against the second opinion: every item of every record, to the fen.

The two share no code: the second opinion is written from the legal analysis alone.
"""

from __future__ import annotations

import random
import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from differential.random_records import random_records
from differential.second_opinion import READINGS, Granted, Rates, load_catalogue
from differential.second_opinion import decide as second_opinion

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.pipeline import load
from hypolicy.rules.outcome import Decided, Settings, Status
from hypolicy.rules.types import BoolType, DateType, NumberType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypolicy.rules.tree import Fact, Policy

FOLDER = Path(__file__).parents[2] / "policies" / "hengyang-2019"
CATALOGUE = load_catalogue(FOLDER / "补贴标准目录.csv")
OCCUPATIONS = [*sorted({occupation for occupation, _ in CATALOGUE}), "无人机驾驶员", "茶艺设计师"]
# Enough for every option to show; `make agreement` takes as many as are asked for.
SIZE, SEED = 8_000, 1
LEAST_CHANGED = 15
Results = list[dict[str, tuple[str, int | None]]]


@cache
def policy() -> Policy:
    return load(FOLDER)


@cache
def records() -> list[dict[str, str]]:
    return random_records(SIZE, SEED, OCCUPATIONS)


def value(fact: Fact, text: str) -> Any:
    """A cell of the sample, which is valid by construction."""
    if not text:
        return None
    match fact.type:
        case BoolType():
            return text == "是"
        case DateType():
            return date.fromisoformat(text)
        case NumberType():
            return int(text)
        case _:
            return text


@cache
def rows() -> list[list[Any]]:
    return rows_of(records())


def rows_of(sample: Sequence[Mapping[str, str]]) -> list[list[Any]]:
    facts = policy().records[0].facts
    return [[value(fact, record[fact.name]) for fact in facts] for record in sample]


def results(decided: Decided) -> Results:
    names = [benefit.name for benefit in decided.policy.benefits]
    return [
        {
            name: (decision.status.value, decision.fen if decision.status is Status.GRANTED else None)
            for name, decision in zip(names, row, strict=True)
        }
        for row in decided.rows
    ]


def first_difference(got: Results, expected: Results) -> str:
    """Empty where there is none; otherwise the first record that differs, with both results."""
    for record, mine, theirs in zip(records(), got, expected, strict=True):
        for item, result in mine.items():
            if result != tuple(theirs[item]):
                return f"{record['记录编号']} {item}: {result} against {theirs[item]}"
    return ""


@cache
def by_default() -> Results:
    return results(Evaluator(policy()).decide(rows()))


def test_agrees_by_default() -> None:
    assert first_difference(by_default(), second_opinion(records(), CATALOGUE)) == ""


def test_the_sample_pays_every_item_that_has_an_amount() -> None:
    paid = {item for row in by_default() for item, (status, _) in row.items() if status == "准予"}
    assert paid == {benefit.name for benefit in policy().benefits if not benefit.delegated_to}


@pytest.mark.parametrize(
    ("reading", "option"), [(name, option) for name, options in READINGS.items() for option in options[1:]]
)
def test_agrees_under_every_option_of_every_reading(reading: str, option: str) -> None:
    got = results(Evaluator(policy(), Settings({reading: option})).decide(rows()))
    assert first_difference(got, second_opinion(records(), CATALOGUE, {reading: option})) == ""
    changed = sum(mine != default for mine, default in zip(got, by_default(), strict=True))
    assert changed >= LEAST_CHANGED


def test_the_policy_has_exactly_the_readings_of_the_analysis() -> None:
    switches = {r.name: r.options for r in policy().readings if not r.fixed}
    assert {name: (options[0], set(options)) for name, options in switches.items()} == {
        name: (options[0], set(options)) for name, options in READINGS.items()
    }


def test_agrees_under_several_readings_at_once() -> None:
    chosen = {name: options[-1] for name, options in READINGS.items()}
    got = results(Evaluator(policy(), Settings(chosen)).decide(rows()))
    assert first_difference(got, second_opinion(records(), CATALOGUE, chosen)) == ""


def test_the_order_of_the_rows_never_matters() -> None:
    order = list(range(SIZE))
    random.Random(7).shuffle(order)
    for readings in ({}, {"安全补贴封顶": "执行期内", "次数限制含生活费": "是"}):
        evaluator = Evaluator(policy(), Settings(readings))
        straight = results(evaluator.decide(rows()))
        shuffled = results(evaluator.decide([rows()[i] for i in order]))
        assert [straight[i] for i in order] == shuffled


@pytest.mark.parametrize("readings", [{}, {"安全补贴封顶": "每年", "重复享受期限": "同一年内"}])
def test_two_batches_with_the_ledger_carried_over_equal_one_run(readings: dict[str, str]) -> None:
    evaluator = Evaluator(policy(), Settings(readings))
    issued = next(f.index for f in policy().records[0].facts if f.name == "发证日期")
    cut = date(2020, 7, 1)
    early = [i for i, row in enumerate(rows()) if row[issued] is None or row[issued] < cut]
    late = [i for i, row in enumerate(rows()) if row[issued] is not None and row[issued] >= cut]
    assert len(early) > SIZE // 10
    assert len(late) > SIZE // 10
    first = evaluator.decide([rows()[i] for i in early])
    second = evaluator.decide([rows()[i] for i in late], first.granted)
    whole = results(evaluator.decide(rows()))
    assert results(first) == [whole[i] for i in early]
    assert results(second) == [whole[i] for i in late]
    history = [
        Granted(
            str(e.facts["学员编号"]),
            str(e.facts["记录编号"]),
            e.item,
            str(e.facts["职业工种"]),
            str(e.facts["等级"]),
            str(e.facts["发证日期"]),
            e.fen,
        )
        for e in first.granted
    ]
    expected = second_opinion([records()[i] for i in late], CATALOGUE, readings, history=history)
    got = results(second)
    assert all(
        mine[item] == tuple(theirs[item]) for mine, theirs in zip(got, expected, strict=True) for item in mine
    )


# A change in a rule file, and the same change in the second opinion.
EDITS: dict[str, tuple[str, str, Rates]] = {
    "生活费日标准": ("20元/天", "30元/天", Rates(daily_yuan=30)),
    "课时标准": ("5元/课时", "8元/课时", Rates(hourly_yuan=8)),
    "安全封顶": ("300元", "480元", Rates(safety_cap_yuan=480)),
    "目录外初级": ("550元", "600元", Rates(flat_yuan=(("初级工", 600), ("中级工", 990), ("高级工", 1320)))),
    "上浮五成": ("上浮50%", "上浮60%", Rates(transfer_percent=60)),
    "次数": ("不超过3次", "不超过2次", Rates(yearly_quota=2)),
    "合同期限": ("不少于12个月", "不少于24个月", Rates(contract_months=24)),
    "施行期起": (
        "施行期：自2019年8月30日起",
        "施行期：自2020年1月1日起",
        Rates(term_start=date(2020, 1, 1)),
    ),
    "施行期止": ("起至2021年12月31日止", "起至2021年6月30日止", Rates(term_end=date(2021, 6, 30))),
    "退出人群": (
        "  （6）退役军人；\n  （7）算残疾人",
        "  （6）算残疾人",
        Rates(free_groups=tuple(group for group in Rates().free_groups if group != "退役军人")),
    ),
    "贫困县": (
        "表「贫困县名单」（企业所在县市区）：祁东县。",
        "表「贫困县名单」（企业所在县市区）：祁东县、常宁市。",
        Rates(poverty_counties=("祁东县", "常宁市")),
    ),
    "紧缺": ("上浮10%", "上浮20%", Rates(shortage_percent=20)),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_rule_files_decide_and_nothing_else(name: str, tmp_path: Path) -> None:
    """Editing one number, date or group in one place changes what the second opinion says it changes."""
    old, new, rates = EDITS[name]
    folder = tmp_path / "policy"
    shutil.copytree(FOLDER, folder)
    places = 0
    for file in folder.rglob("*.hyp"):
        text = file.read_text(encoding="utf-8")
        rules = "\n".join("" if line.startswith(">") else line for line in text.split("\n"))
        places += rules.count(old)
        file.write_text(text.replace(old, new), encoding="utf-8")
    assert places == 1
    edited_policy = load(folder)
    got = results(Evaluator(edited_policy).decide(rows()))
    assert first_difference(got, second_opinion(records(), CATALOGUE, rates=rates)) == ""
    assert got != by_default()


def test_the_evaluator_does_not_depend_on_the_policy_object(tmp_path: Path) -> None:
    """Two loads of one folder decide alike: nothing hangs on identities of objects."""
    again = load(FOLDER)
    assert results(Evaluator(again).decide(rows()[:2000])) == results(
        Evaluator(evolve(policy())).decide(rows()[:2000])
    )
