"""Records from several files, gone through twice, found again by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from records.samples import kind, record, write_csv

from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records import files
from hypolicy.records.checks import Checks, Screening
from hypolicy.records.reading import Records
from hypolicy.records.sources import sources_of
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hypolicy.records.reading import Piece


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE_BYTES", 75)
    monkeypatch.setattr(files, "SMALL_PARQUET", 300)


def keys(pieces: Iterable[Piece]) -> list[tuple[int, list[str]]]:
    return [(piece.first, piece.decoded.series["记录编号"].to_list()) for piece in pieces]


def two_files(folder: Path) -> tuple[Path, Path]:
    first = write_csv(folder / "甲.csv", *(record(记录编号=str(number)) for number in range(5)))
    return first, write_csv(folder / "乙.csv", *(record(记录编号=str(number)) for number in range(4, 8)))


@pytest.mark.parametrize("room", [0, 1 << 20])
def test_records_of_several_files_are_numbered_through(tmp_path: Path, room: int):
    told: list[tuple[float, int]] = []
    records = Records(
        kind(), sources_of(two_files(tmp_path)), room=room, advance=lambda *about: told.append(about)
    )
    once = keys(records.pieces())
    assert len(once) > 2
    assert [first for first, _ in once] == [
        sum(len(k) for _, k in once[:place]) for place in range(len(once))
    ]
    assert (records.count, told[-1]) == (9, (1.0, 9))
    assert told == sorted(told)
    assert keys(records.again()) == once
    assert records.row_label(4) == f"{tmp_path}/甲.csv 第6行"
    assert (records.row_label(5), records.row_number(5)) == (f"{tmp_path}/乙.csv 第2行", 2)


def test_a_single_file_is_not_named(tmp_path: Path):
    records = Records(kind(), sources_of(two_files(tmp_path)[:1]))
    list(records.pieces())
    assert records.row_label(0) == "第2行"


def test_a_file_that_changes_meanwhile(tmp_path: Path):
    path, _ = two_files(tmp_path)
    records = Records(kind(), sources_of([path]), room=0)
    list(records.pieces())
    write_csv(path, *(record(记录编号=str(number)) for number in range(6)))
    with pytest.raises(Refusal) as caught:
        list(records.again())
    assert [each.code for each in caught.value.diagnostics] == ["HY867"]


def test_faults_of_all_files_stand_in_their_order(tmp_path: Path):
    first, second = two_files(tmp_path)
    write_csv(
        second, record(记录编号="3", 等级="一级"), record(记录编号="9"), record(记录编号="9", 培训天数="")
    )
    checks = Checks(Records(kind(), sources_of([first, second]), room=0), Screening(kind(), Settings()))
    list(checks.pieces())
    found = checks.faults.all()
    assert found.select("row", "column").rows() == [
        (5, "记录编号"), (5, "等级"), (7, "记录编号"), (7, "培训天数"),
    ]  # fmt: skip
    assert found["problem"][0] == f"与{first} 第5行重复"
    assert found["problem"][2] == f"与{second} 第3行重复"
