"""Reading files: what is read, and each way in which a file cannot be."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records.samples import (
    GOOD,
    read_or_refused,
    record,
    refused,
    typed_frame,
    write_bytes,
    write_csv,
    write_json,
)

from hypolicy.records.files import read_raw, suffix_supported

# --- what is no file of data ------------------------------------------------------------------------------


def test_missing_file(tmp_path: Path):
    assert "无.csv" in refused("HY801", tmp_path / "无.csv")


def test_folder(tmp_path: Path):
    (tmp_path / "a.csv").mkdir()
    refused("HY802", tmp_path / "a.csv")


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_csv(tmp_path / "a.csv", GOOD)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "没有权限" in refused("HY803", path)


def test_unreadable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "exists", broken)
    assert "磁盘读写出错" in refused("HY803", tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["a.xls", "a.txt", "a"])
def test_unknown_suffix(tmp_path: Path, name: str):
    assert ".xlsx" in refused("HY804", write_bytes(tmp_path / name, "x"))


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.parquet", "a.xlsx"])
def test_empty_file(tmp_path: Path, name: str):
    refused("HY805", write_bytes(tmp_path / name, b""))


def test_suffixes():
    assert suffix_supported(Path("A.CSV"))
    assert suffix_supported(Path("a.jsonl"))
    assert not suffix_supported(Path("a.jsonl"), writing=True)
    assert not suffix_supported(Path("a.xls"))


# --- encodings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_with_and_without_mark(tmp_path: Path, encoding: str):
    raw = read_raw(write_csv(tmp_path / "a.csv", GOOD, encoding=encoding))
    assert raw.frame.columns == list(GOOD)


@pytest.mark.parametrize("encoding", ["gb18030", "GBK", "gb2312"])
def test_what_excel_saves(tmp_path: Path, encoding: str):
    path = write_csv(tmp_path / "a.csv", GOOD, encoding="gb18030")
    assert read_raw(path, encoding).frame["等级"].to_list() == ["高级工"]


def test_excel_file_read_as_utf8_names_the_remedy(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", GOOD, encoding="gb18030")
    assert "--encoding gb18030" in refused("HY806", path).split("\n", maxsplit=1)[0]


def test_utf8_file_read_as_gb18030(tmp_path: Path):
    assert "去掉" in refused("HY807", write_csv(tmp_path / "a.csv", GOOD), "gb18030")


def test_broken_gb18030(tmp_path: Path):
    refused("HY807", write_bytes(tmp_path / "a.csv", b"a,b\n\xff\xff,1\n"), "gb18030")


def test_unknown_encoding(tmp_path: Path):
    assert "latin-1" in refused("HY808", write_csv(tmp_path / "a.csv", GOOD), "latin-1")


@pytest.mark.parametrize("content", [b"a,b\n1,\x00\n", "a,b\n1,2\n".encode("utf-16")])
def test_nul(tmp_path: Path, content: bytes):
    refused("HY809", write_bytes(tmp_path / "a.csv", content))


# --- the shape of CSV -------------------------------------------------------------------------------------


def test_rows_are_numbered_as_people_see_them(tmp_path: Path):
    raw = read_raw(write_csv(tmp_path / "a.csv", GOOD, GOOD))
    assert (raw.row_label(0), raw.row_number(1)) == ("第2行", 3)


def test_everything_is_text(tmp_path: Path):
    raw = read_raw(write_csv(tmp_path / "a.csv", GOOD))
    assert raw.frame.row(0) == tuple(cell or None for cell in GOOD.values())


@pytest.mark.parametrize("content", ["a,b\n", "a,b", "a,b\r\n\r\n,\r\n", '"a","b"\n'])
def test_header_only(tmp_path: Path, content: str):
    raw = read_raw(write_bytes(tmp_path / "a.csv", content))
    assert (raw.frame.columns, raw.frame.height) == (["a", "b"], 0)


@pytest.mark.parametrize(
    "end", ["", "\n", "\n\n\n", "\n \n", "\n,\n,,,,\n", "\r\n\r\n", '\n"",""\n', "\n\t,\n"]
)
def test_blank_lines_at_the_end(tmp_path: Path, end: str):
    assert read_raw(write_bytes(tmp_path / "a.csv", f"a,b\n1,2{end}")).frame.rows() == [("1", "2")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", '"'])
def test_line_ends(tmp_path: Path, end: str, mark: str):
    lines = [f"a,{mark}b{mark}", f"1,{mark}x{mark}", f",{mark}y{mark}"]
    raw = read_raw(write_bytes(tmp_path / "a.csv", end.join(lines) + end))
    assert raw.frame.rows() == [("1", "x"), (None, "y")]


def test_line_ends_in_a_cell_are_kept(tmp_path: Path):
    raw = read_raw(write_bytes(tmp_path / "a.csv", 'a,b\r"1\r\n2","x\ry"\r3,4'))
    assert raw.frame.rows() == [("1\r\n2", "x\ry"), ("3", "4")]


def test_ragged_rows_are_all_named(tmp_path: Path):
    text = 'a,b\n1\n1,2\n1,2,3\n"1,2"\n,"x\ny"\n\n1,2\n'
    message = refused("HY811", write_bytes(tmp_path / "a.csv", text))
    assert "2列" in message
    assert "4行" in message
    assert "第2行、第4至5行、第7行" in message


def test_endless_ragged_rows_are_counted(tmp_path: Path):
    message = refused("HY811", write_bytes(tmp_path / "a.csv", "a,b\n" + "1\n1,2\n" * 200))
    assert "200行" in message
    assert message.count("、") < 110


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('a,b\n1,2\n"1,2\n3,4\n', 3),
        ('a,b\n1,x"y\n', 2),
        ('a,b\n"x"y,2\n', 2),
        ('a,b\n1, "2"\n', 2),
        ('a,b\n"1\n2","3\n4"\n5,6"7"\n', 3),
        ('a,"b\n', 1),
    ],
)
def test_quotation_marks(tmp_path: Path, text: str, row: int):
    assert f"第{row}行" in refused("HY810", write_bytes(tmp_path / "a.csv", text))


def test_columns_of_one_name(tmp_path: Path):
    message = refused("HY812", write_bytes(tmp_path / "a.csv", "a,b, a,c,b\n1,2,3,4,5\n"))
    assert "第1列、第3列同名；第2列、第5列同名" in message


@pytest.mark.parametrize("text", ["\na,b\n", ",,\n1,2,3\n", "\n\n", "   ", '""\n1\n'])
def test_no_names(tmp_path: Path, text: str):
    path = write_bytes(tmp_path / "a.csv", text)
    if text == "\na,b\n":
        refused("HY811", path)
    else:
        refused("HY813", path)


@pytest.mark.parametrize("delimiter", ["\t", ";", "，"])
def test_other_delimiters(tmp_path: Path, delimiter: str):
    path = write_bytes(tmp_path / "a.csv", delimiter.join("ab") + "\n" + delimiter.join("12") + "\n")
    refused("HY822", path)


def test_names_are_stripped(tmp_path: Path):
    assert read_raw(write_bytes(tmp_path / "a.csv", " a ,\u3000b\n1,2\n")).frame.columns == ["a", "b"]


def test_nameless_columns(tmp_path: Path):
    raw = read_raw(write_bytes(tmp_path / "a.csv", "a,,b,,\n1,,2,x,\n"))
    assert raw.frame.rows() == [("1", "2")]
    assert [notice.count("第4列") for notice in raw.notices] == [1]


# A bare CR is left out: the standard writer does not quote it, so it would end a row.
CELL = st.text(
    st.sampled_from(' a甲,"\n\t=') | st.characters(exclude_characters="\0\r'", codec="utf-8"), max_size=6
)


@given(
    st.lists(st.tuples(CELL, CELL), max_size=5),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_same_cells_as_the_standard_reader(
    tmp_path: Path, rows: list[tuple[str, str]], quoting: int, end: str
):
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=quoting, lineterminator=end)
        writer.writerows([("a", "b"), *rows, ("end", "end")])
    expected = [tuple(cell or None for cell in row) for row in [*rows, ("end", "end")]]
    assert read_raw(path).frame.rows() == expected


# --- Parquet ----------------------------------------------------------------------------------------------


def test_parquet_keeps_types_and_counts_records(tmp_path: Path):
    path = tmp_path / "a[1].parquet"
    pl.DataFrame({" a": [1, None], "b": [True, False]}).write_parquet(path)
    raw = read_raw(path)
    assert raw.frame.schema == {"a": pl.Int64, "b": pl.Boolean}
    assert raw.row_label(0) == "第1条"


@pytest.mark.parametrize("cut", [slice(0, 40), slice(4, None), slice(0, -4)])
def test_broken_parquet(tmp_path: Path, cut: slice):
    pl.DataFrame({"a": ["430123199001011234"] * 9}).write_parquet(tmp_path / "good.parquet")
    path = write_bytes(tmp_path / "a.parquet", (tmp_path / "good.parquet").read_bytes()[cut])
    assert "4301" not in refused("HY814", path)


def test_parquet_with_every_kind_of_damage(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Every fifth byte changed, one at a time: read, or refused, and nothing said by any library."""
    pl.concat([typed_frame()] * 9).write_parquet(tmp_path / "good.parquet")
    data = (tmp_path / "good.parquet").read_bytes()
    for place in range(0, len(data), 5):
        damaged = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        read_or_refused(write_bytes(tmp_path / "a.parquet", damaged))
    assert capfd.readouterr() == ("", "")


