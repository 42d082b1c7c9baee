"""decide on Spark: the same results as without it, in one process and in several, whatever becomes of these."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "bench" / "peers"))

import make_records  # noqa: E402 - found by the path above
from cli.running import Done, examples, read_rows, run  # noqa: E402

from hypolicy.cli.settings import read_settings  # noqa: E402
from hypolicy.pipeline import load  # noqa: E402
from hypolicy.records import spark  # noqa: E402
from hypolicy.records.cluster import Work  # noqa: E402
from hypolicy.records.sources import sources_of  # noqa: E402

BENCHMARK, REGULATION = ROOT / "policies" / "benchmark", ROOT / "policies" / "hengyang-2019"
LOCAL, CLUSTER = "local[2]", "local-cluster[2,1,1024]"
NAMES = ("totals", "payments", "granted")


@pytest.fixture(autouse=True)
def _small_tasks(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(spark, "ROWS_OF_A_TASK", 600)
    monkeypatch.setenv("HYPOLICY_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Examples of the regulation, cut up by county, as folders of Parquet files."""
    frame = pl.DataFrame(examples(2000)).with_columns(pl.all().replace("", None))
    for (county,), part in frame.partition_by("县市区", as_dict=True, include_key=False).items():
        folder = tmp_path / "data" / f"县市区={county}"
        folder.mkdir(parents=True)
        part.write_parquet(folder / "记录.parquet")
    return tmp_path / "data"


def decide(policy: Path, data: object, out: Path, *options: object) -> Done:
    out.mkdir()
    wanted = [part for name in NAMES for part in (f"--{name}", out / f"{name}.csv")]
    return run("decide", policy, "--data", data, "--out", out / "out.parquet", *wanted, *options)


def same(one: Path, other: Path) -> None:
    for name in NAMES:
        assert read_rows(one / f"{name}.csv") == read_rows(other / f"{name}.csv"), name


@pytest.mark.parametrize("master", [LOCAL, CLUSTER])
def test_the_same_as_without_spark(tmp_path: Path, records: Path, master: str) -> None:
    plain = decide(REGULATION, records, tmp_path / "plain")
    assert plain.code == 0, plain.err
    done = decide(REGULATION, records, tmp_path / "spark", "--engine", "spark", "--master", master)
    assert done.code == 0, done.err
    assert done.out == plain.out
    same(tmp_path / "plain", tmp_path / "spark")
    parts = sorted((tmp_path / "spark" / "out.parquet").iterdir())
    assert len(parts) > 2
    together = pl.concat(map(pl.read_parquet, parts))
    assert together.equals(pl.read_parquet(tmp_path / "plain" / "out.parquet"))
    notices = [line for line in plain.err.splitlines() if line.startswith("提示")]
    assert notices
    assert [line for line in done.err.splitlines() if line.startswith("提示")] == notices


def test_files_that_spark_reads_itself(tmp_path: Path) -> None:
    """An address goes through the file systems of Spark, as s3a:// would."""
    data = make_records.write(tmp_path / "data", 3_000)
    assert decide(BENCHMARK, data, tmp_path / "plain").code == 0
    address = f"file://{data}"
    done = decide(BENCHMARK, address, tmp_path / "spark", "--engine", "spark", "--master", LOCAL)
    assert done.code == 0, done.err
    same(tmp_path / "plain", tmp_path / "spark")


def test_faults_are_told_as_without_spark(tmp_path: Path, records: Path) -> None:
    path = sorted(records.rglob("*.parquet"))[1]
    frame = pl.read_parquet(path)
    spoilt = pl.concat([frame.with_columns(等级=pl.lit("一级")).head(2), frame.slice(2), frame.tail(1)])
    spoilt.with_columns(结业日期=pl.lit("2019-01-01")).write_parquet(path)
    plain = decide(REGULATION, records, tmp_path / "plain")
    listed = records.with_name("data.errors.csv")
    expected = listed.read_bytes()
    listed.unlink()
    done = decide(REGULATION, records, tmp_path / "spark", "--engine", "spark", "--master", LOCAL)
    assert (done.code, plain.code) == (1, 1)
    assert listed.read_bytes() == expected
    told = [line for line in done.err.splitlines() if "「" in line]
    assert told == [line for line in plain.err.splitlines() if "「" in line]
    assert list((tmp_path / "spark").iterdir()) == []


def test_a_damaged_file_and_a_wrong_master(tmp_path: Path) -> None:
    data = make_records.write(tmp_path / "data", 3_000)
    sound = data.read_bytes()
    data.write_bytes(sound[:4] + b"\xff" * 300 + sound[304:])  # the head of the first page, not of the file
    done = decide(BENCHMARK, data, tmp_path / "a", "--engine", "spark", "--master", LOCAL)
    assert (done.code, "HY814" in done.err) == (2, True), done.err
    done = decide(BENCHMARK, data, tmp_path / "b", "--engine", "spark", "--master", "nowhere")
    assert (done.code, "HY932" in done.err) == (2, True), done.err


def test_a_killed_executor_changes_no_result(tmp_path: Path) -> None:
    data = make_records.write(tmp_path / "data", 20_000)
    policy = load(BENCHMARK)
    work = Work(policy, read_settings(policy, (), (), (), "utf-8"), (), frozenset(), 6, reasons=True)
    files = spark.Files.of(sources_of([data]))
    assert len(files.slices) > 30
    with spark.session(LOCAL) as session:
        expected = spark.gather(session, files, work)
    with spark.session(CLUSTER) as session:
        killed: list[int] = []
        killer = Thread(target=_kill_one, args=(session, killed))
        killer.start()
        gathered = spark.gather(session, files, work)
        killer.join()
    assert len(killed) == 1
    assert gathered.tally == expected.tally
    assert gathered.count == expected.count == 20_000
    assert gathered.granted.equals(expected.granted)
    assert gathered.changes.row.tolist() == expected.changes.row.tolist()


def _kill_one(session: Any, killed: list[int]) -> None:
    """End one of the executors of this session when some of its tasks are done."""
    tracker = session.sparkContext.statusTracker()
    for _ in range(3000):
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        if any(stage is not None and stage.numCompletedTasks > 2 for stage in stages):
            break
        sleep(0.02)
    application = session.sparkContext.applicationId.encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"CoarseGrainedExecutorBackend" in command and application in command:
            os.kill(int(process.name), signal.SIGKILL)
            killed.append(int(process.name))
            return
