"""Places and money that run out: nobody beyond them, the right ones turned away, every fen accounted for."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from cli.running import run
from hypothesis import given, settings
from hypothesis import strategies as st
from simulation.small import SCENARIO, SMALL, edited

from hypolicy_simulator.answers.funds import Account, funds
from hypolicy_simulator.chance.keyed import draws
from hypolicy_simulator.chance.worlds import MIDDLE
from hypolicy_simulator.run.inputs import Choices
from hypolicy_simulator.run.limits import PLACES
from hypolicy_simulator.run.model import Model
from hypolicy_simulator.run.plan import plan
from hypolicy_simulator.run.results import Results
from hypolicy_simulator.scenario.tree import Count, CountTable, Fund, Kind, Provenance, Source, WhenEmpty

if TYPE_CHECKING:
    from pathlib import Path

LIMITED = SCENARIO.with_name("限额.toml")
PLACES_OF = {
    ("甲县", 0): 90,
    ("甲县", 1): 110,
    ("乙县", 0): 60,
    ("乙县", 1): 70,
    ("丙县", 0): 200,
    ("丙县", 1): 0,
}
COUNTIES = ("甲县", "乙县", "丙县")
ACCOUNT = (60_000_00, 50_000_50)


@cache
def model() -> Model:
    return Model.read(LIMITED, Choices())


def test_places_go_by_priority_then_day_then_lot() -> None:
    """Against a queue that is served one by one."""
    arm = model().own
    frame = arm.behaviour.trainings(3, MIDDLE)
    lot = draws(frame.elements, 7, "先后", 3)
    queue = sorted(range(len(frame)), key=lambda row: (-frame["困难"][row], frame["开班日期"][row], lot[row]))
    left, served = dict(PLACES_OF), set()
    for row in queue:
        cell = (COUNTIES[frame["县"][row]], int(frame["年度"][row]))
        if left[cell]:
            left[cell] -= 1
            served.add(int(frame["#"][row]))
    admitted = arm.admitted(3)
    without_place = admitted.turned_away.take(np.flatnonzero(admitted.reasons == 0))
    assert {int(number) for number in frame["#"]} - served == {int(number) for number in without_place["#"]}
    assert arm.limits.reasons == (PLACES, "专户")


@pytest.mark.parametrize("replicate", range(4))
def test_a_fund_that_stops_is_never_overdrawn_and_pays_in_order(replicate: int) -> None:
    admitted = model().own.admitted(replicate)
    frame, paid = admitted.frame, admitted.fen[0]
    away = admitted.turned_away.take(np.flatnonzero(admitted.reasons == 1))
    left = 0
    for year, more in enumerate(ACCOUNT):
        left += more - int(paid[frame["年度"] == year].sum())
        assert left >= 0
        stopped = away["开班日期"][away["年度"] == year]
        month = int(admitted.empty[year, 0])
        assert (month > 0) == (len(stopped) > 0)
        if len(stopped):
            paid_days = frame["开班日期"][(frame["年度"] == year) & (paid > 0)]
            assert paid_days.max() <= stopped.min()
            first = stopped.min().astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12 + 1
            assert month <= first


def test_who_is_turned_away_and_who_is_not_are_all(tmp_path: Path) -> None:
    arm = model().own
    admitted = arm.admitted()
    everyone = arm.behaviour.trainings(0, MIDDLE)
    assert len(admitted.frame) + len(admitted.turned_away) == len(everyone)
    totals = arm.totals()
    assert totals.trainings.sum() == len(admitted.frame)
    assert totals.turned_away.sum() == len(admitted.turned_away)


def test_decide_on_what_is_left_gives_the_budget(tmp_path: Path) -> None:
    done = run("simulate", LIMITED, "--out", tmp_path / "o", "--keep-records", "--replicates", 3)
    assert done.code == 0, done.err
    records, totals = tmp_path / "o" / "records.parquet", tmp_path / "totals.csv"
    assert run("decide", SMALL / "政策", "--data", records, "--totals", totals).code == 0
    assert totals.read_bytes() == (tmp_path / "o" / "budget.csv").read_bytes()
    names = {path.name for path in (tmp_path / "o").iterdir()}
    assert names >= {
        "turned_away.csv",
        "funds.csv",
        "shares.csv",
        "targets.csv",
        "cash_flow.csv",
        "groups.csv",
    }
    budget, funds, cash, shares = (
        pl.read_csv(
            tmp_path / "o" / f"{name}.csv",
            schema_overrides={"应付": pl.Decimal(18, 2), "金额": pl.Decimal(18, 2)},
        )
        for name in ("budget", "funds", "cash_flow", "shares")
    )
    assert cash["应付"].sum() == budget["金额"].sum()
    allowance = budget.filter(pl.col("资金来源") == "补助")["金额"].sum()
    assert shares["金额"].sum() == allowance
    rows = funds.filter(pl.col("资金来源") == "补助")
    paid, waiting = (
        rows["支付"].cast(pl.Decimal(18, 2)).sum(),
        rows.filter(pl.col("年度") == rows["年度"].max())["年末未付"],
    )
    assert paid + waiting.cast(pl.Decimal(18, 2))[0] == allowance


def test_targets_count_trainings_by_county_year_and_in_all(tmp_path: Path) -> None:
    run("simulate", LIMITED, "--out", tmp_path, "--replicates", 3)
    table = pl.read_csv(tmp_path / "targets.csv", infer_schema_length=None)
    totals = model().own.totals()
    for row in table.iter_rows(named=True):
        years = [0, 1] if row["年度"] == "合计" else [int(row["年度"]) - 2020]
        counties = list(range(3)) if row["县"] == "合计" else [COUNTIES.index(row["县"])]
        assert row["开班人次"] == totals.trainings[np.ix_(years, counties)].sum()
        assert row["享受补贴人次"] == totals.subsidised[np.ix_(years, counties)].sum()
    assert table["任务"].to_list() == [130, 90, 40, 130, 90, 40, 260, 260, 520]


def test_every_cut_of_the_money_adds_up_to_the_budget(tmp_path: Path) -> None:
    """By year of payment, by group and county, by month: the same fen under other headings."""
    done = run("simulate", LIMITED, "--out", tmp_path, "--quick", "--replicates", 3)
    assert done.code == 0, done.err
    tables = {path.stem: pl.read_csv(path, infer_schema=False) for path in tmp_path.glob("*.csv")}

    def sums(name: str, *by: str) -> dict[tuple[str, ...], tuple[int, int]]:
        """人次 and fen by some columns."""
        out: dict[tuple[str, ...], tuple[int, int]] = {}
        for row in tables[name].iter_rows(named=True):
            key = tuple(row[column] for column in by)
            count, fen = out.get(key, (0, 0))
            out[key] = (count + int(row["人次"]), fen + int(row["金额"].replace(".", "")))
        return out

    by = ("年度", "补贴项目", "资金来源")
    assert sums("payment_years", *by) == sums("budget", *by)
    assert sums("group_cells", "年度", "身份", "补贴项目") == sums("groups", "年度", "身份", "补贴项目")
    assert set(tables["group_cells"]["县"]) == set(COUNTIES)
    cash = tables["cash_flow"].select("资金来源", pl.col("应付", "支付", "月末未付").cast(pl.Decimal(18, 2)))
    for fund in ("专户", "补助"):
        own = cash.filter(资金来源=fund)
        assert own["应付"].sum() == own["支付"].sum() + own["月末未付"][-1]
    assert cash.filter(资金来源="补助")["月末未付"].max() > 0
    intervals = tables["group_intervals"].filter(不确定性="机会", 年度="合计", 补贴项目="合计", 指标="人次")
    assert set(intervals["身份"]) == {"困难", "在职"}


@pytest.mark.parametrize("name", ["专户", "补助"])
def test_with_what_a_fund_needs_besides_it_never_runs_out(tmp_path: Path, name: str) -> None:
    done = run("simulate", LIMITED, "--out", tmp_path / "o", "--quick", "--seek", name)
    assert done.code == 0, done.err
    table = pl.read_csv(tmp_path / "o" / "seek.csv", infer_schema=False)
    needed = {row["年度"]: int(row["须增加"].replace(".", "")) for row in table.iter_rows(named=True)}
    assert needed.pop("合计") == sum(needed.values()) > 0
    assert f"{table['须增加'][-1]}元" in done.out
    for less in (0, 1):
        path = edited(tmp_path / f"less {less}", [])
        limited = path.with_name("限额.toml")
        file = path.with_name({"专户": "专户.csv", "补助": "补助二.csv"}[name])
        rows = pl.read_csv(file, infer_schema=False)
        money = {row["年度"]: int(Decimal(row["金额"]) * 100) for row in rows.iter_rows(named=True)}
        for year, fen in needed.items():  # what is due after the last year can be given in it, and goes over
            money[min(year, "2021")] += fen
        money["2021"] -= less
        lines = [f"{year},{fen // 100}.{fen % 100:02},测试,2026,假设," for year, fen in sorted(money.items())]
        file.write_text("\n".join(["年度,金额,来源,日期,性质,说明", *lines, ""]), encoding="utf-8")
        model = Model.read(limited, Choices())
        empty = any(each["用完月份"] for each in funds_of(model, name))
        assert empty == bool(less)


def funds_of(model: Model, name: str) -> list[dict[str, str]]:
    results = Results(model, plan(model.inputs, 0), [(model.own.totals(),)])
    return funds(results).filter(资金来源=name).rows(named=True)


# --- accounts ---------------------------------------------------------------------------------------------------

NOWHERE = Provenance("测试", "2026", Kind.ASSUMPTION)
MONTHS = st.lists(st.integers(0, 50), min_size=12, max_size=12)


def fund(*yearly: list[int]) -> Fund:
    sources = [
        Source(
            str(number),
            CountTable(
                "",
                ("年度",),
                tuple(Count((str(2020 + n),), fen, NOWHERE) for n, fen in enumerate(each)),
                None,
            ),
        )  # type: ignore[arg-type]
        for number, each in enumerate(yearly)
    ]
    return Fund("甲", tuple(sources), WhenEmpty.WAIT, "", (), None)  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 300), min_size=3, max_size=3), min_size=1, max_size=3),
    st.lists(MONTHS, min_size=3, max_size=3),
)
def test_every_fen_is_paid_waits_or_is_left(yearly: list[list[int]], due: list[list[int]]) -> None:
    account = Account(fund(*yearly))
    given_, paid, owed = 0, defaultdict(int), 0
    for number, months in enumerate(due):
        year = account.year(2020 + number, months)
        given_ += sum(each[number] for each in yearly)
        owed += sum(months)
        for place, part in enumerate(year.by_source):
            paid[place] += part
        assert sum(paid.values()) + sum(year.left) == given_
        assert sum(paid.values()) + year.waiting == owed
        assert not (year.waiting and any(year.left)), "nothing waits while a source has money"
        assert (year.empty > 0) or year.waiting == 0
        for place, part in enumerate(year.by_source):
            assert not (part and any(year.left[:place])), "a later source pays what earlier ones cannot"


def test_a_fund_without_sources_always_pays() -> None:
    assert Account(None).year(2020, [5] * 12).waiting == 0


# --- mistakes ---------------------------------------------------------------------------------------------------

BAD = [
    ('name = "专户"\nsources', 'name = "专用户"\nsources', "HY747"),
    ('file = "名额.csv"', 'file = "县.csv"', "HY717"),
    ('target = "任务.csv"', 'target = "行业任务.csv"', "HY748"),
    ('begins = "开班日期"\n', "", "HY713"),
    ('when_empty = "停办"', 'when_empty = "停"', "HY714"),
    ('extends = "情景.toml"', 'extends = "../情景.toml"', "HY714"),
    ('extends = "情景.toml"', 'extends = "情况.toml"', "HY710"),
    ('{ "困难" = "是" }', '{ "困难" = "对" }', "HY716"),
    ('shares = "分担.csv"', 'shares = "分担少.csv"', "HY718"),
    ('begins = "开班日期"', 'begins = "天数"', "HY728"),
]


@pytest.mark.parametrize(("find", "put", "code"), BAD, ids=[put or "没有 begins" for _, put, _ in BAD])
def test_a_mistake_in_a_limit_is_told(tmp_path: Path, find: str, put: str, code: str) -> None:
    folder = edited(tmp_path, [("限额.toml", find, put)]).parent
    (folder / "行业任务.csv").write_text(
        "行业,任务,来源,日期,性质,说明\n农业,5,甲,2026,假设,\n", encoding="utf-8"
    )
    (folder / "分担少.csv").write_text(
        "级次,比例,来源,日期,性质,说明\n省级,50%,甲,2026,假设,\n", encoding="utf-8"
    )
    done = run("simulate", folder / "限额.toml", "--out", tmp_path / "o")
    assert done.code == 2
    assert code in done.err


def test_shares_are_of_the_whole() -> None:
    parts = model().own.checked.scenario.funds[1].shares
    assert sum((share.part for share in parts), Fraction(0)) == 1
