"""The price of a reading: what each option of each 口径 costs more or less than the one that was chosen.

Everybody does the same under every option, so the difference is the reading's alone. What it would be with other luck
is told by one number: differences of persons are nearly independent, so the square root of the sum of their squares is
the standard deviation of their sum (a compound Poisson sum).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from attrs import evolve

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.answers.persons import chance_of, fen_by_person
from hypolicy_simulator.run.model import Arm

if TYPE_CHECKING:
    from hypolicy_simulator.run.model import Model


def readings(model: Model) -> pl.DataFrame | None:
    """Replicate 0, all years: one row for each option of each reading that may be chosen; None where there is none."""
    own = model.own
    free = [reading for reading in own.checked.policy.readings if not reading.fixed]
    if not free:
        return None
    chosen = own.central()
    before, rows = fen_by_person(model, chosen), []
    for reading in free:
        for option in reading.options:
            used = own.settings.option(reading) == option
            settings = evolve(own.settings, readings={**own.settings.readings, reading.name: option})
            arm = Arm(own.checked, settings, own.seed, own.behaviour)
            admitted = chosen if used else arm.admitted()
            change = fen_by_person(model, admitted) - before
            rows.append(
                {
                    "口径": reading.name,
                    "选项": option,
                    "默认": "是" if option == reading.default else "否",
                    "本次采用": "是" if used else "否",
                    "人次": int((admitted.fen > 0).sum()),
                    "金额": fen_text(int(admitted.fen.sum())),
                    "人次差": int((admitted.fen > 0).sum() - (chosen.fen > 0).sum()),
                    "金额差": fen_text(int(change.sum())),
                    "机会误差": chance_of(change),
                }
            )
    return pl.DataFrame(rows)
