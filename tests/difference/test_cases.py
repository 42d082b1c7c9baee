"""Pairs of policies with what is said of their difference.

A case is a Markdown file of `cases/`: ```diff blocks make the second policy out of the first (a line `政策：NAME` says
which one: a folder of `policies/`, or 小世界), or `修订：FILE` is an amending document of docs/examples that the second
one takes in; a ```text block is the answer. Where it is no longer the answer,

    python tests/difference/test_cases.py --update

puts in what is said now. Read the difference before you commit it. Beside some cases lies the answer as data, in a file
of the same name that ends in .json.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import pytest
from docs.editing import edit
from docs.fences import ROOT, Block, blocks

from hypolicy.difference.compare import compare
from hypolicy.pipeline import load
from hypolicy.rules.difference_json import difference_json
from hypolicy.rules.difference_text import difference_text

if TYPE_CHECKING:
    from hypolicy.rules.difference import Difference

CASES: Final = sorted((Path(__file__).parent / "cases").glob("*.md"))
_POLICY: Final = re.compile(r"^政策：(.+)$", re.MULTILINE)
_AMENDMENT: Final = re.compile(r"^修订：(.+)$", re.MULTILINE)
_WIDTH: Final = 100


def policy_folder(text: str) -> Path:
    found = _POLICY.search(text)
    name = found[1].strip() if found is not None else "hengyang-2019"
    own = Path(__file__).parent / name
    return own if own.is_dir() else ROOT / "policies" / name


def answer(text: str, folder: Path) -> Difference:
    """What the edits of a case make of its policy."""
    before = policy_folder(text)
    shutil.copytree(before, folder / "修改后")
    for block in blocks(text):
        if block.info == "diff":
            edit(folder / "修改后", block.text)
    amendments = [ROOT / "docs" / "examples" / name.strip() for name in _AMENDMENT.findall(text)]
    return compare(load(before), load(folder / "修改后", amendments=amendments), ("前", "后"))


def data(told: Difference) -> str:
    return json.dumps(difference_json(told), ensure_ascii=False, indent=1) + "\n"


def expected(text: str) -> Block:
    return next(block for block in blocks(text) if block.info == "text")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    told = answer(text, tmp_path)
    assert difference_text(told, _WIDTH) == expected(text).text
    if path.with_suffix(".json").is_file():
        assert data(told) == path.with_suffix(".json").read_text(encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python tests/difference/test_cases.py --update")
    for case in CASES:
        written = case.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as temporary:
            told = answer(written, Path(temporary))
        block = expected(written)
        lines = written.split("\n")
        lines[block.first : block.last] = difference_text(told, _WIDTH).rstrip("\n").split("\n")
        case.write_text("\n".join(lines), encoding="utf-8")
        if case.with_suffix(".json").is_file():
            case.with_suffix(".json").write_text(data(told), encoding="utf-8")
