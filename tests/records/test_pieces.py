"""Files in pieces: the same records under the same numbers, and the same refusals, as from the whole file."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records.samples import GOOD, record, typed_frame, write_csv, write_json

from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records import files
from hypolicy.records.csv_files import csv_tables, read_csv
from hypolicy.records.files import read_pieces, read_raw
from hypolicy.records.parquet_files import parquet_tables, read_parquet
from hypolicy.records.raw import LINES, ORDINALS, Fault, RawTable
from hypolicy.records.sources import sources_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def together(tables: Iterable[RawTable]) -> tuple[list[str], list[tuple[object, ...]], tuple[str, ...]]:
    """Names, rows and notices; on the way the numbers of the records are found to go on."""
    names: list[str] = []
    rows: list[tuple[object, ...]] = []
    notices: tuple[str, ...] = ()
    first = None
    for table in tables:
        first = table.numbering.first if first is None else first
        assert table.numbering.first == first + len(rows)
        assert not names or names == table.frame.columns
        names = table.frame.columns
        rows += table.frame.rows()
        notices += table.notices
        assert 0 <= table.progress <= 1
    assert table.progress == 1
    return names, rows, notices


# --- CSV --------------------------------------------------------------------------------------------------

CELLS = st.sampled_from(["", "1", "甲", '"乙"', '"a,b"', '"一\n二"', '""', '"a""b"', "'=1", " ", "丙丁"])
ODD = st.sampled_from(["", ",", ",,", '"', "a", "a,b,c", "x\ry,z", '"",""', " , "])


@st.composite
def csv_texts(draw: st.DrawFn) -> str:
    """Lines of two cells for the most part, and now and then something else."""
    lines = ["a,b" if draw(st.booleans()) else "a,"]
    for _ in range(draw(st.integers(0, 12))):
        usual = draw(st.integers(0, 9))
        lines.append(draw(ODD) if usual == 0 else f"{draw(CELLS)},{draw(CELLS)}")
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return end.join(lines) + draw(st.sampled_from(["", end, end * 3]))


def result(tables: Iterable[RawTable]) -> Any:
    try:
        return together(tables)
    except Refusal as refusal:
        return [(each.code, each.facts) for each in refusal.diagnostics]


@given(csv_texts(), st.integers(1, 30), st.sampled_from(["utf-8", "gb18030"]))
@settings(deadline=None, max_examples=100)
def test_csv(text: str, block: int, encoding: str):
    data = text.encode(encoding)
    whole = result(_whole(data, encoding))
    assert result(csv_tables(BytesIO(data), encoding, "a.csv", block)) == whole


def _whole(data: bytes, encoding: str) -> Iterable[RawTable]:
    yield read_csv(data, encoding, "a.csv")


@pytest.mark.parametrize("read_as", ["utf-8", "gb18030"])
def test_the_encoding_of_a_long_file(read_as: str):
    """Refused wherever the first character stands that tells."""
    other = "utf-8" if read_as == "gb18030" else "gb18030"
    data = ("a,b\n" + "1,2\n" * 50 + "甲,乙\n").encode(other)
    for block in (16, 1024):
        with pytest.raises(Refusal):
            list(csv_tables(BytesIO(data), read_as, "a.csv", block))


# --- other formats ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_parquet(tmp_path: Path, rows: int):
    path = tmp_path / "a.parquet"
    frame = pl.concat([typed_frame().rename({"姓名": " 姓名"})] * max(rows, 1)).head(rows)
    frame.write_parquet(path, row_group_size=3)
    whole = read_parquet(path, "a")
    pieces = list(parquet_tables(path, "a", frozenset(whole.frame.columns), 2))
    assert together(iter(pieces)) == together(iter([whole]))
    (only,) = list(parquet_tables(path, "a", {"姓名", "学历"}, 100))
    assert (only.frame.columns, only.names) == (["姓名"], tuple(whole.frame.columns))


def test_records_that_a_damaged_file_hides_are_missed(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Polars leaves out what it cannot read, or says what is wrong with it; both are refused."""
    path = tmp_path / "a.parquet"
    pl.concat([typed_frame()] * 9).write_parquet(path, compression="uncompressed")
    data = path.read_bytes()
    expected = together(parquet_tables(path, "a", frozenset(typed_frame().columns), 100))[1]
    refused = 0
    for place in range(60, 1500, 10):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        found = result(parquet_tables(path, "a", frozenset(typed_frame().columns), 100))
        if isinstance(found, list):
            assert [code for code, _ in found] == ["HY814"]
            refused += 1
        else:
            assert len(found[1]) == len(expected)
    assert refused
    capfd.readouterr()  # what Polars has to say of its own panics


