"""Reading Parquet: columns keep their types.

Arrow reads it, and not Polars, whose reader ends the whole process when a file is damaged in the middle. What Arrow
has read is checked to the last byte before Polars takes it over, because Polars trusts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hypolicy.records.foreign import broken_as
from hypolicy.records.raw import ORDINALS, RawTable
from hypolicy.records.tables import require_distinct

if TYPE_CHECKING:
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
