"""Parameters and tables: what is in force, since when and on what ground, and what rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from hypolicy.rules import tree
from hypolicy.rules.facts import expressions_of, walk
from hypolicy.rules.phrases import percent, value_text
from hypolicy.rules.tables import cell_value
from hypolicy.rules.types import BoolType, EnumType
from hypolicy.rules.wording import since_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from hypolicy.rules.calendar import Period
    from hypolicy.rules.statements import View

# A table of no more rows stands on the page of its clause as a whole.
SHORT: Final = 12


@frozen
class VersionRow:
    """A version of a parameter. `current`: in force on the day of the edition."""

    period: Period
    value: str
    ground: str
    current: bool

    @property
    def start(self) -> date:
        return self.period.start


@frozen
class ParameterPage:
    parameter: tree.Parameter
    versions: tuple[VersionRow, ...]
    bound: str
    users: tuple[tree.Benefit, ...]

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def clause(self) -> str:
        return self.parameter.origin.clause


def parameter_page(parameter: tree.Parameter, policy: tree.Policy, view: View) -> ParameterPage:
    bound = ""
    if parameter.bound is not None:
        comparison, limit = parameter.bound
        bound = f"{comparison.quantity_reading}{value_text(limit, parameter.type)}"
    versions = tuple(
        VersionRow(v.period, value_text(v.value, parameter.type), v.ground, view.day in v.period)
        for v in parameter.versions
    )
    return ParameterPage(parameter, versions, bound, tuple(users(parameter, policy)))


@frozen
class Cell:
    """`written` is what the table itself says, where an uplift of the table has raised it."""

    text: str
    written: str
    numeric: bool


@frozen
class TableRow:
    """`lit`: the example beside it has used this row."""

    keys: tuple[str, ...]
    cells: tuple[Cell, ...]
    lit: bool = False


@frozen
class Choice:
    """A column by which the rows can be narrowed, and what it may be."""

    name: str
    options: tuple[str, ...]


@frozen
class TablePage:
    """A table as of a day. `versions` are the days from which it was otherwise, each with its number of rows."""

    table: tree.Table
    version: tree.TableVersion
    rows: tuple[TableRow, ...]
    uplifts: tuple[str, ...]
    choices: tuple[Choice, ...]
    versions: tuple[tuple[str, int, bool], ...]
    users: tuple[tree.Benefit, ...]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def clause(self) -> str:
        return self.table.origin.clause

    @property
    def heads(self) -> tuple[str, ...]:
        return heads(self.table)

    @property
    def short(self) -> bool:
        return len(self.rows) <= SHORT


def table_page(table: tree.Table, policy: tree.Policy, view: View) -> TablePage:
    version = view.version(table)
    versions = tuple(
        (since_text(v.period) or "施行以来", len(v.rows), v is version) for v in view.settings.versions(table)
    )
    uplifts = tuple(
        f"{one.column.name}为{value_text(one.equals, one.column.type)}的，标准另加{percent(one.rate)}"
        for one in table.uplifts
    )
    rows = tuple(table_rows(table, version))
    return TablePage(
        table, version, rows, uplifts, tuple(_choices(table, version)), versions, tuple(users(table, policy))
    )


def table_rows(table: tree.Table, version: tree.TableVersion) -> Iterator[TableRow]:
    for keys, row in version.rows.items():
        cells = []
        for column in table.columns:
            value = cell_value(table, row, column.index)
            text, written = value_text(value, column.type), value_text(row[column.index], column.type)
            numeric = not isinstance(column.type, BoolType) and not isinstance(value, str)
            cells.append(Cell(text, written if written != text else "", numeric))
        yield TableRow(keys, tuple(cells))


@frozen
class Extract:
    """The rows of a table about an example that has used one of them; its data may be the example's own."""

    table: tree.Table
    rows: tuple[TableRow, ...]
    story: str
    illustrative: bool

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def heads(self) -> tuple[str, ...]:
        return heads(self.table)


def extract(table: tree.Table, version: tree.TableVersion, used: tuple[str, ...], story: str) -> Extract:
    """All rows of a short table; of a long one those with the first key of the row that was used."""
    short = len(version.rows) <= SHORT
    near = [row for row in table_rows(table, version) if short or row.keys[0] == used[0]]
    rows = tuple(evolve(row, lit=row.keys == used) for row in near)
    return Extract(table, rows, story, version.illustrative)


def heads(table: tree.Table) -> tuple[str, ...]:
    return (*(key.name for key in table.keys), *(column.name for column in table.columns))


def _choices(table: tree.Table, version: tree.TableVersion) -> Iterator[Choice]:
    for place, key in enumerate(table.keys):
        if isinstance(key.type, EnumType):
            present = {keys[place] for keys in version.rows}
            yield Choice(key.name, tuple(each for each in key.type.labels if each in present))
    for column in table.columns:
        if isinstance(column.type, BoolType):
            yield Choice(column.name, ("是", "否"))


def users(standard: tree.Parameter | tree.Table, policy: tree.Policy) -> Iterator[tree.Benefit]:
    """The items that rest on a parameter or a table."""
    for benefit in policy.benefits:
        if any(standard_of(node) == standard for expr in expressions_of(benefit) for node in walk(expr)):
            yield benefit


def standard_of(node: tree.Expr) -> tree.Parameter | tree.Table | None:
    match node:
        case tree.ParameterRef(parameter):
            return parameter
        case tree.Lookup(table) | tree.InTable(table):
            return table
        case _:
            return None
