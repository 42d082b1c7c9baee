"""Reading XLSX: what Excel hides, loses or blows up."""

from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import fastexcel
import pytest
import xlsxwriter
from records.samples import GOOD, kind, read_or_refused, record, refused, write_bytes

from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records import workbooks
from hypolicy.records.decode import decode
from hypolicy.records.files import read_raw

if TYPE_CHECKING:
    from pathlib import Path

ID = "430123199001011234"


def write_cells(path: Path, rows: list[list[Any]], top: int = 0, left: int = 0, **options: Any) -> Path:
    """Numbers as numbers, texts as texts, dates in the format `date`; an exception is a cell in error."""
    day = options.pop("date", "yyyy-mm-dd")
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("名册")
        shown = book.add_format({"num_format": day})
        for row, cells in enumerate(rows, top):
            for column, cell in enumerate(cells, left):
                match cell:
                    case Exception():
                        sheet.write_formula(row, column, "=NA()", None, str(cell))
                    case date():
                        sheet.write_datetime(row, column, cell, shown)
                    case str():
                        sheet.write_string(row, column, cell)
                    case _:
                        sheet.write(row, column, cell)
    return path


def write_record(path: Path, **cells: Any) -> Path:
    first = {**GOOD, **cells}
    return write_cells(path, [list(GOOD), list(first.values()), list(record(记录编号="8").values())])


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_parts(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def with_sheet(path: Path, old: bytes, new: bytes) -> Path:
    parts = parts_of(path)
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert old in sheet
    return write_parts(path, parts | {"xl/worksheets/sheet1.xml": sheet.replace(old, new)})


# --- what is meant ----------------------------------------------------------------------------------------


def test_cells_are_the_texts_that_people_see(tmp_path: Path):
    rows = [
        ["文本", "整数", "小数", "日期", "时刻", "真假"],
        ["007", 12.0, 0.1, date(2019, 8, 1), datetime(2019, 8, 1, 9, 30), True],  # noqa: DTZ001
        [" x ", 0, 1e-7, None, "2019-08-01 00:00:00", False],
    ]
    frame = read_raw(write_cells(tmp_path / "a.xlsx", rows)).frame
    assert frame.columns == rows[0]
    assert frame.row(0) == ("007", "12", "0.1", "2019-08-01", "2019-08-01 09:30:00", "true")
    assert frame.row(1) == (" x ", "0", "0.0000001", None, "2019-08-01 00:00:00", "false")


@pytest.mark.parametrize(
    "shown", [14, 31, 57, 58, "yyyy/m/d", 'yyyy"年"m"月"d"日"', "[$-804]yyyy\\-mm\\-dd;@"]
)
@pytest.mark.parametrize("date_1904", [False, True])
def test_dates_in_every_format(tmp_path: Path, shown: Any, date_1904: bool):
    path = write_cells(tmp_path / "a.xlsx", [["日期"], [date(2019, 8, 30)]], date=shown, date_1904=date_1904)
    assert read_raw(path).frame["日期"].to_list() == ["2019-08-30"]


def test_dates_without_a_format_are_explained(tmp_path: Path):
    result = decode(read_raw(write_record(tmp_path / "a.xlsx", 结业日期=43678)), kind())
    assert [fault.column for fault in result.faults] == ["结业日期"]
    assert "日期序号" in result.faults[0].problem


def test_rows_are_numbered_as_in_the_sheet(tmp_path: Path):
    rows = [["a", "b"], ["1", None], [None, None], ["3", "x"]]
    raw = read_raw(write_cells(tmp_path / "a.xlsx", rows))
    assert raw.frame.rows() == [("1", None), (None, None), ("3", "x")]
    assert raw.row_label(2) == "第4行"


def test_columns_to_the_left_may_be_empty(tmp_path: Path):
    path = write_cells(tmp_path / "a.xlsx", [["a", "b"], [ID, int(ID)], [date(2019, 8, 1), 1]], left=2)
    raw = read_raw(path)
    assert raw.frame["a"].to_list() == [ID, "2019-08-01"]
    assert [(fault.row, fault.column) for fault in raw.faults] == [(0, "b")]
    assert raw.notices == ()


@pytest.mark.parametrize("rows", [[], [[None], ["x"]], [[" "], ["x"]]])
def test_first_row_without_names(tmp_path: Path, rows: list[list[Any]]):
    refused("HY813", write_cells(tmp_path / "a.xlsx", rows))


def test_first_row_is_the_first_of_the_sheet(tmp_path: Path):
    refused("HY813", write_cells(tmp_path / "a.xlsx", [["a"], [1]], top=1))


def test_columns_of_one_name(tmp_path: Path):
    refused("HY812", write_cells(tmp_path / "a.xlsx", [["a", " a"], [1, 2]]))


def test_only_the_first_sheet_is_read(tmp_path: Path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        for name in ("甲&乙", "丙"):
            book.add_worksheet(name).write_column(0, 0, [name, "x"])
    raw = read_raw(tmp_path / "a.xlsx")
    assert raw.frame.columns == ["甲&乙"]
    assert raw.notices == (f"{tmp_path / 'a.xlsx'} 有2张工作表，只读取第一张「甲&乙」。",)


# --- what is lost -----------------------------------------------------------------------------------------


def test_digits_that_excel_has_lost(tmp_path: Path):
    result = decode(read_raw(write_record(tmp_path / "a.xlsx", 记录编号=int(ID))), kind())
    (fault,) = result.faults
    assert (fault.row, fault.column, result.row_label(fault.row)) == (0, "记录编号", "第2行")
    assert "名册" in fault.problem
    assert "文本" in fault.problem
    assert ID[:6] not in fault.problem
    assert result.columns["记录编号"] == [None, "8"]


def test_long_numbers_that_are_texts(tmp_path: Path):
    result = decode(read_raw(write_record(tmp_path / "a.xlsx", 记录编号=ID)), kind())
    assert result.faults == []
    assert result.columns["记录编号"] == [ID, "8"]


@pytest.mark.parametrize(
    ("number", "lost"), [(10**15 - 1, False), (10**15, True), (-(10**17), True), (1e300, True)]
)
def test_how_long_is_too_long(tmp_path: Path, number: float, lost: bool):
    assert bool(read_raw(write_cells(tmp_path / "a.xlsx", [["a"], [number]])).faults) == lost


def test_cells_in_error(tmp_path: Path):
    path = write_record(tmp_path / "a.xlsx", 县市区=ValueError("#N/A"), 等级=ValueError("#DIV/0!"))
    result = decode(read_raw(path), kind())
    assert [(fault.row, fault.column) for fault in result.faults] == [(0, "等级"), (0, "县市区")]
    assert all("错误值" in fault.problem for fault in result.faults)


def test_cells_in_error_at_the_end(tmp_path: Path):
    raw = read_raw(write_cells(tmp_path / "a.xlsx", [["a"], ["1"], [ValueError("#REF!")]]))
    assert raw.frame.height == 2
    assert [fault.row for fault in raw.faults] == [1]


def test_spoilt_cells_of_columns_that_are_not_needed(tmp_path: Path):
    rows = [[*GOOD, "备注"], [*GOOD.values(), ValueError("#N/A")]]
    assert decode(read_raw(write_cells(tmp_path / "a.xlsx", rows)), kind()).faults == []


def test_spoilt_tables_can_be_refused_without_decoding(tmp_path: Path):
    raw = read_raw(
        write_cells(tmp_path / "a.xlsx", [["a", "b"], [int(ID), 1], [int(ID), ValueError("#N/A")]])
    )
    raw.require_sound(["c"])
    with pytest.raises(Refusal) as caught:
        raw.require_sound()
    assert {each.code for each in caught.value.diagnostics} == {"HY821"}
    assert [each.message.split("无法")[0] for each in caught.value.diagnostics] == [
        f"{tmp_path / 'a.xlsx'} 的第3行「b」列",
        f"{tmp_path / 'a.xlsx'} 的第2至3行「a」列",
    ]


@pytest.mark.parametrize("value", [b"<v></v>", b"<v/>", b""])
def test_formulas_without_a_result(tmp_path: Path, value: bytes):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_string(0, 0, "a")
        sheet.write_formula(1, 0, "=1+1", None, 2)
    assert read_raw(path).frame["a"].to_list() == ["2"]
    with_sheet(path, b"<v>2</v>", value)
    assert "名册" in refused("HY823", path)


# --- what is broken or hostile ----------------------------------------------------------------------------


def test_no_workbook(tmp_path: Path):
    good = write_cells(tmp_path / "good.xlsx", [["a"], [1]])
    data = good.read_bytes()
    for content in (
        b"PK",
        b"hello",
        data[:-30],
        data[: len(data) // 2],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99,
    ):
        refused("HY819", write_bytes(tmp_path / "a.xlsx", content))
    refused("HY819", write_parts(tmp_path / "b.xlsx", {"x": b"y"}))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"]
)
def test_broken_parts(tmp_path: Path, part: str):
    path = write_cells(tmp_path / "a.xlsx", [["a"], [ID]])
    parts = parts_of(path)
    refused("HY819", write_parts(path, {name: parts[name] for name in parts if name != part}))
    message = refused("HY819", write_parts(path, parts | {part: b"<" + parts[part][: len(parts[part]) // 2]}))
    assert ID not in message


def test_parts_of_one_name(tmp_path: Path):
    path = write_cells(tmp_path / "a.xlsx", [["a"], [1]])
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"x")
    refused("HY819", path)


def test_too_large_when_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_cells(tmp_path / "a.xlsx", [["a"], [1]])
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 2_000)
    refused("HY820", path)


def test_too_large_for_a_workbook(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    with path.open("wb") as stream:
        stream.truncate(workbooks.MAX_UNPACKED + 1)
    assert "256MiB" in refused("HY820", path)


def test_too_well_packed(tmp_path: Path):
    path = write_cells(tmp_path / "a.xlsx", [["a"], [1]])
    refused("HY820", write_parts(path, parts_of(path) | {"xl/media/x.png": bytes(8 << 20)}))


def test_sizes_that_lie(tmp_path: Path):
    path = write_cells(tmp_path / "a.xlsx", [["a"], [1]])
    write_parts(path, parts_of(path) | {"xl/media/x.png": bytes(8 << 20)})
    lying = path.read_bytes().replace(struct.pack("<I", 8 << 20), struct.pack("<I", 10))
    refused("HY819", write_bytes(path, lying))


@pytest.mark.parametrize("place", [b"XFD1048576", b"A900000", b"ZZ2"])
def test_cells_that_lie_far_apart(tmp_path: Path, place: bytes):
    path = write_cells(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    with_sheet(path, b'r="B2"', b'r="' + place + b'"')
    if place == b"XFD1048576":
        refused("HY820", path)
    else:
        assert read_raw(path).frame.columns == ["a", "b"]


def test_a_library_that_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class PanicException(BaseException):
        pass

    def panic(_: object) -> None:
        raise PanicException(ID)

    path = write_cells(tmp_path / "a.xlsx", [["a"], [1]])
    monkeypatch.setattr(fastexcel, "read_excel", panic)
    assert ID not in refused("HY819", path)


def test_an_interruption_is_none_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    path = write_cells(tmp_path / "a.xlsx", [["a"], [1]])
    monkeypatch.setattr(fastexcel, "read_excel", interrupt)
    with pytest.raises(KeyboardInterrupt):
        read_raw(path)


def test_bytes_of_every_kind_of_damage(tmp_path: Path):
    """Every tenth byte of a workbook changed, one at a time: read, or refused."""
    data = bytearray(write_record(tmp_path / "good.xlsx").read_bytes())
    for place in range(0, len(data), 10):
        damaged = data.copy()
        damaged[place] ^= 0xFF
        read_or_refused(write_bytes(tmp_path / "a.xlsx", bytes(damaged)))
