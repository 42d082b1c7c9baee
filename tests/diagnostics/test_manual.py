"""The page on a code: each code has a reason, and an example where one can be shown."""

from __future__ import annotations

import pytest
from cli.running import run

from hypolicy.diagnostics.codes import CODES
from hypolicy.diagnostics.language_codes import LANGUAGE_CODES
from hypolicy.diagnostics.manual import as_markdown, as_text, examples
from hypolicy.diagnostics.reasons import REASONS

# Examples of these would be too large to be shown.
LARGE = {"HY106", "HY123", "HY126", "HY128", "HY133", "HY414"}


def test_every_code_has_a_reason_and_no_other_has() -> None:
    assert sorted(REASONS) == sorted(CODES)
    assert all(reason.endswith("。") for reason in REASONS.values())


def test_every_mistake_in_rule_files_has_an_example_that_shows_it() -> None:
    known = examples()
    assert sorted({code.number for code in LANGUAGE_CODES} - set(known)) == sorted(LARGE)
    for number, example in known.items():
        assert f"{number}：" in example.shown.partition("\n")[0]
        assert "#!" not in example.text + example.shown


@pytest.mark.parametrize("number", sorted(CODES))
def test_both_pages_say_the_same(number: str) -> None:
    code, example = CODES[number], examples().get(number)
    markdown, text = as_markdown(code, example), as_text(code, example)
    for part in (REASONS[number], *(example.text.split("\n") if example else ())):
        assert part in markdown
        assert part.strip() in text


@pytest.mark.parametrize("spelling", ["HY504", "hy504", "504"])
def test_the_command_explains_a_code(spelling: str) -> None:
    shown = run("code", spelling)
    assert shown.code == 0
    assert REASONS["HY504"] in shown.out
    assert "叠加方式" in shown.out


def test_the_command_lists_all_codes() -> None:
    lines = run("code").out.splitlines()
    assert [line[:5] for line in lines] == sorted(CODES)


def test_an_unknown_code_is_told_with_near_ones() -> None:
    shown = run("code", "HY599")
    assert shown.code == 2
    assert "没有编号 HY599" in shown.err
    assert "HY5" in shown.err.partition("是否")[2]
