"""The ledger settled part by part, against all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from columns.agreement import sums
from differential.test_agreement import policy, rows

from hypolicy.backends.columns import run
from hypolicy.backends.columns.program import Wanted, canonical_frame, compile_policy

if TYPE_CHECKING:
    import pytest

    from hypolicy.backends.columns.program import Settled


def settled(*, entries: bool) -> Settled:
    made = policy()
    frame = canonical_frame(made.records[0], rows()[:2000])
    begun = compile_policy(made).start(wanted=Wanted.REASONS)
    for first in range(0, frame.height, 700):
        begun.feed(frame[first : first + 700])
    return begun.finish(entries=entries)


def test_a_part_of_the_holders_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = settled(entries=True)
    monkeypatch.setattr(run, "DIVIDE_FROM", 0)
    parts = settled(entries=False)
    assert sums(parts.totals) == sums(whole.totals)
    changed = [
        (one.row.tolist(), one.item.tolist(), one.status.tolist(), one.fen.tolist())
        for one in (parts.changes, whole.changes)
    ]
    assert changed[0] == changed[1]
    assert len(changed[0][0]) > 10
    words = [[one.outcomes[place] for place in one.place] for one in (parts.changes, whole.changes)]
    assert words[0] == words[1]
