"""A trace is what happened: it decides as the evaluator does, and each step follows from the steps in it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import pytest
from explain.samples import (
    READINGS,
    RECORD,
    explainer,
    one,
    policy,
    rows,
    small_rows,
    text_of,
    write_small,
)

from hypolicy.backends.exact.assess import assessor
from hypolicy.backends.exact.compile import Compiler, term_reaches
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.explain import Explainer
from hypolicy.rules import calendar, trace, tree
from hypolicy.rules.narration import ways
from hypolicy.rules.outcome import Entry, Settings, Status
from hypolicy.rules.trace import Absence
from hypolicy.rules.types import EnumType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SIZE = 800
SHARE = SIZE // len(READINGS)
UNKNOWN = object()


# --- each step follows from its parts --------------------------------------------------------------------------


def recomputed(step: trace.Step) -> Any:
    """What a step must come to, told from the recorded values of its parts alone."""
    values = [part.value for part in trace.parts(step)]
    if lacking(values) and not isinstance(step, trace.All | trace.Any):
        return UNKNOWN
    match step:
        case trace.Literal() | trace.FactRef() | trace.ParameterRef() | trace.Unassessed():
            return step.value
        case trace.ConceptRef() | trace.ByReading():
            return values[0]
        case trace.Lookup(written=written, uplifts=uplifts):
            return written * prod(1 + uplift.rate for uplift in uplifts) if uplifts else written
        case trace.InTable():
            return UNKNOWN  # the table is no part of the trace
        case trace.Given(shown=shown):
            return shown is not Absence.NOT_GIVEN
        case trace.Not():
            return not values[0]
        case trace.All(decisive=decisive):
            return settled(values[:decisive], decided=False)
        case trace.Any(decisive=decisive):
            return settled(values[:decisive], decided=True)
        case trace.Compare(comparison=comparison, left=left):
            if isinstance(left.type, EnumType):
                values = [left.type.labels.index(value) for value in values]
            return comparison.meaning(*values)
        case trace.OneOf(labels=labels):
            return values[0] in labels
        case trace.InTerm(term=term):
            return values[0] in term
        case trace.Within(amount=amount, unit=unit):
            last = (
                calendar.add_days(values[1], amount) if unit == "天" else months_on(values[1], amount, unit)
            )
            return values[1] <= values[0] <= last
        case trace.Age():
            return UNKNOWN
        case trace.TermLength(comparison=comparison, amount=amount, unit=unit):
            return term_reaches(comparison, amount, unit)(*values)
        case trace.Shift(amount=amount, unit=unit):
            return (
                calendar.add_days(values[0], amount) if unit == "天" else months_on(values[0], amount, unit)
            )
        case trace.Sum(terms=terms):
            return sum(-part.value if negative else part.value for negative, part in terms)
        case trace.Product(factors=factors):
            return prod(Fraction(1) / part.value if inverse else part.value for inverse, part in factors)
        case trace.Extreme(largest=largest):
            return max(values) if largest else min(values)


def settled(values: Sequence[Any], *, decided: bool) -> Any:
    """且 and 或: one that decides is enough, whatever is lacking beside it."""
    if decided in values:
        return decided
    return UNKNOWN if lacking(values) else not decided


def lacking(values: Sequence[Any]) -> bool:
    return any(isinstance(value, Absence) for value in values)


def months_on(day: date, amount: int, unit: str) -> date:
    return calendar.add_months(day, amount * (12 if unit == "年" else 1))


def check_steps(told: trace.Trace) -> int:
    """Every step of a trace is what its parts make it; the number of steps."""
    count = 0
    for item in told.items:
        for outer in trace.steps_of(item):
            for step in trace.walk(outer):
                expected = recomputed(step)
                assert expected is UNKNOWN or expected == step.value, step
                count += 1
    return count


def check_amount(item: trace.ItemTrace) -> None:
    """The amount is worked out from the base by what the trace says, and by nothing else."""
    amount = item.amount
    if amount is None:
        return
    taken = next(case for case in item.cases if case.holds and case.name == amount.case)
    assert taken.amount.value == amount.base
    assert all(uplift.holds is (uplift.condition.value is True) for uplift in amount.uplifts)
    rates = [uplift.rate.value for uplift in amount.uplifts if uplift.holds]
    if amount.factor is not None:
        factors = {
            None: 1 + sum(rates, Fraction(0)),
            tree.Stacking.HIGHEST: 1 + max(rates, default=Fraction(0)),
            tree.Stacking.SUM: 1 + sum(rates, Fraction(0)),
            tree.Stacking.PRODUCT: prod((1 + rate for rate in rates), start=Fraction(1)),
        }
        assert amount.factor == factors[amount.stacking]
        assert amount.raised == amount.base * amount.factor
        assert amount.capped == (min(amount.raised, amount.cap.amount) if amount.cap else amount.raised)
        assert abs(amount.payable - amount.capped) < 1
    if item.before.status is Status.GRANTED:
        assert amount.payable * 100 == item.before.fen


@pytest.mark.parametrize("number", range(len(READINGS)))
def test_traces_decide_as_the_evaluator_does(number: int):
    """Random records under the policy's own readings, and a share of them under each other set."""
    sample = rows(SIZE, 11)
    decided = Evaluator(policy(), Settings(READINGS[number])).decide(sample).rows
    names = [benefit.name for benefit in policy().benefits]
    steps = 0
    for place in range(number * SHARE, (number + 1) * SHARE) if number else range(SIZE):
        told = explainer(number).explain(sample, place, nearest=False)
        assert {item.item: item.decision for item in told.items} == dict(
            zip(names, decided[place], strict=True)
        )
        if place < (number + 1) * SHARE:
            steps += check_steps(told)
            for item in told.items:
                check_amount(item)
        for item in told.items:
            check_ledger(item)
    assert steps > 10 * SHARE


