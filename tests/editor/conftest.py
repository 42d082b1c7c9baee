"""One server for all tests of it, and a small policy to write in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from editor.client import Editor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = """# 𠮷祥 😀 的试点。
政策「试点」。
施行期：自2024年1月1日起至2025年12月31日止。
适用日：申报日。
汇总年度：申报日。
官方文本：“原文.txt”。
记录「申报」：以申报号为键。
事实「申报号」：编号。
事实「申报日」：日期。
事实「户籍」：农村、城镇。
参数「标准」：自2024年1月1日起500元。
资金「专项资金」。
概念「农村户籍」：户籍为农村。
口径「范围」：默认「农村」，另可「全部」。
  理由：“受标题约束。”。
概念「范围以内人员」：按口径「范围」：
  「农村」指农村户籍；
  「全部」指一律符合。
一「关于奖补」。
> 对农村居民给予一次性奖补。
补贴「奖补」：
  发给：本人。
  资金：专项资金。
  条件：申报日在施行期内，且范围以内人员。
  金额：标准。
"""
OFFICIAL = "一、奖补\n对农村居民\n给予一次性奖补。\n"


@pytest.fixture(scope="session")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    scratch = tmp_path_factory.mktemp("editor")
    editor = Editor(scratch / "cache", scratch / "errors")
    yield editor
    assert editor.end() == 0
    assert (scratch / "errors").read_text(encoding="utf-8") == ""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The entry file of a policy without a mistake."""
    folder = tmp_path / "试点 一"
    folder.mkdir()
    (folder / "原文.txt").write_text(OFFICIAL, encoding="utf-8")
    (folder / "政策.hyp").write_text(SMALL, encoding="utf-8")
    return folder / "政策.hyp"
