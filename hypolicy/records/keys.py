"""Keys that occur twice among millions of records, found without keeping every key in memory.

A key becomes a number: the one that it spells, or a hash. Small numbers are ticked off on a list, others are sorted,
part after part. As long as no number occurs twice, neither does a key; only otherwise are the keys read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from attrs import define, field

from hypolicy.backends.columns.parts import numbers_of, part_of
from hypolicy.records.spill import Numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray


@define
class Keys:
    """The keys of a run; `room` is about how many bytes they may take."""

    room: int
    count: int = 0
    _ticked: NDArray[np.bool_] = field(factory=lambda: np.zeros(0, np.bool_))
    _ticks: int = 0
    _others: Numbers = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._others = Numbers(self.room // 2)

    def add(self, keys: pl.Series) -> None:
        """Take in the keys of some records; what is not given is no key."""
        numbers = numbers_of(keys.drop_nulls() if keys.null_count() else keys)
        self.count += len(numbers)
        if not len(numbers):
            return
        most = self.room // 2
        if numbers.min() < 0 or numbers.max() >= most:
            small = (numbers >= 0) & (numbers < most)
            self._others.add(numbers[~small])
            numbers = numbers[small]
        if len(numbers):
            self._tick(numbers, most)

    def _tick(self, numbers: NDArray[np.int64], most: int) -> None:
        largest = int(numbers.max())
        if largest >= len(self._ticked):
            # Memory that nothing is written to is not taken from anybody.
            longer = np.zeros(min(max(2 * largest, 1 << 20), most), np.bool_)
            longer[: len(self._ticked)] = self._ticked
            self._ticked = longer
        self._ticked[numbers] = True
        self._ticks += len(numbers)

    def distinct(self) -> bool:
        """Whether all are surely different."""
        if int(np.count_nonzero(self._ticked)) < self._ticks:
            return False
        return not any(len(found) for found in _repeated(self._others, self.room))


def repeated_rows(read: Callable[[], Iterable[pl.Series]], room: int) -> Iterator[tuple[int, int]]:
    """Each record whose key an earlier one has, with the first of these: places from 0, in rising order.

    `read` gives the keys of all records, in their order, as often as it is called.
    """
    numbers = Numbers(room // 2)
    for keys in read():
        numbers.add(numbers_of(keys))
    suspected = np.concatenate([np.zeros(0, np.int64), *_repeated(numbers, room)])
    first_row = 0
    found = []
    for keys in read():
        found.append(suspects_in(keys, suspected, first_row))
        first_row += len(keys)
    yield from repeats_among(found)


def suspects_in(keys: pl.Series, suspected: NDArray[np.int64], first_row: int) -> pl.DataFrame:
    """The keys that have one of these numbers, with their rows."""
    places = np.flatnonzero(np.isin(numbers_of(keys), suspected))
    rows = pl.Series("row", places + first_row, pl.Int64)
    return pl.DataFrame([rows, keys.gather(places).cast(pl.String).alias("key")])


def repeats_among(suspects: Sequence[pl.DataFrame]) -> Iterator[tuple[int, int]]:
    """Each row whose key an earlier one has, with the first of these."""
    found = pl.concat([pl.DataFrame(schema={"row": pl.Int64, "key": pl.String}), *suspects]).drop_nulls()
    found = found.with_columns(first=pl.col("row").min().over("key")).sort("row")
    yield from found.filter(pl.col("row") > pl.col("first")).select("row", "first").iter_rows()


def _repeated(numbers: Numbers, room: int) -> Iterator[NDArray[np.int64]]:
    """The numbers that occur more than once, part after part of those there are."""
    parts = 1 + 2 * 8 * numbers.count // room
    for part in range(parts):
        chosen = [piece[part_of(piece, parts) == part] if parts > 1 else piece for piece in numbers.pieces()]
        if chosen:
            yield repeated_in(np.concatenate(chosen))


def repeated_in(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of these numbers that occur more than once."""
    ordered = np.sort(numbers)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
