"""The exact evaluator: records of one kind to decisions. This is the definition of right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import define, field

from hypolicy.backends.exact.assess import Assessor, assessor
from hypolicy.backends.exact.compile import Compiler, Record
from hypolicy.backends.exact.ledger import Ledger
from hypolicy.rules.outcome import Decided, Decision, Entry, Settings
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
        self._assessors = [assessor(benefit, compiler) for benefit in self.policy.benefits]
        self._ledger = Ledger(self.policy, compiler)

    def decide(self, records: Sequence[Record], history: Iterable[Entry] = ()) -> Decided:
        """Decisions in the order of the records; the order itself never changes one of them.

        A record is a sequence of values by the index of the fact in its kind; None where not given.
        """
        rows: list[list[Decision]] = [[assess(record) for assess in self._assessors] for record in records]
        granted = self._ledger.fold(rows, records, history)
        return Decided(self.policy, rows, granted)
