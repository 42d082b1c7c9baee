"""Writing files: they read back as they were written, no formula gets in, and a failure changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records.samples import kind, record, typed_frame, write_bytes, write_csv

from hypolicy.diagnostics.data_codes import DATA_CODES
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records import workbook_writing
from hypolicy.records.decode import decode
from hypolicy.records.fault_list import FaultList
from hypolicy.records.faults import faults_path, write_faults
from hypolicy.records.files import atomic_path, read_raw, write_table
from hypolicy.records.raw import ORDINALS, Fault, RawTable
from hypolicy.records.reading import Records
from hypolicy.records.sources import sources_of

SUFFIXES = [".csv", ".parquet", ".xlsx", ".json"]
CELL = st.text(
    st.sampled_from("=+-@'\t\r\n＝＋－＠\",;019.甲 _x")
    | st.characters(exclude_characters="\0", codec="utf-8"),
    max_size=8,
)

MONEY = pl.DataFrame(
    {
        "记录编号": ["007", "=1+1", None],
        "金额": pl.Series([Decimal("550.50"), None, Decimal("-0.01")], dtype=pl.Decimal(18, 2)),
        "人次": [1, None, -5],
        "均值": [0.5, None, 2.25],
        "日期": [date(2019, 8, 30), None, date(1899, 1, 1)],
        "合格": [True, False, None],
        "等级": pl.Series(["高级工", None, "-"], dtype=pl.Enum(["高级工", "-"])),
    }
)


def code_of(caught: pytest.ExceptionInfo[Refusal]) -> str:
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message
    assert diagnostic.help
    return diagnostic.code


def round_trip(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    write_table(path, frame)
    return read_raw(path).frame


# --- what is written --------------------------------------------------------------------------------------


@given(st.lists(st.tuples(CELL, CELL), max_size=6), st.sampled_from(SUFFIXES))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
def test_texts_come_back_as_they_were(tmp_path: Path, rows: list[tuple[str, str]], suffix: str):
    """Every text, whatever it holds; an empty one may come back as no text."""
    rows = [*rows, ("末", "行")]
    frame = pl.DataFrame(rows, schema={"甲": pl.String, "=乙": pl.String}, orient="row")
    back = round_trip(tmp_path / f"a{suffix}", frame)
    assert back.columns == frame.columns
    assert [tuple(cell or "" for cell in row) for row in back.rows()] == rows


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_facts_come_back_as_they_were(tmp_path: Path, suffix: str):
    before = decode(RawTable("a", typed_frame(), ORDINALS), kind())
    plain = typed_frame().cast({"发证日期": pl.Date, "金额": pl.Decimal(18, 2)})
    write_table(tmp_path / f"a{suffix}", plain)
    after = decode(read_raw(tmp_path / f"a{suffix}"), kind())
    assert after.faults == []
    assert after.columns == before.columns


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_tables_without_records(tmp_path: Path, suffix: str):
    result = decode(
        RawTable("a", round_trip(tmp_path / f"a{suffix}", typed_frame().head(0)), ORDINALS), kind()
    )
    assert (result.height, result.faults) == (0, [])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_table_makes_the_same_file(tmp_path: Path, suffix: str):
    for name in "ab":
        write_table(tmp_path / f"{name}{suffix}", MONEY)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_csv(tmp_path: Path):
    write_table(tmp_path / "a.csv", MONEY)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == (
        "记录编号,金额,人次,均值,日期,合格,等级\n"
        "007,550.50,1,0.5,2019-08-30,是,高级工\n"
        "'=1+1,,,,,否,\n"
        ",-0.01,-5,2.25,1899-01-01,,'-\n"
    )


def test_json(tmp_path: Path):
    write_table(tmp_path / "a.json", MONEY)
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert "记录编号" in text
    first, _, third = json.loads(text)
    assert first == {
        "记录编号": "007",
        "金额": "550.50",
        "人次": 1,
        "均值": 0.5,
        "日期": "2019-08-30",
        "合格": True,
        "等级": "高级工",
    }
    assert (third["金额"], third["合格"]) == ("-0.01", None)


def test_parquet(tmp_path: Path):
    write_table(tmp_path / "a.parquet", MONEY)
    assert pl.read_parquet(tmp_path / "a.parquet").schema["金额"] == pl.Decimal(18, 2)


def test_workbook(tmp_path: Path):
    frame = round_trip(tmp_path / "a.xlsx", MONEY)
    assert frame.rows() == [
        ("007", "550.5", "1", "0.5", "2019-08-30", "是", "高级工"),
        ("=1+1", None, None, None, None, "否", None),
        (None, "-0.01", "-5", "2.25", "1899-01-01", None, "-"),
    ]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "<v>550.50</v>" in sheet
    assert 'state="frozen"' in sheet
    assert "<b/>" in styles
    assert 'formatCode="0.00"' in styles or 'numFmtId="2"' in styles


def test_workbook_columns_fit_chinese(tmp_path: Path):
    write_table(tmp_path / "a.xlsx", pl.DataFrame({"岗位技能提升培训补贴": ["x"], "a": ["很" * 100]}))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'width="22.7' in sheet
    assert 'width="50.7' in sheet


@pytest.mark.parametrize("cell", [10**15, -(10**17), Decimal("12345678901234567.89")])
def test_numbers_that_excel_would_round_are_texts(tmp_path: Path, cell: Any):
    raw_frame = round_trip(tmp_path / "a.xlsx", pl.DataFrame({"a": [cell]}))
    assert raw_frame["a"].to_list() == [str(cell)]
    assert read_raw(tmp_path / "a.xlsx").faults == ()


def test_numbers_that_are_none(tmp_path: Path):
    frame = pl.DataFrame({"a": [float("nan"), float("inf"), 1.5]})
    assert round_trip(tmp_path / "a.xlsx", frame)["a"].to_list() == [None, None, "1.5"]
    write_table(tmp_path / "a.json", frame.head(1))
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == [{"a": None}]


# --- formulas ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_formulas_are_defended_in_csv(tmp_path: Path, start: str):
    text = f"{start}HYPERLINK(1)"
    assert round_trip(tmp_path / "a.csv", pl.DataFrame({"a": [text]}))["a"].to_list() == [text]
    written = (tmp_path / "a.csv").read_bytes().decode().split("\n", maxsplit=1)[1]
    assert written.lstrip('"').startswith(f"'{start}")


@pytest.mark.parametrize(
    "text", ["-5", "-5.25", "+8613800000000", "007", "2019-08-30", "'", "'x", "a=b", "甲", "５"]
)
def test_plain_texts_are_not_changed_in_csv(tmp_path: Path, text: str):
    write_table(tmp_path / "a.csv", pl.DataFrame({"a": [text]}))
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == f"a\n{text}\n"


def test_numbers_are_never_defended(tmp_path: Path):
    frame = pl.DataFrame({"a": [-5], "b": [Decimal("-5.00")], "c": [-0.5]})
    write_table(tmp_path / "a.csv", frame)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "a,b,c\n-5,-5.00,-0.5\n"


# --- whole or not at all ----------------------------------------------------------------------------------


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_half(path: Path) -> None:
    with atomic_path(path) as temporary:
        assert temporary.parent == path.parent
        temporary.write_text("half", encoding="utf-8")
        raise ZeroDivisionError


def test_failure_in_the_middle_changes_nothing(tmp_path: Path):
    path = write_bytes(tmp_path / "a.csv", "old")
    with pytest.raises(ZeroDivisionError):
        write_half(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert left_in(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("step", ["fsync", "close"])
def test_failure_of_the_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str):
    path = write_bytes(tmp_path / "a.csv", "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, full)
        with pytest.raises(Refusal) as caught:
            write_table(path, MONEY)
    assert code_of(caught) == "HY831"
    assert "磁盘空间不足" in caught.value.diagnostics[0].message
    assert path.read_text(encoding="utf-8") == "old"
    assert left_in(tmp_path) == ["a.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of processes")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_disk_that_fills_up(tmp_path: Path, suffix: str):
    """The system stops the writing after 10,000 bytes, as it does when a disk is full."""
    path = write_bytes(tmp_path / f"a{suffix}", "old")
    program = f"""
