"""How much more a fund needs, such that it never runs out: the other way round for a balance.

The trainings are those that take place when this one fund is unlimited; all other limits stay. What its sources have is
compared with what is due, year by year, so the answer is exact for these draws and nothing is searched for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from attrs import evolve

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.answers.persons import chance_of
from hypolicy_simulator.run.limits import available
from hypolicy_simulator.run.model import Arm
from hypolicy_simulator.scenario.check import YEAR
from hypolicy_simulator.scenario.tree import WhenEmpty

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Fen
    from hypolicy_simulator.run.limits import Admitted
    from hypolicy_simulator.run.model import Model
    from hypolicy_simulator.scenario.tree import Fund


def balance(model: Model, name: str) -> pl.DataFrame:
    """Replicate 0: what the fund of this name has and owes in each year, and what it needs besides.

    A fund that stops classes owes for a class in the year in which it begins, one that waits in the year of payment.
    What is left of a year goes over to the next.
    """
    own = model.own
    [fund] = [each for each in own.checked.scenario.funds if each.name == name]
    funds = tuple(evolve(each, sources=()) if each is fund else each for each in own.checked.scenario.funds)
    checked = evolve(own.checked, scenario=evolve(own.checked.scenario, funds=funds))
    arm = Arm(checked, own.settings, own.seed, own.behaviour, other=own)
    admitted = arm.central()
    items = [place for place in range(len(arm.axes.items)) if arm.axes.fund(place) == name]
    held, owed, added = 0, 0, 0
    rows = list[tuple[str, int, int, int]]()
    for year, due in zip(arm.axes.years, _due(arm, admitted, items, fund).tolist(), strict=True):
        more = sum(available(source.yearly.rows, year) for source in fund.sources)
        held, owed = held + more, owed + due
        needed = max(0, owed - held - added)
        added += needed
        if due or more:
            rows.append((str(year), more, due, needed))
    rows.append((ALL, held, owed, added))
    by_person = np.bincount(admitted.frame.who, admitted.fen[items].sum(axis=0)).astype(np.int64)  # type: ignore[arg-type]
    return pl.DataFrame(
        {
            "资金来源": [name] * len(rows),
            "年度": [year for year, _, _, _ in rows],
            "安排": [fen_text(held) for _, held, _, _ in rows],
            "应付": [fen_text(owed) for _, _, owed, _ in rows],
            "须增加": [fen_text(added) for _, _, _, added in rows],
            "机会误差": [*[""] * (len(rows) - 1), chance_of(by_person)],
        }
    )


def _due(arm: Arm, admitted: Admitted, items: list[int], fund: Fund) -> Fen:
    """In fen, by the years of the axes."""
    due = np.zeros(len(arm.axes.years), np.int64)
    for item in items:
        rows, _, paid = arm.axes.months(admitted, item)
        stops = fund.when_empty is WhenEmpty.STOP
        first = arm.axes.years.index(arm.axes.begun[0])
        year = admitted.frame[YEAR][rows] + first if stops else paid // 12
        due += np.bincount(year, admitted.fen[item, rows], minlength=len(due)).astype(np.int64)
    return due
