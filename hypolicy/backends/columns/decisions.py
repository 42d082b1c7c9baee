"""What the row kernel leaves, by item: statuses, amounts and codes of reasons; and what these say in words.

One text is made for each different outcome, never one for each row.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from attrs import evolve, field, frozen

from hypolicy.backends.columns.reasons import GRANTED, STATUSES, ItemReasons, key_source
from hypolicy.rules import tree
from hypolicy.rules.outcome import Decision, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from hypolicy.rules.outcome import Settings

_NOT_APPLICABLE = Decision(Status.NOT_APPLICABLE, 0, (), ())


@frozen
class Words:
    """理由 and 依据 as they are written."""

    reason: str
    clauses: str


@frozen
class ItemColumn:
    """One item on the rows of one frame. `why` holds codes of reasons, where they were asked for."""

    status: NDArray[np.int8]
    fen: NDArray[np.int64]
    why: NDArray[np.int64] | None
    _reasons: ItemReasons | None = field(repr=False)
    _frame: pl.DataFrame = field(repr=False)
    _settings: Settings = field(repr=False)

    @property
    def reason(self) -> NDArray[np.int32]:
        """For each row the place of its words in `texts`."""
        return self._outcomes[0]

    @cached_property
    def texts(self) -> list[Words]:
        return [Words(one.reason_text, "、".join(one.clauses)) for one in self._outcomes[1]]

    def decisions(self) -> list[Decision]:
        """The decisions of the exact evaluator, one for each row."""
        places, outcomes = self._outcomes
        return [
            evolve(outcomes[place], fen=fen) if status == GRANTED else outcomes[place]
            for place, fen, status in zip(
                places.tolist(), self.fen.tolist(), self.status.tolist(), strict=True
            )
        ]

    @cached_property
    def _outcomes(self) -> tuple[NDArray[np.int32], list[Decision]]:
        """Every different outcome, without its amount, and which row has which."""
        if self._reasons is None or self.why is None:
            return np.zeros(len(self.status), np.int32), [_NOT_APPLICABLE]
        codes, inverse = np.unique(self.why * len(STATUSES) + self.status, return_inverse=True)
        places = inverse.astype(np.int32)
        outcomes: list[Decision] = []
        for number, code in enumerate(codes.tolist()):
            why, status = divmod(code, len(STATUSES))
            asked = self._reasons.asks(status, why)
            first = len(outcomes)
            if not asked:
                outcomes.append(self._reasons.decision(status, why, 0, _no_keys))
                places[inverse == number] = first
                continue
            rows = np.flatnonzero(inverse == number)
            keys = [self.keys(lookup, rows) for lookup in asked]
            known: dict[tuple[tuple[str, ...], ...], int] = {}
            for row, texts in zip(rows.tolist(), zip(*keys, strict=True), strict=True):
                if texts not in known:
                    known[texts] = len(outcomes)
                    by_lookup = {id(lookup): text for lookup, text in zip(asked, texts, strict=True)}
                    outcomes.append(
                        self._reasons.decision(status, why, 0, lambda lookup: by_lookup[id(lookup)])  # noqa: B023
                    )
                places[row] = known[texts]
        return places, outcomes

    def keys(self, lookup: tree.Lookup, rows: NDArray[np.intp]) -> list[tuple[str, ...]]:
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
