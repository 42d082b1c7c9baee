"""Files of results: all of them or none, never over another and never over what was read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli.running import POLICY, decide, good, names, write_rows

from hypolicy.records import writing

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("engine")

NAMES = ("out", "totals", "payments", "granted")


def data(folder: Path) -> Path:
    return write_rows(folder / "data.csv", [good()])


def all_outputs(folder: Path, suffix: str = "csv") -> list[object]:
    return [part for name in NAMES for part in (f"--{name}", folder / f"{name}.{suffix}")]


def test_all_are_written(tmp_path: Path) -> None:
    done = decide(data(tmp_path), *all_outputs(tmp_path))
    assert done.code == 0
    assert [line for line in done.err.splitlines() if line.startswith("已写入")] == [
        f"已写入 {tmp_path / f'{name}.csv'}" for name in NAMES
    ]
    assert names(tmp_path) == sorted(["data.csv", *(f"{name}.csv" for name in NAMES)])


def failing(number: int, real: Callable[..., Any], error: BaseException) -> Callable[..., Any]:
    """A function that fails when it is called for the n-th time."""
    calls = iter(range(1, 100))

    def function(*arguments: Any, **options: Any) -> Any:
        if next(calls) == number:
            raise error
        return real(*arguments, **options)

    return function


@pytest.mark.parametrize("number", [1, 2, 4])
@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_when_one_cannot_be_written_none_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, old: bool
) -> None:
    records = data(tmp_path)
    if old:
        for name in NAMES[::2]:
            (tmp_path / f"{name}.csv").write_text("old", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    full = OSError(28, "No space left on device")
    with monkeypatch.context() as patched:
        match step:
            case "write":
                patched.setattr(writing, "_write_csv", failing(number, writing._write_csv, full))
            case "fsync":
                patched.setattr(os, "fsync", failing(number, os.fsync, full))
            case _:
                patched.setattr(Path, "replace", failing(number, Path.replace, full))
        done = decide(records, *all_outputs(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        f"错误 HY831：无法写出 {tmp_path / f'{NAMES[number - 1]}.csv'}：磁盘空间不足。"
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_disk_that_knows_no_second_names_keeps_the_old_files_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = data(tmp_path)
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "link", failing(1, os.link, OSError(95, "Operation not supported")))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", failing(2, Path.replace, OSError(13, "Permission denied")))
        done = decide(records, *all_outputs(tmp_path))
    assert done.code == 2
    assert "没有权限" in done.err
    assert names(tmp_path) == ["data.csv", "out.csv"]
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("suffix", ["parquet", "xlsx", "json"])
def test_when_the_second_is_no_file_the_first_is_not_written(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"totals.{suffix}").mkdir()
    done = decide(data(tmp_path), *all_outputs(tmp_path, suffix))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("错误 HY802：")
    assert names(tmp_path) == sorted(["data.csv", f"totals.{suffix}"])


def test_a_folder_that_is_not_there_is_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("这不是记录\n", encoding="utf-8")
    done = decide(tmp_path / "data.csv", "--out", tmp_path / "o.csv", "--totals", tmp_path / "无" / "t.csv")
    assert done.code == 2
    assert done.err.startswith("错误 HY830：")


@pytest.mark.parametrize("name", ["o.xls", "o", "o.txt", "o.jsonl", "o.csv.gz"])
def test_a_format_that_is_not_written(tmp_path: Path, name: str) -> None:
    done = decide(data(tmp_path), "--out", tmp_path / name)
    assert done.code == 2
    assert done.err.startswith("错误 HY804：")
    assert names(tmp_path) == ["data.csv"]


def test_an_output_never_takes_the_place_of_what_was_read(tmp_path: Path) -> None:
    policy = tmp_path / "政策"
    shutil.copytree(POLICY, policy)
    records = data(tmp_path)
    for name in ("history.csv", "table.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    shutil.copy(POLICY / "补贴标准目录.csv", tmp_path / "table.csv")
    (tmp_path / "link.csv").symlink_to(records)
    table = ("--table", f"补贴标准目录={tmp_path / 'table.csv'}")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for target, options in (
        (records, ()),
        (tmp_path / "." / "政策" / ".." / "data.csv", ()),
        (tmp_path / "link.csv", ()),
        (tmp_path / "history.csv", ("--history", tmp_path / "history.csv")),
        (tmp_path / "table.csv", table),
        (policy / "补贴标准目录.csv", ()),
    ):
        done = decide(records, *options, "--totals", target, policy=policy)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("错误 HY914：")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_two_outputs_never_share_a_file(tmp_path: Path) -> None:
    records = data(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    for other in (tmp_path / "o.csv", tmp_path / "link" / "o.csv"):
        done = decide(records, "--out", tmp_path / "o.csv", "--totals", other)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("错误 HY913：")
    assert names(tmp_path) == ["data.csv", "link"]


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old", encoding="utf-8")
    (tmp_path / "o.csv").symlink_to(tmp_path / "real.csv")
    assert decide(data(tmp_path), "--out", tmp_path / "o.csv", "--totals", tmp_path / "t.csv").code == 0
    assert (tmp_path / "o.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text(encoding="utf-8").startswith("记录编号")


def test_a_program_that_is_still_reading_the_old_results_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("old", encoding="utf-8")
    with (tmp_path / "o.csv").open(encoding="utf-8") as reader:
        assert decide(data(tmp_path), "--out", tmp_path / "o.csv").code == 0
        assert reader.read() == "old"
