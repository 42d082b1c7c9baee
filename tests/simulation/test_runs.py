"""Long runs: stopped and gone on with, by one process or several, damaged and told, always the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest
from cli.running import ROOT, run
from simulation.small import SCENARIO, edited, ready

from hypolicy_simulator.chance.sobol import SCRAMBLES, worlds
from hypolicy_simulator.chance.worlds import parameters
from hypolicy_simulator.run import workers
from hypolicy_simulator.run.lock import only_one
from hypolicy_simulator.run.parts import FOLDER, part_path, read_part

if TYPE_CHECKING:
    from pathlib import Path

REPLICATES = 40
# A tenth of the small scenario's persons.
FEWER = [
    ("县.csv", "甲县,300", "甲县,30"),
    ("县.csv", "乙县,200", "乙县,20"),
    ("县.csv", "丙县,100", "丙县,10"),
    ("困难.csv", "否,90", "否,9"),
    ("困难.csv", "是,30", "是,3"),
    ("情景.toml", 'scale = "10%"', 'scale = "1%"'),
]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return edited(tmp_path_factory.mktemp("fewer"), FEWER)


@pytest.fixture(scope="module")
def whole(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return simulate(scenario, tmp_path_factory.mktemp("whole"), "--workers", 1)


def simulate(scenario: Path, out: Path, *options: object, replicates: int = REPLICATES) -> dict[str, bytes]:
    done = run("simulate", scenario, "--out", out, "--quick", "--replicates", replicates, *options)
    assert done.code == 0, done.err
    return {path.name: path.read_bytes() for path in out.iterdir()}


def stop_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody pressed Ctrl-C when so many parts are on disk."""
    written = []
    write = workers.write_part

    def writing(*arguments: object) -> None:
        if len(written) == count:
            raise KeyboardInterrupt
        written.append(arguments)
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "write_part", writing)


