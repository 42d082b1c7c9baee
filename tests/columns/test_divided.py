"""The ledger settled part by part, against all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from columns.agreement import sums
from differential.test_agreement import policy, rows

from hypolicy.backends.columns import run
from hypolicy.backends.columns.program import Wanted, canonical_frame, compile_policy

if TYPE_CHECKING:
    from hypolicy.backends.columns.program import Settled


def settled(*, entries: bool, room: int | None = None) -> Settled:
    made = policy()
    frame = canonical_frame(made.records[0], rows()[:2000])
    begun = compile_policy(made).start(wanted=Wanted.REASONS, room=room)
    for first in range(0, frame.height, 700):
        begun.feed(frame[first : first + 700])
    return begun.finish(entries=entries)


@pytest.mark.parametrize("room", [None, 20_000])
def test_a_part_of_the_holders_at_a_time(room: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """In memory, and from a file."""
    whole = settled(entries=True)
    monkeypatch.setattr(run, "AT_ONCE", 100)
    parts = settled(entries=False, room=room)
    assert sums(parts.totals) == sums(whole.totals)
    changed = [
        (one.row.tolist(), one.item.tolist(), one.status.tolist(), one.fen.tolist())
        for one in (parts.changes, whole.changes)
    ]
    assert changed[0] == changed[1]
    assert len(changed[0][0]) > 10
    words = [[one.outcomes[place] for place in one.place] for one in (parts.changes, whole.changes)]
    assert words[0] == words[1]
