"""Which uncertain figure moves the budget most: each at its low and at its high value, all others in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.chance.worlds import World, parameters

if TYPE_CHECKING:
    from hypolicy_simulator.run.model import Model

LOW, HIGH = 0.05, 0.95


def tornado(model: Model) -> pl.DataFrame | None:
    """The draws of replicate 0, all years; widest first. None where every figure is certain."""
    own, inputs = model.own, model.inputs
    names = parameters(inputs.checked.scenario, responds=inputs.base is not None)
    if not names:
        return None
    middle = int(own.central().fen.sum())
    rows = []
    for name in names:
        low, high = (int(own.totals(0, World({name: quantile})).fen.sum()) for quantile in (LOW, HIGH))
        rows.append((abs(high - low), name, low, high))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return pl.DataFrame(
        {
            "不确定的数": [name for _, name, _, _ in rows],
            "低值时支出": [fen_text(low) for _, _, low, _ in rows],
            "中值时支出": [fen_text(middle) for _ in rows],
            "高值时支出": [fen_text(high) for _, _, _, high in rows],
            "摆幅": [fen_text(swing) for swing, _, _, _ in rows],
        }
    )
