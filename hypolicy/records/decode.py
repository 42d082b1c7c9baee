"""From a raw table to the facts of records: all faults of all rows, told at once.

The rules are those of the data dictionary. A cell is never repeated in what is said about it, because it may
be somebody's name or number.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl
from attrs import evolve, field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import closest
from hypolicy.records.columns import (
    HUNDREDTHS,
    DecodedColumn,
    canonical_dtype,
    decode_column,
    decode_columns,
)
from hypolicy.records.raw import ORDINALS, Fault, RawTable, shown_name
from hypolicy.rules.types import IdentifierType, NumberType, TextType

if TYPE_CHECKING:
    from collections.abc import Set

    from hypolicy.rules.tree import Fact, RecordKind, Value

__all__ = ["Decoded", "DecodedColumn", "Fault", "decode", "decode_column"]

BLANK_ROW: Final = "整行为空"
Problems = dict[tuple[int, str], str]


@frozen
class Decoded:
    """The facts of the records: canonical columns, and the same as lists of the language's own values.

    There is no value where the fact is not given or the cell is faulty.
    """

    raw: RawTable
    kind: RecordKind = field(repr=False, eq=False)
    series: dict[str, pl.Series] = field(repr=False, eq=False)
    faults: list[Fault]
    notices: list[str]

    @cached_property
    def columns(self) -> dict[str, list[Value | None]]:
        """Values by the name of their fact, None where there is none; made when first asked for."""
        return {fact.name: _language_values(self.series[fact.name], fact) for fact in self.kind.facts}

    @property
    def height(self) -> int:
        return self.raw.frame.height

    def row_label(self, row: int) -> str:
        return self.raw.row_label(row)


def decode(raw: RawTable, kind: RecordKind) -> Decoded:
    """Read every fact of every record of a whole file."""
    decoded = decode_piece(raw, kind)
    problems = {(fault.row, fault.column): fault.problem for fault in decoded.faults}
    if kind.key.name in decoded.series:
        for row, first in repeated_in(decoded.series[kind.key.name]):
            problems[row, kind.key.column] = repeats(raw.row_label(first))
    return evolve(decoded, faults=_ordered(problems, kind), notices=[*raw.notices, *unused(raw, kind)])


def decode_piece(raw: RawTable, kind: RecordKind) -> Decoded:
    """Read every fact of the records of a piece, which cannot tell whether a key is used elsewhere.

    A table without the columns that are needed is refused.
    """
    _require_columns(raw, kind)
    present = [fact for fact in kind.facts if fact.column in raw.frame.columns]
    names = {fact.column for fact in present}
    spoilt = [fault for fault in raw.faults if fault.column in names]
    decoded = _without_spoilt(decode_columns(raw.frame, present), spoilt)
    problems = {
        (row, name): problem
        for name, column in decoded.items()
        for row, problem in zip(column.faulty, column.problems, strict=True)
    }
    problems |= {(fault.row, fault.column): fault.problem for fault in spoilt}
    problems = _blank_rows_once(problems, raw, kind, names)
    series = {
        fact.name: decoded[fact.column].values if fact.column in decoded else _absent(raw, fact)
        for fact in kind.facts
    }
    return Decoded(raw, kind, series, _ordered(problems, kind), list(raw.notices))


# --- columns ------------------------------------------------------------------------------------------------


def _without_spoilt(decoded: dict[str, DecodedColumn], spoilt: list[Fault]) -> dict[str, DecodedColumn]:
    """What the file itself has spoilt has no value, even where it looks like one."""
    rows: dict[str, list[int]] = {}
    for fault in spoilt:
        rows.setdefault(fault.column, []).append(fault.row)
    emptied = {
        name: evolve(decoded[name], values=decoded[name].values.scatter(at, None))
        for name, at in rows.items()
    }
    return decoded | emptied


def _absent(raw: RawTable, fact: Fact) -> pl.Series:
    """A column that may be left out, or any column of a table without records."""
    return pl.repeat(None, raw.frame.height, dtype=canonical_dtype(fact), eager=True).alias(fact.name)


def _language_values(series: pl.Series, fact: Fact) -> list[Value | None]:
    match fact.type:
        case NumberType(whole=False):
            amounts = {number: Fraction(number, HUNDREDTHS) for number in series.unique().drop_nulls()}
            return [None if number is None else amounts[number] for number in series]
        case TextType() | IdentifierType():
            return series.cast(pl.String).to_list()
        case _:
            return series.to_list()


def _require_columns(raw: RawTable, kind: RecordKind) -> None:
    found = raw.frame.columns
    if not found and raw.numbering == ORDINALS:
        return  # no records, in a format that then has no columns either
    needed = [fact.column for fact in kind.facts if not fact.column_optional]
    missing = [name for name in needed if name not in found]
    if not missing:
        return
    facts = {"file": raw.file, "count": str(len(missing)), "columns": "、".join(missing)}
    similar = _similar(missing, [name for name in found if name not in needed])
    if len(missing) == len(needed) and not similar:
        raise Refusal(Diagnostic("HY841", facts))
    raise Refusal(Diagnostic("HY840", facts | {"similar": similar}))


def _similar(missing: list[str], found: list[str]) -> str:
    """Names found that are perhaps misspelt; nothing else of an unknown first row is shown."""
    pairs = [(name, closest(name, found)) for name in missing]
    guesses = [f"「{close[0]}」是否应为「{name}」" for name, close in pairs if close]
    return f"（{'，'.join(guesses)}）" if guesses else ""


def unused(raw: RawTable, kind: RecordKind) -> list[str]:
    """A notice of the columns of a file that no fact needs."""
    known = {fact.column for fact in kind.facts}
    names = [shown_name(name, place) for place, name in enumerate(raw.names) if name not in known]
    return [f"{raw.file} 中有{len(names)}列用不到，未予读取：{'、'.join(names)}。"] if names else []


# --- faults -------------------------------------------------------------------------------------------------


def repeated_in(keys: pl.Series) -> list[tuple[int, int]]:
    """Each row whose key an earlier one has, with the first of these."""
    if keys.n_unique() == len(keys):
        return []
    rows = keys.alias("key").to_frame().with_row_index("row").drop_nulls("key")
    rows = rows.with_columns(first=pl.col("row").min().over("key"))
    return rows.filter(pl.col("row") > pl.col("first")).select("row", "first").rows()


def repeats(first: str) -> str:
    """What is wrong with a record whose key an earlier one has."""
    return f"与{first}重复"


def _blank_rows_once(problems: Problems, raw: RawTable, kind: RecordKind, names: Set[str]) -> Problems:
    """One fault for a row without anything in the columns that are read, instead of one for each of them."""
    spoilt = {fault.row for fault in raw.faults}
    suspects = [row for row, name in problems if name == kind.key.column and row not in spoilt]
    if not suspects:
        return problems
    cells = raw.frame.select(names)[suspects]
    empty = cells.select(pl.all_horizontal(pl.all().is_null())).to_series()
    blank = {row for row, is_empty in zip(suspects, empty, strict=True) if is_empty}
    rest = {place: problem for place, problem in problems.items() if place[0] not in blank}
    return rest | {(row, kind.key.column): BLANK_ROW for row in blank}


def _ordered(problems: Problems, kind: RecordKind) -> list[Fault]:
    """By row, then by column as the record is declared."""
    places = {fact.column: place for place, fact in enumerate(kind.facts)}
    return [
        Fault(row, name, problems[row, name])
        for row, name in sorted(problems, key=lambda at: (at[0], places[at[1]]))
    ]