import resource, signal
from pathlib import Path
import polars as pl
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.files import write_table
import hypolicy.records.workbook_writing
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
frame = pl.DataFrame({{"a": [str(row * 7919) for row in range(50_000)]}})
try:
    write_table(Path({str(path)!r}), frame)
except Refusal as refusal:
    print(*(each.code for each in refusal.diagnostics))
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path.cwd(),
    )
    assert (result.stdout.strip(), result.stderr) == ("HY831", "")
    assert path.read_text(encoding="utf-8") == "old"
    assert left_in(tmp_path) == [path.name]


def test_interruption_leaves_nothing(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), atomic_path(tmp_path / "a.csv"):
        raise KeyboardInterrupt
    assert left_in(tmp_path) == []


def test_no_folder(tmp_path: Path):
    with pytest.raises(Refusal) as caught:
        write_table(tmp_path / "无" / "a.csv", MONEY)
    assert code_of(caught) == "HY830"


def test_target_is_a_folder(tmp_path: Path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(Refusal) as caught:
        write_table(tmp_path / "a.csv", MONEY)
    assert code_of(caught) == "HY802"


@pytest.mark.parametrize("name", ["a.xls", "a.jsonl", "a"])
def test_other_suffixes(tmp_path: Path, name: str):
    with pytest.raises(Refusal) as caught:
        write_table(tmp_path / name, MONEY)
    assert code_of(caught) == "HY804"
    assert left_in(tmp_path) == []


def test_files_that_may_not_be_written_are_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_bytes(tmp_path / "a.csv", "old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(Refusal) as caught:
        write_table(path, MONEY)
    assert code_of(caught) == "HY831"
    assert "没有权限" in caught.value.diagnostics[0].message


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_permissions_are_kept(tmp_path: Path):
    path = write_bytes(tmp_path / "a.csv", "old")
    path.chmod(0o640)
    write_table(path, MONEY)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_links_stay_links(tmp_path: Path):
    path = write_bytes(tmp_path / "a.csv", "old")
    (tmp_path / "b.csv").symlink_to(path)
    write_table(tmp_path / "b.csv", MONEY)
    assert (tmp_path / "b.csv").is_symlink()
    assert path.read_text(encoding="utf-8").startswith("记录编号")


# --- what a workbook cannot hold --------------------------------------------------------------------------


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook_writing, "MAX_ROWS", 3)
    write_table(tmp_path / "a.xlsx", MONEY.head(2))
    with pytest.raises(Refusal) as caught:
        write_table(tmp_path / "b.xlsx", MONEY)
    assert code_of(caught) == "HY832"
    assert left_in(tmp_path) == ["a.xlsx"]


def test_too_long_texts(tmp_path: Path):
    write_table(tmp_path / "a.xlsx", pl.DataFrame({"a": ["很" * 32_767]}))
    for text in ("很" * 32_768, "😀" * 16_384):
        with pytest.raises(Refusal) as caught:
            write_table(tmp_path / "b.xlsx", pl.DataFrame({"a": [text]}))
        assert code_of(caught) == "HY832"
    assert left_in(tmp_path) == ["a.xlsx"]


# --- lists of faults --------------------------------------------------------------------------------------


def test_faults_are_listed_by_the_rows_that_people_see(tmp_path: Path):
    path = write_csv(tmp_path / "记录.csv", record(), record(记录编号="2"))
    records = Records(kind(), sources_of([path]))
    list(records.pieces())
    faults = FaultList(kind())
    faults.add([Fault(1, "姓名", "缺少，此列不得为空"), Fault(0, "等级", "坏")])
    write_faults(faults_path(path), faults.all(), records)
    assert (tmp_path / "记录.csv.errors.csv").read_text(encoding="utf-8") == (
        "行号,列,问题\n2,等级,坏\n3,姓名,缺少，此列不得为空\n"
    )


def test_no_code_is_without_a_test():
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code.number for code in DATA_CODES if f'"{code.number}"' not in tests] == []
