"""The nearest change, in words: what would have to be otherwise, as information and not as advice to alter facts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from hypolicy.rules.phrases import listed, listed_or, value_text
from hypolicy.rules.trace import Absence, Change, Nearest
from hypolicy.rules.types import BoolType, DateType, NumberType
from hypolicy.rules.wording import Line, interval_text, truth_text

if TYPE_CHECKING:
    from hypolicy.rules.trace import Result

_NUMBERS: Final = ("零", "一", "两", "三", "四", "五")
_MOST_WAYS: Final = 5
_MOST_OPTIONS: Final = 6
_SHOWN_OPTIONS: Final = 3

Way = tuple[Change, ...]


def nearest_lines(nearest: Nearest) -> tuple[Line, ...]:
    """The ways, alike ones together; honest where none was found."""
    if not nearest.ways:
        within = "" if nearest.complete else "在限定的计算量之内，"
        personal = "（属于个人信息的事实不在查找之列）" if nearest.personal else ""
        return (Line(f"{within}没有找到只改{_NUMBERS[nearest.most]}项以内事实即可符合的办法{personal}"),)
    groups = grouped(nearest.ways)
    told = [Line(way_text(group)) for group in groups[:_MOST_WAYS]]
    more = (Line(f"另有{len(groups) - _MOST_WAYS}种办法，不一一列出"),) if len(groups) > _MOST_WAYS else ()
    what = f"差{_NUMBERS[len(nearest.ways[0])]}项"
    if len(told) == 1:
        return (Line(f"{what}：{told[0].text}"),)
    return (Line(f"{what}，下列办法任选其一", details=(*told, *more)),)


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
        return "；并且".join(change_text(change) for change in way)
    names = [change.name for each in group for change in each if _becomes_true(change)]
    truth = f"属于{listed(names)}之一"
    rest = [change_text(change) for change in way if not _becomes_true(change)]
    return "；并且".join([truth, *rest])


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
    return f"（现在是{value_text(change.before, change.type)}）"


def _other(change: Change) -> str:
    given = [option for option in change.options if option is not Absence.NOT_GIVEN]
    if not given:
        return f"没有{change.name}"
    if change.outside:
        return f"{change.name}不在「{change.table}」之内"
    words = [value_text(option, change.type) for option in given]
    if len(words) > _MOST_OPTIONS:
        some = listed(words[:_SHOWN_OPTIONS])
        where = f"「{change.table}」中的" if change.table else ""
        text = f"{change.name}为{where}{some}等{len(words)}种之一"
    else:
        text = f"{change.name}为{listed_or(words)}"
    return text if len(given) == len(change.options) else f"{text}，或者没有{change.name}"


def _within(change: Change, first: Result) -> str:
    """A day or a number that may lie in a span."""
    kind = change.type
    low, high = change.least, change.most
    later, earlier = ("不早于", "不晚于") if isinstance(kind, DateType) else ("不少于", "不超过")
    if low is not Absence.NOT_GIVEN and low == high:
        bounds = f"为{value_text(low, kind)}"
    elif low is not Absence.NOT_GIVEN and high is not Absence.NOT_GIVEN:
        bounds = f"在{value_text(low, kind)}至{value_text(high, kind)}之间"
    elif low is not Absence.NOT_GIVEN:
        bounds = f"{later}{value_text(low, kind)}"
    elif high is not Absence.NOT_GIVEN:
        bounds = f"{earlier}{value_text(high, kind)}"
    else:
        bounds = f"为{value_text(first, kind)}"
    given = f"有{change.name}" if change.before is Absence.NOT_GIVEN else change.name
    joint = "，并且" if change.before is Absence.NOT_GIVEN and bounds else ""
    absent = f"，或者没有{change.name}" if Absence.NOT_GIVEN in change.options else ""
    return f"{given}{joint}{bounds}{_step(change, first)}{absent}"


def _step(change: Change, after: Result) -> str:
    """How far it is from what is to what would do."""
    before = change.before
    if before is Absence.NOT_GIVEN:
        return ""
    now = value_text(before, change.type)
    if isinstance(before, date) and isinstance(after, date):
        if after > before:
            return f"（现在是{now}，还差{interval_text(before, after)}）"
        return f"（现在是{now}，须早{interval_text(after, before)}）"
    if isinstance(before, int | Fraction) and isinstance(after, int | Fraction):
        more, less = max(before, after), min(before, after)
        size = value_text(Fraction(more) - less, change.type)
        return f"（现在是{now}，{'还差' if after > before else '须少'}{size}）"
    return f"（现在是{now}）"
