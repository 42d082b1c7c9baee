"""What is said of amendments: why an edition decides, what has changed where, and what cannot be taken in."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest
from amendments.model import PERSONS, Model
from click.testing import CliRunner

from hypolicy.backends.columns.program import compile_policy
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.explain import Explainer
from hypolicy.cli.main import root
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import check_folder, consolidated, load
from hypolicy.records.results import payments_frame, totals_frame
from hypolicy.rules.edition_words import SENTENCES
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.narration import narrate
from hypolicy.rules.outcome import Status
from hypolicy.rules.trace_json import explanation

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from hypolicy.rules.outcome import Decision

HEAD: Final = """修订「调整」。
文号：“示例〔2020〕{number}号”。
位阶：市级规范性文件。
施行日：{day}。
状态：{state}。
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPOLICY_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    folder = tmp_path / "政策"
    Model().write(folder)
    (folder / "修订").mkdir()
    return folder


def amend(
    policy: Path,
    *sentences: str,
    number: int = 1,
    day: str = "2020年7月1日",
    state: str = "施行",
    to: str = "修订",
) -> Path:
    path = policy / to / f"{number}.hyp"
    head = HEAD.format(number=number, day=day, state=state)
    path.write_text(head + "\n".join(sentences) + "\n", encoding="utf-8")
    return path


def record(first: date, last: date, hours: int = 20) -> list[Any]:
    return ["1", "甲", *(person == "退役军人" for person in PERSONS), "中级工", hours, first, last]


def told(policy: Path, row: list[Any]) -> tuple[str, list[str]]:
    """The result in a sentence, and every line of the explanation with its clause."""
    narrative = narrate(Explainer(load(policy)).explain([row], 0), "培训补贴")
    [item] = narrative.items
    lines = [f"{line.text}【{line.clause}】" for line in item.steps]
    return item.headline, lines


def run(*arguments: object) -> Result:
    return CliRunner().invoke(root, [str(argument) for argument in arguments])


# --- explanations ----------------------------------------------------------------------------------------------

MAY, JUNE, JULY, AUGUST = (date(2020, month, 10) for month in (5, 6, 7, 8))


@pytest.mark.parametrize(
    ("transition", "row", "result", "said"),
    [
        ("", record(JUNE, JULY), "准予850元", "适用日（2020年7月10日）不早于这一天，按修改后的规定"),
        ("", record(MAY, JUNE), "准予900元", "适用日（2020年6月10日）早于这一天，按修改前的规定"),
        (
            "新旧衔接：开班日期在施行日之前的，从旧。",
            record(JUNE, JULY),
            "准予900元",
            "而开班日期（2020年6月10日）早于这一天，新旧衔接从旧，按修改前的规定",
        ),
        (
            "新旧衔接：开班日期在施行日之前的，取有利。",
            record(JUNE, JULY),
            "准予900元",
            "自2020年7月1日起的规定：850元；2020年7月1日以前的规定：900元；取有利的一种，即2020年7月1日以前的规定",
        ),
    ],
)
def test_which_rules_decide_is_told(
    policy: Path, transition: str, row: list[Any], result: str, said: str
) -> None:
    amend(
        policy,
        transition,
        "将补贴「培训补贴」中的“不超过900元”修改为“不超过850元”。",
        "将二原文中的“900”修改为“850”。",
    )
    headline, lines = told(policy, row)
    assert headline.startswith(result)
    assert lines[0].startswith("本项自2020年7月1日起经示例〔2020〕1号修改；")
    assert any(said in line for line in lines[:2])


def test_every_side_has_its_sentence() -> None:
    assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_what_has_changed_is_cited_where_it_stands(policy: Path) -> None:
    amend(
        policy,
        "第一条「对象」。",
        "在概念「对象」中的“残疾人”之后增加一项“困难职工”。",
        "第二条「限额」。",
        "将补贴「培训补贴」中的“不超过900元”修改为“不超过850元”。",
        "将二原文中的“900”修改为“850”。",
    )
    _, lines = told(policy, record(JULY, AUGUST))
    assert [line for line in lines if "示例" in line][1:] == [
        "符合：对象【二，经示例〔2020〕1号第一条修改】",
        "每人每次不超过850元：计得900元，按850元计【二，经示例〔2020〕1号第二条修改】",
    ]


