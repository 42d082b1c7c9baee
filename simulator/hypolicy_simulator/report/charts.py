"""Charts as SVG, laid out for a template to draw.

Places across are percentages and heights are pixels, so that a chart is as wide as its reader's screen and its words
keep their size. Nothing is told by colour alone: every row has its words and its figure, and a table stands beneath.
"""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

_ROW, _BAR, _TOP, _AXIS = 44, 14, 4, 24
_WORDS: Final = 15  # the baseline of a row's words, from its top
_LONGEST: Final = 20  # of a name; beneath, it stands in full in the table
_TICKS: Final = 4
_COLUMNS_HEIGHT: Final = 200
_LEFT: Final = 14.0  # percent, of a chart of columns: the labels of the axis
_STEPS: Final = (1, 2, 5, 10)


@frozen
class Segment:
    """A bar from one value to another; `tone` is a class of the style sheet."""

    start: Decimal
    end: Decimal
    tone: str
    thin: bool = False


@frozen
class Row:
    """A line of a chart of bars: what it is called, what stands at its end, its bars, and a mark on them."""

    name: str
    figure: str
    segments: tuple[Segment, ...]
    mark: Decimal | None = None


@frozen
class Box:
    """Percentages across, pixels down."""

    left: str
    width: str
    top: float
    height: float
    tone: str


@frozen
class Words:
    at: str
    level: float
    text: str


@frozen
class Bars:
    """A chart of rows; `zero` is where nothing is."""

    title: str
    description: str
    height: float
    floor: float
    boxes: tuple[Box, ...]
    names: tuple[Words, ...]
    figures: tuple[Words, ...]
    ticks: tuple[Words, ...]
    zero: str
    legend: tuple[tuple[str, str], ...]


@frozen
class Columns:
    """A chart of columns over time, a column of several parts on top of each other."""

    title: str
    description: str
    height: float
    floor: float
    boxes: tuple[Box, ...]
    levels: tuple[Words, ...]
    ticks: tuple[Words, ...]
    legend: tuple[tuple[str, str], ...]


def bars(
    title: str,
    description: str,
    rows: Sequence[Row],
    legend: Iterable[tuple[str, str]] = (),
    *,
    from_zero: bool = True,
) -> Bars:
    """Rows one beneath the other, on one scale. `legend` has tones and what they mean."""
    values = [float(value) for row in rows for each in row.segments for value in (each.start, each.end)]
    values += [float(row.mark) for row in rows if row.mark is not None]
    low, high, ticks = _scale(values, from_zero=from_zero)

    def across(value: float) -> float:
        return (value - low) / (high - low) * 100

    boxes, names, figures = [], [], []
    for number, row in enumerate(rows):
        top = _TOP + number * _ROW
        short = row.name if len(row.name) <= _LONGEST else f"{row.name[:_LONGEST]}…"
        names.append(Words("0%", top + _WORDS, short))
        figures.append(Words("100%", top + _WORDS, row.figure))
        thick = [each for each in row.segments if not each.thin]
        for each in row.segments:
            ends = sorted((across(float(each.start)), across(float(each.end))))
            height = _BAR / 2 if each.thin or len(thick) < len(row.segments) else _BAR
            level = top + _WORDS + 6 + (_BAR / 2 if each.thin else 0)
            boxes.append(
                Box(_percent(ends[0]), _percent(max(ends[1] - ends[0], 0.15)), level, height, each.tone)
            )
        if row.mark is not None:
            at = min(across(float(row.mark)), 99.5)
            boxes.append(Box(_percent(at), "0.5%", top + _WORDS + 3, _BAR + 6, "mark"))
    end = _TOP + len(rows) * _ROW
    shown = tuple(Words(_percent(across(tick)), end + 16, _number(tick)) for tick in ticks)
    return Bars(
        title,
        description,
        end + _AXIS,
        end,
        tuple(boxes),
        tuple(names),
        tuple(figures),
        shown,
        _percent(across(0)) if low <= 0 <= high else "",
        tuple(legend),
    )


def columns(
    title: str,
    description: str,
    parts: Sequence[Sequence[Decimal]],
    labels: Sequence[tuple[int, str]],
    legend: Sequence[tuple[str, str]],
) -> Columns:
    """Columns of parts, none below nought; `labels` stand under the columns with their numbers."""
    totals = [float(sum(column)) for column in parts]
    _, high, ticks = _scale([0.0, *totals], from_zero=True)
    floor_at, step = _TOP + _COLUMNS_HEIGHT, (100 - _LEFT) / len(parts)

    def up(value: float) -> float:
        return floor_at - value / high * _COLUMNS_HEIGHT

    boxes = []
    for number, column in enumerate(parts):
        so_far = 0.0
        for part, (tone, _) in zip(column, legend, strict=True):
            top, bottom = up(so_far + float(part)), up(so_far)
            left, width = _percent(_LEFT + number * step), _percent(step * 0.8)
            boxes.append(Box(left, width, round(top, 1), round(bottom - top, 1), tone))
            so_far += float(part)
    return Columns(
        title,
        description,
        floor_at + _AXIS,
        floor_at,
        tuple(boxes),
        tuple(Words(f"{_LEFT - 1}%", round(up(tick), 1), _number(tick)) for tick in ticks),
        tuple(Words(_percent(_LEFT + number * step), floor_at + 16, words) for number, words in labels),
        tuple(legend),
    )


def _scale(values: Sequence[float], *, from_zero: bool) -> tuple[float, float, list[float]]:
    """Ends of a scale, and round numbers on it."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1
    rough = (high - low) / _TICKS
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * size for size in _STEPS if unit * size >= rough * 0.999)
    first, last = floor(low / step + 1e-9), -floor(-high / step + 1e-9)
    # A little to one side of nought is no reason for a whole step of empty room.
    if 0 < -low < step / 4:
        return low * 1.05, last * step, [number * step for number in range(last + 1)]
    return first * step, last * step, [number * step for number in range(first, last + 1)]


def _percent(value: float) -> str:
    return f"{round(value, 2):g}%"


def _number(value: float) -> str:
    return f"{round(value, 6):,g}" if abs(value) < 1_000_000 else f"{value:,.0f}"
