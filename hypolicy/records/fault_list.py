"""The faults of a run over many records: all of them, in little room, in the order of the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.records.raw import Fault
    from hypolicy.rules.tree import RecordKind, Validation

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

    def add_broken(self, rule: Validation, place: int, rows: Iterable[int], first_row: int) -> None:
        """Records that break a 校验, which is the one at this place."""
        told = (_BEHIND + place, rule.column.column, rule.message)
        broken = [(first_row + int(row), *told) for row in rows]
        if broken:
            self._pieces.append(pl.DataFrame(broken, _SCHEMA, orient="row"))

    @property
    def frame(self) -> pl.DataFrame:
        """As they were added."""
        return pl.concat(self._pieces) if self._pieces else pl.DataFrame(schema=_SCHEMA)

    def take(self, frame: pl.DataFrame) -> None:
        """The faults of another list."""
        if frame.height:
            self._pieces.append(frame)

    def all(self) -> pl.DataFrame:
        """Row, column and problem of each, in order. A record with a fault in a cell is not asked what it breaks."""
        faults = self.frame
        cells = faults.filter(pl.col("place") < _BEHIND).select("row").unique()
        rules = faults.filter(pl.col("place") >= _BEHIND).join(cells, on="row", how="anti")
        found = pl.concat([faults.filter(pl.col("place") < _BEHIND), rules])
        return found.sort("row", "place").select("row", "column", "problem")
