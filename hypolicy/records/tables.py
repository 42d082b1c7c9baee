"""From a grid of cells, whose first row names the columns, to a table."""

from __future__ import annotations

import polars as pl

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.raw import Numbering, RawTable


def with_header(grid: pl.DataFrame, file: str, numbering: Numbering, at_least: int = 0) -> RawTable:
    """The table below a row of names, without nameless columns and the blank rows at its end.

    The first `at_least` records are kept even if blank.
    """
    names = [(name or "").strip() for name in grid.row(0)] if grid.height else []
    if not any(names):
        raise Refusal(Diagnostic("HY813", {"file": file}))
    require_distinct(names, file)
    named = [place for place, name in enumerate(names) if name]
    body = grid.slice(1)
    unnamed = [
        place for place, name in enumerate(names) if not name and body[:, place].null_count() < body.height
    ]
    body = body.select(pl.nth(place).alias(names[place]) for place in named)
    notices: tuple[str, ...] = ()
    if unnamed:
        places = "、".join(f"第{place + 1}列" for place in unnamed)
        notices = (f"{file} 的{places}没有列名，未予读取。",)
    return RawTable(file, without_blank_end(body, at_least), numbering, notices)


def require_distinct(names: list[str], file: str) -> None:
    """No two columns of one name; columns without any do not count."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name:
            places.setdefault(name, []).append(place)
    twice = ["、".join(f"第{p + 1}列" for p in at) + "同名" for at in places.values() if len(at) > 1]
    if twice:
        raise Refusal(Diagnostic("HY812", {"file": file, "columns": "；".join(twice)}))


def without_blank_end(frame: pl.DataFrame, at_least: int = 0) -> pl.DataFrame:
    """Without the rows at the end that hold nothing."""
    if not frame.height or any(cell is not None for cell in frame.row(frame.height - 1)):
        return frame
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    return frame.head(max(at_least, filled[-1] + 1 if len(filled) else 0))
