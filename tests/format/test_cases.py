"""Files as authors write them, and how they should look."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.source.folder import PolicyFolder
from hypolicy.syntax import layout
from hypolicy.syntax.format import format_files
from hypolicy.syntax.grammar import keywords

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.glob("*.hyp") if ".expected." not in path.name)


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    source = PolicyFolder(CASES).read(PurePosixPath(name))
    collector = Collector()
    formatting = format_files([source], collector)
    assert collector.found == []
    assert formatting.unsound == ()
    expected = (CASES / name).with_suffix(".expected.hyp").read_text(encoding="utf-8")
    assert formatting.texts[source.path] == expected


def test_the_sentences_with_joints_are_sentences_of_the_grammar() -> None:
    known = set(keywords().values())
    assert known >= layout._CONDITION_SENTENCES | layout._TAILS | layout._CASE_PARTS
    assert {"_K_CASE", "_K_MEANS", "_K_ASSUME", "_K_DUE", "_K_AND", "_K_OR"} <= known
