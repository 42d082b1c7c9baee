"""Catalogues out to a workbook, edited as people edit workbooks, and back: as a plan, and as a draft."""

from __future__ import annotations

import csv
import shutil
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner
from thoroughness import TIMES

from hypolicy.cli.main import root
from hypolicy.pipeline import load
from hypolicy.rates.catalogue import Catalogue, catalogues
from hypolicy.rates.plan import planned
from hypolicy.rates.sheet import PROBLEMS, read_sheet, sheet_title

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

SMALL: Final = Path(__file__).parent / "小目录"
TABLE: Final = "标准目录"
GROUND: Final = ("--number", "试〔2020〕2号", "--rank", "市级规范性文件")
DAY: Final = date(2020, 7, 1)
NOON: Final = datetime(2020, 7, 1, 12)  # noqa: DTZ001 - a spreadsheet knows no zones


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPOLICY_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    folder = tmp_path / "政策"
    shutil.copytree(SMALL, folder)
    return folder


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "标准.xlsx"
    done = CliRunner().invoke(root, ["rates", "export", str(SMALL), "--out", str(path)])
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "「标准目录」自2020年1月1日起的一版，6行，取自 标准目录.csv。\n"
    return path


@pytest.fixture
def edited(exported: Path, tmp_path: Path) -> Callable[[Callable[[Any, Any], object]], Path]:
    """The exported workbook after somebody has done something with its sheet, and with the book."""

    def edit(do: Callable[[Any, Any], object]) -> Path:
        book = openpyxl.load_workbook(exported)
        do(book[TABLE], book)
        path = tmp_path / "改好.xlsx"
        book.save(path)
        return path

    return edit


def bring(policy: Path, data: Path, *options: str, since: str = "2020-07-01") -> Result:
    return CliRunner().invoke(
        root, ["rates", "import", str(policy), "--data", str(data), "--from", since, *options]
    )


def in_force(policy: Path, *amendments: Path, day: date = DAY) -> Catalogue:
    return catalogues(load(policy, amendments=amendments), policy, day)[0]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- out and back ----------------------------------------------------------------------------------------------


def test_what_is_exported_comes_back_unchanged(policy: Path, exported: Path) -> None:
    sheet = read_sheet(exported, TABLE, list(in_force(policy).wanted))
    plan = planned(in_force(policy), sheet)
    assert (plan.sentences, plan.faults, plan.warnings, plan.unchanged) == ((), (), (), 6)
    written = csv.reader((SMALL / "标准目录.csv").read_text(encoding="utf-8").splitlines())
    assert plan.lines == tuple(map(tuple, written))
    done = bring(policy, exported, *GROUND, "--write")
    assert "没有改动" in done.stdout
    assert files(policy) == files(SMALL)


def test_the_workbook_says_what_to_fill_in(exported: Path) -> None:
    book = openpyxl.load_workbook(exported)
    sheet = book[TABLE]
    assert sheet["D1"].comment.text == "标准：数字，单位是元，最多两位小数，必填"
    assert "只作登记" in sheet["A1"].comment.text
    assert sorted(each.formula1 for each in sheet.data_validations.dataValidation) == [
        '"初级工,中级工,高级工"', '"是,否"',
    ]  # fmt: skip
    assert sheet["D3"].value == 1200.5
    assert sheet.freeze_panes == "A2"


def test_the_plan_is_in_words_and_writes_nothing(policy: Path, edited: Any) -> None:
    def do(sheet: Any, book: Any) -> None:
        sheet["D2"] = 880
        sheet["D6"] = "850元"
        sheet["A5"] = "生活服务"
        sheet.delete_rows(7)
        sheet.append(["新职业", "无人机驾驶员", "中级工", "1,800元", "是", "官方"])

    done = bring(policy, edited(do))
    assert done.stdout == (
        "「标准目录」，自2020年7月1日起，与自2020年1月1日起的一版比较：\n"
        "  新增1个职业工种（1行）：「无人机驾驶员」。\n"
        "  上调1行：电工、初级工由800元改为880元。\n"
        "  下调1行：茶艺师、中级工由900元改为850元。\n"
        "  取消1个职业工种（1行）：「育婴员」。\n"
        "  「类别」（只作登记，规则不读取）有变化的1行。\n"
        "  其余3行标准不变。\n"
        "  缺少依据：没有写 --number、--rank。\n"
        "没有写入；写明依据，确认以后加 --write。\n"
    )
    assert files(policy) == files(SMALL)
    assert "HY947" in bring(policy, edited(do), "--write").stderr


