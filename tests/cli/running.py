"""Running the commands, in this process or in one of their own, and records to run them on."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen
from click.testing import CliRunner

from hypolicy.cli.main import root

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "policies" / "hengyang-2019"
Row = dict[str, str]


@frozen
class Done:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


def run(*arguments: object) -> Done:
    """A command in this process."""
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="hypolicy")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


# The options of `decide` that choose how records are decided.
ENGINE: list[str] = []


def decide(data: Path, *options: object, policy: Path = POLICY) -> Done:
    return run("decide", policy, "--data", data, *ENGINE, *options)


def launch(
    *arguments: object, cwd: Path, program: str = "", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own, with warnings as errors; `program` runs first, in the same process."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name == "PYTHONPYCACHEPREFIX" or not name.startswith(("LC_", "LANG", "PYTHON"))
    }
    start = (
        ["-m", "hypolicy"]
        if not program
        else ["-c", f"{program}\nfrom hypolicy.cli.main import main\nmain()"]
    )
    return subprocess.run(
        [sys.executable, "-W", "error", *start, *map(str, arguments)],
        cwd=cwd,
        env=inherited | {"PYTHONPATH": str(ROOT)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


SMALL = (Path(__file__).parent / "小.hyp").read_text(encoding="utf-8")


def small_policy(folder: Path, text: str = SMALL) -> Path:
    """A policy of a few sentences, in a folder of its own."""
    (folder / "小").mkdir()
    (folder / "小" / "政策.hyp").write_text(text, encoding="utf-8")
    return folder / "小"


# --- records ------------------------------------------------------------------------------------------------


@cache
def _examples() -> tuple[Row, ...]:
    with (POLICY / "examples" / "records.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def examples(count: int = 300) -> list[Row]:
    """Some of the published examples, of every kind of training."""
    rows = _examples()
    return [dict(row) for row in rows[:: max(1, len(rows) // count)]][:count]


def good(**changes: str) -> Row:
    """A record that is granted a training subsidy and a living allowance."""
    usual = dict.fromkeys(_examples()[0], "否")
    usual |= dict.fromkeys(
        (
            "合同起始日期",
            "合同终止日期",
            "企业所在县市区",
            "培训机构",
            "培训机构类型",
            "核定范围内",
            "评估合格",
            "用人单位",
        ),
        "",
    )
    usual |= {"记录编号": "1", "学员编号": "X1", "户籍": "农村", "贫困劳动力": "是", "县市区": "祁东县"}
    usual |= {
        "培训类型": "就业技能培训",
        "职业工种": "电工",
        "等级": "初级工",
        "课时": "80",
        "培训天数": "10",
    }
    usual |= {"开班备案日期": "2020-02-20", "开班日期": "2020-03-01", "结业日期": "2020-03-12"}
    usual |= {"证书类型": "职业技能等级证书", "发证日期": "2020-03-20"}
    return usual | changes


def write_rows(path: Path, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())


def fen(rows: Iterable[Row], column: str = "金额") -> int:
    return sum(round(float(row[column]) * 100) for row in rows if row[column])
