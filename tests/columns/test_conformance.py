"""The conformance suite over the compiled engine: every worked case of every good policy, by both evaluators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from columns.agreement import difference
from conformance.test_conformance import GOOD, laid_out, name_of

from hypolicy.backends.columns.program import compile_policy
from hypolicy.backends.exact.cases import case_tables
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import check_folder
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.rules.tree import Policy, WorkedCase

# What the engine says that it cannot compile: numbers that nothing bounds, a parameter without a value, 取有利.
REFUSED = {
    "types good 每一种类型的事实": "HY850",
    "units good 四则运算先乘除后加减": "HY850",
    "benefits good 由别的部门规定的参数": "HY917",
    "amendments good 取有利": "HY853",
}


def told(policy: Policy, case: WorkedCase, refused: str) -> str:
    """The difference that a worked case shows; empty where there is none, or it is refused as it should be."""
    settings = Settings(case.readings, case.parameters, case_tables(policy, case))
    kind = next(kind for kind in policy.records if kind.name == case.record)
    rows = [[record.get(fact.name) for fact in kind.facts] for record in case.records]
    try:
        program = compile_policy(policy, settings, kind)
    except Refusal as refusal:
        codes = {diagnostic.code for diagnostic in refusal.diagnostics}
        return "" if codes == {refused} else f"refused: {codes}"
    return difference(program, rows, (), 2)


@pytest.mark.parametrize("path", GOOD, ids=name_of)
def test_worked_cases(path: Path, tmp_path: Path) -> None:
    policy = check_folder(laid_out(path, tmp_path / "policy")).policy
    assert policy is not None
    refused = REFUSED.get(name_of(path), "")
    found = {case.name: told(policy, case, refused) for case in policy.cases}
    assert {name: text for name, text in found.items() if text} == {}
