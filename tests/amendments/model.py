"""A small policy as values: what its files say, and amending documents that change it at random.

What the rule files say after an amendment is written from the values anew, as an editor would; nothing here knows how
an amendment is taken in.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from attrs import Factory, define, evolve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from random import Random

PERSONS: Final = ("贫困劳动力", "退役军人", "残疾人", "农村劳动者", "困难职工")
START: Final = date(2020, 1, 1)
DAYS: Final = (date(2020, 4, 1), date(2020, 7, 1), date(2020, 7, 1), date(2020, 10, 1), date(2021, 1, 1))
FACTS: Final = f"""记录「申请」：以申请号为键。
事实「申请号」：编号。
事实「学员」：编号，个人信息。
{"".join(f"事实「{person}」：是否。" + chr(10) for person in PERSONS)}枚举「等级名」：由低到高，初级工、中级工。
事实「等级」：等级名。
事实「课时」：整数「课时」。
事实「开班日期」：日期。
事实「结业日期」：日期。
资金「专项资金」。
"""


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@define
class Model:
    """What the policy says. Versions are (first day, value, ground), the first always in force."""

    persons: tuple[str, ...] = PERSONS[:3]
    denial: str = "对象不符"
    cap: int = 900
    period: str = "每次"
    times: int = 2
    hourly: tuple[tuple[date, int, str], ...] = ((START, 5, ""),)
    levels: tuple[tuple[date | None, int, int], ...] = ((None, 500, 800),)
    hours: tuple[int, ...] = ()
    gates: tuple[tuple[str, int], ...] = ()
    publicity: bool = True
    end: date = date(2021, 12, 31)

    # --------------------------------------------------------------------------------------- what it says

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "政策.hyp").write_text(self.rules(), encoding="utf-8")
        (folder / "词汇.hyp").write_text(FACTS, encoding="utf-8")
        (folder / "原文.txt").write_text("\n".join(self.sentences()), encoding="utf-8")

    def sentences(self) -> list[str]:
        gates = [f"课时不满{hours}的，按{name}处理。" for name, hours in self.gates]
        last = ["各部门要加强宣传。"] if self.publicity else []
        return [
            "对下列人员给予培训补贴。",
            f"每人不超过{self.cap}元。",
            f"每人每年不超过{self.times}次。",
            *gates,
            *last,
        ]

    def rules(self) -> str:
        objects = "；\n".join(f"  （{n}）{person}" for n, person in enumerate(self.persons, 1))
        hourly = "；".join(
            f"自{chinese(day)}起{value}元/课时" + (f"，依据“{ground}”" if ground else "")
            for day, value, ground in self.hourly
        )
        levels = "；".join(
            (f"自{chinese(day)}起：" if day else "") + f"初级工{low}元；中级工{high}元"
            for day, low, high in self.levels
        )
        hours = "".join(f"  条件：课时不少于{n}课时。\n" for n in self.hours)
        gates = "".join(
            f"{name}「最少课时」。\n> 课时不满{n}的，按{name}处理。\n"
            f"共同条件「{name}」：适用于培训补贴：课时不少于{n}课时，不符称“课时不足”。\n"
            for name, n in self.gates
        )
        publicity = "四「宣传」。\n> 各部门要加强宣传。\n非计算：“宣传要求。”。\n" if self.publicity else ""
        return f"""政策「培训补贴办法」。
官方文本：“原文.txt”。
施行期：自{chinese(START)}起至{chinese(self.end)}止。
适用日：结业日期。
汇总年度：结业日期。
台账：
  归集「每人」：学员。
  次序：结业日期、申请号。
  台账年度：结业日期。
引用“词汇.hyp”。

一「对象」。
> 对下列人员给予培训补贴。
概念「对象」：满足之一：
{objects}，
  不符称“{self.denial}”。

