"""Trainings as records in the form of the policy's vocabulary, such that `hypolicy decide` takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hypolicy.rules.types import BoolType
from hypolicy_simulator.behaviour.frame import ABSENT, NONE
from hypolicy_simulator.behaviour.trainings import NUMBER
from hypolicy_simulator.scenario.domains import Days, Labels

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypolicy.rules.tree import Fact
    from hypolicy_simulator.arrays import Column, Rows
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.scenario.check import Checked


def records_frame(
    checked: Checked, frame: Frame, names: Collection[str] | None = None, rows: Rows | slice = slice(None)
) -> pl.DataFrame:
    """A column for each fact (of those named, where some are) that the scenario makes, in the vocabulary's order."""
    made = {checked.scenario.person, checked.kind.key.name, *checked.domains}
    wanted = made if names is None else made & set(names)
    facts = [fact for fact in checked.kind.facts if fact.name in wanted]
    return pl.DataFrame([_series(checked, fact, frame, rows) for fact in facts])


def _column(checked: Checked, fact: Fact, frame: Frame) -> Column:
    if fact.name == checked.scenario.person:
        assert frame.who is not None
        return frame.who
    return frame[NUMBER if fact is checked.kind.key else fact.name]


def _series(checked: Checked, fact: Fact, frame: Frame, rows: Rows | slice) -> pl.Series:
    column = _column(checked, fact, frame)[rows]
    if fact.name == checked.scenario.person:
        return pl.Series(fact.name, column + 1, pl.Int64)
    if fact is checked.kind.key:
        return pl.Series(fact.name, column, pl.Int64)
    match checked.domains[fact.name]:
        case Labels(labels):
            return _labels(fact, labels, column)
        case Days():
            return _nullable(pl.Series(fact.name, column, pl.Int32), column, NONE).cast(pl.Date)
        case _:
            return _nullable(pl.Series(fact.name, column, pl.Int64), column, NONE)


def _labels(fact: Fact, labels: tuple[str, ...], column: Column) -> pl.Series:
    if isinstance(fact.type, BoolType):
        return _nullable(pl.Series(fact.name, column == 1), column, ABSENT)
    known = pl.Series(fact.name, labels, pl.Enum(labels))
    return _nullable(known.gather(np.maximum(column, 0)), column, ABSENT)


def _nullable(series: pl.Series, column: Column, none: int) -> pl.Series:
    """Without the values that stand for what is not given, which are the least of all."""
    if not len(column) or column.min() > none:
        return series
    return series.set(pl.Series(column == none), None)
