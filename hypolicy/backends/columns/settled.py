"""What the ledger changes, in words; and the entries that it grants."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from attrs import evolve, field, frozen

from hypolicy.backends.columns.coding import HUNDREDTHS
from hypolicy.backends.columns.decisions import Words, words_of
from hypolicy.backends.columns.entries import EDITION, FEN, ITEM, NONE, ROW, WHY
from hypolicy.backends.columns.reasons import DENIED, GRANTED, PENDING, ItemReasons
from hypolicy.rules.outcome import Decision, Entry, Reason, Status, fen_text
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.types import IdentifierType, NumberType, TextType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from hypolicy.backends.columns.ledger import Ledger, Verdicts
    from hypolicy.backends.columns.totals import Totals
    from hypolicy.rules import tree


@frozen
class Changes:
    """Results that the ledger has made other than they were before it, by row and item.

    `place` is that of the words in `texts`; there are none where reasons were not asked for.
    """

    row: NDArray[np.int64]
    item: NDArray[np.int64]
    status: NDArray[np.int8]
    fen: NDArray[np.int64]
    place: NDArray[np.int64]
    outcomes: list[Decision] = field(repr=False)

    @property
    def texts(self) -> list[Words]:
        return [words_of(outcome) for outcome in self.outcomes]

    def of(self, item: int) -> NDArray[np.intp]:
        """The places of the changes of one item."""
        return np.flatnonzero(self.item == item)


@frozen
class Settled:
    """The end of a run: what the ledger has changed, sums of all that is granted, and the ledger's new entries.

    `_entries` are those that the ledger was closed over, `_folded` the places of those that it has looked at one by
    one, and `_verdicts` what it says of these.
    """

    changes: Changes
    totals: Totals
    _policy: tree.Policy = field(repr=False)
    _ledger: Ledger | None = field(repr=False)
    _entries: pl.DataFrame = field(repr=False)
    _folded: NDArray[np.intp] | None = field(default=None, repr=False)
    _verdicts: Verdicts | None = field(default=None, repr=False)

    @cached_property
    def granted(self) -> pl.DataFrame:
        """In ledger order, with the facts that a later run needs to know, and what was paid; made when asked for."""
        if self._ledger is None or self._verdicts is None:
            return self._entries.clear()
        paid, entered = self._entries[FEN].to_numpy().copy(), self._ledger.unrefused(self._entries)
        paid[self._folded], entered[self._folded] = self._verdicts.paid, self._verdicts.entered
        entries = self._entries.with_columns(pl.Series(FEN, paid))
        return self._ledger.in_order(entries.filter(pl.Series(entered)))

    def entries(self) -> list[Entry]:
        """As the exact evaluator gives them."""
        facts = self._ledger.facts if self._ledger is not None else ()
        columns = {fact.name: _language_values(self.granted[fact.name], fact) for fact in facts}
        names = [benefit.name for benefit in self._policy.benefits]
        return [
            Entry(names[item], {name: values[place] for name, values in columns.items()}, fen)
            for place, (item, fen) in enumerate(
                zip(self.granted[ITEM].to_list(), self.granted[FEN].to_list(), strict=True)
            )
        ]


NO_CHANGES = Changes(
    np.zeros(0, np.int64),
    np.zeros(0, np.int64),
    np.zeros(0, np.int8),
    np.zeros(0, np.int64),
    np.zeros(0, np.int64),
    [],
)


def joined(parts: Sequence[Changes]) -> Changes:
    """Changes of different rows as one, in the order of rows."""
    outcomes = [outcome for part in parts for outcome in part.outcomes]
    before = np.cumsum([0, *(len(part.outcomes) for part in parts)])
    place = np.concatenate([part.place + int(at) for part, at in zip(parts, before, strict=False)])
    row, item, status, fen = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "item", "status", "fen")
    )
    order = np.lexsort((item, row))
    return Changes(row[order], item[order], status[order], fen[order], place[order], outcomes)


def changes_of(
    entries: pl.DataFrame,
    verdicts: Verdicts,
    ledger: Ledger,
    reasons: Mapping[int, Mapping[int, ItemReasons]] | None,
) -> Changes:
    """What verdicts make of entries; `reasons` by item where the words are wanted."""
    found = np.flatnonzero(verdicts.changed)
    changed = found[np.lexsort((entries[ITEM].to_numpy()[found], entries[ROW].to_numpy()[found]))]
    row, item, edition, why = (
        entries[name].to_numpy()[changed].astype(np.int64) for name in (ROW, ITEM, EDITION, WHY)
    )
    lacking, verdict = verdicts.lacking[changed], verdicts.verdict[changed]
    status = np.where(verdict == ledger.limits.cut, GRANTED, DENIED).astype(np.int8)
    status[lacking != NONE] = PENDING
    fen = np.where(status == GRANTED, verdicts.paid[changed], 0)
    place, outcomes = np.zeros(len(changed), np.int64), list[Decision]()
    if reasons is not None:
        known: dict[tuple[int, ...], int] = {}
        columns = (item, edition, lacking, verdict)
        for number, told in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            # What tells outcomes apart: a cut names what is left, and goes on from what was granted.
            cut = status[number] == GRANTED
            key: tuple[int, ...] = (*told, int(why[number]), int(fen[number])) if cut else told
            if key not in known:
                known[key] = len(outcomes)
                outcomes.append(_outcome(ledger, reasons, *key))
            place[number] = known[key]
    return Changes(row, item, status, fen, place, outcomes)


def _outcome(
    ledger: Ledger,
    reasons: Mapping[int, Mapping[int, ItemReasons]],
    item: int,
    edition: int,
    lacking: int,
    verdict: int,
    why: int = 0,
    rest: int = 0,
) -> Decision:
    """A decision as the ledger leaves it, without its amount."""
    limits, benefit = ledger.limits, ledger.policy.benefits[item]
    if lacking != NONE:
        words = Sentence.LACKS_FACT(fact=ledger.facts[lacking].name)
        return _told(Status.PENDING, Reason(words, benefit.origin.clause))
    if verdict <= len(limits.sentences):
        return _told(Status.DENIED, limits.sentences[verdict - 1].rule.reason, edition)
    if verdict > limits.cut:
        limit, number = divmod(verdict - limits.cut - 1, len(limits.sentences))
        reason = limits.sentences[number].rule.reason
        linked = Sentence.LINKED(limit=list(limits.linked)[limit], reason=reason.text)
        return _told(Status.DENIED, Reason(linked, reason.clause), edition)
    running = next(cap.running for cap in limits.caps if (cap.item, cap.edition) == (item, edition))
    if verdict == limits.used_up:
        return _told(Status.DENIED, running.reason, edition)
    before = evolve(reasons[item][edition].granted(why, 0), edition=edition)
    rests = Sentence.CAP_RESTS(period=running.period.value, rest=fen_text(rest))
    clauses = tuple(dict.fromkeys((*before.clauses, running.reason.clause)))
    cut = Reason(rests, running.reason.clause)
    return evolve(before, reasons=(*before.reasons, cut), clauses=clauses)


def _told(status: Status, reason: Reason, edition: int = 0) -> Decision:
    return Decision(status, 0, (reason,), (reason.clause,) if reason.clause else (), edition)


def _language_values(column: pl.Series, fact: tree.Fact) -> list[Any]:
    match fact.type:
        case NumberType(whole=False):
            return [None if value is None else Fraction(value, HUNDREDTHS) for value in column]
        case TextType() | IdentifierType():
            return column.cast(pl.String).to_list()
        case _:
            return column.to_list()