def test_parquet_columns_of_one_name(tmp_path: Path):
    pl.DataFrame({"a": [1], "a ": [2]}).write_parquet(tmp_path / "a.parquet")
    refused("HY812", tmp_path / "a.parquet")


# --- JSON -------------------------------------------------------------------------------------------------


def test_json_keeps_types(tmp_path: Path):
    records = [{"a": True, "b": 1, "c": "x", "d": None}, {"b": None, "a": False}, {"e": 10**30}]
    frame = read_raw(write_json(tmp_path / "a.json", *records)).frame
    assert frame.schema == {"a": pl.Boolean, "b": pl.Int64, "c": pl.String, "d": pl.String, "e": pl.String}
    assert frame["e"].to_list() == [None, None, "1" + "0" * 30]


def test_json_numbers_never_become_floats(tmp_path: Path):
    path = write_bytes(tmp_path / "a.json", '[{"a": 0.10}, {"a": 12345678901234567.89}, {"a": 3}]')
    assert read_raw(path).frame["a"].to_list() == ["0.10", "12345678901234567.89", "3"]


def test_json_mixed_types(tmp_path: Path):
    path = write_json(tmp_path / "a.json", {"a": True}, {"a": "是"}, {"a": 1}, {"a": False})
    assert read_raw(path).frame["a"].to_list() == ["true", "是", "1", "false"]


