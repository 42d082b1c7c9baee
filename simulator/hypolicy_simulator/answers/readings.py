"""The price of a reading: what each option of each 口径 costs more or less than the one that was chosen.

Everybody does the same under every option, so the difference is the reading's alone. What it would be with other luck
is told by one number: differences of persons are nearly independent, so the square root of the sum of their squares is
the standard deviation of their sum (a compound Poisson sum).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.answers.persons import chance_of, fen_by_person
from hypolicy_simulator.run.model import Arm

if TYPE_CHECKING:
    from hypolicy_simulator.run.model import Model


@frozen
class Option:
    """One option of a reading, by their names."""

    reading: str
    option: str


def options(model: Model) -> list[Option]:
    """Those of every reading that may be chosen."""
    free = [reading for reading in model.own.checked.policy.readings if not reading.fixed]
    return [Option(reading.name, option) for reading in free for option in reading.options]


def priced(model: Model, asked: Option) -> dict[str, str | int]:
    """A row of the table, for one option: replicate 0, all years."""
    own, option = model.own, asked.option
    reading = next(each for each in own.checked.policy.readings if each.name == asked.reading)
    used, chosen = own.settings.option(reading) == option, own.central()
    settings = evolve(own.settings, readings={**own.settings.readings, reading.name: option})
    admitted = chosen if used else Arm(own.checked, settings, own.seed, own.behaviour, other=own).central()
    change = fen_by_person(model, admitted) - fen_by_person(model, chosen)
    return {
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
