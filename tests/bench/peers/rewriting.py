"""Polars reads the file and writes it again with as many columns added as a file of decisions has.

Four columns for each item: a status, an amount, a reason and a clause; what stands in them is settled by one
comparison, so that next to nothing is computed.
"""

from __future__ import annotations

import sys

import polars as pl
from work import COLUMNS, ITEMS, Clock, report


def added(item: str) -> list[pl.Expr]:
    texts = pl.Enum(["准予", "不予", "不适用", "符合条件", "对象不符", "", "第三条", "第二条"])
    paid = pl.col("days") > 20
    return [
        pl.when(paid).then(pl.lit("准予")).otherwise(pl.lit("不予")).cast(texts).alias(f"{item}.结果"),
        pl.when(paid).then(pl.col("hours").cast(pl.Decimal(18, 2))).alias(f"{item}.金额"),
        pl.when(paid)
        .then(pl.lit("符合条件"))
        .otherwise(pl.lit("对象不符"))
        .cast(texts)
        .alias(f"{item}.理由"),
        pl.when(paid).then(pl.lit("第三条")).otherwise(pl.lit("第二条")).cast(texts).alias(f"{item}.依据"),
    ]


if __name__ == "__main__":
    path, target = sys.argv[1:3]
    clock = Clock()
    frame = pl.scan_parquet(path).select(*COLUMNS, *(column for item in ITEMS for column in added(item)))
    frame.sink_parquet(target)
    clock.lap("read and write")
    report(clock)
