"""A rule tree made anew has the parts that it had; what nothing replaces stays the very same object."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from attrs import evolve
from explain.samples import write_small
from rules.test_normal_form import write_world

from hypolicy.rules import tree
from hypolicy.rules.facts import (
    expressions_of,
    facts_in,
    facts_of,
    has_versions,
    is_given,
    lookups,
    parts,
    tables_in,
    walk,
)
from hypolicy.rules.rewrite import Rewriter, changed, with_parts

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> tree.Policy:
    return write_small(tmp_path_factory.mktemp("小政策"))


def expressions(policy: tree.Policy) -> Iterator[tree.Expr]:
    """Every expression of a policy, and everything in it."""
    for benefit in policy.benefits:
        for expr in expressions_of(benefit):
            yield from walk(expr)
    for kind in policy.records:
        for rule in (*kind.validations, *kind.notices):
            if rule.condition is not None:
                yield from walk(rule.condition)


def renamed(expr: tree.Expr) -> tree.Expr | None:
    """Another fact in the place of each."""
    match expr:
        case tree.FactRef(fact) | tree.Given(fact):
            return evolve(expr, fact=evolve(fact, name=f"新{fact.name}"))
        case _:
            return None


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tree.Policy:
    return write_world(tmp_path_factory.mktemp("试点"))


def test_an_expression_with_its_own_parts_is_itself(world: tree.Policy) -> None:
    every = [expr for concept in world.concepts for expr in walk(concept.body)]
    assert all(with_parts(expr, parts(expr)) == expr for expr in every)
    assert {type(expr) for expr in every} == set(get_args(tree.Expr))


def test_whatever_stands_in_an_expression_can_be_replaced(world: tree.Policy) -> None:
    """Every fact of every kind of expression: what is made anew reads the others, and nothing of the first."""
    made = Rewriter(renamed).policy(world)
    for before, after in zip(world.concepts, made.concepts, strict=True):
        assert list(facts_of(after.body)) == [f"新{name}" for name in facts_of(before.body)]
        assert type(after.body) is type(before.body)


def test_where_nothing_is_replaced_everything_stays_the_very_same(policy: tree.Policy) -> None:
    assert Rewriter(lambda _: None).policy(policy) is policy


def test_every_place_of_a_policy_is_made_anew(policy: tree.Policy) -> None:
    """A fact is replaced by its namesake wherever a policy reads it; everything else stays as it is."""
    made = Rewriter(renamed).policy(policy)
    for before, after in zip(policy.benefits, made.benefits, strict=True):
        assert [fact.name for fact in facts_in(after)] == [f"新{fact.name}" for fact in facts_in(before)]
        assert (after.name, after.cap, after.rounding) == (before.name, before.cap, before.rounding)
    assert all(fact.name.startswith("新") for one in expressions(made) for fact in facts_of(one).values())
    concepts = {concept.name: concept for concept in made.concepts}
    used = [one.concept for one in expressions(made) if isinstance(one, tree.ConceptRef)]
    assert used
    assert all(concept is concepts[concept.name] for concept in used)
    assert made.tables is policy.tables


def test_a_thing_with_the_parts_that_it_has_is_itself(policy: tree.Policy) -> None:
    benefit = policy.benefits[0]
    assert changed(benefit, conditions=tuple(benefit.conditions), cap=benefit.cap) is benefit
    assert changed(benefit, conditions=benefit.conditions[:-1]).conditions == benefit.conditions[:-1]
    other = changed(benefit, conditions=benefit.conditions, applicants=("本人",))
    assert (other.applicants, other.conditions is benefit.conditions) == (("本人",), True)


def test_what_an_expression_reads(policy: tree.Policy) -> None:
    hours, trade, meals = policy.benefits
    [case] = trade.cases
    assert [table.name for table in tables_in(case.amount)] == ["工种标准"]
    assert len(lookups(case.amount)) == 1
    assert list(facts_of(case.amount)) == ["工种", "等级"]
    assert has_versions(case.amount)
    assert has_versions(hours.cases[0].amount)
    assert not has_versions(meals.cases[0].amount)
    assert not any(has_versions(one.rate) for one in hours.uplifts)
    concept = next(one for one in policy.concepts if one.name == "优待对象")
    twice = tree.All((tree.ConceptRef(concept, concept.origin),) * 2, concept.origin)
    assert [type(one).__name__ for one in walk(twice)] == [
        "All", "ConceptRef", "Any", "FactRef", "FactRef", "FactRef", "ConceptRef",
    ]  # fmt: skip
    assert is_given(False)
    assert not is_given(None)
