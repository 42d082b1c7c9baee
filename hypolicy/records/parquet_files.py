"""Reading Parquet: columns keep their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hypolicy.records.foreign import broken_as
from hypolicy.records.raw import ORDINALS, RawTable
from hypolicy.records.tables import require_distinct

if TYPE_CHECKING:
    from pathlib import Path


def read_parquet(path: Path, file: str) -> RawTable:
    with broken_as("HY814", file):
        frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
    names = [name.strip() for name in frame.columns]
    require_distinct(names, file)
    return RawTable(file, frame.rename(dict(zip(frame.columns, names, strict=True))), ORDINALS)
