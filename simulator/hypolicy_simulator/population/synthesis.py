"""From the margins of a scenario to its persons: cells, weights, whole numbers, people; read this first.

What goes wrong on the way is told with the files that it comes from. All of it is a function of the scenario and a
seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy_simulator.population import kept
from hypolicy_simulator.population.conflicts import contradiction, least_change, possible
from hypolicy_simulator.population.fit import fit
from hypolicy_simulator.population.integers import Table, integers
from hypolicy_simulator.population.margins import Counted, counted
from hypolicy_simulator.population.persons import Persons, cell_elements, persons
from hypolicy_simulator.population.support import Support, support

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.scenario.check import Checked

_CHANGES_SHOWN: Final = 3


@frozen
class Population:
    """The persons, and how they were arrived at."""

    persons: Persons = field(repr=False)
    support: Support = field(repr=False)
    margins: tuple[Counted, ...] = field(repr=False)
    table: Table = field(repr=False)


def synthesise(checked: Checked, seed: int) -> Population:
    """Raises Refusal where the margins contradict each other, or leave people uncounted."""
    cells = support(checked)
    margins = tuple(counted(margin, cells) for margin in checked.scenario.margins)
    _all_counted(cells, margins)
    table = _table(checked, cells, margins, seed)
    return Population(persons(checked, cells, table.persons, seed), cells, margins, table)


def _table(checked: Checked, cells: Support, margins: Sequence[Counted], seed: int) -> Table:
    key = kept.key_of_table(cells, margins, seed)
    found = kept.find(key)
    if found is not None:
        return Table.of(*found, margins)
    fitted = fit(margins, len(cells))
    if not fitted.converged and not possible(margins, len(cells)):
        raise Refusal(_told(checked, margins, len(cells)))
    table = integers(fitted.weights, margins, cell_elements(cells), seed)
    kept.keep(key, table.persons, table.method)
    return table


def _all_counted(cells: Support, margins: Sequence[Counted]) -> None:
    """A cell that no margin counts could have any number of persons."""
    open_ = np.ones(len(cells), bool)
    for margin in margins:
        open_ &= margin.rows < 0
    if open_.any():
        first = int(np.flatnonzero(open_)[0])
        named = "、".join(
            f"{name}为{label}" for name, label in zip(cells.names, cells.name(first), strict=True)
        )
        raise Refusal(Diagnostic("HY738", {"count": str(int(open_.sum())), "cell": named}))


def _told(checked: Checked, margins: Sequence[Counted], cells: int) -> Diagnostic:
    """Which files contradict each other, and what would settle it."""
    culprits = contradiction(margins, cells)
    files = "、".join(margin.file for margin in culprits)
    if len(culprits) == 1:
        files += "（与 impossible 所写的不可能组合）"
    rows = {margin.file: margin.rows for margin in checked.scenario.margins}
    changes = [
        f"{change.margin.file} 的“{'、'.join(rows[change.margin.file][change.row].labels)}”"
        f"{'增加' if change.persons > 0 else '减少'}{abs(change.persons)}人"
        for change in least_change(culprits, cells)
    ]
    more = f"等{len(changes)}处" if len(changes) > _CHANGES_SHOWN else ""
    return Diagnostic("HY736", {"files": files, "changes": "，".join(changes[:_CHANGES_SHOWN]) + more})
