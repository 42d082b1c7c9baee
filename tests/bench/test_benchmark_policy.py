"""The rules of policies/benchmark give, to the fen, what the plain reference of the benchmark gives."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from hypolicy.cli.main import root
from hypolicy.pipeline import check_folder

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(__file__).parent / "peers"
POLICY = ROOT / "policies" / "benchmark"
sys.path.insert(0, str(PEERS))

import by_plain_python  # noqa: E402 - the peers are scripts, found by the path above
import make_records  # noqa: E402
import work  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPOLICY_CACHE", str(path / "cache"))
        yield path


def rows_of(totals: Path) -> list[work.Row]:
    """The file of totals in the form of the benchmark."""
    with totals.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))
    assert lines[0] == ["年度", "县市区", "补贴项目", "资金来源", "人次", "金额"]
    return [(int(y), int(c), i, int(n), int(Decimal(s) * 100)) for y, c, i, _, n, s in lines[1:]]


@pytest.mark.parametrize("n", [1, 1_000, 20_000])
def test_totals_equal_the_reference(folder: Path, n: int) -> None:
    data = make_records.write(folder, n)
    totals = folder / f"{n}.csv"
    with pytest.raises(SystemExit) as end:
        root(["decide", str(POLICY), "--data", str(data), "--totals", str(totals)])
    assert end.value.code == 0
    expected = by_plain_python.totals(pq.read_table(data).to_pylist())
    ours = rows_of(totals)
    assert sorted(ours) == sorted(expected)
    assert ours == sorted(ours), "counties stand in the order of their numbers"


def test_the_catalogue_is_that_of_the_peers() -> None:
    policy = check_folder(POLICY).policy
    assert policy is not None
    table = next(table for table in policy.tables if table.name == "补贴标准目录")
    levels = table.keys[1].type
    (version,) = table.versions
    found = {(int(job), level): value for (job, level), (value,) in version.rows.items()}
    assert found == {
        (job, label): work.catalogue_yuan(job, int(code))
        for job in range(work.IN_CATALOGUE)
        for label, code in zip(levels.labels, levels.codes, strict=True)
    }