二「标准」。
> 每人不超过{self.cap}元。
参数「课时标准」：{hourly}。
表「等级标准」（等级）：{levels}。
补贴「培训补贴」：
  资金：专项资金。
  条件：对象，且结业日期在施行期内。
  金额：等级标准（等级）加课时标准×课时。
  封顶：每人{self.period}不超过{self.cap}元。
{hours}
三「次数」。
> 每人每年不超过{self.times}次。
限制「次数」：
  适用于培训补贴。
  每自然年享受不超过{self.times}次。
{gates}{publicity}"""


# --- what changes it -------------------------------------------------------------------------------------------

Change = "Callable[[Model, Random, date, str], tuple[Model, list[str]] | None]"


def add_person(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    left = [person for person in PERSONS if person not in model.persons]
    if not left:
        return None
    at, new = random.randrange(len(model.persons)), random.choice(left)
    behind = random.choice([model.persons[at], f"（{at + 1}）{model.persons[at]}"])
    persons = (*model.persons[: at + 1], new, *model.persons[at + 1 :])
    said = f"在概念「对象」中的“{behind}”之后增加一项“{new}”。"
    return evolve(model, persons=persons), [said]


def drop_person(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    if len(model.persons) < 2:
        return None
    gone = random.choice(model.persons)
    persons = tuple(person for person in model.persons if person != gone)
    return evolve(model, persons=persons), [f"删去概念「对象」中的“{gone}”一项。"]


def rewrite_persons(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    persons = tuple(random.sample(PERSONS, random.randint(1, len(PERSONS))))
    items = "；".join(f"（{n}）{person}" for n, person in enumerate(persons, 1))
    denial = random.choice(["对象不符", "不属于补贴对象"])
    old = f"概念「对象」：满足之一：……不符称“{model.denial}”。"
    new = f"概念「对象」：满足之一：{items}，不符称“{denial}”。"
    return evolve(model, persons=persons, denial=denial), [f"将概念「对象」（原为“{old}”）修改如下。", new]


def change_cap(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    cap = random.randrange(500, 1200, 10)
    if cap == model.cap:
        return None
    said = [
        f"将二原文中的“不超过{model.cap}元”修改为“不超过{cap}元”。",
        f"将补贴「培训补贴」中的“不超过{model.cap}元”修改为“不超过{cap}元”。",
    ]
    return evolve(model, cap=cap), said


def change_period(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    period = "每自然年" if model.period == "每次" else "每次"
    return evolve(model, period=period), [f"将二规则中的“每人{model.period}”修改为“每人{period}”。"]


def change_times(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    times = random.choice([n for n in (1, 2, 3) if n != model.times])
    said = [
        f"将三原文中的“{model.times}次”修改为“{times}次”。",
        f"将限制「次数」中的“{model.times}次”修改为“{times}次”。",
    ]
    if random.random() < 0.5:
        said = [
            "将三「次数」修改如下。",
            f"> 每人每年不超过{times}次。",
            f"限制「次数」：适用于培训补贴。每自然年享受不超过{times}次。",
        ]
    return evolve(model, times=times), said


def change_hourly(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    old, new = model.hourly[-1][1], random.randint(1, 20)
    if old == new or model.hourly[-1][0] >= day:
        return None
    said = f"将参数「课时标准」由{old}元/课时修改为{new}元/课时。"
    return evolve(model, hourly=(*model.hourly, (day, new, by))), [said]


def change_level(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    first, low, high = model.levels[-1]
    new = random.randrange(300, 700, 5)
    if new == low or (first is not None and first >= day):
        return None
    said = f"将表「等级标准」中的“初级工{low}元”修改为“初级工{new}元”。"
    return evolve(model, levels=(*model.levels, (day, new, high))), [said]


def add_hours(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    hours = random.choice([n for n in range(1, 9) if n not in model.hours])
    said = ["在补贴「培训补贴」中增加如下内容。", f"条件：课时不少于{hours}课时。"]
    return evolve(model, hours=(*model.hours, hours)), said


def drop_hours(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    if not model.hours:
        return None
    gone = random.choice(model.hours)
    hours = tuple(n for n in model.hours if n != gone)
    return evolve(model, hours=hours), [f"删去补贴「培训补贴」中的“条件：课时不少于{gone}课时。”。"]


def add_clause(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    name = f"三（{'一二三四'[len(model.gates)]}）" if len(model.gates) < 4 else ""
    if not name or any(gate[0] == name for gate in model.gates):
        return None
    hours = random.randint(1, 9)
    said = [
        f"在三之后增加{name}「最少课时」。",
        f"> 课时不满{hours}的，按{name}处理。",
        f"共同条件「{name}」：适用于培训补贴：课时不少于{hours}课时，不符称“课时不足”。",
    ]
    return evolve(model, gates=(*model.gates, (name, hours))), said


def repeal_clause(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    if model.gates and random.random() < 0.5:
        name, _ = model.gates[-1]
        return evolve(model, gates=model.gates[:-1]), [f"废止{name}「最少课时」。"]
    if not model.publicity:
        return None
    return evolve(model, publicity=False), ["废止四「宣传」。"]


def change_end(model: Model, random: Random, day: date, by: str) -> tuple[Model, list[str]] | None:
    end = date(random.choice([2021, 2022, 2023]), random.randint(6, 12), 30)
    if end == model.end:
        return None
    said = f"将施行期止日由{chinese(model.end)}修改为{chinese(end)}。"
    return evolve(model, end=end), [said]


# By the place that they change: of two documents of one day, no two may change one.
CHANGES: Final[dict[str, Sequence[Callable[..., tuple[Model, list[str]] | None]]]] = {
    "对象": (add_person, drop_person, rewrite_persons),
    "封顶": (change_cap, change_period),
    "次数": (change_times,),
    "课时标准": (change_hourly,),
    "等级标准": (change_level,),
    "条件": (add_hours, drop_hours),
    "条款": (add_clause, repeal_clause),
    "止日": (change_end,),
}


@define
class Document:
    """An amending document: what it is called, from when it holds, and what it says; and the policy after it."""

    number: str
    day: date
    sentences: list[str] = Factory(list)
    after: Model = Factory(Model)
    transition: str = ""

    def text(self) -> str:
        head = [
            f"修订「{self.number}」。",
            f"文号：“{self.number}”。",
            "位阶：市级规范性文件。",
            f"施行日：{chinese(self.day)}。",
            "状态：施行。",
        ]
        return "\n".join([*head, *([self.transition] if self.transition else []), *self.sentences]) + "\n"


def documents(random: Random) -> list[Document]:
    """Amending documents in the order in which they take effect; those of one day change different places."""
    model, out = Model(), []
    taken: set[tuple[date, str]] = set()
    for place, day in enumerate(sorted(random.sample(DAYS, random.randint(1, len(DAYS))))):
        number = f"示例〔2020〕{place + 7}号"  # 9号 comes before 10号
        document = Document(number, day)
        for what in random.sample(list(CHANGES), random.randint(1, 3)):
            if (day, what) in taken:
                continue
            made = random.choice(CHANGES[what])(model, random, day, number)
            if made is not None:
                taken.add((day, what))
                model = made[0]
                document.sentences += made[1]
        document.after = model
        if document.sentences:
            out.append(document)
    return out
