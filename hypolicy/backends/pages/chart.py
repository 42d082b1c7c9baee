"""The history of a parameter as a step line, laid out for a template to draw."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.rules.phrases import value_text

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.rules.calendar import Period
    from hypolicy.rules.tree import Parameter

WIDTH: Final = 420
HEIGHT: Final = 190
_LEFT, _RIGHT, _TOP, _FLOOR = 16, 404, 44, 150
_WORDS: Final = 100  # the width of a date


@frozen
class Step:
    """A stretch of the line, with its value and its first day; `late` where words after it would leave the picture.

    `start` is None where there is no room for it. Places are pixels from the upper left.
    """

    left: int
    right: int
    level: int
    value: str
    start: date | None
    late: bool


@frozen
class Chart:
    """`path` is the line as an SVG path; `end` is the last day, where it has room beside the last step."""

    width: int
    height: int
    left: int
    right: int
    floor: int
    steps: tuple[Step, ...]
    path: str
    end: date | None


def step_chart(parameter: Parameter, term: Period) -> Chart | None:
    """The versions over the term; None where no value has been fixed."""
    versions = sorted(parameter.versions, key=lambda version: version.period.start)
    if not versions:
        return None
    first = max(versions[0].period.start, term.start)
    ends = [day for day in (versions[-1].period.end, term.end) if day is not None]
    last = max(ends, default=versions[-1].period.start + timedelta(days=365))
    days = max((last - first).days, 1)
    most = max(version.value for version in versions)

    def across(day: date) -> int:
        share = Fraction(min(max((day - first).days, 0), days), days)
        return round(_LEFT + (_RIGHT - _LEFT) * share)

    def up(value: Fraction) -> int:
        share = value / most if most > 0 else Fraction(1)
        return round(_FLOOR - (_FLOOR - _TOP) * max(share, Fraction(0)))

    rights = [*(across(version.period.start) for version in versions[1:]), _RIGHT]
    steps = []
    dated = 0  # dates stand up to here
    for version, right in zip(versions, rights, strict=True):
        left = across(version.period.start)
        late = left > WIDTH - _WORDS
        begin = left - _WORDS if late else left
        start = max(version.period.start, first) if begin >= dated else None
        dated = begin + _WORDS if start is not None else dated
        steps.append(
            Step(left, right, up(version.value), value_text(version.value, parameter.type), start, late)
        )
    path = f"M{steps[0].left} {steps[0].level}" + "".join(f"V{step.level}H{step.right}" for step in steps)
    return Chart(
        WIDTH, HEIGHT, _LEFT, _RIGHT, _FLOOR, tuple(steps), path, last if dated <= _RIGHT - _WORDS else None
    )
