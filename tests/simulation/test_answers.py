"""Prices and other answers: each against the same thing done the long way."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import chain, combinations, permutations
from typing import TYPE_CHECKING

import polars as pl
import pytest
from attrs import evolve
from cli.running import run
from simulation.small import SCENARIO, edited

from hypolicy_simulator.answers.assumptions import assumptions
from hypolicy_simulator.answers.clauses import clauses, parts_of, reduced, shapley
from hypolicy_simulator.answers.marginal import marginal
from hypolicy_simulator.answers.readings import options, priced
from hypolicy_simulator.answers.stacking import stacking
from hypolicy_simulator.answers.tornado import tornado
from hypolicy_simulator.chance.worlds import World
from hypolicy_simulator.run.decide import ExactDecider
from hypolicy_simulator.run.inputs import Choices
from hypolicy_simulator.run.model import Model

if TYPE_CHECKING:
    from pathlib import Path


@cache
def model() -> Model:
    return Model.read(SCENARIO, Choices(readings=("困难加成=是",)))


def yuan(text: str) -> int:
    return int(Decimal(text) * 100)


def spent(out: Path, *options: object) -> int:
    done = run("simulate", SCENARIO, "--out", out, "--quick", *options)
    assert done.code == 0, done.err
    return sum(yuan(each) for each in pl.read_csv(out / "budget.csv", infer_schema=False)["金额"])


def test_the_price_of_a_reading_is_what_choosing_it_costs(tmp_path: Path) -> None:
    table = pl.DataFrame([priced(model(), option) for option in options(model())])
    costs = {row["选项"]: yuan(row["金额"]) for row in table.iter_rows(named=True)}
    assert costs == {option: spent(tmp_path, "--reading", f"困难加成={option}") for option in ("否", "是")}
    differences = {row["选项"]: (yuan(row["金额差"]), row["本次采用"]) for row in table.iter_rows(named=True)}
    assert differences == {"否": (costs["否"] - costs["是"], "否"), "是": (0, "是")}
    assert costs["是"] > costs["否"]


def test_a_tornado_moves_one_figure_at_a_time() -> None:
    table = tornado(model())
    assert table is not None
    swings = [yuan(each) for each in table["摆幅"]]
    assert swings == sorted(swings, reverse=True)
    for row in table.iter_rows(named=True):
        for quantile, column in ((0.05, "低值时支出"), (0.95, "高值时支出")):
            assert yuan(row[column]) == model().own.totals(0, World({row["不确定的数"]: quantile})).fen.sum()


def test_kinds_of_people_and_kinds_of_trainings_add_up() -> None:
    admitted = model().own.central()
    table = marginal(model())
    assert table["培训人次"].to_list()[:-1] == [236, 304] or sum(table["培训人次"].to_list()[:-1]) == len(
        admitted.frame
    )
    whole = float(table["每增加一人次的支出"][-1]) * len(admitted.frame)
    assert whole == pytest.approx(admitted.fen.sum() / 100, rel=1e-3)
    both = stacking(model())
    for scope in ("同一次培训", "同一人一年"):
        some = both.filter(pl.col("范围") == scope)
        assert sum(yuan(each) for each in some["金额"]) == admitted.fen.sum()


def test_every_figure_is_listed_with_where_it_comes_from() -> None:
    table = assumptions(model())
    assert set(table["文件"]) == {
        "县.csv",
        "行业.csv",
        "困难.csv",
        "首签.csv",
        "参训.csv",
        "再训.csv",
        "工种.csv",
        "月份.csv",
        "合格.csv",
    }
    assert table.filter(pl.col("文件") == "行业.csv")["数"].to_list() == [
        "1005，换算10%",
        "2004，换算10%",
        "0，换算10%",
    ]
    assert set(table["性质"]) == {"假设"}


# --- clauses ----------------------------------------------------------------------------------------------------


def test_shares_of_clauses_are_those_of_the_whole_game() -> None:
    """Every set of parts decided by the exact evaluator, every order of them gone through."""
    own = model().own
    parts = parts_of(own.checked.policy)
    assert [part.name for part in parts] == ["培训费", "上浮50%", "生活费", "次数"]
    frame = own.central().frame
    sets = chain.from_iterable(combinations(parts, size) for size in range(len(parts) + 1))
    value = {
        frozenset(some): int(
            ExactDecider(
                evolve(own.checked, policy=reduced(own.checked.policy, frozenset(some))), own.settings
            )
            .decide(frame)
            .sum()
        )
        for some in sets
    }
    orders = list(permutations(parts))
    expected = []
    for part in parts:
        gains = 0
        for order in orders:
            before = frozenset(order[: order.index(part)])
            gains += value[before | {part}] - value[before]
        expected.append(gains / len(orders))
    table = clauses(model())
    assert table is not None
    shares = [yuan(each) for each in table["分担的支出"]]
    assert sum(shares) == own.central().fen.sum()
    assert shares == pytest.approx(expected, abs=1)
    every = frozenset(parts)
    without = [value[every - {part}] - value[every] for part in parts]
    assert [yuan(each) for each in table["去掉后支出的变化"]] == without
    assert shares[3] < 0 < shares[1]


def test_a_game_of_gloves_is_shared_as_it_should_be() -> None:
    """One left glove, two right ones, a pair is worth 6 fen: the left one is worth 4, each right one 1."""
    parts = parts_of(model().own.checked.policy)[:3]
    left, *right = parts
    assert shapley(parts, lambda some: 6 if left in some and some & set(right) else 0) == [4, 1, 1]


def test_a_policy_that_cannot_be_taken_apart_is_left_whole(tmp_path: Path) -> None:
    path = edited(tmp_path, [])
    policy = tmp_path / "政策"
    policy.mkdir()
    text = (SCENARIO.parents[1] / "政策" / "政策.hyp").read_text(encoding="utf-8")
    text = text.replace("  金额：日标准×天数。", "  金额：日标准×天数。\n  封顶：每人每自然年不超过200元。")
    (policy / "政策.hyp").write_text(text, encoding="utf-8")
    scenario = path.read_text(encoding="utf-8")
    start = scenario.index('policy = "')
    path.write_text(
        scenario[:start] + 'policy = "../政策"' + scenario[scenario.index("\n", start) :], encoding="utf-8"
    )
    assert clauses(Model.read(path, Choices())) is None


# --- the other way round ----------------------------------------------------------------------------------------


def test_the_rate_that_was_sought_spends_the_budget_and_no_more(tmp_path: Path) -> None:
    done = run(
        "simulate", SCENARIO, "--out", tmp_path / "o", "--quick", "--seek", "日标准", "--budget", "265000"
    )
    assert done.code == 0, done.err
    assert "「日标准」最高为17.91元/天" in done.out
    assert (
        spent(tmp_path / "a", "--set", "日标准=17.91")
        <= 265000_00
        < spent(tmp_path / "b", "--set", "日标准=17.92")
    )
    table = pl.read_csv(tmp_path / "o" / "seek.csv", infer_schema=False)
    assert set(table["单调"]) == {"是"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--seek", "日标淮", "--budget", "1"), "HY754"),
        (("--seek", "日标准", "--budget", "1"), "HY750"),
        (("--seek", "日标准", "--budget", "999999999"), "HY751"),
        (("--seek", "日标准"), "HY752"),
        (("--budget", "5"), "一起使用"),
        (("--seek", "日标准", "--budget", "5万"), "只写数字"),
    ],
)
def test_what_cannot_be_sought_is_told(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    done = run("simulate", SCENARIO, "--out", tmp_path, "--quick", *options)
    assert done.code == 2
    assert said in done.err
