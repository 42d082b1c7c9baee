"""The nearest change, in words: what would have to be otherwise, as information and not as advice to alter facts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from hypolicy.rules.phrases import listed, listed_or, value_text
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.trace import Absence, Change, Nearest
from hypolicy.rules.types import BoolType, DateType, NumberType
from hypolicy.rules.wording import Line, interval_text, truth_text

if TYPE_CHECKING:
    from hypolicy.rules.trace import Result

NUMBERS: Final = ("零", "一", "两", "三", "四", "五")
AND_ALSO: Final = "；并且"
_MOST_WAYS: Final = 5
_MOST_OPTIONS: Final = 6
_SHOWN_OPTIONS: Final = 3

Way = tuple[Change, ...]


def nearest_lines(nearest: Nearest) -> tuple[Line, ...]:
    """The ways, alike ones together; honest where none was found."""
    if not nearest.ways:
        told_none = Sentence.NO_WAY if nearest.complete else Sentence.NO_WAY_IN_BOUNDS
        personal = Sentence.PERSONAL_LEFT_OUT() if nearest.personal else ""
        return (Line(told_none(most=NUMBERS[nearest.most], personal=personal)),)
    groups = grouped(nearest.ways)
    told = [Line(way_text(group)) for group in groups[:_MOST_WAYS]]
    count = NUMBERS[len(nearest.ways[0])]
    if len(told) == 1:
        return (Line(Sentence.LACKS_WAY(count=count, way=told[0].text)),)
    if len(groups) > _MOST_WAYS:
        told.append(Line(Sentence.MORE_WAYS(count=len(groups) - _MOST_WAYS)))
    return (Line(Sentence.LACKS_WAYS(count=count), details=tuple(told)),)


def grouped(ways: tuple[Way, ...]) -> list[list[Way]]:
    """Ways that differ only in which truth they need stand together."""
    groups: dict[tuple[object, ...], list[Way]] = {}
    for way in ways:
        truths = [change for change in way if _becomes_true(change)]
        rest = tuple(change for change in way if not _becomes_true(change))
        key: tuple[object, ...] = ("alike", rest) if len(truths) == 1 else ("alone", way)
        groups.setdefault(key, []).append(way)
    return list(groups.values())


def way_text(group: list[Way]) -> str:
    """One way, or several that differ only in which of some truths they need."""
    way = group[0]
    if len(group) == 1:
        return AND_ALSO.join(change_text(change) for change in way)
    names = [change.name for each in group for change in each if _becomes_true(change)]
    rest = [change_text(change) for change in way if not _becomes_true(change)]
    return AND_ALSO.join([Sentence.ONE_OF_TRUTHS(names=listed(names)), *rest])


def _becomes_true(change: Change) -> bool:
    return isinstance(change.type, BoolType) and change.options[0] is True


# --- one change ------------------------------------------------------------------------------------------------


def change_text(change: Change) -> str:
    """What a fact would have to be, and what it is now."""
    first = change.options[0]
    if isinstance(first, bool):
        return truth_text(change.name, first)
    if isinstance(change.type, DateType | NumberType) and first is not Absence.NOT_GIVEN:
        return _within(change, first)
    return f"{_other(change)}{_now(change)}"


def _now(change: Change) -> str:
    if change.before is Absence.NOT_GIVEN:
        return ""
    return Sentence.NOW(value=value_text(change.before, change.type))


def _other(change: Change) -> str:
    given = [option for option in change.options if option is not Absence.NOT_GIVEN]
    if not given:
        return Sentence.WITHOUT(name=change.name)
    if change.outside:
        return Sentence.OUTSIDE_TABLE(name=change.name, table=change.table)
    words = [value_text(option, change.type) for option in given]
    if len(words) > _MOST_OPTIONS:
        some = listed(words[:_SHOWN_OPTIONS])
        where = Sentence.OF_TABLE(table=change.table) if change.table else ""
        text = Sentence.SOME_OF(name=change.name, where=where, some=some, count=len(words))
    else:
        text = Sentence.TO_BE(name=change.name, values=listed_or(words))
    absent = Sentence.OR_WITHOUT(name=change.name) if len(given) < len(change.options) else ""
    return f"{text}{absent}"


def _within(change: Change, first: Result) -> str:
    """A day or a number that may lie in a span."""
    kind = change.type
    low, high = change.least, change.most
    day = isinstance(kind, DateType)
    from_on, up_to = (
        (Sentence.NOT_BEFORE, Sentence.NOT_AFTER) if day else (Sentence.NOT_LESS, Sentence.NOT_MORE)
    )
    if low is not Absence.NOT_GIVEN and low == high:
        bounds = Sentence.EXACTLY(value=value_text(low, kind))
    elif low is not Absence.NOT_GIVEN and high is not Absence.NOT_GIVEN:
        bounds = Sentence.BETWEEN(least=value_text(low, kind), most=value_text(high, kind))
    elif low is not Absence.NOT_GIVEN:
        bounds = from_on(value=value_text(low, kind))
    elif high is not Absence.NOT_GIVEN:
        bounds = up_to(value=value_text(high, kind))
    else:
        bounds = Sentence.EXACTLY(value=value_text(first, kind))
    named = change.name
    if change.before is Absence.NOT_GIVEN:
        named = Sentence.WITH_AND(name=change.name)
    absent = Sentence.OR_WITHOUT(name=change.name) if Absence.NOT_GIVEN in change.options else ""
    return f"{named}{bounds}{_step(change, first)}{absent}"


def _step(change: Change, after: Result) -> str:
    """How far it is from what is to what would do."""
    before = change.before
    if before is Absence.NOT_GIVEN:
        return ""
    now = value_text(before, change.type)
    if isinstance(before, date) and isinstance(after, date):
        if after > before:
            return Sentence.NOW_SHORT(value=now, size=interval_text(before, after))
        return Sentence.NOW_EARLIER(value=now, size=interval_text(after, before))
    if isinstance(before, int | Fraction) and isinstance(after, int | Fraction):
        more, less = max(before, after), min(before, after)
        size = value_text(Fraction(more) - less, change.type)
        told = Sentence.NOW_SHORT if after > before else Sentence.NOW_LESS
        return told(value=now, size=size)
    return Sentence.NOW(value=now)
