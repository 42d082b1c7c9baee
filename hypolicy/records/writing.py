"""Writing tables, whole or not at all.

A file is written beside its place under another name and then takes its place in one step, so that a failure,
at any moment, leaves the old file as it was. Money is written as the decimal it is, never through a float.

A table is a frame, or a way to make one when those before it are written, or pieces of one that is never in memory as
a whole: batches of Arrow, in which texts that are few are dictionaries.

In CSV a text that a spreadsheet would run as a formula is defended (`csv_files.guarded`); plain numbers, and
columns of numbers, never are. XLSX and JSON hold texts as texts and need no defence.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
import stat
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
import polars.selectors as cs

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.csv_files import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pyarrow import RecordBatch  # type: ignore[import-untyped]

    Table = pl.DataFrame | Callable[[], pl.DataFrame] | Iterable[RecordBatch]

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
    errno.EEXIST: "有同名的文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
}
_TEXTS: Final = cs.string() | cs.categorical() | cs.enum()


def failure(error: OSError) -> str:
    """Why the system refused, in words."""
    return _REASONS.get(error.errno or 0, "系统拒绝了这一操作")


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; on leaving without an exception it takes the place of `path`."""
    with _beside(path) as temporary:
        yield temporary
        _take_places([(path, temporary)])


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """An empty file beside `path`, under another name; on leaving it is gone, whatever happened."""
    target = _target(path)
    if not target.parent.is_dir():
        raise Refusal(Diagnostic("HY830", {"file": str(path)}))
    if target.exists() and not target.is_file():
        raise Refusal(Diagnostic("HY802", {"file": str(path)}))
    temporary = _other_name(target)
    try:
        with _told_of(path):
            _create(temporary, target)
            yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _target(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _other_name(target: Path) -> Path:
    return target.with_name(f".{target.stem[:40]}.{secrets.token_hex(6)}{target.suffix}")


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """What the system refuses, as a refusal to write this file."""
    try:
        yield
    except OSError as error:
        raise Refusal(Diagnostic("HY831", {"file": str(path), "reason": failure(error)})) from None


def _create(temporary: Path, target: Path) -> None:
    """An empty file with the permissions of the one that it will replace, or those of any new file."""
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "read-only")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    if target.exists():
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))


def _take_places(places: Sequence[tuple[Path, Path]]) -> None:
    """Put every temporary file in the place of its path; where one cannot be put there, none is."""
    for path, temporary in places:
        with _told_of(path), temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
    kept: dict[Path, Path] = {}
    replaced: list[Path] = []
    try:
        for path, temporary in places:
            target = _target(path)
            with _told_of(path):
                # The last one needs no second name: once it is in its place, all are.
                if len(replaced) < len(places) - 1 and target.exists():
                    kept[target] = _kept(target)
                temporary.replace(target)
            replaced.append(target)
    finally:
        if len(replaced) < len(places):
            for target in replaced:
                if target in kept:
                    kept.pop(target).replace(target)
                else:
                    target.unlink()
        for old in kept.values():
            old.unlink(missing_ok=True)
    for folder in {target.parent for target in replaced}:
        _settle(folder)


def _kept(target: Path) -> Path:
    """The file under one more name: a copy where the disk knows no second names."""
    other = _other_name(target)
    try:
        os.link(target, other)
    except OSError:
        shutil.copy2(target, other)
    return other


def _settle(folder: Path) -> None:
    """Have the new names themselves on the disk, where the disk does that."""
    if os.name == "posix":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def write_table(path: Path, table: Table) -> None:
    """Write a table in the format that the suffix tells."""
    write_tables([(path, table)])


def write_texts(texts: Sequence[tuple[Path, str]]) -> None:
    """Write texts in UTF-8: all of them, or none."""
    with ExitStack() as stack:
        places = [(path, stack.enter_context(_beside(path))) for path, _ in texts]
        for (path, text), (_, temporary) in zip(texts, places, strict=True):
            with _told_of(path):
                temporary.write_text(text, encoding="utf-8", newline="\n")
        _take_places(places)


