"""However a file was laid out, it is formatted to one text; and nothing is lost on the way."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath
from random import Random

import pytest
from format.relayout import Relayout, bare
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from docs.code_examples import laid_out
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.source.folder import AMENDMENTS, PolicyFolder
from hypolicy.source.text import SourceText
from hypolicy.syntax.format import format_files
from hypolicy.syntax.include import gather

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
GOOD = (ROOT / "tests" / "conformance").glob("*/good/*")
CONFORMING = sorted(path for path in GOOD if path.is_dir() or path.suffix == ".hyp")
# A seed is as good as any other: shrinking one would only take time.
some_layouts = settings(max_examples=1, deadline=None, phases=[Phase.reuse, Phase.generate])


def formatted(sources: list[SourceText]) -> list[SourceText]:
    """Formatted as one policy; the formatter's own proof holds. A comment may stand close to its #, which is told."""
    collector = Collector()
    formatting = format_files(sources, collector)
    assert {diagnostic.code for diagnostic in collector.found} <= {"HY134"}
    assert formatting.unsound == ()
    return [SourceText(source.path, formatting.texts[source.path]) for source in sources]


def expected_cases() -> list[list[SourceText]]:
    paths = sorted(CASES.glob("*.expected.hyp"))
    return [[SourceText(PurePosixPath(path.name), path.read_text(encoding="utf-8"))] for path in paths]


@cache
def policies() -> list[list[SourceText]]:
    """The regulation, and each golden case: files that are formatted already."""
    regulation = gather(PolicyFolder(ROOT / "policies" / "hengyang-2019"), Collector())
    return [formatted(regulation), *expected_cases()]


def test_what_is_formatted_stays_as_it_is() -> None:
    for sources in policies():
        assert [source.text for source in formatted(sources)] == [source.text for source in sources]


@some_layouts
@given(seed=st.integers(0, 2**32))
def test_layout_of_the_author_does_not_matter(seed: int) -> None:
    random = Random(seed)
    for sources in policies():
        relayout = Relayout.of(sources)
        relaid = [relayout.relaid(source, random) for source in sources]
        for result, source in zip(formatted(relaid), sources, strict=True):
            assert result.text == source.text


@some_layouts
@given(seed=st.integers(0, 2**32))
def test_no_comment_is_lost(seed: int) -> None:
    random = Random(seed)
    for sources in policies():
        relayout = Relayout.of(sources)
        commented = [relayout.commented(source, random) for source in sources]
        results = formatted([source for source, _ in commented])
        for result, (_, count), source in zip(results, commented, sources, strict=True):
            numbers = [int(number) for number in re.findall(r"(?m)# 注(\d+)，。「“；字$", result.text)]
            assert numbers == list(range(1, count + 1))
            assert bare(result.text) == bare(source.text)


@pytest.mark.parametrize("case", CONFORMING, ids=lambda case: case.name)
def test_conforming_cases_are_formatted_soundly(case: Path, tmp_path: Path) -> None:
    folder = PolicyFolder(laid_out(case, tmp_path / "policy").resolve())
    sources = gather(folder, Collector())
    if (case.parents[1] / "政策").is_dir():
        sources += [folder.read(path) for path in folder.rule_files() if path.parts[0] == AMENDMENTS]
        sources = [source for source in sources if "没有写完的" not in source.text]
    once = formatted(sources)
    assert [source.text for source in formatted(once)] == [source.text for source in once]
