"""Faulty records and unusable files: every fault is told at once, nothing is written, and no value is repeated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from cli.running import POLICY, Done, Row, decide, good, names, read_rows, small_policy, write_rows

from hypolicy.pipeline import load
from hypolicy.rules.types import IdentifierType, TextType

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("engine")

FACTS = load(POLICY).records[0].facts
CANARY = "430402199001012345"
EMPLOYED = {"在职职工": "是", "合同起始日期": "2020-01-01", "合同终止日期": "2020-12-31"}

# What is changed in a good record, the column that the fault is told of, and what is said.
FAULTS: dict[str, tuple[Row, str, str]] = {
    "unknown label": ({"等级": "初级"}, "等级", "是否应为「初级工」"),
    "unknown county": ({"县市区": "衡阳市"}, "县市区", "可填：雁峰区、"),
    "neither yes nor no": ({"残疾人": "有"}, "残疾人", "须填「是」或「否」"),
    "no whole number": ({"课时": "80.5"}, "课时", "须为整数"),
    "a number with its unit": ({"培训天数": "10天"}, "培训天数", "只写数字，不带单位"),
    "full-width digits": ({"课时": "８０"}, "课时", "数字须用半角"),
    "a negative count": ({"课时": "-1"}, "课时", "不得为负"),
    "an absurd count": ({"培训天数": "9999999999"}, "培训天数", "不得超过1000000000"),
    "an impossible date": ({"开班日期": "2020-02-30"}, "开班日期", "日历上没有这一天"),
    "a date in another form": ({"开班日期": "2020/3/1"}, "开班日期", "日期须写作「2019-08-30」的样子"),
    "a date with a time": ({"结业日期": "2020-03-12 00:00:00"}, "结业日期", "只写日期"),
    "a date as a serial number": ({"发证日期": "43910"}, "发证日期", "Excel 的日期序号"),
    "a missing label": ({"户籍": ""}, "户籍", "不得为空"),
    "a missing answer": ({"在职职工": ""}, "在职职工", "不得为空"),
    "a missing count": ({"课时": ""}, "课时", "不得为空"),
    "a missing date": ({"结业日期": ""}, "结业日期", "不得为空"),
    "a missing key": ({"记录编号": ""}, "记录编号", "不得为空"),
    "a missing person": ({"学员编号": " "}, "学员编号", "不得为空"),
    "ended before it began": ({"结业日期": "2020-02-29"}, "结业日期", "结业日期早于开班日期"),
    "a contract that ended first": (
        EMPLOYED | {"合同终止日期": "2019-12-31"}, "合同终止日期", "合同终止日期早于合同起始日期",
    ),
    "a certificate without a date": ({"发证日期": ""}, "发证日期", "有证书而没有发证日期"),
    "a date without a certificate": ({"证书类型": "无"}, "发证日期", "没有证书而有发证日期"),
}  # fmt: skip


def refused(data: Path, done: Done) -> list[Row]:
    """The list of faults that was written, once it is sure that nothing else was."""
    listed = data.with_name(f"{data.name}.errors.csv")
    assert (done.code, done.out) == (1, "")
    assert f"问题清单：{listed}" in done.err
    assert "没有写任何结果" in done.err
    assert names(data.parent) == sorted((data.name, listed.name))
    return read_rows(listed)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_refuses_the_records(tmp_path: Path, fault: str) -> None:
    change, column, said = FAULTS[fault]
    data = write_rows(tmp_path / "data.csv", [good(), good(记录编号="2", 学员编号="X2") | change])
    done = decide(data, "--out", tmp_path / "out.csv", "--totals", tmp_path / "totals.csv")
    [row] = refused(data, done)
    assert (row["行号"], row["列"]) == ("3", column)
    assert said in row["问题"]
    assert f"第3行「{column}」：{row['问题']}" in done.err.splitlines()
    assert "共1条记录、1处问题" in done.err


def test_a_key_that_is_used_twice(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "data.csv", [good(), good(记录编号="2"), good(), good()])
    rows = refused(data, decide(data))
    assert [(row["行号"], row["列"], row["问题"]) for row in rows] == [
        ("4", "记录编号", "与第2行重复"), ("5", "记录编号", "与第2行重复"),
    ]  # fmt: skip


def test_all_faults_of_all_records_are_told_at_once_in_their_order(tmp_path: Path) -> None:
    changes = [change for change, _, _ in FAULTS.values()]
    rows = [good(记录编号=str(number)) | change for number, change in enumerate(changes, 2)]
    data = write_rows(tmp_path / "data.csv", [good(), *rows])
    done = decide(data)
    told = refused(data, done)
    assert [(int(row["行号"]), row["列"]) for row in told] == [
        (number, column) for number, (_, column, _) in enumerate(FAULTS.values(), 3)
    ]
    lines = [line for line in done.err.splitlines() if line.startswith("第")]
    assert lines == [f"第{row['行号']}行「{row['列']}」：{row['问题']}" for row in told]
    assert f"共{len(FAULTS)}条记录、{len(FAULTS)}处问题" in done.err


def test_several_faults_of_one_record(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "data.csv", [good(等级="初级", 课时="-1", 残疾人="")])
    done = decide(data)
    assert [row["列"] for row in refused(data, done)] == ["残疾人", "等级", "课时"]
    assert "共1条记录、3处问题" in done.err


def test_thousands_of_faults_are_all_in_the_file_and_not_all_on_the_screen(tmp_path: Path) -> None:
    data = write_rows(
        tmp_path / "data.csv", [good(记录编号=str(number), 等级="初级") for number in range(1500)]
    )
    done = decide(data)
    assert len(refused(data, done)) == 1500
    assert "……还有500处。" in done.err
    assert done.err.count("第") < 1100


@pytest.mark.parametrize("suffix", ["parquet", "json", "xlsx"])
def test_faults_in_typed_files(tmp_path: Path, suffix: str) -> None:
    rows = [good(), good(记录编号="2", 等级="初级"), good(记录编号="3", 结业日期="2020-02-29")]
    data = tmp_path / f"data.{suffix}"
    frame = pl.DataFrame(rows).with_columns(pl.all().replace("", None)).cast({"课时": pl.Int64})
    if suffix == "parquet":
        frame = frame.with_columns(培训天数=pl.lit(1.5))
    match suffix:
        case "parquet":
            frame.write_parquet(data)
        case "json":
            data.write_text(json.dumps(frame.rows(named=True), ensure_ascii=False), encoding="utf-8")
        case _:
            frame.write_excel(data)
    told = refused(data, decide(data, "--out", tmp_path / "o.csv"))
    first = 2 if suffix == "xlsx" else 1
    places = {(int(row["行号"]) - first, row["列"]) for row in told}
    assert places >= {(1, "等级")}
    assert ((2, "结业日期") in places) == (suffix != "parquet")
    assert ((0, "培训天数") in places) == (suffix == "parquet")  # a float is no count
    assert f"第{first + 1}{'行' if suffix == 'xlsx' else '条'}「等级」" in decide(data).err


def test_a_closed_folder_of_data_puts_the_list_beside_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    data = write_rows(tmp_path / "in" / "data.csv", [good(等级="初级")])
    (tmp_path / "in" / "data.csv.errors.csv").mkdir()  # as good as closed, even to an administrator
    done = decide(data, "--out", tmp_path / "out" / "o.csv")
    assert done.code == 1
    assert names(tmp_path / "out") == ["o.csv.errors.csv"]
    alone = decide(data)
    assert alone.code == 2
    assert "第2行「等级」" in alone.err


# --- no value is ever repeated ------------------------------------------------------------------------------


def left(folder: Path, data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path != data)


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet", "xlsx"])
@pytest.mark.parametrize("faulty", [False, True])
def test_no_value_of_a_record_is_repeated(tmp_path: Path, suffix: str, faulty: bool) -> None:
    """Identity numbers in every text, and where a record is to be faulty, in every other column as well."""
    texts = [fact.name for fact in FACTS if isinstance(fact.type, TextType | IdentifierType)]
    others = [fact.name for fact in FACTS if fact.name not in texts]
    spoilt = dict.fromkeys(others, CANARY) if faulty else {}
    spoilt |= {name: f"甲{CANARY}" for name in texts if name not in ("记录编号", "职业工种")}
    rows = [good(记录编号=f"{CANARY}{0 if faulty else number}") | spoilt for number in range(2)]
    frame = pl.DataFrame(rows).with_columns(pl.col(pl.String).replace("", None))
    data = tmp_path / f"data.{suffix}"
    match suffix:
        case "csv":
            write_rows(data, rows)
        case "json":
            data.write_text(json.dumps(frame.rows(named=True), ensure_ascii=False), encoding="utf-8")
        case "parquet":
            frame.write_parquet(data)
        case _:
            frame.write_excel(data)
    done = decide(data, "--totals", tmp_path / "totals.csv")
    assert done.code == int(faulty), done.err
    if faulty:
        assert len(read_rows(tmp_path / f"data.{suffix}.errors.csv")) == 2 * len(others) + 1
    assert CANARY not in done.out + done.err
    assert CANARY.encode() not in left(tmp_path, data)


def test_names_of_columns_that_may_be_data_are_not_repeated_either(tmp_path: Path) -> None:
    """A file without its first row has somebody's data there."""
    data = tmp_path / "data.csv"
    header, line = ",".join(good()), ",".join(good(学员编号=CANARY, 用人单位="张三").values())
    for content in (f"{line}\n{line}2\n", f"{line}\n", f"{header},{CANARY}\n{line},1\n"):
        data.write_text(content, encoding="utf-8")
        done = decide(data, "--out", tmp_path / "o.csv")
        assert CANARY not in done.out + done.err
        assert "张三" not in done.out + done.err


