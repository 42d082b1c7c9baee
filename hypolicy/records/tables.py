"""From a grid of cells, whose first row names the columns, to a table."""

from __future__ import annotations

import polars as pl
from attrs import define, field

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.raw import Numbering, RawTable


@define
class Header:
    """A row of names. Columns without one are left out, which is told where they hold anything."""

    file: str
    names: list[str]
    unnamed: set[int] = field(factory=set)

    @classmethod
    def of(cls, grid: pl.DataFrame, file: str) -> Header:
        """The names in the first row."""
        names = [(name or "").strip() for name in grid.row(0)] if grid.height else []
        if not any(names):
            raise Refusal(Diagnostic("HY813", {"file": file}))
        require_distinct(names, file)
        return cls(file, names)

    def columns(self, body: pl.DataFrame) -> pl.DataFrame:
        """The columns that have names, under these."""
        for place, name in enumerate(self.names):
            if not name and body[:, place].null_count() < body.height:
                self.unnamed.add(place)
        return body.select(pl.nth(place).alias(name) for place, name in enumerate(self.names) if name)

    def notices(self) -> tuple[str, ...]:
        places = "、".join(f"第{place + 1}列" for place in sorted(self.unnamed))
        return (f"{self.file} 的{places}没有列名，未予读取。",) if places else ()


def with_header(grid: pl.DataFrame, file: str, numbering: Numbering, at_least: int = 0) -> RawTable:
    """The table below a row of names, without nameless columns and the blank rows at its end.

    The first `at_least` records are kept even if blank.
    """
    header = Header.of(grid, file)
    body = header.columns(grid.slice(1))
    return RawTable(file, without_blank_end(body, at_least), numbering, header.notices())


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
