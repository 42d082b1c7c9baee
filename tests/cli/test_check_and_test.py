"""check and test: what they say, in which form, and the exit codes 0, 1 and 2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli.running import POLICY, SMALL, launch, run, small_policy

if TYPE_CHECKING:
    from pathlib import Path

# --- check --------------------------------------------------------------------------------------------------


def test_nothing_found(tmp_path: Path) -> None:
    done = run("check", small_policy(tmp_path))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("未发现问题。\n")
    assert "《小政策》" in done.out


def test_the_regulation_itself_has_no_findings() -> None:
    done = run("check", POLICY)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("×天数", "×天树", "HY201"), ("20元/天", "20元", "HY308"), ("  资金：专户。\n", "", "HY502")],
)
def test_findings(tmp_path: Path, old: str, new: str, code: str) -> None:
    done = run("check", small_policy(tmp_path, SMALL.replace(old, new)))
    assert (done.code, done.err) == (1, "")
    assert f"错误 {code}：" in done.out
    assert "政策.hyp:" in done.out
    assert "帮助：" in done.out
    assert "《小政策》" not in done.out  # nothing is counted in a policy that means nothing


def test_a_warning_is_a_finding_too(tmp_path: Path) -> None:
    done = run("check", small_policy(tmp_path, f"{SMALL}概念「闲置」：天数超过3天。\n"))
    assert done.code == 1
    assert "警告 HY213：" in done.out
    assert "《小政策》" in done.out


def test_findings_for_machines(tmp_path: Path) -> None:
    broken = small_policy(tmp_path, SMALL.replace("×天数", "×天树"))
    done = run("check", broken, "--format", "json")
    assert (done.code, done.err) == (1, "")
    text = json.dumps(json.loads(done.out), ensure_ascii=False)
    assert "HY201" in text
    assert "天树" in text
    sarif = run("check", broken, "--format", "sarif")
    assert sarif.code == 1
    assert json.loads(sarif.out)["version"] == "2.1.0"


def test_proofs(tmp_path: Path) -> None:
    cases = """  情形「短」：条件：天数不超过3天；金额：10元。
  情形「长」：条件：天数超过3天；金额：20元。
  上浮10%：天数不超过5天。
  上浮20%：天数超过4天。
  叠加方式：就高。
"""
    start, rest = SMALL.split("  金额：", 1)
    small = small_policy(tmp_path, start + cases + rest.split("\n", 1)[1])
    done = run("check", small, "--proofs")
    assert done.code == 0
    _, told = done.out.split("】", 1)
    assert told.splitlines()[1:] == [
        "  情形「短」与情形「长」：已证明互斥。",
        "  上浮10%（天数不超过5天）与上浮20%（天数超过4天）：可能同时成立（例如天数：5天；叠加方式：就高）。",
    ]
    assert run("check", small, "--proofs", "--format", "json").code == 2


def test_no_findings_for_machines(tmp_path: Path) -> None:
    small = small_policy(tmp_path)
    for form in ("json", "sarif"):
        done = run("check", small, "--format", form)
        assert (done.code, done.err) == (0, "")
        json.loads(done.out)


@pytest.mark.parametrize("command", [("check",), ("test",), ("decide", "--data", "x.csv")])
def test_what_cannot_be_run(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "空").mkdir()
    (tmp_path / "文件").write_text("", encoding="utf-8")
    name, *options = command
    for path, code in (("无", "HY901"), ("文件", "HY901"), ("空", "HY120")):
        done = run(name, tmp_path / path, *options)
        assert (done.code, done.out) == (2, "")
        assert f"错误 {code}：" in done.err
        assert "Traceback" not in done.err


# --- test ---------------------------------------------------------------------------------------------------


def test_all_pass(tmp_path: Path) -> None:
    done = run("test", small_policy(tmp_path))
    assert (done.code, done.err) == (0, "")
    assert "共2个用例，通过2个，不通过0个。" in done.out
    assert "「五天」" not in done.out
    assert "通过　「五天」" in run("test", tmp_path / "小", "--verbose").out


def test_the_cases_of_the_regulation_pass() -> None:
    done = run("test", POLICY)
    assert (done.code, done.err) == (0, "")
    assert "不通过0个" in done.out


def test_a_failing_case_shows_what_was_due_and_what_came_out(tmp_path: Path) -> None:
    done = run("test", small_policy(tmp_path, SMALL.replace("20元/天", "30元/天")))
    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("不通过「五天」（政策.hyp:14:1")
    assert lines[1:4] == [
        "  生活费",
        "    应得：准予100.00元",
        "    结果：准予150.00元“符合条件”",
    ]
    assert "  第2条记录，生活费" in lines
    assert "共2个用例，通过0个，不通过2个。" in lines


@pytest.mark.parametrize(
    ("due", "expected", "got"),
    [
        ("生活费100.01元", "准予100.01元", "准予100.00元“符合条件”"),
        ("生活费不予", "不予", "准予100.00元“符合条件”"),
        ("均无", "不发", "准予100.00元“符合条件”"),
        ("生活费100元，依据七", "准予100.00元，依据七", "准予100.00元“符合条件”"),
    ],
)
def test_every_way_to_differ(tmp_path: Path, due: str, expected: str, got: str) -> None:
    done = run("test", small_policy(tmp_path, SMALL.replace("应得：生活费100元", f"应得：{due}")))
    assert done.code == 1
    assert f"    应得：{expected}\n    结果：{got}\n" in done.out


def test_a_policy_with_errors_is_not_tested(tmp_path: Path) -> None:
    done = run("test", small_policy(tmp_path, SMALL.replace("×天数", "×天树")))
    assert (done.code, done.out) == (2, "")
    assert "错误 HY201：" in done.err


@pytest.mark.parametrize("name", ["含 空格", "-x", "🙂"])
def test_a_policy_may_lie_anywhere(tmp_path: Path, name: str) -> None:
    """White space, Chinese and a leading dash in the path, which may be a relative one."""
    small_policy(tmp_path).rename(tmp_path / name)
    done = launch("test", "--", name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
