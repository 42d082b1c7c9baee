"""Items and limits as forms: equal ones do the same, whatever they are called and however they are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from hypolicy.rules import tree
from hypolicy.rules.facts import expressions_of
from hypolicy.rules.readings import once, readings_beside, readings_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from hypolicy.rules.normal_form import Form, Forms

Called = Callable[[str], str]


def benefit_form(forms: Forms, benefit: tree.Benefit) -> Form:
    """Everything of an item that changes what a record gets, and why; its name and its clause apart."""
    governing = benefit.governing_date
    return forms.interner.form(
        "补贴",
        benefit.record,
        None if benefit.applies is None else forms.truth(benefit.applies),
        tuple(gate_form(forms, gate) for gate in benefit.pending),
        conditions_form(forms, benefit.conditions),
        frozenset(case_form(forms, case) for case in benefit.cases),
        uplifts_form(forms, benefit.uplifts),
        stacking_form(forms, benefit.stacking) if len(benefit.uplifts) > 1 else None,
        cap_form(forms, benefit.cap),
        rounding_form(benefit.rounding),
        None if governing is None else forms.value(governing),
        benefit.delegated_to,
        benefit.repealed,
    )


def gate_form(forms: Forms, gate: tree.Gate) -> Hashable:
    return forms.truth(gate.condition), gate.ground


def conditions_form(forms: Forms, conditions: Iterable[tree.Condition]) -> frozenset[Hashable]:
    return frozenset(condition_form(forms, condition) for condition in conditions)


def condition_form(forms: Forms, condition: tree.Condition) -> Hashable:
    """A condition, with the reason of its refusal where the author has worded one."""
    return forms.truth(condition.expr), condition.denial if condition.worded else ""


def case_form(forms: Forms, case: tree.Case) -> Hashable:
    return conditions_form(forms, case.conditions), forms.value(case.amount)


def uplifts_form(forms: Forms, uplifts: Sequence[tree.Uplift]) -> tuple[Hashable, ...]:
    return tuple(sorted((forms.value(u.rate), forms.truth(u.condition)) for u in uplifts))


def stacking_form(forms: Forms, stacking: tree.Stacking | tree.StackingByReading | None) -> Hashable:
    if isinstance(stacking, tree.StackingByReading):
        options = frozenset(forms.option(stacking.reading, stacking.options))
        return forms.reading(stacking.reading), options
    return stacking


def cap_form(forms: Forms, cap: tree.Cap | None) -> Hashable:
    if cap is None:
        return None
    return cap.holder.fact.name, period_form(forms, cap.period), cap.amount


def rounding_form(rounding: tree.Rounding | None) -> Hashable:
    return None if rounding is None else (rounding.place, rounding.mode)


def period_form(forms: Forms, period: tree.PeriodChoice) -> Hashable:
    if isinstance(period, tree.PeriodByReading):
        return forms.reading(period.reading), frozenset(forms.option(period.reading, period.options))
    return period


def group_form(forms: Forms, group: tree.Group, called: Called) -> Hashable:
    """The items of a group; `called` gives the names that they have in the other policy."""
    members = group.members
    if isinstance(members, tree.GroupByReading):
        named = [(option, frozenset(map(called, names))) for option, names in members.options]
        return forms.reading(members.reading), frozenset(forms.option(members.reading, named))
    return frozenset(map(called, members))


def limit_form(forms: Forms, limit: tree.Limit, called: Called) -> Form:
    return forms.interner.form(
        "限制",
        limit.holder.fact.name,
        group_form(forms, limit.group, called),
        None if limit.linked is None else group_form(forms, limit.linked, called),
        frozenset(limit_rule_form(forms, rule) for rule in limit.rules),
    )


def limit_rule_form(forms: Forms, rule: tree.LimitRule) -> Hashable:
    match rule:
        case tree.NoRepeat(keys, period):
            return "重复", frozenset(key.name for key in keys), period_form(forms, period)
        case tree.NoLower(keys, level):
            return "低等级", frozenset(key.name for key in keys), level.name
        case tree.NotTogether(period):
            return "同享", period_form(forms, period)
        case tree.CountLimit(period, times):
            return "次数", period_form(forms, period), times
        case _:
            assert_never(rule)


def ledger_form(ledger: tree.Ledger | None) -> Hashable:
    if ledger is None:
        return None
    holders = frozenset(holder.fact.name for holder in ledger.holders)
    return holders, tuple(fact.name for fact in ledger.order), ledger.year_date.name


def readings_of(benefit: tree.Benefit) -> list[tree.Reading]:
    """Every reading that an item depends on, each once."""
    return once([*readings_in(expressions_of(benefit)), *readings_beside(benefit)])


def same_columns(before: tree.Table, after: tree.Table) -> list[tuple[tree.Column, tree.Column]]:
    """Columns that are the same: by name; of the others, those in the same place among them, of the same type."""
    names = {column.name for column in before.columns} & {column.name for column in after.columns}
    left, right = ([c for c in table.columns if c.name not in names] for table in (before, after))
    pairs = [(a, b) for a in before.columns for b in after.columns if a.name == b.name]
    if [column.type for column in left] == [column.type for column in right]:
        pairs += zip(left, right, strict=True)
    return sorted(pairs, key=lambda pair: pair[0].index)
