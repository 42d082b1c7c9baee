"""Worked cases of the regulation, explained: the whole text, as people read it, and of some the data as programs do.

Records of a small policy that has whatever the regulation has not are explained in both ways.

They lie in `golden/`; HYPOLICY_GOLDEN=write writes them anew, to be read before they are kept.
"""

from __future__ import annotations

import json
import os
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from explain.samples import policy, small_rows, text_of, write_small

from hypolicy.backends.exact.explain import Explainer
from hypolicy.rules.outcome import Settings
from hypolicy.rules.trace_json import explanation
from hypolicy.rules.types import BoolType

if TYPE_CHECKING:
    from hypolicy.rules.trace import Trace
    from hypolicy.rules.tree import Policy

GOLDEN = Path(__file__).parent / "golden"
Facts = dict[str, Any]

STUDENT: Facts = {
    "学员编号": "甲", "户籍": "农村", "培训类型": "就业技能培训", "职业工种": "电工", "等级": "初级工",
    "县市区": "衡南县", "开班备案日期": date(2020, 2, 20), "开班日期": date(2020, 3, 1),
    "结业日期": date(2020, 3, 12), "课时": 80, "培训天数": 10, "证书类型": "职业技能等级证书",
    "发证日期": date(2020, 3, 20), "培训机构": "示例培训学校",
}  # fmt: skip
WORKER: Facts = STUDENT | {
    "在职职工": True, "合同起始日期": date(2020, 1, 1), "合同终止日期": date(2021, 12, 31), "企业所在县市区": "衡南县",
    "培训类型": "岗位技能提升培训", "用人单位": "示例企业",
}  # fmt: skip
POOR_WORKER: Facts = WORKER | {
    "企业所在县市区": "祁东县", "园区内企业": True, "贫困劳动力": True, "职业工种": "焊工", "等级": "中级工",
    "培训天数": 8,
}  # fmt: skip
FIREWORKS: Facts = WORKER | {
    "高危行业企业": True, "培训类型": "安全技能培训", "职业工种": "烟花爆竹安全作业", "等级": "无等级",
    "证书类型": "特种作业操作证",
}  # fmt: skip
FOUR: list[Facts] = [
    STUDENT | {"贫困劳动力": True, "职业工种": occupation, "发证日期": day}
    for occupation, day in (
        ("育婴员", date(2020, 3, 20)),
        ("中式烹调师", date(2020, 5, 20)),
        ("电工", date(2020, 8, 20)),
        ("焊工", date(2020, 11, 20)),
    )
]

# The records of each case, the last of which is explained; and the readings.
CASES: dict[str, tuple[list[Facts], Facts]] = {
    "工作例1 贫困劳动力": ([STUDENT | {"贫困劳动力": True, "职业工种": "育婴员", "培训天数": 12}], {}),
    "工作例1 上浮七成的读法": (
        [STUDENT | {"贫困劳动力": True, "职业工种": "育婴员"}],
        {"六（一）贫困上浮": "上浮70%"},
    ),
    "工作例3 残疾人须认定的读法": (
        [STUDENT | {"残疾人": True, "职业工种": "缝纫工"}],
        {"残疾人认定": "须就业困难认定"},
    ),
    "工作例5 城镇两后生": ([STUDENT | {"两后生": True, "户籍": "城镇", "培训天数": 20}], {}),
    "工作例8 合同恰满一年": ([WORKER | {"合同终止日期": date(2020, 12, 31), "等级": "中级工"}], {}),
    "工作例8 合同差一个月": ([WORKER | {"合同终止日期": date(2020, 11, 30), "等级": "中级工"}], {}),
    "工作例10 上浮七成": ([POOR_WORKER], {}),
    "工作例12 两项上浮": (
        [POOR_WORKER | {"承接产业转移企业": True, "职业工种": "电工", "等级": "初级工"}],
        {},
    ),
    "工作例12 连乘的读法": (
        [POOR_WORKER | {"承接产业转移企业": True, "职业工种": "电工", "等级": "初级工"}],
        {"上浮叠加": "连乘"},
    ),
    "工作例14 困难企业目录外": (
        [
            WORKER
            | {
                "困难企业": True,
                "职业工种": "无人机驾驶员",
                "等级": "中级工",
                "证书类型": "培训合格证",
                "统一编码": True,
            }
        ],
        {},
    ),
    "工作例18 每次封顶": ([FIREWORKS | {"课时": 61}], {}),
    "工作例18 每年封顶的读法": (
        [
            FIREWORKS | {"课时": 40},
            FIREWORKS | {"课时": 40, "职业工种": "高处作业", "发证日期": date(2020, 6, 1)},
        ],
        {"安全补贴封顶": "每年"},
    ),
    "工作例18 限额已用完": (
        [
            FIREWORKS | {"课时": 60},
            FIREWORKS | {"课时": 40, "职业工种": "高处作业", "发证日期": date(2020, 6, 1)},
        ],
        {"安全补贴封顶": "执行期内"},
    ),
    "工作例21 一年第四次": (FOUR, {}),
    "工作例21 生活费一并不予的读法": (FOUR, {"次数限制含生活费": "是"}),
    "同一职业同一等级重复": ([FOUR[0], FOUR[0] | {"发证日期": date(2021, 3, 20)}], {}),
    "工作例24 委托人群": ([STUDENT | {"贫困劳动力": True, "社区服刑人员": True}], {}),
    "创业培训按另行规定": ([STUDENT | {"贫困劳动力": True, "培训类型": "创业培训"}], {}),
    "工作例27 未备案": ([STUDENT | {"贫困劳动力": True, "开班备案日期": None}], {}),
    "工作例33 紧缺再上浮": ([POOR_WORKER | {"职业工种": "数控车工"}], {}),
    "目录有此职业而无此等级": ([STUDENT | {"退役军人": True, "等级": "高级技师"}], {}),
    "没有取得证书": ([STUDENT | {"退役军人": True, "证书类型": "无", "发证日期": None}], {}),
}


