"""What would have to be otherwise: the fewest facts whose change turns a 不予 into a 准予, before the ledger.

The search is exact among the candidate values: whatever set of changes qualifies has to touch each condition that
fails, so it is enough to take one failing condition after another and to try the facts in it. One changed fact is
tried before two, and two before three. Work is bounded by a count, not by a clock, so that the answer is always
the same.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from hypolicy.backends.exact.candidates import Candidates, chosen_facts, distance, last_alike
from hypolicy.backends.exact.compile import Compiler, Day, Function, MissingFactError, Record
from hypolicy.backends.exact.editions import item_assessor
from hypolicy.backends.exact.observe import FAILURES
from hypolicy.rules import trace, tree
from hypolicy.rules.facts import facts_in, has_versions, is_given
from hypolicy.rules.outcome import Settings, Status
from hypolicy.rules.trace import Absence
from hypolicy.rules.types import DateType, EnumType, NumberType
from hypolicy.source.limits import MAX_CHANGED_FACTS, MAX_TRIES, MAX_WAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.backends.exact.assess import Assessor

Way = tuple[tuple[str, Any], ...]


@frozen
class _Requirement:
    """Something that must come out as `wanted`, and the facts that can make it do so."""

    test: Function
    wanted: bool
    facts: frozenset[str]

    def fails(self, record: Record, day: Day) -> bool:
        try:
            return bool(self.test(record, day)) is not self.wanted
        except tuple(FAILURES):
            return True


class _TriedEnoughError(Exception):
    """The count of tries is used up."""


@define
class NearestFinder:
    """The search for one benefit, compiled once for one choice of settings; `complete` as for the evaluator.

    Of a record that is not complete, a fact that is missing is one more that may be otherwise.
    """

    policy: tree.Policy
    benefit: tree.Benefit
    kind: tree.RecordKind
    settings: Settings
    complete: bool = True
    candidates: Candidates = field(init=False)
    assess: Assessor = field(init=False)
    valid: list[Function] = field(init=False)
    targets: list[list[_Requirement]] = field(init=False)
    governing: Function | None = field(init=False)
    facts: dict[str, tree.Fact] = field(init=False)

    def __attrs_post_init__(self) -> None:
        benefit, settings = self.benefit, self.settings
        self.candidates = Candidates(self.policy, benefit, self.kind, settings)
        # Single conditions are asked out of turn, where what the checker has proved of the usual order does not hold.
        plain, strict = Compiler(settings, self.complete), Compiler(settings, complete=False)
        self.assess = item_assessor(self.policy, benefit, plain)
        self.valid = [plain.function(validation.condition) for validation in self.kind.validations]
        self.governing = strict.function(benefit.governing_date) if benefit.governing_date else None
        common = [self._requirement(strict, gate.condition, wanted=False) for gate in benefit.pending]
        if benefit.applies is not None:
            common.append(self._requirement(strict, benefit.applies))
        common += [self._requirement(strict, condition.expr) for condition in benefit.conditions]
        valid = [self._requirement(strict, v.condition) for v in self.kind.validations]
        self.targets = [
            [
                *common,
                *(self._requirement(strict, condition.expr) for condition in case.conditions),
                self._amount(strict, case.amount),
                *valid,
            ]
            for case in benefit.cases
        ]
        used = {fact.name: fact for fact in facts_in(benefit)}
        for validation in self.kind.validations:
            used |= chosen_facts(validation.condition, settings)
        self.facts = used

    def find(self, record: Record) -> trace.Nearest:
        """The ways to 准予 that change the fewest facts of a record that is 不予."""
        return _Search(self, record).run()

    def _requirement(self, compiler: Compiler, expr: tree.Expr, *, wanted: bool = True) -> _Requirement:
        return _Requirement(compiler.function(expr), wanted, self._facts(expr))

    def _amount(self, compiler: Compiler, expr: tree.Expr) -> _Requirement:
        amount = compiler.function(expr)
        return _Requirement(lambda r, d: amount(r, d) > 0, wanted=True, facts=self._facts(expr))

    def _facts(self, expr: tree.Expr) -> frozenset[str]:
        """The facts that can change what an expression gives, through the governing date too."""
        names = set(chosen_facts(expr, self.settings))
        if self.benefit.governing_date is not None and has_versions(expr):
            names |= set(chosen_facts(self.benefit.governing_date, self.settings))
        return frozenset(names)

    def day(self, record: Record) -> Day:
        """The governing date of a record, so far as it can be told."""
        if self.governing is None:
            return None
        try:
            day: Day = self.governing(record, None)
        except tuple(FAILURES):
            return None
        return day

    def judge(self, record: Record) -> bool:
        """Whether a record is a sound one, and 准予 before the ledger."""
        return (
            all(map(partial(_may_hold, record), self.valid)) and self.assess(record).status is Status.GRANTED
        )


@define
class _Search:
    """One search. Ways that qualify are kept in `found`."""

    finder: NearestFinder
    record: Record
    tries: int = 0
    found: set[Way] = field(factory=set)
    _seen: set[tuple[int, int, Way]] = field(factory=set)
    _judged: dict[Way, bool] = field(factory=dict)

    @property
    def facts(self) -> dict[str, tree.Fact]:
        return self.finder.facts

    # ---------------------------------------------------------------------------------------------- search

    def run(self) -> trace.Nearest:
        try:
            for depth in range(1, MAX_CHANGED_FACTS + 1):
                for target in range(len(self.finder.targets)):
                    self.extend(list(self.record), (), depth, target)
                if self.found:
                    break
        except _TriedEnoughError:
            complete = False
        else:
            complete = True
        personal = any(fact.personal for fact in self.facts.values())
        return trace.Nearest(self.ways(), MAX_CHANGED_FACTS, complete, personal)

    def extend(self, record: list[Any], way: Way, left: int, target: int) -> None:
        """Change at most so many facts more; ways that qualify are kept in `found`."""
        way = tuple(sorted(way, key=lambda change: self.facts[change[0]].index))
        if (target, left, way) in self._seen:
            return
        self._seen.add((target, left, way))
        if left == 0:
            if self.qualifies(way):
                self.found.add(way)
            return
        day = self.finder.day(record)
        changed = {name for name, _ in way}
        failing = [r.facts - changed for r in self.finder.targets[target] if r.fails(record, day)]
        if not failing:
            if way and self.qualifies(way):
                self.found.add(way)
                return
            failing = [frozenset(self.facts) - changed]
        for name in self.choices(failing, left):
            fact = self.facts[name]
            for value in self.finder.candidates.others(fact, record, day):
                before, record[fact.index] = record[fact.index], value
                self.extend(record, (*way, (name, value)), left - 1, target)
                record[fact.index] = before

    def choices(self, failing: list[frozenset[str]], left: int) -> list[str]:
        """The facts of one failing condition, few; where only one change is left it must serve all of them."""
        if left == 1:
            names = frozenset.intersection(*failing)
        elif _least_changes(failing) > left:
            return []
        else:
            names = min(failing, key=self._weight)
        return sorted(names, key=lambda name: self.facts[name].index)

    def _weight(self, names: frozenset[str]) -> tuple[int, list[str]]:
        return sum(self.finder.candidates.weight(self.facts[name]) for name in names), sorted(names)

    def qualifies(self, way: Way) -> bool:
        """Whether the record so changed is a sound one, and 准予 before the ledger."""
        if way not in self._judged:
            self.tries += 1
            if self.tries > MAX_TRIES:
                raise _TriedEnoughError
            self._judged[way] = self.finder.judge(self.changed(way))
        return self._judged[way]

    def changed(self, way: Iterable[tuple[str, Any]]) -> list[Any]:
        record = list(self.record)
        for name, value in way:
            record[self.facts[name].index] = value
        return record

    # ------------------------------------------------------------------------------------------------ ways

    def ways(self) -> tuple[tuple[trace.Change, ...], ...]:
        """What was found, by the facts that change: the smallest change of each, with what would do instead."""
        least = {self.reduced(way) for way in self.found}
        fewest = min((len(way) for way in least), default=0)
        groups: dict[tuple[str, ...], list[Way]] = {}
        for way in least:
            if len(way) == fewest:
                groups.setdefault(tuple(name for name, _ in way), []).append(way)
        best = sorted((min(ways, key=self.size) for ways in groups.values()), key=self.size)
        return tuple(
            tuple(
                self.change(way, place, groups[tuple(name for name, _ in way)]) for place in range(len(way))
            )
            for way in best[:MAX_WAYS]
        )

    def reduced(self, way: Way) -> Way:
        """The smallest part of a way that qualifies already."""
        for count in range(1, len(way)):
            for part in combinations(way, count):
                if self.finder.judge(self.changed(part)):
                    return part
        return way

    def size(self, way: Way) -> tuple[Any, ...]:
        """How large the changes are together; where that is alike, which facts they are of, and their values."""
        facts = [self.facts[name] for name, _ in way]
        values = [value for _, value in way]
        sizes = [distance(f.type, self.record[f.index], v) for f, v in zip(facts, values, strict=True)]
        ranks = [_rank(fact, value) for fact, value in zip(facts, values, strict=True)]
        given = [(value is not None, value) for value in values]
        return sum(sizes), [fact.index for fact in facts], ranks, given

    def change(self, best: Way, place: int, ways: Sequence[Way]) -> trace.Change:
        """One change of the best way: also the other values that would do, the other changes being the same."""
        name, value = best[place]
        fact = self.facts[name]
        others = sorted(
            (
                way
                for way in ways
                if all(a == b for i, (a, b) in enumerate(zip(way, best, strict=True)) if i != place)
            ),
            key=self.size,
        )
        options = [way[place][1] for way in others]
        least: trace.Result = Absence.NOT_GIVEN
        most: trace.Result = Absence.NOT_GIVEN
        if isinstance(fact.type, DateType | NumberType) and value is not None:
            if name not in self.finder.candidates.telling:
                least, most = self.span(best, place)
            options = [option for option in options if option is None or option == value]
        table, is_outside = self.finder.candidates.table_of(fact, [o for o in options if o is not None])
        before = self.record[fact.index]
        return trace.Change(
            name,
            fact.type,
            before if is_given(before) else Absence.NOT_GIVEN,
            tuple(Absence.NOT_GIVEN if option is None else option for option in options),
            least,
            most,
            table,
            is_outside,
        )

    def span(self, best: Way, place: int) -> tuple[trace.Result, trace.Result]:
        """From where to where one value may lie, the other changes being the same."""
        name, value = best[place]

        def alike(other: Any) -> bool:
            return self.finder.judge(self.changed((*best[:place], (name, other), *best[place + 1 :])))

        low, high = last_alike(alike, value, -1), last_alike(alike, value, 1)
        return (
            Absence.NOT_GIVEN if low is None else low,
            Absence.NOT_GIVEN if high is None else high,
        )


def _may_hold(record: Record, validation: Function) -> bool:
    """Whether a record passes a 校验, as far as it tells."""
    try:
        return bool(validation(record, None))
    except MissingFactError:
        return True


def _rank(fact: tree.Fact, value: Any) -> int:
    """Labels in the order of their declaration."""
    return fact.type.labels.index(value) if isinstance(fact.type, EnumType) and value is not None else 0


def _least_changes(failing: list[frozenset[str]]) -> int:
    """At least so many facts must change, since these conditions share none."""
    count, taken = 0, set[str]()
    for names in sorted(failing, key=len):
        if taken.isdisjoint(names):
            count += 1
            taken |= names
    return count
