"""A condition put into a list of conditions, taken out of it, or put in the place of another.

Conditions rely on earlier ones by their places in the list, so places are told anew by what the conditions say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypolicy.rules import tree
    from hypolicy.rules.normal_form import Form, Forms


@define
class ConditionChange:
    """One condition instead of another; None where there is none. `others` is the list that the new one comes from."""

    forms: Forms
    old: tree.Condition | None
    new: tree.Condition | None
    others: Sequence[tree.Condition]

    def in_benefit(self, benefit: tree.Benefit) -> tree.Benefit:
        return evolve(benefit, conditions=self.made_in(benefit.conditions))

    def in_case(self, name: str) -> Callable[[tree.Benefit], tree.Benefit]:
        def made(benefit: tree.Benefit) -> tree.Benefit:
            cases = (
                evolve(case, conditions=self.made_in(case.conditions)) if case.name == name else case
                for case in benefit.cases
            )
            return evolve(benefit, cases=tuple(cases))

        return made

    def made_in(self, conditions: Sequence[tree.Condition]) -> tuple[tree.Condition, ...]:
        needs = self.needs(conditions)
        out = dict(zip(needs, conditions, strict=True))
        if self.new is not None:
            form, added = self.form(self.new), self.needs(self.others)
            if self.old is None:
                out[form] = self.new
            else:
                gone = self.form(self.old)
                out = {form if f == gone else f: self.new if f == gone else c for f, c in out.items()}
                needs = {f: {form if n == gone else n for n in ns} for f, ns in needs.items() if f != gone}
            needs[form] = added[form]
        elif self.old is not None:
            out.pop(self.form(self.old), None)
        return _placed(out, needs)

    def form(self, condition: tree.Condition) -> Form:
        return self.forms.truth(condition.expr)

    def needs(self, conditions: Sequence[tree.Condition]) -> dict[Form, set[Form]]:
        """What each relies on; a condition that says the same as an earlier one has a number of its own."""
        forms: list[Form] = []
        for place, condition in enumerate(conditions):
            form = self.form(condition)
            forms.append(-place if form in forms else form)
        return {
            form: {forms[place] for place in condition.prerequisites}
            for form, condition in zip(forms, conditions, strict=True)
        }


def _placed(
    conditions: dict[Form, tree.Condition], needs: dict[Form, set[Form]]
) -> tuple[tree.Condition, ...]:
    """The conditions in an order in which each stands behind those that it relies on."""
    order: list[Form] = []
    waiting = list(conditions)
    while waiting:
        ready = [f for f in waiting if all(n in order for n in needs[f] if n in conditions)]
        order += ready or waiting[:1]
        waiting = [form for form in waiting if form not in order]
    places = {form: place for place, form in enumerate(order)}
    return tuple(
        evolve(conditions[form], prerequisites=tuple(sorted(places[n] for n in needs[form] if n in places)))
        for form in order
    )
