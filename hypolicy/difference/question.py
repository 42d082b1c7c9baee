"""Is there a record on which two items give different results? Asked region by region, confirmed by the evaluator.

The periods between versions are asked one after the other; first with every reading at its default, then with
readings left for the search to choose. Where every question is answered with a contradiction the items give the same,
and this is a proof; where one stays open, so does the answer.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen

from hypolicy.difference.amounts import Amounts, Paying, TooManyCasesError
from hypolicy.difference.judge import Judge
from hypolicy.difference.periods import Period, joint_periods
from hypolicy.difference.regions import Region, RegionMaker, Regions
from hypolicy.proof.lowering import Lowering
from hypolicy.proof.search import Search, Verdict
from hypolicy.rules import tree
from hypolicy.rules.difference import Aspect
from hypolicy.rules.facts import walk
from hypolicy.rules.ledger import all_members

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hypolicy.difference.side import Readings, Side
    from hypolicy.rules.normal_form import Form

_MOST_COMBINATIONS: Final = 64
_MOST_BRANCHES: Final = 4_000
_MOST_LEAVES: Final = 200
SIZES: Final = (10, 1, 100, 2, 7, 1_000, 0, 10**6)
_RESULTS: Final = frozenset({Aspect.RESULT, Aspect.AMOUNT})


@frozen
class Found:
    """A record on which two items differ, with the readings under which it does."""

    record: tuple[Any, ...]
    readings: Readings
    aspect: Aspect


@frozen
class Finding:
    """`found`, or where it is None a proof that no record differs, or, with `unseen`, what leaves the matter open."""

    found: Found | None = None
    unseen: tuple[str, ...] = ()

    @property
    def proved_same(self) -> bool:
        return self.found is None and not self.unseen


@frozen
class _Scene:
    """Two items in one period under one choice of readings: their regions, and what every record of it meets.

    `alone` says that a record is granted none of the items that share a limit with them.
    """

    first: Regions
    second: Regions
    common: tuple[Form, ...]
    alone: tuple[Form, ...]
    chosen: Readings
    paying: tuple[Paying, Paying]


@frozen
class _Told:
    """A condition with what is said where it fails: words, where the author has worded it, and the clause."""

    region: Region
    reason: tuple[str, str]


def _told(regions: Regions, condition: tree.Condition) -> _Told:
    denial = condition.denial if condition.worded else ""
    return _Told(regions.maker.of(condition.expr), (denial, condition.origin.clause))


@define
class ItemQuestion:
    """One item in two policies, on records of one kind."""

    kind: tree.RecordKind
    sides: tuple[Side, Side]
    items: tuple[tree.Benefit, tree.Benefit]
    required: Sequence[tree.Fact] = ()
    _judges: dict[tuple[tuple[str, str], ...], Judge] = field(factory=dict)
    _unseen: dict[str, None] = field(factory=dict)

    def ask(self) -> Finding:
        for pinned in (True, False):
            self._unseen = {}
            found = self.results(pinned)
            if found is None and not self._unseen:
                found = self.reasons(pinned)
            if found is not None:
                return Finding(found)
        return Finding(None, tuple(self._unseen))

    # --------------------------------------------------------------------------------------------- questions

    def results(self, pinned: bool) -> Found | None:
        """Who is granted by one alone; who is granted otherwise; who is refused in another way."""
        for scene in self.scenes(pinned):
            first, second = scene.first, scene.second
            questions = [
                [second.granted.inside, first.granted.outside],
                [first.granted.inside, second.granted.outside],
            ]
            found = self.any_of(scene, questions, _RESULTS) or self.any_of(
                scene, self.amounts(scene), _RESULTS
            )
            questions = [
                [second.applies.inside, first.applies.outside],
                [first.applies.inside, second.applies.outside],
                [second.waiting.inside, first.waiting.outside],
                [first.waiting.inside, second.waiting.outside],
            ]
            found = found or self.any_of(scene, questions, _RESULTS)
            if found is not None:
                return found
        return None

    def amounts(self, scene: _Scene) -> Iterator[list[Form]]:
        granted = [scene.first.examined.inside, scene.second.examined.inside]
        granted += [region.inside for side in (scene.first, scene.second) for region in side.conditions]

        def possible(conditions: list[Form]) -> bool:
            search = Search(self.kind, self.sides[0].forms, most_branches=_MOST_BRANCHES)
            answer = search.ask([*scene.common, *granted, *conditions], lambda record, readings: True)
            return answer.verdict is not Verdict.EXCLUSIVE

        try:
            for conditions in Amounts(*scene.paying, possible).ways():
                yield [*granted, *conditions]
        except TooManyCasesError:
            self._unseen["金额的情况太多"] = None

    def reasons(self, pinned: bool) -> Found | None:
        """Who is refused or let wait by both, and told something else."""
        aspects = frozenset({Aspect.REASON, Aspect.CLAUSE})
        for scene in self.scenes(pinned):
            first, second = scene.first, scene.second
            both = [first.examined.inside, second.examined.inside]
            refused = [*both, first.granted.outside, second.granted.outside]
            questions = []
            for plain, whole in self.failing(scene):
                found = self.any_of(scene, ([*refused, *goals] for goals in plain), aspects, aside=True)
                if found is not None:
                    return found
                questions.append([*refused, *whole])
            if self.items[0].origin.clause != self.items[1].origin.clause:
                questions.append([first.granted.inside, second.granted.inside])
            if waiting_form(first) != waiting_form(second):
                questions.append([first.waiting.inside, second.waiting.inside])
            found = self.any_of(scene, questions, aspects)
            if found is not None:
                return found
        return None

    def failing(self, scene: _Scene) -> Iterator[tuple[list[list[Form]], list[Form]]]:
        """Failing what one item alone asks for, or asks for in other words: where this is all that fails, if it can be;
        and wherever the other item does not give the same reason."""
        told: list[dict[_Told, list[Form]]] = []
        common: list[dict[Form, Form]] = []
        for regions in (scene.first, scene.second):
            passed = [region.inside for region in regions.conditions]
            own: dict[_Told, list[Form]] = {_told(regions, c): [] for c in regions.benefit.conditions}
            for case in regions.benefit.cases:
                # Cases are looked at where all conditions of the item hold.
                own |= {_told(regions, condition): passed for condition in case.conditions}
            told.append(own)
            common.append({region.outside: region.inside for region in regions.conditions})
        shared = {outside: inside for outside, inside in common[0].items() if outside in common[1]}
        for own, other in ((told[1], told[0]), (told[0], told[1])):
            for one, before in own.items():
                if one in other:
                    continue
                failing = [one.region.outside, *before]
                same = [o.region.inside for o in other if o.reason == one.reason and one.reason[0]]
                unlike = [o for o in other if o not in own and o.region.outside != one.region.outside]
                rest = [o.region.inside for o in unlike]
                holding = [inside for outside, inside in shared.items() if outside != one.region.outside]
                plain = [[*failing, *same, *rest, *holding], [*failing, *same, *rest]]
                yield plain, [*failing, *same]

    def any_of(
        self,
        scene: _Scene,
        questions: Iterable[list[Form]],
        aspects: frozenset[Aspect],
        *,
        aside: bool = False,
    ) -> Found | None:
        """The first record that answers one of the questions. Asked `aside`, what stays open does not count."""
        for goals in questions:
            found: list[Found] = []

            def confirm(
                record: Sequence[Any], readings: Mapping[str, str], found: list[Found] = found
            ) -> bool:
                chosen = {**scene.chosen, **readings}
                aspect = self.judge(chosen).aspect(record)
                if aspect in aspects:
                    found.append(Found(tuple(record), chosen, aspect))
                return bool(found)

            answer = self.search(_MOST_LEAVES).ask([*scene.common, *goals], confirm)
            if answer.verdict is Verdict.UNDECIDED and scene.alone:
                # Where another item of the record uses up what this one needs, the record should not get it.
                self.search(_MOST_LEAVES).ask([*scene.common, *scene.alone, *goals], confirm)
            if found:
                return found[0]
            if not aside:
                self._unseen |= dict.fromkeys(answer.unseen)
        return None

    def search(self, most_leaves: int) -> Search:
        first = self.sides[0]
        return Search(
            self.kind,
            first.forms,
            sizes=SIZES,
            first=first.defaults,
            most_branches=_MOST_BRANCHES,
            most_leaves=most_leaves,
        )

    def judge(self, readings: Readings) -> Judge:
        key = tuple(sorted(readings.items()))
        if key not in self._judges:
            self._judges[key] = Judge(self.sides, self.items, readings)
        return self._judges[key]

    # ------------------------------------------------------------------------------------------------ scenes

    def scenes(self, pinned: bool) -> Iterator[_Scene]:
        for combination in [{}] if pinned else self.combinations():
            chosen = {} if pinned else {**self.sides[0].defaults, **combination}
            fixed = None if pinned else frozenset(combination)
            lowerings = [self.lowering(side, chosen, fixed) for side in self.sides]
            governing = tuple(
                None if item.governing_date is None else lowering.value(item.governing_date)
                for item, lowering in zip(self.items, lowerings, strict=True)
            )
            forms = (self.sides[0].forms, self.sides[1].forms)
            for periods in joint_periods(self.items, (governing[0], governing[1]), forms):
                yield self.scene(chosen, fixed, periods, (governing[0], governing[1]))

    def scene(
        self,
        chosen: Readings,
        fixed: frozenset[str] | None,
        periods: tuple[Period, Period],
        governing: tuple[tree.Expr | None, tree.Expr | None],
    ) -> _Scene:
        regions: list[Regions] = []
        paying: list[Paying] = []
        common: list[Form] = []
        alone: list[Form] = []
        for side, item, period, date in zip(self.sides, self.items, periods, governing, strict=True):
            maker = RegionMaker(side.forms, self.lowering(side, chosen, fixed, period))
            conditions = period.conditions(date) if date is not None else ()
            common += [side.forms.truth(expr, holds) for expr, holds in conditions]
            common += [maker.of(validation.condition).inside for validation in self.validations(side)]
            regions.append(Regions(item, maker))
            alone += [Regions(other, maker).granted.outside for other in self.rivals(side, item)]
            paying.append(self.paying(side, item, regions[-1], chosen))
        for fact in self.required:
            common.append(self.sides[0].forms.truth(tree.Given(fact, fact.origin)))
        return _Scene(regions[0], regions[1], tuple(common), tuple(alone), chosen, (paying[0], paying[1]))

    def rivals(self, side: Side, item: tree.Benefit) -> list[tree.Benefit]:
        """The other items on such records under the limits that this one is under."""
        names: set[str] = set()
        for limit in side.policy.limits:
            members = all_members(limit.group)
            if item.name in members:
                names |= members
        others = (b for b in side.policy.benefits if b.name in names and b.name != item.name)
        return [other for other in others if other.record == item.record and not other.delegated_to]

    def validations(self, side: Side) -> Sequence[tree.Validation]:
        return next(kind.validations for kind in side.policy.records if kind.name == self.kind.name)

    def lowering(
        self, side: Side, chosen: Readings, fixed: frozenset[str] | None, period: Period | None = None
    ) -> Lowering:
        """With the readings named in `fixed` chosen, and the others left open; with None, all are chosen."""
        options = side.options(chosen)
        if fixed is not None:
            options = {name: option for name, option in options.items() if side.called(name) in fixed}
        return Lowering(None if period is None else period.day, options)

    def paying(self, side: Side, item: tree.Benefit, regions: Regions, chosen: Readings) -> Paying:
        cap = None if item.cap is None else item.cap.amount
        return Paying(regions, side.settings(chosen).stacking(item.stacking), cap)

    def combinations(self) -> Iterator[dict[str, str]]:
        """Each choice of the readings that amounts and dates depend on."""
        options: dict[str, list[str]] = {}
        for side, item in zip(self.sides, self.items, strict=True):
            for reading in readings_of_values(item):
                name = side.called(reading.name)
                own = [side.matches.option(reading.name, option) for option in reading.options]
                known = options.setdefault(name, [])
                known += [option for option in own if option not in known]
        for count, combination in enumerate(product(*options.values())):
            if count >= _MOST_COMBINATIONS:
                self._unseen["口径的组合太多"] = None
                return
            yield dict(zip(options, combination, strict=True))


def waiting_form(regions: Regions) -> object:
    """What lets the item wait, and what it then says."""
    gates = regions.benefit.pending
    named = [(regions.maker.of(g.condition).inside, g.ground or g.name, g.origin.clause) for g in gates]
    return named, regions.benefit.delegated_to, regions.benefit.origin.clause


def readings_of_values(item: tree.Benefit) -> list[tree.Reading]:
    """The readings in amounts, rates and dates, and those that stacking and the cap depend on."""
    exprs = [case.amount for case in item.cases] + [uplift.rate for uplift in item.uplifts]
    if item.governing_date is not None:
        exprs.append(item.governing_date)
    found = {
        node.reading.name: node.reading
        for expr in exprs
        for node in walk(expr)
        if isinstance(node, tree.ByReading)
    }
    if isinstance(item.stacking, tree.StackingByReading):
        found.setdefault(item.stacking.reading.name, item.stacking.reading)
    if item.cap is not None and isinstance(item.cap.period, tree.PeriodByReading):
        found.setdefault(item.cap.period.reading.name, item.cap.period.reading)
    return list(found.values())