@pytest.mark.parametrize("parts", [0, 1, 3])
def test_a_run_that_was_stopped_goes_on(
    scenario: Path, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    with monkeypatch.context() as patched:
        stop_after(parts, patched)
        done = run(
            "simulate", scenario, "--out", tmp_path, "--quick", "--replicates", REPLICATES, "--workers", 1
        )
    assert done.code == 130
    assert len(list((tmp_path / FOLDER).iterdir())) == parts
    assert not (tmp_path / "run.json").exists()
    if parts == 3:  # one whole, one spoilt, one of another run
        path = part_path(tmp_path, 0)
        path.write_bytes(path.read_bytes()[:-40] + b"0" + path.read_bytes()[-39:])
        part_path(tmp_path, 1).write_bytes(part_path(tmp_path, 2).read_bytes())
    assert simulate(scenario, tmp_path) == whole


def test_several_processes_give_the_same(scenario: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    assert simulate(scenario, tmp_path, "--workers", 2) == whole


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_run_that_was_killed_goes_on(scenario: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hypolicy", "simulate", str(scenario), "--out", str(tmp_path)]
    options = ["--quick", "--replicates", str(REPLICATES), "--workers", "2"]
    path = os.pathsep.join([str(ROOT), str(ROOT / "simulator")])
    started = subprocess.Popen(
        [*command, *options], env={**os.environ, "PYTHONPATH": path}, start_new_session=True
    )
    try:
        while started.poll() is None and not list(tmp_path.glob(f"{FOLDER}/*.part")):
            time.sleep(0.02)
        started.kill()
    finally:
        started.wait()
    # Those that it had started end by themselves.
    for _ in range(500):
        try:
            os.killpg(started.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.02)
    else:
        os.killpg(started.pid, signal.SIGKILL)
        pytest.fail("processes were left over")
    assert simulate(scenario, tmp_path) == whole


def test_another_run_does_not_take_the_parts_of_this_one(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        stop_after(2, patched)
        run(
            "simulate",
            scenario,
            "--out",
            tmp_path / "a",
            "--quick",
            "--replicates",
            REPLICATES,
            "--workers",
            1,
        )
    clean = simulate(scenario, tmp_path / "b", "--seed", 9)
    assert simulate(scenario, tmp_path / "a", "--seed", 9) == clean


def test_a_part_of_nonsense_is_no_part(tmp_path: Path) -> None:
    for content in (b"", b"x", b"{}\n" + bytes(100)):
        (tmp_path / "p").write_bytes(content)
        assert read_part(tmp_path / "p", "run", 0, 1) is None
    assert read_part(tmp_path / "none", "run", 0, 1) is None


def test_a_folder_is_used_by_one_run_at_a_time(scenario: Path, tmp_path: Path) -> None:
    with only_one(tmp_path):
        done = run("simulate", scenario, "--out", tmp_path)
        assert done.code == 2
        assert "HY742" in done.err
    assert run("simulate", scenario, "--out", tmp_path).code == 0


# --- intervals --------------------------------------------------------------------------------------------------


def test_intervals_are_ordered_add_up_and_keep_the_kinds_apart(whole: dict[str, bytes]) -> None:
    table = pl.read_csv(whole["intervals.csv"], infer_schema_length=None)
    assert set(table["不确定性"]) == {"机会", "假设"}
    assert set(table["次数"]) == {REPLICATES}
    for low, high in (("P5", "P10"), ("P10", "P50"), ("P50", "P90"), ("P90", "P95")):
        assert (table[low] <= table[high]).all()
    money = table.filter((pl.col("指标") == "金额") & (pl.col("年度") != "合计"))
    cells = money.filter((pl.col("县") != "合计") & (pl.col("补贴项目") != "合计"))
    city = money.filter((pl.col("县") == "合计") & (pl.col("资金来源") == "合计"))
    for kind in ("机会", "假设"):
        parts, sums = (each.filter(pl.col("不确定性") == kind)["均值"].sum() for each in (cells, city))
        assert parts == pytest.approx(sums, abs=0.01 * len(cells))


def test_the_budget_is_one_of_the_replicates_of_chance(
    scenario: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    assert simulate(scenario, tmp_path, replicates=0)["budget.csv"] == whole["budget.csv"]


def test_worlds_fill_the_space_evenly_and_alike_each_time() -> None:
    names = parameters(ready(SCENARIO).scenario)
    points = [world.quantiles for world in worlds(names, 16 * SCRAMBLES, 3)]
    assert points == [world.quantiles for world in worlds(names, 16 * SCRAMBLES, 3)]
    assert points != [world.quantiles for world in worlds(names, 16 * SCRAMBLES, 4)]
    for name in names:
        for scramble in range(SCRAMBLES):
            strata = sorted(int(point[name] * 16) for point in points[scramble::SCRAMBLES])
            assert strata == list(range(16))


# --- records of runs --------------------------------------------------------------------------------------------


def verify(folder: Path, *options: object) -> tuple[int, str]:
    done = run("verify", folder, *options)
    return done.code, done.out + done.err


def test_a_run_is_verified_to_the_last_byte(tmp_path: Path) -> None:
    path = edited(tmp_path, [])
    out = tmp_path / "o"
    assert run("simulate", path, "--out", out, "--reading", "困难加成=是").code == 0
    assert verify(out, "--scenario", path) == (0, "一致。\n")
    budget = (out / "budget.csv").read_bytes()
    (out / "budget.csv").write_bytes(budget.replace(b"1", b"2", 1))
    assert verify(out)[0] == 1
    assert "HY745：budget.csv" in verify(out)[1]
    (out / "budget.csv").write_bytes(budget)
    margin = (path.parent / "县.csv").read_text(encoding="utf-8")
    (path.parent / "县.csv").write_text(margin.replace("300", "301"), encoding="utf-8")
    assert verify(out)[0] == 0
    assert "HY745：县.csv" in verify(out, "--scenario", path)[1]
    (path.parent / "县.csv").unlink()
    assert "HY744" in verify(out, "--scenario", path)[1]


def test_a_result_that_does_not_come_out_again_is_told(scenario: Path, tmp_path: Path) -> None:
    simulate(scenario, tmp_path, replicates=0)
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    (tmp_path / "run.json").write_text(json.dumps(record | {"种子": 99}), encoding="utf-8")
    code, said = verify(tmp_path, "--scenario", scenario)
    assert code == 1
    assert "HY746" in said


@pytest.mark.parametrize("content", [None, "", "{}", '{"输出": 1, "输入": {}, "情景文件": "x"}'])
def test_a_folder_without_a_record_is_no_run(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content, encoding="utf-8")
    code, said = verify(tmp_path)
    assert code == 2
    assert "HY743" in said
