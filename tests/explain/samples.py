"""The regulation's records to be explained, and a small policy that has whatever the regulation does not."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from differential.random_records import random_records
from differential.second_opinion import load_catalogue

from hypolicy.backends.exact.explain import Explainer
from hypolicy.pipeline import load
from hypolicy.rules.narration import narrate
from hypolicy.rules.narration_text import narrative_text
from hypolicy.rules.outcome import Settings
from hypolicy.rules.types import BoolType, DateType, NumberType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypolicy.rules.trace import ItemTrace, Trace
    from hypolicy.rules.tree import Fact, Policy

FOLDER = Path(__file__).parents[2] / "policies" / "hengyang-2019"
OCCUPATIONS = [
    *sorted({occupation for occupation, _ in load_catalogue(FOLDER / "补贴标准目录.csv")}),
    "无人机驾驶员",
]

# Readings that between them reach every option that changes conditions, amounts or the ledger.
READINGS: tuple[dict[str, str], ...] = (
    {},
    {
        "上浮叠加": "相加", "安全补贴封顶": "每年", "目录外上浮": "是", "六（一）贫困上浮": "上浮70%",
        "残疾人认定": "须就业困难认定", "岗位合格证须编码": "是", "次数限制含生活费": "是",
    },
    {
        "上浮叠加": "连乘", "安全补贴封顶": "执行期内", "重复享受期限": "同一年内", "次数含安全补贴": "否",
        "目录外须一年合同": "否", "未备案停发生活费": "否", "安全补贴企业": "任何企业",
    },
    {
        "执行期判断": "开班日期", "贫困县范围": "未摘帽", "生活费两后生": "含全部低保",
        "生活费培训种类": "就业技能和创业", "次数限制含生活费": "是",
    },
)  # fmt: skip


@cache
def policy() -> Policy:
    return load(FOLDER)


@cache
def rows(count: int, seed: int) -> list[list[Any]]:
    facts = policy().records[0].facts
    sample = random_records(count, seed, OCCUPATIONS)
    return [[value(fact, record[fact.name]) for fact in facts] for record in sample]


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
def explainer(number: int = 0) -> Explainer:
    return Explainer(policy(), Settings(READINGS[number]))


# --- a small policy --------------------------------------------------------------------------------------------

SMALL = """
政策「小政策」。
施行期：自2020年1月1日起至2022年12月31日止。
适用日：发证日期。
汇总年度：发证日期。

台账：
  归集「每人」：学员编号。
  归集「每企业」：企业。
  次序：发证日期、记录编号。
  台账年度：发证日期。

资金「专户」。
枚举「技能等级」：由低到高，初级、中级、高级。
记录「培训」：以记录编号为键。
事实「记录编号」：编号。
事实「学员编号」：编号，个人信息。
事实「出生日期」：日期，个人信息。
事实「低收入」：是否，个人信息。
事实「企业」：文本，可空（“没有企业”）。
事实「工种」：焊工、电工、车工。
事实「等级」：技能等级。
事实「退役军人」：是否。
事实「已备案」：是否。
事实「有残疾」：是否。
事实「课时」：整数「课时」。
事实「天数」：整数「天」。
事实「学费」：金额。
事实「开班日期」：日期。
事实「申领日期」：日期，可空（“没有申领”）。
事实「发证日期」：日期。

校验「申领日期早于发证日期」：没有申领日期或申领日期不早于发证日期。
提示「等级为高级的，请复核证书」：等级为高级。

一「标准」。
参数「课时标准」：自2020年1月1日起至2020年12月31日止5元/课时，依据“第一号通知”；自2021年1月1日起6.50元/课时。
参数「紧缺上浮」：由“市人社局”规定，不超过30%。
落实「紧缺上浮」：自2020年1月1日起12.5%，依据“第二号通知”。
表「工种标准」（工种、等级）的「日额」（金额）、「紧缺」（是否）：
  自2020年1月1日起：焊工、初级20元，否；焊工、中级30元，是；电工、初级25元，否；
  自2022年1月1日起：焊工、初级22元，否；焊工、中级33元，是。
  上浮10%：紧缺为是。

二「培训补贴」。
补贴组「培训补贴」：课时补贴、工种补贴、伙食补贴。
共同条件「期内」：适用于培训补贴：发证日期在施行期内，不符称“期限外”。
概念「年龄合适」：周岁数（出生日期、开班日期）不少于16周岁，不符称“年龄不符”。
概念「及时申领」：有申领日期，且申领日期在发证日期起30天内，不符称“逾期申领”。
概念「班期足够」：自开班日期起至发证日期止超过7天，不符称“班期太短”。
概念「优待对象」：满足之一：（1）退役军人；（2）有残疾；（3）低收入。
概念「新手」：非（等级不低于中级，且退役军人），且非（已备案为否或有残疾），不符称“不是新手”。
补贴「课时补贴」：
  资金：专户。
  发给：企业、本人。
  条件：年龄合适，且及时申领，且班期足够，且课时超过0课时。
  金额：较小者（课时标准×（课时-2课时）加 10元、400元）。
  上浮紧缺上浮：优待对象。
  上浮50%：退役军人，且等级为高级。
  叠加方式：相加。
  封顶：每企业每自然年不超过1000元。
  取整到角，四舍五入。
补贴「工种补贴」：
  资金：专户。
  条件：新手，且工种不为车工。
  金额：工种标准（工种、等级）的日额。
  取整到元，进位。
补贴「伙食补贴」：
  资金：专户。
  条件：天数超过0天，且学费不超过天数×10.50元/天。
  金额：15元。

三「限制」。
补贴组「工种组」：工种补贴。
补贴组「两项」：课时补贴、工种补贴。
补贴组「随带」：伙食补贴。
限制「一年一次」：
  适用于工种组。
  每滚动12个月享受不超过1次。
  因本限制不予的，随带一并不予。
限制「高低」：
  适用于工种组。
  同一工种已享受更高等级的不再享受。
限制「同享」：
  适用于两项。
  不同项目在施行期内不同享。
"""


RECORD: dict[str, Any] = {
    "记录编号": "1",
    "学员编号": "P770001",
    "出生日期": date(1987, 6, 5),
    "低收入": False,
    "企业": "示例企业",
    "工种": "焊工",
    "等级": "初级",
    "退役军人": False,
    "已备案": True,
    "有残疾": False,
    "课时": 20,
    "天数": 5,
    "学费": 0,
    "开班日期": date(2020, 3, 1),
    "申领日期": date(2020, 6, 20),
    "发证日期": date(2020, 6, 1),
}


def write_small(folder: Path) -> Policy:
    """The small policy, checked."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "政策.hyp").write_text(SMALL, encoding="utf-8")
    return load(folder)


def small_rows(small: Policy, *changes: Mapping[str, Any]) -> list[list[Any]]:
    """The usual record with each of the changes, numbered in their order."""
    facts = [RECORD | {"记录编号": str(number)} | change for number, change in enumerate(changes, 1)]
    return [[record.get(fact.name) for fact in small.records[0].facts] for record in facts]


def one(told: Trace, item: str) -> ItemTrace:
    return next(each for each in told.items if each.item == item)


def text_of(told: Trace, item: str | None = None) -> str:
    return narrative_text(narrate(told, item))


def lines_with(text: str, *words: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if all(word in line for word in words)]
