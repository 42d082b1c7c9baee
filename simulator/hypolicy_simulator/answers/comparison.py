"""An amendment against the policy without it, under the same draws: what it costs, and who gains and who loses.

Everybody is the same person with the same luck under both, so every difference comes from the rules, and an
amendment that changes nothing changes exactly nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.answers.intervals import summary
from hypolicy_simulator.answers.lines import ALL, lines
from hypolicy_simulator.answers.persons import fen_by_person, trains
from hypolicy_simulator.run.model import AMENDED, CURRENT
from hypolicy_simulator.run.plan import Kind

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Counts, Fen
    from hypolicy_simulator.run.model import Model
    from hypolicy_simulator.run.results import Results

_FEN: Final = 100
_OWN, _BASE = 0, 1


def comparison(results: Results) -> pl.DataFrame:
    """Replicate 0: each line of both budgets, and the difference."""
    rows = []
    for names, arrays in _both(results, Kind.CHANCE).items():
        now, then = (counts[0] for counts, _ in arrays)
        paid, before = (fen[0] for _, fen in arrays)
        row = {f"{CURRENT}人次": int(then), f"{CURRENT}金额": fen_text(int(before))}
        row |= {f"{AMENDED}人次": int(now), f"{AMENDED}金额": fen_text(int(paid))}
        row |= {"人次差": int(now - then), "金额差": fen_text(int(paid - before))}
        rows.append({**dict(names), **row})
    return pl.DataFrame(rows)


def difference_intervals(results: Results) -> pl.DataFrame:
    """As `intervals`, of the differences."""
    rows = []
    for kind in Kind:
        for names, ((now, paid), (then, before)) in _both(results, kind).items():
            rows.append(
                {"不确定性": kind.value, **dict(names), "指标": "人次差", **summary(now - then, kind, 1)}
            )
            rows.append(
                {
                    "不确定性": kind.value,
                    **dict(names),
                    "指标": "金额差",
                    **summary(paid - before, kind, _FEN),
                }
            )
    return pl.DataFrame(rows)


def _both(
    results: Results, kind: Kind
) -> dict[tuple[tuple[str, str], ...], tuple[tuple[Counts, Fen], tuple[Counts, Fen]]]:
    """Lines that either arm has, by their names, with nought where one has none."""
    found: list[dict[tuple[tuple[str, str], ...], tuple[Counts, Fen]]] = []
    for place in (_OWN, _BASE):
        counts, fen = results.series(kind, "counts", place), results.series(kind, "fen", place)
        every = lines(results.model.arms[place].axes, counts, fen)
        found.append({tuple(names.items()): (own, paid) for names, own, paid in every})
    replicates = len(results.series(kind, "paid"))
    nothing = (np.zeros(replicates, np.int64), np.zeros(replicates, np.int64))
    names = dict.fromkeys([*found[_BASE], *found[_OWN]])
    return {name: (found[_OWN].get(name, nothing), found[_BASE].get(name, nothing)) for name in names}


# --- who gains, who loses --------------------------------------------------------------------------------------

_CHANGES: Final = ("受益", "受损", "不变", "新参加", "不再参加")


def effects(model: Model) -> pl.DataFrame:
    """Replicate 0, all years together: persons by group and by what the amendment does to what they are granted.

    新参加 and 不再参加 are those who train under one policy only; the others train under both.
    """
    own, base = (arm.central() for arm in model.arms)
    change = fen_by_person(model, own) - fen_by_person(model, base)
    now, then = trains(model, own), trains(model, base)
    both = now & then
    kinds = [both & (change > 0), both & (change < 0), both & (change == 0), now & ~then, then & ~now]
    columns = model.own.behaviour.of_persons
    groups = [(ALL, np.ones(len(change), bool))]
    groups += [(name, columns[name] == 1) for name in model.own.axes.groups if name in columns]
    rows: list[dict[str, Any]] = []
    for group, members in groups:
        for name, held in zip(_CHANGES, kinds, strict=True):
            some = members & held
            rows.append(
                {
                    "身份": group,
                    "变化": name,
                    "人数": int(some.sum()),
                    "金额差": fen_text(int(change[some].sum())),
                }
            )
    return pl.DataFrame(rows)
