"""The cells of a population: every combination of labels that somebody can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import field, frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy_simulator.scenario.domains import Labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Column, Rows
    from hypolicy_simulator.scenario.check import Checked
    from hypolicy_simulator.scenario.tree import Impossible

MAX_CELLS: Final = 200_000


@frozen
class Support:
    """`cells[i, d]` is the place of a label among those of `names[d]`."""

    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    cells: Column = field(eq=False, repr=False)

    def __len__(self) -> int:
        return len(self.cells)

    def rows_of(self, names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Rows:
        """For each cell, which of these rows of labels it belongs to; -1 where to none."""
        places = [self.names.index(name) for name in names]
        sizes = [len(self.labels[place]) for place in places]
        numbers = np.full(int(np.prod(sizes)), -1, np.intp)
        for number, row in enumerate(rows):
            codes = [self.labels[place].index(label) for place, label in zip(places, row, strict=True)]
            numbers[np.ravel_multi_index(codes, sizes) if codes else 0] = number
        place = np.zeros(len(self), np.intp)
        for column, size in zip(places, sizes, strict=True):
            place = place * size + self.cells[:, column]
        found: Rows = numbers[place]
        return found

    def name(self, cell: int) -> tuple[str, ...]:
        return tuple(labels[code] for labels, code in zip(self.labels, self.cells[cell], strict=True))


def support(checked: Checked) -> Support:
    """Cells in the order of the dimensions and of their labels; impossible ones are left out as soon as can be."""
    names = tuple(dimension.name for dimension in checked.scenario.dimensions)
    domains = [checked.domains[name] for name in names]
    labels = tuple(domain.labels for domain in domains if isinstance(domain, Labels))
    cells = np.zeros((1, 0), np.int16)
    for count, own in enumerate(labels, 1):
        if len(cells) * len(own) > 2 * MAX_CELLS:
            raise Refusal(Diagnostic("HY734", {"limit": str(MAX_CELLS)}))
        column = np.tile(np.arange(len(own), dtype=np.int16), len(cells))
        cells = np.column_stack([np.repeat(cells, len(own), axis=0), column])
        for impossible in checked.scenario.impossible:
            cells = _without(cells, impossible, names[:count], labels)
    if len(cells) > MAX_CELLS:
        raise Refusal(Diagnostic("HY734", {"limit": str(MAX_CELLS)}))
    return Support(names, labels, cells)


def _without(
    cells: Column,
    impossible: Impossible,
    names: tuple[str, ...],
    labels: tuple[tuple[str, ...], ...],
) -> Column:
    terms = impossible.when.terms
    if not all(name in names for name, _ in terms) or names[-1] not in dict(terms):
        return cells
    held = np.ones(len(cells), bool)
    for name, wanted in terms:
        place = names.index(name)
        held &= np.isin(cells[:, place], [labels[place].index(label) for label in wanted])
    return cells[~held]
