"""Addresses that open a calculator filled in: worked cases of a policy as fragments, as `answers.js` writes them."""

from __future__ import annotations

import base64
import json
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypolicy.rules.facts import facts_in, facts_of
from hypolicy.rules.ledger import ledger_facts

if TYPE_CHECKING:
    from hypolicy.rules.tree import Policy, RecordKind, Value, WorkedCase


def fragment(policy: Policy, case: WorkedCase, version: str) -> str:
    """The fragment (`#calc=…`) of a case; empty where it is none of the calculator's.

    The calculator asks for records of the first kind that a benefit is for, under any reading, but never under other
    values or tables than those of the policy.
    """
    kind = calculated(policy)
    if kind is None or case.record != kind.name or case.parameters or case.tables or case.cells:
        return ""
    asked = _asked(policy, kind)
    records = [
        [
            [fact.name, _answer(record.get(fact.name))]
            for fact in kind.facts
            if fact.name in asked and (fact.name in record or fact.optional)
        ]
        for record in case.records
    ]
    state = json.dumps([records, list(case.readings.items())], ensure_ascii=False, separators=(",", ":"))
    text = base64.urlsafe_b64encode(state.encode()).decode().rstrip("=")
    return f"#calc=1.{version}.{text}"


def calculated(policy: Policy) -> RecordKind | None:
    """The kind of record that the calculator asks for."""
    kinds = {benefit.record for benefit in policy.benefits}
    return next((kind for kind in policy.records if kind.name in kinds), None)


def _asked(policy: Policy, kind: RecordKind) -> set[str]:
    """The facts that a result may depend on, but for those that tell records apart."""
    names = {
        fact.name for benefit in policy.benefits if benefit.record == kind.name for fact in facts_in(benefit)
    }
    names |= {name for validation in kind.validations for name in facts_of(validation.condition)}
    names |= {fact.name for fact in ledger_facts(policy)}
    return names - {kind.key.name}


def _answer(value: Value | None) -> Any:
    match value:
        case None | bool() | str():
            return value
        case date():
            return value.isoformat()
        case int() | Fraction():
            return str(value)
