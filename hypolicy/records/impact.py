"""What a change of the rules does to the records of a file: who gains and who loses, in counts and sums.

Both policies decide the same records in the same order. Nothing is kept of a single record.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from attrs import define, field, frozen

from hypolicy.backends.columns.reasons import GRANTED, STATUSES
from hypolicy.records.results import fact_text
from hypolicy.rules.difference import ChangeKind, Impact, Money, Move
from hypolicy.rules.outcome import Status
from hypolicy.rules.types import EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hypolicy.backends.columns.program import Decisions
    from hypolicy.records.batch import Row
    from hypolicy.records.reading import Piece
    from hypolicy.rules.difference import Renaming
    from hypolicy.rules.outcome import Decided
    from hypolicy.rules.tree import Fact, Policy

_CODES: Final = {status: code for code, status in enumerate(STATUSES)}
_NO_ITEM: Final = "没有这一项目"
_NOT_GIVEN: Final = "（未填）"
# Sums of any number of amounts are exact in words of this size.
_WIDE: Final = pl.Int128


@frozen
class Results:
    """What a policy has decided, in pieces: frames of results as the functions below make them."""

    policy: Policy
    pieces: Iterable[pl.DataFrame] = field(repr=False)


def exact_results(decided: Decided, rows: Sequence[Row]) -> pl.DataFrame:
    """Results by place of the item, and the values of each 汇总维度 as texts."""
    columns = [_texts(place, [row[f.index] for row in rows]) for place, f in _dimensions(decided.policy)]
    for place in range(len(decided.policy.benefits)):
        column = [row[place] for row in decided.rows]
        columns += [
            pl.Series(_status(place), [_CODES[decision.status] for decision in column], pl.Int8),
            pl.Series(_fen(place), [d.fen if d.status is Status.GRANTED else 0 for d in column], pl.Int64),
        ]
    return pl.DataFrame(columns)


def compiled_results(policy: Policy, piece: Piece, decisions: Decisions) -> pl.DataFrame:
    """The same from what the compiled engine has decided on a piece."""
    columns = [_texts(place, piece.decoded.columns[f.name]) for place, f in _dimensions(policy)]
    for place, item in enumerate(decisions.items):
        paid = np.where(item.status == GRANTED, item.fen, 0)
        columns += [pl.Series(_status(place), item.status), pl.Series(_fen(place), paid)]
    return pl.DataFrame(columns)


def _dimensions(policy: Policy) -> Iterable[tuple[int, Fact]]:
    """By place among all; values that are personal are shown to nobody."""
    return ((place, fact) for place, fact in enumerate(policy.dimensions) if not fact.personal)


def _texts(place: int, values: Iterable[Any]) -> pl.Series:
    texts = ["" if value is None else fact_text(value) for value in values]
    return pl.Series(_dimension(place), texts, pl.String)


def _status(place: int) -> str:
    return f"status {place}"


def _fen(place: int) -> str:
    return f"fen {place}"


def _dimension(place: int) -> str:
    return f"dimension {place}"


# --- both policies beside each other ---------------------------------------------------------------------------

_BEFORE, _AFTER = "before ", "after "


def impact(file: str, before: Results, after: Results, renamings: Iterable[Renaming]) -> Impact:
    """Counts and sums of the records of both; `renamings` say which items and facts are the same."""
    old_names = {(one.kind, one.after): one.before for one in renamings}
    items = _items(before.policy, after.policy, old_names)
    every = _Group("合计", items)
    by_item = [_Group(item.name, [item]) for item in items]
    clauses = dict.fromkeys(item.clause for item in items)
    by_clause = [_Group(clause, [item for item in items if item.clause == clause]) for clause in clauses]
    dimensions = [
        _Group(fact.name, items, column, fact)
        for column, fact in _columns(before.policy, after.policy, old_names)
    ]
    moves = [Counter[tuple[str, str]]() for _ in items]
    records = 0
    for frame in _beside(before.pieces, after.pieces):
        records += frame.height
        for group in (every, *by_item, *by_clause, *dimensions):
            group.add(frame)
        for item, counts in zip(items, moves, strict=True):
            counts.update(item.moves(frame))
    return Impact(
        file,
        records,
        every.money()[0],
        tuple(group.money()[0] for group in by_item),
        tuple(group.money()[0] for group in by_clause),
        tuple((group.name, tuple(group.money())) for group in dimensions),
        tuple(
            Move(item.name, old, new, count)
            for item, counts in zip(items, moves, strict=True)
            for (old, new), count in sorted(counts.items(), key=_most)
        ),
        tuple(dict.fromkeys(name for side in (before, after) for name in _illustrative(side.policy))),
    )


def _illustrative(policy: Policy) -> Iterator[str]:
    """Tables that are no official data."""
    for table in policy.tables:
        if any(version.illustrative for version in table.versions):
            yield table.name


def _most(move: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -move[1], move[0]


@frozen
class _Item:
    """The places of an item in the policies; None where a policy has no such item."""

    name: str
    clause: str
    before: int | None
    after: int | None

    def moves(self, frame: pl.DataFrame) -> dict[tuple[str, str], int]:
        """How many records have had one result and have another, by both in words."""
        names = [
            prefix + _status(place)
            for prefix, place in ((_BEFORE, self.before), (_AFTER, self.after))
            if place is not None
        ]
        out = {}
        for *codes, count in frame.group_by(names).len().iter_rows():
            told = iter(STATUSES[code].value for code in codes)
            old = _NO_ITEM if self.before is None else next(told)
            new = _NO_ITEM if self.after is None else next(told)
            if old != new:
                out[old, new] = count
        return out


def _items(before: Policy, after: Policy, old_names: Mapping[tuple[ChangeKind, str], str]) -> list[_Item]:
    """Items in the order of the second policy; those that are gone stand behind the one before them."""
    places = {benefit.name: place for place, benefit in enumerate(before.benefits)}
    out = [
        _Item(
            benefit.name,
            benefit.origin.clause,
            places.get(old_names.get((ChangeKind.BENEFIT, benefit.name), benefit.name)),
            place,
        )
        for place, benefit in enumerate(after.benefits)
    ]
    kept = {item.before for item in out}
    for place, benefit in enumerate(before.benefits):
        if place not in kept:
            at = next((at for at, item in enumerate(out) if place and item.before == place - 1), -1)
            out.insert(at + 1, _Item(benefit.name, benefit.origin.clause, place, None))
    return out


def _columns(
    before: Policy, after: Policy, old_names: Mapping[tuple[ChangeKind, str], str]
) -> Iterator[tuple[str, Fact]]:
    """The columns of all 汇总维度; one that both have is taken from the second."""
    told = set()
    for place, fact in _dimensions(after):
        told.add(old_names.get((ChangeKind.FACT, fact.name), fact.name))
        yield _AFTER + _dimension(place), fact
    for place, fact in _dimensions(before):
        if fact.name not in told:
            yield _BEFORE + _dimension(place), fact


def _named(prefix: str, pieces: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    return (frame.rename(lambda name: prefix + name) for frame in pieces if frame.height)


def _beside(before: Iterable[pl.DataFrame], after: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The results of both on the same records; the pieces of one need not be those of the other."""
    first, second = _named(_BEFORE, before), _named(_AFTER, after)
    left, right = next(first, None), next(second, None)
    while left is not None and right is not None:
        rows = min(left.height, right.height)
        yield pl.concat([left.head(rows), right.head(rows)], how="horizontal")
        left = left.slice(rows) if rows < left.height else next(first, None)
        right = right.slice(rows) if rows < right.height else next(second, None)
    assert left is right is None, "the policies have decided different records"