def test_an_item_that_was_repealed_or_added(policy: Path) -> None:
    amend(
        policy,
        "在二增加如下内容。",
        "补贴「生活费」：资金：专项资金。适用日：结业日期。条件：对象。金额：100元。",
    )
    amend(
        policy,
        "删去补贴「生活费」（原为“补贴「生活费」：……100元。”）。",
        number=2,
        day="2021年1月1日",
    )
    loaded = load(policy)
    assert [benefit.name for benefit in loaded.benefits] == ["培训补贴", "生活费"]

    def item(last: date) -> tuple[Status, str]:
        narrative = narrate(Explainer(loaded).explain([record(last, last)], 0), "生活费")
        [one] = narrative.items
        return one.status, one.headline

    assert item(JUNE) == (
        Status.NOT_APPLICABLE,
        "不适用：本项自2020年7月1日起由示例〔2020〕1号增加，适用日（2020年6月10日）早于这一天。",
    )
    assert item(JULY)[0] is Status.GRANTED
    assert item(date(2021, 1, 1)) == (
        Status.NOT_APPLICABLE,
        "不适用：本项自2021年1月1日起由示例〔2020〕2号废止。",
    )


def test_an_explanation_as_data_has_the_amendments(policy: Path) -> None:
    amend(policy, "将补贴「培训补贴」中的“每次”修改为“每自然年”。")
    [item] = explanation(Explainer(load(policy)).explain([record(JUNE, JULY)], 0))["项目"]
    assert item["轨迹"]["修订"] == [
        {
            "文号": ["示例〔2020〕1号"],
            "日期": "2020-07-01",
            "版": "0",
            "所取": "修改后",
            "适用日": "2020-07-10",
            "没有这一项": False,
        }
    ]
    json.dumps(item)


def test_money_is_booked_and_paid_by_the_rules_that_decide(policy: Path) -> None:
    words = policy / "词汇.hyp"
    words.write_text(f"{words.read_text(encoding='utf-8')}资金「新资金」。\n", encoding="utf-8")
    amend(
        policy,
        "将补贴「培训补贴」中的“专项资金”修改为“新资金”。",
        "在补贴「培训补贴」中增加如下内容。",
        "发给：学员。",
    )
    decided = Evaluator(load(policy)).decide([record(MAY, JUNE), ["2", "乙", *record(JULY, AUGUST)[2:]]])
    rows = [record(MAY, JUNE), ["2", "乙", *record(JULY, AUGUST)[2:]]]
    assert totals_frame(decided, rows)["资金来源"].to_list() == ["专项资金", "新资金"]
    assert payments_frame(decided, rows).select("收款方", "资金来源").rows() == [
        ("乙", "新资金"),
        ("", "专项资金"),
    ]


# --- facts that are missing ------------------------------------------------------------------------------------


def test_without_the_day_only_what_every_edition_refuses_is_settled(policy: Path) -> None:
    amend(policy, "在概念「对象」中的“残疾人”之后增加一项“困难职工”。")
    evaluator = Evaluator(load(policy), complete=False)

    def decided(*persons: str) -> Decision:
        row = record(JUNE, JULY)
        row[2 : 2 + len(PERSONS)] = [person in persons for person in PERSONS]
        row[-1] = UNANSWERED
        return evaluator.before_ledger([row], "申请")[0][0]

    assert decided().status is Status.DENIED
    for persons in (("退役军人",), ("困难职工",)):
        assert decided(*persons).status is Status.PENDING
        assert decided(*persons).reason_text == "缺少事实「结业日期」"


# --- the consolidated text -------------------------------------------------------------------------------------


def test_the_text_that_is_shown_is_the_policy(policy: Path, tmp_path: Path) -> None:
    """What `show` prints can be kept as the rule files of a policy, notes and all."""
    amend(
        policy,
        "第一条「对象」。",
        "删去概念「对象」中的“（1）贫困劳动力”一项。",
        "废止四「宣传」。",
        "将参数「课时标准」由5元/课时修改为6元/课时。",
        "在三之后增加三（一）「限制」。",
        "限制「等级」：适用于培训补贴。同一等级在不限期不重复享受。",
    )
    amended, texts = consolidated(policy, cases=True)
    folder = tmp_path / "合并"
    Model(publicity=False).write(folder)
    for path, text in texts.items():
        (folder / path).write_text(text, encoding="utf-8")
    alone = load(folder)
    assert alone.benefits == amended.benefits
    assert alone.limits == amended.limits
    notes = [line for line in texts[next(iter(texts))].split("\n") if line.startswith("# ")]
    assert notes == [
        "# 经示例〔2020〕1号第一条修改",
        "# 经示例〔2020〕1号第一条修改",
        "# 由示例〔2020〕1号第一条增加",
        "# 由示例〔2020〕1号第一条增加",
        "# 示例〔2020〕1号第一条：废止四「宣传」",
    ]


