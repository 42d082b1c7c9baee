"""One version of a table from the rows of a file; every faulty cell is reported."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from hypolicy.rules import tree as rules
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType, Type
from hypolicy.rules.units import YUAN
from hypolicy.source import limits
from hypolicy.syntax.tokens import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.rules.calendar import Period
    from hypolicy.source.text import Span

NATURE_COLUMN: Final = "数据性质"
ILLUSTRATIVE: Final = "示例"
_MONEY: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_table(
    table: rules.Table, period: Period, text: str, file: str, collector: Collector, place: Span | None = None
) -> rules.TableVersion:
    """The rows of a CSV text as one version of a table.

    Columns are found by name and others ignored; a column 数据性质 marks illustrative rows with 示例.
    """
    try:
        reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        places = (place,) if place is not None else ()
        collector.report("HY407", *places, file=file, problem="引号或换行不成对")
        return rules.TableVersion(period, {}, file)
    return table_version(table, period, lines, file, collector, place)


def table_version(
    table: rules.Table,
    period: Period,
    lines: Sequence[tuple[int, list[str]]],
    file: str,
    collector: Collector,
    place: Span | None = None,
) -> rules.TableVersion:
    """Rows of texts with their line numbers, the header first, as one version of a table."""
    places = (place,) if place is not None else ()
    if len(lines) > limits.MAX_TABLE_ROWS:
        collector.report("HY414", *places, file=file, limit=limits.MAX_TABLE_ROWS)
        return rules.TableVersion(period, {}, file)
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    wanted: list[tuple[str, Type]] = [(fact.name, fact.type) for fact in table.keys]
    wanted += [(column.name, column.type) for column in table.columns]
    missing = [name for name, _ in wanted if name not in header]
    if missing:
        collector.report("HY405", *places, file=file, columns="、".join(missing))
        return rules.TableVersion(period, {}, file)
    rows: dict[tuple[str, ...], tuple[rules.Value, ...]] = {}
    illustrative = False
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            collector.report("HY406", *places, file=file, line=number, column="…", problem="列数与第一行不同")
            continue
        record = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        illustrative = illustrative or record.get(NATURE_COLUMN) == ILLUSTRATIVE
        values: list[rules.Value] = []
        for name, kind in wanted:
            value, problem = cell_value(record[name], kind)
            if problem:
                collector.report("HY406", *places, file=file, line=number, column=name, problem=problem)
            values.append(value)
        key = tuple(str(value) for value in values[: len(table.keys)])
        if key in rows:
            collector.report("HY403", *places, name=f"{file}第{number}行", keys="、".join(key))
        rows[key] = tuple(values[len(table.keys) :])
    return rules.TableVersion(period, rows, file, illustrative)


def cell_value(text: str, kind: Type) -> tuple[rules.Value, str]:
    """A cell's value, or a dummy and what is wrong with it."""
    match kind:
        case BoolType():
            return (text == "是", "") if text in ("是", "否") else (False, "应为“是”或“否”")
        case EnumType():
            label = kind.label(text)
            return (label, "") if label in kind.labels else (text, "不是可取的值")
        case NumberType(unit, whole):
            if whole:
                return (int(text), "") if _WHOLE.fullmatch(text) else (0, "应为整数")
            money = "（最多两位小数，不写单位）" if unit == YUAN else ""
            return (Fraction(text), "") if _MONEY.fullmatch(text) else (Fraction(0), f"应为数字{money}")
        case DateType():
            try:
                return (date.fromisoformat(text), "") if _DATE.fullmatch(text) else (date.min, _NO_DATE)
            except ValueError:
                return date.min, _NO_DATE
        case _:
            if not text:
                return "", "不能为空"
            hidden = HIDDEN.search(text)
            return text, f"有看不见的字符（U+{ord(hidden[0][0]):04X}）" if hidden else ""


_NO_DATE: Final = "应为日期（如 2019-08-30）"
