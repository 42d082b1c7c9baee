"""The list of faults as a file, for the people who correct the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hypolicy.records.raw import Fault, RawTable
from hypolicy.records.sources import FAULTS_SUFFIX
from hypolicy.records.writing import write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Fault", "faults_path", "write_faults"]


def faults_path(path: Path) -> Path:
    """Where the faults of a data file are listed: FILE.errors.csv."""
    return path.with_name(path.name + FAULTS_SUFFIX)


def write_faults(path: Path, faults: Sequence[Fault], raw: RawTable) -> None:
    """Row numbers as people see them, columns, and what is wrong; never a value of a record."""
    columns = {
        "行号": pl.Series([raw.row_number(fault.row) for fault in faults], dtype=pl.Int64),
        "列": pl.Series([fault.column for fault in faults], dtype=pl.String),
        "问题": pl.Series([fault.problem for fault in faults], dtype=pl.String),
    }
    write_table(path, pl.DataFrame(columns))
