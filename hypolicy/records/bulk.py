"""Records without number, decided by the compiled engine: gone through twice, and never all in memory.

The first time every record is read, checked and decided but for the ledger, which then is settled. Only where nothing
is wrong with any of them are they gone through again, to write what was decided. Texts that are few are dictionaries
from the beginning: a reason is looked up once, however many records have it.
"""

from __future__ import annotations

import gc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.columns.beside import side_by_side
from hypolicy.backends.columns.conditions import row_screen
from hypolicy.backends.columns.program import Wanted
from hypolicy.backends.columns.reasons import GRANTED, STATUSES
from hypolicy.backends.columns.run import with_changes
from hypolicy.records.results import RESULT_COLUMNS, Sums, fund_name
from hypolicy.rules import tree
from hypolicy.rules.payees import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Set
    from concurrent.futures import Future

    import pyarrow as pa  # type: ignore[import-untyped]
    from numpy.typing import NDArray

    from hypolicy.backends.columns.decisions import ItemColumn
    from hypolicy.backends.columns.program import Decisions, Program, Settled, Totals
    from hypolicy.records.checks import Checks, Screening
    from hypolicy.records.reading import Piece
    from hypolicy.rules.outcome import Entry, Status
    from hypolicy.rules.tree import Benefit

_STATUSES: Final = [status.value for status in STATUSES]


def settle(
    program: Program, checks: Checks, history: Iterable[Entry], *, reasons: bool, entries: bool
) -> Settled | None:
    """Read, check and decide all records; None where there are faults.

    `reasons` and `entries` of the ledger: whether anyone will ask for them.
    """
    # What was loaded is no garbage, and need not be looked through again and again while records pass.
    gc.freeze()
    try:
        return _settled(program, checks, history, reasons=reasons, entries=entries)
    finally:
        gc.unfreeze()


def _settled(
    program: Program, checks: Checks, history: Iterable[Entry], *, reasons: bool, entries: bool
) -> Settled | None:
    run = program.start(history, Wanted.REASONS if reasons else Wanted.GRANTED, room=checks.room)
    compile_screening(program, checks.alone)
    with ThreadPoolExecutor(1) as beside:
        # While a piece is decided the next one is read and checked.
        deciding: Future[object] | None = None
        for piece in checks.pieces():
            if deciding is not None:
                deciding.result()
            deciding = None if checks.faults else beside.submit(run.feed, frame_of(program, piece))
    if deciding is not None:
        deciding.result()
    return None if checks.faults else run.finish(entries=entries)


def compile_screening(program: Program, screening: Screening) -> None:
    """Have 校验 and 提示 compiled too, where they can be."""
    kind = program.kind
    broken = [tree.Not(validation.condition, validation.origin) for validation in kind.validations]
    odd = [notice.condition for notice in kind.notices if notice.condition is not None]
    compiled = row_screen([*broken, *odd], program.settings)
    if compiled is None:
        return

    def rules(piece: Piece, faulty: Set[int]) -> list[list[int]]:
        frame = pl.DataFrame([piece.decoded.series[fact.name] for fact in compiled.coding.facts])
        machine = program.machine(piece.first + piece.height)
        if not faulty:
            return [rows.tolist() for rows in compiled.rows(frame, machine)]
        sound = np.delete(np.arange(piece.height), sorted(faulty))
        return [sound[rows].tolist() for rows in compiled.rows(frame[sound], machine)]

    screening.rules = rules


def frame_of(program: Program, piece: Piece) -> pl.DataFrame:
    """What the engine reads of a piece."""
    return pl.DataFrame([piece.decoded.series[fact.name] for fact in program.facts])


@frozen
class Outcomes:
    """What was decided on records; every time it is gone through, `again` gives their pieces."""

    again: Callable[[], Iterable[Piece]]
    program: Program
    settled: Settled

    def pieces(self) -> Iterator[tuple[Piece, Decisions]]:
        """Each piece of the records with its decisions behind the ledger, without reasons."""
        for piece in self.again():
            yield piece, self._decide(piece, Wanted.DECISIONS)

    def _decide(self, piece: Piece, wanted: Wanted) -> Decisions:
        part = self.program.start(wanted=wanted, first_row=piece.first).feed(frame_of(self.program, piece))
        assert part is not None
        return with_changes(part, self.settled)

    def table(self, payments: Sums | None = None) -> Iterator[pa.RecordBatch]:
        """The table of results, piece by piece; on the way payments are added up, where they are asked for.

        Pieces are made while those before them are written.
        """
        for piece, decisions, batch in side_by_side(self._batch, self.again()):
            if payments is not None:
                self._pay(payments, piece, decisions)
            yield batch

    def _batch(self, piece: Piece) -> tuple[Piece, Decisions, pa.RecordBatch]:
        import pyarrow as pa  # noqa: PLC0415 - nobody else waits for it

        decisions, key = self._decide(piece, Wanted.REASONS), self.program.kind.key.name
        names = [key, *(f"{item.name}.{name}" for item in self.program.items for name in RESULT_COLUMNS)]
        keys = piece.decoded.series[key].cast(pl.String).to_arrow().cast(pa.string())
        columns = [column for item in decisions.items for column in _columns(item)]
        return piece, decisions, pa.RecordBatch.from_arrays([keys, *columns], names)

    def payments(self) -> Sums:
        sums = Sums()
        for piece, decisions in self.pieces():
            self._pay(sums, piece, decisions)
        return sums

    def _pay(self, sums: Sums, piece: Piece, decisions: Decisions) -> None:
        """Add what is granted by payee: the first of those named who is given, the person otherwise."""
        for place, (benefit, item) in enumerate(zip(self.program.items, decisions.items, strict=True)):
            rows = np.flatnonzero(item.status == GRANTED)
            if len(rows):
                kind, name = _payees(benefit, piece, rows)
                paid = pl.DataFrame({"kind": kind, "name": name, "fen": item.fen[rows]})
                for payee_kind, payee, count, fen in _added(paid):
                    sums.add((payee_kind, payee, place, fund_name(benefit)), count, fen)


