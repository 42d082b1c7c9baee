"""Every example of the language reference is checked, and its worked cases are run.

An amending document (```hyp 修订) amends the example before it that is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from docs.fences import ROOT, Block, blocks

from docs.examples import lay_beside, lay_out
from hypolicy.backends.exact.cases import run_case
from hypolicy.pipeline import check_folder
from hypolicy.syntax.builder import Builder
from hypolicy.syntax.grammar import keywords, sentence_parser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFERENCE: Final = ROOT / "docs" / "language.md"


def examples() -> Iterator[tuple[Block, Block | None]]:
    """Each example, with the rules that it amends if it is an amending document."""
    rules: Block | None = None
    for block in blocks(REFERENCE.read_text(encoding="utf-8")):
        words = block.info.split()
        if words[:2] == ["hyp", "修订"]:
            yield block, rules
        elif words[:1] == ["hyp"]:
            rules = block
            yield block, None


EXAMPLES: Final = list(examples())
GOOD: Final = [(block, rules) for block, rules in EXAMPLES if "error" not in block.info]
# An example shows a word, and need not show what it is used for; it quotes a text that is not there.
UNUSED: Final = frozenset({"HY211", "HY213", "HY703"})


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPOLICY_CACHE", str(tmp_path / "cache"))


def laid_out(example: Block, rules: Block | None, folder: Path) -> Path:
    folder.mkdir()
    lay_out((rules or example).text, folder)
    if rules is not None:
        lay_beside(example.text, folder)
    return folder


@pytest.mark.parametrize(("example", "rules"), EXAMPLES, ids=lambda block: block.name if block else "")
def test_example(example: Block, rules: Block | None, tmp_path: Path) -> None:
    """A good example has nothing to complain of; one marked `error` gives exactly the codes that it names."""
    mark, *codes = example.info.split()[2 if rules is not None else 1 :] or [""]
    assert mark in ("", "error"), example.info
    assert bool(mark) is bool(codes)
    checked = check_folder(laid_out(example, rules, tmp_path / "policy"))
    told = {found.code: f"{found.places[:1]} {found.message}" for found in checked.diagnostics}
    assert told.keys() - UNUSED == set(codes), told
    if codes:
        return
    assert checked.policy is not None
    for case in checked.policy.cases:
        result = run_case(checked.policy, case)
        assert result.passed, (case.name, result.mismatches)


def test_every_form_of_the_grammar_has_a_good_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rule of the grammar takes part in an example, so that no form goes without one."""
    used: set[str] = set()
    transform = Builder.transform

    def watched(self: Builder, tree: Any) -> Any:
        used.update(str(part.data) for part in tree.iter_subtrees())
        return transform(self, tree)

    monkeypatch.setattr(Builder, "transform", watched)
    monkeypatch.setattr("hypolicy.syntax.parser._sound", {})  # what other tests have read is read again
    for number, (example, rules) in enumerate(GOOD):
        check_folder(laid_out(example, rules, tmp_path / str(number)))
    forms = {
        str(rule.alias or rule.origin.name)
        for rule in sentence_parser().rules
        if rule.alias or not rule.options.expand1
    }
    without = sorted(form for form in forms - used if not form.startswith("_"))
    assert not without, f"no example in docs/language.md for: {'、'.join(without)}"


def test_every_keyword_is_explained() -> None:
    reference = REFERENCE.read_text(encoding="utf-8")
    missing = [word for word in keywords() if word not in reference]
    assert not missing, f"not in docs/language.md: {'、'.join(missing)}"
