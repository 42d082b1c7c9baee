"""The passes, in order. Read this first.

    folder → files (syntax.include) → tree as written (syntax.parser) → policy (check.policy)
           → decisions (backends.exact) → files of results (records)

A pass takes one representation and gives the next; what is wrong in the user's input is collected on the way and
told all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.check.policy import check
from hypolicy.diagnostics.diagnostic import Collector, Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.source.folder import PolicyFolder
from hypolicy.syntax.include import gather
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.rules.tree import Policy


@frozen
class Checked:
    """A checked policy folder. `policy` is None where errors leave no meaning to evaluate."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


def check_folder(path: Path) -> Checked:
    """All passes up to the rule tree.

    Raises Refusal where the path is no folder, or has no entry file.
    """
    if not path.is_dir():
        raise Refusal(Diagnostic("HY901", {"path": str(path)}))
    folder = PolicyFolder(path.resolve())
    collector = Collector()
    sources = gather(folder, collector)
    document, vocabulary = parse(sources, collector)
    policy = check(document, vocabulary, folder, collector)
    return Checked(None if collector.has_errors else policy, tuple(collector.found))


def load(path: Path) -> Policy:
    """A policy without errors. Raises Refusal with every diagnostic otherwise."""
    checked = check_folder(path)
    if checked.policy is None:
        raise Refusal(*checked.diagnostics)
    return checked.policy
