"""Nothing but reading the file with Polars: what no system that uses its reader can be faster than.

`table` reads everything into memory; `stream` passes batches on and looks at none, as an engine that keeps nothing
would at best. A small file is read before the clock starts, so that the threads are there.
"""

from __future__ import annotations

import sys

import polars as pl
from work import COLUMNS, Clock, report


def rows_in(path: str, variant: str) -> int:
    if variant == "table":
        return pl.read_parquet(path, columns=list(COLUMNS)).height
    batches = pl.scan_parquet(path).select(COLUMNS).collect_batches(chunk_size=131_072)
    return sum(batch.height for batch in batches)


if __name__ == "__main__":
    path, small, variant = sys.argv[1:4]
    rows_in(small, variant)
    clock = Clock()
    rows = rows_in(path, variant)
    clock.lap("read")
    report(clock, read=rows)
