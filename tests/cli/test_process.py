"""Commands as processes: the same bytes everywhere, and a clean end however they end."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from cli.running import POLICY, ROOT, examples, good, launch, names, small_policy, write_rows

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "430402199001012345"
OUTPUTS = ("--out", "o.csv", "--totals", "t.csv", "--payments", "p.json", "--granted", "g.csv")


def decide(
    folder: Path, *options: object, program: str = "", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return launch(
        "decide", POLICY, "--data", "data.csv", *options, cwd=folder, program=program, **environment
    )


# --- the same everywhere ------------------------------------------------------------------------------------

ELSEWHERE: dict[str, dict[str, str]] = {
    "plain C": {
        "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "1", "PYTHONOPTIMIZE": "1",
    },
    "a Chinese desktop with a narrow terminal": {
        "LC_ALL": "zh_CN.GBK", "PYTHONIOENCODING": "gbk", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "2",
        "COLUMNS": "20", "LINES": "5", "TERM": "dumb", "POLARS_MAX_THREADS": "1",
    },
    "a colourful one in Turkey": {
        "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "3", "FORCE_COLOR": "1",
        "CLICOLOR_FORCE": "1", "COLORTERM": "truecolor",
    },
}  # fmt: skip


def test_the_same_bytes_wherever_it_runs(tmp_path: Path) -> None:
    folders = {}
    for number, (name, environment) in enumerate({"usual": {}, **ELSEWHERE}.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_rows(folder / "data.csv", [*examples(120), good(记录编号="重叠")])
        done = decide(folder, *OUTPUTS, "--reading", "六（一）贫困上浮=上浮70%", **environment)
        assert done.returncode == 0, done.stderr.decode()
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        folders[name] = (done.stdout, done.stderr, files)
    for name, left in folders.items():
        assert left == folders["usual"], name
    said = folders["usual"][0].decode() + folders["usual"][1].decode()
    assert "\x1b" not in said
    assert "审定汇总（121条记录）" in said
    assert "提示：" in said


def test_check_says_the_same_wherever_it_runs(tmp_path: Path) -> None:
    broken = small_policy(tmp_path)
    text = (broken / "政策.hyp").read_text(encoding="utf-8")
    (broken / "政策.hyp").write_text(text.replace("×天数", "×天树"), encoding="utf-8")
    said = set()
    for environment in ({}, *list(ELSEWHERE.values())[:2]):
        done = launch("check", "小", cwd=tmp_path, **environment)
        said.add((done.returncode, done.stdout, done.stderr))
    assert len(said) == 1


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize("no_color", [False, True])
def test_colour_only_on_a_terminal_and_never_against_its_wish(tmp_path: Path, no_color: bool) -> None:
    write_rows(tmp_path / "data.csv", [good()])
    ours, theirs = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    environment |= {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"} | (
        {"NO_COLOR": "1"} if no_color else {}
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "hypolicy", "decide", POLICY, "--data", "data.csv"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    said = b""
    with suppress(OSError):  # how a terminal tells that its other end is closed
        while piece := os.read(ours, 65536):
            said += piece
    os.close(ours)
    assert process.wait() == 0
    assert "审定汇总".encode() in said
    assert (b"\x1b[" in said) is not no_color


# --- interrupted --------------------------------------------------------------------------------------------

# Where the process is told to end: before reading, while deciding, with files written, and between two of them.
MOMENTS = {
    "loading": ("hypolicy.pipeline", "check_folder"),
    "deciding": ("hypolicy.backends.exact.evaluate", "Evaluator.decide"),
    "writing": ("hypolicy.records.writing", "_write_json"),
    "replacing": ("hypolicy.records.writing", "_kept"),
    "telling": ("hypolicy.cli.summary", "_say_totals"),
}
SENT = """
import os, signal
from importlib import import_module
place = import_module({module!r})
*owners, name = {attribute!r}.split(".")
for owner in owners:
    place = getattr(place, owner)
real = getattr(place, name)
def told(*arguments, **options):
    setattr(place, name, real)
    os.kill(os.getpid(), signal.{signal})
    return real(*arguments, **options)
setattr(place, name, told)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("moment", "signal", "code"),
    [
        *((moment, "SIGINT", 130) for moment in MOMENTS),
        ("writing", "SIGTERM", 143),
        ("replacing", "SIGTERM", 143),
    ],
)
def test_whoever_is_told_to_end_leaves_nothing_half_written(
    tmp_path: Path, moment: str, signal: str, code: int
) -> None:
    write_rows(tmp_path / "data.csv", [good()])
    for name in ("o.csv", "p.json"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    module, attribute = MOMENTS[moment]
    program = SENT.format(module=module, attribute=attribute, signal=signal)
    done = decide(tmp_path, *OUTPUTS, program=program)
    assert done.returncode == code
    said = done.stderr.decode()
    assert "Traceback" not in said
    assert said.endswith("已中断。\n") or signal == "SIGTERM"
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    if moment == "telling":
        assert names(tmp_path) == ["data.csv", "g.csv", "o.csv", "p.json", "t.csv"]
        assert after["o.csv"] != b"old"
    else:
        assert after == before


# --- a defect of ours ---------------------------------------------------------------------------------------

DEFECT = f"""
from hypolicy.backends.exact import evaluate
def broken(self, *arguments, **options):
    raise {{error}}("{CANARY}", arguments)
evaluate.Evaluator.decide = broken
"""


@pytest.mark.parametrize(
    ("error", "named"),
    [
        ("KeyError", "KeyError"),
        ("AssertionError", "AssertionError"),
        ("type('PanicException', (BaseException,), {})", "PanicException"),
    ],
)
def test_a_defect_is_one_sentence_without_data(tmp_path: Path, error: str, named: str) -> None:
    write_rows(tmp_path / "data.csv", [good(学员编号=CANARY)])
    done = decide(tmp_path, *OUTPUTS, program=DEFECT.format(error=error))
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert len(said.splitlines()) == 1
    assert said.startswith(f"错误：程序出现意外（{named}，records/batch.py:")
    assert "报告" in said
    assert CANARY not in said
    assert names(tmp_path) == ["data.csv"]


def test_whoever_looks_for_a_defect_sees_where_it_is_and_still_no_data(tmp_path: Path) -> None:
    write_rows(tmp_path / "data.csv", [good(学员编号=CANARY)])
    program = DEFECT.format(error="KeyError")
    done = decide(tmp_path, program=program, HYPOLICY_DEBUG="1")
    said = done.stderr.decode()
    assert done.returncode == 2
    assert 'cli/decide.py", line' in said
    assert 'records/batch.py", line' in said
    assert "错误：程序出现意外（KeyError" in said
    assert CANARY not in said
    assert "cli/decide.py" not in decide(tmp_path, program=program, HYPOLICY_DEBUG="0").stderr.decode()


def test_no_memory_is_no_defect(tmp_path: Path) -> None:
    write_rows(tmp_path / "data.csv", [good()])
    done = decide(tmp_path, program=DEFECT.format(error="MemoryError"))
    assert done.returncode == 2
    assert done.stderr.decode().startswith("错误：内存不足。")


# --- readers that go away -----------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_reader_that_has_read_enough(tmp_path: Path) -> None:
    write_rows(tmp_path / "data.csv", [good()])
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "hypolicy", "decide", POLICY, "--data", "data.csv", "--out", "o.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 141
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    assert names(tmp_path) == ["data.csv", "o.csv"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")  # noqa: PTH110
def test_a_screen_that_takes_no_more(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "hypolicy", "--help"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1
