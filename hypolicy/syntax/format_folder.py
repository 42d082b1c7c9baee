"""The rule files of a folder in their one layout: which of them are read together, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.diagnostics.diagnostic import Collector, Diagnostic, Severity
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.source.folder import AMENDMENTS, PolicyFolder, UnusableFileError
from hypolicy.syntax.format import format_files
from hypolicy.syntax.include import gather

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import PurePosixPath

    from hypolicy.source.text import SourceText


@define
class FolderFormatting:
    """What came of the files that are meant."""

    texts: dict[PurePosixPath, str] = field(factory=dict)
    diagnostics: list[Diagnostic] = field(factory=list)
    unsound: list[PurePosixPath] = field(factory=list)

    def add(self, sources: Sequence[SourceText], meant: Collection[PurePosixPath]) -> None:
        """Format files that are read together, and take up those that are meant."""
        collector = Collector()
        formatting = format_files(sources, collector)
        self.texts |= {path: text for path, text in formatting.texts.items() if path in meant}
        self.unsound += [path for path in formatting.unsound if path in meant]
        self.diagnostics += [
            diagnostic
            for diagnostic in collector.found
            if diagnostic.severity is Severity.ERROR and diagnostic.places[0].span.source.path in meant
        ]

    def take(self, other: FolderFormatting) -> None:
        self.texts |= other.texts
        self.unsound += other.unsound
        self.diagnostics += other.diagnostics

    @property
    def untouched(self) -> int:
        """How many files were left as they are because something is wrong with them."""
        faulty = {str(place.span.source.path) for each in self.diagnostics for place in each.places[:1]}
        unread = sum(not each.places for each in self.diagnostics)
        return len(faulty) + unread + len(self.unsound)


def format_folder(folder: PolicyFolder, only: PurePosixPath | None) -> FolderFormatting:
    """Format the files that 政策.hyp includes, and each other file of the folder, read together with them; or one.

    Each of these has its own words; but an amending document may also use those of another one. Raises Refusal where
    a file that is included cannot be read.
    """
    collector = Collector()
    sources = gather(folder, collector)
    if collector.has_errors:
        raise Refusal(*collector.found)
    found = FolderFormatting()
    included = [source.path for source in sources]
    if only is None or only in included:
        found.add(sources, included if only is None else [only])
    others, unread = _others(folder, included)
    amending = [source for source in others if source.path.parts[0] == AMENDMENTS]
    found.diagnostics += [
        Diagnostic(error.code, error.facts) for path, error in unread if only in (None, path)
    ]
    for source in others:
        if only in (None, source.path):
            alone = FolderFormatting()
            alone.add([*sources, source], [source.path])
            if alone.untouched and source in amending:
                alone = FolderFormatting()
                alone.add([*sources, *amending], [source.path])
            found.take(alone)
    return found


def _others(
    folder: PolicyFolder, included: Collection[PurePosixPath]
) -> tuple[list[SourceText], list[tuple[PurePosixPath, UnusableFileError]]]:
    """The files that no file includes, and those of them that cannot be read."""
    others: list[SourceText] = []
    unread: list[tuple[PurePosixPath, UnusableFileError]] = []
    for path in folder.rule_files():
        if path not in included:
            try:
                others.append(folder.read(folder.resolve(str(path))))
            except UnusableFileError as error:
                unread.append((path, error))
    return others, unread
