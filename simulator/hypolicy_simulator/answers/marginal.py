"""What one more trainee costs, by the kinds of people that have a rate of taking up training."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hypolicy_simulator.answers.intervals import decimals
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.behaviour.frame import Chance, Part
from hypolicy_simulator.chance.worlds import MIDDLE

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Held
    from hypolicy_simulator.run.model import Model


def marginal(model: Model) -> pl.DataFrame:
    """Replicate 0: trainings of each kind, what is granted for one on average (with its error), and for how many."""
    own = model.own
    admitted = own.central()
    first, fen = own.behaviour.first, admitted.fen.sum(axis=0)
    row_of = first.groups.numbers_of(Part(admitted.frame, None, Chance(own.seed, 0, MIDDLE)))
    kinds = [(row.labels, row_of == number) for number, row in enumerate(first.table.rows)]
    kinds.append(((ALL,) * len(first.table.names), np.ones(len(fen), bool)))

    def line(labels: tuple[str, ...], some: Held) -> dict[str, str | int]:
        granted, count = fen[some], int(some.sum())
        error = float(np.std(granted, ddof=1)) / sqrt(count) if count > 1 else 0.0
        return {
            **dict(zip(first.table.names, labels, strict=True)),
            "培训人次": count,
            "享受补贴的比例": decimals(100 * float((granted > 0).mean())),
            "每增加一人次的支出": decimals(float(granted.mean()) / 100),
            "误差": decimals(error / 100),
        }

    return pl.DataFrame([line(labels, some) for labels, some in kinds if some.any()])
