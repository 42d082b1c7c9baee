"""The faults of a run over many records: all of them, in little room, in the order of the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from attrs import define, field

from hypolicy.records.raw import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hypolicy.backends.exact.screen import Violation
    from hypolicy.rules.tree import RecordKind

# Behind the columns: what a record breaks as a whole.
_BEHIND: Final = 1 << 20
_SCHEMA: Final = {"row": pl.Int64, "place": pl.Int32, "column": pl.Categorical, "problem": pl.Categorical}


@define
class FaultList:
    """Rows count through all files from 0; within a row, columns stand as declared, and then what rules it breaks."""

    kind: RecordKind
    _pieces: list[pl.DataFrame] = field(factory=list)
    _places: dict[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._places = {fact.column: place for place, fact in enumerate(self.kind.facts)}

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, faults: Iterable[Fault], first_row: int = 0) -> None:
        """Faults of cells, of a piece that begins with this row."""
        rows = [(first_row + f.row, self._places[f.column], f.column, f.problem) for f in faults]
        if rows:
            self._pieces.append(pl.DataFrame(rows, _SCHEMA, orient="row"))

    def add_broken(self, violations: Iterable[Violation], first_row: int) -> None:
        """Records that break the 校验, in their order."""
        rows = [(first_row + v.row, _BEHIND, v.column, v.message) for v in violations]
        if rows:
            self._pieces.append(pl.DataFrame(rows, _SCHEMA, orient="row"))

    def all(self) -> pl.DataFrame:
        """Row, column and problem of each, in order. A record with a fault in a cell is not asked what it breaks."""
        faults = pl.concat(self._pieces) if self._pieces else pl.DataFrame(schema=_SCHEMA)
        cells = faults.filter(pl.col("place") < _BEHIND).select("row").unique()
        rules = faults.filter(pl.col("place") >= _BEHIND).join(cells, on="row", how="anti")
        found = pl.concat([faults.filter(pl.col("place") < _BEHIND), rules])
        return found.sort("row", "place", maintain_order=True).select("row", "column", "problem")


def faults_of(frame: pl.DataFrame) -> Iterator[Fault]:
    return (Fault(row, column, problem) for row, column, problem in frame.iter_rows())
