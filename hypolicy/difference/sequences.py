"""A few records of one holder on which the ledgers of two policies come to different results.

What limits say can only be shown by several records. These are built from records that both policies would grant by
themselves: of one item or of several, in one year or in two, of the same kind or of different kinds, few or one more
than a limit allows, small or large. The evaluator settles each sequence under both policies; the shortest one that
shows a difference is told, without the records that it does not need. Where none does, nothing is proved.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.difference.regions import RegionMaker, Regions
from hypolicy.proof.lowering import Lowering
from hypolicy.proof.search import Search, Verdict
from hypolicy.rules import tree
from hypolicy.rules.difference import Aspect
from hypolicy.rules.ledger import all_members, rule_facts
from hypolicy.rules.operators import Comparison
from hypolicy.rules.readings import readings_of_ledger
from hypolicy.rules.types import DATE, EnumType, IdentifierType, TextType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hypolicy.difference.side import Readings, Side
    from hypolicy.rules.normal_form import Form

_MOST_RECORDS: Final = 12
_MOST_COMBINATIONS: Final = 16
_MOST_SEQUENCES: Final = 400
_LARGE: Final = (100, 1_000, 10, 1)
_PLAIN: Final = (1, 10)
Record = tuple[Any, ...]


@frozen
class FoundSequence:
    """Records, the last of which gets something else of an item."""

    records: tuple[Record, ...]
    item: str
    readings: Readings
    aspect: Aspect


@define
class SequenceQuestion:
    """The ledgers of two policies; `kind` is the kind of record that goes into them.

    `idle` comes out true where no item under the limits can be granted at all, so that they limit nothing.
    """

    kind: tree.RecordKind
    sides: tuple[Side, Side]
    required: Sequence[tree.Fact] = ()
    idle: bool = field(default=False, init=False)
    _grantable: list[str] = field(init=False)
    _pool: dict[tuple[Any, ...], Record | None] = field(factory=dict)
    _regions: dict[tuple[str, bool], list[Form]] = field(factory=dict)
    evaluators: list[Evaluator] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.evaluators = [Evaluator(side.policy, side.settings({})) for side in self.sides]
        self._grantable = [name for name in self.members() if self.granted(name, ()) is not None]
        self.idle = not self._grantable

    def ask(self) -> FoundSequence | None:
        sequences = self.sequences()
        for readings in self.combinations():
            self.evaluators = [Evaluator(side.policy, side.settings(readings)) for side in self.sides]
            for records in sequences:
                if self.differing(records) is not None:
                    return self.shortest(records, readings)
        return None

    # ------------------------------------------------------------------------------------------- sequences

    def members(self) -> list[str]:
        """The items that the limits or running caps of either policy are about."""
        found: dict[str, None] = {}
        for side in self.sides:
            for limit in side.policy.limits:
                for group in (limit.group, limit.linked):
                    if group is not None:
                        found |= dict.fromkeys(sorted(all_members(group)))
            found |= {b.name: None for b in side.policy.benefits if b.cap is not None}
        both = [{benefit.name for benefit in side.policy.benefits} for side in self.sides]
        return [name for name in found if name in both[0] and name in both[1]]

    def sequences(self) -> list[tuple[Record, ...]]:
        """The shortest first."""
        out: list[tuple[Record, ...]] = []
        longest = min(_MOST_RECORDS, self.most_times() + 1)
        years = self.years()
        for item in self._grantable:
            for sizes in (_PLAIN, _LARGE):
                for count in range(2, longest + 1):
                    same = [self.of(item, years[0], "同", sizes)] * count
                    out += self.numbered(same)
                    out += self.numbered([self.of(item, years[0], place, sizes) for place in range(count)])
            if len(years) > 1:
                for sizes in (_PLAIN, _LARGE):
                    out += self.numbered([self.of(item, year, "同", sizes) for year in years[:2]])
                    for count in (2, longest):
                        out += self.numbered([self.of(item, years[n % 2], n, sizes) for n in range(count)])
            for low, high in self.levels():
                levels = [self.of(item, years[0], ("级", label), _PLAIN) for label in (high, low)]
                out += self.numbered(levels)
        for first, second in product(self._grantable, repeat=2):
            if first == second:
                continue
            for mark in ("同", 0):
                pair = [self.of(first, years[0], "同", _PLAIN), self.of(second, years[0], mark, _PLAIN)]
                out += self.numbered(pair)
            both = self.of((first, second), years[0], "同", _PLAIN)
            out += self.numbered([both, both])
            mixed = [self.of(first if n % 2 else second, years[0], n, _PLAIN) for n in range(longest)]
            out += self.numbered(mixed)
        out.sort(key=len)
        return out[:_MOST_SEQUENCES]

    def numbered(self, records: Sequence[Record | None]) -> list[tuple[Record, ...]]:
        """The records as those of one holder, each with a number of its own; none where one of them is lacking."""
        ledger = self.sides[0].policy.ledger or self.sides[1].policy.ledger
        holders = {holder.fact.index for holder in ledger.holders} if ledger is not None else set()
        out = []
        for number, record in enumerate(records, start=1):
            if record is None:
                return []
            row = list(record)
            for index in holders:
                row[index] = "1"
            row[self.kind.key.index] = str(number)
            out.append(tuple(row))
        return [tuple(out)]

    def most_times(self) -> int:
        times = [
            rule.times
            for side in self.sides
            for limit in side.policy.limits
            for rule in limit.rules
            if isinstance(rule, tree.CountLimit)
        ]
        return max([2, *times])

    def years(self) -> list[int]:
        """Years of the term, whole ones first."""
        term = self.sides[0].policy.term
        first = term.start.year
        last = term.end.year if term.end is not None else first + 2
        years = [
            year for year in range(first, last + 1) if date(year, 1, 1) in term and date(year, 12, 31) in term
        ]
        return (years + [year for year in (first, last) if year not in years])[:2]

    def keys(self) -> list[tree.Fact]:
        """The facts by which limits tell one kind of entry from another."""
        found: dict[str, tree.Fact] = {}
        for side in self.sides:
            for limit in side.policy.limits:
                for rule in limit.rules:
                    found |= {fact.name: fact for fact in rule_facts(rule)}
        return [f for f in found.values() if isinstance(f.type, EnumType | TextType | IdentifierType)]

    def levels(self) -> list[tuple[str, str]]:
        """Neighbouring levels of the rules that forbid lower ones."""
        facts = {
            rule.level.name: rule.level
            for side in self.sides
            for limit in side.policy.limits
            for rule in limit.rules
            if isinstance(rule, tree.NoLower)
        }
        return [
            pair
            for fact in facts.values()
            if isinstance(fact.type, EnumType)
            for pair in zip(fact.type.labels, fact.type.labels[1:], strict=False)
        ]

    # -------------------------------------------------------------------------------------------- one record

    def of(self, item: str | tuple[str, str], year: int, mark: Any, sizes: Sequence[int]) -> Record | None:
        """A record that both policies grant an item, in a year; a `mark` tells of what kind: 同 is one kind."""
        place = (item, year, mark, tuple(sizes))
        if place not in self._pool:
            self._pool[place] = self.made(item, year, mark, sizes)
        return self._pool[place]

    def made(self, item: str | tuple[str, str], year: int, mark: Any, sizes: Sequence[int]) -> Record | None:
        goals = [*self.in_year(year)]
        forms = self.sides[0].forms
        keys = self.keys()
        form = tuple(forms.value(tree.FactRef(key, key.origin)) for key in keys)
        if isinstance(mark, int) and mark and keys:
            used = [self.of(item, year, earlier, sizes) for earlier in range(mark)]
            rows = frozenset(tuple(str(r[key.index]) for key in keys) for r in used if r is not None)
            goals.append(forms.interner.opposite(forms.interner.form("row", form, rows)))
        elif isinstance(mark, tuple):
            level = next(
                rule.level
                for side in self.sides
                for limit in side.policy.limits
                for rule in limit.rules
                if isinstance(rule, tree.NoLower)
            )
            goals.append(forms.truth(tree.OneOf(tree.FactRef(level, level.origin), (mark[1],), level.origin)))
            first = self.of(item, year, "同", sizes)
            others = [key for key in keys if key.name != level.name]
            if first is not None and others:
                own = tuple(forms.value(tree.FactRef(key, key.origin)) for key in others)
                row = frozenset({tuple(str(first[key.index]) for key in others)})
                goals.append(forms.interner.form("row", own, row))
        names = (item,) if isinstance(item, str) else item
        return self.granted(names[0], goals, sizes, names[1:])

    def in_year(self, year: int) -> Iterator[Form]:
        ledger = self.sides[0].policy.ledger or self.sides[1].policy.ledger
        if ledger is None:
            return
        day = tree.FactRef(ledger.year_date, ledger.year_date.origin)
        for comparison, edge in (
            (Comparison.AT_LEAST, date(year, 1, 1)),
            (Comparison.AT_MOST, date(year, 12, 31)),
        ):
            bound = tree.Compare(comparison, day, tree.Literal(edge, DATE, day.origin), day.origin)
            yield self.sides[0].forms.truth(bound)

    def granted(
        self,
        item: str,
        goals: Sequence[Form],
        sizes: Sequence[int] = _PLAIN,
        others: Sequence[str] = (),
    ) -> Record | None:
        """A record that both policies would grant the items, whatever stands in the ledger."""
        asked = list(goals)
        for fact in self.required:
            asked.append(self.sides[0].forms.truth(tree.Given(fact, fact.origin)))
        for name in (item, *others):
            regions = self.regions(name)
            if not regions:
                return None
            asked += regions
        names = [benefit.name for benefit in self.sides[0].policy.benefits]

        def confirm(record: Sequence[Any], readings: Mapping[str, str]) -> bool:
            granted = self.evaluators[0].decide([record], record=self.kind.name).rows[0]
            return all(granted[names.index(name)].fen for name in (item, *others))

        # Granted alone, where another item of the same record would use up what this one needs.
        alone = [self.regions(name, granted=False) for name in self.members() if name not in (item, *others)]
        for more in ([], [form for forms in alone for form in forms]):
            search = Search(self.kind, self.sides[0].forms, sizes=sizes, most_branches=2_000, most_leaves=50)
            answer = search.ask([*asked, *more], confirm)
            if answer.verdict is Verdict.POSSIBLE:
                return answer.witness
        return None

    def regions(self, item: str, *, granted: bool = True) -> list[Form]:
        """That a record is faultless, and granted the item (or not) in both policies; empty where it cannot be."""
        if (item, granted) not in self._regions:
            found: list[Form] = []
            for side in self.sides:
                benefit = side.benefit(item)
                if benefit is None or benefit.record != self.kind.name or benefit.delegated_to:
                    found = []
                    break
                maker = RegionMaker(side.forms, Lowering(None, side.options({})))
                kind = next(kind for kind in side.policy.records if kind.name == self.kind.name)
                found += [maker.of(validation.condition).inside for validation in kind.validations]
                region = Regions(benefit, maker).granted
                found.append(region.inside if granted else region.outside)
            self._regions[item, granted] = found
        return self._regions[item, granted]

    # ------------------------------------------------------------------------------------------ comparing

    def differing(self, records: Sequence[Record]) -> tuple[int, str, Aspect] | None:
        """The record and the item that come out otherwise: in money or result first, then in the reason."""
        decided = [evaluator.decide(records, record=self.kind.name).rows for evaluator in self.evaluators]
        names = [[benefit.name for benefit in evaluator.policy.benefits] for evaluator in self.evaluators]
        found: list[tuple[int, str, Aspect]] = []
        for place in range(len(records)):
            for item in names[0]:
                if item not in names[1]:
                    continue
                first, second = (
                    rows[place][own.index(item)] for rows, own in zip(decided, names, strict=True)
                )
                if first.status is not second.status:
                    found.append((place, item, Aspect.RESULT))
                elif first.fen != second.fen:
                    found.append((place, item, Aspect.AMOUNT))
        return next(iter(sorted(found, key=lambda one: (one[2] is not Aspect.RESULT, one[0]))), None)

    def shortest(self, records: Sequence[Record], readings: Readings) -> FoundSequence:
        """Without the records that are not needed; the one that differs comes last."""
        kept = list(records)
        for record in records:
            fewer = [one for one in kept if one is not record]
            if fewer and self.differing(fewer) is not None:
                kept = fewer
        differing = self.differing(kept)
        assert differing is not None
        place, item, aspect = differing
        last = kept.pop(place)
        return FoundSequence((*kept, last), item, readings, aspect)

    def combinations(self) -> Iterator[dict[str, str]]:
        """The defaults, then each choice of the readings that groups and periods depend on."""
        yield {}
        options: dict[str, tuple[str, ...]] = {}
        for reading in (reading for side in self.sides for reading in readings_of_ledger(side.policy)):
            options.setdefault(reading.name, reading.options)
        for count, combination in enumerate(product(*options.values())):
            if count >= _MOST_COMBINATIONS:
                return
            yield dict(zip(options, combination, strict=True))