def test_pieces_of_a_table_keep_its_faults_and_notices():
    faults = (Fault(0, "a", "坏"), Fault(4, "a", "坏"))
    whole = RawTable("a.xlsx", pl.DataFrame({"a": range(5)}), LINES, ("说明",), faults)
    first, second, third = whole.pieces(2)
    assert [piece.notices for piece in (first, second, third)] == [(), (), ("说明",)]
    assert (first.faults, second.faults, third.faults) == ((faults[0],), (), (Fault(0, "a", "坏"),))
    assert third.row_label(third.faults[0].row) == "第6行"
    (empty,) = RawTable("a.json", pl.DataFrame(), ORDINALS).pieces(2)
    assert empty.progress == 1


@pytest.mark.parametrize("suffix", [".csv", ".json", ".xlsx", ".parquet"])
def test_small_and_large_files_are_read_alike(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch):
    records = [record(记录编号=str(number)) for number in range(20)]
    path = tmp_path / f"a{suffix}"
    match suffix:
        case ".csv":
            write_csv(path, *records)
        case ".json":
            write_json(path, *records)
        case ".xlsx":
            pl.DataFrame(records).write_excel(path)
        case _:
            pl.DataFrame(records).write_parquet(path)
    whole = together(read_pieces(path, "utf-8", frozenset(GOOD)))
    monkeypatch.setattr(files, "PIECE_BYTES", 25)
    monkeypatch.setattr(files, "SMALL_PARQUET", 100)
    monkeypatch.setattr(files, "PIECE_ROWS", 7)
    pieces = list(read_pieces(path, "utf-8", frozenset(GOOD)))
    assert len(pieces) > 1
    assert together(iter(pieces)) == whole == together(iter([read_raw(path)]))


# --- several files ----------------------------------------------------------------------------------------


def read_all(*paths: Path) -> None:
    for source in sources_of(paths):
        list(source.pieces("utf-8", frozenset({"a"})))


def refusal_of(*paths: Path) -> str:
    with pytest.raises(Refusal) as caught:
        read_all(*paths)
    return caught.value.diagnostics[0].code


def test_a_folder_stands_for_the_files_in_it(tmp_path: Path):
    for name in (
        "b.csv",
        "a.csv",
        "年度=2020/c.csv",
        ".hidden.csv",
        "_SUCCESS",
        "a.csv.errors.csv",
        "_x/d.csv",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\n1\n", encoding="utf-8")
    found = sources_of([tmp_path])
    assert [source.path.relative_to(tmp_path).as_posix() for source in found] == [
        "a.csv",
        "b.csv",
        "年度=2020/c.csv",
    ]
    assert found[2].constants == (("年度", "2020"),)
    (table,) = found[2].pieces("utf-8", frozenset())
    assert (table.frame.rows(), table.names) == ([("1", "2020")], ("a", "年度"))


def test_names_of_folders_are_spelt_as_other_programs_spell_them(tmp_path: Path):
    folder = tmp_path / "%E5%B8%82=%E8%A1%A1%3D1" / "区=__HIVE_DEFAULT_PARTITION__"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("a\n1\n", encoding="utf-8")
    (source,) = sources_of([tmp_path])
    assert source.constants == (("市", "衡=1"), ("区", None))


def test_what_cannot_be_the_data(tmp_path: Path):
    data = tmp_path / "a=1" / "a.csv"
    data.parent.mkdir()
    data.write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "空").mkdir()
    assert refusal_of(tmp_path / "空") == "HY864"
    assert refusal_of(data, tmp_path) == "HY865"
    assert refusal_of(tmp_path) == "HY866"
    assert refusal_of(tmp_path / "无.csv") == "HY801"
