"""A bureau's own records instead of simulated ones: the same money as `decide` gives, every problem told at once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest
from cli.running import run
from simulation.small import SMALL, small

from hypolicy_simulator.chance.worlds import MIDDLE
from hypolicy_simulator.run.records import records_frame

if TYPE_CHECKING:
    from pathlib import Path

MORE = SMALL / "修订" / "提高.hyp"
Edits = tuple[tuple[str, str, str], ...]


@pytest.fixture(scope="module")
def facts() -> pl.DataFrame:
    """Records in the form of the policy's vocabulary, with texts for identifiers, as bureaus have them."""
    checked, _, behaviour = small()
    frame = records_frame(checked, behaviour.trainings(0, MIDDLE))
    return frame.with_columns(
        pl.format("G{}", pl.col("记录编号").cast(pl.String).str.zfill(6)).alias("记录编号"),
        pl.format("4304{}", pl.col("学员编号")).alias("学员编号"),
        pl.lit(None, pl.Date).alias("合同起始日期"),
    )


@pytest.fixture(scope="module")
def bureau(facts: pl.DataFrame) -> pl.DataFrame:
    """The same under the columns and codes of 对照.toml."""
    held = {(False, False): "无", (True, False): "困难", (False, True): "在职", (True, True): "困难在职"}
    kinds = [held[each] for each in facts.select("困难", "在职").rows()]
    date = facts["结业日期"].dt
    return facts.select(
        流水号="记录编号",
        身份证号="学员编号",
        区划=pl.col("县").cast(pl.String).replace({"甲县": "01", "乙县": "02", "丙县": "03"}),
        人员类别=pl.Series([None if each == "无" else each for each in kinds]),
        工种=pl.col("工种").cast(pl.String),
        天数=pl.col("天数").cast(pl.String),
        开班=pl.col("开班日期").dt.strftime("%Y%m%d"),
        结业=pl.Series(
            [f"{y}/{m}/{d}" for y, m, d in zip(date.year(), date.month(), date.day(), strict=True)]
        ),
        证书=pl.col("证书").cast(pl.String).replace({"合格证": "有", "无": None}),
        发证=pl.col("发证日期").dt.strftime("%Y-%m-%d").fill_null("——"),
        拨付=pl.col("发证日期").dt.offset_by("2mo").dt.strftime("%Y-%m-%d"),
        电话=pl.lit("不用的列"),
    )


def laid(folder: Path, bureau: pl.DataFrame, edits: Edits = ()) -> Path:
    """The scenario in a folder, with texts of its files replaced, each of which must be there."""
    shutil.copytree(SMALL / "台账", folder / "台账")
    shutil.copytree(SMALL / "政策", folder / "政策")
    path = folder / "台账" / "台账.csv"
    path.write_bytes(bureau.write_csv().encode("gb18030"))
    for file, find, put in edits:
        encoding = "gb18030" if file.endswith(".csv") else "utf-8"
        text = (folder / "台账" / file).read_text(encoding=encoding)
        assert find in text, f"{file} has no {find}"
        (folder / "台账" / file).write_text(text.replace(find, put, 1), encoding=encoding)
    return folder / "台账" / "情景.toml"


def test_the_budget_of_records_is_what_decide_gives(
    tmp_path: Path, bureau: pl.DataFrame, facts: pl.DataFrame
) -> None:
    path, out = laid(tmp_path, bureau), tmp_path / "o"
    done = run("simulate", path, "--out", out, "--amendment", MORE, "--keep-records")
    assert done.code == 0, done.err
    facts.write_parquet(tmp_path / "f.parquet")
    for data in (tmp_path / "f.parquet", out / "records.parquet"):
        totals = tmp_path / "t.csv"
        done = run("decide", SMALL / "政策", "--data", data, "--amendment", MORE, "--totals", totals)
        assert done.code == 0, done.err
        assert totals.read_bytes() == (out / "budget.csv").read_bytes()
    repairs = pl.read_csv(out / "data.csv", infer_schema=False)
    counts = {row["事实"]: int(row["数目"]) for row in repairs.iter_rows(named=True) if row["事实"] != "合计"}
    assert counts["发证日期"] == counts["证书"] == facts["发证日期"].null_count()
    assert repairs.filter(缺了怎样办="采用的记录")["数目"][0] == str(len(facts))
    names = {each.name for each in out.iterdir()}
    assert names >= {"clauses.csv", "readings.csv", "effects.csv", "payment_years.csv", "budget.xlsx"}
    assert not names & {"fit.csv", "tornado.csv", "intervals.csv"}
    effects = pl.read_csv(out / "effects.csv").filter(变化="受益", 身份="困难")
    assert effects["人数"][0] > 0
    assert run("verify", out, "--scenario", path).code == 0


def test_no_number_of_a_person_is_in_what_is_written(tmp_path: Path, bureau: pl.DataFrame) -> None:
    out = tmp_path / "o"
    assert run("simulate", laid(tmp_path, bureau), "--out", out, "--keep-records", "--quick").code == 0
    for path in out.iterdir():
        if path.suffix in (".csv", ".json"):
            assert "43041" not in path.read_text(encoding="utf-8")
    assert pl.read_parquet(out / "records.parquet")["学员编号"].dtype == pl.Int64


