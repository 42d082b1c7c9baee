"""The server as an editor meets it: over a pipe, in the protocol's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from editor.conftest import SMALL

from hypolicy.editor.places import Ruler
from hypolicy.source.text import SourceText

if TYPE_CHECKING:
    from pathlib import Path

    from editor.client import Editor


def place(text: str, words: str, nth: int = 0) -> tuple[int, int]:
    """The position of some words in UTF-16 units."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(words, at + 1)
    before = text[:at]
    line = before.rpartition("\n")[2]
    return before.count("\n"), len(line.encode("utf-16-le")) // 2


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """A text after the edits of an answer."""
    ruler = Ruler()
    source = SourceText("政策.hyp", text)  # type: ignore[arg-type]
    spots = []
    for edit in edits:
        start, end = edit["range"]["start"], edit["range"]["end"]
        spots.append((_offset(ruler, source, start), _offset(ruler, source, end), edit["newText"]))
    for start, end, new in sorted(spots, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _offset(ruler: Ruler, source: SourceText, position: dict[str, int]) -> int:
    from lsprotocol import types  # noqa: PLC0415

    return ruler.offset(source, types.Position(position["line"], position["character"]))


@pytest.fixture
def opened(editor: Editor, rules: Path) -> Any:
    editor.open(rules)
    yield rules
    editor.close(rules)
    editor.messages.clear()


def test_unsaved_text_is_checked_told_and_cleared(editor: Editor, opened: Path) -> None:
    text = SMALL.replace("且范围以内人员", "且范围以内人圆")
    editor.change(opened, text)
    (found,) = editor.wait_for(opened)
    assert (found["code"], found["severity"], found["source"]) == ("HY201", 1, "hypolicy")
    assert "是否「范围以内人员」？" in found["message"]
    line, character = place(text, "范围以内人圆")
    assert found["range"]["start"] == {"line": line, "character": character}
    assert "HY201" in found["codeDescription"]["href"]
    where = {
        "textDocument": {"uri": opened.as_uri()},
        "range": found["range"],
        "context": {"diagnostics": []},
    }
    (action,) = editor.ask("textDocument/codeAction", **where)
    assert action["isPreferred"]
    assert edited(text, action["edit"]["changes"][opened.as_uri()]) == SMALL
    editor.change(opened, SMALL)
    assert editor.wait_for(opened) == []
    # As `check` does of the whole folder, though only the rule file is open.
    (warning,) = editor.wait_for(opened.parent / "原文.txt")
    assert (warning["code"], warning["severity"]) == ("HY702", 2)


def test_places_count_utf16_units_behind_characters_outside_of_the_basic_plane(
    editor: Editor, opened: Path
) -> None:
    text = SMALL.replace("“受标题约束。”。", "“受标题“😀𠮷”约束。”  。 事是「甲」：编号。")
    editor.change(opened, text)
    found = editor.wait_for(opened)
    assert place(text, "事是") in [tuple(each["range"]["start"].values()) for each in found]
    (place_line, units) = place(text, "事是")
    assert units == text.split("\n")[place_line].index("事是") + 2


def test_hover_tells_what_words_are(editor: Editor, opened: Path) -> None:
    def told(words: str, nth: int = 0, further: int = 1) -> str:
        line, character = place(SMALL, words, nth)
        answer = editor.at("hover", opened, line, character + further)
        return answer["contents"]["value"] if answer else ""

    assert "概念「农村户籍」：户籍为农村。" in told("农村户籍", 1)
    assert "事实「户籍」：农村、城镇。" in told("户籍为农村", 0, 0)
    assert "「户籍」的取值" in told("农村。", 0, 0)
    assert "自2024年1月1日起500元" in told("标准", 1)
    assert "理由：“受标题约束。”" in told("「范围」", 1)
    assert "一" in told("补贴「奖补」", 0, 4)
    assert "补贴「名称」：" in told("补贴「奖补」", 0)
    assert "原文.txt 第2行" in told("对农村居民")
    assert "对农村居民给予一次性奖补。" in told("一「关于奖补」", 0, 0)
    assert told("500元") == ""


def test_definitions_and_references(editor: Editor, opened: Path) -> None:
    line, character = place(SMALL, "农村户籍", 1)
    found = editor.at("definition", opened, line, character + 1)
    assert tuple(found["range"]["start"].values()) == place(SMALL, "「农村户籍」")
    found = editor.at("references", opened, line, character, context={"includeDeclaration": True})
    assert len(found) == 2
    line, character = place(SMALL, "对农村居民")
    official = editor.at("definition", opened, line, character)
    assert official["uri"] == (opened.parent / "原文.txt").as_uri()
    assert official["range"]["start"]["line"] == 1


def test_a_name_of_the_rules_alone_is_changed_everywhere(editor: Editor, opened: Path) -> None:
    line, character = place(SMALL, "农村户籍", 1)
    answer = editor.at("rename", opened, line, character, newName="农村居民")
    assert edited(SMALL, answer["changes"][opened.as_uri()]) == SMALL.replace("农村户籍", "农村居民")


@pytest.mark.parametrize(("words", "new"), [("户籍为农村", "户口"), ("农村户籍", "户籍"), ("农村户籍", "且")])
def test_a_name_stays_where_another_would_not_do(editor: Editor, opened: Path, words: str, new: str) -> None:
    line, character = place(SMALL, words)
    assert editor.at("rename", opened, line, character, newName=new) is None
    assert editor.messages


def test_completion_offers_what_the_grammar_accepts(editor: Editor, opened: Path) -> None:
    def offered(sentence: str) -> list[str]:
        text = SMALL + sentence
        editor.change(opened, text)
        lines = text.split("\n")
        items = editor.at("completion", opened, len(lines) - 1, len(lines[-1]))
        return [item["textEdit"]["newText"] for item in sorted(items, key=lambda item: item["sortText"])]

    assert offered("概念「甲」：农村户") == ["农村户籍"]
    assert sorted(offered("概念「甲」：户籍为")[:2]) == ["农村", "城镇"]
    assert sorted(offered("概念「甲」：户籍属于农村、")[:2]) == ["农村", "城镇"]
    assert offered("概念「甲」：按口径")[0] == "「范围」"
    assert offered("概念「甲」：按口径「") == ["「范围」"]
    assert {"且", "或"} <= set(offered("概念「甲」：农村户籍"))
    assert offered("校") == ["校验"]
    assert offered("# 农村") == []


def test_the_file_in_its_layout_or_not_at_all(editor: Editor, opened: Path) -> None:
    options = {"tabSize": 4, "insertSpaces": True}
    crooked = SMALL.replace("  发给：本人。", "发给:本人.")
    editor.change(opened, crooked)
    about = {"textDocument": {"uri": opened.as_uri()}, "options": options}
    edits = editor.ask("textDocument/formatting", **about)
    assert edited(crooked, edits) == SMALL
    editor.change(opened, SMALL.replace("概念", "慨念"))
    assert editor.ask("textDocument/formatting", **about) is None
    assert editor.messages == ["文件有错误，没有调整格式。"]


def test_outline_and_folds(editor: Editor, opened: Path) -> None:
    about = {"textDocument": {"uri": opened.as_uri()}}
    names = [each["name"] for each in editor.ask("textDocument/documentSymbol", **about)]
    assert names[0] == "试点"
    assert names[-1] == "一"
    folds = editor.ask("textDocument/foldingRange", **about)
    assert (place(SMALL, "补贴「奖补」")[0], SMALL.count("\n") - 1) in [
        (fold["startLine"], fold["endLine"]) for fold in folds
    ]


def test_a_draft_that_is_open_is_checked_like_one_that_is_asked_for(editor: Editor, opened: Path) -> None:
    draft = opened.parent / "修订" / "甲.hyp"
    head = "修订「甲」。\n文号：“某府〔2024〕1号”。\n位阶：市级规范性文件。\n施行日：2024年7月1日。\n状态：草案。\n"
    editor.open(draft, f"{head}第一条「提高标准」。\n将参数「标淮」自2024年7月1日起由500元修改为600元。\n")
    found = editor.wait_for(draft)
    assert "HY221" in [each["code"] for each in found]
    assert editor.shown.get(opened, []) == []
    editor.close(draft)
    assert editor.wait_for(draft) == []


def test_files_outside_of_any_policy_get_nothing(editor: Editor, tmp_path: Path) -> None:
    alone = tmp_path / "独.hyp"
    editor.open(alone, "慨念「甲」：一律符合。\n")
    assert editor.at("hover", alone, 0, 1) is None
    assert editor.ask("textDocument/documentSymbol", textDocument={"uri": alone.as_uri()}) == []
    editor.open(alone.with_suffix(".bin"), "\0")
    unsaved = {"uri": "untitled:1", "languageId": "hyp", "version": 1, "text": "甲"}
    editor.tell("textDocument/didOpen", textDocument=unsaved)
    editor.ask("textDocument/foldingRange", textDocument={"uri": "untitled:1"})
    assert alone not in editor.shown


HOSTILE = ["", "\ud83d半个字", "「" * 300, "\0\u202e\r\r\n>", "（" * 5000, "政策「甲」。\n" * 50]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_ends_the_server(editor: Editor, opened: Path, text: str) -> None:
    editor.change(opened, text)
    editor.wait_for(opened)
    about = {"uri": opened.as_uri()}
    for method in ("documentSymbol", "foldingRange"):
        assert editor.ask(f"textDocument/{method}", textDocument=about) is not None
    for line, character in ((0, 0), (0, 2), (9, 9)):
        for method in ("hover", "definition", "completion"):
            editor.at(method, opened, line, character)
    assert not [message for message in editor.messages if "缺陷" in message]
