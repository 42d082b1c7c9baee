"""引用: the files of a policy, each once, a file before those that it includes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.source import limits
from hypolicy.source.folder import AMENDMENTS, ENTRY, PolicyFolder, UnusableFileError
from hypolicy.syntax.marks import MarkKind, page_of
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import SourceText


def gather(folder: PolicyFolder, collector: Collector) -> list[SourceText]:
    """The entry file and everything that it includes.

    Raises Refusal where there is no entry file; any other fault goes to the collector.
    """
    try:
        entry = folder.read(folder.resolve(ENTRY.name))
    except UnusableFileError as error:
        code = "HY120" if error.code == "HY122" else error.code
        raise Refusal(Diagnostic(code, {**error.facts, "entry": ENTRY.name})) from None
    gathered = {entry.path: entry}
    _include(entry, folder, collector, gathered, (entry.path,))
    for path in folder.rule_files():
        if path not in gathered and path.parts[0] != AMENDMENTS:
            collector.report("HY127", path=path)
    return list(gathered.values())


def _include(
    source: SourceText,
    folder: PolicyFolder,
    collector: Collector,
    gathered: dict[PurePosixPath, SourceText],
    chain: tuple[PurePosixPath, ...],
) -> None:
    for name in _included(source):
        try:
            path = folder.resolve(name.text, source.path)
            if path in chain:
                collector.report("HY125", name.span, path=path)
                continue
            if path in gathered:
                continue
            if len(chain) > limits.MAX_INCLUDE_DEPTH or len(gathered) >= limits.MAX_FILES:
                depth, files = limits.MAX_INCLUDE_DEPTH, limits.MAX_FILES
                collector.report("HY126", name.span, depth=depth, files=files)
                continue
            file = folder.read(path)
        except UnusableFileError as error:
            collector.report(error.code, name.span, **error.facts)
            continue
        if sum(len(read.text.encode()) for read in (*gathered.values(), file)) > limits.MAX_POLICY_BYTES:
            collector.report("HY133", name.span, path=path, limit=limits.MAX_POLICY_BYTES)
            continue
        gathered[path] = file
        _include(file, folder, collector, gathered, (*chain, path))


def _included(source: SourceText) -> Iterator[Name]:
    """The files that a file names in 引用, found before any word is known."""
    page = page_of(source)
    for mark in page.marks.values():
        if mark.kind is MarkKind.STRING and mark.before.rstrip().rpartition("\n")[2].strip() == "引用":
            yield Name(mark.text, page.span(mark.start, mark.end))
