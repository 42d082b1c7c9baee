"""The tutorials, acted out: every edit made, every command run, every answer compared.

A section (##) begins with a fresh copy of the policies and the examples. In it, in order,

    ```diff      changes files: after `--- FILE`, lines with - are replaced by those with +, others are as they are;
                 a file that does not exist is made of its + lines
    ```console   lines with $ are commands; what follows is what they say, where … stands for any part of a line,
                 and a line of its own for any lines

Where a tutorial says what a command no longer says, this test fails, and

    python tests/docs/test_tutorial.py --update

puts in what the commands say now, and keeps each … where it can. Read the difference before you commit it.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import pytest
from docs.editing import edit
from docs.fences import ROOT, Block, blocks

from hypolicy.cli.main import root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TUTORIALS: Final = sorted((ROOT / "docs").glob("tutorial-*.md"))
ANYTHING: Final = "…"
_ALIKE: Final = 0.6
_PLAIN: Final = re.compile(
    r"hypolicy (?P<words>[^|<>;&$`]*?)(?P<quiet> 2>/dev/null)?(?:; echo (?P<code>\S+) \$\?)?"
)


# --- acting ----------------------------------------------------------------------------------------------------


class Stage:
    """A folder with the policies and the examples of the documentation in it, where commands run.

    A plain call of hypolicy runs in this process, which is quicker; whatever else a shell is asked for, runs in one.
    """

    def __init__(self, folder: Path, lent: Path | None = None) -> None:
        """With `lent` policies that are not to be changed, what is known of them is lent too."""
        self.folder = folder / "work"
        self.folder.mkdir()
        if lent is None:
            shutil.copytree(ROOT / "policies", self.folder / "policies")
        else:
            (self.folder / "policies").symlink_to(lent)
        shutil.copytree(ROOT / "docs" / "examples", self.folder / "docs" / "examples")
        programs = folder / "bin"
        programs.mkdir()
        for name, words in (("hypolicy", "-m hypolicy "), ("python3", "")):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n', encoding="utf-8")
            program.chmod(0o755)
        self.environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HYPOLICY_CACHE": str((lent or folder) / "cache"),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
        }

    def run(self, command: str) -> list[str]:
        """What a command says, on both streams, line by line."""
        plain = _PLAIN.fullmatch(command)
        text = self.shell(command) if plain is None else self.call(plain)
        return without_blank_end([line.rstrip() for line in text.split("\n")])

    def call(self, plain: re.Match[str]) -> str:
        said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        code: object = 0
        with (
            chdir(self.folder),
            patch.dict(os.environ, self.environment),
            redirect_stdout(said),
            redirect_stderr(io.StringIO() if plain["quiet"] else said),
        ):
            try:
                root(shlex.split(plain["words"]), prog_name="hypolicy")
            except SystemExit as end:
                code = end.code or 0
        text: str = said.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
        return f"{text}{plain['code']} {code}\n" if plain["code"] else text

    def shell(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        return done.stdout.decode("utf-8", errors="backslashreplace")


def without_blank_end(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines


def dialogue(text: str) -> Iterator[tuple[str, list[str]]]:
    """Commands and what is said to each."""
    command: str | None = None
    said: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command, without_blank_end(said)
            command, said = line[2:], []
        elif command is not None and command.endswith("\\") and not said:
            command += f"\n{line}"
        else:
            said.append(line)
    if command is not None:
        yield command, without_blank_end(said)


def fits(expected: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the lines are the same, where … is left out."""
    if not expected:
        return not said
    if expected[0] == ANYTHING:
        return any(fits(expected[1:], said[start:]) for start in range(len(said) + 1))
    return bool(said) and fits_line(expected[0].rstrip(), said[0]) and fits(expected[1:], said[1:])


def fits_line(expected: str, said: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, expected.split(ANYTHING))), said) is not None


# --- tests -----------------------------------------------------------------------------------------------------


def scenes(path: Path) -> dict[str, list[Block]]:
    """The blocks of each section that has something to act out."""
    acted = [b for b in blocks(path.read_text(encoding="utf-8")) if b.info in ("diff", "console")]
    return {section: list(found) for section, found in groupby(acted, key=lambda block: block.section)}


SCENES: Final = [
    pytest.param(section, id=f"{path.stem}-{title}")
    for path in TUTORIALS
    for title, section in scenes(path).items()
]


@pytest.fixture(scope="module")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Policies for the scenes that change nothing, so that these are checked once."""
    folder = tmp_path_factory.mktemp("lent")
    shutil.copytree(ROOT / "policies", folder, dirs_exist_ok=True)
    return folder


@pytest.mark.parametrize("scene", SCENES)
def test_scene(scene: list[Block], lent: Path, tmp_path: Path) -> None:
    changes = any(
        "--write" in block.text if block.info == "console" else "--- policies/" in block.text
        for block in scene
    )
    stage = Stage(tmp_path, None if changes else lent)
    for block in scene:
        if block.info == "diff":
            edit(stage.folder, block.text)
            continue
        for command, expected in dialogue(block.text):
            said = stage.run(command)
            assert fits(expected, said), "\n".join([f"$ {command}", *said])


# --- updating --------------------------------------------------------------------------------------------------


def adapted(expected: Sequence[str], said: Sequence[str]) -> Sequence[str]:
    """What was expected, brought up to date: with its … where that can be, and whole where it cannot."""
    if fits(expected, said):
        return expected
    out: list[str] = []
    at = 0
    for line in expected:
        if line == ANYTHING:
            out.append(ANYTHING)
            continue
        likeness = [max(SequenceMatcher(None, line, one).ratio(), fits_line(line, one)) for one in said[at:]]
        if max(likeness, default=0) < _ALIKE:
            return said
        at += likeness.index(max(likeness))
        out.append(line if fits_line(line, said[at]) else said[at])
        at += 1
    return out if fits(out, said) else said


def update(path: Path) -> bool:
    """Put in what the commands say now; whether anything has changed."""
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    answers: list[tuple[Block, list[str]]] = []
    for scene in scenes(path).values():
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(Path(folder).resolve())
            for block in scene:
                if block.info == "diff":
                    edit(stage.folder, block.text)
                    continue
                answer: list[str] = []
                for command, expected in dialogue(block.text):
                    said = stage.run(command)
                    answer += [f"$ {command}", *adapted(expected, said)]
                answers.append((block, "\n".join(answer).split("\n")))
    for block, answer in reversed(answers):
        lines[block.first : block.last] = answer
    updated = "\n".join(lines)
    path.write_text(updated, encoding="utf-8")
    return updated != text


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python tests/docs/test_tutorial.py --update")
    for tutorial in TUTORIALS:
        if update(tutorial):
            print(f"已更新 {tutorial.relative_to(ROOT)}")
