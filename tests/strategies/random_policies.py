"""Random policies in the language, well typed by construction, for comparing what should be equal.

A policy is a dict of files. Every construct that decides or pays something comes up, and the text goes through the
whole pipeline. Cases and uplifts may meet, so the proofs of the checker are left out (`loaded`).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from hypolicy.check.policy import check
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.source.folder import PolicyFolder
from hypolicy.syntax.include import gather
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from random import Random

    from hypolicy.rules.tree import Policy

Files = dict[str, str]
Known = frozenset[str]

LABELS = {"类别": ("甲类", "乙类", "丙类"), "级别": ("初级", "中级", "高级", "特级")}
TEXTS = ("焊工", "电工", "车工", "a(1)")
BOOLS = ("困难", "移民", "在岗")
DATES = ("备案日", "开班日", "发证日")
NUMBERS = {"课时数": "课时", "天数": "天", "缺勤数": "天", "学费": "元", "预付款": "元", "系数": ""}
MAY_BE_OPTIONAL = ("移民", "备案日", "开班日", "缺勤数", "预付款", "级别", "工种", "单位名")
HEAD = """政策「随机政策」。
施行期：自2020年1月1日起至2021年12月31日止。
适用日：{governing}。
汇总年度：发证日。
汇总维度：类别。
资金「专户」。
枚举「技能级别」：由低到高，初级、中级、高级、特级。
记录「申报」：以申报号为键。
"""
FACTS = {
    "申报号": "编号",
    "人员号": "编号",
    "单位名": "文本",
    "类别": "甲类、乙类、丙类",
    "级别": "技能级别",
    "工种": "文本",
    "别名": "文本",
    "困难": "是否",
    "移民": "是否",
    "在岗": "是否",
    "课时数": "整数「课时」",
    "天数": "整数「天」",
    "缺勤数": "整数「天」",
    "学费": "金额",
    "预付款": "金额",
    "系数": "小数",
    "出生日": "日期",
    "备案日": "日期",
    "开班日": "日期",
    "发证日": "日期",
}
# Bounds that let the compiler prove that products of these stay within a machine word.
BOUNDED = {
    "课时数": "1000课时",
    "天数": "1000天",
    "缺勤数": "1000天",
    "学费": "10万元",
    "预付款": "10万元",
    "系数": "100",
}
PLAIN = {"日期": "2020年6月30日", "文本": "“焊工”", "技能级别": "级别", "是否": "困难"}
RANKS = ("不低于", "不高于", "低于", "高于", "为", "不为")
BEFORE = ("不早于", "早于", "不晚于", "晚于", "为", "不为")
ON_TEXTS = ("工种为“焊工”", "工种不为“别的”", "工种属于“车工”、“其他工”", "工种为别名", "工种不为别名")


@frozen
class Table:
    """`columns` by name: the unit of a number, or 是否, 日期, 文本, 技能级别."""

    name: str
    keys: tuple[str, ...]
    columns: dict[str, str]


@define
class PolicyWriter:
    """One policy. `known` are the optional facts that are surely given where something is written."""

    rng: Random
    most_items: int = 4
    optional: Known | None = None
    governing: str = "发证日"
    files: Files = field(factory=dict)
    tables: list[Table] = field(factory=list)
    parameters: dict[str, str] = field(factory=dict)
    # Conditions by name, with whether they look anything up.
    concepts: dict[str, bool] = field(factory=dict)
    readings: list[tuple[str, tuple[str, ...]]] = field(factory=list)
    lines: list[str] = field(factory=list)
    items: list[str] = field(factory=list)
    names: int = 0
    # Few conditions, so that much is granted and the limits have something to do.
    mild: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.mild = self.chance(0.5)
        if self.optional is None:
            self.optional = frozenset(name for name in MAY_BE_OPTIONAL if self.chance(0.4))

    def write(self) -> Files:
        self.governing = self.pick("发证日", "发证日", "计算日")
        head = HEAD.format(governing=self.governing)
        for name, kind in FACTS.items():
            head += f"事实「{name}」：{kind}{'，可空' if name in self.optional else ''}。\n"
        for name, most in BOUNDED.items():
            bound = f"{name}不超过{most}"
            head += f"校验「{name}太大」：{f'没有{name}或{bound}' if name in self.optional else bound}。\n"
        if self.governing == "计算日":
            self.lines.append(f"概念「计算日」：{self.pick('发证日', '发证日加30天', '发证日减1个月')}。")
        self.some(0, 2, self.reading)
        self.some(1, 3, self.table)
        self.some(1, 3, self.parameter)
        self.some(1, 4, self.concept)
        self.some(1, self.most_items, self.item)
        self.group("全部组", self.items)
        self.common()
        self.ledger()
        self.files["政策.hyp"] = head + "\n".join(self.lines) + "\n"
        return self.files

    # ---------------------------------------------------------------------------------------------- chance

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def some(self, least: int, most: int, write: Callable[[], None]) -> None:
        for _ in range(self.rng.randint(least, most)):
            write()

    def fresh(self, word: str) -> str:
        self.names += 1
        return f"{word}{self.names:02}号"

    def sure(self, names: Sequence[str], known: Known) -> list[str]:
        """Those of these facts that are surely given."""
        return [name for name in names if name not in self.optional or name in known]

    # -------------------------------------------------------------------------------------- readings, groups

    def reading(self) -> None:
        name, options = self.fresh("口径"), ("是", "否") if self.chance(0.7) else ("一", "二", "三")
        also = "、".join(f"「{option}」" for option in options[1:])
        self.lines.append(f"口径「{name}」：默认「{options[0]}」，另可{also}。\n  理由：“没有写明”。")
        self.readings.append((name, options))

    def by_reading(self, one: Callable[[], str]) -> str:
        """按口径…: something for each option; empty where there is no reading."""
        if not self.readings or self.chance(0.6):
            return ""
        name, options = self.rng.choice(self.readings)
        return f"按口径「{name}」：" + "；".join(f"「{option}」指{one()}" for option in options)

    def group(self, name: str, members: Sequence[str]) -> str:
        def some() -> str:
            chosen = [member for member in members if self.chance(0.7)]
            return "、".join(chosen) or "无项目"

        self.lines.append(f"补贴组「{name}」：{self.by_reading(some) or '、'.join(members)}。")
        return name

    def period(self) -> str:
        def plain() -> str:
            return self.pick(
                "每自然年", "施行期内", "不限期", "每次", "每滚动12个月", "每滚动1年", "每滚动3个月"
            )

        choice = self.by_reading(plain)
        if not choice:
            return plain()
        name = self.fresh("期间")
        self.lines.append(f"期间「{name}」：{choice}。")
        return name

    # ----------------------------------------------------------------------------------------------- tables

    def table(self) -> None:
        """A table of some rows; one with a text among its keys stands in a file."""
        name = self.fresh("标准表")
        keys = self.rng.choice(
            (("类别",), ("级别",), ("类别", "级别"), ("工种",), ("工种", "级别"), ("级别", "工种", "类别"))
        )
        in_file = "工种" in keys or self.chance(0.2)
        kinds = ("元", "元", "课时", "天", "是否", "日期", "文本", *(("技能级别",) if in_file else ()))
        columns = {self.fresh("列"): self.rng.choice(kinds) for _ in range(self.rng.choice((1, 2, 3)))}
        types = {"元": "金额", "课时": "整数「课时」", "天": "整数「天」"}
        header = "、".join(f"「{column}」（{types.get(of, of)}）" for column, of in columns.items())
        entries = []
        for number, start in enumerate(self.starts()):
            combinations = list(product(*(LABELS.get(key, TEXTS) for key in keys)))
            rows = [row for row in combinations if self.chance(0.8)] or combinations[:1]
            cells = [[self.cell_value(of) for of in columns.values()] for _ in rows]
            if in_file:
                file = f"{name}-{number}.csv"
                content = [
                    [*keys, *columns],
                    *([*r, *(c for _, c in v)] for r, v in zip(rows, cells, strict=True)),
                ]
                self.files[file] = "".join(",".join(line) + "\n" for line in content)
                entries.append(f"自{start}起取自“{file}”")
            else:
                texts = [
                    f"{'、'.join(r)}{'，'.join(w for w, _ in v)}" for r, v in zip(rows, cells, strict=True)
                ]
                entries.append(f"自{start}起：{'；'.join(texts)}")
        self.lines.append(f"表「{name}」（{'、'.join(keys)}）的{header}：{'；'.join(entries)}。")
        flags = [column for column, of in columns.items() if of == "是否"]
        if flags and list(columns.values()).count("元") == 1:
            self.lines.append(f"  上浮{self.pick('10%', '12.5%')}：{flags[0]}为是。")
        self.tables.append(Table(name, keys, columns))

    def cell_value(self, of: str) -> tuple[str, str]:
        """A cell as it is written in a rule file, and in a data file."""
        match of:
            case "是否":
                return self.rng.choice((("是", "是"), ("否", "否")))
            case "日期":
                return self.rng.choice((("2020年2月29日", "2020-02-29"), ("2021年6月30日", "2021-06-30")))
            case "文本":
                text = self.rng.choice(TEXTS)
                return f"“{text}”", text
            case "技能级别":
                label = self.rng.choice(LABELS["级别"])
                return label, label
            case _:
                plain = self.pick("100", "333.33", "1000") if of == "元" else self.pick("1", "5", "20")
                return f"{plain}{of}", plain

    def starts(self) -> list[str]:
        """First days of one version or several."""
        later = [day for day in ("2020年7月1日", "2021年1月1日", "2021年3月31日") if self.chance(0.25)]
        return ["2019年6月1日", *later]

    def parameter(self) -> None:
        values = {
            "元": ("100元", "66.66元"),
            "元/课时": ("5元/课时", "7.5元/课时"),
            "元/天": ("20元/天", "33.3元/天"),
            "天": ("5天", "20天"),
            "课时": ("10课时", "60课时"),
            "": ("30%", "12.5%", "110%"),
        }
        name, unit = self.fresh("参数"), self.rng.choice(tuple(values))
        versions = [f"自{start}起{self.rng.choice(values[unit])}" for start in self.starts()]
        self.lines.append(f"参数「{name}」：{'；'.join(versions)}。")
        self.parameters[name] = unit

    # ---------------------------------------------------------------------------------------------- numbers

    def literal(self, unit: str) -> str:
        match unit:
            case "元":
                return self.pick("0元", "1元", "99.99元", "100元", "333.33元", "1000元", "0.1万元")
            case "":
                return self.pick("0.5", "1", "30%", "12.5%", "150%")
            case _:
                return f"{self.rng.choice((0, 1, 2, 5, 10, 20, 60))}{unit}"

    def number(self, unit: str, known: Known, versioned: bool, depth: int = 2) -> str:
        """A quantity of this unit; `versioned` where parameters and tables may be used."""
        leaves: list[Callable[[], str]] = [lambda: self.literal(unit)]
        facts = self.sure([name for name, of in NUMBERS.items() if of == unit], known)
        leaves += [lambda: self.rng.choice(facts)] * (3 if facts else 0)
        if versioned:
            names = [name for name, of in self.parameters.items() if of == unit]
            leaves += [lambda: self.rng.choice(names)] * (2 if names else 0)
            leaves += [lambda: self.cell(unit, known)] * 3
        compound = [self.sum_of, self.extreme, self.scaled, self.ratio]
        if unit == "元":
            compound += [self.by_rate] * 3
        elif unit == "":
            compound = [self.sum_of, self.quotient]
        if depth <= 0 or self.chance(0.55):
            return self.rng.choice(leaves)()
        return self.rng.choice(compound)(lambda of: self.number(of, known, versioned, depth - 1), unit)

    def sum_of(self, inner: Callable[[str], str], unit: str) -> str:
        return f"（{inner(unit)}{self.pick('加', '减')}{inner(unit)}）"

    def extreme(self, inner: Callable[[str], str], unit: str) -> str:
        more = "".join(f"、{inner(unit)}" for _ in range(self.rng.choice((1, 1, 2))))
        return f"{self.pick('较小者', '较大者')}（{inner(unit)}{more}）"

    def scaled(self, inner: Callable[[str], str], unit: str) -> str:
        if self.chance(0.6):
            return f"（{inner(unit)}×{inner('')}）"
        return f"（{inner(unit)}÷{self.pick('2', '3', '0.7')}）"

    def ratio(self, inner: Callable[[str], str], unit: str) -> str:
        of = self.pick("元", "课时", "天")
        return f"（{inner(unit)}×{inner(of)}÷{self.divisor(of)}）"

    def quotient(self, inner: Callable[[str], str], unit: str) -> str:
        of = self.pick("元", "课时", "天")
        return f"（{inner(of)}÷{self.divisor(of)}）"

    def divisor(self, unit: str) -> str:
        """A fact, which may be zero, or a number that is not."""
        facts = self.sure([name for name, of in NUMBERS.items() if of == unit], frozenset())
        return self.pick(*facts, f"3{unit}", f"7{unit}")

    def by_rate(self, inner: Callable[[str], str], unit: str) -> str:
        of = self.pick("课时", "天")
        return f"（{self.pick(f'20{unit}/{of}', f'5.5{unit}/{of}')}×{inner(of)}）"

    def cell(self, of: str, known: Known) -> str:
        """A cell of this kind; something plain where no table has one whose keys are surely given."""
        cells = [(table, c) for table in self.tables for c, kind in table.columns.items() if kind == of]
        cells = [(table, c) for table, c in cells if self.keys(table, known)]
        if not cells:
            return PLAIN.get(of) or self.literal(of)
        table, column = self.rng.choice(cells)
        return f"{table.name}（{self.keys(table, known)}）的{column}"

    def keys(self, table: Table, known: Known) -> str:
        """The arguments of a look-up; empty where one of them may not be given."""
        out = []
        for key in table.keys:
            if (key in self.optional and key not in known) or (key in LABELS and self.chance(0.1)):
                if key not in LABELS:
                    return ""
                out.append(self.rng.choice(LABELS[key]))
            else:
                out.append(key)
        return "、".join(out)

    # ------------------------------------------------------------------------------------------------- days

    def day(self, known: Known, versioned: bool) -> str:
        days = self.sure(("开班日", "备案日", "发证日", "发证日"), known)
        match self.rng.randrange(6):
            case 0:
                return self.pick("2020年2月29日", "2020年12月31日", "2021年1月31日")
            case 1 if versioned:
                return self.cell("日期", known)
            case _:
                return self.rng.choice(days)

    def shifted(self, known: Known, versioned: bool) -> str:
        day = self.rng.choice(self.sure(("开班日", "备案日", "发证日"), known))
        return f"{day}{self.pick('加', '减')}{self.pick('30天', '1个月', '13个月', '1年')}"

    # ------------------------------------------------------------------------------------------- conditions

    def condition(self, known: Known, versioned: bool, depth: int = 2) -> str:
        if depth <= 0 or self.chance(0.5):
            return self.simple(known, versioned)
        match self.rng.randrange(7):
            case 0 | 1:
                parts = [
                    self.condition(known, versioned, depth - 1) for _ in range(self.rng.choice((2, 2, 3)))
                ]
                return f"（{self.pick('且', '或').join(parts)}）"
            case 2:
                return f"非（{self.condition(known, versioned, depth - 1)}）"
            case 3 | 4 if self.optional:
                fact = self.rng.choice(sorted(self.optional))
                inner = self.condition(known | {fact}, versioned, depth - 1)
                return f"（有{fact}且{inner}）" if self.chance(0.6) else f"（没有{fact}或{inner}）"
            case 5 if any(versioned or not looks_up for looks_up in self.concepts.values()):
                return self.rng.choice([name for name, up in self.concepts.items() if versioned or not up])
            case _:
                return self.simple(known, versioned)

    def simple(self, known: Known, versioned: bool) -> str:
        compare = self.pick("不少于", "不超过", "超过", "少于", "等于", "不等于")
        match self.rng.randrange(15):
            case 0:
                return self.rng.choice(self.sure(BOOLS, known))
            case 1:
                return f"{self.rng.choice(self.sure(BOOLS, known))}为{self.pick('是', '否')}"
            case 2:
                return f"类别{self.pick('为', '不为')}{self.rng.choice(LABELS['类别'])}"
            case 3 if "级别" in self.sure(("级别",), known):
                return f"级别{self.pick(*RANKS)}{self.rng.choice(LABELS['级别'])}"
            case 4:
                labels = self.rng.sample(LABELS["类别"], 2)
                return f"类别{self.pick('属于', '不属于')}{'、'.join(labels)}"
            case 5 if "工种" in self.sure(("工种",), known):
                return self.pick(*ON_TEXTS)
            case 6:
                days = [f"（{self.day(known, versioned)}）" for _ in range(2)]
                return self.compared(*days, self.pick(*BEFORE), known)
            case 7:
                first, last = self.day(known, False), self.rng.choice(self.sure(("开班日", "发证日"), known))
                return f"自{first}起至{last}止{compare}{self.pick('30天', '12个月', '1年', '1个月', '0天')}"
            case 8:
                start = self.rng.choice(self.sure(("开班日", "备案日", "发证日"), known))
                return f"{self.day(known, False)}在{start}起{self.pick('30天', '1个月', '12个月', '1年')}内"
            case 9:
                on = self.rng.choice(self.sure(("开班日", "发证日"), known))
                return f"周岁数（出生日、{on}）{compare}{self.pick('16', '18', '60')}周岁"
            case 10:
                return f"（{self.shifted(known, versioned)}）{self.pick('不早于', '晚于')}{self.day(known, versioned)}"
            case 11 if versioned and self.tables:
                table = self.rng.choice(self.tables)
                key = self.rng.choice(table.keys)
                if key in self.sure(table.keys, known):
                    return f"{key}{self.pick('在', '不在')}{table.name}中"
            case 12 if versioned:
                return self.looked_up(known)
            case 13:
                return f"{self.rng.choice(self.sure(DATES, known))}在施行期内"
            case _:
                pass
        unit = self.pick("元", "课时", "天", "")
        sides = [self.number(unit, known, versioned) for _ in range(2)]
        return self.compared(*sides, compare, known)

    def compared(self, left: str, right: str, word: str, known: Known) -> str:
        """A comparison; of what the file writes down itself with another such thing nobody asks anything."""
        if _written_down(left) and _written_down(right):
            return self.rng.choice(self.sure(BOOLS, known))
        return f"{left}{word}{right}"

    def looked_up(self, known: Known) -> str:
        """A cell that is no number, compared."""
        match self.pick("文本", "技能级别", "是否"):
            case "文本":
                texts = ["别名", "“电工”", *self.sure(("工种",), known)]
                cell, word = self.cell("文本", known), self.pick("为", "不为")
                return self.compared(cell, self.rng.choice(texts), word, known)
            case "技能级别" if "级别" in self.sure(("级别",), known):
                return f"{self.cell('技能级别', known)}不低于{self.rng.choice(LABELS['级别'])}"
            case _:
                return f"{self.cell('是否', known)}为{self.pick('是', '否')}"

    def concept(self) -> None:
        name, versioned = self.fresh("概念"), self.chance(0.4)

        def body() -> str:
            return self.condition(frozenset(), versioned)

        told = f"，不符称“{name}不符”" if self.chance(0.5) else ""
        self.lines.append(f"概念「{name}」：{self.by_reading(body) or body()}{told}。")
        self.concepts[name] = versioned

    # ------------------------------------------------------------------------------------------------ items

    def item(self) -> None:
        name = f"{'甲乙丙丁'[len(self.items)]}补贴"
        self.items.append(name)
        self.lines += [
            f"第{'一二三四五六七八九'[len(self.items) - 1]}条。",
            f"补贴「{name}」：",
            "  发给：本人。",
        ]
        if self.chance(0.2 if self.mild else 0.6):
            applies = self.condition(frozenset(), False, 1)
            self.lines.append(f"  适用：{applies}。")
        if self.chance(0.1):
            self.lines.append("  委托：“另有规定”。")
            return
        self.lines.append("  资金：专户。")
        known: Known = frozenset()
        parts = []
        for _ in range(self.rng.randint(0, 1 if self.mild else 3)):
            if self.optional - known and self.chance(0.4):
                fact = self.rng.choice(sorted(self.optional - known))
                parts.append(f"有{fact}")
                known |= {fact}
            else:
                parts.append(self.condition(known, True))
        if parts:
            self.lines.append(f"  条件：{'，且'.join(parts)}。")
        self.amounts(known)
        if self.chance(0.2):
            self.lines.append("  不与「别的补贴」同享（困难）。")

    def amounts(self, known: Known) -> None:
        if self.chance(0.5):
            self.lines.append(f"  金额：{self.number('元', known, True)}。")
        else:
            for label in "甲乙丙"[: self.rng.choice((1, 2, 2, 3))]:
                here = known
                parts = [self.condition(here, True) for _ in range(self.rng.choice((1, 1, 2)))]
                amount = self.number("元", here, True, 1)
                self.lines.append(f"  情形「{label}」：条件：{'，且'.join(parts)}；金额：{amount}。")
        rates = [
            "10%",
            "50%",
            "70%",
            "33.3%",
            *(name for name, unit in self.parameters.items() if unit == ""),
        ]
        count = self.rng.choice((0, 0, 1, 2, 3))
        for _ in range(count):
            self.lines.append(f"  上浮{self.rng.choice(rates)}：{self.condition(known, True, 1)}。")
        if count > 1 or self.chance(0.1):
            self.lines.append(f"  叠加方式：{self.pick('就高', '就低', '相加', '连乘', '互斥')}。")
        if self.chance(0.4):
            holder = self.pick("每人", "每人", "每企业")
            self.lines.append(
                f"  封顶：{holder}{self.period_inline()}不超过{self.pick('300元', '50.5元', '1000元')}。"
            )
        self.lines.append(f"  取整到{self.pick('元', '角', '分')}，{self.pick('四舍五入', '舍去', '进位')}。")

    def period_inline(self) -> str:
        return self.pick("每次", "每次", "每自然年", "施行期内", "不限期", "每滚动12个月")

    def common(self) -> None:
        """The gate of the term, without which nothing can be looked up; perhaps others."""
        members = "、".join(self.items)
        self.lines.append(f"补贴组「各项」：{members}。")
        self.lines.append(f"共同条件「期限」：适用于各项：{self.governing}在施行期内，不符称“期限外”。")
        if self.chance(0.1 if self.mild else 0.3):
            self.lines.append(f"共同条件「共同」：适用于全部组：{self.condition(frozenset(), False)}。")
        if self.chance(0.1 if self.mild else 0.3):
            ground = "，依据“别的文件”" if self.chance(0.5) else ""
            self.lines.append(
                f"待定条件「另案」：适用于全部组：{self.condition(frozenset(), False)}{ground}。"
            )

    # ----------------------------------------------------------------------------------------------- ledger

    def ledger(self) -> None:
        order = self.pick(
            "发证日、申报号", "发证日", "学费、发证日", "级别、申报号", "申报号", "发证日、工种"
        )
        self.lines += [
            "台账：",
            "  归集「每人」：人员号。",
            "  归集「每企业」：单位名。",
            f"  次序：{order}。",
            "  台账年度：发证日。",
        ]
        for _ in range(self.rng.randint(1, 3) if self.mild else self.rng.randint(0, 2)):
            name = self.fresh("限制")
            group = (
                self.group(self.fresh("组"), self.items) if self.chance(0.6) else self.rng.choice(self.items)
            )
            rules = [self.limit_rule() for _ in range(self.rng.choice((1, 1, 2)))]
            linked = self.group(self.fresh("连带"), self.items) if self.chance(0.4) else ""
            holder = self.pick("", "", "，归集每企业")
            self.lines += [
                f"限制「{name}」：",
                f"  适用于{group}{holder}。",
                *(f"  {rule}" for rule in rules),
            ]
            if linked:
                self.lines.append(f"  因本限制不予的，{linked}一并不予。")

    def limit_rule(self) -> str:
        match self.rng.randrange(5):
            case 0 | 1:
                return f"{self.period()}享受不超过{self.rng.choice((1, 2, 3))}次。"
            case 2:
                keys = self.pick("工种、级别", "工种", "类别", "别名、类别", "学费")
                return f"同一{keys}在{self.period()}不重复享受。"
            case 3:
                return f"不同项目在{self.period()}不同享。"
            case _:
                return f"同一{self.pick('工种', '类别')}已享受更高级别的不再享受。"


def _written_down(side: str) -> bool:
    """Whether a side of a comparison is a number, a day or a text itself."""
    return side.strip("（")[0] in "0123456789“" and not any(sign in side for sign in "加减×÷")


def random_policy(rng: Random, most_items: int = 4) -> Files:
    """The files of a policy, by their names in its folder."""
    return PolicyWriter(rng, most_items).write()


def loaded(files: Files, folder: Path) -> Policy:
    """The policy of these files, put into a folder. What is wrong with them is a fault of the writer."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    opened, collector = PolicyFolder(folder.resolve()), Collector()
    document, vocabulary = parse(gather(opened, collector), collector)
    policy = check(document, vocabulary, opened, collector)
    problems = [diagnostic.message for diagnostic in collector.found]
    assert policy is not None, problems
    assert not collector.has_errors, problems
    return policy