def test_a_history_repeats_no_value_either(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "data.csv", [good()])
    history = tmp_path / "h.csv"
    entry = dict.fromkeys(
        ("学员编号", "记录编号", "补贴项目", "职业工种", "等级", "发证日期", "金额"), CANARY
    )
    write_rows(history, [entry])
    done = decide(data, "--history", history)
    assert done.code == 1
    assert CANARY not in done.out + done.err
    assert names(tmp_path) == ["data.csv", "h.csv"]


# --- odd things are told and change nothing -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"合同终止日期": "2020-12-31"}, "有合同终止日期而没有合同起始日期"),
        ({"发证日期": "2020-02-29"}, "发证日期早于开班日期"),
        ({"在职职工": "是"}, "在职职工没有劳动合同起始日期"),
    ],
)
def test_notices(tmp_path: Path, change: Row, said: str) -> None:
    data = write_rows(tmp_path / "data.csv", [good(), good(记录编号="2", 学员编号="X2") | change])
    done = decide(data, "--out", tmp_path / "o.csv")
    assert done.code == 0
    assert f"提示：{said}（第3行，共1条）。" in done.err.splitlines()
    assert names(tmp_path) == ["data.csv", "o.csv"]


def test_many_records_of_one_notice(tmp_path: Path) -> None:
    rows = [good(记录编号=str(number), 职业工种=f"工种{number}") for number in range(8)]
    done = decide(write_rows(tmp_path / "data.csv", rows))
    assert done.code == 0
    assert "班期有重叠" in done.err
    assert "（第2行、第3行、第4行、第5行、第6行等，共8条）" in done.err


