"""Raw tables in and out of files: CSV, Parquet, XLSX and JSON, told apart by the suffix of the name.

What cannot be read or written is a `Refusal`; no message holds the value of a cell.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.csv_files import csv_tables, read_csv
from hypolicy.records.json_files import read_json, read_json_lines
from hypolicy.records.parquet_files import parquet_tables, read_parquet
from hypolicy.records.raw import RawTable
from hypolicy.records.text import encoding_named
from hypolicy.records.workbooks import MAX_UNPACKED, read_xlsx, too_large
from hypolicy.records.writing import WRITABLE, atomic_path, failure, write_table, write_tables, write_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from pathlib import Path

__all__ = [
    "RawTable",
    "atomic_path",
    "content_of",
    "read_raw",
    "suffix_supported",
    "write_table",
    "write_tables",
    "write_texts",
]

READABLE: Final = (*WRITABLE, ".jsonl")
# A larger CSV is read in pieces of this size: cells that are still texts take many times what they take in the file,
# and two pieces are in memory at a time.
PIECE_BYTES: Final = 1 << 22
PIECE_ROWS: Final = 1 << 18
# A larger Parquet file is read by Polars alone, in pieces too: to load Arrow takes longer than to read it.
SMALL_PARQUET: Final = 1 << 18


def suffix_supported(path: Path, *, writing: bool = False) -> bool:
    """Whether a file of this name can be read (written)."""
    return path.suffix.lower() in (WRITABLE if writing else READABLE)


def read_raw(path: Path, encoding: str = "utf-8") -> RawTable:
    """The table in a file. `encoding` is of CSV and JSON; utf-8 or gb18030."""
    file = str(path)
    require_readable(path)
    named = encoding_named(encoding)
    data = _content(path, file)
    match path.suffix.lower():
        case ".csv":
            return read_csv(data, named, file)
        case ".xlsx":
            return read_xlsx(data, file)
        case ".json":
            return read_json(data, named, file)
        case ".jsonl":
            return read_json_lines(data, named, file)
        case _:
            return read_parquet(path, file)


def read_pieces(path: Path, encoding: str, wanted: Set[str]) -> Iterator[RawTable]:
    """The same in pieces, at least one, and of a large file never more than a few of them in memory.

    Columns that are not wanted may be left out. Workbooks and JSON are read as a whole, within their limits.
    """
    file = str(path)
    size = require_readable(path)
    named = encoding_named(encoding)
    match path.suffix.lower():
        case ".csv" if size > PIECE_BYTES:
            with _system_errors(file), path.open("rb") as stream:
                yield from csv_tables(stream, named, file, PIECE_BYTES)
        case ".parquet" if size > SMALL_PARQUET:
            yield from parquet_tables(path, file, wanted, PIECE_ROWS)
        case _:
            yield from read_raw(path, encoding).pieces(PIECE_ROWS)


def read_part(path: Path, wanted: Set[str], first: int, count: int) -> Iterator[RawTable]:
    """Some of the records of a Parquet file, in pieces."""
    return parquet_tables(path, str(path), wanted, PIECE_ROWS, (first, count))


def require_readable(path: Path) -> int:
    """The size of a file whose name and size let it be read."""
    file = str(path)
    size = _size(path, file)
    suffix = path.suffix.lower()
    if not suffix_supported(path):
        raise Refusal(Diagnostic("HY804", {"file": file, "suffixes": "、".join(READABLE)}))
    if size == 0 and suffix != ".jsonl":
        raise Refusal(Diagnostic("HY805", {"file": file}))
    if suffix == ".xlsx" and size > MAX_UNPACKED:
        raise too_large(file)
    return size


def _size(path: Path, file: str) -> int:
    with _system_errors(file):
        if not path.exists():
            raise Refusal(Diagnostic("HY801", {"file": file}))
        if not path.is_file():
            raise Refusal(Diagnostic("HY802", {"file": file}))
        return path.stat().st_size


def content_of(path: Path) -> bytes:
    """The bytes of a file that can be read."""
    require_readable(path)
    return _content(path, str(path))


def _content(path: Path, file: str) -> bytes:
    """The bytes of the file; of Parquet, which is read in place, only the first, to learn that it can be."""
    with _system_errors(file), path.open("rb") as stream:
        return stream.read(1 if path.suffix.lower() == ".parquet" else -1)


@contextmanager
def _system_errors(file: str) -> Iterator[None]:
    """What the system refuses, as a refusal to read this file."""
    try:
        yield
    except OSError as error:
        raise Refusal(Diagnostic("HY803", {"file": file, "reason": failure(error)})) from None


def require_writable(path: Path) -> None:
    """Refuse an output that could not be written, before any work is done for it."""
    if not suffix_supported(path, writing=True):
        raise Refusal(Diagnostic("HY804", {"file": str(path), "suffixes": "、".join(WRITABLE)}))
    if not path.resolve().parent.is_dir():
        raise Refusal(Diagnostic("HY830", {"file": str(path)}))
