"""Generated parts are up to date, links lead somewhere, and the front page says what the commands are."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import click
import pytest
from docs.fences import ROOT, blocks

from hypolicy.cli.main import root

if TYPE_CHECKING:
    from pathlib import Path

READMES: Final = [ROOT / "README.md", ROOT / "README.en.md"]
DOCUMENTS: Final = [*READMES, *sorted((ROOT / "docs").rglob("*.md"))]
_LINK: Final = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def test_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    links = _LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_rule_on_the_front_page_is_the_rule(readme: Path) -> None:
    rules = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "policies" / "hengyang-2019").glob("*.hyp"))
    )
    shown = [block.text for block in blocks(readme.read_text(encoding="utf-8")) if "补贴「" in block.text]
    assert shown
    for text in shown:
        assert all(piece.strip("\n") in rules for piece in text.split("\n\n"))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_front_page_lists_the_commands_and_the_options_of_decide(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    told = dict.fromkeys(re.findall(r"^\| `hypolicy (\w+)[ `]", text, re.MULTILINE))
    assert list(told) == root.list_commands(click.Context(root))
    decide = root.get_command(click.Context(root), "decide")
    options = {name for parameter in decide.params for name in parameter.opts if name.startswith("--")}
    assert set(re.findall(r"^\| `(--\w+)", text, re.MULTILINE)) == options


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_what_make_is_told_to_make_is_there(readme: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = set(re.findall(r"(?:^|`)make ([a-z]+)", readme.read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= asked <= targets
