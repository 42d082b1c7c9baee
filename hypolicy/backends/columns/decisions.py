"""What the row kernel leaves, by item: statuses, amounts and codes of reasons; and what these say in words.

One text is made for each different outcome, never one for each row.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from attrs import evolve, field, frozen

from hypolicy.backends.columns.reasons import GRANTED, STATUSES, ItemReasons, Keys, key_source
from hypolicy.rules import tree
from hypolicy.rules.outcome import Decision, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from hypolicy.rules.outcome import Settings

# Codes that are told apart by a list of all of them.
_FEW: Final = 1 << 16
_NOT_APPLICABLE = Decision(Status.NOT_APPLICABLE, 0, (), ())


@frozen
class Words:
    """理由 and 依据 as they are written."""

    reason: str
    clauses: str


def words_of(decision: Decision) -> Words:
    return Words(decision.reason_text, "、".join(decision.clauses))


@frozen
class Overlay:
    """Other outcomes of some rows: the rows, and for each the place of its outcome, which has no amount."""

    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    outcomes: Sequence[Decision] = field(repr=False)


@frozen
class ItemColumn:
    """One item on the rows of one frame: `status` as in `STATUSES`, `fen` 0 unless granted.

    `why` holds codes of reasons, where they were asked for; `edition` the editions that decide, where the item has
    several.
    """

    status: NDArray[np.int8]
    fen: NDArray[np.int64]
    why: NDArray[np.int64] | None
    edition: NDArray[np.int64] | None
    _reasons: Mapping[int, ItemReasons] | None = field(repr=False)
    _frame: pl.DataFrame = field(repr=False)
    _settings: Settings = field(repr=False)
    _overlay: Overlay | None = field(default=None, repr=False)

    @property
    def reason(self) -> NDArray[np.int32]:
        """For each row the place of its words in `texts`."""
        return self._outcomes[0]

    @cached_property
    def texts(self) -> list[Words]:
        return [words_of(outcome) for outcome in self._outcomes[1]]

    def decisions(self) -> list[Decision]:
        """The decisions of the exact evaluator, one for each row."""
        places, outcomes = self._outcomes
        return [
            evolve(outcomes[place], fen=fen) if status == GRANTED else outcomes[place]
            for place, fen, status in zip(
                places.tolist(), self.fen.tolist(), self.status.tolist(), strict=True
            )
        ]

    def changed(self, status: NDArray[np.int8], fen: NDArray[np.int64], overlay: Overlay) -> ItemColumn:
        """The same with other results on the rows of an overlay."""
        new_status, new_fen = self.status.copy(), self.fen.copy()
        new_status[overlay.rows], new_fen[overlay.rows] = status, fen
        return evolve(self, status=new_status, fen=new_fen, overlay=overlay)

    @cached_property
    def _outcomes(self) -> tuple[NDArray[np.int32], list[Decision]]:
        """Every different outcome, without its amount, and which row has which."""
        places, outcomes = self._before_ledger()
        if self._overlay is not None:
            places[self._overlay.rows] = self._overlay.places + len(outcomes)
            outcomes = [*outcomes, *self._overlay.outcomes]
        return places, outcomes

    def _before_ledger(self) -> tuple[NDArray[np.int32], list[Decision]]:
        assert self.why is not None or self._reasons is None, "reasons were not asked for"
        if self.why is None or self._reasons is None:
            return np.zeros(len(self.status), np.int32), [_NOT_APPLICABLE]
        # What the ledger has changed was granted before, and its code still says why.
        status = self.status.astype(np.int64)
        if self._overlay is not None:
            status[self._overlay.rows] = GRANTED
        codes = self.why * len(STATUSES) + status
        places, outcomes = np.zeros(len(codes), np.int32), list[Decision]()
        if self.edition is None:
            self._decode(np.arange(len(codes)), codes, 0, places, outcomes)
        else:
            for edition in np.unique(self.edition).tolist():
                rows = np.flatnonzero(self.edition == edition)
                self._decode(rows, codes[rows], edition, places, outcomes)
        return places, outcomes

    def _decode(
        self,
        rows: NDArray[np.intp],
        codes: NDArray[np.int64],
        edition: int,
        places: NDArray[np.int32],
        outcomes: list[Decision],
    ) -> None:
        """The outcomes of rows that one edition decides."""
        assert self._reasons is not None
        reasons = self._reasons.get(edition)
        different, which = _told_apart(codes)
        place_of = np.zeros(len(different), np.int32)
        by_keys: list[tuple[int, int, int, tuple[tree.Lookup, ...]]] = []
        for number, code in enumerate(different.tolist()):
            why, status = divmod(code, len(STATUSES))
            asked = reasons.asks(status, why) if reasons is not None else ()
            if asked:
                by_keys.append((number, status, why, asked))
                continue
            place_of[number] = len(outcomes)
            outcome = _NOT_APPLICABLE if reasons is None else reasons.decision(status, why, 0, _no_keys)
            outcomes.append(evolve(outcome, edition=edition))
        places[rows] = place_of[which]
        for number, status, why, asked in by_keys:
            assert reasons is not None
            here, decision = rows[which == number], partial(reasons.decision, status, why, 0)
            self._by_keys(here, decision, asked, edition, places, outcomes)

    def _by_keys(
        self,
        rows: NDArray[np.intp],
        decision: Callable[[Keys], Decision],
        asked: tuple[tree.Lookup, ...],
        edition: int,
        places: NDArray[np.int32],
        outcomes: list[Decision],
    ) -> None:
        """Outcomes that name the keys of a row that a table does not have: one for each combination of them."""
        keys = [self._keys(lookup, rows) for lookup in asked]
        known: dict[tuple[tuple[str, ...], ...], int] = {}
        for row, texts in zip(rows.tolist(), zip(*keys, strict=True), strict=True):
            if texts not in known:
                known[texts] = len(outcomes)
                named = {id(lookup): text for lookup, text in zip(asked, texts, strict=True)}
                outcomes.append(evolve(decision(lambda lookup: named[id(lookup)]), edition=edition))  # noqa: B023
            places[row] = known[texts]

    def _keys(self, lookup: tree.Lookup, rows: NDArray[np.intp]) -> list[tuple[str, ...]]:
        """The texts of the keys of a look-up, on these rows."""
        columns: list[Sequence[str]] = []
        for key in lookup.keys:
            source = key_source(key, self._settings)
            if isinstance(source, tree.Fact):
                columns.append(self._frame[source.name].gather(rows).cast(str).to_list())
            else:
                columns.append([source] * len(rows))
        return list(zip(*columns, strict=True))


def _no_keys(lookup: tree.Lookup) -> tuple[str, ...]:
    raise AssertionError(lookup.table.name)


def _told_apart(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The different codes, and for each row the place of its own among them."""
    least = int(codes.min(initial=0))
    span = int(codes.max(initial=0)) - least + 1
    if span <= _FEW:
        # Found by a list of all that there may be, sooner than among those that there are.
        found = np.bincount(codes - least, minlength=span) > 0
        return np.flatnonzero(found) + least, (np.cumsum(found) - 1)[codes - least]
    # Of millions of rows few are different, and these are sooner found by hashing than by sorting.
    different = np.sort(pl.Series(codes).unique().to_numpy())
    return different, np.searchsorted(different, codes)