def test_a_draft_leaves_everything_else_as_it_is(policy: Path, edited: Any) -> None:
    def do(sheet: Any, book: Any) -> None:
        sheet["D2"] = 1600

    done = bring(policy, edited(do), *GROUND, "--write")
    assert done.exit_code == 0, done.stderr
    assert "请核对变动在一倍以上的1行：电工、初级工由800元改为1,600元" in done.stdout
    now, before = files(policy), files(SMALL)
    assert {name: now[name] for name in before} == before
    document, rows = policy / "修订" / "标准目录 2020-07-01.hyp", policy / "修订" / "标准目录 2020-07-01.csv"
    assert set(now) - set(before) == {str(path.relative_to(policy)) for path in (document, rows)}
    expected = (SMALL / "标准目录.csv").read_text(encoding="utf-8").replace("800", "1600")
    assert rows.read_text(encoding="utf-8") == expected
    assert in_force(policy).version.rows["电工", "初级工"][0] == 800
    assert in_force(policy, document).version.rows["电工", "初级工"][0] == 1600
    assert in_force(policy, document, day=date(2020, 6, 30)).version.rows["电工", "初级工"][0] == 800
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("状态：草案", "状态：施行"), encoding="utf-8")
    assert in_force(policy).version.rows["电工", "初级工"][0] == 1600
    # The next one begins from there.
    again = edited(lambda sheet, book: sheet.__setitem__("D2", 1700))
    done = bring(
        policy,
        again,
        "--number",
        "试〔2021〕1号",
        "--rank",
        "市级规范性文件",
        "--write",
        since="2021年1月1日",
    )
    assert "与自2020年7月1日起的一版比较" in done.stdout
    assert "电工、初级工由1,600元改为1,700元" in done.stdout
    assert (
        in_force(policy, policy / "修订" / "标准目录 2021-01-01.hyp", day=date(2021, 1, 1)).version.rows[
            "电工", "初级工"
        ][0]
        == 1700
    )


@pytest.mark.parametrize("seed", range(8 * TIMES))
def test_any_edit_becomes_the_version_from_its_day(seed: int, policy: Path, edited: Any) -> None:
    """Random edits of the sheet, against the same edits of a dictionary."""
    rng = Random(seed)
    rows = dict(in_force(policy).version.rows)
    levels = ("初级工", "中级工", "高级工")

    def do(sheet: Any, book: Any) -> None:
        keep = []
        for key, (_, scarce) in list(rows.items()):
            if rng.random() < 0.3:
                del rows[key]
            elif rng.random() < 0.5:
                rows[key] = (Fraction(rng.randrange(1, 400_000), 100), rng.choice((scarce, not scarce)))
        for number in range(rng.randrange(4)):
            rows[f"新职业{number}", rng.choice(levels)] = (
                Fraction(rng.randrange(1, 5000)),
                rng.random() < 0.5,
            )
        keep = list(rows.items())
        rng.shuffle(keep)
        sheet.delete_rows(2, 20)
        for (occupation, level), (rate, scarce) in keep:
            cell = rng.choice((float(rate), f"{float(rate):,.2f}元", f"{float(rate):.2f}"))
            sheet.append(["", occupation, level, cell, rng.choice(("是", True)) if scarce else "否", "官方"])

    data = edited(do)
    done = bring(policy, data, *GROUND, "--write")
    assert done.exit_code == 0, done.stderr
    changed = rows != in_force(policy).version.rows
    document = policy / "修订" / "标准目录 2020-07-01.hyp"
    assert document.exists() or not changed
    if document.exists():
        assert in_force(policy, document).version.rows == rows


# --- what people do to workbooks -------------------------------------------------------------------------------


