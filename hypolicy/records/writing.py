"""Writing tables, whole or not at all.

A file is written beside its place under another name and then takes its place in one step, so that a failure,
at any moment, leaves the old file as it was. Money is written as the decimal it is, never through a float.

In CSV a text that a spreadsheet would run as a formula is defended (`csv_files.guarded`); plain numbers, and
columns of numbers, never are. XLSX and JSON hold texts as texts and need no defence.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
import polars.selectors as cs

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.csv_files import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITABLE: Final = (".csv", ".parquet", ".xlsx", ".json")

_REASONS: Final = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已满",
    errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EMFILE: "打开的文件太多",
    errno.ENOTDIR: "路径中有一段不是文件夹",
}
_TEXTS: Final = cs.string() | cs.categorical() | cs.enum()


def failure(error: OSError) -> str:
    """Why the system refused, in words."""
    return _REASONS.get(error.errno or 0, "系统拒绝了这一操作")


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; on leaving without an exception it takes the place of `path`."""
    file = str(path)
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise Refusal(Diagnostic("HY830", {"file": file}))
    if target.exists() and not target.is_file():
        raise Refusal(Diagnostic("HY802", {"file": file}))
    temporary = target.with_name(f".{target.stem[:40]}.{secrets.token_hex(6)}{target.suffix}")
    try:
        _create(temporary, target)
        yield temporary
        _replace(temporary, target)
    except OSError as error:
        raise Refusal(Diagnostic("HY831", {"file": file, "reason": failure(error)})) from None
    finally:
        # After success there is none; whatever else happened, nothing is left behind.
        temporary.unlink(missing_ok=True)


def _create(temporary: Path, target: Path) -> None:
    """An empty file with the permissions of the one that it will replace, or those of any new file."""
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "read-only")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    if target.exists():
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))


def _replace(temporary: Path, target: Path) -> None:
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    temporary.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_table(path: Path, frame: pl.DataFrame) -> None:
    """Write a table in the format that the suffix tells."""
    suffix = path.suffix.lower()
    if suffix not in WRITABLE:
        raise Refusal(Diagnostic("HY804", {"file": str(path), "suffixes": "、".join(WRITABLE)}))
    with atomic_path(path) as temporary:
        match suffix:
            case ".csv":
                _write_csv(temporary, frame)
            case ".parquet":
                with _system_errors():
                    frame.write_parquet(temporary)
            case ".json":
                _write_json(temporary, frame)
            case _:
                # The writer of workbooks is wanted by few, and is slow to load.
                from hypolicy.records.workbook_writing import write_workbook  # noqa: PLC0415

                write_workbook(temporary, frame, str(path))


@contextmanager
def _system_errors() -> Iterator[None]:
    """What the system refuses, Polars may tell as an error of its own that quotes the system's."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        quoted = re.search(r"os error (\d+)", str(error))
        if quoted is None:
            raise
        raise OSError(int(quoted.group(1)), "") from None


def _write_csv(path: Path, frame: pl.DataFrame) -> None:
    """Null and the empty text are both an empty cell."""
    texts = frame.with_columns(
        _TEXTS.cast(pl.String).replace("", None),
        cs.boolean().replace_strict([True, False], ["是", "否"], return_dtype=pl.String),
    )
    texts = texts.with_columns(guarded(_TEXTS))
    heads = pl.Series(texts.columns, dtype=pl.String).to_frame("name").select(guarded(pl.col("name")))
    texts = texts.rename(dict(zip(texts.columns, heads["name"].to_list(), strict=True)))
    with path.open("wb") as stream, _system_errors():
        texts.write_csv(stream)


def _write_json(path: Path, frame: pl.DataFrame) -> None:
    """One record a line, so that people and version control can read it."""
    plain = frame.with_columns(
        (cs.all() - cs.integer() - cs.float() - cs.boolean()).cast(pl.String),
        cs.float().fill_nan(None),
    )
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for row, record in enumerate(plain.iter_rows(named=True)):
            stream.write(",\n" if row else "\n")
            stream.write(json.dumps(record, ensure_ascii=False, allow_nan=False))
        stream.write("\n]\n")
