"""From constraints to a concrete record that a person can read.

Values are as plain as the constraints allow: 否, the first label, a day in the middle of things; what is not spoken of
does not matter and is left at its plainest.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import chain, count, product
from typing import TYPE_CHECKING, Any, Final

from hypolicy.proof.store import ZERO, Contradiction, Guide, Keys, Months, Store, scale
from hypolicy.rules.calendar import add_months
from hypolicy.rules.phrases import value_text
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hypolicy.rules.tree import Fact, RecordKind

# How large numbers are to be, in their own units.
Size = int | Fraction
_OTHER: Final = "（其他）"


def records_from(
    store: Store, kind: RecordKind, preferred: date, sizes: Sequence[Size] = (1,)
) -> Iterator[tuple[Any, ...]]:
    """Records that meet the store, with numbers as near to each size as can be; none where plain choices fail.

    Days are near the preferred one; where that fails, which terms of months can make it do, in the middle of things.
    """
    for size in sizes:
        for central in (False, True) if store.months else (False,):
            try:
                chosen = _with_keys(store.copy())
                numbers = _numbers(chosen, preferred, size, central=central)
            except Contradiction:
                continue
            yield tuple(_value(fact, chosen, numbers, preferred) for fact in kind.facts)
            break


def _with_keys(store: Store) -> Store:
    """With the keys of every table settled: one of its rows, or something that is none of them."""
    for facts, keys in store.rows.items():
        store = _with_row(store, facts, keys)
    for facts, keys in store.others.items():
        if facts not in store.rows:
            _choose_outside(store, facts, keys)
    return store


def _with_row(store: Store, facts: tuple[str, ...], keys: Keys) -> Store:
    for key in sorted(keys):
        if store.fits(facts, key):
            attempt = store.copy()
            try:
                for name, value in zip(facts, key, strict=True):
                    attempt.choose(attempt.facts[name], [value], holds=True)
            except Contradiction:
                continue
            return attempt
    raise Contradiction


def _choose_outside(store: Store, facts: tuple[str, ...], keys: Keys) -> None:
    for place, name in enumerate(facts):
        if store.values[name].allowed is None:
            store.choose(store.facts[name], [key[place] for key in keys], holds=False)
            return
    choices = [sorted(map(str, store.values[name].allowed or ())) for name in facts]
    outside = next((chosen for chosen in product(*choices) if chosen not in keys), None)
    if outside is None:
        raise Contradiction
    for name, value in zip(facts, outside, strict=True):
        store.choose(store.facts[name], [value], holds=True)


def _numbers(store: Store, preferred: date, size: Size, *, central: bool) -> dict[str, int]:
    """Numbers and dates fixed one after the other; each choice narrows those that follow."""
    early = {months.first for months in store.months} | {n for guide in store.guides for n in guide.divisors}
    names = [name for name, fact in store.facts.items() if isinstance(fact.type, NumberType | DateType)]
    names.sort(key=lambda name: name not in early)
    out: dict[str, int] = {}
    for name in names:
        low, high = store.range_of(name)
        fact = store.facts[name]
        if isinstance(fact.type, DateType):
            wish = (low + high) // 2 if central else preferred.toordinal()
        else:
            wish = max(low, int(size * scale(fact)))
        value = min(max(wish, low), high)
        store.difference(name, ZERO, value)
        store.difference(ZERO, name, -value)
        out[name] = value
        for months in store.months:
            if months.first == name:
                _exact_months(store, months, value)
        for guide in store.guides:
            if name in guide.names:
                _follow(store, guide, out)
    return out


def _follow(store: Store, guide: Guide, numbers: Mapping[str, int]) -> None:
    """Bind the last fact of a sum of which all others have values."""
    left = guide.names - set(numbers)
    if len(left) != 1:
        return
    (name,) = left
    values = {one: Fraction(number, scale(store.facts[one])) for one, number in numbers.items()}
    found = guide.bound_of(name, values)
    if found is not None:
        comparison, bound = found
        store.compare(name, ZERO, comparison, bound * scale(store.facts[name]))


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
            others = chain((_OTHER,), (f"（其他{number}）" for number in count(2)))
            return next(other for other in others if other not in values.excluded)


def described(record: Sequence[Any], kind: RecordKind, relevant: Sequence[str]) -> list[tuple[str, str]]:
    """The facts that matter of a record, in words: name and value."""
    return [
        (fact.name, "没有" if record[fact.index] is None else value_text(record[fact.index], fact.type))
        for fact in kind.facts
        if fact.name in relevant
    ]
