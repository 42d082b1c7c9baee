"""The one seam between the simulator and the rules: trainings in, amounts out.

Whoever decides here gives what the exact evaluator would: an amount in fen for each training and item, 0 where
nothing is granted.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from attrs import define, field, frozen

from hypolicy.backends.columns.entries import Coded
from hypolicy.backends.columns.machine import Jit, numba_installed
from hypolicy.backends.columns.program import Program, Wanted, compile_policy
from hypolicy.backends.columns.run import Granted, Lister
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules.outcome import Status
from hypolicy.rules.types import BoolType, IdentifierType, TextType
from hypolicy_simulator.behaviour.frame import FLAGS, NONE, Frame
from hypolicy_simulator.behaviour.trainings import NUMBER
from hypolicy_simulator.run.entries import TrainingValues, ranks_of_labels
from hypolicy_simulator.run.records import records_frame
from hypolicy_simulator.scenario.domains import Days, Labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.backends.columns.ledger import Ledger
    from hypolicy.backends.columns.machine import Machine
    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Fact
    from hypolicy_simulator.arrays import Column, Counts, Fen, Held, Rows
    from hypolicy_simulator.scenario.check import Checked

_EPOCH: Final = date(1970, 1, 1)


@frozen
class Payments:
    """What is granted, one by one: for which of so many trainings and for which of so many items, and how many fen."""

    trainings: int
    items: int
    row: Rows
    item: Counts
    fen: Fen

    def by_item(self) -> Fen:
        """Fen by item and training, 0 where nothing is granted."""
        fen = np.zeros((self.items, self.trainings), np.int64)
        fen.reshape(-1)[self.item * self.trainings + self.row] = self.fen
        return fen


class Decider(Protocol):
    def payments(self, frame: Frame) -> Payments:
        """What is granted for trainings."""

    def decide(self, frame: Frame) -> Fen:
        """The same, as fen by item and training."""

    def in_doubt(self, frame: Frame, asked: Held) -> Rows:
        """The trainings of which a limit may refuse any payment that is asked (by item and training), or part of it."""


def decider(
    checked: Checked, settings: Settings, *, often: bool = False, other: Decider | None = None
) -> Decider:
    """The compiled engine, which gives what the exact evaluator does; that itself for what does not compile.

    `often`: whether it will decide many times, so that compiling it for the processor pays. Where it does not, an
    `other` one, which has been compiled, is asked for the items on which both say the same.
    """
    jit = Jit.ALWAYS if often and numba_installed() else Jit.NEVER
    try:
        program = compile_policy(checked.policy, settings, jit=jit, wanted=Wanted.GRANTED)
        made = ColumnsDecider(checked, program)
    except Refusal:
        return ExactDecider(checked, settings)
    return made.but_for(other) if isinstance(other, ColumnsDecider) else made


@define
class ColumnsDecider:
    """The compiled engine, on columns as they are; trainings become records only where rules ask for identifiers."""

    checked: Checked
    program: Program
    _lister: Lister = field(init=False)
    # What the rules take for each label of a fact, and last for none of them; None where they ask for identifiers.
    _codes: dict[str, Column] | None = field(init=False)
    # What the ledger takes for them.
    _ranks: dict[str, Counts] = field(init=False)
    # Who decides, before the ledger, on the items that the program leaves out.
    _other: ColumnsDecider | None = field(default=None, init=False)
    _rules: dict[int, tuple[object, ...]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._lister = Lister(self.program)
        ledger = self.program.ledger
        self._ranks = ranks_of_labels(self.checked, ledger.facts) if ledger is not None else {}
        self._codes = None
        if not any(isinstance(fact.type, IdentifierType) for fact in self.program.coding.facts):
            self._codes = self.program.coding.of_labels(self._labels())

    def payments(self, frame: Frame) -> Payments:
        granted = self._granted(frame)
        fen = self._settled(frame, granted)
        stands = np.flatnonzero(fen)
        row, item = granted.row[stands], granted.item[stands]
        return Payments(len(frame), len(self.program.items), row, item, fen[stands])

    def decide(self, frame: Frame) -> Fen:
        return self.payments(frame).by_item()

    def but_for(self, other: ColumnsDecider) -> ColumnsDecider:
        """The same, where the other is asked for every item on which its rules are the same, word for word."""
        places = [place for place in self.program.places if self._rules_of(place) != other._rules_of(place)]
        made = ColumnsDecider(self.checked, self.program.only(places))
        made._other = other
        return made

    def _rules_of(self, place: int) -> tuple[object, ...]:
        """All that decides on an item before the ledger: what is equal decides alike."""
        if place not in self._rules:
            kernel, coding = self.program.only([place]).kernel(Wanted.GRANTED), self.program.coding
            spelt = {fact.name for fact in coding.facts if isinstance(fact.type, TextType | IdentifierType)}
            dictionary = None if spelt.isdisjoint(kernel.columns) else coding.dictionary
            arrays = [array.tolist() for array in kernel.arrays]
            self._rules[place] = (kernel.code, tuple(kernel.columns), arrays, dictionary)
        return self._rules[place]

    def _granted(self, frame: Frame) -> Granted:
        """What is granted before the ledger, in the order of rows."""
        if self._other is None:
            return self._listed(frame)
        granted = self._other._granted(frame)
        granted = granted.some(np.flatnonzero(~np.isin(granted.item, list(self.program.places))))
        if self.program.places:
            granted = granted.beside(self._listed(frame))
            granted = granted.some(np.lexsort((granted.item, granted.row)))
        return granted

    def _listed(self, frame: Frame) -> Granted:
        flags = self._flags(frame)
        _, granted = self._lister.listed(self._columns(frame, flags), range(len(frame)), flags=flags)
        return granted

    def _labels(self) -> dict[str, Sequence[str | bool]]:
        labels: dict[str, Sequence[str | bool]] = {}
        for fact in self.program.coding.facts:
            domain = self.checked.domains.get(fact.name)
            if isinstance(domain, Labels):
                labels[fact.name] = (False, True) if isinstance(fact.type, BoolType) else domain.labels
        return labels

    def _flags(self, frame: Frame) -> tuple[str, ...]:
        """The facts, yes or no, of persons, which a processor takes as bits of one number."""
        if self.program.jit is not Jit.ALWAYS or self._codes is None:
            return ()
        facts = self.program.coding.packed & frame.of_persons.known
        return tuple(name for name in self.program.kernel(Wanted.GRANTED).columns if name in facts)[:FLAGS]

    def _columns(self, frame: Frame, flags: tuple[str, ...]) -> dict[str, Column]:
        if self._codes is None:
            facts = {fact.name for fact in self.program.coding.facts}
            return self.program.coding.encode(records_frame(self.checked, frame, facts))
        columns = dict.fromkeys(flags, frame.flags(flags)) if flags else {}
        for name in self.program.kernel(Wanted.GRANTED).columns:
            if name not in columns:
                columns[name] = self._coded(frame[name], self._codes.get(name))
        return columns

    def _coded(self, column: Column, codes: Column | None) -> Column:
        """Numbers and days are what the rules take, and so are the places of many labels."""
        if codes is None or ((codes[:-1] == np.arange(len(codes) - 1)).all() and column.min(initial=0) >= 0):
            return column
        return codes[column]

    def _settled(self, frame: Frame, granted: Granted) -> Fen:
        """The amounts of what is granted, so far as the limits leave them."""
        ledger = self.program.ledger
        if ledger is None:
            return granted.fen
        limited = [place in self.program.may_change for place in range(len(self.program.items))]
        places = np.flatnonzero(np.array(limited)[granted.item])
        machine = self._compiled(ledger)
        if machine is not None:
            places = places[self._doubtful(ledger, machine, frame, granted.some(places))]
        readied = ledger.ready(self._entries(frame, granted.some(places)))
        verdicts, fen = readied.settle(self.program.machine(0)), granted.fen.copy()
        fen[places] = np.where(verdicts.stands, verdicts.paid, 0)
        return fen

    def in_doubt(self, frame: Frame, asked: Held) -> Rows:
        if self.program.ledger is None:
            return np.zeros(0, np.intp)
        item, row = np.nonzero(asked)
        nothing = np.zeros(len(row), np.int64)
        every = Granted(row, item, nothing, nothing, None)
        machine = self.program.machine(0)
        return np.unique(row[self._doubtful(self.program.ledger, machine, frame, every)])

    def _compiled(self, ledger: Ledger) -> Machine | None:
        """What has the screen of the ledger compiled; without that it is no quicker than the ledger itself."""
        if self._other is not None and self._other.program.ledger is not None:
            others = self._other.program.ledger.screens
            if [screen.text for screen in ledger.screens] == [screen.text for screen in others]:
                return self._other._compiled(self._other.program.ledger)
        return self.program.machine(0) if self.program.jit is Jit.ALWAYS else None

    def _doubtful(self, ledger: Ledger, machine: Machine, frame: Frame, granted: Granted) -> Rows:
        """The places of what a limit may refuse."""
        return np.flatnonzero(ledger.doubtful(self._entries(frame, granted), machine))

    def _entries(self, frame: Frame, granted: Granted) -> Coded:
        values = TrainingValues(self.checked, self._ranks, frame, granted.row)
        return Coded(granted.row, granted.item, granted.edition, granted.fen, values)


@define
class ExactDecider:
    """The exact evaluator itself."""

    checked: Checked
    settings: Settings
    evaluator: Evaluator = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.evaluator = Evaluator(self.checked.policy, self.settings)

    def payments(self, frame: Frame) -> Payments:
        fen = self.decide(frame)
        item, row = np.nonzero(fen)
        return Payments(len(frame), len(fen), row, item, fen[item, row])

    def decide(self, frame: Frame) -> Fen:
        columns = [values(self.checked, fact, frame) for fact in self.checked.kind.facts]
        decided = self.evaluator.decide(list(zip(*columns, strict=True)), record=self.checked.kind.name)
        fen = [[d.fen if d.status is Status.GRANTED else 0 for d in row] for row in decided.rows]
        return np.array(fen, np.int64).reshape(len(frame), len(self.checked.policy.benefits)).T

    def in_doubt(self, frame: Frame, asked: Held) -> Rows:
        return np.arange(len(frame))


def values(checked: Checked, fact: Fact, frame: Frame) -> list[Any]:
    """The values of a fact as the language has them; None where not given."""
    if fact.name == checked.scenario.person:
        assert frame.who is not None
        return [str(person + 1) for person in frame.who.tolist()]
    if fact is checked.kind.key:
        return [str(number) for number in frame[NUMBER].tolist()]
    if fact.name not in checked.domains:
        return [None] * len(frame)
    codes: list[int] = frame[fact.name].tolist()
    match checked.domains[fact.name]:
        case Labels(labels):
            known = [bool(place) for place in range(2)] if isinstance(fact.type, BoolType) else labels
            return [None if code < 0 else known[code] for code in codes]
        case Days():
            return [None if code == NONE else _EPOCH + timedelta(days=code) for code in codes]
        case _:
            return [None if code == NONE else code for code in codes]