@define
class Tally:
    """`sums` by year, values of the dimensions, place of the item, and fund; `statuses`: how many records have each."""

    sums: Sums = field(factory=Sums)
    statuses: list[Counter[Status]] = field(factory=list)

    def add(self, totals: Totals) -> None:
        for cell in totals.cells():
            fund = fund_name(totals.policy.benefits[cell.item])
            self.sums.add((cell.year, cell.dimensions, cell.item, fund), cell.count, cell.fen)
        rows = totals.statuses.tolist()
        self.statuses += [Counter() for _ in rows[len(self.statuses) :]]
        for counts, row in zip(self.statuses, rows, strict=True):
            counts.update(dict(zip(STATUSES, row, strict=True)))

    def join(self, other: Tally) -> None:
        self.sums.join(other.sums)
        self.statuses += [Counter() for _ in other.statuses[len(self.statuses) :]]
        for counts, more in zip(self.statuses, other.statuses, strict=False):
            counts.update(more)

    @property
    def fen(self) -> list[int]:
        """What is granted, by item."""
        out = [0] * len(self.statuses)
        for (_, _, place, _), fen in self.sums.fen.items():
            out[place] += fen
        return out


# --- results -------------------------------------------------------------------------------------------------


def _columns(item: ItemColumn) -> tuple[pa.Array, ...]:
    import pyarrow as pa  # noqa: PLC0415

    texts = item.texts
    return (
        pa.DictionaryArray.from_arrays(pa.array(item.status), pa.array(_STATUSES)),
        _money(item.fen, item.status == GRANTED),
        _texts(item.reason, [words.reason for words in texts]),
        _texts(item.reason, [words.clauses for words in texts]),
    )


def _texts(places: NDArray[np.int32], texts: list[str]) -> pa.Array:
    """Texts by their places; several of one wording are one."""
    import pyarrow as pa  # noqa: PLC0415

    different = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    if len(different) < len(texts):
        places = np.array([different[text] for text in texts], np.int32)[places]
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(list(different), pa.string()))


def _money(fen: NDArray[np.int64], given: NDArray[np.bool_]) -> pa.Array:
    """Amounts in yuan with two decimals, which are the fen themselves in twice as many bytes."""
    import pyarrow as pa  # noqa: PLC0415

    wide = np.empty((len(fen), 2), np.int64)
    wide[:, 0] = fen
    wide[:, 1] = fen >> 63
    valid = pa.py_buffer(np.packbits(given, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(fen), [valid, pa.py_buffer(wide)])


# --- payments ------------------------------------------------------------------------------------------------


def _payees(benefit: Benefit, piece: Piece, rows: NDArray[np.intp]) -> tuple[pl.Series, pl.Series]:
    """Kind and name of who is paid for these rows."""
    kind = name = pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    for payee in benefit.payees:
        if payee.fact is None:
            break
        given = piece.decoded.series[payee.fact.name].gather(rows).cast(pl.String)
        first = kind.is_null() & given.is_not_null()
        kind = pl.repeat(payee.fact.name, len(rows), eager=True).zip_with(first, kind)
        name = given.zip_with(first, name)
    return kind.fill_null(PERSON), name.fill_null("")


def _added(paid: pl.DataFrame) -> Iterator[Any]:
    """Counts and sums by payee. Halves of the amounts are added apart, so that no sum can be too large."""
    halves = paid.with_columns(high=pl.col("fen") // 2**31, low=pl.col("fen") % 2**31)
    groups = halves.group_by("kind", "name").agg(pl.len(), pl.col("high", "low").sum())
    for kind, name, count, high, low in groups.iter_rows():
        yield kind, name, count, high * 2**31 + low
