"""校验 and 提示: which records are faulty in themselves, and which are merely odd."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from hypolicy.backends.exact.compile import Compiler, Function, Record
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.rules.tree import RecordKind


@frozen
class Violation:
    """A record (by its place, from 0) that breaks a 校验, told of a column of the data file."""

    row: int
    column: str
    message: str


@define
class Screen:
    """The 校验 and 提示 of one kind of record. Records must give every fact that is not optional."""

    kind: RecordKind
    settings: Settings = field(factory=Settings)
    _validations: list[tuple[str, str, Function]] = field(init=False)
    _notices: list[tuple[str, Function]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        compiler = Compiler(self.settings)
        self._validations = [
            (v.column.column, v.message, compiler.function(v.condition)) for v in self.kind.validations
        ]
        self._notices = [
            (notice.message, compiler.function(notice.condition))
            for notice in self.kind.notices
            if notice.condition is not None
        ]

    def violations(self, records: Sequence[tuple[int, Record]]) -> list[Violation]:
        """Every 校验 that a record breaks; records come with their places."""
        return [
            Violation(row, column, message)
            for row, record in records
            for column, message, holds in self._validations
            if not holds(record, None)
        ]

    def notices(self, records: Sequence[Record]) -> dict[str, list[int]]:
        """The places of the records that each 提示 is about, in the order of writing."""
        odd = self.found(records)[len(self._validations) :]
        out = {message: rows for (message, _), rows in zip(self._notices, odd, strict=True) if rows}
        for notice in self.kind.notices:
            if notice.overlap is not None:
                key, first, last = (fact.index for fact in notice.overlap)
                rows = overlapping(records, key, first, last)
                if rows:
                    out[notice.message] = rows
        return out

    def found(self, records: Sequence[Record]) -> list[list[int]]:
        """The places of the records that break each 校验; then of those that each 提示 on a single record is about."""
        broken = [
            [row for row, record in enumerate(records) if not holds(record, None)]
            for _, _, holds in self._validations
        ]
        odd = [
            [row for row, record in enumerate(records) if holds(record, None)] for _, holds in self._notices
        ]
        return broken + odd


def overlapping(records: Sequence[Record], key: int, first: int, last: int) -> list[int]:
    """Records whose days, both ends included, meet those of another record of the same holder."""
    spans: defaultdict[Any, list[tuple[Any, Any, int]]] = defaultdict(list)
    for row, record in enumerate(records):
        if record[key] is not None and record[first] is not None and record[last] is not None:
            spans[record[key]].append((record[first], record[last], row))
    found: set[int] = set()
    for days in spans.values():
        days.sort()
        latest, owner = days[0][1], days[0][2]
        for start, end, row in days[1:]:
            if start <= latest:
                found.update((owner, row))
            if end > latest:
                latest, owner = end, row
    return sorted(found)
