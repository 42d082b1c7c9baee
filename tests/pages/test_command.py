"""hypolicy docs: the site stands whole or not at all, and what stands there already is not lost."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from pages.conftest import SMALL, replace_in, tree_of

from hypolicy.cli.docs import command
from hypolicy.publication import MARKER

if TYPE_CHECKING:
    from click.testing import Result


def docs(policy: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(command, [str(policy), "--out", str(out), *options])


def test_a_site_opens_at_its_index(built: Path) -> None:
    assert (built / "index.html").is_file()
    marker = json.loads((built / MARKER).read_text(encoding="utf-8"))
    assert marker["title"].startswith("衡阳市")
    assert len(list(built.rglob("*.html"))) == marker["pages"]


def test_every_page_is_small(built: Path) -> None:
    large = {
        path.name: path.stat().st_size for path in built.rglob("*.html") if path.stat().st_size > 300_000
    }
    assert large == {}


def test_a_failing_case_stops_it(policy_copy: Path, tmp_path: Path) -> None:
    replace_in(policy_copy / "政策.hyp", "生活补助200.00元", "生活补助201.00元")
    done = docs(policy_copy, tmp_path / "site")
    assert done.exit_code == 2
    assert "HY890" in done.output
    assert "贫困户培训十天" in done.output
    assert "201.00元" in done.output
    assert not (tmp_path / "site").exists()


def test_an_error_of_the_rules_stops_it(policy_copy: Path, tmp_path: Path) -> None:
    replace_in(policy_copy / "政策.hyp", "日补助×天数", "日补助")
    done = docs(policy_copy, tmp_path / "site")
    assert done.exit_code == 2
    assert "HY308" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["政策"]


def test_an_earlier_site_is_replaced_as_a_whole(small: Path, tmp_path: Path) -> None:
    """The same rules give the same files, and nothing is left of what was there."""
    out = Path(shutil.copytree(small, tmp_path / "site"))
    (out / "clauses" / "没有了.html").write_text("旧的一页", encoding="utf-8")
    assert docs(SMALL, out).exit_code == 0
    assert tree_of(out) == tree_of(small)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_fails_leaves_the_earlier_site(small: Path, policy_copy: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(small, tmp_path / "site"))
    replace_in(policy_copy / "政策.hyp", "生活补助200.00元", "生活补助201.00元")
    assert docs(policy_copy, out).exit_code == 2
    assert tree_of(out) == tree_of(small)


@pytest.mark.parametrize("place", ["folder", "file"])
def test_another_folder_is_never_replaced(place: str, tmp_path: Path) -> None:
    out = tmp_path / "我的文件"
    if place == "folder":
        out.mkdir()
        (out / "重要.txt").write_text("不能丢", encoding="utf-8")
    else:
        out.write_text("不能丢", encoding="utf-8")
    before = tree_of(tmp_path)
    done = docs(SMALL, out)
    assert done.exit_code == 2
    assert "HY891" in done.output
    assert tree_of(tmp_path) == before


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("", encoding="utf-8")
    done = docs(SMALL, tmp_path / "文件" / "site")
    assert done.exit_code == 2
    assert "HY893" in done.output
    assert "有同名的文件" in done.output


def test_missing_libraries_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("hypolicy.backends.pages.shell.wrap", "hypolicy.backends.pages.shell.layout"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "mkdocs.commands.build", None)
    done = docs(SMALL, tmp_path / "site")
    assert done.exit_code == 2
    assert "HY892" in done.output
    assert not (tmp_path / "site").exists()


def test_without_a_browser_nothing_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HYPOLICY_CHROMIUM", "没有这个浏览器")
    done = docs(SMALL, tmp_path / "site", "--pdf")
    assert done.exit_code == 2
    assert "HY894" in done.output
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("ends", ["exit 1", "exit 0"])
def test_a_browser_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ends: str) -> None:
    broken = tmp_path / "browser"
    broken.write_text(f"#!/bin/sh\n{ends}\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("HYPOLICY_CHROMIUM", str(broken))
    done = docs(SMALL, tmp_path / "site", "--pdf")
    assert done.exit_code == 2
    assert "HY895" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["browser"]
