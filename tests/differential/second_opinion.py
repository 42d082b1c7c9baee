"""A plain second evaluator of 衡人社发〔2019〕21号, written from the legal analysis alone.

It shares no code and no author with the real system: where the two differ, one has misread the text.
"""

import calendar
import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import prod
from pathlib import Path

Row = Mapping[str, str]  # ISO dates compare as text; an empty one is earlier than all others
Result = tuple[str, int | None]  # the status, and the fen of what is 准予
Catalogue = Mapping[tuple[str, str], tuple[int, bool]]
Number = int | Fraction

ROUTES = {
    "就业技能培训": "免费职业技能培训补贴",
    "岗位技能提升培训": "岗位技能提升培训补贴",
    "安全技能培训": "安全技能培训补贴",
    "技师培训": "技师培训补贴",
    "新型学徒制培训": "新型学徒制培训补贴",
    "创业培训": "创业培训补贴",
}
FREE, JOB, SAFETY, *DELEGATED = ROUTES.values()
LIVING = "生活费补贴"
ITEMS = (FREE, JOB, SAFETY, LIVING, *DELEGATED)

_OPTIONS = """
上浮叠加：就高｜相加｜连乘  安全补贴封顶：每次｜每年｜执行期内  安全补贴企业：高危行业｜任何企业
次数含安全补贴：是｜否  次数限制含生活费：否｜是  重复享受期限：无期限｜同一年内
岗位合格证须编码：否｜是  目录外须一年合同：是｜否  目录外上浮：否｜是  执行期判断：发证日期｜开班日期
贫困县范围：名单内｜未摘帽  残疾人认定：持证即可｜须就业困难认定  六（一）贫困上浮：无｜上浮70%
生活费两后生：限两后生｜含全部低保  生活费培训种类：全部｜就业技能和创业  未备案停发生活费：是｜否
"""
_NAMED: list[tuple[str, str]] = re.findall(r"(\S+)：(\S+)", _OPTIONS)
READINGS: dict[str, tuple[str, ...]] = {name: tuple(options.split("｜")) for name, options in _NAMED}
DEFAULT_READINGS: dict[str, str] = {name: options[0] for name, options in READINGS.items()}


@dataclass(frozen=True)
class Rates:
    """Every number, date and list of the regulation that an amendment could change."""

    term_start: date = date(2019, 8, 30)
    term_end: date = date(2021, 12, 31)
    free_groups: tuple[str, ...] = (
        "贫困家庭子女", "贫困劳动力", "两后生", "农村转移就业劳动者",
        "城镇登记失业人员", "退役军人", "残疾人",
    )  # fmt: skip
    living_groups: tuple[str, ...] = ("贫困劳动力", "就业困难人员", "残疾人", "零就业家庭成员")
    delegated_groups: tuple[str, ...] = ("即将刑满释放人员", "强制戒毒人员", "社区服刑人员")
    certificates: tuple[str, ...] = ("职业资格证书", "职业技能等级证书", "专项职业能力证书")
    levels: tuple[str, ...] = ("初级工", "中级工", "高级工")
    poverty_counties: tuple[str, ...] = ("祁东县",)
    contract_months: int = 12
    shortage_percent: int = 10
    poverty_percent: int = 70
    transfer_percent: int = 50
    free_poverty_percent: int = 70
    flat_yuan: tuple[tuple[str, Number], ...] = (("初级工", 550), ("中级工", 990), ("高级工", 1320))
    hourly_yuan: Number = 5
    safety_cap_yuan: Number = 300
    yearly_quota: int = 3
    daily_yuan: Number = 20


@dataclass(frozen=True)
class Granted:
    """One paid subsidy: 学员编号, 记录编号, 补贴项目, 职业工种, 等级, 发证日期 (ISO), 金额 (fen)."""

    person: str
    record: str
    item: str
    occupation: str
    level: str
    issued: str
    fen: int

    def turn(self) -> tuple[str, bool, int, str]:
        """Ledger order: 发证日期, then 记录编号, integers by value and ahead of texts."""
        whole = re.fullmatch("-?[0-9]+", self.record) is not None
        return self.issued, not whole, int(self.record) if whole else 0, self.record


def load_catalogue(path: str | Path) -> dict[tuple[str, str], tuple[int, bool]]:
    """Read (职业工种, 等级) -> (补贴标准 in yuan, 紧缺)."""
    rows = csv.DictReader(Path(path).read_text(encoding="utf-8").splitlines())
    return {(r["职业工种"], r["等级"]): (int(r["补贴标准"]), r["紧缺"] == "是") for r in rows}


