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
    """The columns of these facts, by their names in the file, in one query, which runs on all processors."""
    standing = {fact.column: _as_it_stands(frame[fact.column], fact) for fact in facts}
    read = frame.select(
        canonical(pl.col(fact.column), frame[fact.column].dtype, fact).alias(fact.column)
        for fact in facts
        if standing[fact.column] is None
    )
    out = {}
    for fact in facts:
        values = standing[fact.column]
        if values is None:
            values = read[fact.column]
        out[fact.column] = _complete(frame[fact.column], values.alias(fact.name), fact)
    return out


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


def _as_it_stands(series: pl.Series, fact: Fact) -> pl.Series | None:
    """The column, where each cell is a value of the fact, or not given, without any change but of its type."""
    if series.null_count() and not fact.optional:
        return None
    dtype = series.dtype
    match fact.type:
        case BoolType() if dtype == pl.Boolean:
            return series
        case DateType() if dtype == pl.Date and _lies_within(series.to_physical(), *_DAYS):
            return series
        case NumberType(whole=True) if dtype.is_integer() and _lies_within(series, 0, MAX_COUNT):
            return series
        case TextType() | IdentifierType() if dtype in _SHORT_INTEGERS:
            return series
        case EnumType(labels=labels) if dtype == pl.Enum(labels):
            return series
        case EnumType() if dtype.is_integer():
            return _decoded(series, fact.type)
        case _:
            return None


def _lies_within(numbers: pl.Series, least: int, most: int) -> bool:
    smallest, largest = numbers.min(), numbers.max()
    return smallest is None or bool(least <= smallest and largest <= most)  # type: ignore[operator]


def _decoded(numbers: pl.Series, kind: EnumType) -> pl.Series | None:
    """Labels of codes that are small numbers, all of which are known; by a table, because texts are slow."""
    ranks = _rank_by_code(kind)
    if ranks is None or not _lies_within(numbers, 0, len(ranks) - 1):
        return None
    found = ranks.gather(numbers)
    return found.cat.to(pl.Enum(kind.labels)) if found.null_count() == numbers.null_count() else None


@cache
def _rank_by_code(kind: EnumType) -> pl.Series | None:
    """The ranks of labels at the places of their codes; None where a code is no small number."""
    if not kind.codes or not all(re.fullmatch("0|[1-9][0-9]{0,3}", code) for code in kind.codes):
        return None
    numbers = [int(code) for code in kind.codes]
    labels: list[str | None] = [None] * (max(numbers) + 1)
    for label, number in zip(kind.labels, numbers, strict=True):
        labels[number] = label
    return pl.Series(labels, dtype=pl.Enum(kind.labels)).to_physical()


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
