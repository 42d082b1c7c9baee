"""The small scenario of these tests, and its parts made ready."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypolicy.pipeline import load
from hypolicy_simulator.behaviour.trainings import Behaviour
from hypolicy_simulator.population.synthesis import Population, synthesise
from hypolicy_simulator.scenario.check import Checked, check
from hypolicy_simulator.scenario.reading import read_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALL = Path(__file__).parent / "小"
SCENARIO = SMALL / "数据" / "情景.toml"
Edit = tuple[str, str, str]  # file, text in it, and what it becomes


def edited(folder: Path, edits: Sequence[Edit]) -> Path:
    """A copy of the small scenario with some texts replaced, each of which must be there."""
    shutil.copytree(SCENARIO.parent, folder / "数据")
    policy = ("情景.toml", 'policy = "../政策"', f'policy = "{(SMALL / "政策").as_posix()}"')
    for file, find, put in (policy, *edits):
        path = folder / "数据" / file
        text = path.read_text(encoding="utf-8")
        assert find in text, f"{file} has no {find}"
        path.write_text(text.replace(find, put), encoding="utf-8")
    return folder / "数据" / "情景.toml"


def ready(path: Path) -> Checked:
    scenario = read_scenario(path)
    return check(scenario, load(scenario.policy))


@cache
def small() -> tuple[Checked, Population, Behaviour]:
    return made(SCENARIO)


def made(path: Path, seed: int = 7) -> tuple[Checked, Population, Behaviour]:
    checked = ready(path)
    population = synthesise(checked, seed)
    return checked, population, Behaviour(checked, population.persons, seed)
