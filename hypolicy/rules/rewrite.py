"""Rule trees made anew with something in them replaced; what nothing replaces stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

from attrs import define, evolve, field

from hypolicy.rules import tree
from hypolicy.rules.facts import parts
from hypolicy.rules.types import EnumType

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
Replace = Callable[[tree.Expr], tree.Expr | None]


@define
class Rewriter:
    """Asks `replace` of every expression from the outside in; where it gives None, the parts are made anew.

    A concept is made anew once, however often it is mentioned.
    """

    replace: Replace
    _concepts: dict[int, tuple[tree.Concept, tree.Concept]] = field(factory=dict)

    def __call__(self, expr: tree.Expr) -> tree.Expr:
        found = self.replace(expr)
        if found is not None:
            return found
        if isinstance(expr, tree.ConceptRef):
            concept = self.concept(expr.concept)
            return expr if concept is expr.concept else evolve(expr, concept=concept)
        before = parts(expr)
        after = tuple(self(part) for part in before)
        if all(new is old for new, old in zip(after, before, strict=True)):
            return expr
        return with_parts(expr, after)

    def concept(self, concept: tree.Concept) -> tree.Concept:
        known = self._concepts.get(id(concept))
        if known is None:
            body = self(concept.body)
            made = concept if body is concept.body else evolve(concept, body=body, type=body.type)
            known = self._concepts[id(concept)] = (concept, made)  # kept, so that its id stays its own
        return known[1]

    # ------------------------------------------------------------------------------------------- whole items

    def conditions(self, conditions: Sequence[tree.Condition]) -> tuple[tree.Condition, ...]:
        return tuple(changed(condition, expr=self(condition.expr)) for condition in conditions)

    def case(self, case: tree.Case) -> tree.Case:
        return changed(case, conditions=self.conditions(case.conditions), amount=self(case.amount))

    def uplift(self, uplift: tree.Uplift) -> tree.Uplift:
        return changed(uplift, rate=self(uplift.rate), condition=self(uplift.condition))

    def gate(self, gate: tree.Gate) -> tree.Gate:
        return changed(gate, condition=self(gate.condition))

    def benefit(self, benefit: tree.Benefit) -> tree.Benefit:
        governing = benefit.governing_date
        return changed(
            benefit,
            applies=None if benefit.applies is None else self(benefit.applies),
            pending=tuple(self.gate(gate) for gate in benefit.pending),
            conditions=self.conditions(benefit.conditions),
            cases=tuple(self.case(case) for case in benefit.cases),
            uplifts=tuple(self.uplift(uplift) for uplift in benefit.uplifts),
            governing_date=None if governing is None else self(governing),
        )

    def validation(self, validation: tree.Validation) -> tree.Validation:
        return changed(validation, condition=self(validation.condition))

    def notice(self, notice: tree.Notice) -> tree.Notice:
        return notice if notice.condition is None else changed(notice, condition=self(notice.condition))

    def record_kind(self, kind: tree.RecordKind) -> tree.RecordKind:
        return changed(
            kind,
            validations=tuple(self.validation(validation) for validation in kind.validations),
            notices=tuple(self.notice(notice) for notice in kind.notices),
        )

    def policy(self, policy: tree.Policy) -> tree.Policy:
        """Everything in it; worked cases have no expressions, and earlier editions stay what they are."""
        return changed(
            policy,
            records=tuple(self.record_kind(kind) for kind in policy.records),
            concepts=tuple(self.concept(concept) for concept in policy.concepts),
            benefits=tuple(self.benefit(benefit) for benefit in policy.benefits),
            checks=tuple(changed(check, condition=self(check.condition)) for check in policy.checks),
            computations=tuple(changed(one, amount=self(one.amount)) for one in policy.computations),
        )


def changed(thing: T, **parts: Any) -> T:
    """The thing with other parts; the thing itself, where they are the very parts that it has."""
    new = {name: part for name, part in parts.items() if not _is_part(getattr(thing, name), part)}
    return evolve(thing, **new) if new else thing  # type: ignore[misc]


def _is_part(old: Any, new: Any) -> bool:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))
    return old is new


def with_parts(expr: tree.Expr, parts: tuple[tree.Expr, ...]) -> tree.Expr:
    """The expression with other direct operands, in the order of `facts.parts`."""
    match expr:
        case tree.Literal() | tree.FactRef() | tree.ParameterRef() | tree.Given():
            return expr
        case tree.ConceptRef(concept):
            return evolve(expr, concept=evolve(concept, body=parts[0]))
        case tree.Lookup():
            return evolve(expr, keys=parts)
        case tree.InTable():
            return evolve(expr, value=parts[0])
        case tree.Not() | tree.OneOf() | tree.InTerm() | tree.Shift():
            return evolve(expr, operand=parts[0])
        case tree.All() | tree.Any() | tree.Extreme():
            return evolve(expr, operands=parts)
        case tree.Compare():
            return evolve(expr, left=parts[0], right=parts[1])
        case tree.TermLength():
            return evolve(expr, first=parts[0], last=parts[1])
        case tree.Within():
            return evolve(expr, operand=parts[0], start=parts[1])
        case tree.Age():
            return evolve(expr, birth=parts[0], day=parts[1])
        case tree.Sum(terms):
            return evolve(expr, terms=_signed(terms, parts))
        case tree.Product(factors):
            return evolve(expr, factors=_signed(factors, parts))
        case tree.ByReading(_, options):
            names = [name for name, _ in options]
            kind = parts[0].type if isinstance(expr.type, EnumType) else expr.type
            return evolve(expr, options=tuple(zip(names, parts, strict=True)), type=kind)
        case _:
            assert_never(expr)


def _signed(
    before: Sequence[tuple[bool, tree.Expr]], parts: Sequence[tree.Expr]
) -> tuple[tuple[bool, tree.Expr], ...]:
    return tuple((sign, part) for (sign, _), part in zip(before, parts, strict=True))
