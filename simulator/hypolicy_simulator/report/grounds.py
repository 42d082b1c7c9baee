"""What the figures rest on: rules, assumptions, the population, the method, and the record of the run."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import polars as pl

from hypolicy_simulator.answers.glossary import TERMS
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.report.blocks import (
    Block,
    Head,
    Points,
    Prose,
    Section,
    Table,
    grid,
    section,
    table,
    whole,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy_simulator.answers.findings import Findings


def grounds(findings: Findings) -> Section | None:
    return section("grounds", "依据和假设", _grounds(findings))


def _grounds(findings: Findings) -> Iterator[Block]:
    tables = findings.tables
    yield table("rules.csv", tables["rules.csv"], "采用的标准、口径和表格", folded=True)
    counts = Counter(tables["assumptions.csv"].select("文件", "性质").rows())
    kinds = list(findings.trust)
    files = list(dict.fromkeys(tables["assumptions.csv"]["文件"]))
    rows = [((PurePosixPath(file).stem,), [whole(counts[file, kind]) for kind in kinds]) for file in files]
    rows.append(((ALL,), [whole(findings.trust[kind]) for kind in kinds]))
    yield grid("测算依据的数有多少个，按性质", "", ("表",), kinds, rows, strong=frozenset({len(files)}))
    named = tables["assumptions.csv"].with_columns(
        pl.col("文件").map_elements(lambda name: PurePosixPath(name).stem, pl.String)
    )
    yield table("assumptions.csv", named, f"测算依据的全部{named.height:,}个数", folded=True)
    yield Prose("性质为“假设”的不是官方数据，由编写者设定，得到正式数据后应当替换。")


def population(findings: Findings) -> Section | None:
    if "data.csv" in findings.tables:
        return section("population", "所用的记录", _recorded(findings))
    return section("population", "人口与各表相符的程度", _population(findings))


def _recorded(findings: Findings) -> Iterator[Block]:
    used = findings.tables["data.csv"]["数目"][-1]
    persons = findings.record["人口"]["人数"]
    yield Prose(f"用现有的{used:,}条记录，{persons:,}人；没有模拟，也没有抽签。")
    yield table("data.csv", findings.tables["data.csv"], "各列空着的有多少，怎样处理")


def _population(findings: Findings) -> Iterator[Block]:
    fit = findings.tables["fit.csv"]
    persons, off = findings.record["人口"]["人数"], fit.filter(pl.col("出入") != 0).height
    exact = "每一行都精确成立" if not off else f"有{off}行不能精确成立"
    yield Prose(f"共模拟{persons:,}人，与{fit['文件'].n_unique()}张表的{fit.height}行核对，{exact}。")
    columns_ = ["文件", "项目", "文件人数", "换算比例", "换算人数", "模拟人数", "出入", "性质"]
    named = fit.select(columns_).with_columns(
        pl.col("文件").map_elements(lambda name: PurePosixPath(name).stem, pl.String)
    )
    yield table("fit.csv", named, "逐行核对", folded=True)
    if "independence.csv" in findings.tables:
        pairs = findings.tables["independence.csv"].rows()
        yield Prose(
            f"有{len(pairs)}对情况没有一张表说到它们的关系，模拟时假定互相独立："
            f"{'；'.join(f'{first}与{second}' for first, second in pairs)}。"
        )


def method(findings: Findings) -> Section | None:
    dates: dict[str, list[str]] = {}
    for item, _, day in findings.items:
        dates.setdefault(day, []).append(item)
    when = "；".join(f"{'、'.join(items)}按{day}" for day, items in dates.items() if day)
    simulated = (
        "先按各张人数表造出可能参加培训的人，每张表的每个人数都要成立。",
        "再按参训率等比率抽签，得到每个人在各年参加的培训、是否合格、各个日期。",
    )
    recorded = ("记录按对照表化为政策的事实，有一处不对就不计算。",)
    steps = (
        *(recorded if "data.csv" in findings.tables else simulated),
        "然后用政策的规则逐条审定，与日常审定用的是同一套规则，金额精确到分。",
        "换一种口径、标准或者修订再算时，还是同样的人、同样的抽签，所以差额全部来自规则。",
        f"年度：{when}。款项按拨付日期进入现金流，可能在下一年。",
    )
    heads = (Head("名词", figure=False), Head("含义", figure=False))
    terms = tuple((words(term), words(meaning)) for term, meaning in TERMS)
    return Section("method", "方法和名词", (Points(steps), Table("名词解释", "", heads, terms)))


def record(findings: Findings) -> Section | None:
    kept = findings.record
    facts = [
        ("政策", f"{findings.policy}（{findings.number}）"),
        ("情景文件", kept["情景文件"]),
        ("种子", kept["种子"]),
        ("模拟次数", kept["模拟次数"]),
        ("口径", "；".join(f"{name}：{option}" for name, option in kept["口径"].items())),
        ("另行指定", "、".join([*kept["参数"], *kept["修订"], *kept["替换的表"]]) or "无"),
        ("程序", "、".join(f"{name} {version}" for name, version in kept["版本"].items() if version)),
        ("规则文件的散列", findings.rules_hash),
        ("人口的散列", kept["人口"]["散列"]),
    ]
    heads = (Head("项目", figure=False), Head("内容", figure=False))
    rows = tuple((words(name), words(value)) for name, value in facts)
    files = tuple((words(name), words(known)) for name, known in kept["输入"].items())
    blocks = (
        Table("本次运行", "", heads, rows),
        Table(
            "输入文件的散列（SHA-256）",
            "",
            (Head("文件", figure=False), Head("散列", figure=False)),
            files,
            folded=True,
        ),
        Prose("结果文件的散列在 run.json 中；hypolicy verify 核对结果文件和输入文件，并再算一次。"),
    )
    return Section("record", "运行记录", blocks)