def test_the_text_of_a_day(policy: Path) -> None:
    amend(policy, "将参数「课时标准」由5元/课时修改为6元/课时。")
    amend(policy, "将参数「课时标准」由6元/课时修改为7元/课时。", number=2, day="2021年1月1日")
    for day, rates in (("2020-06-30", "5"), ("2020年7月1日", "56"), ("2021-1-1", "567")):
        shown = run("show", policy, "--as-of", day, "--clause", "二").stdout
        assert [rate for rate in "567" if f"{rate}元/课时" in shown] == list(rates)
        assert "一「对象」" not in shown


@pytest.mark.parametrize(
    "change",
    [
        "将参数「课时标准」由5元/课时修改为6元/课时。",
        "将施行期止日由2021年12月31日修改为2022年12月31日。",
        "将四原文中的“加强”修改为“大力加强”。",
    ],
)
def test_what_needs_no_edition(policy: Path, change: str) -> None:
    """A value has a day of its own, and the rules are the same whatever the policy says of its own end."""
    amend(policy, change)
    amended = load(policy)
    assert len(amended.amendments) == 1
    assert amended.earlier == ()


def test_the_compiled_engine_refuses_what_takes_the_better(policy: Path) -> None:
    amend(
        policy,
        "新旧衔接：开班日期在施行日之前的，取有利。",
        "将概念「对象」中的“退役军人”修改为“退役军人且残疾人”。",
    )
    with pytest.raises(Refusal) as refused:
        compile_policy(load(policy))
    [diagnostic] = refused.value.diagnostics
    assert diagnostic.code == "HY853"
    assert "示例〔2020〕1号" in diagnostic.message


# --- what is taken in, and what is not -------------------------------------------------------------------------


def test_drafts_are_taken_in_where_they_are_asked_for(policy: Path, tmp_path: Path) -> None:
    change = "将参数「课时标准」由5元/课时修改为6元/课时。"
    draft = amend(policy, change, state="草案")
    amend(policy, "没有写完的", number=2, state="征求意见")
    beside = amend(tmp_path, change, number=3, to=".")
    assert "没有计入的修订：草案1件、征求意见1件。" in run("check", policy).stdout
    assert len(load(policy).parameters[0].versions) == 1
    for asked in (draft, beside):
        assert len(load(policy, amendments=[asked]).parameters[0].versions) == 2
        assert "已计入修订1件：" in run("check", policy, "--amendment", asked).stdout
    beside.write_text(beside.read_text(encoding="utf-8").replace("6元", "8元"), encoding="utf-8")
    assert load(policy, amendments=[beside]).parameters[0].versions[1].value == 8
    draft.write_text(draft.read_text(encoding="utf-8").replace("草案", "施行"), encoding="utf-8")
    assert len(load(policy).parameters[0].versions) == 2


@pytest.mark.parametrize("command", ["check", "test", "show"])
def test_an_amendment_that_is_not_there(policy: Path, command: str) -> None:
    done = run(command, policy, "--amendment", policy / "没有.hyp")
    assert done.exit_code == 2
    assert "HY936" in done.stderr


def test_a_repealed_amendment_is_not_taken_in(policy: Path) -> None:
    repealed = amend(policy, "将参数「课时标准」由5元/课时修改为6元/课时。", state="废止")
    assert check_folder(policy).diagnostics == ()
    found = check_folder(policy, amendments=[repealed])
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["HY937"]
    assert found.policy is not None
    assert not found.policy.amendments


def test_what_cannot_be_shown(policy: Path) -> None:
    for option, value, code in (("--as-of", "2020-02-30", "HY938"), ("--clause", "五", "HY939")):
        done = run("show", policy, option, value)
        assert done.exit_code == 2
        assert code in done.stderr


def test_a_mistake_is_told_where_somebody_can_mend_it(policy: Path) -> None:
    """New words are in the amending document, old ones in the rule file, whatever the consolidated text is."""
    rules = (policy / "政策.hyp").read_text(encoding="utf-8").split("\n")
    line = next(n for n, text in enumerate(rules, 1) if "金额：" in text)
    amend(policy, "在概念「对象」中的“退役军人”之后增加一项“困难职工人”。")
    assert [str(p.span) for d in check_folder(policy).diagnostics for p in d.places] == ["修订/1.hyp:6:23"]
    amend(policy, "删去表「等级标准」（原为“……”）。", "在概念「对象」中的“残疾人”之后增加一项“困难职工”。")
    places = [str(p.span) for d in check_folder(policy).diagnostics for p in d.places]
    assert places == [f"政策.hyp:{line}:6"]
