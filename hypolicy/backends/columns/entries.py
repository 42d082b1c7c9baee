"""Payable entries on their way to the ledger: values as they came, and the whole numbers that the fold compares.

An entry carries the facts that the ledger asks for, under their names, beside four columns of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, assert_never

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.columns.coding import as_enum, canonical_dtype, canonical_value
from hypolicy.rules.types import (
    BoolType,
    DateType,
    EnumType,
    IdentifierType,
    NumberType,
    TextType,
    identifier_order,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from hypolicy.rules import tree
    from hypolicy.rules.outcome import Entry

    Ints = NDArray[np.int64]
    Truths = NDArray[np.bool_]

# Names that no fact can have: # begins a comment.
ROW, ITEM, EDITION, FEN, WHY = "#row", "#item", "#edition", "#fen", "#why"
OWN: Final = {ROW: pl.Int64(), ITEM: pl.Int16(), EDITION: pl.Int16(), FEN: pl.Int64(), WHY: pl.Int64()}
HISTORY: Final = -1
NONE: Final = -1
# Numbers up to this size stay machine words when they are put together.
_MOST: Final = 2**61
_WIDE: Final = 2**40
# How many accounts there may be for a row, so that it does not pay to leave out those that nobody has.
_LOOSE: Final = 4
_WHOLE: Final = "^(0|-?[1-9][0-9]{0,17})$"


def history_frame(history: Iterable[Entry], facts: Sequence[tree.Fact], items: Sequence[str]) -> pl.DataFrame:
    """Earlier entries; their row is `HISTORY`."""
    entries = list(history)
    places = {name: place for place, name in enumerate(items)}
    own = {
        ROW: [HISTORY] * len(entries),
        ITEM: [places.get(entry.item, NONE) for entry in entries],
        EDITION: [0] * len(entries),
        FEN: [entry.fen for entry in entries],
        WHY: [0] * len(entries),
    }
    columns = [pl.Series(name, own[name], dtype) for name, dtype in OWN.items()]
    for fact in facts:
        values = [canonical_value(entry.facts.get(fact.name), fact) for entry in entries]
        columns.append(pl.Series(fact.name, values, canonical_dtype(fact)))
    return pl.DataFrame(columns)


def together(frames: Sequence[pl.DataFrame], facts: Sequence[tree.Fact]) -> pl.DataFrame:
    """Frames of entries as one; a text that one of them has as a whole number becomes text in all that differ."""
    names = [*OWN, *(fact.name for fact in facts if fact.name not in OWN)]
    kept = [frame for frame in frames if frame.height] or list(frames[:1])
    schemas = [frame.schema for frame in kept]
    mixed = [name for name in names if any(schema[name] != schemas[0][name] for schema in schemas)]
    # Copied together once, because entries are looked at one by one in an order of their own.
    return pl.concat(
        [frame.select(names).with_columns(pl.col(mixed).cast(pl.String)) for frame in kept]
    ).rechunk()


# --- the whole numbers ------------------------------------------------------------------------------------------


class Values(Protocol):
    """The facts of some entries, however they are held."""

    def numbers(self, fact: tree.Fact) -> Ints:
        """Whole numbers that are equal and in order as the values are (see `numbers`); `NONE` where not given."""

    def missing(self, fact: tree.Fact) -> Truths | None:
        """Where a fact is not given; None where it always is."""

    def hashes(self, fact: tree.Fact) -> Ints:
        """Whole numbers that are equal where the values are, which need not be in order."""


@frozen
class FrameValues:
    """Those of a frame of entries."""

    frame: pl.DataFrame

    def numbers(self, fact: tree.Fact) -> Ints:
        return numbers(self.frame[fact.name], fact)

    def missing(self, fact: tree.Fact) -> Truths | None:
        column = self.frame[fact.name]
        return column.is_null().to_numpy() if column.has_nulls() else None

    def hashes(self, fact: tree.Fact) -> Ints:
        column = self.frame[fact.name]
        if column.dtype == pl.String:
            return column.hash().to_numpy().view(np.int64)
        physical = column.to_physical().cast(pl.Int64)
        return (physical.fill_null(NONE) if physical.has_nulls() else physical).to_numpy()


@define
class Coded:
    """Entries in whole numbers (items and editions may be narrow ones); those of a fact are made when asked for."""

    row: Ints
    item: Ints
    edition: Ints
    fen: Ints
    values: Values
    _facts: dict[str, Ints] = field(factory=dict, init=False)

    @classmethod
    def of_frame(cls, frame: pl.DataFrame) -> Coded:
        row, item, edition, fen = (frame[name].to_numpy() for name in (ROW, ITEM, EDITION, FEN))
        return cls(row, item, edition, fen, FrameValues(frame))

    def __len__(self) -> int:
        return len(self.row)

    def of(self, fact: tree.Fact) -> Ints:
        if fact.name not in self._facts:
            self._facts[fact.name] = self.values.numbers(fact)
        return self._facts[fact.name]

    def days(self, fact: tree.Fact) -> Ints:
        """Days since 1970-01-01; where a date is not given that day itself, on which no rule looks."""
        numbers = self.of(fact)
        return np.where(numbers == NONE, 0, numbers - DAYS_BEFORE)

    def years(self, fact: tree.Fact) -> Ints:
        years: Ints = self.days(fact).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
        return years


def numbers(column: pl.Series, fact: tree.Fact) -> NDArray[np.int64]:
    """A fact as whole numbers that are equal and in order as its values are; `NONE` where it is not given."""
    match fact.type:
        case BoolType() | NumberType():
            coded = column.cast(pl.Int64)
        case DateType():
            # Days before 1970 are below zero, where NONE is.
            coded = column.to_physical().cast(pl.Int64) + DAYS_BEFORE
        case EnumType(labels=labels):
            coded = as_enum(column, labels).to_physical().cast(pl.Int64)
        case TextType():
            coded = _texts(column)
        case IdentifierType():
            coded = _identifiers(column)
        case _:
            assert_never(fact.type)
    if coded.has_nulls():
        coded = coded.fill_null(NONE)
    return coded.to_numpy()


DAYS_BEFORE: Final = 1_000_000


def _texts(column: pl.Series) -> pl.Series:
    """Ranks in the order of texts; of whole numbers, which stand for their digits, each is spelt once."""
    if not column.dtype.is_integer():
        return column.rank("dense").cast(pl.Int64)
    known = column.unique().drop_nulls()
    ranks = known.cast(pl.String).rank("dense")
    return column.replace_strict(known, ranks, default=None, return_dtype=pl.Int64)


def _identifiers(column: pl.Series) -> pl.Series:
    """Whole numbers as they are, where all of them are plain ones; otherwise ranks in the order of identifiers."""
    if column.dtype.is_integer() or column.drop_nulls().str.contains(_WHOLE).all():
        return _ranked_if_wide(column.cast(pl.Int64))
    known = sorted(column.unique().drop_nulls().to_list(), key=identifier_order)
    return column.replace_strict(known, range(len(known)), default=None, return_dtype=pl.Int64)


def _ranked_if_wide(column: pl.Series) -> pl.Series:
    """Ranks where a number is below zero, so that none is mistaken for one that is not given, or one is very large.

    Large ones leave no room for others beside them, and to number them takes as long as to sort them.
    """
    least, most = column.min(), column.max()
    if least is None or (int(least) >= 0 and int(most) < _WIDE):  # type: ignore[arg-type]
        return column
    return column.rank("dense").cast(pl.Int64)


def combined(columns: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], int]:
    """One number for each row, the same where rows are equal in all columns, in the order of the columns.

    And how many numbers there may be, from 0.
    """
    out, span = np.zeros(len(columns[0]), np.int64), 1
    for column in columns if len(out) else ():
        least, most = int(column.min()), int(column.max())
        if span * (most - least + 1) > _MOST:
            column, different = _ranks(column)  # noqa: PLW2901
            least, most = 0, different - 1
        if span * (most - least + 1) > _MOST:
            out, span = _ranks(out)
        if most > least:
            out = out * (most - least + 1) + (column - least)
            span *= most - least + 1
    return out, span


def dense(columns: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], int]:
    """The same number, from 0, for rows that are equal in all columns; and how many numbers there may be.

    There are not many more of them than rows.
    """
    out, span = combined(columns)
    return (out, span) if span <= _LOOSE * len(out) else _ranks(out)


def in_order(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.intp]:
    """The rows in the order of the columns; those that are equal in all stay as they are."""
    return np.argsort(combined(columns)[0], kind="stable")


def _ranks(column: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    different, ranks = np.unique(column, return_inverse=True)
    return ranks.astype(np.int64), len(different)
