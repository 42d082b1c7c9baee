"""What a cell of a table says."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypolicy.rules.tree import Table, Value


def cell_value(table: Table, row: tuple[Value, ...], column: int) -> Value:
    """A cell with the uplifts of the table (such as 紧缺上浮) applied to its money."""
    value = row[column]
    if isinstance(value, Fraction):
        for uplift in table.uplifts:
            if row[uplift.column.index] == uplift.equals:
                value = value * (1 + uplift.rate)
    return value
