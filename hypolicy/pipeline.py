"""The passes, in order. Read this first.

    folder → files (syntax.include) → tree as written (syntax.parser)
           → what amends it taken in (amendments.consolidate) → policy (check.policy), earlier editions (check.editions)
           → what can meet, proved or shown by a witness (proof.overlaps)
           → quotes compared with the official text (check.official_text)
           → decisions (backends.exact) → files of results (records)

A pass takes one representation and gives the next; what is wrong in the user's input is collected on the way and
told all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from hypolicy import cache
from hypolicy.diagnostics.diagnostic import Collector, Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.source.folder import PolicyFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path, PurePosixPath

    from hypolicy.amendments.documents import AmendingDocument
    from hypolicy.check.official_text import Coverage
    from hypolicy.rules.amendment import State
    from hypolicy.rules.tree import Policy


@frozen
class AmendmentFile:
    """An amending document that there is for a policy, and whether the policy at hand has taken it in."""

    path: str
    number: str
    title: str
    day: date
    state: State
    taken: bool


@frozen
class Checked:
    """A checked policy folder. `policy` is None where errors leave no meaning to evaluate."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]
    coverage: Coverage | None
    amendments: tuple[AmendmentFile, ...] = ()


def check_folder(path: Path, *, amendments: Sequence[Path] = (), as_of: date | None = None) -> Checked:
    """All passes up to the rule tree, or what they gave when the same files were last checked.

    The policy takes in every amending document in its folder 修订 that is in force, and those in `amendments` whatever
    their state (but 废止); with `as_of`, only what has taken effect by that day.
    Raises Refusal where the path is no folder or has no entry file, or an amendment cannot be opened.
    """
    if not path.is_dir():
        raise Refusal(Diagnostic("HY901", {"path": str(path)}))
    folder = PolicyFolder(path.resolve())
    choice = cache.Choice.of(amendments, as_of)
    kept = cache.fetch(folder, choice)
    if isinstance(kept, Checked):
        return kept
    checked = examine(folder, amendments=amendments, as_of=as_of)
    cache.keep(folder, choice, checked)
    return checked


def load(path: Path, *, amendments: Sequence[Path] = (), as_of: date | None = None) -> Policy:
    """A policy without errors, amended as `check_folder` says. Raises Refusal with every diagnostic otherwise."""
    checked = check_folder(path, amendments=amendments, as_of=as_of)
    if checked.policy is None:
        raise Refusal(*checked.diagnostics)
    return checked.policy


def consolidated(
    path: Path, *, amendments: Sequence[Path] = (), as_of: date | None = None, cases: bool = False
) -> tuple[Policy, dict[PurePosixPath, str]]:
    """A policy without errors, and its rule files as amended, in their one layout, with a note above each change.

    Files of nothing but worked cases are left out unless they are asked for. Raises Refusal with every diagnostic
    otherwise.
    """
    policy = load(path, amendments=amendments, as_of=as_of)
    from hypolicy.amendments.consolidate import consolidate  # noqa: PLC0415
    from hypolicy.amendments.notes import noted, only_cases  # noqa: PLC0415
    from hypolicy.syntax.format import format_files  # noqa: PLC0415
    from hypolicy.syntax.include import gather  # noqa: PLC0415

    folder, collector = PolicyFolder(path.resolve()), Collector()
    text = consolidate(folder, gather(folder, collector), amendments, as_of, collector)
    sources = noted(text.reading)
    formatted = format_files(sources, collector).texts
    left_out = {s.path for s in text.reading.sources if not cases and only_cases(text.reading, s)}
    shown = {source.path: formatted.get(source.path, source.text) for source in sources}
    return policy, {path: words for path, words in shown.items() if path not in left_out}


def examine(folder: PolicyFolder, *, amendments: Sequence[Path] = (), as_of: date | None = None) -> Checked:
    """All passes up to the rule tree, whatever is kept; amendments as for `check_folder`."""
    # The parser and the checker take a quarter of a second to load, which a policy from the cache need not wait for.
    from hypolicy.amendments.consolidate import consolidate  # noqa: PLC0415
    from hypolicy.check.editions import with_editions  # noqa: PLC0415
    from hypolicy.check.official_text import compare  # noqa: PLC0415
    from hypolicy.check.policy import check  # noqa: PLC0415
    from hypolicy.proof.overlaps import Overlaps  # noqa: PLC0415
    from hypolicy.syntax.include import gather  # noqa: PLC0415

    collector = Collector()
    sources = gather(folder, collector)
    text = consolidate(folder, sources, amendments, as_of, collector)
    files = tuple(_noted(document, text.applied) for document in text.documents)
    policy = check(text.reading.document, text.reading.vocabulary, folder, collector, text.applied)
    if policy is not None and not collector.has_errors and text.stages:
        policy = with_editions(policy, text, folder, collector)
    if policy is None or collector.has_errors:
        return Checked(None, _as_written(collector.found), None, files)
    Overlaps(policy, collector).examine()
    coverage = compare(policy, folder, collector, text.official)
    policy = None if collector.has_errors else policy
    return Checked(policy, _as_written(collector.found), coverage, files)


def _noted(document: AmendingDocument, applied: Sequence[AmendingDocument]) -> AmendmentFile:
    path, taken = str(document.source.path), document in applied
    return AmendmentFile(path, document.number, document.title, document.day, document.state, taken)


def _as_written(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics with their places in files that can be opened, where amendments have changed the text."""

    def written(diagnostic: Diagnostic) -> Diagnostic:
        places = tuple(evolve(place, span=place.span.written) for place in diagnostic.places)
        return evolve(diagnostic, places=places)

    return tuple(map(written, found))
