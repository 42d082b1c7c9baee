"""Which declarations of two policies are the same thing: by name, else by what they say, else by where they are used.

A name is only a name. What is matched under another name has been renamed, which changes no result; what is matched
by its use may have changed besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from attrs import define, evolve, field, frozen

from hypolicy.difference import structure
from hypolicy.difference.structure import benefit_form, limit_form
from hypolicy.rules import tree
from hypolicy.rules.facts import walk
from hypolicy.rules.normal_form import Form, Forms, Interner, steps
from hypolicy.rules.rewrite import Rewriter
from hypolicy.rules.slots import slots
from hypolicy.rules.types import BoolType

if TYPE_CHECKING:
    from hypolicy.difference.joint import Joint
    from hypolicy.rules.calendar import Period


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)
Key = Callable[[N], Hashable]


@frozen
class Matches:
    """Declarations of the second policy, by name, with those of the first that they are."""

    readings: dict[str, tree.Reading] = field(factory=dict)
    options: dict[str, dict[str, str]] = field(factory=dict)
    parameters: dict[str, tree.Parameter] = field(factory=dict)
    tables: dict[str, tree.Table] = field(factory=dict)
    concepts: dict[str, tree.Concept] = field(factory=dict)
    benefits: dict[str, tree.Benefit] = field(factory=dict)
    limits: dict[str, tree.Limit] = field(factory=dict)

    @property
    def names(self) -> dict[tuple[str, ...], str]:
        """What the second policy's names are in the first, as `Forms` wants it."""
        names: dict[tuple[str, ...], str] = {}
        for name, reading in self.readings.items():
            names["口径", name] = reading.name
            names |= {("口径", name, mine): yours for mine, yours in self.options[name].items()}
        return names | {("参数", name): parameter.name for name, parameter in self.parameters.items()}

    def item(self, name: str) -> str:
        """What an item of the second policy is called in the first."""
        return self.benefits[name].name if name in self.benefits else name

    def option(self, reading: str, option: str) -> str:
        return self.options.get(reading, {}).get(option, option)

    def option_back(self, reading: str, option: str) -> str:
        """What an option of the first policy is called in the second."""
        return next(
            (mine for mine, yours in self.options.get(reading, {}).items() if yours == option), option
        )


def into_first(matches: Matches, term: Period | None = None, *, blank: bool = False) -> Rewriter:
    """Rewrites expressions of the second policy as the first would write them: what is matched is the first's own.

    So is the `term`, where it is given. With `blank`, what is not matched has no name: two expressions that differ in
    nothing else come out equal.
    """

    def replace(expr: tree.Expr) -> tree.Expr | None:
        match expr:
            case tree.ConceptRef(concept):
                same = matches.concepts.get(concept.name)
                if same is not None and _alike(same, concept):
                    return evolve(expr, concept=same)
                return _nameless("概念", expr) if blank else None
            case tree.ParameterRef(parameter):
                mine = matches.parameters.get(parameter.name)
                if mine is not None and mine.type.unit == parameter.type.unit:
                    return evolve(expr, parameter=mine)
                return _nameless("参数", expr) if blank else None
            case tree.Lookup(table, keys, column):
                own = tuple(rewriter(key) for key in keys)
                found = _table_of(matches, table, blank=blank)
                there = _column_of(table, column, found)
                return evolve(expr, keys=own, table=found, column=there) if there is not None else None
            case tree.InTable(table, _, value):
                return evolve(expr, table=_table_of(matches, table, blank=blank), value=rewriter(value))
            case tree.InTerm(operand) if term is not None:
                return evolve(expr, operand=rewriter(operand), term=term)
            case tree.ByReading(reading, options) if reading.name in matches.readings:
                named = tuple((matches.option(reading.name, name), rewriter(one)) for name, one in options)
                return evolve(expr, reading=matches.readings[reading.name], options=named)
            case _:
                return None

    rewriter = Rewriter(replace)
    return rewriter


def _alike(first: tree.Concept, second: tree.Concept) -> bool:
    return type(first.type) is type(second.type)


def _nameless(kind: str, expr: tree.Expr) -> tree.Expr:
    fact = tree.Fact(kind, expr.type, 0, "", False, "", False, False, "", "", expr.origin)
    return tree.FactRef(fact, expr.origin)


def _table_of(matches: Matches, table: tree.Table, *, blank: bool) -> tree.Table:
    found = matches.tables.get(table.name)
    if found is not None:
        return found
    return evolve(table, versions=()) if blank else table


