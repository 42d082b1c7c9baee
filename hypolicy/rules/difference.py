"""What two policies do differently, as data: the changes in words, and for each a record that shows it, or a proof.

Like a trace, a difference holds values and words only, and nothing of the policies that were compared, so that it can
be stored, sent, and shown by whatever shows it: a terminal, a page, a file.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import field, frozen

from hypolicy.rules.phrases import fen_in_yuan

if TYPE_CHECKING:
    from hypolicy.rules.trace import Known, Trace


class Aspect(Enum):
    """What differs: the result or the amount; or, where these are the same, only the reason or the clause."""

    RESULT = "结果"
    AMOUNT = "金额"
    REASON = "理由"
    CLAUSE = "依据"


class Verdict(Enum):
    """What is known of the effect of a change. APART: it is about something that no result of a record shows."""

    DIFFERS = "结果不同"
    SAME = "已证明结果相同"
    OPEN = "无法判断"
    APART = "不改变审定结果"


class ChangeKind(Enum):
    """What kind of thing has changed."""

    TERM = "施行期"
    CLAUSE = "条文"
    READING = "口径"
    PARAMETER = "参数"
    TABLE = "表"
    CONCEPT = "概念"
    GATE = "共同条件"
    BENEFIT = "补贴"
    FUND = "资金"
    LEDGER = "台账"
    LIMIT = "限制"
    CHECK = "核查和目标"
    COMPUTATION = "测算"
    FACT = "事实"
    VALIDATION = "校验"
    NOTICE = "提示"
    TOTALS = "汇总"


@frozen
class Sample:
    """A record that is made up: the facts that matter of it, in words, and all of them by name."""

    key: Known
    facts: tuple[Known, ...]
    whole: tuple[Known, ...] = field(repr=False)


@frozen
class Outcome:
    """What one of the policies says to a record: one of the results of an item, or 合格 and 退回, 提示 and 不提示.

    `fen` is the amount of what is granted or computed; the explanation is there for items.
    """

    status: str
    fen: int | None = None
    reasons: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    explanation: Trace | None = None

    @property
    def words(self) -> str:
        """The result in a few words, without the explanation."""
        if self.fen is not None:
            return f"{self.status}{fen_in_yuan(self.fen)}"
        return self.status


@frozen
class Example:
    """Records on which the results of an item differ: one, or a few whose last one differs.

    `readings` are those (name, option) that have to be chosen for it, where the default does not show it. `alone` says
    what the last record gets with this change by itself, where that is not what it gets with all of them.
    """

    item: str
    aspect: Aspect
    readings: tuple[tuple[str, str], ...]
    records: tuple[Sample, ...]
    before: Outcome
    after: Outcome
    alone: Outcome | None = None
    notes: tuple[str, ...] = ()


@frozen
class Effect:
    """What a change does to an item (or a check, a computation, or the records as a whole)."""

    item: str
    verdict: Verdict
    example: Example | None = None
    unseen: tuple[str, ...] = ()


@frozen
class Change:
    """One change: where, of what, in sentences; the words before and after; and what it does.

    `reason` says why there is no effect to look for. `indirect` are items that share a limit with one whose results
    differ, so that what is granted of the one may use up what the other had left.
    """

    kind: ChangeKind
    clause: str
    name: str
    sentences: tuple[str, ...]
    before: str
    after: str
    effects: tuple[Effect, ...] = ()
    reason: str = ""
    indirect: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The most that can be said of all effects together."""
        verdicts = {effect.verdict for effect in self.effects}
        for verdict in (Verdict.DIFFERS, Verdict.OPEN, Verdict.SAME):
            if verdict in verdicts:
                return verdict
        return Verdict.APART


@frozen
class Renaming:
    """What was called one thing and is now called another, and means the same."""

    kind: ChangeKind
    before: str
    after: str


@frozen
class Version:
    """Which policy one side is."""

    title: str
    number: str
    note: str = ""


@frozen
class Money:
    """Records of one group, and how they fare: numbers of those with a grant, and amounts in fen.

    `more` have more after the change than before, `more_by` fen together; `less` have less.
    """

    name: str
    before_count: int
    after_count: int
    before: int
    after: int
    more: int
    more_by: int
    less: int
    less_by: int


@frozen
class Move:
    """How many records of an item have had one result and have another."""

    item: str
    before: str
    after: str
    count: int


@frozen
class Impact:
    """What the changes do to the records of a file, in total and by item, by clause, and by each 汇总维度.

    A record counts once in each group, with what it has in all the items of the group.
    """

    file: str
    records: int
    total: Money
    items: tuple[Money, ...]
    clauses: tuple[Money, ...]
    dimensions: tuple[tuple[str, tuple[Money, ...]], ...]
    moves: tuple[Move, ...]
    illustrative: tuple[str, ...] = ()


@frozen
class Difference:
    """Two policies compared. `renamings` and `remarks` change nothing of what the rules mean."""

    before: Version
    after: Version
    changes: tuple[Change, ...]
    renamings: tuple[Renaming, ...]
    remarks: tuple[str, ...]
    impact: Impact | None = None

    @property
    def same(self) -> bool:
        return not self.changes
