"""What the server tells is what the command line tells; and its places are the editor's."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from cli.running import run
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from docs.code_examples import laid_out
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.editor.findings import look_over
from hypolicy.editor.places import Ruler
from hypolicy.editor.repairs import Repair, repairs
from hypolicy.pipeline import examine
from hypolicy.source.folder import PolicyFolder
from hypolicy.source.text import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.diagnostics.diagnostic import Diagnostic

CASES = Path(__file__).parents[1] / "conformance"
# One case of each topic.
SAMPLE = [min(folder.glob("*"), key=lambda path: path.name) for folder in sorted(CASES.glob("*/bad"))]


def told(diagnostics: Iterable[Diagnostic]) -> list[tuple[str, str, str, list[str]]]:
    return sorted((d.code, d.message, d.help, [str(p.span) for p in d.places]) for d in diagnostics)


def checked(folder: PolicyFolder) -> tuple[Diagnostic, ...]:
    try:
        return examine(folder).diagnostics
    except Refusal as refusal:
        return refusal.diagnostics


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case.parents[1].name)
def test_the_same_diagnostics_as_check_from_unsaved_text(case: Path, tmp_path: Path) -> None:
    root = laid_out(case, tmp_path / "政策").resolve()
    wanted = told(checked(PolicyFolder(root)))
    texts = {}
    for path in root.rglob("*.hyp"):
        texts[PurePosixPath(path.relative_to(root).as_posix())] = path.read_text(encoding="utf-8-sig")
        path.write_text("# 磁盘上的另一个样子。\n", encoding="utf-8")
    found = look_over(PolicyFolder(root, unsaved=texts))
    assert told(d for each in found.by_file.values() for d in each) == wanted


BEFORE = (
    "政策「试点」。\n施行期：自2024年1月1日起至2025年12月31日止。\n记录「申报」：以申报号为键。\n"
    "事实「申报号」：编号。\n事实「是学生」：是否。\n事实「领证日」：日期。\n"
)


def unsaved(text: str, folder: Path) -> tuple[Diagnostic, ...]:
    """What is told of these rules behind the few that they need."""
    (folder / "政策.hyp").write_text(BEFORE, encoding="utf-8")
    return checked(PolicyFolder(folder.resolve(), unsaved={PurePosixPath("政策.hyp"): BEFORE + text}))


def done(repair: Repair, text: str) -> str:
    return text[: repair.span.start] + repair.text + text[repair.span.end :]


def repaired(diagnostics: Iterable[Diagnostic], text: str) -> str:
    surely = [repair for d in diagnostics for repair in repairs(d) if repair.surely]
    for repair in sorted(surely, key=lambda repair: repair.span.start, reverse=True):
        text = done(repair, text)
    return text


@pytest.mark.parametrize(
    ("mistaken", "mended"),
    [
        ("概念「甲」：一律符合\n概念「乙」：甲。", "概念「甲」：一律符合。\n概念「乙」：甲。"),
        (
            "概念「甲」：同时满足：（1）是学生（2）是学生。",
            "概念「甲」：同时满足：（1）是学生；（2）是学生。",
        ),
        (
            "概念「甲」：同时满足：（1）是学生；（3）是学生。",
            "概念「甲」：同时满足：（1）是学生；（2）是学生。",
        ),
        ("概念「甲」：是学生，且，是学生。", "概念「甲」：是学生，且是学生。"),
        ("概念「甲」：领证日早于2024-08-30。", "概念「甲」：领证日早于2024年8月30日。"),
        ("概念「甲」：领\u200b证日早于2024年8月30日。", "概念「甲」：领证日早于2024年8月30日。"),
        ("概念「甲」：领正日早于2024年8月30日。", "概念「甲」：领证日早于2024年8月30日。"),
        ("概念甲：一律符合。", "概念「甲」：一律符合。"),
    ],
)
def test_repairs(mistaken: str, mended: str, tmp_path: Path) -> None:
    assert repaired(unsaved(mistaken, tmp_path), BEFORE + mistaken) == BEFORE + mended


@pytest.mark.parametrize(
    ("mistaken", "choices"),
    [
        ("#概念「甲」：一律符合。", ["概念「甲」：一律符合。"]),
        ("#见附件第二页。", ["# 见附件第二页。", "见附件第二页。"]),
    ],
)
def test_what_the_author_meant_by_a_mark_is_asked(mistaken: str, choices: list[str], tmp_path: Path) -> None:
    offered = [repair for d in unsaved(mistaken, tmp_path) for repair in repairs(d)]
    assert [done(repair, BEFORE + mistaken).removeprefix(BEFORE) for repair in offered] == choices
    assert not any(repair.surely for repair in offered)


@given(st.text(st.sampled_from("甲a𠮷😀\n，"), max_size=30), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_places_there_and_back(text: str, encoding: str) -> None:
    source, ruler = SourceText(PurePosixPath("政策.hyp"), text), Ruler(encoding)
    for offset in range(len(text) + 1):
        position = ruler.position(source, offset)
        assert ruler.offset(source, position) == offset
        line = text[:offset].rpartition("\n")[2]
        codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
        width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
        assert position == types.Position(text[:offset].count("\n"), len(line.encode(codec)) // width)
    whole = ruler.range(Span(source, 0, len(text)))
    assert ruler.offset(source, types.Position(99, 99)) == len(text) == ruler.offset(source, whole.end)


def test_without_its_library_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("hypolicy.editor", "pygls"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    shown = run("lsp")
    assert shown.code == 2
    assert 'pip install "hypolicy[editor]"' in shown.err
    importlib.invalidate_caches()
