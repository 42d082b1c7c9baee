"""The one seam between the simulator and the rules: trainings in, amounts out.

Whoever decides here gives what the exact evaluator would: an amount in fen for each training and item, 0 where
nothing is granted.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, assert_never

import numpy as np
import polars as pl
from attrs import define, field

from hypolicy.backends.columns.machine import Jit, numba_installed
from hypolicy.backends.columns.program import Program, Wanted, compile_policy
from hypolicy.backends.columns.run import with_changes
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules import tree
from hypolicy.rules.outcome import Status
from hypolicy.rules.types import BoolType
from hypolicy_simulator.behaviour.frame import NONE, Frame
from hypolicy_simulator.behaviour.trainings import NUMBER
from hypolicy_simulator.run.records import records_frame
from hypolicy_simulator.scenario.domains import Days, Labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Fact
    from hypolicy_simulator.arrays import Column, Fen, Held, Rows
    from hypolicy_simulator.scenario.check import Checked

# Numbers up to so many times as many as there are entries are counted as they are.
_SPARSE: Final = 16
_RADIX: Final = np.uint64(1_000_003)
_EPOCH: Final = date(1970, 1, 1)


class Decider(Protocol):
    """`decide` gives fen by item and training."""

    def decide(self, frame: Frame) -> Fen: ...


def decider(checked: Checked, settings: Settings, *, often: bool = False) -> Decider:
    """The compiled engine, which gives what the exact evaluator does; that itself for what does not compile.

    `often`: whether it will decide many times, so that compiling it for the processor pays.
    """
    jit = Jit.ALWAYS if often and numba_installed() else Jit.NEVER
    try:
        return ColumnsDecider(checked, compile_policy(checked.policy, settings, jit=jit))
    except Refusal:
        return ExactDecider(checked, settings)


@define
class ColumnsDecider:
    """The compiled engine."""

    checked: Checked
    program: Program

    def decide(self, frame: Frame) -> Fen:
        run = self.program.start(wanted=Wanted.DECISIONS)
        part = run.feed(records_frame(self.checked, frame, {fact.name for fact in self.program.facts}))
        assert part is not None
        _, entries = run.pending()
        disputed = contested(self.program, entries)
        settled = self.program.settle(disputed, self.program.history_frame(()), reasons=False)
        return np.array([item.fen for item in with_changes(part, settled).items])


def contested(program: Program, entries: pl.DataFrame) -> pl.DataFrame:
    """All entries of holders of whom a limit may refuse any; of the others it refuses none, so they need no ledger.

    Where no cap runs over several payments and nothing came before, a limit refuses for what other entries of the same
    holder are: for one of the same kind, or for more of them than it allows. Most holders have neither.
    """
    holder, policy, settings = program.partition_fact, program.policy, program.settings
    rules = [rule for limit in policy.limits for rule in limit.rules]
    caps = [benefit.cap for benefit in policy.benefits if benefit.cap is not None]
    running = any(settings.period(cap.period) is not tree.PeriodKind.EACH for cap in caps)
    never = any(isinstance(rule, tree.CountLimit) and rule.times < 1 for rule in rules)
    lacking = any(entries[fact.name].has_nulls() for fact in program.carried)
    if holder is None or running or never or lacking:
        return entries
    who = _ranks(entries[holder.name])
    several = np.flatnonzero(np.bincount(who)[who] > 1)
    whose = who[several]
    touched = np.zeros(len(several), bool)
    for rule in rules:
        touched |= _may_refuse(rule, whose, entries, several)
    concerned = np.zeros(int(who.max(initial=0)) + 1, bool)
    concerned[whose[touched]] = True
    return entries[np.flatnonzero(concerned[who])]


def _may_refuse(rule: tree.LimitRule, whose: Column, entries: pl.DataFrame, rows: Rows) -> Held:
    """Entries of which a sentence may refuse one: all that it refuses are among them, perhaps with others."""
    match rule:
        case tree.NoRepeat(keys):
            mixed = whose.astype(np.uint64)
            for key in keys:
                # Where this runs over, two kinds may look like one; then the ledger sees more than it must.
                mixed = mixed * _RADIX + _numbers(entries[key.name])[rows]
            return pl.Series(mixed).is_duplicated().to_numpy()
        case tree.CountLimit(_, times):
            held: Held = np.bincount(whose)[whose] > times
            return held
        case tree.NotTogether() | tree.NoLower():
            return np.ones(len(rows), bool)
        case _:
            assert_never(rule)


def _ranks(column: pl.Series) -> Column:
    """Whole numbers from 0, the same where the values are, and not many more than there are values."""
    values = _numbers(column)
    if len(values) and values.max() < _SPARSE * len(values):
        return values.astype(np.int64)
    return np.unique(values, return_inverse=True)[1]


def _numbers(column: pl.Series) -> NDArray[np.uint64]:
    """Numbers that are the same where the values are."""
    coded = column.cast(pl.Categorical) if column.dtype == pl.String else column
    return coded.to_physical().cast(pl.Int64).to_numpy().astype(np.uint64)


@define
class ExactDecider:
    """The exact evaluator itself."""

    checked: Checked
    settings: Settings
    evaluator: Evaluator = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.evaluator = Evaluator(self.checked.policy, self.settings)

    def decide(self, frame: Frame) -> Fen:
        columns = [values(self.checked, fact, frame) for fact in self.checked.kind.facts]
        decided = self.evaluator.decide(list(zip(*columns, strict=True)), record=self.checked.kind.name)
        fen = [[d.fen if d.status is Status.GRANTED else 0 for d in row] for row in decided.rows]
        return np.array(fen, np.int64).reshape(len(frame), len(self.checked.policy.benefits)).T


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
