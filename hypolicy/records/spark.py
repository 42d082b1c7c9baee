"""Apache Spark as the one who runs the workers of `records.cluster`; the only module that knows it.

Tasks are slices of the files that the workers read themselves, because carrying columns through Java costs many times
more than all the rest; only files that Spark alone can reach are read by Spark. What needs no order is summed up where
it is read; what must meet elsewhere is shuffled as bytes, a few for each part and task.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from attrs import evolve, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.cluster import Blob, Gathered, told, worker_of
from hypolicy.records.decode import decode_piece
from hypolicy.records.files import PIECE_ROWS
from hypolicy.records.parquet_files import parquet_height
from hypolicy.records.raw import ORDINALS, RawTable
from hypolicy.records.reading import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from hypolicy.records.cluster import Work, Worker
    from hypolicy.records.sources import Source

    Session = Any  # of pyspark.sql, which need not be installed

_BLOBS: Final = "part int, kind int, data binary"
ROWS_OF_A_TASK: Final = 4 * PIECE_ROWS
# Records of files that Spark reads are numbered by the file and their place in it.
_FILE_BITS: Final = 40
_FILE, _ROW = "#file", "#row_index"


@contextmanager
def session(master: str | None) -> Iterator[Session]:
    """The session that this process runs in, or one of its own on `master`, which ends with it."""
    try:
        from py4j.protocol import Py4JError  # type: ignore[import-not-found]  # noqa: PLC0415
        from pyspark.errors import PySparkException  # type: ignore[import-not-found]  # noqa: PLC0415
        from pyspark.sql import SparkSession  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        raise Refusal(Diagnostic("HY931")) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("hypolicy")
    if master is not None:
        builder = builder.master(master)
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        started = builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise Refusal(Diagnostic("HY932", {"reason": type(error).__name__})) from None
    try:
        started.sparkContext.setLogLevel("ERROR")
        yield started
    finally:
        started.stop()


_SETTINGS: Final = {
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(PIECE_ROWS),
}


# --- the files -------------------------------------------------------------------------------------------------


@frozen
class Slice:
    """Some of the records of a Parquet file: `offset` in the file, `first` through all files."""

    source: Source
    offset: int
    count: int
    first: int

    def pieces(self, work: Work) -> Iterator[Piece]:
        wanted = frozenset(fact.column for fact in work.kind.facts)
        first = self.first
        for raw in self.source.part(wanted, self.offset, self.count):
            decoded = decode_piece(raw, work.kind)
            yield Piece(first, decoded)
            first += decoded.height


@frozen
class Files:
    """Files that the workers read themselves."""

    slices: tuple[Slice, ...]
    # Where each file begins.
    starts: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Files:
        slices: list[Slice] = []
        starts: list[tuple[int, str]] = []
        first = 0
        for source in sources:
            height = parquet_height(source.path)
            starts.append((first, str(source.path)))
            # A worker may have another working folder.
            there = evolve(source, path=source.path.absolute())
            for offset in range(0, max(height, 1), ROWS_OF_A_TASK):
                slices.append(Slice(there, offset, min(ROWS_OF_A_TASK, height - offset), first + offset))
            first += height
        return cls(tuple(slices), tuple(starts))

    def run(
        self, spark: Session, work: bytes, each: Callable[[Worker, Iterable[Piece]], Iterator[Blob]]
    ) -> Any:
        """A data frame of blobs, one task for each slice."""
        slices = self.slices

        def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            worker = worker_of(work)
            for batch in batches:
                for place in batch.column(0).to_pylist():
                    yield from _batches(each(worker, slices[place].pieces(worker.work)))

        return spark.range(0, len(slices), 1, len(slices)).mapInArrow(task, _BLOBS)


@frozen
class Addresses:
    """Files that Spark reads, wherever its own file systems reach, and gives to the workers in batches."""

    uris: tuple[str, ...]
    starts: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, spark: Session, uris: Sequence[str]) -> Addresses:
        # Spelt as every record's own file is, which differs from how Spark lists its inputs.
        found = spark.read.parquet(*uris).select("_metadata.file_path").distinct().collect()
        files = sorted(row.file_path for row in found)
        return cls(tuple(uris), tuple((place << _FILE_BITS, name) for place, name in enumerate(files)))

    def run(
        self, spark: Session, work: bytes, each: Callable[[Worker, Iterable[Piece]], Iterator[Blob]]
    ) -> Any:
        """A data frame of blobs, one task for each part of a file that Spark chooses."""
        stored = spark.read.parquet(*self.uris)
        kind = worker_of(work).work.kind
        columns = [f"`{fact.column}`" for fact in kind.facts if fact.column in stored.columns]
        columns += [f"_metadata.file_path as `{_FILE}`", f"_metadata.row_index as `{_ROW}`"]
        firsts = {name: first for first, name in self.starts}

        def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            worker = worker_of(work)
            yield from _batches(each(worker, _pieces(worker.work, batches, firsts)))

        return stored.selectExpr(*columns).mapInArrow(task, _BLOBS)


def _pieces(work: Work, batches: Iterable[pa.RecordBatch], firsts: dict[str, int]) -> Iterator[Piece]:
    """Batches as pieces of records that follow each other in one file."""
    for batch in batches:
        frame = pl.DataFrame(batch)
        breaks = frame.select(
            ((pl.col(_FILE) != pl.col(_FILE).shift()) | (pl.col(_ROW) != pl.col(_ROW).shift() + 1)).arg_true()
        ).to_series()
        starts = [0, *breaks.to_list()] if frame.height else []
        for start, end in zip(starts, [*starts[1:], frame.height], strict=True):
            run = frame[start:end]
            file, row = run[0, _FILE], run[0, _ROW]
            raw = RawTable(file, run.drop(_FILE, _ROW), ORDINALS.behind(row))
            yield Piece(firsts[file] + row, decode_piece(raw, work.kind))


def _batches(blobs: Iterable[Blob]) -> Iterator[pa.RecordBatch]:
    """Blobs as Spark takes them; a refusal is one more."""
    try:
        for blob in blobs:
            columns = {"part": [blob.part], "kind": [blob.kind], "data": [blob.data]}
            yield pa.RecordBatch.from_pydict(columns, schema=_SCHEMA)
    except Refusal as refusal:
        yield from _batches([told(refusal.diagnostics)])


_SCHEMA: Final = pa.schema([("part", pa.int32()), ("kind", pa.int32()), ("data", pa.binary())])


def parallelism(spark: Session) -> int:
    """How many tasks the cluster works on at a time."""
    return int(spark.sparkContext.defaultParallelism)


# --- the work --------------------------------------------------------------------------------------------------


def gather(spark: Session, files: Files | Addresses, work: Work) -> Gathered:
    """Decide all records and settle the ledger."""
    packed = work.packed()

    def settle(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        blobs = (Blob(*row.values()) for batch in batches for row in batch.to_pylist())
        yield from _batches(worker_of(packed).settle(blobs))

    decided = files.run(spark, packed, lambda worker, pieces: worker.decide(pieces))
    settled = decided.repartition(work.parts, "part").mapInArrow(settle, _BLOBS)
    gathered = Gathered(work)
    for row in settled.toLocalIterator():
        gathered.take(Blob(row.part, row.kind, bytes(row.data)))
    return gathered


def look_again(spark: Session, files: Files | Addresses, gathered: Gathered) -> None:
    """Find the keys of which several have one number; they may be different all the same."""
    numbers = np.concatenate(gathered.repeated)
    if len(numbers):
        _once_more(spark, files, gathered, lambda worker, pieces: worker.suspects(pieces, numbers))


def write_results(
    spark: Session, files: Files | Addresses, gathered: Gathered, folder: Path | None, *, payments: bool
) -> None:
    """Write the results of all records into a folder, as files whose names stand in the order of the records."""
    changes = gathered.changes
    _once_more(
        spark,
        files,
        gathered,
        lambda worker, pieces: worker.write(pieces, changes, folder, payments=payments),
    )


def _once_more(
    spark: Session,
    files: Files | Addresses,
    gathered: Gathered,
    each: Callable[[Worker, Iterable[Piece]], Iterator[Blob]],
) -> None:
    for row in files.run(spark, gathered.work.packed(), each).toLocalIterator():
        gathered.take(Blob(row.part, row.kind, bytes(row.data)))
