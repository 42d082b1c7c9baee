"""Write the policy's example records: what three years of training might look like to a bureau.

Run it from the root of the repository with `PYTHONPATH=tests python -m differential.make_examples`.
Everything is invented, and the same at every run.  Records come in classes: the people of a class
share its provider, dates, occupation and kind of certificate, as they do in a real file.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from differential.random_records import (
    COLUMNS,
    COUNTIES,
    DELEGATED_GROUPS,
    EMPLOYER_TRAITS,
    GROUPS,
    OFF_CATALOGUE,
    SAFETY_TRADES,
    TRAINING_TYPES,
    Row,
    yes_no,
)
from differential.second_opinion import ITEMS, Catalogue, decide, load_catalogue, period_end

POLICY = Path(__file__).parents[2] / "policies" / "hengyang-2019"
EXAMPLES = POLICY / "examples" / "records.csv"
RECORDS = 2000
PEOPLE = 1650
SEED = 20190835

# Rough sizes of the divisions, in the order of COUNTIES.
COUNTY_WEIGHTS = (4, 4, 5, 6, 3, 14, 11, 13, 12, 6, 9, 17)
TYPE_WEIGHTS = dict(zip(TRAINING_TYPES, (45, 28, 14, 5, 4, 4), strict=True))
CERTIFICATE_WEIGHTS = {
    "职业资格证书": 26,
    "职业技能等级证书": 38,
    "专项职业能力证书": 14,
    "培训合格证": 22,
}
GROUP_WEIGHTS = {
    "农村转移就业劳动者": 26,
    "贫困劳动力": 24,
    "城镇登记失业人员": 17,
    "两后生": 9,
    "残疾人": 6,
    "退役军人": 6,
    "贫困家庭子女": 5,
    "就业困难人员": 3,
    "零就业家庭成员": 2,
    "城市低保家庭": 2,
}
TOWN_GROUPS = ("城镇登记失业人员", "就业困难人员", "零就业家庭成员", "城市低保家庭")
POPULAR = (
    "电工", "焊工", "育婴员", "养老护理员", "家政服务员", "中式烹调师", "中式面点师",
    "缝纫工", "电子商务师", "汽车维修工", "叉车司机", "砌筑工",
)  # fmt: skip
STARTUP_COURSES = ("创业意识培训", "创办企业培训", "网络创业培训")


@dataclass(frozen=True)
class Person:
    """A trainee; a worker has a firm and a contract that is renewed whenever it ends."""

    county: str
    fixed: Row
    hired: date | None
    contract_months: int | None
    keenness: int

    @property
    def works(self) -> bool:
        return self.hired is not None


def _firms(rng: Random) -> list[Row]:
    firms = []
    for number in range(1, 41):
        county = rng.choices(COUNTIES, COUNTY_WEIGHTS)[0]
        park = rng.random() < (0.8 if county == "祁东县" else 0.4)
        chances = {
            "园区内企业": float(park),
            "困难企业": 0.28,
            "承接产业转移企业": 0.5 if park else 0.04,
            "高危行业企业": 0.3,
        }
        traits = {trait: yes_no(rng.random() < chances[trait]) for trait in EMPLOYER_TRAITS}
        firms.append({"企业所在县市区": county, **traits, "用人单位": f"示例企业{number:02d}"})
    return firms


def _providers(rng: Random, firms: list[Row]) -> list[Row]:
    """培训机构 and its columns: schools, colleges, and the training centres of some firms."""
    schools = [(f"示例培训学校{mark}", "社会培训机构") for mark in "甲乙丙丁戊己庚辛壬"]
    schools += [(f"示例职业学院{mark}", "职业院校") for mark in "甲乙丙"]
    schools += [(f"示例技工学校{mark}", "技工院校") for mark in "甲乙"]
    providers = [{"培训机构": name, "培训机构类型": kind, "评估合格": ""} for name, kind in schools]
    for firm in rng.sample(firms, 12):
        assessed = yes_no(len(providers) % 4 != 0)
        centre = {"培训机构": firm["用人单位"] + "职工培训中心", "培训机构类型": "企业职工培训中心"}
        providers.append(centre | {"评估合格": assessed})
    return providers


def _groups(rng: Random, works: bool) -> dict[str, bool]:
    flags = dict.fromkeys(GROUPS, False)
    if works:
        flags["贫困劳动力"] = rng.random() < 0.28
        flags["农村转移就业劳动者"] = rng.random() < 0.15
        flags["退役军人"] = rng.random() < 0.04
        flags["残疾人"] = rng.random() < 0.02
        return flags
    main = rng.choices(tuple(GROUP_WEIGHTS), tuple(GROUP_WEIGHTS.values()))[0]
    flags[main] = rng.random() < 0.97
    flags["就业困难人员"] |= main in ("城镇登记失业人员", "残疾人") and rng.random() < 0.3
    flags["城市低保家庭"] |= main in (*TOWN_GROUPS, "两后生") and rng.random() < 0.2
    flags["贫困家庭子女"] |= main == "两后生" and rng.random() < 0.15
    return flags


def _person(rng: Random, number: int, firms: list[Row]) -> Person:
    works = rng.random() < 0.45
    groups = _groups(rng, works)
    rural = rng.random() < (0.2 if any(groups[group] for group in TOWN_GROUPS) else 0.7)
    nowhere: Row = {"企业所在县市区": "", "用人单位": ""} | dict.fromkeys(EMPLOYER_TRAITS, "否")
    firm = rng.choice(firms) if works else nowhere
    fixed = {"学员编号": f"X{number:05d}", "户籍": "农村" if rural else "城镇", "在职职工": yes_no(works)}
    fixed |= {group: yes_no(flag) for group, flag in groups.items()}
    fixed |= {group: yes_no(not works and rng.random() < 0.022) for group in DELEGATED_GROUPS}
    return Person(
        county=firm["企业所在县市区"] or rng.choices(COUNTIES, COUNTY_WEIGHTS)[0],
        fixed=fixed | firm,
        hired=date(2015, 1, 1) + timedelta(days=rng.randrange(1900)) if works else None,
        contract_months=rng.choices((None, 6, 12, 24, 36, 60), (18, 9, 22, 17, 26, 8))[0],
        keenness=rng.choices((1, 2, 30), (70, 25, 5))[0],
    )


def _contract(person: Person, begun: date) -> Row:
    """The contract that covers the first day of class; the first one, where that lies ahead."""
    if person.hired is None:
        return {"合同起始日期": "", "合同终止日期": ""}
    if person.contract_months is None:
        return {"合同起始日期": str(person.hired), "合同终止日期": ""}
    first, last = person.hired, period_end(str(person.hired), person.contract_months)
    while last < str(begun):
        first = date.fromisoformat(last) + timedelta(days=1)
        last = period_end(str(first), person.contract_months)
    return {"合同起始日期": str(first), "合同终止日期": last}


def _listed(rng: Random, levels: tuple[str, ...], catalogue: Catalogue) -> tuple[str, str]:
    """A row of the catalogue, the popular occupations more often."""
    keys = [key for key in catalogue if key[1] in levels]
    return rng.choices(keys, [5 if occupation in POPULAR else 1 for occupation, _ in keys])[0]


def _course(rng: Random, training: str, firm: Row | None, catalogue: Catalogue) -> Row:
    """职业工种, 等级, 课时, 培训天数 and the kind of certificate that a pass earns."""
    certificate = rng.choices(tuple(CERTIFICATE_WEIGHTS), tuple(CERTIFICATE_WEIGHTS.values()))[0]
    days = rng.choice((5, 8, 10, 10, 12, 15, 20))
    hours = days * rng.choice((6, 8))
    match training:
        case "安全技能培训":
            occupation, level, certificate = rng.choice(SAFETY_TRADES), "无等级", "特种作业操作证"
            hours = rng.choice((16, 24, 32, 48, 59, 60, 61, 72, 80))
            days = -(-hours // 8)
        case "创业培训":
            occupation, level, certificate = rng.choice(STARTUP_COURSES), "无等级", "培训合格证"
        case "技师培训" | "新型学徒制培训":
            advanced = ("技师", "高级技师") if training == "技师培训" else ("中级工", "高级工")
            occupation, level = _listed(rng, advanced, catalogue)
        case _:
            basic = ("初级工", "中级工") if training == "就业技能培训" else ("初级工", "中级工", "高级工")
            occupation, level = _listed(rng, basic, catalogue)
            if rng.random() < 0.08:
                level = rng.choice(("初级工", "中级工", "高级工", "技师", "无等级"))
            in_difficulty = firm is not None and firm["困难企业"] == "是"
            if rng.random() < (0.6 if in_difficulty else 0.06):
                occupation, certificate = rng.choice(OFF_CATALOGUE), "培训合格证"
    return {
        "职业工种": occupation,
        "等级": level,
        "课时": str(hours),
        "培训天数": str(days),
        "证书类型": certificate,
    }


def _dates(rng: Random, days: int) -> Row:
    """A class within the three years, mostly inside the term, mostly registered in time."""
    begun = date(2019, 6, 25) + timedelta(days=rng.randrange(910))
    ended = begun + timedelta(days=days - 1 + 2 * (days // 5))
    lead = rng.choices((None, -rng.randint(1, 15), 0, rng.randint(3, 20)), (4, 3, 3, 90))[0]
    return {
        "开班备案日期": "" if lead is None else str(begun - timedelta(days=lead)),
        "开班日期": str(begun),
        "结业日期": str(ended),
        "发证日期": str(ended + timedelta(days=rng.randint(5, 40))),
    }


def _enrolment(rng: Random, people: list[Person], size: int) -> list[Person]:
    """Different people, the keener ones the likelier, in the order of their numbers."""
    keys = {id(person): rng.random() ** (1 / person.keenness) for person in people}
    chosen = sorted(people, key=lambda person: keys[id(person)], reverse=True)[:size]
    return sorted(chosen, key=lambda person: person.fixed["学员编号"])


def _attendance(rng: Random, person: Person, course: Row) -> Row:
    """What differs between the people of one class: days attended, result, 失业保险."""
    missed = rng.choices((0, rng.randint(1, 3), int(course["培训天数"])), (80, 18, 2))[0]
    row = {"培训天数": str(max(0, int(course["培训天数"]) - missed)), "已享受失业保险技能提升补贴": "否"}
    if rng.random() < 0.06 or row["培训天数"] == "0":
        return row | {"证书类型": "无", "统一编码": "否", "发证日期": ""}
    insured = person.works and course["证书类型"].startswith("职业") and rng.random() < 0.12
    return row | {"已享受失业保险技能提升补贴": yes_no(insured)}


def _class(
    rng: Random, people: list[Person], firms: list[Row], providers: list[Row], catalogue: Catalogue
) -> list[Row]:
    training = rng.choices(tuple(TYPE_WEIGHTS), tuple(TYPE_WEIGHTS.values()))[0]
    for_workers = training not in ("就业技能培训", "创业培训")
    firm = rng.choice(firms) if for_workers and rng.random() < 0.6 else None
    if training == "安全技能培训" and rng.random() < 0.9:
        firm = rng.choice([firm for firm in firms if firm["高危行业企业"] == "是"])
    county = firm["企业所在县市区"] if firm else rng.choices(COUNTIES, COUNTY_WEIGHTS)[0]
    centre = firm["用人单位"] + "职工培训中心" if firm else ""
    own = [provider for provider in providers if provider["培训机构"] == centre]
    outside = [provider for provider in providers if provider["培训机构类型"] != "企业职工培训中心"]
    provider = rng.choice(own or outside)
    course = _course(rng, training, firm, catalogue)
    coded = course["证书类型"] == "培训合格证" and rng.random() < 0.82
    within = "" if own else yes_no(rng.random() < 0.9)
    shared = course | {
        "培训类型": training,
        "县市区": county,
        "统一编码": yes_no(coded),
        "核定范围内": within,
    }
    shared |= provider | _dates(rng, int(course["培训天数"]))
    eligible = [
        person
        for person in people
        if (person.works == for_workers or rng.random() < 0.03)
        and (person.fixed["用人单位"] == firm["用人单位"] if firm else person.county == county)
    ]
    begun = date.fromisoformat(shared["开班日期"])
    return [
        shared | person.fixed | _contract(person, begun) | _attendance(rng, person, course)
        for person in _enrolment(rng, eligible, rng.randint(4, 13))
    ]


def example_records(catalogue: Catalogue) -> list[Row]:
    """The records in the order in which they were filed, numbered from 1."""
    rng = Random(SEED)
    firms = _firms(rng)
    providers = _providers(rng, firms)
    people = [_person(rng, number, firms) for number in range(1, PEOPLE + 1)]
    rows: list[Row] = []
    while len(rows) < RECORDS:
        rows += _class(rng, people, firms, providers, catalogue)
    del rows[RECORDS:]
    rows.sort(key=lambda row: row["结业日期"])
    return [
        {column: str(number) if column == "记录编号" else row[column] for column in COLUMNS}
        for number, row in enumerate(rows, start=1)
    ]


def as_csv(rows: list[Row]) -> str:
    """The text of a records file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    """Write the file, and print how many records each item of it grants or refuses."""
    catalogue = load_catalogue(POLICY / "补贴标准目录.csv")
    rows = example_records(catalogue)
    EXAMPLES.parent.mkdir(parents=True, exist_ok=True)
    EXAMPLES.write_text(as_csv(rows), encoding="utf-8", newline="\n")
    results = decide(rows, catalogue)
    for item in ITEMS:
        print(item, *(f"{status}{count}" for status, count in Counter(r[item][0] for r in results).items()))
    paid = sum(any(status == "准予" for status, _ in result.values()) for result in results)
    print(f"记录{len(rows)}条，有准予的{paid}条，学员{len({row['学员编号'] for row in rows})}人")


if __name__ == "__main__":
    main()