def write_tables(tables: Sequence[tuple[Path, Table]]) -> None:
    """Write tables in the formats that the suffixes tell: all of them, or none."""
    write_files([(path, writer_of(path, table)) for path, table in tables])


def writer_of(path: Path, table: Table) -> Callable[[Path], None]:
    """What writes a table in the format that the suffix of its path tells."""
    if path.suffix.lower() not in WRITABLE:
        raise Refusal(Diagnostic("HY804", {"file": str(path), "suffixes": "、".join(WRITABLE)}))
    return lambda temporary: _write(temporary, table() if callable(table) else table, str(path))


def write_files(files: Sequence[tuple[Path, Callable[[Path], None]]]) -> None:
    """Write files, each by a function that is given a path beside its place: all of them, or none."""
    with ExitStack() as stack:
        places: list[tuple[Path, Path]] = []
        for path, write in files:
            temporary = stack.enter_context(_beside(path))
            write(temporary)
            places.append((path, temporary))
        _take_places(places)


def _write(temporary: Path, table: pl.DataFrame | Iterable[RecordBatch], file: str) -> None:
    match temporary.suffix.lower():
        case ".csv":
            _write_csv(temporary, _frames(table))
        case ".parquet":
            with _system_errors():
                _write_parquet(temporary, table)
        case ".json":
            _write_json(temporary, _frames(table))
        case _:
            # The writer of workbooks is wanted by few, and is slow to load.
            from hypolicy.records.workbook_writing import write_workbook  # noqa: PLC0415

            write_workbook(temporary, _frames(table), file)


def _frames(table: pl.DataFrame | Iterable[RecordBatch]) -> Iterator[pl.DataFrame]:
    """The pieces as frames, at least one."""
    if isinstance(table, pl.DataFrame):
        yield table
        return
    for batch in table:
        frame = pl.DataFrame(batch)
        yield frame.with_columns(pl.col(pl.Categorical).cast(pl.String))


def _write_parquet(path: Path, table: pl.DataFrame | Iterable[RecordBatch]) -> None:
    """Few texts stay dictionaries; a column of mostly different ones is not worth trying."""
    if isinstance(table, pl.DataFrame):
        table.write_parquet(path)
        return
    import pyarrow as pa  # noqa: PLC0415 - for large tables only
    from pyarrow.parquet import ParquetWriter  # type: ignore[import-untyped]  # noqa: PLC0415

    batches = iter(table)
    first = next(batches)
    few = [field.name for field in first.schema if pa.types.is_dictionary(field.type)]
    options = {"use_dictionary": few, "write_statistics": False, "store_decimal_as_integer": True}
    # Without the schema of Arrow, so that what reads the file finds plain texts.
    with ParquetWriter(path, first.schema, store_schema=False, **options) as writer:
        for batch in chain([first], batches):
            writer.write_batch(batch)


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


def _write_csv(path: Path, frames: Iterable[pl.DataFrame]) -> None:
    """Null and the empty text are both an empty cell."""
    with path.open("wb") as stream, _system_errors():
        for place, frame in enumerate(frames):
            _defended(frame).write_csv(stream, include_header=place == 0)


def _defended(frame: pl.DataFrame) -> pl.DataFrame:
    texts = frame.with_columns(
        _TEXTS.cast(pl.String).replace("", None),
        cs.boolean().replace_strict([True, False], ["是", "否"], return_dtype=pl.String),
    )
    texts = texts.with_columns(guarded(_TEXTS))
    heads = pl.Series(texts.columns, dtype=pl.String).to_frame("name").select(guarded(pl.col("name")))
    return texts.rename(dict(zip(texts.columns, heads["name"].to_list(), strict=True)))


def _write_json(path: Path, frames: Iterable[pl.DataFrame]) -> None:
    """One record a line, so that people and version control can read it."""
    begun = False
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for frame in frames:
            plain = frame.with_columns(
                (cs.all() - cs.integer() - cs.float() - cs.boolean()).cast(pl.String),
                cs.float().fill_nan(None),
            )
            for record in plain.iter_rows(named=True):
                stream.write(",\n" if begun else "\n")
                stream.write(json.dumps(record, ensure_ascii=False, allow_nan=False))
                begun = True
        stream.write("\n]\n")
