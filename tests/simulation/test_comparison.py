"""An amendment against the policy without it: nothing changes for nothing, and nobody who gains stays away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from cli.running import run
from simulation.small import SCENARIO, SMALL, edited

from hypolicy_simulator.chance.worlds import ELASTICITY, MIDDLE, World
from hypolicy_simulator.run.decide import ColumnsDecider, ExactDecider
from hypolicy_simulator.run.inputs import Choices
from hypolicy_simulator.run.model import Model

if TYPE_CHECKING:
    from pathlib import Path

SAME, MORE = SMALL / "修订" / "不变.hyp", SMALL / "修订" / "提高.hyp"
RESPONDS = [("情景.toml", "most = 3", 'most = 3\nelasticity = ["0", "0.5", "2"]')]


def numbers(path: Path) -> pl.DataFrame:
    table = pl.read_csv(path, infer_schema_length=None)
    return table.select(
        pl.col(name)
        for name in table.columns
        if "差" in name and "误差" not in name and table[name].dtype.is_numeric()
    )


@pytest.mark.parametrize("scenario", ["情景.toml", "限额.toml"])
def test_an_amendment_that_changes_nothing_changes_nothing_in_any_cell(tmp_path: Path, scenario: str) -> None:
    """With people who respond, and with places and money that run out."""
    path = edited(tmp_path, RESPONDS).with_name(scenario)
    done = run("simulate", path, "--out", tmp_path / "o", "--amendment", SAME, "--replicates", 4)
    assert done.code == 0, done.err
    assert "与没有修订相同" in done.out
    assert (numbers(tmp_path / "o" / "comparison.csv") == 0).select(pl.all().all()).row(0) == (True, True)
    intervals = pl.read_csv(tmp_path / "o" / "comparison_intervals.csv", infer_schema_length=None)
    assert intervals.height > 50
    for name in ("均值", "P5", "P50", "P95"):
        assert (intervals[name] == 0).all()
    effects = pl.read_csv(tmp_path / "o" / "effects.csv")
    assert set(effects.filter(pl.col("人数") > 0)["变化"]) == {"不变"}


def test_decide_with_the_amendment_gives_the_budget(tmp_path: Path) -> None:
    done = run("simulate", SCENARIO, "--out", tmp_path / "o", "--amendment", MORE, "--keep-records")
    assert done.code == 0, done.err
    records, totals = tmp_path / "o" / "records.parquet", tmp_path / "t.csv"
    assert run("decide", SMALL / "政策", "--data", records, "--totals", totals, "--amendment", MORE).code == 0
    assert totals.read_bytes() == (tmp_path / "o" / "budget.csv").read_bytes()


def test_what_everybody_gains_is_what_the_budget_grows_by(tmp_path: Path) -> None:
    run("simulate", SCENARIO, "--out", tmp_path, "--amendment", MORE)
    effects = pl.read_csv(tmp_path / "effects.csv").filter(pl.col("身份") == "合计")
    comparison = pl.read_csv(tmp_path / "comparison.csv", infer_schema_length=None)
    whole = comparison.filter(pl.all_horizontal(pl.col("年度", "县", "补贴项目", "资金来源") == "合计"))
    assert effects["金额差"].sum() == pytest.approx(whole["金额差"][0])
    assert effects.filter(pl.col("变化") == "受损")["人数"][0] == 0
    cells = comparison.filter(pl.all_horizontal(pl.col("年度", "县", "补贴项目") != "合计"))
    assert cells["金额差"].sum() == pytest.approx(whole["金额差"][0])


def test_nobody_stays_away_from_a_more_generous_rule(tmp_path: Path) -> None:
    model = Model.read(edited(tmp_path, RESPONDS), Choices(amendments=(MORE,)))
    own, base = model.arms
    assert own.behaviour.generosity is not None
    assert min(own.behaviour.generosity) >= 1 < max(own.behaviour.generosity)
    joined = 0
    for replicate in range(20):
        for world in (MIDDLE, World({ELASTICITY: 0.95}), World({ELASTICITY: 0.01})):
            now, before = (set(arm.admitted(replicate, world).frame["#"].tolist()) for arm in (own, base))
            assert before <= now
            joined += len(now - before)
    assert joined > 0


def test_without_an_elasticity_the_same_people_train() -> None:
    own, base = Model.read(SCENARIO, Choices(amendments=(MORE,))).arms
    for replicate in range(3):
        assert (own.admitted(replicate).frame["#"] == base.admitted(replicate).frame["#"]).all()


def test_totals_of_cells_are_those_of_persons() -> None:
    arm = Model.read(SCENARIO, Choices()).own
    admitted, totals = arm.admitted(), arm.totals()
    assert totals.fen.sum() == admitted.fen.sum() == totals.paid.sum()
    assert totals.counts.sum() == (admitted.fen > 0).sum()
    assert totals.subsidised.sum() == (admitted.fen > 0).any(axis=0).sum()
    for place, group in enumerate(arm.axes.groups):
        has = admitted.frame[group] == 1
        assert totals.group_fen[:, place].sum() == admitted.fen[:, has].sum()
        assert totals.group_counts[:, place].sum() == (admitted.fen[:, has] > 0).sum()
    assert np.array_equal(totals.fen.sum(axis=(0, 1)), admitted.fen.sum(axis=1))


@pytest.mark.parametrize("scenario", ["情景.toml", "限额.toml"])
@pytest.mark.parametrize("amendment", [SAME, MORE], ids=["same", "more"])
def test_both_engines_decide_alike(scenario: str, amendment: Path) -> None:
    for arm in Model.read(SCENARIO.with_name(scenario), Choices(amendments=(amendment,))).arms:
        assert isinstance(arm.limits.decider, ColumnsDecider)
        exact = ExactDecider(arm.checked, arm.settings)
        for replicate in range(3):
            frame = arm.behaviour.trainings(replicate, MIDDLE)
            assert (arm.limits.decider.decide(frame) == exact.decide(frame)).all()
