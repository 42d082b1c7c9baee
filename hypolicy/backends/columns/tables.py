"""Tables as arrays: which row has these keys, and what its cells are, for every version one after the other.

A key is the rank of a label, or the code of a text; the last code stands for every text that no rule names. Where
the keys could meet in too many ways for an array of all of them, the rows are found in a sorted list.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import lcm, prod
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from hypolicy.backends.columns.coding import day_number
from hypolicy.rules.tables import cell_value
from hypolicy.rules.types import EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypolicy.backends.columns.coding import Dictionary
    from hypolicy.rules import tree

MISSING: Final = -1
_MOST_CELLS: Final = 1 << 22


@frozen
class Cells:
    """A column of a table: a whole number for each row, and a zero for the row that is missing."""

    values: list[int] = field(repr=False)
    denominator: int = 1

    @property
    def low(self) -> int:
        return min(self.values)

    @property
    def high(self) -> int:
        return max(self.values)


@frozen
class TableArrays:
    """Where `dense`, `rows` says for each version and keys which row it is; otherwise it is their numbers, sorted."""

    table: tree.Table
    dictionary: Dictionary
    sizes: tuple[int, ...]
    dense: bool
    rows: list[int] = field(repr=False)
    contents: tuple[tuple[tree.Value, ...], ...] = field(repr=False)

    def cells(self, column: tree.Column) -> Cells:
        values = [cell_value(self.table, row, column.index) for row in self.contents]
        if isinstance(column.type, NumberType):
            numbers = [Fraction(value) for value in values if isinstance(value, int | Fraction)]
            least = lcm(1, *(number.denominator for number in numbers))
            return Cells([*(int(number * least) for number in numbers), 0], least)
        return Cells([*(self._code(value, column) for value in values), 0])

    def _code(self, value: tree.Value, column: tree.Column) -> int:
        match value, column.type:
            case str(), EnumType(labels=labels):
                return labels.index(value)
            case str(), _:
                return self.dictionary.code(value)
            case date(), _:
                return day_number(value)
            case _:
                return int(value)

    def having(self, key: int, versions: Sequence[tree.TableVersion]) -> list[int]:
        """For each version and each value of one key, whether some row has it."""
        number, size = _numbering(self.table.keys[key], self.dictionary), self.sizes[key]
        out = [0] * (len(versions) * size)
        for place, version in enumerate(versions):
            for keys in version.rows:
                out[place * size + number(keys[key])] = 1
        return out


def table_arrays(
    table: tree.Table, versions: Sequence[tree.TableVersion], dictionary: Dictionary
) -> TableArrays:
    numberings = [_numbering(fact, dictionary) for fact in table.keys]
    sizes = tuple(_size(fact, dictionary) for fact in table.keys)
    packed: dict[int, tuple[tree.Value, ...]] = {}
    for place, version in enumerate(versions):
        for keys, row in version.rows.items():
            number = place
            for size, numbering, key in zip(sizes, numberings, keys, strict=True):
                number = number * size + numbering(key)
            packed[number] = row
    ordered = sorted(packed)
    contents = tuple(packed[number] for number in ordered)
    cells = len(versions) * prod(sizes)
    if cells > _MOST_CELLS:
        return TableArrays(table, dictionary, sizes, False, ordered, contents)
    rows = [MISSING] * max(cells, 1)
    for place, number in enumerate(ordered):
        rows[number] = place
    return TableArrays(table, dictionary, sizes, True, rows, contents)


def _size(fact: tree.Fact, dictionary: Dictionary) -> int:
    return len(fact.type.labels) if isinstance(fact.type, EnumType) else dictionary.other + 1


def _numbering(fact: tree.Fact, dictionary: Dictionary) -> Callable[[str], int]:
    return fact.type.labels.index if isinstance(fact.type, EnumType) else dictionary.code
