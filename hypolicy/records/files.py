"""Raw tables in and out of files: CSV, Parquet, XLSX and JSON, told apart by the suffix of the name.

What cannot be read or written is a `Refusal`; no message holds the value of a cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.csv_files import read_csv
from hypolicy.records.json_files import read_json, read_json_lines
from hypolicy.records.parquet_files import read_parquet
from hypolicy.records.raw import RawTable
from hypolicy.records.text import encoding_named
from hypolicy.records.workbooks import MAX_UNPACKED, read_xlsx, too_large
from hypolicy.records.writing import WRITABLE, atomic_path, failure, write_table, write_tables

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RawTable", "atomic_path", "read_raw", "suffix_supported", "write_table", "write_tables"]

READABLE: Final = (*WRITABLE, ".jsonl")


def suffix_supported(path: Path, *, writing: bool = False) -> bool:
    """Whether a file of this name can be read (written)."""
    return path.suffix.lower() in (WRITABLE if writing else READABLE)


def read_raw(path: Path, encoding: str = "utf-8") -> RawTable:
    """The table in a file. `encoding` is of CSV and JSON; utf-8 or gb18030."""
    file = str(path)
    size = _size(path, file)
    if not suffix_supported(path):
        raise Refusal(Diagnostic("HY804", {"file": file, "suffixes": "、".join(READABLE)}))
    named = encoding_named(encoding)
    suffix = path.suffix.lower()
    if size == 0 and suffix != ".jsonl":
        raise Refusal(Diagnostic("HY805", {"file": file}))
    if suffix == ".xlsx" and size > MAX_UNPACKED:
        raise too_large(file)
    data = _content(path, file)
    match suffix:
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


def _size(path: Path, file: str) -> int:
    try:
        if not path.exists():
            raise Refusal(Diagnostic("HY801", {"file": file}))
        if not path.is_file():
            raise Refusal(Diagnostic("HY802", {"file": file}))
        return path.stat().st_size
    except OSError as error:
        raise Refusal(Diagnostic("HY803", {"file": file, "reason": failure(error)})) from None


def _content(path: Path, file: str) -> bytes:
    """The bytes of the file; of Parquet, which is read in place, only the first, to learn that it can be."""
    try:
        with path.open("rb") as stream:
            return stream.read(1 if path.suffix.lower() == ".parquet" else -1)
    except OSError as error:
        raise Refusal(Diagnostic("HY803", {"file": file, "reason": failure(error)})) from None


def require_writable(path: Path) -> None:
    """Refuse an output that could not be written, before any work is done for it."""
    if not suffix_supported(path, writing=True):
        raise Refusal(Diagnostic("HY804", {"file": str(path), "suffixes": "、".join(WRITABLE)}))
    if not path.resolve().parent.is_dir():
        raise Refusal(Diagnostic("HY830", {"file": str(path)}))
