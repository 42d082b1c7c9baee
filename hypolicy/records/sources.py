"""Which files the records are in: files one by one, or whole folders, which may be cut up by the values of a column.

In a folder cut up in that way every file lies below folders named `column=value`; the column is then in the names
alone. Files that other programs leave beside their data (hidden ones, _SUCCESS, lists of errors) are no data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import polars as pl
from attrs import evolve, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.files import READABLE, read_part, read_pieces, require_readable, suffix_supported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set
    from pathlib import Path

    from hypolicy.records.raw import RawTable

FAULTS_SUFFIX: Final = ".errors.csv"
# What a program writes in the name of a folder for a value that is not given.
_NOT_GIVEN: Final = "__HIVE_DEFAULT_PARTITION__"


@frozen
class Source:
    """A file of records, and the columns that the names of its folders hold."""

    path: Path
    constants: tuple[tuple[str, str | None], ...] = ()

    def pieces(self, encoding: str, wanted: Set[str]) -> Iterator[RawTable]:
        """The records of the file, as `files.read_pieces` gives them, with all their columns."""
        for piece in read_pieces(self.path, encoding, wanted):
            yield self._with_constants(piece) if self.constants else piece

    def part(self, wanted: Set[str], first: int, count: int) -> Iterator[RawTable]:
        """Some of the records of a Parquet file."""
        for piece in read_part(self.path, wanted, first, count):
            yield self._with_constants(piece) if self.constants else piece

    def _with_constants(self, piece: RawTable) -> RawTable:
        names = [name for name, _ in self.constants]
        both = [name for name in names if name in piece.names]
        if both:
            raise Refusal(Diagnostic("HY866", {"file": piece.file, "columns": "、".join(both)}))
        added = [pl.lit(value, pl.String).alias(name) for name, value in self.constants]
        return evolve(piece, frame=piece.frame.with_columns(added), names=(*piece.names, *names))


def sources_of(paths: Sequence[Path]) -> tuple[Source, ...]:
    """The files named, and those in the folders named, in the order of their names; each is there, and given once.

    Raises Refusal with everything that is wrong, before anything is read.
    """
    found: list[Source] = []
    wrong: list[Diagnostic] = []
    for path in paths:
        if path.is_dir():
            inside = list(_in_folder(path))
            if not inside:
                wrong.append(Diagnostic("HY864", {"path": str(path), "suffixes": "、".join(READABLE)}))
            found += inside
        else:
            found.append(Source(path))
    seen: set[Path] = set()
    for source in found:
        real = source.path.resolve()
        if real in seen:
            wrong.append(Diagnostic("HY865", {"file": str(source.path)}))
            continue
        seen.add(real)
        try:
            require_readable(source.path)
        except Refusal as refusal:
            wrong += refusal.diagnostics
    if wrong:
        raise Refusal(*wrong)
    return tuple(found)


def _in_folder(folder: Path) -> Iterator[Source]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "_")) for part in parts)
        if hidden or path.name.endswith(FAULTS_SUFFIX) or not suffix_supported(path) or not path.is_file():
            continue
        pairs = [part.split("=", 1) for part in parts[:-1] if "=" in part]
        constants = [
            (unquote(name), None if value == _NOT_GIVEN else unquote(value)) for name, value in pairs
        ]
        yield Source(path, tuple(constants))