def check_ledger(item: trace.ItemTrace) -> None:
    """What the ledger part says accounts for the change from the decision before it to the final one."""
    ledger = item.ledger
    if ledger is None:
        assert item.before == item.decision
        return
    refused = [rule for rule in ledger.rules if not rule.allowed]
    for rule in ledger.rules:
        if rule.kind is trace.RuleKind.COUNT:
            assert rule.allowed is (len(rule.counted) + rule.others < rule.times)
        else:
            assert rule.allowed is (len(rule.counted) + rule.others == 0)
    paid = item.decision.fen
    if refused:
        assert item.decision.clauses == (refused[0].clause,)
        assert item.decision.status is Status.DENIED
    elif ledger.link is not None:
        assert item.decision.status is Status.DENIED
    elif ledger.cap is not None:
        assert paid == min(item.before.fen, max(ledger.cap.most - ledger.cap.spent, 0))
        assert paid == ledger.cap.paid
    else:
        assert item.decision == item.before


# --- the leaves are the facts that were read -------------------------------------------------------------------


class Spied(list[Any]):
    """A record that notes which of its facts are read."""

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__(values)
        self.read: set[int] = set()

    def __getitem__(self, index: Any) -> Any:
        self.read.add(index)
        return super().__getitem__(index)


def decisive_facts(step: trace.Step) -> set[str]:
    """The facts of the steps that mattered, without those looked at afterwards."""
    match step:
        case trace.FactRef(name=name) | trace.Given(name=name):
            return {name}
        case (
            trace.All(operands=operands, decisive=decisive) | trace.Any(operands=operands, decisive=decisive)
        ):
            return set().union(*(decisive_facts(part) for part in operands[:decisive]))
        case _:
            return set().union(*(decisive_facts(part) for part in trace.parts(step)))


@pytest.mark.parametrize("number", range(len(READINGS)))
def test_leaves_are_exactly_the_facts_that_were_read(number: int):
    sample = rows(SIZE, 11)
    names = [fact.name for fact in policy().records[0].facts]
    assessors = {b.name: assessor(b, Compiler(Settings(READINGS[number]))) for b in policy().benefits}
    for place in range(200):
        told = explainer(number).explain(sample, place, nearest=False)
        for item in told.items:
            spied = Spied(sample[place])
            assert assessors[item.item](spied) == item.before
            leaves = set().union(*(decisive_facts(step) for step in trace.steps_of(item)))
            assert leaves == {names[index] for index in spied.read}


# --- the ledger sees the whole batch ---------------------------------------------------------------------------


def test_earlier_records_count_and_later_ones_do_not():
    sample = rows(SIZE, 11)
    evaluator = Evaluator(policy())
    decided = evaluator.decide(sample)
    order = [(entry.item, entry.facts["记录编号"]) for entry in decided.granted]
    seen = 0
    for place in range(400):
        told = explainer().explain(sample, place, nearest=False)
        for item in told.items:
            for rule in item.ledger.rules if item.ledger else ():
                mine = (item.item, told.key.value)
                before = order[: order.index(mine)] if mine in order else order
                for entry in rule.counted:
                    assert (entry.item, entry.key.value) in before
                    seen += 1
    assert seen > 50


