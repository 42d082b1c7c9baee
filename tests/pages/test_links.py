"""Every link of a site leads somewhere in it, and nothing in it comes from anywhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from pages.reading import read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["built", "small", "drafted"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_links_lead_somewhere(folder: Path) -> None:
    pages = {path.resolve(): read(path) for path in folder.rglob("*.html")}
    places = {
        path: {given["id"] for _, given in page.elements if "id" in given} for path, page in pages.items()
    }
    broken = []
    for path, page in pages.items():
        for tag, given in page.elements:
            for name in ("href", "src", "cite"):
                if name not in given:
                    continue
                link = urlsplit(given[name])
                assert not link.scheme, (path, tag, given)
                assert not link.netloc, (path, tag, given)
                target = (path.parent / unquote(link.path)).resolve() if link.path else path
                place = "" if link.fragment.startswith("calc=") else link.fragment  # a calculator filled in
                if not target.is_file() or (place and place not in places.get(target, set())):
                    broken.append((path.relative_to(folder).as_posix(), given[name]))
    assert broken == []


def test_ids_are_used_once(folder: Path) -> None:
    twice = []
    for path in folder.rglob("*.html"):
        ids = [given["id"] for _, given in read(path).elements if "id" in given]
        twice += [(path.name, one) for one in set(ids) if ids.count(one) > 1]
    assert twice == []


def test_no_style_sheet_loads_from_elsewhere(folder: Path) -> None:
    loaded = []
    for path in folder.rglob("*.css"):
        loaded += re.findall(
            r"(?:@import|url\()\s*[\"']?((?!data:)[^\"')]+)", path.read_text(encoding="utf-8")
        )
    assert [one for one in loaded if urlsplit(one).netloc or urlsplit(one).scheme] == []


def test_every_page_forbids_what_is_not_its_own(folder: Path) -> None:
    for path in folder.rglob("*.html"):
        policies = [
            given["content"]
            for tag, given in read(path).elements
            if tag == "meta" and given.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert "default-src 'none'" in policies[0]
        assert "connect-src 'none'" in policies[0]
        assert "'unsafe-inline'" not in policies[0].split("script-src")[1].split(";")[0]