def test_columns_that_nobody_asked_for(tmp_path: Path) -> None:
    done = decide(write_rows(tmp_path / "data.csv", [good() | {"备注": "无", "序号": "1"}]))
    assert done.code == 0
    assert f"提示：{tmp_path / 'data.csv'} 中有2列用不到，未予读取：「备注」、「序号」。" in done.err


def test_columns_in_another_order_and_with_white_space(tmp_path: Path) -> None:
    row = {f" {name} ": f" {cell} " for name, cell in reversed(good().items())}
    plain = decide(write_rows(tmp_path / "a.csv", [good()]))
    assert decide(write_rows(tmp_path / "b.csv", [row])) == plain


# --- files that cannot be used ------------------------------------------------------------------------------


def test_missing_columns_are_all_named(tmp_path: Path) -> None:
    row = good()
    for name in (
        "户籍",
        "课时",
        "发证日期",
        "培训机构",
        "评估合格",
        "用人单位",
        "核定范围内",
        "培训机构类型",
    ):
        del row[name]
    done = decide(write_rows(tmp_path / "data.csv", [row]), "--out", tmp_path / "o.csv")
    assert (done.code, done.out) == (2, "")
    assert "缺少3列：户籍、课时、发证日期。" in done.err
    assert names(tmp_path) == ["data.csv"]


