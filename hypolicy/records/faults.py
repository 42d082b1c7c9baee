"""The list of faults as a file, for the people who correct the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hypolicy.records.sources import FAULTS_SUFFIX
from hypolicy.records.writing import write_table

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.records.reading import Records


def faults_path(path: Path) -> Path:
    """Where the faults of a data file are listed: FILE.errors.csv."""
    return path.with_name(path.name + FAULTS_SUFFIX)


def write_faults(path: Path, faults: pl.DataFrame, records: Records) -> None:
    """Row numbers as people see them, columns, and what is wrong; never a value of a record.

    `faults` are those of a `FaultList`. Where there are several files of records, the file stands first.
    """
    rows = faults["row"].to_list()
    table = faults.select(
        pl.Series("行号", [records.row_number(row) for row in rows], pl.Int64),
        pl.col("column").cast(pl.String).alias("列"),
        pl.col("problem").cast(pl.String).alias("问题"),
    )
    if records.several:
        table.insert_column(0, pl.Series("文件", [records.file(row) for row in rows], pl.String))
    write_table(path, table)
