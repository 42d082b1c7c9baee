"""Reading JSON: an array of objects, or one object a line.

A number with a fraction stays the text that was written, so that no money ever passes through a float.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import polars as pl
from attrs import frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.raw import ORDINALS, RawTable, shown_name
from hypolicy.records.text import decode_text


@frozen
class _Repeated:
    """In place of an object that has a name twice."""


def read_json(data: bytes, encoding: str, file: str) -> RawTable:
    text = decode_text(data, encoding, file)
    value = _parsed(text, file, "")
    if not isinstance(value, list):
        raise _no_records(file, "")
    return _table(value, file)


def read_json_lines(data: bytes, encoding: str, file: str) -> RawTable:
    lines = decode_text(data, encoding, file).split("\n")
    return _table(
        [_parsed(line, file, f"（第{number}行）") for number, line in enumerate(lines, 1) if line.strip()],
        file,
    )


def _parsed(text: str, file: str, where: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_float=str, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        line = where or f"（第{error.lineno}行）"
        raise Refusal(Diagnostic("HY815", {"file": file, "where": line})) from None
    except (ValueError, RecursionError):
        raise Refusal(Diagnostic("HY815", {"file": file, "where": where})) from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Repeated:
    values = {name.strip(): value for name, value in pairs}
    return values if len(values) == len(pairs) else _Repeated()


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def _no_records(file: str, where: str) -> Refusal:
    return Refusal(Diagnostic("HY816", {"file": file, "where": where}))


def _table(records: list[object], file: str) -> RawTable:
    columns: dict[str, list[Any]] = {}
    for row, record in enumerate(records):
        if isinstance(record, _Repeated):
            raise Refusal(Diagnostic("HY817", {"file": file, "row": ORDINALS.label(row)}))
        if not isinstance(record, dict):
            raise _no_records(file, f"（{ORDINALS.label(row)}）")
        for name in record:
            if name not in columns:
                columns[name] = [None] * row
        for name, cells in columns.items():
            cells.append(record.get(name))
    return RawTable(file, _frame(columns, file), ORDINALS)


def _frame(columns: dict[str, list[Any]], file: str) -> pl.DataFrame:
    nested = [
        shown_name(name, place)
        for place, (name, cells) in enumerate(columns.items())
        if not {list, dict, _Repeated}.isdisjoint(map(type, cells))
    ]
    if nested:
        raise Refusal(Diagnostic("HY818", {"file": file, "columns": "、".join(nested)}))
    try:
        return pl.DataFrame([_series(name, cells) for name, cells in columns.items()])
    except UnicodeEncodeError:
        # Half of a surrogate pair, which JSON can spell and no text can hold.
        raise Refusal(Diagnostic("HY815", {"file": file, "where": ""})) from None


def _series(name: str, cells: list[Any]) -> pl.Series:
    """Booleans and integers keep their type; a column that mixes types holds texts as JSON spells them."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return pl.Series(name, cells, pl.Boolean)
    if kinds == {int} and all(cell is None or abs(cell) < 2**63 for cell in cells):
        return pl.Series(name, cells, pl.Int64)
    return pl.Series(name, [_spelt(cell) for cell in cells], pl.String)


def _spelt(cell: bool | int | str | None) -> str | None:
    match cell:
        case None | str():
            return cell
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
