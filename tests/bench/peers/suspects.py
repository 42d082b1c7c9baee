"""The ledger, for peers that work on whole columns: only persons who may exceed a limit are gone through in order."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a script's own types


def denied(
    person: Sequence[int], day: Sequence[int], record: Sequence[int], job: Sequence[int], year: Sequence[int]
) -> list[int]:
    """Places of the entries that are denied; all payable entries of each person must be among those given."""
    places: list[int] = []
    current, seen, granted = None, set(), {}
    for place in sorted(range(len(person)), key=lambda at: (person[at], day[at], record[at])):
        if person[place] != current:
            current, seen, granted = person[place], set(), {}
        if job[place] in seen or granted.get(year[place], 0) >= 3:
            places.append(place)
        else:
            seen.add(job[place])
            granted[year[place]] = granted.get(year[place], 0) + 1
    return places
