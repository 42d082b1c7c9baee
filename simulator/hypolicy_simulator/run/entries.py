"""What the ledger compares of trainings, straight from their columns: no record is made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from attrs import frozen

from hypolicy.backends.columns import entries
from hypolicy.backends.columns.coding import canonical_dtype
from hypolicy.rules.types import BoolType, DateType
from hypolicy_simulator.behaviour.frame import ABSENT, NONE
from hypolicy_simulator.behaviour.trainings import NUMBER
from hypolicy_simulator.scenario.domains import Labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypolicy.rules.tree import Fact
    from hypolicy_simulator.arrays import Counts, Held, Rows
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.scenario.check import Checked


@frozen
class TrainingValues:
    """Facts of some trainings, as `backends.columns.entries.Values`; `ranks` are those of `ranks_of_labels`."""

    checked: Checked
    ranks: Mapping[str, Counts]
    frame: Frame
    rows: Rows

    def numbers(self, fact: Fact) -> Counts:
        column = self.hashes(fact)
        if fact.name in self.ranks:
            return self.ranks[fact.name][column]
        first = entries.DAYS_BEFORE if isinstance(fact.type, DateType) else 0
        return np.where(column == NONE, entries.NONE, column + first)

    def missing(self, fact: Fact) -> Held | None:
        absent = self.hashes(fact) == (ABSENT if fact.name in self.ranks else NONE)
        return absent if absent.any() else None

    def hashes(self, fact: Fact) -> Counts:
        if fact.name == self.checked.scenario.person:
            assert self.frame.who is not None
            return self.frame.who[self.rows]
        column = self.frame[NUMBER if fact is self.checked.kind.key else fact.name]
        return column[self.rows].astype(np.int64)


def ranks_of_labels(checked: Checked, facts: Sequence[Fact]) -> dict[str, Counts]:
    """What the ledger takes for each label of these facts, and last for none of them."""
    out = {}
    for fact in facts:
        domain = checked.domains.get(fact.name)
        if isinstance(domain, Labels):
            labels = [False, True] if isinstance(fact.type, BoolType) else domain.labels
            known = pl.Series(fact.name, labels, canonical_dtype(fact))
            out[fact.name] = np.append(entries.numbers(known, fact), entries.NONE)
    return out
