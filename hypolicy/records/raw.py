"""A table as it was read, before anything is known of its columns; and what is wrong with single cells.

People find a record by the number that they see: in a CSV file or a worksheet the first row holds the names
of the columns, so the first record is in 第2行; Parquet and JSON have no rows to see, so their records are
counted, 第1条.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import Factory, evolve, field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl

MAX_SHOWN_RUNS: Final = 100
MAX_SHOWN_NAME: Final = 20


@frozen
class Fault:
    """Why a record is refused. `row` counts records from 0; `problem` never holds a value of the record."""

    row: int
    column: str
    problem: str


@frozen
class Numbering:
    """How people number the records: the number of the first, and the word after a number."""

    first: int
    counter: str

    def label(self, row: int) -> str:
        return f"第{self.first + row}{self.counter}"

    def behind(self, records: int) -> Numbering:
        """The numbering of what follows so many records."""
        return Numbering(self.first + records, self.counter)


LINES: Final = Numbering(2, "行")
ORDINALS: Final = Numbering(1, "条")


@frozen
class RawTable:
    """Texts (CSV, XLSX) or typed values (Parquet, JSON); an empty cell is null.

    It is a whole file or a piece of one, whose `numbering` goes on from the piece before. `faults` are cells that the
    file itself has spoilt: whoever uses the frame without decoding it calls `require_sound` first. `names` are all
    columns of the file, where some were not read; `progress` is how much of the file is read with this piece.
    """

    file: str
    frame: pl.DataFrame = field(repr=False, eq=False)
    numbering: Numbering
    notices: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    names: tuple[str, ...] = field(default=Factory(lambda table: tuple(table.frame.columns), takes_self=True))
    progress: float = 1.0

    def row_number(self, row: int) -> int:
        return self.numbering.first + row

    def row_label(self, row: int) -> str:
        return self.numbering.label(row)

    def pieces(self, rows: int) -> Iterator[RawTable]:
        """The same in pieces of at most so many records; its notices come with the last."""
        height = self.frame.height
        for first in range(0, max(height, 1), rows):
            faults = (evolve(f, row=f.row - first) for f in self.faults if first <= f.row < first + rows)
            last = first + rows >= height
            yield evolve(
                self,
                frame=self.frame.slice(first, rows),
                numbering=self.numbering.behind(first),
                notices=self.notices if last else (),
                faults=tuple(faults),
                progress=1.0 if last else (first + rows) / height,
            )

    def require_sound(self, columns: Iterable[str] | None = None) -> None:
        """Refuse the table if cells of these columns (of any, when None) are spoilt."""
        wanted = set(self.frame.columns if columns is None else columns)
        rows: dict[tuple[str, str], list[int]] = {}
        for fault in self.faults:
            if fault.column in wanted:
                rows.setdefault((fault.column, fault.problem), []).append(fault.row)
        if rows:
            raise Refusal(*(self._unsound(column, problem, at) for (column, problem), at in rows.items()))

    def _unsound(self, column: str, problem: str, rows: list[int]) -> Diagnostic:
        places = f"{numbers([self.row_number(row) for row in rows], self.numbering.counter)}「{column}」列"
        return Diagnostic("HY821", {"file": self.file, "places": places, "problem": problem})


def numbers(rising: list[int], counter: str) -> str:
    """第3行、第5至9行: numbers in words, runs drawn together; after a hundred runs, 等."""
    runs: list[tuple[int, int]] = []
    for number in rising:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    words = [f"第{a}{counter}" if a == b else f"第{a}至{b}{counter}" for a, b in runs[:MAX_SHOWN_RUNS]]
    return "、".join(words) + ("等" if len(runs) > MAX_SHOWN_RUNS else "")


def shown_name(name: str, place: int) -> str:
    """A column's name for a message, or its place (from 0) where the name may be somebody's data.

    A file without a first row of names has a person's data in its place, and messages never hold any.
    """
    if len(name) > MAX_SHOWN_NAME or re.search(r"\d{6}", name) or not name.isprintable():
        return f"第{place + 1}列"
    return f"「{name}」"