@define
class _Group:
    """Items whose amounts each record has together; and a column by whose values the records are told apart."""

    name: str
    items: Sequence[_Item]
    column: str | None = None
    fact: Fact | None = None
    _sums: dict[str, list[int]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if self.column is None:
            self._sums[self.name] = [0] * len(_SUMMED)

    def add(self, frame: pl.DataFrame) -> None:
        name = pl.lit(self.name) if self.column is None else pl.col(self.column)
        amounts = frame.select(
            name.alias("name"),
            _together(_BEFORE, [item.before for item in self.items]).alias("before"),
            _together(_AFTER, [item.after for item in self.items]).alias("after"),
        )
        for value, *sums in amounts.group_by("name").agg(*_SUMMED).iter_rows():
            known = self._sums.get(value, [0] * len(sums))
            self._sums[value] = [one + other for one, other in zip(known, sums, strict=True)]

    def money(self) -> list[Money]:
        return [
            Money(value or _NOT_GIVEN, *sums)
            for value, sums in sorted(self._sums.items(), key=lambda pair: self._rank(pair[0]))
        ]

    def _rank(self, text: str) -> tuple[bool, int, str]:
        """Labels as they are declared, whole numbers by value, other texts by their characters; last, none."""
        number = 0
        if text and self.fact is not None:
            match self.fact.type:
                case EnumType(labels=labels):
                    number = labels.index(text)
                case NumberType(whole=True):
                    number = int(text)
        return not text, number, text


def _together(prefix: str, places: Sequence[int | None]) -> pl.Expr:
    columns = [pl.col(prefix + _fen(place)).cast(_WIDE) for place in places if place is not None]
    return pl.sum_horizontal(columns) if columns else pl.lit(0, _WIDE)


_OLD, _NEW = pl.col("before"), pl.col("after")
# In the order of the fields of Money.
_SUMMED: Final = (
    (_OLD > 0).sum().alias("granted before"),
    (_NEW > 0).sum().alias("granted after"),
    _OLD.sum().alias("before sum"),
    _NEW.sum().alias("after sum"),
    (_NEW > _OLD).sum().alias("more"),
    (_NEW - _OLD).filter(_NEW > _OLD).sum().alias("more by"),
    (_NEW < _OLD).sum().alias("less"),
    (_OLD - _NEW).filter(_NEW < _OLD).sum().alias("less by"),
)