def test_a_misspelt_column(tmp_path: Path) -> None:
    row = {("职业工钟" if name == "职业工种" else name): cell for name, cell in good().items()}
    done = decide(write_rows(tmp_path / "data.csv", [row]))
    assert done.code == 2
    assert "「职业工钟」是否应为「职业工种」" in done.err


def contents() -> dict[str, tuple[str, bytes, str]]:
    """Name, content, and the code of what is said."""
    table = (",".join(good()) + "\n" + ",".join(good().values()) + "\n").encode()
    return {
        "empty": ("a.csv", b"", "HY805"),
        "empty JSON": ("a.json", b"", "HY805"),
        "another encoding": ("a.csv", table.decode().encode("gb18030"), "HY806"),
        "UTF-16": ("a.csv", table.decode().encode("utf-16"), "HY809"),
        "a lone mark": ("a.csv", table + b'"', "HY810"),
        "a ragged row": ("a.csv", table + b"1,2\n", "HY811"),
        "a column twice": ("a.csv", table.replace("户籍".encode(), "课时".encode()), "HY812"),
        "no columns": ("a.csv", b"\n\n", "HY813"),
        "semicolons": ("a.csv", table.replace(b",", b";"), "HY822"),
        "another table": ("a.csv", b"a,b\n1,2\n", "HY841"),
        "broken Parquet": ("a.parquet", b"PAR1" + bytes(100) + b"PAR1", "HY814"),
        "Parquet that is none": ("a.parquet", table, "HY814"),
        "a workbook that is none": ("a.xlsx", table, "HY819"),
        "an old workbook": ("a.xls", table, "HY804"),
        "broken JSON": ("a.json", b'[{"a": 1},', "HY815"),
        "JSON without records": ("a.json", b'{"a": 1}', "HY816"),
        "another format": ("a.txt", table, "HY804"),
    }


@pytest.mark.parametrize("what", contents())
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path: Path, what: str) -> None:
    name, content, code = contents()[what]
    (tmp_path / name).write_bytes(content)
    done = decide(tmp_path / name, "--out", tmp_path / "o.csv")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"错误 {code}：")
    assert "\n  帮助：" in done.err
    assert "共发现 1 个错误" in done.err
    assert names(tmp_path) == [name]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "无.csv", "HY801"), (tmp_path, "HY864")):
        for options in ((), ("--engine", "auto")):
            done = decide(path, *options)
            assert (done.code, done.out) == (2, "")
            assert done.err.startswith(f"错误 {code}：")


def test_all_files_that_cannot_be_read_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "空.csv").touch()
    done = decide(tmp_path / "无.csv", "--data", tmp_path / "空.csv", "--data", tmp_path / "旧.xls")
    assert (done.code, done.out) == (2, "")
    assert [line.split("：")[0] for line in done.err.splitlines() if line.startswith("错误")] == [
        "错误 HY801", "错误 HY801", "错误 HY805",
    ]  # fmt: skip


def test_a_policy_with_errors_decides_nothing(tmp_path: Path) -> None:
    folder = small_policy(tmp_path)
    text = (folder / "政策.hyp").read_text(encoding="utf-8")
    (folder / "政策.hyp").write_text(text.replace("×天数", "×天树"), encoding="utf-8")
    data = write_rows(tmp_path / "data.csv", [{"记录编号": "1", "天数": "1", "发证日期": "2020-06-01"}])
    done = decide(data, "--out", tmp_path / "o.csv", policy=folder)
    assert (done.code, done.out) == (2, "")
    assert "错误 HY201：未登记的词「天树」。" in done.err
    assert "政策.hyp:" in done.err
    assert names(tmp_path) == ["data.csv", "小"]