def period_end(first: str, months: int) -> str:
    """The day before the same day some months on; a month without that day lends its last one."""
    day = date.fromisoformat(first)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return str(following - timedelta(days=1))


def to_fen(yuan: Number) -> int:
    """Whole fen, half a fen going up."""
    return (yuan * 200 + 1) // 2


class _Law:
    """The regulation under one choice of readings; amounts are exact yuan, and 0 is a refusal."""

    def __init__(self, catalogue: Catalogue, readings: Mapping[str, str], rates: Rates) -> None:
        if any(option not in READINGS.get(name, ()) for name, option in readings.items()):
            raise ValueError(f"没有这样的口径或选项：{dict(readings)}")
        self.catalogue, self.readings, self.rates = catalogue, DEFAULT_READINGS | dict(readings), rates
        self.occupations = frozenset(occupation for occupation, _ in catalogue)

    def reads(self, name: str, option: str) -> bool:
        return self.readings[name] == option

    def registered(self, row: Row) -> bool:
        return "" < row["开班备案日期"] <= row["开班日期"]

    def in_term(self, row: Row, column: str) -> bool:
        tested = row["开班日期" if self.reads("执行期判断", "开班日期") else column]
        return str(self.rates.term_start) <= tested <= str(self.rates.term_end)

    def belongs(self, row: Row, groups: Iterable[str]) -> bool:
        proof = {"残疾人": "就业困难人员"} if self.reads("残疾人认定", "须就业困难认定") else {}
        return any(row[group] == row[proof.get(group, group)] == "是" for group in groups)

    def contract(self, row: Row) -> bool:
        """In force when the class began, and lasting a year at least, or without an end."""
        first, begun, last = row["合同起始日期"], row["开班日期"], row["合同终止日期"] or "9999-12-31"
        return "" < first <= begun <= last and period_end(first, self.rates.contract_months) <= last

    def catalogue_rate(self, row: Row) -> Number:
        yuan, short = self.catalogue.get((row["职业工种"], row["等级"]), (0, False))
        return yuan * Fraction(100 + self.rates.shortage_percent * short, 100)

    def uplift(self, row: Row) -> Number:
        listed = self.rates.poverty_counties if self.reads("贫困县范围", "名单内") else ()
        poor = row["企业所在县市区"] in listed and row["园区内企业"] == row["贫困劳动力"] == "是"
        percents = [self.rates.poverty_percent] if poor else []
        percents += [self.rates.transfer_percent] if row["承接产业转移企业"] == "是" else []
        if self.reads("上浮叠加", "连乘"):
            return prod(Fraction(100 + percent, 100) for percent in percents)
        percent = sum(percents) if self.reads("上浮叠加", "相加") else max(percents, default=0)
        return Fraction(100 + percent, 100)

    def free(self, row: Row) -> Number:
        """六（一）."""
        coded = row["证书类型"] == "培训合格证" and row["统一编码"] == "是"
        certified = coded or row["证书类型"] in self.rates.certificates
        entitled = certified and self.belongs(row, self.rates.free_groups)
        raised = entitled and row["贫困劳动力"] == "是" and self.reads("六（一）贫困上浮", "上浮70%")
        percent = 100 * entitled + self.rates.free_poverty_percent * raised
        return self.catalogue_rate(row) * Fraction(percent, 100)

    def job(self, row: Row) -> Number:
        """六（二）."""
        employed, insured = row["在职职工"] == "是", row["已享受失业保险技能提升补贴"] == "是"
        if insured or not employed or row["等级"] not in self.rates.levels:
            return 0
        slip, coded = row["证书类型"] == "培训合格证", row["统一编码"] == "是"
        if row["职业工种"] in self.occupations:
            accepted = slip and (coded or self.reads("岗位合格证须编码", "否"))
            certified = accepted or row["证书类型"] in self.rates.certificates
            return self.catalogue_rate(row) * self.uplift(row) if certified and self.contract(row) else 0
        bound = self.contract(row) or self.reads("目录外须一年合同", "否")
        entitled = row["困难企业"] == "是" and slip and coded and bound
        flat = dict(self.rates.flat_yuan).get(row["等级"], 0) if entitled else 0
        return flat * (self.uplift(row) if self.reads("目录外上浮", "是") else 1)

    def safety(self, row: Row) -> Number:
        """六（三）; a cap over more than one training is left to the ledger."""
        firm = row["高危行业企业"] == "是" or self.reads("安全补贴企业", "任何企业")
        entitled = firm and row["在职职工"] == "是" and row["证书类型"] == "特种作业操作证"
        yuan = self.rates.hourly_yuan * int(row["课时"]) if entitled else 0
        return min(yuan, self.rates.safety_cap_yuan) if self.reads("安全补贴封顶", "每次") else yuan

    def living(self, row: Row) -> Number:
        """七."""
        youth, assisted = row["两后生"] == "是", row["城市低保家庭"] == "是"
        group = assisted and (youth or self.reads("生活费两后生", "含全部低保"))
        group = group or (youth and row["户籍"] == "农村") or self.belongs(row, self.rates.living_groups)
        course = row["培训类型"] in ("就业技能培训", "创业培训") or self.reads("生活费培训种类", "全部")
        filed = self.registered(row) or self.reads("未备案停发生活费", "否")
        entitled = group and course and filed and self.in_term(row, "结业日期")
        return self.rates.daily_yuan * int(row["培训天数"]) if entitled else 0

    def pending(self, row: Row) -> bool:
        return ROUTES[row["培训类型"]] in DELEGATED or "是" in map(row.get, self.rates.delegated_groups)

    def claim(self, row: Row) -> Granted:
        """What the record's own item would pay if the person had no other record."""
        item, fen = ROUTES[row["培训类型"]], 0
        if self.registered(row) and self.in_term(row, "发证日期") and not self.pending(row):
            fen = to_fen({FREE: self.free, JOB: self.job, SAFETY: self.safety}[item](row))
        key = row["职业工种"], row["等级"], row["发证日期"]
        return Granted(row["学员编号"], row["记录编号"], item, *key, fen)

    def settle(self, claim: Granted, enjoyed: Sequence[Granted]) -> int | None:
        """The fen that a running cap of 六（三） leaves; None where 六（四） bars the record."""
        this_year = [entry for entry in enjoyed if entry.issued[:4] == claim.issued[:4]]
        uncounted = (LIVING,) if self.reads("次数含安全补贴", "是") else (LIVING, SAFETY)
        if claim.item not in uncounted:
            rivals = this_year if self.reads("重复享受期限", "同一年内") else enjoyed
            had = {(entry.occupation, entry.level) for entry in rivals if entry.item not in uncounted}
            times = sum(entry.item not in uncounted for entry in this_year)
            if (claim.occupation, claim.level) in had or times >= self.rates.yearly_quota:
                return None
        if claim.item != SAFETY or self.reads("安全补贴封顶", "每次"):
            return claim.fen
        in_term = [entry for entry in enjoyed if entry.issued >= str(self.rates.term_start)]
        period = this_year if self.reads("安全补贴封顶", "每年") else in_term
        spent = sum(entry.fen for entry in period if entry.item == SAFETY)
        return max(0, min(claim.fen, to_fen(self.rates.safety_cap_yuan) - spent))