def _column_of(table: tree.Table, column: tree.Column, found: tree.Table) -> tree.Column | None:
    """The column of the table that was found in the place of another."""
    return next((a for a, b in structure.same_columns(found, table) if b.name == column.name), None)


# --- matching --------------------------------------------------------------------------------------------------


def matched(joint: Joint, interner: Interner) -> Matches:
    """Both sides of a pair of policies, declaration by declaration."""
    return _Matcher(joint.before, joint.after, interner).run()


def paired(first: Iterable[N], second: Iterable[N], *keys: tuple[Key[N], Key[N]]) -> Iterator[tuple[N, N]]:
    """Those of one name, then, of those that are left, those that are alike; each of the others has no partner."""
    left = {one.name: one for one in first}
    right = {one.name: one for one in second}
    for name in [name for name in right if name in left]:
        yield left.pop(name), right.pop(name)
    for key, other in keys:
        groups: dict[Hashable, list[N]] = {}
        for one in right.values():
            groups.setdefault(other(one), []).append(one)
        for one in list(left.values()):
            alike = groups.get(key(one))
            if alike and key(one) is not None:
                same = alike.pop(0)
                yield left.pop(one.name), right.pop(same.name)


@define
class _Matcher:
    before: tree.Policy
    after: tree.Policy
    interner: Interner
    matches: Matches = field(factory=Matches)

    def run(self) -> Matches:
        self.readings()
        self.parameters()
        self.tables()
        self.concepts()
        self.benefits()
        self.limits()
        return self.matches

    @property
    def forms(self) -> tuple[Forms, Forms]:
        """Forms of both sides under the names known so far."""
        return Forms(self.interner), Forms(self.interner, self.matches.names)

    # -------------------------------------------------------------------------------------------- readings

    def readings(self) -> None:
        before, after = self.forms
        uses = (_uses_of_readings(self.before, before), _uses_of_readings(self.after, after))

        def anonymous(side: int) -> Key[tree.Reading]:
            def key(reading: tree.Reading) -> Hashable:
                options = Counter(uses[side].get((reading.name, option)) for option in reading.options)
                return (frozenset(options.items()), reading.fixed) if set(options) != {None} else None

            return key

        for first, second in paired(
            self.before.readings, self.after.readings, (anonymous(0), anonymous(1)), (_said, _said)
        ):
            self.matches.readings[second.name] = first
            self.matches.options[second.name] = _options(first, second, *uses)

    # ------------------------------------------------------------------------- parameters, tables, concepts

    def parameters(self) -> None:
        def content(parameter: tree.Parameter) -> Hashable:
            values = steps((version.period.start, version.value) for version in parameter.versions)
            return (parameter.type.unit, tuple(values)) if values else None

        keys = ((content, content), self.usage(tree.ParameterRef, lambda p: p.type.unit))
        for first, second in paired(self.before.parameters, self.after.parameters, *keys):
            self.matches.parameters[second.name] = first

    def tables(self) -> None:
        before, after = self.forms

        def shape(table: tree.Table) -> Hashable:
            return tuple(key.name for key in table.keys), tuple(str(column.type) for column in table.columns)

        def content(forms: Forms) -> Key[tree.Table]:
            def key(table: tree.Table) -> Hashable:
                rows = steps((v.period.start, frozenset(v.rows.items())) for v in table.versions)
                return shape(table), tuple(rows), tuple(forms.table(table, one) for one in table.columns)

            return key

        keys = ((content(before), content(after)), self.usage((tree.Lookup, tree.InTable), shape))
        for first, second in paired(self.before.tables, self.after.tables, *keys):
            self.matches.tables[second.name] = first

    def concepts(self) -> None:
        def content(forms: Forms) -> Key[tree.Concept]:
            return lambda concept: form_of(forms, concept.body)

        before, after = self.forms
        keys = ((content(before), content(after)),)
        for first, second in paired(self.before.concepts, self.after.concepts, *keys):
            self.matches.concepts[second.name] = first
        used = self.usage(tree.ConceptRef, lambda concept: type(concept.type).__name__)
        for first, second in paired(self.before.concepts, self.after.concepts, *keys, used):
            self.matches.concepts.setdefault(second.name, first)

    def usage(self, kinds: Any, nature: Callable[[Any], Hashable]) -> tuple[Key[Any], Key[Any]]:
        """Where a thing is used, told in forms in which what is not matched has no name."""

        def key(policy: tree.Policy, rewrite: Rewriter, forms: Forms) -> Key[Any]:
            places: dict[str, Counter[Form]] = {}
            for slot in slots(policy):
                form = form_of(forms, rewrite(slot))
                for name in {_name_of(node) for node in walk(slot) if isinstance(node, kinds)}:
                    places.setdefault(name, Counter())[form] += 1
            return lambda one: (
                (nature(one), frozenset(places[one.name].items())) if one.name in places else None
            )

        before, after = self.forms
        own = Matches(
            parameters={one.name: one for one in self.matches.parameters.values()},
            tables={one.name: one for one in self.matches.tables.values()},
            concepts={one.name: one for one in self.matches.concepts.values()},
        )
        return (
            key(self.before, into_first(own, blank=True), before),
            key(self.after, into_first(self.matches, blank=True), after),
        )

    # ------------------------------------------------------------------------------------ benefits and limits

    def benefits(self) -> None:
        before, after = self.forms
        into = into_first(self.matches)

        def place(benefit: tree.Benefit) -> Hashable:
            return benefit.origin.clause or None

        keys: tuple[tuple[Key[tree.Benefit], Key[tree.Benefit]], ...] = (
            (lambda b: benefit_form(before, b), lambda b: benefit_form(after, b)),
            (lambda b: benefit_form(before, b), lambda b: benefit_form(after, into.benefit(b))),
            (place, place),
        )
        for first, second in paired(self.before.benefits, self.after.benefits, *keys):
            self.matches.benefits[second.name] = first

    def limits(self) -> None:
        before, after = self.forms

        def place(limit: tree.Limit) -> Hashable:
            return limit.origin.clause or None

        keys: tuple[tuple[Key[tree.Limit], Key[tree.Limit]], ...] = (
            (
                lambda limit: limit_form(before, limit, str),
                lambda limit: limit_form(after, limit, self.matches.item),
            ),
            (place, place),
        )
        for first, second in paired(self.before.limits, self.after.limits, *keys):
            self.matches.limits[second.name] = first


