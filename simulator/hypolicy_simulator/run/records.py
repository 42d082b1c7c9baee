"""Trainings as records in the form of the policy's vocabulary, such that `hypolicy decide` takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hypolicy.rules.types import BoolType
from hypolicy_simulator.behaviour.frame import NONE
from hypolicy_simulator.behaviour.trainings import NUMBER
from hypolicy_simulator.scenario.domains import Days, Labels

if TYPE_CHECKING:
    from hypolicy.rules.tree import Fact
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.scenario.check import Checked


def records_frame(checked: Checked, frame: Frame) -> pl.DataFrame:
    """A column for each fact that the scenario produces, in the order of the vocabulary."""
    return pl.DataFrame(
        [
            _series(checked, fact, frame)
            for fact in checked.kind.facts
            if fact.name in (checked.scenario.person, checked.kind.key.name) or fact.name in checked.domains
        ]
    )


def _series(checked: Checked, fact: Fact, frame: Frame) -> pl.Series:
    if fact.name == checked.scenario.person:
        assert frame.who is not None
        return pl.Series(fact.name, frame.who + 1, pl.Int64)
    if fact is checked.kind.key:
        return pl.Series(fact.name, frame[NUMBER], pl.Int64)
    column = frame[fact.name]
    match checked.domains[fact.name]:
        case Labels(labels):
            return _labels(fact, labels, column)
        case Days():
            return _nullable(pl.Series(fact.name, column, pl.Int32), column).cast(pl.Date)
        case _:
            return _nullable(pl.Series(fact.name, column, pl.Int32), column)


def _labels(fact: Fact, labels: tuple[str, ...], column: Any) -> pl.Series:
    known = (
        pl.Series(fact.name, [False, True])
        if isinstance(fact.type, BoolType)
        else pl.Series(labels, dtype=pl.Enum(labels))
    )
    values = known.alias(fact.name).gather(np.where(column < 0, 0, column))
    missing = pl.Series(column < 0)
    return values.set(missing, None) if missing.any() else values


def _nullable(series: pl.Series, column: Any) -> pl.Series:
    missing = pl.Series(column == NONE)
    return series.set(missing, None) if missing.any() else series
