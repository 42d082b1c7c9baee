"""hypolicy fmt: what it writes, what it leaves alone, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from hypolicy.cli.fmt import command
from hypolicy.syntax import spelling

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

ENTRY = "政策「试点」。\n引用“词汇.hyp”。\n引用“规则.hyp”。\n"
WORDS = "事实「甲」：是否。\n事实「数」：整数「个」。\n"
RULES = "# 规则\n概念「乙」：甲且数>5个。\n"
FORMATTED_RULES = "# 规则\n概念「乙」：甲，且数>5个。\n"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A policy of three files, one of which is not formatted."""
    folder = tmp_path / "政策"
    folder.mkdir()
    for name, text in (("政策", ENTRY), ("词汇", WORDS), ("规则", RULES)):
        put(folder, name, text)
    return folder


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.hyp"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


def texts(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_bytes().decode() for path in folder.rglob("*.hyp")}


def fmt(*arguments: Path | str) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_writes_what_changes_and_nothing_else(policy: Path) -> None:
    entry = (policy / "政策.hyp").stat()
    result = fmt(policy)
    assert result.exit_code == 0
    assert result.stdout == "已调整　规则.hyp\n"
    assert result.stderr == "已调整1个文件，2个无须调整，0个未能处理。\n"
    assert texts(policy) == {"政策": ENTRY, "词汇": WORDS, "规则": FORMATTED_RULES}
    after = (policy / "政策.hyp").stat()
    assert (after.st_mtime_ns, after.st_ino) == (entry.st_mtime_ns, entry.st_ino)
    again = fmt(policy)
    assert (again.exit_code, again.stdout) == (0, "")
    assert sorted(path.name for path in policy.iterdir()) == ["政策.hyp", "规则.hyp", "词汇.hyp"]


def test_check_writes_nothing(policy: Path) -> None:
    result = fmt(policy, "--check")
    assert result.exit_code == 1
    assert result.stdout == "须调整　规则.hyp\n"
    assert texts(policy)["规则"] == RULES
    assert fmt(policy).exit_code == 0
    clean = fmt(policy, "--check")
    assert (clean.exit_code, clean.stdout) == (0, "")


def test_diff_shows_the_lines_and_writes_nothing(policy: Path) -> None:
    result = fmt(policy, "--diff")
    assert result.exit_code == 1
    assert result.stdout.startswith("须调整　规则.hyp\n--- 规则.hyp\n")
    assert "-概念「乙」：甲且数>5个。\n+概念「乙」：甲，且数>5个。\n" in result.stdout
    assert texts(policy)["规则"] == RULES


def test_long_diff_is_cut(policy: Path) -> None:
    put(policy, "规则", "".join(f"概念「乙{number}」:甲.\n\n# 一\n\n# 二\n" for number in range(100)))
    result = fmt(policy, "--diff")
    assert "……还有" in result.stdout
    assert result.stdout.count("\n") < 70


@pytest.mark.parametrize(
    "text", ["\ufeff" + FORMATTED_RULES, FORMATTED_RULES.replace("\n", "\r\n"), FORMATTED_RULES[:-1]]
)
def test_bytes_count_too(policy: Path, text: str) -> None:
    put(policy, "规则", text)
    assert fmt(policy, "--check").exit_code == 1
    assert fmt(policy).exit_code == 0
    assert texts(policy)["规则"] == FORMATTED_RULES


def test_a_file_with_errors_is_left_alone(policy: Path) -> None:
    faulty = "概念「丙」：甲且且乙。\n概念「丁」:甲.\n"
    put(policy, "政策", f"{ENTRY}引用“草稿.hyp”。\n")
    put(policy, "草稿", faulty)
    for arguments in ([policy], [policy, "--check"], [policy / "草稿.hyp"]):
        result = fmt(*arguments)
        assert result.exit_code == 2
        assert "HY101" in result.stderr
        assert texts(policy)["草稿"] == faulty
    assert texts(policy)["规则"] == FORMATTED_RULES
    assert result.stderr.endswith("已调整0个文件，0个无须调整，1个未能处理。\n")


def test_one_file_of_a_policy(policy: Path) -> None:
    put(policy, "词汇", WORDS.replace("。", "｡"))
    assert fmt(policy / "规则.hyp").exit_code == 0
    assert texts(policy)["规则"] == FORMATTED_RULES
    assert "｡" in texts(policy)["词汇"]


def test_a_file_that_is_not_included(policy: Path) -> None:
    """It is read together with the policy, and its words are its own."""
    put(policy, "修订/草案", "事实「且数」：是否。\n概念「丙」：甲，且且数。\n")
    put(policy, "修订/另一草案", "概念「丙」:甲且数>5个.\n")
    result = fmt(policy)
    assert result.exit_code == 0
    assert texts(policy)["规则"] == FORMATTED_RULES
    assert texts(policy)["另一草案"] == "概念「丙」：甲，且数>5个。\n"
    put(policy, "修订/另一草案", "概念「丙」:甲且数>5个.\n")
    assert fmt(policy / "修订" / "另一草案.hyp").exit_code == 0
    assert texts(policy)["另一草案"] == "概念「丙」：甲，且数>5个。\n"


def test_a_file_outside_the_folder_is_not_written(policy: Path) -> None:
    outside = put(policy.parent, "外面", RULES)
    (policy / "链接.hyp").symlink_to(outside)
    result = fmt(policy)
    assert result.exit_code == 2
    assert "HY121" in result.stderr
    assert outside.read_text(encoding="utf-8") == RULES


def test_what_is_no_policy(tmp_path: Path) -> None:
    alone = put(tmp_path, "规则", RULES)
    table = tmp_path / "目录.csv"
    table.write_text("职业工种\n", encoding="utf-8")
    for path in (tmp_path / "没有", alone, table):
        result = fmt(path)
        assert result.exit_code == 2
        assert "HY901" in result.stderr
    assert "HY120" in fmt(tmp_path).stderr


def test_nothing_is_formatted_while_a_file_is_missing(policy: Path) -> None:
    """The words of the missing file would decide where words end."""
    put(policy, "政策", f"{ENTRY}引用“没有.hyp”。\n")
    result = fmt(policy)
    assert result.exit_code == 2
    assert "HY122" in result.stderr
    assert texts(policy)["规则"] == RULES


def test_a_defect_of_ours_changes_no_file(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(spelling._SIGNS, ">", "<")
    result = fmt(policy)
    assert result.exit_code == 2
    assert "规则.hyp" in result.stderr
    assert texts(policy)["规则"] == RULES