def form_of(forms: Forms, expr: tree.Expr) -> Form:
    return forms.truth(expr) if isinstance(expr.type, BoolType) else forms.value(expr)


def _name_of(node: tree.Expr) -> str:
    match node:
        case tree.ParameterRef(parameter):
            return parameter.name
        case tree.Lookup(table) | tree.InTable(table):
            return table.name
        case tree.ConceptRef(concept):
            return concept.name
        case _:
            raise AssertionError(node)


# --- readings --------------------------------------------------------------------------------------------------


def _said(reading: tree.Reading) -> Hashable:
    """Readings that define nothing, as fixed ones do not, are known by their text."""
    return reading.options, reading.default, reading.reason


def _uses_of_readings(policy: tree.Policy, forms: Forms) -> dict[tuple[str, str], Hashable]:
    """What each option of each reading stands for, wherever the reading is used."""
    found: dict[tuple[str, str], Counter[Hashable]] = {}

    def use(reading: tree.Reading, options: Sequence[tuple[str, Any]], what: str) -> None:
        for option, meaning in options:
            found.setdefault((reading.name, option), Counter())[what, meaning] += 1

    for concept in policy.concepts:
        for node in walk(concept.body):
            if isinstance(node, tree.ByReading):
                options = [(option, form_of(forms, one)) for option, one in node.options]
                use(node.reading, options, "条件")
    for group in policy.groups:
        if isinstance(group.members, tree.GroupByReading):
            use(group.members.reading, group.members.options, "补贴组")
    for benefit in policy.benefits:
        if isinstance(benefit.stacking, tree.StackingByReading):
            use(benefit.stacking.reading, benefit.stacking.options, "叠加方式")
        if benefit.cap is not None and isinstance(benefit.cap.period, tree.PeriodByReading):
            use(benefit.cap.period.reading, benefit.cap.period.options, "期间")
    for limit in policy.limits:
        for rule in limit.rules:
            period = getattr(rule, "period", None)
            if isinstance(period, tree.PeriodByReading):
                use(period.reading, period.options, "期间")
    return {place: frozenset(meanings.items()) for place, meanings in found.items()}


def _options(
    first: tree.Reading,
    second: tree.Reading,
    before: dict[tuple[str, str], Hashable],
    after: dict[tuple[str, str], Hashable],
) -> dict[str, str]:
    """The options of the second reading with those of the first: by name, by what they stand for, by their place."""
    left = [option for option in first.options if option not in second.options]
    right = [option for option in second.options if option not in first.options]
    out = {option: option for option in second.options if option in first.options}
    for option in list(right):
        meaning = after.get((second.name, option))
        same = next((o for o in left if meaning is not None and before.get((first.name, o)) == meaning), None)
        if same is not None:
            out[option] = same
            left.remove(same)
            right.remove(option)
    if len(left) == len(right):
        out |= dict(zip(right, left, strict=True))
    return out
