"""Random training records, every one well formed and many of them on a boundary of the regulation.

The people are mostly plausible, so that a good share of the records is payable and the yearly
number, the repeats and the caps have something to bite on.  The dates, contracts, hours and
certificates, however, crowd around the places where two implementations could part company.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from differential.second_opinion import period_end

Row = dict[str, str]

COUNTIES = (
    "雁峰区", "石鼓区", "珠晖区", "蒸湘区", "南岳区", "耒阳市",
    "常宁市", "衡阳县", "衡南县", "衡山县", "衡东县", "祁东县",
)  # fmt: skip
GROUPS = (
    "贫困家庭子女", "贫困劳动力", "两后生", "农村转移就业劳动者", "城镇登记失业人员", "退役军人",
    "残疾人", "就业困难人员", "零就业家庭成员", "城市低保家庭",
)  # fmt: skip
DELEGATED_GROUPS = ("即将刑满释放人员", "强制戒毒人员", "社区服刑人员")
EMPLOYER_TRAITS = ("园区内企业", "困难企业", "承接产业转移企业", "高危行业企业")
TRAINING_TYPES = (
    "就业技能培训", "岗位技能提升培训", "安全技能培训", "创业培训", "新型学徒制培训", "技师培训",
)  # fmt: skip
LEVELS = ("初级工", "中级工", "高级工", "技师", "高级技师", "无等级")
CERTIFICATES = ("无", "职业资格证书", "职业技能等级证书", "专项职业能力证书", "培训合格证", "特种作业操作证")
PROVIDER_TYPES = ("企业职工培训中心", "职业院校", "技工院校", "社会培训机构")
COLUMNS = (
    "记录编号", "学员编号", "户籍", *GROUPS, *DELEGATED_GROUPS,
    "在职职工", "合同起始日期", "合同终止日期", "企业所在县市区",
    "园区内企业", "困难企业", "承接产业转移企业", "高危行业企业",
    "培训类型", "职业工种", "等级", "县市区", "开班备案日期", "开班日期", "结业日期", "课时", "培训天数",
    "证书类型", "统一编码", "发证日期", "已享受失业保险技能提升补贴",
    "培训机构", "培训机构类型", "核定范围内", "评估合格", "用人单位",
)  # fmt: skip

OFF_CATALOGUE = ("无人机驾驶员", "直播运营助理", "桶装水配送员", "智能家居调试员")
SAFETY_TRADES = (
    "低压电工作业", "高压电工作业", "熔化焊接与热切割作业", "高处作业",
    "制冷与空调作业", "煤矿安全作业", "危险化学品安全作业", "烟花爆竹安全作业",
)  # fmt: skip

TERM_EDGES = tuple(
    edge + timedelta(days=offset) for edge in (date(2019, 8, 30), date(2021, 12, 31)) for offset in (-1, 0, 1)
)
INNER_EDGES = (
    date(2019, 12, 31), date(2020, 1, 1), date(2020, 2, 29),
    date(2020, 12, 31), date(2021, 1, 1), date(2021, 2, 28),
)  # fmt: skip
AWKWARD_STARTS = (
    date(2018, 8, 31), date(2019, 2, 28), date(2019, 8, 31), date(2020, 1, 31),
    date(2020, 2, 28), date(2020, 2, 29), date(2020, 10, 31), date(2021, 1, 31),
)  # fmt: skip


def yes_no(flag: bool) -> str:
    """The two labels of a 是否 column."""
    return "是" if flag else "否"


@dataclass(frozen=True)
class _Person:
    """What stays the same from one record of a person to the next."""

    kind: str
    fixed: Row
    courses: tuple[tuple[str, str], ...]
    safety_trades: tuple[str, ...]
    days: tuple[date, ...]


# Weights over TRAINING_TYPES, by the kind of person.
_TYPE_WEIGHTS = {
    "重点群体": (84, 4, 1, 7, 2, 2),
    "企业职工": (8, 78, 4, 2, 4, 4),
    "高危职工": (3, 18, 75, 1, 1, 2),
    "随意": (1, 1, 1, 1, 1, 1),
}


def _some_day(rng: Random) -> date:
    roll = rng.random()
    if roll < 0.20:
        return rng.choice(TERM_EDGES)
    if roll < 0.40:
        return rng.choice(INNER_EDGES)
    return date(2019, 7, 20) + timedelta(days=rng.randrange(910))


def _identity(rng: Random, kind: str) -> Row:
    """户籍 and the groups: mostly one group a person, now and then several or none."""
    base = {"重点群体": 0.05, "企业职工": 0.04, "高危职工": 0.04, "随意": 0.18}[kind]
    flags = {group: rng.random() < base for group in GROUPS}
    if kind == "重点群体":
        flags[rng.choice(GROUPS)] = True
    elif kind != "随意":
        flags["贫困劳动力"] |= rng.random() < 0.5
    row = {"户籍": rng.choice(("农村", "城镇"))}
    row |= {group: yes_no(flag) for group, flag in flags.items()}
    return row | {group: yes_no(rng.random() < base / 8) for group in DELEGATED_GROUPS}


def _employer(rng: Random, kind: str) -> Row:
    """在职职工 and the firm: most workers have one, and most others have none."""
    worker = kind in ("企业职工", "高危职工")
    employed = rng.random() < (0.97 if worker else 0.5 if kind == "随意" else 0.03)
    firm = employed or rng.random() < 0.03
    chances = {"园区内企业": 0.75, "困难企业": 0.4, "承接产业转移企业": 0.5, "高危行业企业": 0.15}
    if kind == "高危职工":
        chances["高危行业企业"] = 0.85
    county = "祁东县" if rng.random() < 0.5 else rng.choice(COUNTIES)
    row = {"在职职工": yes_no(employed), "企业所在县市区": county if firm else ""}
    row |= {trait: yes_no(firm and rng.random() < chances[trait]) for trait in EMPLOYER_TRAITS}
    return row | {"用人单位": f"示例企业{rng.randrange(60):02d}" if firm else ""}


def _person(rng: Random, number: int, occupations: Sequence[str]) -> _Person:
    kind = rng.choices(tuple(_TYPE_WEIGHTS), (34, 34, 22, 10))[0]
    employer = _employer(rng, kind)
    outside = 0.45 if employer["困难企业"] == "是" else 0.06
    courses = tuple(
        (
            rng.choice(OFF_CATALOGUE) if rng.random() < outside else rng.choice(occupations),
            rng.choices(LEVELS, (42, 32, 18, 3, 2, 3))[0],
        )
        for _ in range(rng.choice((1, 3, 5)))
    )
    fixed = {"学员编号": f"X{number:06d}"} | _identity(rng, kind) | employer
    trades = tuple(rng.sample(SAFETY_TRADES, rng.choice((1, 3, 5))))
    return _Person(kind, fixed, courses, trades, tuple(_some_day(rng) for _ in range(3)))


def _class_days(rng: Random, person: _Person, certified: bool) -> Row:
    """The four dates of a class, any one of them possibly set on an edge."""
    length = timedelta(days=rng.choice((0, 1, 4, 9, 19, 44)))
    office = timedelta(days=rng.choice((0, 0, 1, 7, 30)))
    usual = rng.random() < 0.55
    anchor = rng.choice(person.days) if usual else _some_day(rng)
    match "发证" if usual else rng.choice(("发证", "发证", "结业", "开班")):
        case "发证":
            begun = anchor - office - length
        case "结业":
            begun = anchor - length
        case _:
            begun = anchor
    ended = begun + length
    lead = rng.choices((None, -10, -1, 0, 1, 10), (4, 30, 20, 40, 4, 2))[0]
    return {
        "开班备案日期": "" if lead is None else str(begun + timedelta(days=lead)),
        "开班日期": str(begun),
        "结业日期": str(ended),
        "发证日期": str(ended + office) if certified else "",
    }


def _contract(rng: Random, begun: date) -> Row:
    """A contract around the first day of class, often a day more or less than a full year."""
    shape = rng.choices(("无", "无固定期限", "固定期限", "临界"), (4, 24, 36, 36))[0]
    if shape == "无":
        return {"合同起始日期": "", "合同终止日期": ""}
    if shape == "无固定期限":
        first = begun - timedelta(days=rng.choice((-1, 0, 1, 400)))
        return {"合同起始日期": str(first), "合同终止日期": ""}
    if shape == "固定期限":
        first = begun - timedelta(days=rng.randrange(300))
        return {
            "合同起始日期": str(first),
            "合同终止日期": period_end(str(first), rng.choice((6, 24, 36, 60))),
        }
    awkward = [day for day in AWKWARD_STARTS if timedelta(0) <= begun - day < timedelta(days=363)]
    usual = [begun - timedelta(days=days) for days in (-1, 0, 1, 180, 362, 363, 364, 365, 366)]
    first = rng.choice(awkward if awkward and rng.random() < 0.5 else usual)
    year = date.fromisoformat(period_end(str(first), 12))
    return {"合同起始日期": str(first), "合同终止日期": str(year + timedelta(days=rng.choice((-1, 0, 0, 1))))}


def _certificate(rng: Random, training: str, off_catalogue: bool) -> Row:
    if training == "安全技能培训":
        weights = (6, 2, 2, 1, 6, 83)
    elif off_catalogue:
        weights = (6, 6, 6, 4, 76, 2)
    else:
        weights = (6, 30, 26, 10, 26, 2)
    kind = rng.choices(CERTIFICATES, weights)[0]
    coded = rng.random() < (0.72 if kind == "培训合格证" else 0.2)
    return {"证书类型": kind, "统一编码": yes_no(coded)}


def _provider(rng: Random) -> Row:
    """The columns that only raise notices; each may be left empty."""
    return {
        "培训机构": rng.choice(("", *(f"示例培训学校{mark}" for mark in "甲乙丙丁戊己庚辛"))),
        "培训机构类型": rng.choice(("", *PROVIDER_TYPES)),
        "核定范围内": rng.choice(("是", "是", "否", "")),
        "评估合格": rng.choice(("是", "是", "否", "")),
    }


def _record(rng: Random, person: _Person, occupations: Sequence[str]) -> Row:
    training = rng.choices(TRAINING_TYPES, _TYPE_WEIGHTS[person.kind])[0]
    if training == "安全技能培训" and rng.random() < 0.92:
        occupation, level = rng.choice(person.safety_trades), "无等级"
    elif rng.random() < 0.85:
        occupation, level = rng.choice(person.courses)
    else:
        occupation, level = rng.choice(occupations), rng.choice(LEVELS)
    certificate = _certificate(rng, training, occupation in OFF_CATALOGUE)
    days = _class_days(rng, person, certificate["证书类型"] != "无")
    contract = {"合同起始日期": "", "合同终止日期": ""}
    if person.fixed["在职职工"] == "是" or rng.random() < 0.02:
        contract = _contract(rng, date.fromisoformat(days["开班日期"]))
    insured = training == "岗位技能提升培训" and rng.random() < 0.06
    course = {
        "培训类型": training,
        "职业工种": occupation,
        "等级": level,
        "县市区": rng.choice(COUNTIES),
        "课时": str(rng.choice((0, 1, 16, 24, 40, 59, 60, 61, 80, 120))),
        "培训天数": str(rng.choice((0, 1, 1, 5, 10, 12, 20, 31))),
        "已享受失业保险技能提升补贴": yes_no(insured),
    }
    return person.fixed | course | certificate | days | contract | _provider(rng)


def _record_numbers(rng: Random, count: int) -> list[str]:
    """Unique numbers, some of them not integers; as text, 10 comes before 9."""
    return [str(number) if rng.random() < 0.88 else f"补{number}" for number in range(1, count + 1)]


def random_records(n: int, seed: int, occupations: Sequence[str]) -> list[Row]:
    """Make n valid records in random order, the same ones for the same arguments."""
    rng = Random(seed)
    rows: list[Row] = []
    people = 0
    while len(rows) < n:
        people += 1
        person = _person(rng, people, occupations)
        rows += [_record(rng, person, occupations) for _ in range(rng.choice((1, 1, 2, 3, 4, 6, 9, 14)))]
    del rows[n:]
    rng.shuffle(rows)
    numbers = _record_numbers(rng, n)
    rng.shuffle(numbers)
    return [
        {column: number if column == "记录编号" else row[column] for column in COLUMNS}
        for number, row in zip(numbers, rows, strict=True)
    ]