def decide(
    records: Sequence[Row],
    catalogue: Catalogue,
    readings: Mapping[str, str] | None = None,
    rates: Rates = Rates(),
    history: Sequence[Granted] = (),
) -> list[dict[str, Result]]:
    """Judge every item of every record; what history grants comes before all of them."""
    law = _Law(catalogue, readings or {}, rates)
    enjoyed: defaultdict[str, list[Granted]] = defaultdict(list)
    for entry in history:
        enjoyed[entry.person].append(entry)

    claims = [law.claim(row) for row in records]
    settled: dict[str, int | None] = {}
    for claim in sorted((claim for claim in claims if claim.fen > 0), key=Granted.turn):
        settled[claim.record] = fen = law.settle(claim, enjoyed[claim.person])
        if fen:
            enjoyed[claim.person].append(replace(claim, fen=fen))
    results = []
    for row, claim in zip(records, claims, strict=True):
        fen = settled.get(claim.record, 0)
        result: dict[str, Result] = dict.fromkeys(ITEMS, ("不适用", None))
        result[claim.item] = ("准予", fen) if fen else ("待定" if law.pending(row) else "不予", None)
        living = 0 if fen is None and law.reads("次数限制含生活费", "是") else to_fen(law.living(row))
        result[LIVING] = ("准予", living) if living > 0 else ("不予", None)
        results.append(result)
    return results
