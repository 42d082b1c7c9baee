"""The passes, in order. Read this first.

    folder → files (syntax.include) → tree as written (syntax.parser) → policy (check.policy)
           → what can meet, proved or shown by a witness (proof.overlaps)
           → quotes compared with the official text (check.official_text)
           → decisions (backends.exact) → files of results (records)

A pass takes one representation and gives the next; what is wrong in the user's input is collected on the way and
told all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy import cache
from hypolicy.diagnostics.diagnostic import Collector, Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.source.folder import PolicyFolder

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.check.official_text import Coverage
    from hypolicy.rules.tree import Policy


@frozen
class Checked:
    """A checked policy folder. `policy` is None where errors leave no meaning to evaluate."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]
    coverage: Coverage | None


def check_folder(path: Path) -> Checked:
    """All passes up to the rule tree, or what they gave when the same files were last checked.

    Raises Refusal where the path is no folder, or has no entry file.
    """
    if not path.is_dir():
        raise Refusal(Diagnostic("HY901", {"path": str(path)}))
    folder = PolicyFolder(path.resolve())
    kept = cache.fetch(folder)
    if isinstance(kept, Checked):
        return kept
    checked = examine(folder)
    cache.keep(folder, checked)
    return checked


def load(path: Path) -> Policy:
    """A policy without errors. Raises Refusal with every diagnostic otherwise."""
    checked = check_folder(path)
    if checked.policy is None:
        raise Refusal(*checked.diagnostics)
    return checked.policy


def examine(folder: PolicyFolder) -> Checked:
    """All passes up to the rule tree, whatever is kept."""
    # The parser and the checker take a quarter of a second to load, which a policy from the cache need not wait for.
    from hypolicy.check.official_text import compare  # noqa: PLC0415
    from hypolicy.check.policy import check  # noqa: PLC0415
    from hypolicy.proof.overlaps import Overlaps  # noqa: PLC0415
    from hypolicy.syntax.include import gather  # noqa: PLC0415
    from hypolicy.syntax.parser import parse  # noqa: PLC0415

    collector = Collector()
    sources = gather(folder, collector)
    document, vocabulary = parse(sources, collector)
    policy = check(document, vocabulary, folder, collector)
    if policy is None or collector.has_errors:
        return Checked(None, tuple(collector.found), None)
    Overlaps(policy, collector).examine()
    coverage = compare(policy, folder, collector)
    return Checked(None if collector.has_errors else policy, tuple(collector.found), coverage)
