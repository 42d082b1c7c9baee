"""Examples for the pages on codes: of each code the smallest conformance case, and what is then shown."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from hypolicy.diagnostics.manual import Example
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.render import render_text
from hypolicy.pipeline import examine
from hypolicy.source.folder import AMENDMENTS, PolicyFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.diagnostics.diagnostic import Diagnostic

CASES: Final = Path(__file__).resolve().parents[1] / "tests" / "conformance"
_MOST_LINES: Final = 12
# How the conformance cases say what is wrong with a line: #! HY306.
_MARK: Final = re.compile(r"\s*#! ?(file|below)?(?P<codes>(?: HY\d{3})+)$", re.MULTILINE)


@cache
def examples() -> dict[str, Example]:
    """For each code the smallest conformance case that reaches it, and what is then shown."""
    smallest: dict[str, tuple[int, Path]] = {}
    for case in sorted(CASES.glob("*/bad/*")):
        if case.suffix == ".txt":  # the words of the case beside it
            continue
        files = [case] if case.is_file() else sorted(case.rglob("*"))
        texts = [path.read_bytes() for path in files if path.is_file()]
        for mark in _MARK.finditer(b"".join(texts).decode(errors="ignore")):
            for number in mark["codes"].split():
                candidate = (sum(map(len, texts)), case)
                smallest[number] = min(smallest.get(number, candidate), candidate)
    return {number: _example(number, case) for number, (_, case) in sorted(smallest.items())}


def laid_out(case: Path, folder: Path) -> Path:
    """A conformance case as a policy folder: a rule file, a folder, or either laid over the policy of its topic."""
    base, alone = case.parents[1] / "政策", folder / "政策.hyp"
    if base.is_dir():
        shutil.copytree(base, folder)
        alone = folder / AMENDMENTS / "甲.hyp"
    if case.is_dir():
        shutil.copytree(case, folder, dirs_exist_ok=True)
    else:
        alone.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(case, alone)
    return folder


def _example(number: str, case: Path) -> Example:
    with TemporaryDirectory() as folder:
        policy = laid_out(case, Path(folder) / "policy")
        for path in policy.rglob("*.hyp"):
            with suppress(UnicodeDecodeError):
                path.write_text(_MARK.sub("", path.read_text(encoding="utf-8-sig")), encoding="utf-8")
        try:
            found: Iterable[Diagnostic] = examine(PolicyFolder(policy.resolve())).diagnostics
        except Refusal as refusal:
            found = refusal.diagnostics
    diagnostic = next(diagnostic for diagnostic in found if diagnostic.code == number)
    shown = render_text([diagnostic], color=False).rpartition("\n\n")[0]
    places = [place.span for place in diagnostic.places if place.span.source.path.suffix == ".hyp"]
    lines = [(span.source, span.source.position(span.start)[0]) for span in places]
    numbers = [number - 1 for source, number in lines if source is lines[0][0]]
    return Example(_excerpt(places[0].source.text.splitlines(), numbers) if places else "", shown)


def _excerpt(lines: Sequence[str], numbers: Sequence[int]) -> str:
    """The sentences that some lines belong to, with the head of their block, without comments."""
    bare = [re.sub(r"\s*#.*", "", line).rstrip() for line in lines]
    first, last = (min(max(n, 0), len(bare) - 1) for n in (min(numbers), max(numbers)))
    while first > 0 and bare[first - 1] and not bare[first - 1].endswith(("。", "：")):
        first -= 1
    while last + 1 < len(bare) and bare[last + 1] and not bare[last].endswith("。"):
        last += 1
    head = next((n for n in range(first, -1, -1) if bare[n][:1].strip()), first)
    return "\n".join(line for line in bare[max(head, last - _MOST_LINES) : last + 1] if line)
