"""From cells to facts: what each type takes, what it refuses, and that no message repeats a cell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from records.samples import (
    COUNTY,
    FACTS,
    GOOD,
    LEVEL,
    fact,
    kind,
    record,
    typed_frame,
    write_bytes,
    write_csv,
    write_json,
)

from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.decode import Decoded, decode, decode_column
from hypolicy.records.files import read_raw
from hypolicy.records.raw import ORDINALS, Fault, RawTable
from hypolicy.source.limits import MAX_COUNT, MAX_MONEY_FEN

if TYPE_CHECKING:
    from pathlib import Path

GOOD_VALUES = {
    "记录编号": "007",
    "姓名": "甲",
    "在职职工": True,
    "等级": "高级工",
    "县市区": None,
    "结业日期": date(2019, 8, 30),
    "发证日期": date(2019, 9, 30),
    "培训天数": 12,
    "金额": Fraction(1101, 2),
    "月工资": 3000,
    "评估合格": None,
    "培训机构": None,
}


def decoded(path: Path) -> Decoded:
    return decode(read_raw(path), kind())


def problems(cells: list[Any], name: str, dtype: Any = None) -> list[str]:
    return decode_column(pl.Series(cells, dtype=dtype), fact(name)).problems


def values(cells: list[Any], name: str, dtype: Any = None) -> list[Any]:
    """Of cells without a fault."""
    column = decode_column(pl.Series(cells, dtype=dtype), fact(name))
    assert column.problems == []
    return column.values.to_list()


# --- whole records ----------------------------------------------------------------------------------------


def test_good_record_in_csv(tmp_path: Path):
    result = decoded(write_csv(tmp_path / "a.csv", GOOD))
    assert (result.faults, result.notices, result.height) == ([], [], 1)
    assert {name: cells[0] for name, cells in result.columns.items()} == GOOD_VALUES


def test_good_record_in_parquet(tmp_path: Path):
    typed_frame().write_parquet(tmp_path / "a.parquet")
    result = decoded(tmp_path / "a.parquet")
    assert result.faults == []
    assert {name: cells[0] for name, cells in result.columns.items()} == GOOD_VALUES | {"记录编号": "7"}


def test_good_record_in_json(tmp_path: Path):
    cells = GOOD | {"在职职工": True, "培训天数": 12, "金额": 550, "县市区": None}
    result = decoded(write_json(tmp_path / "a.json", cells))
    assert result.faults == []
    assert {name: cells[0] for name, cells in result.columns.items()} == GOOD_VALUES | {"金额": Fraction(550)}


@pytest.mark.parametrize("text", ["[]", "[\n]\n"])
def test_no_records_at_all(tmp_path: Path, text: str):
    result = decoded(write_bytes(tmp_path / "a.json", text))
    assert (result.height, result.faults) == (0, [])
    assert set(result.columns) == {name for name, *_ in FACTS}


def test_header_only(tmp_path: Path):
    result = decoded(write_bytes(tmp_path / "a.csv", ",".join(GOOD)))
    assert (result.height, result.faults, result.columns["金额"]) == (0, [], [])


def test_canonical_types(tmp_path: Path):
    result = decoded(write_csv(tmp_path / "a.csv", GOOD))
    assert {name: series.dtype for name, series in result.series.items()} == {
        "记录编号": pl.String,
        "姓名": pl.String,
        "在职职工": pl.Boolean,
        "等级": pl.Enum(LEVEL.labels),
        "县市区": pl.Enum(COUNTY.labels),
        "结业日期": pl.Date,
        "发证日期": pl.Date,
        "培训天数": pl.Int64,
        "金额": pl.Int64,
        "月工资": pl.Int64,
        "评估合格": pl.Boolean,
        "培训机构": pl.String,
    }
    assert result.series["金额"].to_list() == [55050]


# --- columns ----------------------------------------------------------------------------------------------


def test_missing_columns_are_told_together(tmp_path: Path):
    cells = {name.replace("记录编号", "记录号").replace("等级", "职级"): cell for name, cell in GOOD.items()}
    del cells["金额"]
    with pytest.raises(Refusal) as caught:
        decoded(write_csv(tmp_path / "a.csv", cells))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "HY840"
    assert "3列：记录编号、等级、金额" in diagnostic.message
    assert "「记录号」是否应为「记录编号」" in diagnostic.help


def test_first_row_of_data_is_not_repeated(tmp_path: Path):
    path = write_bytes(tmp_path / "a.csv", "430123199001011234,张三,是\n430123199001011235,李四,否\n")
    with pytest.raises(Refusal) as caught:
        decoded(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "HY841"
    assert "张三" not in diagnostic.message + diagnostic.help
    assert "4301" not in diagnostic.message + diagnostic.help


def test_other_columns_are_named_in_one_notice(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", GOOD | {"备注": "x", "430123199001011234": "y", "培训机构": "某校"})
    result = decoded(path)
    assert result.columns["培训机构"] == ["某校"]
    assert len(result.notices) == 1
    assert "2列" in result.notices[0]
    assert "「备注」、第12列" in result.notices[0]


def test_notices_of_the_file_are_kept(tmp_path: Path):
    content = write_csv(tmp_path / "a.csv", GOOD).read_text(encoding="utf-8").splitlines()
    path = write_bytes(tmp_path / "b.csv", f"{content[0]},\n{content[1]},x\n")
    assert ["第11列没有列名" in notice for notice in decoded(path).notices] == [True]


# --- one type after another -------------------------------------------------------------------------------


def test_truth():
    assert values(["是", " 否\u3000", None], "评估合格") == [True, False, None]
    assert values([True, None], "评估合格") == [True, None]
    assert problems(["true", "1", "Y", "是的", None], "在职职工") == ["须填「是」或「否」"] * 4 + [
        "缺少，此列不得为空"
    ]
    assert problems([1, 0], "在职职工") == ["应为「是」「否」或真假值，而文件中该列是整数"] * 2


def test_dates():
    assert values(["2019-08-30", " 2020-02-29 ", None], "发证日期") == [
        date(2019, 8, 30),
        date(2020, 2, 29),
        None,
    ]
    assert values([date(1, 1, 1), date(9999, 12, 31)], "发证日期") == [date(1, 1, 1), date(9999, 12, 31)]
    assert values([None, None], "发证日期") == [None, None]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("2019-02-30", "没有这一天"),
        ("2019-13-01", "没有这一天"),
        ("2021-02-29", "没有这一天"),
        ("0000-01-01", "没有这一天"),
        ("2019-8-1", "2019-08-30"),
        ("2019/08/01", "2019-08-30"),
        ("20190801", "2019-08-30"),
        ("2019年8月1日", "2019-08-30"),
        ("2019-08-01 00:00:00", "时刻"),
        ("2019-08-01T00:00", "时刻"),
        ("43678", "日期序号"),
        ("２０１９-08-01", "半角"),
        ("-2019-08-01", "2019-08-30"),
        ("٢٠١٩-٠٨-٠١", "2019-08-30"),
        ("无", "2019-08-30"),
    ],
)
def test_no_dates(cell: str, problem: str):
    (found,) = problems([cell], "发证日期")
    assert problem in found


def test_moments():
    midnight = datetime(2019, 8, 30)  # noqa: DTZ001 - as files hold them
    assert values([midnight], "发证日期") == [date(2019, 8, 30)]
    zoned = pl.Series([datetime(2019, 8, 29, 16, tzinfo=UTC)]).dt.convert_time_zone("Asia/Shanghai")
    assert decode_column(zoned, fact("发证日期")).values.to_list() == [date(2019, 8, 30)]
    assert problems([midnight.replace(hour=9)], "发证日期") == ["只写日期，不要带时刻"]
    far = pl.Series([4_000_000], dtype=pl.Int32).cast(pl.Date)
    assert len(decode_column(far, fact("发证日期")).problems) == 1
    assert "整数" in problems([20190830], "发证日期")[0]


def test_whole_numbers():
    assert values(["0", "12", " 012 ", "12.0", "12.000", str(MAX_COUNT), None], "月工资") == [
        0, 12, 12, 12, 12, MAX_COUNT, None,
    ]  # fmt: skip
    assert values([0, MAX_COUNT, None], "月工资") == [0, MAX_COUNT, None]
    assert values([5], "月工资", pl.UInt64) == [5]
    assert values([Decimal("12.00")], "月工资") == [12]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("-1", "不得为负"),
        ("-1.5", "不得为负"),
        (str(MAX_COUNT + 1), str(MAX_COUNT)),
        ("9" * 30, str(MAX_COUNT)),
        ("1.5", "小数"),
        ("1,200", "千分位"),
        ("12天", "单位"),
        ("1e3", "整数"),
        ("+1", "整数"),
        ("１２", "半角"),
        ("१२", "整数"),
        ("0x1F", "整数"),
    ],
)
def test_no_whole_numbers(cell: str, problem: str):
    (found,) = problems([cell], "月工资")
    assert problem in found


def test_typed_numbers_are_bounded():
    assert problems([-1, MAX_COUNT + 1], "月工资") == ["不得为负", f"不得超过{MAX_COUNT}"]
    assert problems([2**63], "月工资", pl.UInt64) == [f"不得超过{MAX_COUNT}"]


@pytest.mark.parametrize("name", ["月工资", "金额"])
def test_floats_are_the_wrong_type(name: str):
    column = decode_column(pl.Series([12.0, None, float("nan")]), fact(name))
    assert column.faulty == [0, 2]
    assert ["浮点数" in problem for problem in column.problems] == [True, True]


def test_amounts():
    most = f"{MAX_MONEY_FEN // 100}"
    assert values(["0", "0.1", "550.50", "007", " 12.34 ", most, None], "金额") == [
        0, 10, 55050, 700, 1234, MAX_MONEY_FEN, None,
    ]  # fmt: skip
    assert values([12], "金额") == [1200]
    assert values([Decimal("12.3400"), Decimal("0.1000")], "金额") == [1234, 10]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("-0.01", "不得为负"),
        (f"{MAX_MONEY_FEN // 100}.01", "不得超过"),
        ("1" * 40, "不得超过"),
        ("1.234", "两位小数"),
        ("1.230", "两位小数"),
        ("1,200", "千分位"),
        ("550元", "单位"),
        ("5e2", "最多两位小数"),
        (".5", "最多两位小数"),
        ("5.", "最多两位小数"),
        ("５", "半角"),
    ],
)
def test_no_amounts(cell: str, problem: str):
    (found,) = problems([cell], "金额")
    assert problem in found


def test_typed_amounts():
    assert "两位小数" in problems([Decimal("12.3450")], "金额")[0]
    assert problems([Decimal("-1.00")], "金额") == ["不得为负"]
    assert "真假值" in problems([True], "金额")[0]


def test_labels():
    assert values(["高级工", " 技师 "], "等级") == ["高级工", "技师"]
    assert values(["高级工"], "等级", pl.Categorical) == ["高级工"]
    (found,) = problems(["高级职工"], "等级")
    assert found == "不是可填的内容；可填：初级工、中级工、高级工、技师；是否应为「高级工」"
    (found,) = problems(["无关的内容"], "等级")
    assert found == "不是可填的内容；可填：初级工、中级工、高级工、技师"


@pytest.mark.parametrize("dtype", [pl.Int8, pl.String, pl.Categorical])
def test_codes_stand_for_labels(dtype: Any):
    coded = evolve(fact("等级"), type=evolve(LEVEL, codes=("5", "4", "3", "2")))
    cells = pl.Series(["5", "2", "3"]).cast(dtype)
    assert decode_column(cells, coded).values.to_list() == ["初级工", "技师", "高级工"]
    refused = decode_column(pl.Series(["1"]).cast(dtype), coded)
    assert refused.problems == ["不是可填的内容；可填：5（初级工）、4（中级工）、3（高级工）、2（技师）"]
    assert decode_column(pl.Series(["技师"]), coded).values.to_list() == ["技师"]


def test_a_column_may_have_another_name_than_its_fact(tmp_path: Path):
    renamed = {"记录编号": "id", "等级": "level"}
    facts = tuple(evolve(each, column=renamed.get(each.name, each.name)) for each in kind().facts)
    other = evolve(kind(), key=facts[0], facts=facts)
    columns = {renamed.get(name, name): cell for name, cell in GOOD.items()}
    good = decode(read_raw(write_csv(tmp_path / "a.csv", columns)), other)
    assert (good.faults, good.notices) == ([], [])
    assert {name: cells[0] for name, cells in good.columns.items()} == GOOD_VALUES
    bad = decode(read_raw(write_csv(tmp_path / "b.csv", columns, columns | {"level": "一级"})), other)
    assert [(fault.row, fault.column) for fault in bad.faults] == [(1, "id"), (1, "level")]
    with pytest.raises(Refusal, match="缺少2列：id、level"):
        decode(read_raw(write_csv(tmp_path / "c.csv", GOOD)), other)


def test_long_lists_of_labels_are_not_told():
    (found,) = problems(["甲"], "县市区")
    assert found == "不是「县市区」所列13项中的一项"


def test_texts():
    assert values([" 甲 乙\u3000"], "姓名") == ["甲 乙"]
    assert values([7, -7], "记录编号") == [7, -7], "a text of digits may stay the number that a file holds"
    assert values([2**63], "记录编号", pl.UInt64) == ["9223372036854775808"]
    assert problems([1.5], "记录编号") == ["应为文本，而文件中该列是浮点数"]
    assert problems([date(2019, 1, 1)], "姓名") == ["应为文本，而文件中该列是日期"]
    assert problems([["x"]], "姓名") == ["应为文本，而文件中该列是其他类型"]
    assert problems([Decimal("1.50")], "姓名") == ["应为文本，而文件中该列是小数"]


@pytest.mark.parametrize("name", [name for name, _, optional, _ in FACTS if not optional])
@pytest.mark.parametrize("cell", [None, "", " \t\u3000"])
def test_missing(name: str, cell: str | None):
    assert problems([cell], name, pl.String) == ["缺少，此列不得为空"]


@pytest.mark.parametrize("name", [name for name, _, optional, _ in FACTS if optional])
@pytest.mark.parametrize("cell", [None, "", " \t\u3000"])
def test_not_given(name: str, cell: str | None):
    assert values([cell], name, pl.String) == [None]


# --- all faults, in order ---------------------------------------------------------------------------------


def test_faults_of_all_rows_in_order(tmp_path: Path):
    path = write_csv(
        tmp_path / "a.csv",
        record(等级="x", 培训天数="-1"),
        record(记录编号="8"),
        record(记录编号="9", 结业日期="2019-02-30", 姓名=""),
        record(记录编号=" 007 "),
    )
    result = decoded(path)
    assert [(fault.row, fault.column) for fault in result.faults] == [
        (0, "等级"), (0, "培训天数"), (2, "姓名"), (2, "结业日期"), (3, "记录编号"),
    ]  # fmt: skip
    assert result.faults[-1].problem == "与第2行重复"
    assert result.row_label(result.faults[-1].row) == "第5行"
    assert result.columns["等级"] == [None, "高级工", "高级工", "高级工"]


def test_repeated_keys_name_the_first(tmp_path: Path):
    path = write_json(tmp_path / "a.json", *[record(记录编号=key) for key in ["1", "2", "1", "1", "2"]])
    assert [(fault.row, fault.problem) for fault in decoded(path).faults] == [
        (2, "与第1条重复"), (3, "与第1条重复"), (4, "与第2条重复"),
    ]  # fmt: skip


def test_missing_keys_are_not_repeated(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", record(记录编号=""), record(记录编号=""))
    assert [fault.problem for fault in decoded(path).faults] == ["缺少，此列不得为空"] * 2


def test_blank_row_is_one_fault(tmp_path: Path):
    blank = dict.fromkeys(GOOD, "")
    result = decoded(write_csv(tmp_path / "a.csv", GOOD, blank, record(记录编号="8")))
    assert result.faults == [Fault(1, "记录编号", "整行为空")]


def test_spoilt_cells_have_no_value():
    frame = pl.DataFrame([GOOD, record(记录编号="8"), record(记录编号="9", 县市区=None)])
    faults = (Fault(1, "姓名", "坏"), Fault(2, "县市区", "坏"), Fault(0, "备注", "坏"))
    result = decode(RawTable("a.xlsx", frame, ORDINALS, (), faults), kind())
    assert result.faults == [Fault(1, "姓名", "坏"), Fault(2, "县市区", "坏")]
    assert result.columns["姓名"] == ["甲", None, "甲"]


# --- privacy ----------------------------------------------------------------------------------------------

PLANTED = "430123199001011234"


@pytest.mark.parametrize("cell", [PLANTED, f"{PLANTED}X", f"高级工{PLANTED}", f"-{PLANTED}", f"{PLANTED}.5"])
def test_no_fault_repeats_a_cell(tmp_path: Path, cell: str):
    rows = [dict.fromkeys((name for name, *_ in FACTS), cell)] * 2
    result = decoded(write_csv(tmp_path / "a.csv", *rows, encoding="utf-8"))
    assert len(result.faults) >= 2 * (len(FACTS) - 4)
    assert not [fault for fault in result.faults if PLANTED in str(fault)]
    assert PLANTED not in str(result.notices)


def test_no_typed_fault_repeats_a_cell():
    for cells in (
        [int(PLANTED)],
        [float(PLANTED)],
        [Decimal(PLANTED)],
        [PLANTED],
        [[PLANTED]],
        [{"a": PLANTED}],
    ):
        for name, *_ in FACTS:
            found = decode_column(pl.Series(cells), fact(name)).problems
            assert PLANTED[:8] not in str(found)


# --- any texts --------------------------------------------------------------------------------------------


@given(
    st.lists(st.none() | st.text(max_size=12) | st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,3})?"), max_size=8)
)
@settings(deadline=None)
def test_every_cell_has_a_value_or_a_fault_or_is_empty(cells: list[str | None]):
    for name, _, optional, _ in FACTS:
        column = decode_column(pl.Series(cells, dtype=pl.String), fact(name))
        assert len(column.problems) == len(column.faulty)
        for row, (cell, value) in enumerate(zip(cells, column.values, strict=True)):
            faulty = row in column.faulty
            assert not (faulty and value is not None)
            if value is None and not faulty:
                assert optional
                assert cell is None or not cell.strip()


@given(st.integers(0, MAX_MONEY_FEN))
def test_every_amount_is_exact(fen: int):
    texts = [f"{fen // 100}.{fen % 100:02}", f"{fen // 100}.{fen % 100:02}".rstrip("0").rstrip(".")]
    raw = RawTable(
        "a", pl.DataFrame([record(记录编号=str(row), 金额=text) for row, text in enumerate(texts)]), ORDINALS
    )
    assert decode(raw, kind()).columns["金额"] == [Fraction(fen, 100)] * 2
