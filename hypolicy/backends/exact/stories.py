"""Worked cases told step by step, under their own readings, values and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.backends.exact.cases import case_tables
from hypolicy.backends.exact.explain import Explainer
from hypolicy.backends.exact.figures import Figures
from hypolicy.rules.outcome import Settings
from hypolicy.rules.stories import Story, ToldRecord

if TYPE_CHECKING:
    from hypolicy.rules import tree


def tell(policy: tree.Policy, case: tree.WorkedCase) -> Story:
    """How the records of a case come to what they come to."""
    settings = Settings(case.readings, case.parameters, case_tables(policy, case))
    kind = next(kind for kind in policy.records if kind.name == case.record)
    rows = [[record.get(fact.name) for fact in kind.facts] for record in case.records]
    explainer = Explainer(policy, settings, complete=False)
    figures = Figures(policy, kind, settings)
    overall = figures.overall(rows)
    records = []
    for place, row in enumerate(rows):
        trace = explainer.explain(rows, place, kind=kind, nearest=False)
        records.append(ToldRecord(trace, figures.of(row) | overall))
    return Story(case, settings, tuple(records))
