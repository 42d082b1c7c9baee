"""Explanations: the trace of one record, made by watching the evaluator decide it.

Earlier records count, so the records of the same holders are decided with it; records that share no holder with
these, directly or through others, cannot touch it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve, field

from hypolicy.backends.exact.compile import Compiler, MissingFactError
from hypolicy.backends.exact.editions import EditionsAssessor
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.item_steps import ItemWatcher, absent_item
from hypolicy.backends.exact.ledger import Ledger
from hypolicy.backends.exact.ledger_steps import Earlier, LedgerWitness
from hypolicy.backends.exact.nearest import NearestFinder
from hypolicy.backends.exact.screen import Screen
from hypolicy.backends.exact.steps import Aside, StepMaker, known, reading_used
from hypolicy.rules import trace, tree
from hypolicy.rules.editions import benefit_named, deciding, editions_of, policies
from hypolicy.rules.facts import UNANSWERED
from hypolicy.rules.outcome import Decision, Entry, Settings, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.backends.exact.compile import Record


@define
class Explainer:
    """One policy under one choice of settings; `complete` as for the evaluator."""

    policy: tree.Policy
    settings: Settings = field(factory=Settings)
    complete: bool = True
    _evaluator: Evaluator = field(init=False)
    _ledger: Ledger = field(init=False)
    _aside: Aside = field(init=False)
    # By item and edition, made when they are first needed.
    _watchers: dict[tuple[str, int], ItemWatcher] = field(factory=dict)
    _finders: dict[tuple[str, int], NearestFinder] = field(factory=dict)
    # By item; None for one that no amendment has changed.
    _amended: dict[str, EditionsAssessor | None] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._aside = Aside(self.policy, self.settings)
        self._evaluator = Evaluator(self.policy, self.settings, self.complete)
        self._ledger = Ledger(self.policy, Compiler(self.settings, self.complete))

    def explain(
        self,
        records: Sequence[Record],
        place: int,
        history: Sequence[Entry] = (),
        *,
        kind: tree.RecordKind | None = None,
        nearest: bool = True,
    ) -> trace.Trace:
        """The trace of the record at a place of its batch; with `nearest`, the smallest change for each 不予 too."""
        kind = kind if kind is not None else self.policy.records[0]
        related = self.related(records, place)
        batch = [records[i] for i in related]
        here = related.index(place)
        decided = self._evaluator.decide(batch, self.history_of(batch, history), kind.name)
        steps = StepMaker(self.policy, self.settings, records[place], self._aside)
        names = [benefit.name for benefit in self.policy.benefits]
        final = dict(zip(names, decided.rows[here], strict=True))
        items = {
            benefit.name: self.watched(benefit, final[benefit.name], steps)
            for benefit in self.policy.benefits
            if benefit.record == kind.name
        }
        ledger = self.ledger_of(batch, here, items, final, decided.granted, history, kind)
        explained = tuple(
            evolve(
                item,
                ledger=ledger.get(name),
                decision=final[name],
                amendments=self.amendments(name, records[place]),
                nearest=self.nearest(name, final[name].edition, kind).find(records[place])
                if nearest and item.before.status is Status.DENIED
                else None,
            )
            for name, item in items.items()
        )
        key = known(kind.key, records[place][kind.key.index])
        policy = self.policy
        return trace.Trace(
            policy.title,
            policy.number,
            policy.term,
            kind.name,
            key,
            self.changed(),
            self.illustrative(),
            self.notices(kind, batch, here),
            explained,
        )

    def watched(self, benefit: tree.Benefit, decision: Decision, steps: StepMaker) -> trace.ItemTrace:
        """What happened to the record, before the ledger, under the rules that decided."""
        if benefit_named(policies(self.policy)[decision.edition], benefit.name) is None:
            return absent_item(benefit, decision, steps)
        return self.watcher(benefit.name, decision.edition).watch(steps)

    def watcher(self, item: str, edition: int) -> ItemWatcher:
        if (item, edition) not in self._watchers:
            benefit = deciding(self.policy, item, edition)
            self._watchers[item, edition] = ItemWatcher(benefit, self.settings, self.complete)
        return self._watchers[item, edition]

    def amendments(self, item: str, record: Record) -> tuple[trace.AmendmentUsed, ...]:
        """The amendments of an item that tell which rules decide the record."""
        if item not in self._amended:
            editions = editions_of(self.policy, item)
            assessor = EditionsAssessor(editions, self.settings, self.complete) if len(editions) > 1 else None
            self._amended[item] = assessor
        amended = self._amended[item]
        if amended is None:
            return ()
        try:
            return tuple(amended.told(record))
        except MissingFactError:
            return ()

    def nearest(self, item: str, edition: int, kind: tree.RecordKind) -> NearestFinder:
        if (item, edition) not in self._finders:
            benefit = deciding(self.policy, item, edition)
            finder = NearestFinder(self.policy, benefit, kind, self.settings, self.complete)
            self._finders[item, edition] = finder
        return self._finders[item, edition]

    # ----------------------------------------------------------------------------------------- the ledger

    def related(self, records: Sequence[Record], place: int) -> list[int]:
        """The places of the records that share a holder with this one, directly or through others."""
        if self.policy.ledger is None:
            return [place]
        indexes = [holder.fact.index for holder in self.policy.ledger.holders]
        found = {place}
        while True:
            grown = {place}
            for index in indexes:
                holders = {records[i][index] for i in found} - {None, UNANSWERED}
                grown.update(i for i, record in enumerate(records) if record[index] in holders)
            if grown <= found or len(indexes) == 1:
                return sorted(grown)
            found |= grown

    def history_of(self, batch: Sequence[Record], history: Sequence[Entry]) -> list[Entry]:
        """The entries of earlier batches that touch a holder of these records."""
        if self.policy.ledger is None:
            return []
        facts = [holder.fact for holder in self.policy.ledger.holders]
        holders = {fact.name: {record[fact.index] for record in batch} for fact in facts}
        return [e for e in history if any(e.facts[name] in values for name, values in holders.items())]

    def ledger_of(
        self,
        batch: Sequence[Record],
        here: int,
        items: dict[str, trace.ItemTrace],
        final: dict[str, Decision],
        granted: Sequence[Entry],
        history: Sequence[Entry],
        kind: tree.RecordKind,
    ) -> dict[str, trace.LedgerUsed]:
        definition = self.policy.ledger
        if definition is None or not any(i.before.status is Status.GRANTED for i in items.values()):
            return {}
        earlier = self.earlier(definition, batch, here, granted, self.history_of(batch, history), kind)
        names = [benefit.name for benefit in self.policy.benefits]
        alone = self._evaluator.before_ledger([batch[here]], kind.name)[0]
        before = {name: one for name, one in zip(names, alone, strict=True) if name in items}
        witness = LedgerWitness(self.policy, self.settings, self._ledger, definition)
        return witness.of_record(batch[here], before, final, earlier)

    def earlier(
        self,
        definition: tree.Ledger,
        batch: Sequence[Record],
        here: int,
        granted: Sequence[Entry],
        history: Sequence[Entry],
        kind: tree.RecordKind,
    ) -> dict[str, list[Earlier]]:
        """What stood in the ledger before each item of the record: history, then what was granted in its order."""
        names = [benefit.name for benefit in self.policy.benefits]
        rows = self._evaluator.before_ledger(batch, kind.name)
        key = kind.key
        final = {(entry.item, entry.facts[key.name]): entry for entry in granted}
        before = [Earlier(entry, earlier_batch=True) for entry in history]
        out: dict[str, list[Earlier]] = {name: list(before) for name in names}
        for row, item in self._ledger.payable(definition, rows, batch):
            if row == here:
                out[names[item]] = list(before)
            entry = final.get((names[item], batch[row][key.index]))
            if entry is not None:
                before.append(Earlier(entry, earlier_batch=False))
        return out

    # -------------------------------------------------------------------------------------------- settings

    def changed(self) -> tuple[trace.ReadingUsed, ...]:
        """The readings that the run chose otherwise than the policy."""
        used = (reading_used(reading, self.settings) for reading in self.policy.readings)
        return tuple(reading for reading in used if reading.changed)

    def notices(self, kind: tree.RecordKind, batch: Sequence[Record], here: int) -> tuple[str, ...]:
        """The 提示 that the record gives rise to, by itself or beside others of its holders."""
        if not self.complete:
            return ()
        found = Screen(kind, self.settings).notices(batch)
        return tuple(message for message, rows in found.items() if here in rows)

    def illustrative(self) -> tuple[str, ...]:
        """Tables whose data are no official facts."""
        return tuple(
            table.name
            for table in self.policy.tables
            if any(v.illustrative for v in self.settings.tables.get(table.name, table.versions))
        )
