"""No folder, however hostile, costs more than seconds, and none is a crash: there is always something to say of it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hostile.patterns import FOLDERS, every_text

from hypolicy.source import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("child.py")
SECONDS, MEGABYTES = 5, 512
SMALL = 3 << 9
LARGE = limits.MAX_FILE_BYTES - 1

# What costs most at full size, of each sort; make hostile tries all.
DEAREST = ("许多翻番的概念", "一项补贴许多上浮")
# Strange, but no mistake: full stops, comments, blanks, and what is written out at length.
BLANKS = ("句号", "半角句点", "注释行", "换行", "空格", "全角空格", "制表符", "回车")
MANY = (
    "事实", "枚举", "参数", "固定口径", "单位", "补贴组", "相接的补贴组", "补贴", "限制", "共同条件", "校验", "提示",
    "标题", "记录",
)  # fmt: skip
HARMLESS = {
    *(f"{where}{blank}" for where in ("一串", "条件中一串") for blank in BLANKS),
    *(f"许多{what}" for what in MANY),
    *("一串注释号", "一项补贴许多条件", "一项补贴许多或的条件", "长长的列举", "表有许多列"),
}


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))


def children(folders: Sequence[Path], *, seconds: int) -> list[dict[str, object]]:
    """What a process says of these folders, which is killed where it needs more than it may have."""

    def bounded() -> None:
        limited()
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    done = subprocess.run(
        [sys.executable, "-W", "error", str(CHILD), *map(str, folders)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=bounded,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "政策.hyp").write_text(text, encoding="utf-8", newline="")
    return folder


@cache
def small_texts() -> dict[str, str]:
    return dict(every_text(SMALL))


def test_every_pattern_is_told_of(tmp_path: Path) -> None:
    """All patterns at a small size, in one process."""
    folders = [written(tmp_path / name, text) for name, text in small_texts().items()]
    found = children(folders, seconds=60)
    assert [one["name"] for one in found] == list(small_texts())
    assert {one["name"] for one in found if not one["codes"]} <= HARMLESS


@pytest.mark.parametrize("name", DEAREST)
def test_the_dearest_are_told_of_in_seconds(name: str, tmp_path: Path) -> None:
    text = dict(every_text(LARGE))[name]
    [found] = children([written(tmp_path / "large", text)], seconds=SECONDS)
    assert found["codes"]


def test_files_that_are_none(tmp_path: Path) -> None:
    """Cycles, ways out of the folder, links, odd names and odd bytes."""
    folders = []
    for name, make in FOLDERS.items():
        folder = tmp_path / name / name
        folder.mkdir(parents=True)
        make(folder)
        folders.append(folder)
    found = {str(one["name"]): one["codes"] for one in children(folders, seconds=60)}
    assert {name for name, codes in found.items() if not codes} <= HARMLESS
    assert found["循环引用"] == ["HY125"]
    assert found["引到文件夹之外"] == ["HY121"]
    assert found["链接到文件夹之外"] == ["HY121", "HY122", "HY127"]
    assert found["四百个文件"] == ["HY126", "HY127"]
    assert found["超过一兆"] == ["HY123"]


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_the_command_ends_in_order(form: str, tmp_path: Path) -> None:
    """Characters that lie, by the command itself: shown as what they are, with the exit code of a finding."""
    lies = "概念「贫\u202e困」：贫困\u200b。\n概念「⼈」：贫困。\n概念「贫困\u0301」：残疾。\n"
    folder = written(tmp_path / "policy", small_texts()["一串反向字符"].partition("\u202e")[0] + lies)
    done = subprocess.run(
        [sys.executable, "-m", "hypolicy", "check", str(folder), "--format", form],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HYPOLICY_CACHE": str(tmp_path / "cache")},
        preexec_fn=limited,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    shown = done.stdout.decode()
    assert "HY102" in shown
    assert not {"\u202e", "\u200b"} & set(shown)
