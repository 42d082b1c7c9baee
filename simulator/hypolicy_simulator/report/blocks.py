"""What a report is made of: sentences, tables and charts, in sections. Amounts in 万元 carry their exact value."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

import polars as pl
from attrs import frozen

from hypolicy_simulator.answers.columns import Holds, holds
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.report.charts import Bars, Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WAN: Final = 10_000
_HUNDREDTH: Final = Decimal("0.01")


@frozen
class Shown:
    """A cell; `exact` is the amount in yuan where a rounded one in 万元 is shown."""

    text: str
    exact: str = ""
    figure: bool = False


@frozen
class Head:
    words: str
    figure: bool


@frozen
class Table:
    """`strong` rows are sums; a `folded` table is opened by who wants it."""

    caption: str
    unit: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Shown, ...], ...]
    strong: frozenset[int] = frozenset()
    folded: bool = False
    kind: str = "table"


@frozen
class Prose:
    text: str
    kind: str = "prose"


@frozen
class Points:
    """Sentences one beneath the other."""

    texts: tuple[str, ...]
    kind: str = "points"


@frozen
class Answer:
    """What a reader asks first: a figure, and what is said of it."""

    name: str
    figure: Shown
    unit: str
    remarks: tuple[str, ...]
    kind: str = "answer"


@frozen
class Chart:
    drawing: Bars | Columns
    kind: str = "chart"

    @property
    def shape(self) -> str:
        return "bars" if isinstance(self.drawing, Bars) else "columns"


Block = Table | Prose | Points | Answer | Chart


@frozen
class Section:
    key: str
    title: str
    blocks: tuple[Block, ...]


# --- figures ----------------------------------------------------------------------------------------------------


def wan(amount: str | Decimal, *, sign: bool = False) -> Shown:
    """An amount in units of 10,000 yuan, with thousands apart."""
    exact = Decimal(amount)
    rounded = (exact / WAN).quantize(_HUNDREDTH, ROUND_HALF_UP)
    return Shown(f"{rounded:{'+' if sign and rounded else ''},}", f"{exact}", figure=True)


def yuan(amount: str | Decimal) -> Shown:
    return Shown(f"{Decimal(amount):,}", f"{amount}", figure=True)


def whole(count: int) -> Shown:
    return Shown(f"{count:,}", figure=True)


def words(text: object) -> Shown:
    return Shown("" if text is None else str(text))


def percent(figure: str) -> Shown:
    return Shown(f"{figure}%" if figure else "", figure=True)


def in_wan(amount: str | Decimal) -> Decimal:
    """For charts."""
    return Decimal(amount) / WAN


# --- tables of the run ------------------------------------------------------------------------------------------


def table(
    file: str,
    frame: pl.DataFrame,
    caption: str,
    *,
    unit: str = "万元",
    folded: bool = False,
) -> Table:
    """A table of the run, its amounts in 万元, or in yuan as they are; without columns in which nothing stands."""
    frame = frame.select(column for column in frame if (column.cast(pl.String).fill_null("") != "").any())
    every = [holds(file, name) for name in frame.columns]
    show: dict[Holds, Callable[..., Shown]] = {
        Holds.TEXT: words,
        Holds.COUNT: whole,
        Holds.MONEY: wan if unit == "万元" else yuan,
        Holds.PERCENT: percent,
        Holds.NUMBER: yuan,
    }
    rows = tuple(
        tuple(_shown(show[kind], value) for kind, value in zip(every, row, strict=True))
        for row in frame.rows()
    )
    heads = tuple(Head(name, kind is not Holds.TEXT) for name, kind in zip(frame.columns, every, strict=True))
    return Table(caption, unit if Holds.MONEY in every else "", heads, rows, folded=folded)


def _shown(show: Callable[..., Shown], value: object) -> Shown:
    return Shown("") if value is None or value == "" else show(value)


def grid(
    caption: str,
    unit: str,
    corner: Sequence[str],
    across: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Sequence[Shown]]],
    *,
    strong: frozenset[int] = frozenset(),
    folded: bool = False,
) -> Table:
    """Labels in the first columns, figures in the others."""
    heads = (*(Head(name, figure=False) for name in corner), *(Head(name, figure=True) for name in across))
    body = tuple((*map(words, labels), *figures) for labels, figures in rows)
    return Table(caption, unit, heads, body, strong, folded)


# --- sections ---------------------------------------------------------------------------------------------------


def section(key: str, title: str, blocks: Iterator[Block]) -> Section | None:
    """None where the run has nothing to say on it."""
    every = tuple(blocks)
    return Section(key, title, every) if every else None


def year_words(year: str) -> str:
    return year if year == ALL else f"{year}年"
