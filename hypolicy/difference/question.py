"""Is there a record on which two items give different results? Asked region by region, confirmed by the evaluator.

The periods between versions are asked one after the other; first with every reading at its default, then with
readings left for the search to choose. Where every question is answered with a contradiction the items give the same,
and this is a proof; where one stays open, so does the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen

from hypolicy.difference.amounts import Amounts, TooManyCasesError
from hypolicy.difference.courses import Course, courses
from hypolicy.difference.judge import Judge
from hypolicy.difference.scenes import Scene, Scenes
from hypolicy.proof.search import Search, Verdict
from hypolicy.rules.difference import Aspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hypolicy.difference.regions import Region, Regions
    from hypolicy.difference.side import Readings, Side
    from hypolicy.rules import tree
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
    _courses: tuple[list[Course], list[Course]] = field(init=False)
    _judges: dict[tuple[tuple[str, str], ...], Judge] = field(factory=dict)
    _unseen: dict[str, None] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        first, second = (courses(s.policy, one) for s, one in zip(self.sides, self.items, strict=True))
        self._courses = (first, second)

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

    def amounts(self, scene: Scene) -> Iterator[list[Form]]:
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
            if first.benefit.origin.clause != second.benefit.origin.clause:
                questions.append([first.granted.inside, second.granted.inside])
            if waiting_form(first) != waiting_form(second):
                questions.append([first.waiting.inside, second.waiting.inside])
            found = self.any_of(scene, questions, aspects)
            if found is not None:
                return found
        return None

    def failing(self, scene: Scene) -> Iterator[tuple[list[list[Form]], list[Form]]]:
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

    def scenes(self, pinned: bool) -> Iterator[Scene]:
        scenes = Scenes(self.kind, self.sides, self._courses, self.required)
        yield from scenes.all(pinned)
        if scenes.too_many:
            self._unseen["口径的组合太多"] = None

    def any_of(
        self,
        scene: Scene,
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


def waiting_form(regions: Regions) -> object:
    """What lets the item wait, and what it then says."""
    gates = regions.benefit.pending
    named = [(regions.maker.of(g.condition).inside, g.ground or g.name, g.origin.clause) for g in gates]
    return named, regions.benefit.delegated_to, regions.benefit.origin.clause
