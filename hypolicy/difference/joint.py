"""Two policies on one kind of record, so that every rule of either can be asked of the same record.

A joint record has the facts of both. A label that only one policy has counts, for the other, as one that none of its
lists names and each of its exclusions lets pass; whoever tells of such a record says that it has a new label.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

from attrs import define, evolve, field, frozen

from hypolicy.rules import tree
from hypolicy.rules.rewrite import Rewriter
from hypolicy.rules.types import EnumType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hypolicy.rules.amendment import Amendment
    from hypolicy.rules.types import Type

T = TypeVar("T")
# Facts by the name of their record and their own.
Names = Mapping[tuple[str, str], str]


@frozen
class FactPair:
    """A fact of a joint record; None on the side that does not have it."""

    record: str
    joint: tree.Fact
    before: tree.Fact | None
    after: tree.Fact | None


@frozen
class Joint:
    """Both policies with the facts of the joint records; `retyped` are facts that are not the same kind of thing."""

    before: tree.Policy
    after: tree.Policy
    facts: tuple[FactPair, ...]
    retyped: frozenset[str]

    def kind(self, name: str) -> tree.RecordKind:
        every = (*self.before.records, *self.after.records)
        return next(kind for kind in every if kind.name == name)


def joined(before: tree.Policy, after: tree.Policy, renamed: Names) -> Joint:
    """`renamed` are facts of the second policy that the first one has under other names."""
    kinds = _kinds(before, after)
    pairs: list[FactPair] = []
    retyped: set[str] = set()
    sides: tuple[dict[tuple[str, str], tree.Fact], ...] = ({}, {})
    joint_kinds: dict[str, tree.RecordKind] = {}
    for name, (first, second) in kinds.items():
        found = list(_facts(name, first, second, renamed, retyped))
        pairs += found
        for pair in found:
            for side, fact in zip(sides, (pair.before, pair.after), strict=True):
                if fact is not None:
                    side[fact.record, fact.name] = pair.joint
        kind = first or second
        assert kind is not None
        keys = sides[0] if first is not None else sides[1]
        facts = tuple(pair.joint for pair in found)
        joint_kinds[name] = evolve(kind, name=name, facts=facts, key=keys[kind.name, kind.key.name])
    names = {second.name: name for name, (_, second) in kinds.items() if second is not None}
    return Joint(
        _Side(sides[0], joint_kinds, {}).policy(before),
        _Side(sides[1], joint_kinds, names).policy(after),
        tuple(pairs),
        frozenset(retyped),
    )


def _kinds(
    before: tree.Policy, after: tree.Policy
) -> dict[str, tuple[tree.RecordKind | None, tree.RecordKind | None]]:
    """Kinds of record by name; one that has another name but the same facts is the same kind."""
    second = {kind.name: kind for kind in after.records}
    out: dict[str, tuple[tree.RecordKind | None, tree.RecordKind | None]] = {}
    for kind in before.records:
        same = second.get(kind.name)
        if same is None:
            facts = {fact.name for fact in kind.facts}
            others = [k for k in after.records if k.name not in {b.name for b in before.records}]
            same = next((other for other in others if {fact.name for fact in other.facts} == facts), None)
        if same is not None:
            second.pop(same.name, None)
        out[kind.name] = (kind, same)
    return out | {name: (None, kind) for name, kind in second.items()}


def _facts(
    record: str,
    first: tree.RecordKind | None,
    second: tree.RecordKind | None,
    renamed: Names,
    retyped: set[str],
) -> Iterable[FactPair]:
    left = {fact.name: fact for fact in (first.facts if first is not None else ())}
    right = {
        renamed.get((fact.record, fact.name), fact.name): fact
        for fact in (second.facts if second is not None else ())
    }
    for index, name in enumerate([*left, *(name for name in right if name not in left)]):
        a, b = left.get(name), right.get(name)
        fact = a or b
        assert fact is not None
        if a is not None and b is not None:
            kind = common_type(a.type, b.type)
            if kind is None:
                retyped.add(name)
                kind = a.type
            fact = evolve(a, type=kind, optional=a.optional or b.optional)
        # Records that are compared are made up: there is nobody in them to keep a fact from being told.
        yield FactPair(record, evolve(fact, name=name, index=index, record=record, personal=False), a, b)


def common_type(first: Type, second: Type) -> Type | None:
    """A type that has the values of both, or None where there is none that orders them as both do."""
    match first, second:
        case EnumType(), EnumType():
            if first.ordered != second.ordered:
                return None
            labels = merged(first.labels, second.labels)
            if first.ordered and not all(_in_order(one.labels, labels) for one in (first, second)):
                return None
            return evolve(first, labels=labels, codes=())
        case _:
            return first if first == second else None


def merged(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Words of both; one that only the second has stands behind the one that it follows there."""
    out = list(first)
    for place, label in enumerate(second):
        if label not in out:
            before = [out.index(one) for one in second[:place] if one in out]
            out.insert(before[-1] + 1 if before else 0, label)
    return tuple(out)


def _in_order(some: Sequence[str], every: Sequence[str]) -> bool:
    places = [every.index(one) for one in some]
    return places == sorted(places)


