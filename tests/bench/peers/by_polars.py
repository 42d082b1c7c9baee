"""Written by hand in Polars: one lazy plan on the streaming engine; persons who may exceed a limit by group_by and
semi-joins (windows over persons are many times slower), and plain Python for the rows of those alone."""

from __future__ import annotations

import sys

import polars as pl
import suspects
from polars import col, lit
from work import IN_CATALOGUE, OCCUPATIONS, Clock, catalogue_fen, report


def payable(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Records that are due something: A, B or C in `fen`, D in `living`, before the ledger."""
    catalogue = pl.LazyFrame(
        {"job": range(OCCUPATIONS * 8), "standard": catalogue_fen()},
        schema={"job": pl.Int16, "standard": pl.Int64},
    )
    term = col("start_date").is_between(lit("2019-08-30").str.to_date(), lit("2021-12-31").str.to_date())
    frame = frame.filter(col("class_registered") & term)
    frame = frame.with_columns(job=(col("occupation") * 8 + col("level")).cast(pl.Int16))
    frame = frame.join(catalogue, on="job", how="left")
    free = col("kind").is_in([0, 3])
    group = pl.any_horizontal(
        "poor_child", "poor_labor", "two_after", "rural_transfer", "urban_unemployed", "veteran", "disabled"
    )
    coded = (col("cert_type") == 4) & col("cert_coded")
    listed = col("occupation") < IN_CATALOGUE
    trained = (
        (col("kind") == 1)
        & col("employed")
        & (col("contract_months") >= 12)
        & ~col("ui_subsidy")
        & col("level").is_between(3, 5)
    )
    percent = pl.when(col("poor_county_park") & col("poor_labor")).then(170)
    percent = percent.when("industry_transfer").then(150).otherwise(100)
    outside = pl.when(col("level") == 5).then(55000).when(col("level") == 4).then(99000).otherwise(132000)
    safety = (col("kind") == 2) & col("high_risk") & (col("cert_type") == 5)
    fen = (
        pl.when(free & group & (col("cert_type").is_between(1, 3) | coded) & listed)
        .then(col("standard"))
        .when(trained & listed & col("cert_type").is_between(1, 4))
        .then(col("standard") * percent // 100)
        .when(trained & ~listed & col("difficult") & coded)
        .then(outside)
        .when(safety)
        .then(pl.min_horizontal(5 * col("hours").cast(pl.Int64), lit(300)) * 100)
        .otherwise(0)
        .cast(pl.Int64)
    )
    living = free & (
        col("poor_labor")
        | col("hard_to_employ")
        | col("disabled")
        | col("zero_employed_household")
        | (col("two_after") & (col("rural_household") | col("urban_dibao")))
    )
    item = pl.when(col("kind") == 1).then(1).when(col("kind") == 2).then(2).otherwise(0).cast(pl.Int8)
    frame = frame.select(
        "person_id",
        "record_id",
        "cert_date",
        "county",
        "job",
        year=col("cert_date").dt.year(),
        fen=fen,
        living=pl.when(living).then(col("days").cast(pl.Int64) * 2000).otherwise(0),
        item=item,
    )
    return frame.filter((col("fen") > 0) | (col("living") > 0))


def of_suspects(paid: pl.DataFrame) -> pl.DataFrame:
    """All payable rows of the persons who may exceed a limit."""

    def more_than(frame: pl.LazyFrame, times: int, *keys: str) -> pl.LazyFrame:
        return frame.group_by("person_id", *keys).len().filter(col("len") > times).select("person_id")

    lazy = paid.lazy()
    several = lazy.join(more_than(lazy, 1), on="person_id", how="semi").collect(engine="streaming").lazy()
    suspected = pl.concat([more_than(several, 3, "year"), more_than(several, 1, "job")]).unique()
    return several.join(suspected, on="person_id", how="semi").collect(engine="streaming")


def sums(frame: pl.DataFrame, fen: str, item: pl.Expr) -> pl.DataFrame:
    return frame.group_by("year", "county", item.alias("item")).agg(n=pl.len(), s=col(fen).sum())


if __name__ == "__main__":
    clock = Clock()
    due = payable(pl.scan_parquet(sys.argv[1])).collect(engine="streaming")
    clock.lap("read and rules")
    paid = due.filter(col("fen") > 0)
    entries = of_suspects(paid.select("person_id", "record_id", "cert_date", "job", "year"))
    keys = ("person_id", "cert_date", "record_id", "job", "year")
    denied = entries[suspects.denied(*(entries[key].to_list() for key in keys))]
    granted = paid.join(denied.select("record_id"), on="record_id", how="anti")
    clock.lap("ledger")
    living = sums(due.filter(col("living") > 0), "living", lit(3, pl.Int8))
    answer = pl.concat([sums(granted, "fen", col("item")), living]).rows()
    clock.lap("sums")
    report(clock, [(year, county, "ABCD"[item], count, total) for year, county, item, count, total in answer])
