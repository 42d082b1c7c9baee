"""What is to be told of a policy folder, file by file: just what `hypolicy check` tells.

An amending document that is no law yet changes nothing, and `check` is silent about it. While one is open it is
checked too, as with `--amendment`, and what only that brings to light is told in the document itself.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen
from lsprotocol import types

from hypolicy import __version__
from hypolicy.diagnostics.codes import CODES
from hypolicy.diagnostics.diagnostic import Diagnostic, Place, Severity
from hypolicy.diagnostics.manual import as_markdown, examples
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import Checked, examine
from hypolicy.rules.amendment import State
from hypolicy.source.folder import AMENDMENTS, ENTRY
from hypolicy.source.private import private_folder, write_private
from hypolicy.source.text import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from hypolicy.editor.places import Ruler
    from hypolicy.rules.tree import Policy
    from hypolicy.source.folder import PolicyFolder

_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
}


@frozen
class Findings:
    """`by_file` is by the file that a diagnostic is shown in; `policy` is None where there are errors."""

    by_file: Mapping[PurePosixPath, tuple[Diagnostic, ...]] = field(factory=dict)
    policy: Policy | None = None


def look_over(folder: PolicyFolder, open_files: Collection[PurePosixPath] = ()) -> Findings:
    """Check a folder, and each amending document that is open and has not been taken in."""
    checked = _examined(folder)
    found: dict[PurePosixPath, list[Diagnostic]] = {}
    for diagnostic in checked.diagnostics:
        place = diagnostic.places[0].span.source.path if diagnostic.places else _said_of(diagnostic)
        found.setdefault(place, []).append(diagnostic)
    done = {a.path for a in checked.amendments if a.taken or a.state is State.REPEALED}
    for path in open_files:
        if path.parts[0] == AMENDMENTS and path.suffix == ENTRY.suffix and str(path) not in done:
            known = set(map(_identity, checked.diagnostics))
            more = _examined(folder, path).diagnostics
            new = [each for each in more if _identity(each) not in known]
            found.setdefault(path, []).extend(_shown_in(path, each, folder) for each in new)
    return Findings({path: tuple(each) for path, each in found.items()}, checked.policy)


def _examined(folder: PolicyFolder, *amendments: PurePosixPath) -> Checked:
    try:
        return examine(folder, amendments=[folder.root / path for path in amendments])
    except Refusal as refusal:
        return Checked(None, refusal.diagnostics, None)


def _said_of(diagnostic: Diagnostic) -> PurePosixPath:
    """The file that a diagnostic without a place is about: the one that it names, else the entry file."""
    named = PurePosixPath(diagnostic.facts.get("path", ""))
    return named if named.suffix == ENTRY.suffix and not named.is_absolute() else ENTRY


def _identity(diagnostic: Diagnostic) -> object:
    return diagnostic.code, tuple(sorted(diagnostic.facts.items())), diagnostic.places, diagnostic.clause


def _shown_in(path: PurePosixPath, diagnostic: Diagnostic, folder: PolicyFolder) -> Diagnostic:
    """The diagnostic with a place in this file first: one of its own, else the beginning of the file."""
    own = [place for place in diagnostic.places if place.span.source.path == path]
    beginning = Place(Span(SourceText(path, folder.unsaved.get(path, "")), 0, 0))
    first = own[0] if own else beginning
    return evolve(diagnostic, places=(first, *(place for place in diagnostic.places if place is not first)))


def as_protocol(
    diagnostic: Diagnostic, ruler: Ruler, uri: Callable[[PurePosixPath], str]
) -> types.Diagnostic:
    """A diagnostic as editors show it; `uri` gives the name of a file of the folder."""
    start = types.Position(0, 0)
    first, *others = diagnostic.places or (None,)
    clause = f"（{diagnostic.clause}）" if diagnostic.clause else ""
    page = code_page(diagnostic.code)
    return types.Diagnostic(
        range=ruler.range(first.span) if first is not None else types.Range(start, start),
        message=f"{diagnostic.message}{clause}\n{diagnostic.help}",
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        code_description=types.CodeDescription(page) if page else None,
        source="hypolicy",
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(uri(place.span.source.path), ruler.range(place.span)),
                place.label or "与此有关",
            )
            for place in others
            if place is not None
        ],
    )


@lru_cache
def code_page(number: str) -> str | None:
    """The page on a code, written where an editor can open it; None where nothing can be written."""
    private = private_folder()
    if private is None:
        return None
    page = private / "codes" / __version__ / f"{number}.md"
    try:
        write_private(page, as_markdown(CODES[number], examples().get(number)).encode())
    except OSError:
        return None
    return page.as_uri()
