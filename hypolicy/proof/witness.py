"""From constraints to a concrete record that a person can read.

Values are as plain as the constraints allow: 否, the first label, a day in the middle of things; what is not spoken of
does not matter and is left at its plainest.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from hypolicy.proof.store import ZERO, Contradiction, Months, Rows, Store, scale
from hypolicy.rules.calendar import add_months
from hypolicy.rules.outcome import fen_text
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.rules.tree import Fact, RecordKind

_OTHER: Final = "（其他）"


def records_from(
    store: Store, kind: RecordKind, preferred: date, sizes: Sequence[int] = (1,)
) -> Iterator[tuple[Any, ...]]:
    """Records that meet the store, with numbers as near to each size as can be; none where plain choices fail."""
    for size in sizes:
        try:
            chosen = store.copy()
            for rows in chosen.rows:
                _choose_row(chosen, rows)
            for rows in chosen.others:
                for name, value in (chosen.combination_outside(rows) or {}).items():
                    chosen.choose(chosen.facts[name], [value], holds=True)
            numbers = _numbers(chosen, preferred, size)
        except Contradiction:
            continue
        yield tuple(_value(fact, chosen, numbers, preferred) for fact in kind.facts)


def _choose_row(store: Store, rows: Rows) -> None:
    for key in sorted(rows.keys):
        if store.fits(rows.facts, key):
            for name, value in zip(rows.facts, key, strict=True):
                store.choose(store.facts[name], [value], holds=True)
            return
    raise Contradiction


def _numbers(store: Store, preferred: date, size: int) -> dict[str, int]:
    """Numbers and dates fixed one after the other; each choice narrows those that follow."""
    firsts = [months.first for months in store.months]
    names = [name for name, fact in store.facts.items() if isinstance(fact.type, NumberType | DateType)]
    names.sort(key=lambda name: name not in firsts)
    out: dict[str, int] = {}
    for name in names:
        low, high = store.range_of(name)
        fact = store.facts[name]
        wish = preferred.toordinal() if isinstance(fact.type, DateType) else max(low, size * scale(fact))
        value = min(max(wish, low), high)
        store.difference(name, ZERO, value)
        store.difference(ZERO, name, -value)
        out[name] = value
        for months in store.months:
            if months.first == name:
                _exact_months(store, months, value)
    return out


def _exact_months(store: Store, months: Months, first: int) -> None:
    """With its first day known, the last day of a term of months is bound exactly."""
    least = add_months(date.fromordinal(first), months.months).toordinal() + months.days
    if months.holds:
        store.difference(ZERO, months.last, -least)
    else:
        store.difference(months.last, ZERO, least - 1)


def _value(fact: Fact, store: Store, numbers: dict[str, int], preferred: date) -> Any:
    given = store.given.get(fact.name, not fact.optional)
    if not given:
        return None
    if fact.name in numbers:
        value = numbers[fact.name]
        if isinstance(fact.type, DateType):
            return date.fromordinal(value)
        return Fraction(value, scale(fact)) if scale(fact) != 1 else value
    if fact.name in store.values:
        return _plainest(fact, store)
    match fact.type:
        case BoolType():
            return False
        case EnumType(_, labels):
            return labels[0]
        case DateType():
            return preferred
        case NumberType():
            return 1
        case IdentifierType():
            return "1"
        case _:
            return _OTHER


def _plainest(fact: Fact, store: Store) -> Any:
    values = store.values[fact.name]
    match fact.type:
        case BoolType():
            return False not in values
        case EnumType(_, labels):
            return next(label for label in labels if label in values)
        case _ if values.allowed is not None:
            return sorted(map(str, values.allowed))[0]
        case _:
            other = _OTHER
            while other in values.excluded:
                other += "＋"
            return other


def described(record: Sequence[Any], kind: RecordKind, relevant: Sequence[str]) -> list[tuple[str, str]]:
    """The facts that matter of a record, in words: name and value."""
    return [(fact.name, value_text(record[fact.index])) for fact in kind.facts if fact.name in relevant]


def value_text(value: Any) -> str:
    match value:
        case None:
            return "没有"
        case bool():
            return "是" if value else "否"
        case date():
            return value.isoformat()
        case Fraction():
            return fen_text(int(value * 100))
        case _:
            return str(value)
