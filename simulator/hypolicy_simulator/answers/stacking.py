"""Who is granted several items at once: on one training, and over a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.scenario.check import YEAR

if TYPE_CHECKING:
    from hypolicy_simulator.run.model import Model


def stacking(model: Model) -> pl.DataFrame:
    """Replicate 0. Every combination of items on one training, and how many times a person is granted any in a year."""
    admitted, axes = model.own.central(), model.own.axes
    granted, fen = admitted.fen > 0, admitted.fen.sum(axis=0)
    combination = (granted * (1 << np.arange(len(axes.items)))[:, None]).sum(axis=0)
    rows = []
    for number in np.unique(combination[combination > 0]).tolist():
        some = combination == number
        names = [name for place, name in enumerate(axes.items) if number >> place & 1]
        rows.append(("同一次培训", "、".join(names), int(some.sum()), int(fen[some].sum())))
    assert admitted.frame.who is not None
    any_ = granted.any(axis=0)
    person = admitted.frame.who.astype(np.int64) * len(axes.begun) + admitted.frame[YEAR]
    keys, times = np.unique(person[any_], return_counts=True)
    amounts = np.bincount(np.searchsorted(keys, person[any_]), fen[any_], minlength=len(keys)).astype(
        np.int64
    )
    for count in np.unique(times).tolist():
        some = times == count
        rows.append(("同一人一年", f"享受{count}次", int(some.sum()), int(amounts[some].sum())))
    return pl.DataFrame(
        {
            "范围": [row[0] for row in rows],
            "情形": [row[1] for row in rows],
            "数目": [row[2] for row in rows],
            "金额": [fen_text(row[3]) for row in rows],
        }
    )
