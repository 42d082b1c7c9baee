"""Edits: what has changed, one declaration or part of an item at a time, and how to make it in the first policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from hypolicy.difference.align import Matches, into_first
from hypolicy.difference.side import Side
from hypolicy.difference.structure import same_columns
from hypolicy.rules import tree
from hypolicy.rules.rewrite import Rewriter, changed

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.difference.joint import Joint
    from hypolicy.rules.amendment import Amendment
    from hypolicy.rules.calendar import Period
    from hypolicy.rules.difference import ChangeKind

Alter = Callable[[tree.Policy], tree.Policy]


@frozen
class Overrides:
    """Declarations that take the place of the first policy's own of the same name, wherever they are used."""

    term: Period | None = None
    concepts: Mapping[str, tree.Concept] = field(factory=dict)
    parameters: Mapping[str, tree.Parameter] = field(factory=dict)
    tables: Mapping[str, tree.Table] = field(factory=dict)

    def __or__(self, other: Overrides) -> Overrides:
        return Overrides(
            other.term or self.term,
            {**self.concepts, **other.concepts},
            {**self.parameters, **other.parameters},
            {**self.tables, **other.tables},
        )

    def made_in(self, policy: tree.Policy) -> tree.Policy:
        out = _Overriding(self).rewriter.policy(policy)
        out = evolve(out, benefits=tuple(self._reworded(benefit) for benefit in out.benefits))
        return evolve(out, term=self.term) if self.term is not None else out

    def _reworded(self, benefit: tree.Benefit) -> tree.Benefit:
        """With the reasons of concepts that are worded otherwise now."""
        cases = (changed(case, conditions=self._denials(case.conditions)) for case in benefit.cases)
        return changed(benefit, conditions=self._denials(benefit.conditions), cases=tuple(cases))

    def _denials(self, conditions: Iterable[tree.Condition]) -> tuple[tree.Condition, ...]:
        return tuple(map(self._denial, conditions))

    def _denial(self, condition: tree.Condition) -> tree.Condition:
        match condition.expr:
            case tree.ConceptRef(concept) if concept.name in self.concepts and not condition.gate:
                denial = concept.denial or f"不符合「{concept.name}」"
                return evolve(condition, denial=denial, worded=bool(concept.denial))
            case _:
                return condition


@define
class _Overriding:
    overrides: Overrides
    rewriter: Rewriter = field(init=False)
    _concepts: dict[str, tree.Concept] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.rewriter = Rewriter(self.replace)

    def replace(self, expr: tree.Expr) -> tree.Expr | None:
        given, rewriter = self.overrides, self.rewriter
        match expr:
            case tree.InTerm(operand) if given.term is not None:
                return evolve(expr, operand=rewriter(operand), term=given.term)
            case tree.ConceptRef(concept) if concept.name in given.concepts:
                return evolve(expr, concept=self.concept(given.concepts[concept.name]))
            case tree.ParameterRef(parameter) if parameter.name in given.parameters:
                return evolve(expr, parameter=given.parameters[parameter.name])
            case tree.Lookup(table, keys, column) if table.name in given.tables:
                new = given.tables[table.name]
                same = next((b for a, b in same_columns(table, new) if a.name == column.name), column)
                return evolve(expr, table=new, column=same, keys=tuple(map(rewriter, keys)))
            case tree.InTable(table, _, value) if table.name in given.tables:
                return evolve(expr, table=given.tables[table.name], value=rewriter(value))
            case _:
                return None

    def concept(self, concept: tree.Concept) -> tree.Concept:
        if concept.name not in self._concepts:
            body = self.rewriter(concept.body)
            self._concepts[concept.name] = evolve(concept, body=body, type=body.type)
        return self._concepts[concept.name]


@frozen
class Edit:
    """How to make the change in the first policy: `alter` it, put `overrides` into it, choose other `defaults`.

    Where no result of a record can change by it, there is no way, and `reason` says why. `amended` names what amending
    documents have to do with it (`〔2020〕1号第一条`).
    """

    kind: ChangeKind
    clause: str
    name: str
    sentences: tuple[str, ...]
    before: str = ""
    after: str = ""
    alter: Alter | None = None
    overrides: Overrides | None = None
    defaults: Mapping[str, str] = field(factory=dict)
    reason: str = ""
    amended: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.kind, self.clause, self.name, self.sentences)


@define
class Pair:
    """The two policies on joint records, with what in them is the same thing."""

    joint: Joint
    matches: Matches
    first: Side
    second: Side
    into: Rewriter = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.into = into_first(self.matches, self.before.term)

    @property
    def before(self) -> tree.Policy:
        return self.joint.before

    @property
    def after(self) -> tree.Policy:
        return self.joint.after

    @property
    def concepts(self) -> frozenset[str]:
        """The concepts that need no definition: those that both policies have."""
        return frozenset({concept.name for concept in self.before.concepts} | set(self.matches.concepts))

    def with_edits(self, edits: Iterable[Edit]) -> Side:
        """The first policy with these edits made in it, from the day on which the second one has them."""
        made = list(edits)
        policy, overrides, defaults = self.before, Overrides(), dict(self.first.defaults)
        for edit in made:
            if edit.alter is not None:
                policy = edit.alter(policy)
            if edit.overrides is not None:
                overrides |= edit.overrides
            defaults |= edit.defaults
        policy = overrides.made_in(policy)
        ended_by = self.ended_by(made)
        if ended_by:
            policy = evolve(policy, earlier=(*self.before.earlier, tree.Edition(self.before, ended_by)))
        return Side(policy, self.first.forms, Matches(), defaults)

    def ended_by(self, edits: Sequence[Edit]) -> tuple[Amendment, ...]:
        """The amendments with which these edits come, where only the second policy has an edition before them."""
        own = self.after.earlier
        common = 0
        for one, other in zip(self.before.earlier, own, strict=False):
            if [a.number for a in one.ended_by] != [a.number for a in other.ended_by]:
                break
            common += 1
        further = own[common:]
        for edition in further:
            numbers = tuple(amendment.number for amendment in edition.ended_by)
            if any(mark.startswith(numbers) for edit in edits for mark in edit.amended):
                return edition.ended_by
        return further[0].ended_by if further else ()

    def since(self, edit: Edit) -> date | None:
        """The day from which the second policy has an edit; None where it has it from the beginning."""
        ended_by = self.ended_by([edit])
        return ended_by[0].day if ended_by else None


def together(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Edits of one thing that several items share, such as a 共同条件, as one."""
    groups: dict[tuple[object, ...], list[Edit]] = {}
    for edit in edits:
        groups.setdefault(edit.identity, []).append(edit)
    for group in groups.values():
        alters = [edit.alter for edit in group if edit.alter is not None]
        yield evolve(group[0], alter=_one_after_another(alters)) if alters else group[0]


def _one_after_another(alters: list[Alter]) -> Alter:
    def alter(policy: tree.Policy) -> tree.Policy:
        for one in alters:
            policy = one(policy)
        return policy

    return alter


def altering_benefit(name: str, change: Callable[[tree.Benefit], tree.Benefit]) -> Alter:
    def alter(policy: tree.Policy) -> tree.Policy:
        benefits = tuple(change(one) if one.name == name else one for one in policy.benefits)
        return evolve(policy, benefits=benefits)

    return alter


def altering_kind(name: str, change: Callable[[tree.RecordKind], tree.RecordKind]) -> Alter:
    def alter(policy: tree.Policy) -> tree.Policy:
        records = tuple(change(one) if one.name == name else one for one in policy.records)
        return evolve(policy, records=records)

    return alter
