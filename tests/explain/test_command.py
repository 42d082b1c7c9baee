"""explain on the command line: what it writes where, and what it says of a call that cannot be answered."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from explain.samples import FOLDER, OCCUPATIONS, random_records

from hypolicy.cli.main import root

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

RECORDS = random_records(60, 5, OCCUPATIONS)
FIRST = RECORDS[0]["记录编号"]


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def explain(data: Path, *options: object) -> Result:
    arguments = ["explain", FOLDER, "--data", data, *options]
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="hypolicy")


def test_text_is_the_usual_form(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS)
    done = explain(data, "--record", FIRST)
    assert done.exit_code == 0
    assert done.stderr == ""
    assert f"记录编号 {FIRST} 的审定说明" in done.stdout
    assert done.stdout.endswith("以主管部门的审定为准。\n")


@pytest.mark.parametrize(
    ("name", "start"), [("说明.html", "<!DOCTYPE html>"), ("说明.json", "{"), ("说明.txt", "衡阳市")]
)
def test_the_form_follows_the_name_of_the_file(tmp_path: Path, name: str, start: str):
    data = write(tmp_path / "数据.csv", RECORDS)
    done = explain(data, "--record", FIRST, "--out", tmp_path / name)
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"已写入 {tmp_path / name}" in done.stderr
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_a_form_may_be_asked_for(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS)
    whole = json.loads(explain(data, "--record", FIRST, "--format", "json").stdout)
    assert whole["记录"]["编号"] == FIRST
    assert explain(data, "--record", FIRST, "--format", "html").stdout.startswith("<!DOCTYPE html>")


def test_every_format_of_data_is_read(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS, "gb18030")
    assert explain(data, "--record", FIRST, "--encoding", "gb18030").exit_code == 0
    whole = tmp_path / "数据.json"
    whole.write_text(json.dumps(RECORDS, ensure_ascii=False), encoding="utf-8")
    assert explain(whole, "--record", FIRST).exit_code == 0


def test_one_item(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS)
    text = explain(data, "--record", FIRST, "--item", "生活费补贴").stdout
    assert "一、生活费补贴" in text
    assert "二、" not in text


def test_readings_values_and_tables(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS)
    table = tmp_path / "目录.csv"
    table.write_text("职业工种,等级,补贴标准,紧缺\n电工,初级工,1234.50,否\n", encoding="utf-8")
    done = explain(
        data, "--record", FIRST, "--reading", "上浮叠加=相加", "--set", "生活费日标准=30元/天",
        "--table", f"补贴标准目录={table}",
    )  # fmt: skip
    assert done.exit_code == 0
    assert "「上浮叠加」改取「相加」" in done.stdout
    assert "是示例数据" not in done.stdout


def test_the_ledger_of_earlier_runs_counts(tmp_path: Path):
    """A record that was paid in the first batch makes the same occupation a repeat in the second."""
    usual = next(row for row in RECORDS if row["培训类型"] == "就业技能培训")
    good = usual | {
        "贫困劳动力": "是", "即将刑满释放人员": "否", "强制戒毒人员": "否", "社区服刑人员": "否", "职业工种": "电工",
        "等级": "初级工", "证书类型": "职业资格证书", "开班备案日期": "2020-03-01", "开班日期": "2020-03-02",
        "结业日期": "2020-03-12", "发证日期": "2020-03-20",
    }  # fmt: skip
    first = write(tmp_path / "一.csv", [good])
    second = write(tmp_path / "二.csv", [good | {"记录编号": "90001", "发证日期": "2020-05-20"}])
    ledger = tmp_path / "台账.csv"
    CliRunner().invoke(root, ["decide", str(FOLDER), "--data", str(first), "--granted", str(ledger)])
    done = explain(second, "--record", "90001", "--history", ledger)
    assert "不予：同一职业工种、等级重复。" in done.stdout
    assert "以前批次）" in done.stdout
    assert "职业工种或者等级不同的，不受这一条限制" in done.stdout


def test_an_unknown_record_is_told_in_one_sentence(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS)
    done = explain(data, "--record", "没有")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert f"错误 HY921：{data} 中没有记录编号为「没有」的记录。" in done.stderr


def test_an_unknown_item_gets_a_suggestion(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS)
    done = explain(data, "--record", FIRST, "--item", "生活补贴")
    assert done.exit_code == 2
    assert "是否「生活费补贴」？" in done.stderr


def test_a_faulty_file_is_refused_as_by_decide(tmp_path: Path):
    data = write(tmp_path / "数据.csv", [*RECORDS, RECORDS[1] | {"记录编号": "x", "课时": "-1"}])
    done = explain(data, "--record", FIRST, "--out", tmp_path / "说明.html")
    assert done.exit_code == 1
    assert "第62行「课时」：不得为负" in done.stderr
    assert "共1条记录、1处问题，没有写任何结果。" in done.stderr
    assert (tmp_path / "数据.csv.errors.csv").is_file()
    assert not (tmp_path / "说明.html").exists()


def test_an_output_never_takes_the_place_of_the_data(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS)
    before = data.read_bytes()
    done = explain(data, "--record", FIRST, "--out", data)
    assert done.exit_code == 2
    assert data.read_bytes() == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    data = write(tmp_path / "数据.csv", RECORDS)
    done = explain(data, "--record", FIRST, "--out", tmp_path / "没有" / "说明.html")
    assert done.exit_code == 2
    assert "文件夹不存在" in done.stderr


def test_text_does_not_wait_for_templates():
    """What only another form needs is not loaded for text."""
    names = ("jinja2", "lark", "xlsxwriter")
    program = f"import sys, hypolicy.cli.explain; print([m for m in {names} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
