"""A catalogue: a table of the policy whose rows are in a file, as it is in force on a day."""

from __future__ import annotations

import csv
import io
from os.path import normpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from attrs import field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.rules.calendar import chinese_date
from hypolicy.source.folder import PolicyFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from hypolicy.rules.tree import Policy, Table, TableVersion
    from hypolicy.rules.types import Type


@frozen
class Catalogue:
    """`file` is the path of the rows from the policy folder; `lines` are its rows as texts, the header first."""

    table: Table
    version: TableVersion
    file: PurePosixPath
    lines: tuple[tuple[str, ...], ...] = field(repr=False)

    @property
    def header(self) -> tuple[str, ...]:
        return self.lines[0]

    @property
    def wanted(self) -> dict[str, Type]:
        """The columns that rules read, the keys first."""
        keys = {fact.name: fact.type for fact in self.table.keys}
        return keys | {column.name: column.type for column in self.table.columns}

    def rows(self) -> dict[tuple[str, ...], dict[str, str]]:
        """Every row as texts by column, under its keys."""
        keys = [fact.name for fact in self.table.keys]
        records = (dict(zip(self.header, line, strict=True)) for line in self.lines[1:])
        return {tuple(record[name] for name in keys): record for record in records}


def catalogues(policy: Policy, path: Path, day: date | None) -> list[Catalogue]:
    """Every table with a file that is in force on a day; the latest version where no day is given.

    Raises Refusal where there is none.
    """
    found = list(_in_force(policy, path, day))
    if found:
        return found
    if day is not None and any(version.file for table in policy.tables for version in table.versions):
        raise Refusal(Diagnostic("HY949", {"day": chinese_date(day)}))
    raise Refusal(Diagnostic("HY941", {}))


def _in_force(policy: Policy, path: Path, day: date | None) -> Iterator[Catalogue]:
    folder = PolicyFolder(path.resolve())
    for table in policy.tables:
        known = [version for version in table.versions if version.file]
        held = [version for version in known if day is None or day in version.period]
        if held:
            version = max(held, key=lambda each: each.period.start)
            base = PurePosixPath(table.origin.span.source.path).parent
            file = PurePosixPath(normpath((base / version.file).as_posix()))
            rows = csv.reader(io.StringIO(folder.read(file).text))
            lines = tuple(tuple(cell.strip() for cell in row) for row in rows if any(map(str.strip, row)))
            yield Catalogue(table, version, file, lines)


def catalogue_named(found: list[Catalogue], name: str | None) -> Catalogue:
    """The one of this name; or the only one there is."""
    names = [each.table.name for each in found]
    if name is None and len(found) == 1:
        return found[0]
    if name in names:
        return found[names.index(name)]
    suggestion = did_you_mean(name, names) if name else ""
    wanted = f"没有取自文件的表「{name}」" if name else f"取自文件的表有{len(found)}张"
    raise Refusal(Diagnostic("HY942", {"what": wanted, "names": "、".join(names)}, suggestion=suggestion))