def spoil(sheet: Any, book: Any) -> None:
    sheet["D2"] = "二百元"
    sheet["D3"] = "=D2*1.1"
    sheet["B4"] = "430421199001011234"
    sheet["D5"] = None
    sheet["E6"] = "有"
    sheet["C7"] = "特级"
    sheet.append(["机电", "电工", "初级工", 1.005, "否", "官方"])
    sheet.append(["机电", "车工", "初级工", NOON, "否", "官方"])
    sheet.append(["机电", "车工", "中级工", 700, "否", "官方"])
    sheet.append(["机电", None, "高级工", 900, "否", "官方"])
    sheet.merge_cells("B10:B11")
    sheet.append(["机电", 430421199001011, "高级工", 900, "否", "官方"])


FAULTS: Final = {
    "D2": "应为金额，如 1200 或者 1,200元，最多两位小数",
    "D3": "是公式；请复制以后“选择性粘贴”为数值",
    "B4": "像是身份证号码；标准目录中不能有个人信息",
    "D5": "没有填写",
    "E6": "应为“是”或“否”",
    "C7": "不是可取的值",
    "B8": "与第2行重复",
    "D8": "应为金额，如 1200 或者 1,200元，最多两位小数",
    "D9": "读不出来；请按填写说明填写",
    "B10": "在合并的单元格 B10:B11 中；请取消合并，每格分别填写",
    "B12": "像是身份证号码；标准目录中不能有个人信息",
}


def test_faulty_cells_come_back_in_an_annotated_copy(policy: Path, edited: Any) -> None:
    data = edited(spoil)
    done = bring(policy, data, *GROUND, "--write")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "D2（第2行「标准」）：应为金额" in done.stderr
    assert "430421" not in done.stderr
    assert files(policy) == files(SMALL)
    annotated = data.with_name("改好.xlsx.errors.xlsx")
    book = openpyxl.load_workbook(annotated)
    listed = [[cell.value for cell in row] for row in book[PROBLEMS].iter_rows(min_row=2)]
    assert dict(listed) == FAULTS
    sheet = book[TABLE]
    marked = {cell.coordinate for row in sheet.iter_rows(min_row=2) for cell in row if cell.comment}
    assert marked == set(FAULTS)
    assert all(sheet[place].fill.start_color.rgb == "FFFFC7CE" for place in marked)
    assert sheet["D2"].comment.text == FAULTS["D2"]
    assert sheet["A2"].value == "机电"


def test_an_annotated_copy_that_is_put_right_can_be_read(policy: Path, edited: Any) -> None:
    data = edited(lambda sheet, book: sheet.__setitem__("D2", "八百"))
    assert bring(policy, data).exit_code == 1
    annotated = data.with_name("改好.xlsx.errors.xlsx")
    book = openpyxl.load_workbook(annotated)
    book[TABLE]["D2"] = 810
    book.save(annotated)
    done = bring(policy, annotated)
    assert done.exit_code == 0
    assert done.stderr == ""
    assert "电工、初级工由800元改为810元" in done.stdout


def test_a_title_other_sheets_and_hidden_rows(policy: Path, edited: Any) -> None:
    def do(sheet: Any, book: Any) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "附件：职业培训补贴标准目录"
        sheet.merge_cells("A1:F1")
        sheet.row_dimensions[4].hidden = True
        book.create_sheet("去年的").sheet_state = "hidden"

    done = bring(policy, edited(do))
    assert done.exit_code == 0
    assert "没有改动" in done.stdout
    assert done.stderr == (
        "提示：没有读取工作表「去年的」（隐藏的）。\n提示：工作表「标准目录」有1行是隐藏的（从第4行起），一并读取。\n"
    )


def hide(sheet: Any, book: Any) -> None:
    sheet.sheet_state = "hidden"
    book.create_sheet("草稿")


def rename(sheet: Any, book: Any) -> None:
    sheet.title = "甲"
    book.create_sheet("乙")


def drop_column(sheet: Any, book: Any) -> None:
    sheet["D1"] = "补贴标准（元）"


def same_column(sheet: Any, book: Any) -> None:
    sheet["F1"] = "标准"


