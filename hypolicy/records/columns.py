"""One column of a record: from what a file holds to values of the fact's type.

Reading is by Polars expressions, so that a table in memory and a stream of batches are read by the same
rules. In canonical form a column is Boolean, Date, String, Enum, or of integers: whole numbers as they are, others
in hundredths (money in fen). Texts of digits may stay the integers that a file holds. A column that is right as it
stands is not copied. Nothing passes through a float: a float has already lost what was written.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final, assert_never

import polars as pl
from attrs import field, frozen

from hypolicy.records.problems import explain, wrong_type
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType
from hypolicy.source.limits import MAX_COUNT, MAX_MONEY_FEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.rules.tree import Fact

HUNDREDTHS: Final = 100
# The days that dates of the language reach, counted from 1970-01-01.
_DAYS: Final = ((date.min - date(1970, 1, 1)).days, (date.max - date(1970, 1, 1)).days)
_CELL: Final = pl.col("cell")
# Those whose every number is one of 64 bits.
_SHORT_INTEGERS: Final = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)


@frozen
class DecodedColumn:
    """Canonical values (null where not given or faulty), the rows of the faults, and what each is, in order."""

    values: pl.Series = field(eq=False)
    faulty: list[int]
    problems: list[str]


def decode_column(series: pl.Series, fact: Fact) -> DecodedColumn:
    """All of one column. Every fault is found; no problem holds the value of the cell."""
    return decode_columns(series.to_frame(fact.column), [fact])[fact.column]


def decode_columns(frame: pl.DataFrame, facts: Sequence[Fact]) -> dict[str, DecodedColumn]:
    """The columns of these facts, by their names in the file; what is not at hand in one query, on all processors."""
    cells = frame.to_dict()
    at_hand = {fact.column: _at_hand(cells[fact.column], fact) for fact in facts}
    values = {name: column for name, column in at_hand.items() if column is not None}
    to_read = [fact for fact in facts if fact.column not in values]
    if to_read:
        read = (canonical(pl.col(f.column), cells[f.column].dtype, f).alias(f.column) for f in to_read)
        values |= frame.select(read).to_dict()
    return {
        fact.column: _complete(cells[fact.column], values[fact.column].alias(fact.name), fact)
        for fact in facts
    }


def _complete(series: pl.Series, values: pl.Series, fact: Fact) -> DecodedColumn:
    """Tell what is not given from what is faulty, where a column has no values."""
    missing = values.null_count()
    if not missing or (fact.optional and not _is_text(series.dtype) and missing == series.null_count()):
        return DecodedColumn(values, [], [])
    faulty = values.is_null()
    if fact.optional:
        cells = series.alias("cell").to_frame()
        faulty = cells.select(_given(_CELL, series.dtype)).to_series() & faulty
    return DecodedColumn(values, faulty.arg_true().to_list(), _problems(series.filter(faulty), fact))


def _stands(series: pl.Series, fact: Fact) -> bool:
    """Whether each cell is a value of the fact as it stands, or not given."""
    if series.null_count() and not fact.optional:
        return False
    dtype = series.dtype
    match fact.type:
        case BoolType():
            return dtype == pl.Boolean
        case DateType():
            return dtype == pl.Date and _lies_within(series.to_physical(), *_DAYS)
        case NumberType(whole=True):
            return dtype.is_integer() and _lies_within(series, 0, MAX_COUNT)
        case TextType() | IdentifierType():
            return dtype in _SHORT_INTEGERS
        case EnumType(labels=labels):
            return dtype == pl.Enum(labels)
        case _:
            return False


def _at_hand(series: pl.Series, fact: Fact) -> pl.Series | None:
    """The values of a column that stands, or of one with labels by codes that are small numbers, as texts are slow."""
    if _stands(series, fact):
        return series
    if isinstance(fact.type, EnumType) and series.dtype.is_integer():
        labels = _labels_by_code(fact.type)
        if labels is not None and _lies_within(series, 0, len(labels) - 1):
            if series.null_count():
                return labels.gather(series)
            # Places of this type are taken as they are, where `gather` looks at each.
            return labels[pl.Series(series.to_numpy().astype("uint32"))]
    return None


def _lies_within(numbers: pl.Series, least: int, most: int) -> bool:
    smallest, largest = numbers.min(), numbers.max()
    return smallest is None or bool(least <= smallest and largest <= most)  # type: ignore[operator]


@cache
def _labels_by_code(kind: EnumType) -> pl.Series | None:
    """Labels at the places of their codes; None where a code is no small number, or a label is a number too."""
    small = re.compile("0|[1-9][0-9]{0,3}")
    if not kind.codes or not all(map(small.fullmatch, kind.codes)) or any(map(str.isdecimal, kind.labels)):
        return None
    numbers = [int(code) for code in kind.codes]
    labels: list[str | None] = [None] * (max(numbers) + 1)
    for label, number in zip(kind.labels, numbers, strict=True):
        labels[number] = label
    return pl.Series(labels, dtype=pl.Enum(kind.labels))


def canonical(column: pl.Expr, dtype: pl.DataType, fact: Fact) -> pl.Expr:
    """The values of a fact; null where a cell is empty or holds none."""
    if not _fits(dtype, fact):
        return pl.when(column.is_null()).then(pl.lit(None, canonical_dtype(fact)))
    match fact.type:
        case BoolType():
            return column if dtype == pl.Boolean else _truth(_text(column))
        case DateType():
            return _date(column, dtype)
        case TextType() | IdentifierType():
            return _text(column)
        case EnumType():
            return _label(_text(column), fact.type)
        case NumberType(whole=True):
            return _within(_whole(column, dtype), MAX_COUNT)
        case NumberType():
            return _within(_hundredths(column, dtype), MAX_MONEY_FEN)
        case _:
            assert_never(fact.type)


def _label(text: pl.Expr, kind: EnumType) -> pl.Expr:
    """Labels as they are, or for their codes."""
    labels = text.replace(kind.codes, kind.labels) if kind.codes else text
    return labels.cast(pl.Enum(kind.labels), strict=False)


def canonical_dtype(fact: Fact) -> pl.DataType:
    match fact.type:
        case BoolType():
            return pl.Boolean()
        case DateType():
            return pl.Date()
        case TextType() | IdentifierType():
            return pl.String()
        case EnumType(labels=labels):
            return pl.Enum(labels)
        case NumberType():
            return pl.Int64()
        case _:
            assert_never(fact.type)


def _fits(dtype: pl.DataType, fact: Fact) -> bool:
    """Whether values of this type of column can be values of the fact. Text always can; a float never."""
    if _is_text(dtype):
        return True
    match fact.type:
        case BoolType():
            return dtype == pl.Boolean
        case DateType():
            return dtype in (pl.Date, pl.Datetime)
        case TextType() | IdentifierType() | EnumType():
            return dtype.is_integer()
        case NumberType():
            return dtype.is_integer() or dtype.is_decimal()
        case _:
            assert_never(fact.type)


def _is_text(dtype: pl.DataType) -> bool:
    """A column that is null throughout may have no type at all."""
    return dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null)


def _given(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return _text(column).is_not_null() if _is_text(dtype) else column.is_not_null()


def _text(column: pl.Expr) -> pl.Expr:
    """Without surrounding white space; null where nothing is left."""
    text = column.cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def _truth(text: pl.Expr) -> pl.Expr:
    return pl.when(text == "是").then(True).when(text == "否").then(False)


def _date(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Days of the years 1 to 9999, which is all that dates of the language reach."""
    if dtype == pl.Date:
        day = column
    elif isinstance(dtype, pl.Datetime):
        # Midnight where it was written: the day that people saw, whatever the zone.
        moment = column.dt.replace_time_zone(None)
        day = pl.when(moment.dt.truncate("1d") == moment).then(moment.dt.date())
    else:
        text = _text(column)
        day = pl.when(text.str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(text)
        day = day.str.to_date("%Y-%m-%d", strict=False)
    return pl.when(day.dt.year().is_between(1, 9999)).then(day)


def _whole(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Also 12.0: a column of integers with gaps leaves many programs as that."""
    if dtype.is_integer():
        return column.cast(pl.Int64, strict=False)
    text = _text(column)
    digits = pl.when(text.str.contains(r"^[0-9]+(\.0+)?$")).then(text.str.replace(r"\.0+$", ""))
    return digits.cast(pl.Int64, strict=False)


def _hundredths(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    text = _text(column)
    if dtype.is_decimal():
        # Zeros that only the column's scale has written.
        text = text.str.replace(r"(\.[0-9]{2})0+$", "$1")
    pattern = r"^([0-9]+)(?:\.([0-9]{1,2}))?$"
    units = text.str.extract(pattern, 1).cast(pl.Int64, strict=False)
    hundredths = text.str.extract(pattern, 2).fill_null("0").str.pad_end(2, "0").cast(pl.Int64)
    return pl.when(units <= MAX_MONEY_FEN // HUNDREDTHS).then(units * HUNDREDTHS + hundredths)


def _within(number: pl.Expr, most: int) -> pl.Expr:
    return pl.when(number.is_between(0, most)).then(number)


def _problems(cells: pl.Series, fact: Fact) -> list[str]:
    """What is wrong with faulty cells."""
    if not _fits(cells.dtype, fact):
        return wrong_type(cells, fact)
    texts = cells.alias("cell").to_frame().select(_text(_CELL)).to_series()
    return explain(texts, fact.type)
