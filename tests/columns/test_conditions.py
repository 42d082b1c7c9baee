"""Conditions on single records, compiled, against the exact evaluator: the same rows, however many conditions."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from differential.test_agreement import policy, rows
from strategies.random_batches import random_rows
from strategies.random_policies import loaded, random_policy

from hypolicy.backends.columns.conditions import row_screen
from hypolicy.backends.columns.machine import PlainMachine
from hypolicy.backends.columns.program import canonical_frame
from hypolicy.backends.exact.compile import Compiler
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules import tree
from hypolicy.rules.facts import walk
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def compare(
    kind: tree.RecordKind, conditions: Sequence[tree.Expr], records: Sequence[Sequence[object]]
) -> bool:
    """Whether the conditions compile; if they do, both agree."""
    screen = row_screen(conditions, Settings())
    if screen is None:
        return False
    found = screen.rows(canonical_frame(kind, records), PlainMachine())
    holds = [Compiler(Settings()).function(condition) for condition in conditions]
    expected = [[row for row, cells in enumerate(records) if function(cells, None)] for function in holds]
    assert [each.tolist() for each in found] == expected
    return True


def by_themselves(policy: tree.Policy) -> Iterator[tree.Expr]:
    """Conditions that ask neither tables nor parameters, and nothing before them."""
    for benefit in policy.benefits:
        for expr in (benefit.applies, *(gate.condition for gate in benefit.pending)):
            if expr is not None and not any(
                isinstance(node, tree.Lookup | tree.InTable | tree.ParameterRef) for node in walk(expr)
            ):
                yield expr


def test_random_conditions(tmp_path: Path) -> None:
    compiled = 0
    for seed in range(40):
        random = Random(seed)
        try:
            made = loaded(random_policy(random), tmp_path / str(seed))
        except Refusal:
            continue
        conditions = list(by_themselves(made))
        compiled += compare(made.records[0], conditions, random_rows(random, made, 30)) and len(conditions)
    assert compiled > 20


def test_the_regulation() -> None:
    kind = policy().records[0]
    conditions = [tree.Not(validation.condition, validation.origin) for validation in kind.validations]
    conditions += [notice.condition for notice in kind.notices if notice.condition is not None]
    assert compare(kind, conditions, rows()[:2000])


@pytest.mark.parametrize("count", [0, 62, 63, 130])
def test_any_number_of_conditions(count: int) -> None:
    kind = policy().records[0]
    conditions = [notice.condition for notice in kind.notices if notice.condition is not None]
    many = [conditions[place % len(conditions)] for place in range(count)]
    assert compare(kind, many, rows()[:50])


def test_what_may_divide_by_zero_is_left_to_the_exact_evaluator() -> None:
    of = {record.name: record for record in policy().records}
    share = next(check for check in policy().checks if check.record == "企业年度")
    assert not compare(of["企业年度"], [share.condition], [])