@pytest.mark.parametrize(
    ("do", "code", "words"),
    [
        (hide, "HY944", "隐藏"),
        (rename, "HY943", "「甲」、「乙」"),
        (drop_column, "HY945", "缺少「标准」"),
        (same_column, "HY946", "标准"),
    ],
)
def test_a_sheet_that_is_not_the_table(do: Any, code: str, words: str, policy: Path, edited: Any) -> None:
    done = bring(policy, edited(do))
    assert done.exit_code == 2
    assert code in done.stderr
    assert words in done.stderr


def test_a_title_is_no_longer_than_a_spreadsheet_allows() -> None:
    assert sheet_title("甲/乙" * 20) == ("甲／乙" * 20)[:31]


def test_the_only_sheet_may_have_another_name(policy: Path, edited: Any) -> None:
    data = edited(lambda sheet, book: setattr(sheet, "title", "Sheet1"))
    assert "没有改动" in bring(policy, data).stdout


@pytest.mark.parametrize(
    ("since", "code"), [("2019-07-01", "HY949"), ("2022-01-01", "HY444"), ("2020-02-30", "HY938")]
)
def test_a_day_that_cannot_be(since: str, code: str, policy: Path, edited: Any) -> None:
    data = edited(lambda sheet, book: sheet.__setitem__("D2", 810))
    done = bring(policy, data, *GROUND, "--write", since=since)
    assert done.exit_code == 2
    assert code in done.stderr
    assert files(policy) == files(SMALL)


def test_a_second_draft_of_one_day_is_refused(policy: Path, edited: Any) -> None:
    data = edited(lambda sheet, book: sheet.__setitem__("D2", 810))
    assert bring(policy, data, *GROUND, "--write").exit_code == 0
    written = files(policy)
    done = bring(policy, data, *GROUND, "--write")
    assert (done.exit_code, "HY948" in done.stderr) == (2, True)
    assert files(policy) == written


def test_tables_are_named(policy: Path, exported: Path) -> None:
    done = bring(policy, exported, "--table", "标准目彔")
    assert "HY942" in done.stderr
    assert "是否「标准目录」？" in done.stderr
    rules = policy / "政策.hyp"
    text = rules.read_text(encoding="utf-8")
    inline = text.replace("自2020年1月1日起取自“标准目录.csv”。", "“电工”、初级工800元，否。")
    rules.write_text(inline, encoding="utf-8")
    done = CliRunner().invoke(root, ["rates", "export", str(policy), "--out", str(policy / "甲.xlsx")])
    assert "HY941" in done.stderr, done.stderr


def test_nothing_is_written_where_one_file_cannot_be(
    policy: Path, edited: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = edited(lambda sheet, book: sheet.__setitem__("D2", 810))
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.suffix == ".csv":
            raise OSError(28, "no space")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    done = bring(policy, data, *GROUND, "--write")
    assert done.exit_code == 2
    assert "磁盘空间不足" in done.stderr
    assert files(policy) == files(SMALL)


# --- files that are no workbooks -------------------------------------------------------------------------------


def test_hostile_workbooks_are_refused(policy: Path, exported: Path, tmp_path: Path) -> None:
    def remade(name: str, part: str, change: Callable[[bytes], bytes]) -> Path:
        path = tmp_path / name
        with ZipFile(exported) as old, ZipFile(path, "w", ZIP_DEFLATED) as new:
            for member in old.namelist():
                content = old.read(member)
                new.writestr(member, change(content) if member == part else content)
        return path

    entity = remade(
        "实体.xlsx",
        "xl/workbook.xml",
        lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml.partition(b"?>")[2],
    )
    bomb = remade("很大.xlsx", "docProps/app.xml", lambda xml: xml + b" " * (64 << 20))
    plain = tmp_path / "文本.xlsx"
    plain.write_text("职业工种,等级\n", encoding="utf-8")
    for path, code in (
        (entity, "HY819"),
        (bomb, "HY820"),
        (plain, "HY819"),
        (SMALL / "标准目录.csv", "HY804"),
    ):
        done = bring(policy, path)
        assert done.exit_code == 2
        assert code in done.stderr, path
        assert "Traceback" not in done.stderr
