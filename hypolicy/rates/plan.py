"""What a catalogue that was read back would change, in words, before anything is written."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from hypolicy.check.versions import ILLUSTRATIVE, NATURE_COLUMN
from hypolicy.difference.versions import RowChanges
from hypolicy.rates.cells import plain, value_of
from hypolicy.rates.sheet import CellFault
from hypolicy.rules.phrases import value_text
from hypolicy.rules.types import NumberType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rates.catalogue import Catalogue
    from hypolicy.rates.sheet import Sheet
    from hypolicy.rules.tree import Value

_MOST_NAMED: Final = 5
# A number that has become so many times as large or small is a slip of the pen more often than not.
_FAR: Final = 2


@frozen
class Plan:
    """`lines` is the new catalogue as texts, the header first; `sentences` are what changes, none if nothing."""

    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    unchanged: int
    lines: tuple[tuple[str, ...], ...] = field(repr=False)
    faults: tuple[CellFault, ...] = ()


def planned(catalogue: Catalogue, sheet: Sheet) -> Plan:
    """Compare a sheet with the catalogue in force; with faults, of which all are told, nothing else is said."""
    faults = list(sheet.faults)
    rows: dict[tuple[str, ...], tuple[Value, ...]] = {}
    texts: dict[tuple[str, ...], dict[str, str]] = {}
    first: dict[tuple[str, ...], int] = {}
    keys = len(catalogue.table.keys)
    for number, record in sheet.rows.items():
        values: list[Value] = []
        for name, kind in catalogue.wanted.items():
            value, problem = value_of(record[name], kind)
            problem = "没有填写" if problem and not record[name] else problem
            if problem and (number, sheet.columns[name]) not in sheet.unread:
                faults.append(CellFault(number, sheet.columns[name], problem))
            values.append(value)
        key = tuple(str(value) for value in values[:keys])
        if key in rows and all(key):
            place = sheet.columns[catalogue.table.keys[0].name]
            faults.append(CellFault(number, place, f"与第{first[key]}行重复"))
        rows[key], texts[key] = tuple(values[keys:]), record
        first.setdefault(key, number)
    if faults:
        faults.sort(key=lambda fault: (fault.row, fault.column))
        return Plan((), (), 0, (), tuple(faults))
    before = catalogue.version.rows
    told = RowChanges(catalogue.table, catalogue.table.columns, before, rows)
    changes = [sentence for sentence in told.sentences() if sentence]
    changes += _registered(catalogue, sheet, texts)
    return Plan(
        tuple(changes),
        tuple(_warnings(catalogue, told, texts)),
        sum(1 for key, row in rows.items() if before.get(key) == row),
        tuple(_lines(catalogue, sheet, rows, texts)),
    )


def _registered(
    catalogue: Catalogue, sheet: Sheet, texts: dict[tuple[str, ...], dict[str, str]]
) -> Iterator[str]:
    """Changes in the columns that no rule reads."""
    old = catalogue.rows()
    for name in dict.fromkeys((*catalogue.header, *sheet.columns)):
        if name in catalogue.wanted:
            continue
        moved = [key for key in texts if key in old and texts[key].get(name, "") != old[key].get(name, "")]
        if moved:
            yield f"「{name}」（只作登记，规则不读取）有变化的{len(moved)}行"


def _warnings(
    catalogue: Catalogue, told: RowChanges, texts: dict[tuple[str, ...], dict[str, str]]
) -> Iterator[str]:
    """What is allowed and yet is seldom meant."""
    for place, column in enumerate(told.columns):
        if not isinstance(column.type, NumberType):
            continue
        moves = [(key, told.before[key][place], told.after[key][place]) for key in told.kept]
        far = [move for move in moves if _far(*move[1:])]
        if far:
            words = (
                f"{'、'.join(key)}由{value_text(old, column.type)}改为{value_text(new, column.type)}"
                for key, old, new in far[:_MOST_NAMED]
            )
            yield f"请核对变动在一倍以上的{len(far)}行：{'，'.join(words)}{'等' if len(far) > _MOST_NAMED else ''}"
        zero = [key for key in told.added if not told.after[key][place]]
        if zero:
            named = "，".join("、".join(key) for key in zero[:_MOST_NAMED])
            yield f"请核对「{column.name}」为零的新增{len(zero)}行：{named}{'等' if len(zero) > _MOST_NAMED else ''}"
    illustrative = sum(record.get(NATURE_COLUMN) == ILLUSTRATIVE for record in texts.values())
    if illustrative:
        yield f"有{illustrative}行的「{NATURE_COLUMN}」是“{ILLUSTRATIVE}”，整张表仍按示例数据提示"


def _far(old: Any, new: Any) -> bool:
    one, other = Fraction(old), Fraction(new)
    return one != other and (other >= _FAR * one or one >= _FAR * other)


def _lines(
    catalogue: Catalogue,
    sheet: Sheet,
    rows: dict[tuple[str, ...], tuple[Value, ...]],
    texts: dict[tuple[str, ...], dict[str, str]],
) -> Iterator[tuple[str, ...]]:
    """The new file: where a row has the values that it had, in the words that it had."""
    names = [name for name in catalogue.header if name in sheet.columns]
    names += [name for name in sheet.columns if name not in names]
    yield tuple(names)
    old = catalogue.rows()
    for key, values in rows.items():
        same = catalogue.version.rows.get(key) == values
        known = {name: text for name, text in old[key].items() if name in catalogue.wanted} if same else {}
        record = {
            name: plain(text, catalogue.wanted[name]) if name in catalogue.wanted else text
            for name, text in texts[key].items()
        } | known
        yield tuple(record[name] for name in names)