def test_records_without_what_is_needed_are_left_out_and_counted(
    tmp_path: Path, bureau: pl.DataFrame, facts: pl.DataFrame
) -> None:
    """工种 is empty in three records, of which two have other mistakes that then do not matter."""
    spoilt = bureau.with_row_index("#").with_columns(
        工种=pl.when(pl.col("#") < 3).then(None).otherwise("工种"),
        天数=pl.when(pl.col("#") == 1).then(pl.lit("五")).otherwise("天数"),
        结业=pl.when(pl.col("#") == 2).then(pl.lit("2019/13/1")).otherwise("结业"),
    )
    path = laid(tmp_path, spoilt.drop("#"))
    done = run("simulate", path, "--dry-run")
    assert done.code == 0, done.err
    assert f"记录：{len(facts) - 3}条" in done.out
    assert "剔除：3条" in done.out
    assert "工种（取自「工种」）：3条空着，剔除" in done.out
    assert not (tmp_path / "o").exists()
    facts[3:].write_parquet(tmp_path / "f.parquet")
    assert run("simulate", path, "--out", tmp_path / "o", "--quick").code == 0
    totals = tmp_path / "t.csv"
    run("decide", SMALL / "政策", "--data", tmp_path / "f.parquet", "--totals", totals)
    assert totals.read_bytes() == (tmp_path / "o" / "budget.csv").read_bytes()


def test_a_dry_run_tells_every_problem_of_the_data_at_once(tmp_path: Path, bureau: pl.DataFrame) -> None:
    rows = pl.col("#")
    spoilt = bureau.with_row_index("#").with_columns(
        区划=pl.when(rows.is_in([4, 5, 6, 9])).then(pl.lit("17")).otherwise("区划"),
        天数=pl.when(rows == 7).then(pl.lit("五天")).otherwise("天数"),
        开班=pl.when(rows == 8)
        .then(pl.lit("2020年春"))
        .when(rows == 10)
        .then(pl.lit("20170101"))
        .otherwise("开班"),
        结业=pl.when(rows == 11).then(pl.lit("2020/2/30")).otherwise("结业"),
        流水号=pl.when(rows == 12).then(pl.col("流水号").first()).otherwise("流水号"),
        身份证号=pl.when(rows == 13).then(None).otherwise("身份证号"),
        拨付=pl.when(rows == 14).then(pl.lit("2099-01-01")).otherwise("拨付"),
    )
    done = run("simulate", laid(tmp_path, spoilt.drop("#")), "--dry-run")
    assert done.code == 2
    for said in (
        "第6至8行、第11行「区划」列：不是对照表中的代码；代码有：01、02、03",
        "第9行「天数」列：须为整数",
        "第10行「开班」列：不是日期，或者没有写成 20190830 的样子",
        "第12行「开班」列：开班的年份不在情景的年度（2020至2021）之内",
        "第13行「结业」列：不是日期",
        "第14行「流水号」列：与第2行重复",
        "第15行「身份证号」列：空着",
        "第16行「拨付」列：年份不在2019至2026之间",
    ):
        assert said in done.err, said
    assert "17" not in done.err.replace("第17行", "")
    assert "2017" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ((("对照.toml", 'from = "区划"', 'from = "区域"'),), ("HY756", "是否应为「区划」")),
        ((("对照.toml", 'name = "工种"', 'name = "工仲"'),), ("HY715", "是否应为「工种」", "HY755")),
        ((("对照.toml", '"甲县"', '"甲具"'),), ("HY716", "是否应为「甲县」")),
        ((("对照.toml", 'name = "工种"\nmissing = "剔除"', 'name = "工种"\nmissing = "空着"'),), ("HY757",)),
        ((("对照.toml", 'name = "工种"\nmissing = "剔除"', 'name = "工种"'),), ("HY713", "missing")),
        ((("对照.toml", 'missing = "剔除"', 'missing = "忽略"'),), ("HY714", "报错、剔除、空着、填补")),
        ((("对照.toml", 'written = "20190830"', 'written = "八位"'),), ("HY714", "2019.8.30")),
        ((("对照.toml", 'others = "否"', 'other = "否"'),), ("HY712", "others")),
        ((("对照.toml", 'name = "天数"', 'name = "工种"'),), ("HY722", "HY755")),
        ((("情景.toml", "对照.toml", "对应.toml"),), ("HY710", "对应.toml")),
        ((("情景.toml", "台账.csv", "帐.csv"),), ("HY801", "帐.csv")),
        ((("情景.toml", 'begins = "开班日期"\n', ""),), ("HY713", "begins")),
        ((("对照.toml", 'name = "天数"\nmissing = "报错"', 'name = "天数"\nabsent = true'),), ("HY757",)),
        ((("情景.toml", "[records]", '[[dimension]]\nname = "县"\n[records]'),), ("HY712", "dimension")),
        ((("情景.toml", '"在职"]', '"失业"]'),), ("HY715", "失业")),
        (
            (("对照.toml", '"02" =', '"2" ='), ("对照.toml", 'missing = "剔除"', 'missing = "报错"')),
            ("HY759", "「区划」"),
        ),
    ],
)
def test_a_mistake_in_the_mapping_is_told(
    tmp_path: Path, bureau: pl.DataFrame, edits: Edits, says: tuple[str, ...]
) -> None:
    done = run("simulate", laid(tmp_path, bureau, edits), "--dry-run")
    assert done.code == 2, done.out
    for said in says:
        assert said in done.err, done.err
    assert "Traceback" not in done.err


def test_what_took_place_is_not_drawn_again(tmp_path: Path, bureau: pl.DataFrame) -> None:
    done = run("simulate", laid(tmp_path, bureau), "--out", tmp_path / "o", "--replicates", 5)
    assert done.code == 2
    assert "HY760" in done.err