@define
class _Side:
    """One policy with the facts of the joint records in the place of its own."""

    facts: Mapping[tuple[str, str], tree.Fact]
    kinds: Mapping[str, tree.RecordKind]
    names: Mapping[str, str]
    _rewrite: Rewriter = field(init=False)
    _made: dict[int, tuple[Any, Any]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._rewrite = Rewriter(self._replace)

    def fact(self, fact: tree.Fact) -> tree.Fact:
        return self.facts[fact.record, fact.name]

    def several(self, facts: Iterable[tree.Fact]) -> tuple[tree.Fact, ...]:
        return tuple(self.fact(fact) for fact in facts)

    def record(self, name: str) -> str:
        return self.names.get(name, name)

    def _replace(self, expr: tree.Expr) -> tree.Expr | None:
        match expr:
            case tree.FactRef(fact) | tree.Given(fact):
                return evolve(expr, fact=self.fact(fact))
            case tree.Lookup(table, keys):
                own = tuple(self._rewrite(key) for key in keys)
                return evolve(expr, table=self.table(table), keys=own)
            case tree.InTable(table, _, value):
                return evolve(expr, table=self.table(table), value=self._rewrite(value))
            case _:
                return None

    def table(self, table: tree.Table) -> tree.Table:
        return self.once(table, lambda one: evolve(one, keys=self.several(one.keys)))

    def once(self, thing: T, make: Callable[[T], T]) -> T:
        """What was made of a thing before: editions share what did not change, and go on to do so."""
        if id(thing) not in self._made:
            self._made[id(thing)] = (thing, make(thing))
        made: T = self._made[id(thing)][1]
        return made

    # ----------------------------------------------------------------------------------------- the whole policy

    def policy(self, policy: tree.Policy) -> tree.Policy:
        rewrite = self._rewrite
        own = {self.record(kind.name): kind for kind in policy.records}
        ledger = policy.ledger
        return evolve(
            policy,
            records=tuple(self.kind(name, own.get(name)) for name in self.kinds),
            tables=tuple(self.table(table) for table in policy.tables),
            concepts=tuple(rewrite.concept(concept) for concept in policy.concepts),
            benefits=tuple(self.once(benefit, self.benefit) for benefit in policy.benefits),
            ledger=None if ledger is None else self.ledger(ledger),
            limits=tuple(self.once(limit, self.limit) for limit in policy.limits),
            checks=tuple(
                evolve(check, record=self.record(check.record), condition=rewrite(check.condition))
                for check in policy.checks
            ),
            computations=tuple(
                evolve(one, record=self.record(one.record), amount=rewrite(one.amount))
                for one in policy.computations
            ),
            dimensions=self.several(policy.dimensions),
            amendments=tuple(self.once(amendment, self.amendment) for amendment in policy.amendments),
            earlier=tuple(
                tree.Edition(
                    self.policy(edition.policy),
                    tuple(self.once(amendment, self.amendment) for amendment in edition.ended_by),
                )
                for edition in policy.earlier
            ),
        )

    def amendment(self, amendment: Amendment) -> Amendment:
        began = amendment.began
        return amendment if began is None else evolve(amendment, began=self._rewrite(began))

    def kind(self, name: str, own: tree.RecordKind | None) -> tree.RecordKind:
        """The joint kind, with what this policy alone says of its records."""
        kind = self.kinds[name]
        if own is None:
            return evolve(kind, validations=(), notices=())
        validations = tuple(
            evolve(v, condition=self._rewrite(v.condition), column=self.fact(v.column))
            for v in own.validations
        )
        return evolve(kind, validations=validations, notices=tuple(map(self.notice, own.notices)))

    def notice(self, notice: tree.Notice) -> tree.Notice:
        overlap = notice.overlap
        return evolve(
            notice,
            condition=None if notice.condition is None else self._rewrite(notice.condition),
            overlap=None if overlap is None else _three(map(self.fact, overlap)),
        )

    def benefit(self, benefit: tree.Benefit) -> tree.Benefit:
        cap, year = benefit.cap, benefit.year_date
        return evolve(
            self._rewrite.benefit(benefit),
            record=self.record(benefit.record),
            cap=None if cap is None else evolve(cap, holder=self.holder(cap.holder)),
            year_date=None if year is None else self.fact(year),
            payees=tuple(
                payee if payee.fact is None else evolve(payee, fact=self.fact(payee.fact))
                for payee in benefit.payees
            ),
        )

    def holder(self, holder: tree.Holder) -> tree.Holder:
        return evolve(holder, fact=self.fact(holder.fact))

    def ledger(self, ledger: tree.Ledger) -> tree.Ledger:
        return evolve(
            ledger,
            holders=tuple(self.holder(holder) for holder in ledger.holders),
            order=self.several(ledger.order),
            year_date=self.fact(ledger.year_date),
        )

    def limit(self, limit: tree.Limit) -> tree.Limit:
        rules = tuple(self.limit_rule(rule) for rule in limit.rules)
        return evolve(limit, holder=self.holder(limit.holder), rules=rules)

    def limit_rule(self, rule: tree.LimitRule) -> tree.LimitRule:
        match rule:
            case tree.NoRepeat(keys):
                return evolve(rule, keys=self.several(keys))
            case tree.NoLower(keys, level):
                return evolve(rule, keys=self.several(keys), level=self.fact(level))
            case tree.NotTogether() | tree.CountLimit():
                return rule
            case _:
                assert_never(rule)


def _three(facts: Iterable[tree.Fact]) -> tuple[tree.Fact, tree.Fact, tree.Fact]:
    first, second, third = facts
    return first, second, third
