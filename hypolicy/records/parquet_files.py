"""Reading Parquet: columns keep their types.

A small file is read by Arrow, which tells in silence of every kind of damage; what it has read is checked
to the last byte before Polars takes it over, because Polars trusts it. A large one is read by Polars, whose stream of
batches is four times faster. A batch that it could not read may be missing from its stream without a word, so the
records are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.foreign import broken_as
from hypolicy.records.raw import ORDINALS, RawTable
from hypolicy.records.tables import require_distinct

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from pathlib import Path


def read_parquet(path: Path, file: str) -> RawTable:
    # Only those who read Parquet wait for it.
    import pyarrow  # type: ignore[import-untyped]  # noqa: PLC0415
    from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]  # noqa: PLC0415

    with broken_as("HY814", file), ParquetFile(path) as stored:
        table = stored.read()
        names = [name.strip() for name in table.column_names]
        require_distinct(names, file)
        table.validate(full=True)
        # Columns alone, because what the file says of them beside their types is not checked by anyone.
        frame = pl.DataFrame(pyarrow.table(table.columns, names=[str(place) for place in range(len(names))]))
    return RawTable(file, frame.rename(dict(zip(frame.columns, names, strict=True))), ORDINALS)


def parquet_height(path: Path) -> int:
    """How many records a file holds."""
    with broken_as("HY814", str(path)):
        height: int = _scan(path).select(pl.len()).collect().item()
    return height


def _scan(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path, glob=False, hive_partitioning=False)


def parquet_tables(
    path: Path, file: str, wanted: Set[str], rows: int, part: tuple[int, int] | None = None
) -> Iterator[RawTable]:
    """The columns that are wanted, in pieces of about so many records, at least one.

    `part` is the first of the records that are wanted, and how many these are; all where it is not said.
    """
    first, height = part or (0, parquet_height(path))
    with broken_as("HY814", file):
        scan = _scan(path)
        stored = scan.collect_schema().names()
        scan = scan.slice(first, height) if part else scan
    names = [name.strip() for name in stored]
    require_distinct(names, file)
    chosen = scan.select(
        pl.col(old).alias(new) for old, new in zip(stored, names, strict=True) if new in wanted
    )
    batches = _batches(chosen, rows) if height else iter([chosen.collect()])
    read = 0
    while (frame := _next(batches, file)) is not None:
        numbering = ORDINALS.behind(first + read)
        read += frame.height
        yield RawTable(file, frame, numbering, names=tuple(names), progress=read / height if height else 1.0)
    if read != height:
        raise Refusal(Diagnostic("HY814", {"file": file}))


def _batches(chosen: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """Batches as they are stored, which are not copied then, unless they are so small that it pays to join them."""
    waiting: list[pl.DataFrame] = []
    for batch in chosen.collect_batches(maintain_order=True):
        for part in batch.iter_slices(rows):
            waiting.append(part)
            if sum(each.height for each in waiting) >= rows // 4:
                yield _joined(waiting)
                waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(batches: list[pl.DataFrame]) -> pl.DataFrame:
    return batches[0] if len(batches) == 1 else pl.concat(batches, rechunk=True)


def _next(batches: Iterator[pl.DataFrame], file: str) -> pl.DataFrame | None:
    with broken_as("HY814", file):
        return next(batches, None)
