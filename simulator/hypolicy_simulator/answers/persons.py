"""What each person is granted in one replicate, all years and items together."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from hypolicy_simulator.answers.intervals import decimals

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Fen, Held
    from hypolicy_simulator.run.limits import Admitted
    from hypolicy_simulator.run.model import Model


def fen_by_person(model: Model, admitted: Admitted) -> Fen:
    assert admitted.frame.who is not None
    persons = len(model.population.persons)
    fen: Fen = np.bincount(admitted.frame.who, admitted.fen.sum(axis=0), minlength=persons).astype(np.int64)
    return fen


def trains(model: Model, admitted: Admitted) -> Held:
    assert admitted.frame.who is not None
    held = np.zeros(len(model.population.persons), bool)
    held[admitted.frame.who] = True
    return held


def chance_of(fen: Fen) -> str:
    """In yuan, the standard deviation that luck gives to a sum over persons, told from one replicate of it."""
    return decimals(sqrt(float((fen.astype(float) ** 2).sum())) / 100)
