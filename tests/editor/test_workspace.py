"""Open documents over the files on disk, in whichever policy folders they are."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from editor.conftest import SMALL

from hypolicy.editor.workspace import Workspace
from hypolicy.pipeline import check_folder
from hypolicy.source.folder import ENTRY

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_each_document_belongs_to_the_nearest_policy_around_it(tmp_path: Path) -> None:
    outer, inner = tmp_path / "外", tmp_path / "外" / "内"
    inner.mkdir(parents=True)
    (outer / ENTRY).write_text(SMALL, encoding="utf-8")
    workspace = Workspace()
    assert workspace.put((inner / "甲.hyp").as_uri(), "") == outer
    assert workspace.put((inner / ENTRY).as_uri(), SMALL) == inner  # never saved
    assert workspace.put((tmp_path / "独.hyp").as_uri(), "") is None
    assert sorted(workspace.open_in(inner)) == [PurePosixPath("政策.hyp"), PurePosixPath("甲.hyp")]
    assert list(workspace.open_in(outer)) == []
    assert set(workspace.view(inner).sources) == {PurePosixPath("政策.hyp"), PurePosixPath("甲.hyp")}


def test_a_closed_document_is_what_is_on_disk(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPOLICY_CACHE", str(tmp_path / "cache"))
    workspace, root = Workspace(), rules.parent
    before = check_folder(root)
    workspace.put(rules.as_uri(), "政策「另一个」。\n")
    assert workspace.view(root).folder.read(ENTRY).text == "政策「另一个」。\n"
    assert [(d.code, d.message) for d in check_folder(root).diagnostics] == [
        (d.code, d.message) for d in before.diagnostics
    ]
    workspace.drop(rules.as_uri())
    assert workspace.view(root).folder.read(ENTRY).text == SMALL
