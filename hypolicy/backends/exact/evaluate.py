"""The exact evaluator: records of one kind to decisions. This is the definition of right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.backends.exact.assess import NOT_APPLICABLE, Assessor
from hypolicy.backends.exact.compile import Compiler, Record
from hypolicy.backends.exact.editions import item_assessor
from hypolicy.backends.exact.ledger import Ledger
from hypolicy.rules.outcome import Decided, Decision, Entry, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.rules.tree import Policy


@define
class Evaluator:
    """One policy under one choice of settings.

    `complete`: whether every record gives every fact that is not optional, as records from a checked file do;
    otherwise a missing fact makes the items that need it 待定.
    """

    policy: Policy
    settings: Settings = field(factory=Settings)
    complete: bool = True
    _assessors: list[Assessor] = field(init=False)
    _ledger: Ledger = field(init=False)

    def __attrs_post_init__(self) -> None:
        compiler = Compiler(self.settings, self.complete)
        policy = self.policy
        self._assessors = [item_assessor(policy, benefit, compiler) for benefit in policy.benefits]
        self._ledger = Ledger(self.policy, compiler)

    def decide(
        self, records: Sequence[Record], history: Iterable[Entry] = (), record: str | None = None
    ) -> Decided:
        """Decisions in the order of the records; the order itself never changes one of them.

        A record is a sequence of values by the index of the fact in its kind; None where not given. `record`
        names the kind (the first one where it is not said); benefits of other kinds do not apply.
        """
        kind = record if record is not None else self.policy.records[0].name
        rows = self.before_ledger(records, kind)
        granted = self._ledger.fold(rows, records, history)
        return Decided(self.policy, rows, granted)

    def before_ledger(self, records: Sequence[Record], kind: str) -> list[list[Decision]]:
        """Decisions on each record by itself."""
        assessors = [
            assess if benefit.record == kind else _of_other_kind
            for benefit, assess in zip(self.policy.benefits, self._assessors, strict=True)
        ]
        return [[assess(record) for assess in assessors] for record in records]


def _of_other_kind(record: Record) -> Decision:
    return NOT_APPLICABLE
