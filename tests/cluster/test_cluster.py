"""Deciding in parts gives what deciding at once gives, however the records and the persons are shared out."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from attrs import evolve
from differential.test_agreement import policy, rows

from hypolicy.backends.columns.coding import canonical_frame
from hypolicy.backends.columns.program import compile_policy
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.bulk import Tally
from hypolicy.records.cluster import Blob, Gathered, Work, Worker, told, worker_of
from hypolicy.records.decode import Decoded
from hypolicy.records.raw import ORDINALS, RawTable
from hypolicy.records.reading import Piece
from hypolicy.records.results import ledger_table
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COUNT = 1500


def pieces(size: int, chosen: Sequence[Sequence[object]]) -> list[Piece]:
    """Records as workers read them."""
    kind = policy().records[0]
    frame = canonical_frame(kind, chosen)
    out = []
    for first in range(0, frame.height, size):
        part = frame[first : first + size]
        raw = RawTable("记录.parquet", part, ORDINALS.behind(first))
        out.append(Piece(first, Decoded(raw, kind, {s.name: s for s in part.iter_columns()}, [], [])))
    return out


def work(parts: int, **changes: object) -> Work:
    return evolve(Work(policy(), Settings(), (), frozenset(), parts, reasons=True), **changes)


def in_parts(work: Work, shares: Sequence[Sequence[Piece]]) -> Gathered:
    """Every share of the records to a worker of its own, then every part; what is tried twice counts once."""
    by_part: defaultdict[int, list[Blob]] = defaultdict(list)
    for share in shares:
        list(Worker(work).decide(share))  # a worker that was lost before anyone had heard of it
        for blob in Worker(work).decide(share):
            by_part[blob.part].append(blob)
    gathered = Gathered(work)
    for blobs in by_part.values():
        Random(1).shuffle(blobs)
        for blob in Worker(work).settle(blobs):
            gathered.take(blob)
    return gathered


@pytest.mark.parametrize(("size", "shares", "parts"), [(400, 1, 1), (100, 4, 3), (37, 7, 50)])
def test_the_same_as_at_once(size: int, shares: int, parts: int) -> None:
    records = rows()[:COUNT]
    cut = pieces(size, records)
    gathered = in_parts(work(parts), [cut[share::shares] for share in range(shares)])
    decided = compile_policy(policy()).decide(canonical_frame(policy().records[0], records))
    tally = Tally()
    tally.add(decided.settled.totals)
    assert gathered.count == COUNT
    assert gathered.tally == tally
    ours, theirs = gathered.changes, decided.settled.changes
    for name in ("row", "item", "status", "fen"):
        assert getattr(ours, name).tolist() == getattr(theirs, name).tolist()
    assert [ours.outcomes[place] for place in ours.place] == [
        theirs.outcomes[place] for place in theirs.place
    ]
    expected = ledger_table(policy(), decided.settled.granted)
    assert ledger_table(policy(), gathered.granted).equals(expected)
    assert not sum(map(len, gathered.repeated))
    assert gathered.odd
    assert gathered.overlaps
    assert all(remark.first == tuple(sorted(remark.first)) for remark in gathered.odd.values())


def test_what_earlier_runs_have_granted_counts(tmp_path: Path) -> None:
    records = rows()[:COUNT]
    first = Evaluator(policy()).decide(records[: COUNT // 2])
    later = records[COUNT // 2 :]
    expected = Evaluator(policy()).decide(later, first.granted)
    cut = pieces(100, later)
    gathered = in_parts(work(5, history=tuple(first.granted)), [cut[::2], cut[1::2]])
    fen = [sum(row[place].fen for row in expected.rows) for place in range(len(policy().benefits))]
    assert gathered.tally.fen == fen


def test_keys_that_are_used_twice_are_found_wherever_they_are_read() -> None:
    records = [*rows()[:300], rows()[7], rows()[11], rows()[7]]
    cut = pieces(50, records)
    gathered = in_parts(work(4), [cut[:3], cut[3:]])
    numbers = next(part for part in gathered.repeated if len(part))
    assert sum(map(len, gathered.repeated)) == 2
    for part in gathered.repeated:
        for blob in Worker(work(4)).suspects(cut, part):
            gathered.take(blob)
    found = pl.concat(gathered.suspects).sort("row")
    assert found["row"].to_list() == [7, 11, 300, 301, 302]
    assert len(numbers)


def test_results_are_files_in_the_order_of_the_records(tmp_path: Path) -> None:
    records = rows()[:COUNT]
    cut = pieces(100, records)
    shares = [cut[:5], [*cut[5:7], *cut[9:]], cut[7:9]]
    gathered = in_parts(work(3), shares)
    for share in shares:
        for blob in Worker(work(3)).write(iter(share), gathered.changes, tmp_path, payments=True):
            gathered.take(blob)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [int(name[5:-8]) for name in names] == [0, 500, 700, 900]
    written = pl.concat(pl.read_parquet(tmp_path / name) for name in names)
    expected = Evaluator(policy()).decide(records)
    for place, benefit in enumerate(policy().benefits):
        column = [row[place] for row in expected.rows]
        assert written[f"{benefit.name}.结果"].to_list() == [decision.status.value for decision in column]
        assert written[f"{benefit.name}.理由"].to_list() == [decision.reason_text for decision in column]
    assert sum(gathered.payments.fen.values()) == sum(gathered.tally.fen)


def test_a_worker_that_is_refused_refuses_all() -> None:
    with pytest.raises(Refusal) as caught:
        Gathered(work(1)).take(told((Diagnostic("HY814", {"file": "记录.parquet"}),)))
    assert [each.code for each in caught.value.diagnostics] == ["HY814"]


def test_a_process_makes_its_worker_once() -> None:
    packed = work(2).packed()
    assert worker_of(packed) is worker_of(bytes(packed))
