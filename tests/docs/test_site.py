"""The documentation as a site: it builds with warnings as errors, and asks for nothing outside itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pages.reading import read

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs")
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "publish.py"), str(out)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


def test_every_page_is_there(folder: Path) -> None:
    written = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    assert written == {path.relative_to(folder).with_suffix("") for path in folder.rglob("*.html")}


def test_nothing_comes_from_outside(folder: Path) -> None:
    """Links to places elsewhere are for the reader to follow; nothing is loaded from there."""
    loaded = []
    for path in folder.rglob("*.html"):
        for tag, given in read(path).elements:
            source = given.get("src") or (given.get("href", "") if tag == "link" else "")
            target = urlsplit(source)
            if source and (
                target.scheme or target.netloc or not (path.parent / unquote(target.path)).is_file()
            ):
                loaded.append((path.name, tag, source))
    assert loaded == []


def test_tutorials_for_three_kinds_of_people_are_in_the_contents(folder: Path) -> None:
    contents = read(folder / "index.html").text
    for name in ("政策人员教程", "财务人员教程", "群众和窗口教程"):
        assert name in contents
