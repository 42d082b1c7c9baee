"""Persons of a table: who they are, in columns, and the elements that their draws are keyed by.

A person is the n-th of a cell, and the key says just that. So persons keep their draws, and with them their whole
lives, when other cells grow or shrink, and throughout all years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy_simulator.chance.keyed import draws, key_of, mix
from hypolicy_simulator.population.margins import apportion, shares
from hypolicy_simulator.scenario.domains import Labels

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Column, Counts, Elements
    from hypolicy_simulator.population.support import Support
    from hypolicy_simulator.scenario.check import Checked
    from hypolicy_simulator.scenario.tree import Attribute


@frozen
class Persons:
    """`columns` are coded labels by name; `elements` tell persons apart."""

    columns: dict[str, Column] = field(eq=False, repr=False)
    elements: Elements = field(eq=False, repr=False)

    def __len__(self) -> int:
        return len(self.elements)


def cell_elements(support: Support) -> Elements:
    """Cells told apart by what they are, whatever other cells there are."""
    keys = [
        key_of(
            "cell",
            *(f"{name}={label}" for name, label in zip(support.names, support.name(cell), strict=True)),
        )
        for cell in range(len(support))
    ]
    return np.array(keys, np.uint64)


def persons(checked: Checked, support: Support, counts: Counts, seed: int) -> Persons:
    """As many as the table says, in the order of its cells, with the attributes of the scenario."""
    cells = np.repeat(np.arange(len(support)), counts)
    ordinals = np.arange(len(cells)) - np.repeat(np.cumsum(counts) - counts, counts)
    elements = cell_elements(support)[cells] + ordinals.astype(np.uint64)
    columns = {name: support.cells[cells, place] for place, name in enumerate(support.names)}
    people = Persons(columns, mix(elements))
    for attribute in checked.scenario.attributes:
        people.columns[attribute.name] = _held(checked, people, attribute, seed)
    return people


def _held(checked: Checked, people: Persons, attribute: Attribute, seed: int) -> Column:
    """Who has an attribute: in each group those with the smallest draws, exactly as many as the margin says."""
    margin = attribute.margin
    domains = [checked.domains[name] for name in margin.names]
    labels = [domain.labels for domain in domains if isinstance(domain, Labels)]
    group = np.zeros(len(people), np.int64)
    for name, own in zip(margin.names, labels, strict=True):
        group = group * len(own) + people.columns[name]
    sizes = [len(own) for own in labels]
    order = np.lexsort((draws(people.elements, seed, f"attribute {attribute.name}", 0), group))
    starts = np.searchsorted(group[order], np.arange(int(np.prod(sizes)) + 1))
    held = np.zeros(len(people), np.int16)
    for row, wanted in zip(margin.rows, apportion(shares(margin)), strict=True):
        codes = [own.index(label) for own, label in zip(labels, row.labels, strict=True)]
        number = int(np.ravel_multi_index(codes, sizes)) if codes else 0
        first, end = int(starts[number]), int(starts[number + 1])
        if wanted > end - first:
            facts = {"file": margin.file, "cell": "、".join(row.labels) or "全部", "wanted": str(wanted)}
            raise Refusal(Diagnostic("HY737", facts | {"found": str(end - first), "name": attribute.name}))
        held[order[first : first + wanted]] = 1
    return held
