"""Help, and what is said to a call that is not understood: in Chinese, with the way out."""

from __future__ import annotations

import re
from ast import literal_eval
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from cli.running import ROOT, launch, run

from hypolicy import __version__
from hypolicy.cli.main import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = re.compile(r"Usage|Options|Commands|Show |required|default|Error|\bTry\b|PATH|TEXT")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), *((name, "--help") for name in COMMANDS)])
def test_help_is_chinese_throughout(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("用法：hypolicy")
    assert "选项：" in done.out
    assert ENGLISH.search(done.out) is None
    assert max(len(line) for line in done.out.splitlines()) <= 100
    assert all(line == line.rstrip() for line in done.out.splitlines())


def test_help_names_every_command_and_what_it_does() -> None:
    out = run("--help").out
    for name, (_, words) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(words)}$", out, re.MULTILINE)


def test_version() -> None:
    assert run("--version").out == f"hypolicy {__version__}\n"


def test_help_is_quick_because_it_loads_nothing_heavy(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    start = perf_counter()
    done = launch("--help", cwd=tmp_path)
    record_property("help_seconds", round(perf_counter() - start, 3))
    assert done.returncode == 0
    seen = (
        "import atexit, sys; atexit.register(lambda: print(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    loaded = launch("--help", cwd=tmp_path, program=seen).stdout.decode().splitlines()[-1]
    assert not {"polars", "pyarrow", "lark", "rich", "attrs", "numpy", "fastexcel"} & set(
        literal_eval(loaded)
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decid",), "没有命令 decid。是否 decide？"),
        (("审定",), "没有命令 审定。"),
        (("decide",), "缺少参数 POLICY。"),
        (("decide", "x"), "缺少选项 --data。"),
        (("decide", "x", "--dat", "y"), "没有选项 --dat。是否 --data？"),
        (("decide", "x", "--data", "y", "--readings", "z"), "没有选项 --readings。是否 --reading？"),
        (("decide", "x", "--data"), "选项 --data 后面要写一个值。"),
        (("check", "a", "b"), "参数太多：只要 POLICY；含空格的路径要放在引号内。"),
        (("check", "--format", "xml", "a"), "选项 --format 只能取：text、json、sarif。"),
        (("test", "--verbose=3", "a"), "选项 --verbose 后面不能写值。"),
        (("--foo",), "没有选项 --foo。"),
    ],
)
def test_a_call_that_is_not_understood(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[0] == f"错误：{said}"
    assert ENGLISH.search(done.err) is None


def test_it_is_told_where_help_is(tmp_path: Path) -> None:
    done = launch("decide", "x", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        "错误：缺少选项 --data。",
        "用法：hypolicy decide [选项] POLICY",
        "说明见：hypolicy decide --help",
    ]


def test_every_command_has_a_module_of_its_own() -> None:
    for module, _ in COMMANDS.values():
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
