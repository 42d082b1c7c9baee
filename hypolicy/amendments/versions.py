"""Values from a day: a new version of a parameter, of the rows of a table, or of the file that it is taken from.

The version in force on that day ends before it; one that has an end hands it on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from hypolicy.rules.calendar import chinese_date, day_before
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hypolicy.source.text import Span

V = TypeVar("V")


@frozen
class Dated:
    """A version as written: its validity (None: always), its words behind that, and what it gives."""

    validity: tree.Validity | None
    words: Span
    value: tree.Version | tree.Entry

    def starts_by(self, day: date) -> bool:
        return self.validity is None or self.validity.start <= day

    @property
    def start(self) -> date | None:
        return None if self.validity is None else self.validity.start


def versions_of(head: tree.Declaration) -> list[Dated]:
    """The versions of a parameter, or of a table; rows belong to the date before them."""
    match head:
        case tree.Parameter(_, versions) | tree.Fulfilment(_, versions):
            return [Dated(version.validity, version.span, version) for version in versions]
        case tree.Table(_, _, _, entries):
            out: list[Dated] = []
            for entry in entries:
                words = entry.row.span if entry.row is not None else entry.span
                if entry.validity is not None or not out:
                    out.append(Dated(entry.validity, words, entry))
                else:
                    out[-1] = Dated(out[-1].validity, out[-1].words.to(words), out[-1].value)
            return out
        case _:
            return []


def in_force(versions: Sequence[Dated], day: date) -> Dated | None:
    """The version that holds on a day."""
    begun = [version for version in versions if version.starts_by(day)]
    latest = max(begun, key=lambda version: (version.start is not None, version.start), default=None)
    if latest is None or latest.validity is None or latest.validity.end is None:
        return latest
    return latest if latest.validity.end >= day else None


def follows(versions: Sequence[Dated], day: date) -> Dated | None:
    """A version that begins on a day or after it."""
    return next((v for v in versions if v.start is not None and v.start >= day), None)


def since(day: date, before: Dated) -> str:
    """How the validity of the new version is written; it ends when the one before it would have ended."""
    end = before.validity.end if before.validity is not None else None
    return f"自{chinese_date(day)}起" + (f"至{chinese_date(end)}止" if end is not None else "")


def shortened(before: Dated, day: date) -> tuple[Span, str] | None:
    """How the validity of the version before is written anew; None where it says no end."""
    validity = before.validity
    if validity is None or validity.end is None:
        return None
    return validity.span, f"自{chinese_date(validity.start)}起至{chinese_date(day_before(day))}止"
