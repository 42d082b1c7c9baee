"""hypolicy simulate: what it writes, that `decide` says the same, and how it refuses."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from cli.running import run
from simulation.small import SCENARIO, SMALL, edited

from hypolicy.pipeline import load
from hypolicy_simulator.scenario.check import check
from hypolicy_simulator.scenario.reading import read_scenario

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ([], ["--reading", "困难加成=是"], ["--set", "日标准=25"], ["--seed", "8"])


def simulated(out: Path, *options: object, scenario: Path = SCENARIO) -> dict[str, bytes]:
    done = run("simulate", scenario, "--out", out, *options)
    assert done.code == 0, done.err
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.mark.parametrize("options", OPTIONS, ids=["plain", "reading", "value", "seed"])
def test_decide_on_the_records_gives_the_budget(tmp_path: Path, options: list[str]) -> None:
    simulated(tmp_path / "o", "--keep-records", *options)
    settings = options if options[:1] != ["--seed"] else []
    records, totals = tmp_path / "o" / "records.parquet", tmp_path / "totals.csv"
    done = run("decide", SMALL / "政策", "--data", records, "--totals", totals, *settings)
    assert done.code == 0, done.err
    assert totals.read_bytes() == (tmp_path / "o" / "budget.csv").read_bytes()
    assert pl.read_csv(totals)["金额"].sum() > 0


def test_a_run_is_what_it_was_and_another_seed_is_another_run(tmp_path: Path) -> None:
    first, second = (simulated(tmp_path / name) for name in "ab")
    assert first == second
    assert simulated(tmp_path / "c", "--seed", 8)["budget.csv"] != first["budget.csv"]


def test_the_record_of_a_run_vouches_for_its_files(tmp_path: Path) -> None:
    files = simulated(tmp_path / "o", "--keep-records")
    kept = json.loads(files.pop("run.json"))
    assert kept["输出"] == {name: sha256(content).hexdigest() for name, content in files.items()}
    assert kept["输入"]["县.csv"] == sha256((SCENARIO.parent / "县.csv").read_bytes()).hexdigest()
    assert kept["口径"] == {"困难加成": "否"}


def test_a_mistake_leaves_nothing(tmp_path: Path) -> None:
    done = run("simulate", edited(tmp_path, [("县.csv", "甲县,300", "甲县,三百")]), "--out", tmp_path / "o")
    assert done.code == 2
    assert "HY718" in done.err
    assert list((tmp_path / "o").iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "o").write_text("")
    done = run("simulate", SCENARIO, "--out", tmp_path / "o")
    assert done.code == 2
    assert "HY741" in done.err


@pytest.mark.parametrize(
    "scenario",
    sorted((ROOT / "policies" / "hengyang-2019" / "scenarios").glob("*.toml")),
    ids=lambda p: p.stem,
)
def test_published_scenarios_fit_their_policy(scenario: Path) -> None:
    read = read_scenario(scenario)
    assert check(read, load(read.policy)).scenario.name