def test_history_counts_before_the_batch():
    sample = rows(SIZE, 11)
    evaluator = Evaluator(policy())
    first, second = sample[: SIZE // 2], sample[SIZE // 2 :]
    history = evaluator.decide(first).granted
    decided = evaluator.decide(second, history).rows
    names = [benefit.name for benefit in policy().benefits]
    batches = set()
    for place in range(200):
        told = explainer().explain(second, place, history, nearest=False)
        assert {item.item: item.decision for item in told.items} == dict(
            zip(names, decided[place], strict=True)
        )
        for item in told.items:
            check_ledger(item)
            batches |= {
                e.earlier_batch for r in (item.ledger.rules if item.ledger else ()) for e in r.counted
            }
    assert batches == {True, False}


# --- what the regulation does not have -------------------------------------------------------------------------


def test_the_small_policy_too(tmp_path: Path):
    small = write_small(tmp_path)
    soldier = {"退役军人": True, "等级": "高级", "课时": 90}
    sample = small_rows(
        small,
        {},
        {"等级": "中级", "发证日期": date(2020, 9, 1), "申领日期": date(2020, 9, 5)},
        {"学员编号": "P2", "发证日期": date(2021, 1, 5), "申领日期": None},
        soldier | {"学员编号": "P3", "发证日期": date(2021, 2, 1), "申领日期": date(2021, 2, 2)},
        soldier
        | {"学员编号": "P4", "发证日期": date(2021, 2, 2), "申领日期": date(2021, 2, 2), "低收入": True},
        soldier | {"学员编号": "P5", "发证日期": date(2021, 2, 3), "申领日期": date(2021, 2, 9)},
        {"学员编号": "P6", "出生日期": date(2010, 1, 1), "学费": Fraction(105, 2)},
        {"学员编号": "P6", "工种": "电工", "发证日期": date(2022, 6, 1), "课时": 1, "等级": "中级"},
    )
    decided = Evaluator(small).decide(sample).rows
    explained = Explainer(small)
    names = [benefit.name for benefit in small.benefits]
    for place, row in enumerate(decided):
        told = explained.explain(sample, place)
        assert {item.item: item.decision for item in told.items} == dict(zip(names, row, strict=True))
        check_steps(told)
        for item in told.items:
            check_amount(item)
            check_ledger(item)
    fifth = one(explained.explain(sample, 5), "课时补贴")
    assert fifth.ledger is not None
    assert fifth.ledger.cap is not None
    assert (fifth.ledger.cap.others, fifth.ledger.cap.counted) == (2, ())


def test_versions_and_their_grounds_are_told(tmp_path: Path):
    small = write_small(tmp_path)
    sample = small_rows(small, {}, {"发证日期": date(2021, 6, 1), "申领日期": date(2021, 6, 2)})
    told = [text_of(Explainer(small).explain(sample, place), "课时补贴") for place in (0, 1)]
    assert "课时标准：自2020年1月1日起至2020年12月31日止为5元/课时，依据第一号通知。【一】" in told[0]
    assert "课时标准：自2021年1月1日起为6.50元/课时。【一】" in told[1]
    changed = Settings(parameters={"课时标准": Fraction(7)})
    assert "课时标准：本次试算改为7元/课时" in text_of(
        Explainer(small, changed).explain(sample, 0), "课时补贴"
    )


GRANTED = {
    "培训类型": "就业技能培训", "即将刑满释放人员": False, "强制戒毒人员": False, "社区服刑人员": False,
    "开班备案日期": date(2020, 1, 2), "开班日期": date(2020, 2, 1), "结业日期": date(2020, 3, 1),
    "发证日期": date(2020, 3, 9), "证书类型": "职业资格证书", "职业工种": "电工", "等级": "初级工",
}  # fmt: skip
PERSONS = (
    "贫困家庭子女",
    "贫困劳动力",
    "两后生",
    "农村转移就业劳动者",
    "城镇登记失业人员",
    "退役军人",
    "残疾人",
)


def incomplete(**changes: Any) -> trace.Trace:
    """A record that is 准予 if the person is one of `PERSONS`, with some facts changed or (None) missing."""
    facts = {fact.name: fact.index for fact in policy().records[0].facts}
    record = list(rows(50, 3)[0])
    for name, value in (GRANTED | dict.fromkeys(PERSONS, False) | changes).items():
        record[facts[name]] = value
    told = Explainer(policy(), complete=False).explain([record], 0)
    decided = Evaluator(policy(), complete=False).decide([record]).rows[0]
    assert [item.decision for item in told.items] == decided
    check_steps(told)
    return told


def test_a_missing_fact_is_named():
    told = incomplete(贫困家庭子女=None)
    item = one(told, "免费职业技能培训补贴")
    assert item.decision.status is Status.PENDING
    text = text_of(told, item.item)
    assert "缺少事实「贫困家庭子女」" in text
    assert "没有填写贫困家庭子女" in text


def test_what_settles_the_matter_is_told_beside_what_is_missing():
    granted = incomplete(贫困家庭子女=None, 残疾人=True)
    assert one(granted, "免费职业技能培训补贴").decision.status is Status.GRANTED
    assert "其中符合：算残疾人" in text_of(granted, "免费职业技能培训补贴")
    denied = incomplete(贫困家庭子女=None, 开班备案日期=None)
    text = text_of(denied, "免费职业技能培训补贴")
    assert "不予：未备案。" in text
    assert "没有填写贫困家庭子女" in text
    assert "贫困家庭子女" in "".join(line.text for line in ways(one(denied, "免费职业技能培训补贴")))


def test_a_case_that_cannot_be_judged_is_not_said_to_fail():
    told = incomplete(
        培训类型="岗位技能提升培训",
        在职职工=True,
        合同起始日期=date(2019, 1, 1),
        合同终止日期=None,
        职业工种=None,
    )
    text = text_of(told, "岗位技能提升培训补贴")
    assert "情形「目录内」：无法判断" in text
    assert "没有填写职业工种" in text


def test_uplifts_that_cannot_be_judged_are_open_and_nothing_follows_from_them(tmp_path: Path):
    small = write_small(tmp_path)
    explained = Explainer(small, complete=False)
    told = explained.explain(small_rows(small, {"退役军人": None, "有残疾": False, "等级": "高级"}), 0)
    assert one(told, "课时补贴").decision.reason_text == "缺少事实「退役军人」"
    assert one(told, "课时补贴").amount.uplifts[1].holds is None
    text = text_of(told, "课时补贴")
    assert "上浮12.5%：无法判断" in text
    assert "上浮50%：无法判断" in text
    assert "加上上浮" not in text
    assert "取整到" not in text


def test_without_the_governing_date_what_needs_no_version_is_judged(tmp_path: Path):
    small = write_small(tmp_path)
    [record] = small_rows(small, {"课时": 0})
    record[next(fact.index for fact in small.records[0].facts if fact.name == "发证日期")] = None
    told = Explainer(small, complete=False).explain([record], 0)
    decided = Evaluator(small, complete=False).decide([record]).rows[0]
    assert [item.decision for item in told.items] == decided
    text = text_of(told, "课时补贴")
    assert "不能确定标准和目录的版本" in text


def test_a_limit_that_refuses_takes_linked_items_with_it(tmp_path: Path):
    small = write_small(tmp_path)
    sample = small_rows(
        small,
        {"课时": 0, "申领日期": None},
        {"课时": 0, "申领日期": None, "发证日期": date(2020, 8, 1)},
    )
    told = Explainer(small).explain(sample, 1)
    text = text_of(told)
    assert one(told, "伙食补贴").decision.status is Status.DENIED
    assert "同一记录的工种补贴因「一年一次」不予，本项一并不予" in text
    assert "满12个月后不再计入以前的享受，届时可以享受" in text


def test_only_what_the_ledger_needs_must_be_given(tmp_path: Path):
    small = write_small(tmp_path)
    sample = small_rows(
        small,
        {"企业": None, "课时": 0},
        {"企业": None, "发证日期": date(2020, 7, 1), "申领日期": date(2020, 7, 5)},
    )
    first, second = (Explainer(small).explain(sample, place) for place in (0, 1))
    item = one(first, "工种补贴")
    assert item.ledger is not None
    check_ledger(item)
    refused = one(second, "工种补贴")
    check_ledger(refused)
    assert refused.decision.status is Status.DENIED
    waiting = one(second, "课时补贴")
    assert (waiting.decision.status, waiting.ledger) == (Status.PENDING, None)
    assert "待定：缺少事实「企业」。" in text_of(second, "课时补贴")


def test_entries_of_earlier_batches_are_said_to_be(tmp_path: Path):
    small = write_small(tmp_path)
    facts = RECORD | {"记录编号": "900", "发证日期": date(2020, 2, 1)}
    history = [Entry("工种补贴", facts, 2000)]
    text = text_of(Explainer(small).explain(small_rows(small, {}), 0, history), "工种补贴")
    assert "2020年2月1日，焊工、初级，工种补贴，20元（记录编号 900，以前批次）" in text