# Of these the data of an item too: an amount with uplifts, a limit of the ledger, refusals with what would qualify.
DATA = {
    "工作例12 连乘的读法": "岗位技能提升培训补贴",
    "工作例18 每年封顶的读法": "安全技能培训补贴",
    "同一职业同一等级重复": "免费职业技能培训补贴",
    "没有取得证书": "免费职业技能培训补贴",
}


SOLDIER: Facts = {
    "退役军人": True, "等级": "高级", "课时": 90, "发证日期": date(2021, 2, 1), "申领日期": date(2021, 2, 2),
}  # fmt: skip
INTERMEDIATE: Facts = {"等级": "中级", "发证日期": date(2021, 3, 1), "申领日期": None}
NOTHING_FITS: Facts = {
    "出生日期": date(2010, 1, 1), "开班日期": date(2020, 5, 28), "课时": 0, "学费": Fraction(5251, 100),
    "退役军人": True, "等级": "中级", "工种": "车工",
}  # fmt: skip
# Records of the small policy, the last of which is explained; and what a trial sets.
SMALL_CASES: dict[str, tuple[list[Facts], Settings]] = {
    "小政策 同一记录不同享": ([{}], Settings()),
    "小政策 上浮两项": ([SOLDIER | {"低收入": True}], Settings()),
    "小政策 本次改定的标准": (
        [SOLDIER | {"有残疾": True, "已备案": False}],
        Settings(parameters={"课时标准": Fraction(13, 2), "紧缺上浮": Fraction(1, 3)}),
    ),
    "小政策 限额用完": ([SOLDIER | {"学员编号": f"P{number}"} for number in (1, 2, 3)], Settings()),
    "小政策 一年一次和连带": ([{"申领日期": None}, INTERMEDIATE], Settings()),
    "小政策 滚动期满": ([{"申领日期": None}, INTERMEDIATE | {"发证日期": date(2021, 6, 1)}], Settings()),
    "小政策 更高等级在前": ([INTERMEDIATE, {"发证日期": date(2022, 4, 1), "申领日期": None}], Settings()),
    "小政策 以前的不同享": ([{"已备案": False}, INTERMEDIATE], Settings()),
    "小政策 样样不符": ([NOTHING_FITS], Settings()),
    "小政策 逾期": ([{"申领日期": date(2020, 7, 20), "有残疾": True}], Settings()),
    "小政策 期限外": ([{"发证日期": date(2019, 12, 31), "申领日期": date(2020, 1, 2)}], Settings()),
    "小政策 表中没有": ([{"工种": "电工", "等级": "高级"}], Settings()),
}
# The last record of these is not complete.
INCOMPLETE: dict[str, Facts] = {
    "小政策 缺少事实": {"退役军人": None, "有残疾": None, "等级": None, "课时": 50, "学费": None},
    "小政策 没有适用日": {"发证日期": None, "天数": 0, "申领日期": None},
}
SMALL_DATA = {"小政策 本次改定的标准", "小政策 更高等级在前", "小政策 缺少事实"}


def explained(records: list[Facts], readings: Facts) -> Trace:
    kind = policy().records[0]
    rows = []
    for number, record in enumerate(records, start=1):
        facts = record | {"记录编号": str(number)}
        rows.append(
            [facts.get(fact.name, False if isinstance(fact.type, BoolType) else None) for fact in kind.facts]
        )
        for fact in kind.facts:
            if fact.optional and fact.name not in facts:
                rows[-1][fact.index] = None
    return Explainer(policy(), Settings(readings)).explain(rows, len(rows) - 1)


def check(told: str, path: Path) -> None:
    if os.environ.get("HYPOLICY_GOLDEN") == "write":
        path.write_text(told, encoding="utf-8", newline="\n")
    assert told == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_worked_cases_read_as_they_should(name: str):
    trace = explained(*CASES[name])
    check(text_of(trace), GOLDEN / f"{name}.txt")
    if name in DATA:
        data = explanation(trace, DATA[name])
        check(json.dumps(data, ensure_ascii=False, indent=1) + "\n", GOLDEN / f"{name}.json")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return write_small(tmp_path_factory.mktemp("小政策"))


@pytest.mark.parametrize("name", [*SMALL_CASES, *INCOMPLETE])
def test_whatever_the_regulation_has_not(name: str, small: Policy):
    complete = name not in INCOMPLETE
    records, settings = SMALL_CASES[name] if complete else ([INCOMPLETE[name]], Settings())
    rows = small_rows(small, *records)
    trace = Explainer(small, settings, complete=complete).explain(rows, len(rows) - 1)
    check(text_of(trace), GOLDEN / f"{name}.txt")
    if name in SMALL_DATA:
        check(json.dumps(explanation(trace), ensure_ascii=False, indent=1) + "\n", GOLDEN / f"{name}.json")


def test_no_text_is_left_over():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {*CASES, *SMALL_CASES, *INCOMPLETE}
    assert {path.stem for path in GOLDEN.glob("*.json")} == {*DATA, *SMALL_DATA}