def test_json_lines(tmp_path: Path):
    raw = read_raw(write_bytes(tmp_path / "a.jsonl", '{"a": 1}\n\n{"a": 2}\r\n'))
    assert raw.frame["a"].to_list() == [1, 2]
    assert raw.row_label(1) == "第2条"


def test_no_json_lines(tmp_path: Path):
    assert read_raw(write_bytes(tmp_path / "a.jsonl", "")).frame.height == 0


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1},\n{"a": 4301231990}',
        "[{a: 1}]",
        '[{"a": NaN}]',
        "[" * 100_000,
        '[{"a": "\\ud800"}]',
        '[{"a": ' + "9" * 5000 + "}]",
    ],
)
def test_broken_json(tmp_path: Path, text: str):
    message = refused("HY815", write_bytes(tmp_path / "a.json", text))
    assert "4301" not in message


def test_broken_json_line_is_named(tmp_path: Path):
    assert "第2行" in refused("HY815", write_bytes(tmp_path / "a.jsonl", '{"a": 1}\n{"a"\n'))
    assert "第2行" in refused("HY815", write_bytes(tmp_path / "a.json", '[{"a": 1},\n{"a" 2}]'))


@pytest.mark.parametrize("text", ['{"a": 1}', "[1]", '"x"', "[[1]]", "null"])
def test_json_of_other_shape(tmp_path: Path, text: str):
    refused("HY816", write_bytes(tmp_path / "a.json", text))


def test_json_repeated_names(tmp_path: Path):
    path = write_bytes(tmp_path / "a.json", '[{"a": 1}, {"a": 1, "a": 2}]')
    assert "第2条" in refused("HY817", path)


def test_json_nested(tmp_path: Path):
    path = write_json(tmp_path / "a.json", {"a": [1], "b": 1, "c": {"d": 2}})
    assert "「a」、「c」" in refused("HY818", path)


def test_json_encoding(tmp_path: Path):
    path = write_bytes(
        tmp_path / "a.json", json.dumps([{"等级": "高级工"}], ensure_ascii=False).encode("gb18030")
    )
    assert read_raw(path, "gb18030").frame["等级"].to_list() == ["高级工"]
    refused("HY806", path)


# --- hostile bytes ----------------------------------------------------------------------------------------


@given(st.binary(max_size=60), st.sampled_from([".csv", ".json", ".jsonl", ".parquet", ".xlsx"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, suffix: str):
    read_or_refused(write_bytes(tmp_path / f"a{suffix}", content))


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_pipe_is_refused_instead_of_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "a.csv")
    refused("HY802", tmp_path / "a.csv")


def test_message_holds_no_cell(tmp_path: Path):
    path = write_bytes(tmp_path / "a.csv", "430123199001011234,张三\n1\n")
    message = refused("HY811", path)
    assert "4301" not in message
    assert "张三" not in message
    assert record()["姓名"] not in message
