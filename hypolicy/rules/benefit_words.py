"""What an item says in plain Chinese: for whom, how much, by how much more, how often, and who is paid."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, assert_never

from hypolicy.rules import tree
from hypolicy.rules.facts import facts_of
from hypolicy.rules.payees import PERSON
from hypolicy.rules.phrases import listed, listed_or, number_text, percent, value_text, yuan_text
from hypolicy.rules.statements import (
    ALL,
    ANY,
    NEVER,
    Run,
    Statement,
    Text,
    condition,
    joined,
    label,
    phrase,
    plain,
    table_name,
    words_of,
)
from hypolicy.rules.tables import cell_value
from hypolicy.rules.units import YUAN
from hypolicy.rules.wording import NOUNS

if TYPE_CHECKING:
    from hypolicy.rules.statements import View
    from hypolicy.rules.units import Unit

# A table of so many rows is told in a sentence.
_MOST_LISTED: Final = 6


# --- for whom --------------------------------------------------------------------------------------------------


def people(benefit: tree.Benefit, policy: tree.Policy, view: View) -> str:
    """Who it is for: the conditions that ask only what somebody is, as a list of names. Empty where there are none.

    What somebody is, are the facts of the section of the vocabulary to which the person's own number belongs; what
    else is a name (高危行业企业) stands before it.
    """
    if policy.ledger is None:
        return ""
    sections = {holder.fact.group for holder in policy.ledger.holders}
    own, others = [], []
    for one in benefit.conditions:
        if _asks_only(one.expr, sections):
            own.append(_names(one.expr, view))
        elif label(one.expr, view).endswith(NOUNS):
            others.append(label(one.expr, view))
    who = listed(words for words in own if words)
    return f"{listed(others)}的{who}" if others and who else who


def _asks_only(expr: tree.Expr, sections: set[str]) -> bool:
    facts = facts_of(expr).values()
    return bool(facts) and all(fact.group in sections for fact in facts)


def _names(expr: tree.Expr, view: View) -> str:
    """What somebody has to be, without the verb; empty where the condition says something else."""
    told = condition(expr, view)
    parts = told.parts if told.text == ANY else (told,)
    names = [_name(part) for part in parts]
    if not all(names):
        return ""
    end = "的人员" if any("，并且" in name for name in names) else ""
    return f"{'，或者'.join(names)}{end}"


def _name(told: Statement) -> str:
    if told.parts:
        whole = [words_of(part.text).replace("，或者", "或者") for part in told.parts if not part.parts]
        return _bare("，并且".join(whole)) if len(whole) == len(told.parts) and told.text == ALL else ""
    return _bare(words_of(told.text))


def _bare(words: str) -> str:
    verb = next((verb for verb in ("属于", "是", "有下列情形之一：") if words.startswith(verb)), "")
    return words.removeprefix(verb) if verb else ""


# --- how much --------------------------------------------------------------------------------------------------


def amount(expr: tree.Expr, view: View) -> Text:
    """How much, as one says it: 每天20元，按培训天数计算; a short table is listed."""
    match expr:
        case tree.Lookup(table, (_,), column) if len(view.version(table).rows) <= _MOST_LISTED:
            rows = view.version(table).rows.items()
            cells = ((keys[0], cell_value(table, row, column.index)) for keys, row in rows)
            return (Run(listed(f"{key}{value_text(value, column.type)}" for key, value in cells), table),)
        case tree.Lookup(table):
            return (Run("按"), table_name(table), Run("所列的标准"))
        case tree.Product(((False, tree.ParameterRef(parameter)), (False, tree.FactRef(fact)))):
            value = view.value(parameter)
            rate = each(value, parameter.type.unit) if value is not None else ""
            if rate:
                return (Run(rate, parameter), Run(f"，按{fact.name}计算"))
            return phrase(expr, view)
        case _:
            return phrase(expr, view)


def each(value: Fraction, unit: Unit) -> str:
    """A rate as one says it: 20元/天 is 每天20元. Empty where it is no rate of money."""
    above = [name for name, power in unit.powers if power != -1]
    below = [name for name, power in unit.powers if power == -1]
    if len(below) != 1 or above != [str(YUAN)]:
        return ""
    return f"每{below[0]}{number_text(value, at_least=2)}元"


def amounts(benefit: tree.Benefit, view: View) -> Text:
    """How much in one sentence, case by case, with the uplifts and the cap."""
    several = len(benefit.cases) > 1
    told = [
        ((Run(f"{case.name}的，"),) if several else ()) + amount(case.amount, view) for case in benefit.cases
    ]
    text = joined(told, "；")
    rates = [uplift_rate(one, view) for one in benefit.uplifts if possible(one, view)]
    if rates:
        text = (*text, Run("；符合条件的，另"), *joined(rates, "或者"))
    if benefit.cap is not None:
        text = (*text, Run(f"；{cap(benefit.cap, view)}"))
    return text


def formula(benefit: tree.Benefit, case: tree.Case, view: View) -> Text:
    """The amount as a formula."""
    base = phrase(case.amount, view)
    raised = (Run("×（1＋上浮比例）"),) if any(possible(one, view) for one in benefit.uplifts) else ()
    return (Run(f"{benefit.name}＝"), *base, *raised)


# --- by how much more ------------------------------------------------------------------------------------------


def possible(one: tree.Uplift, view: View) -> bool:
    """Whether anybody can have the uplift under the readings of the view."""
    return condition(one.condition, view).text != NEVER


def uplift_rate(one: tree.Uplift, view: View) -> Text:
    rate = one.rate
    if isinstance(rate, tree.ParameterRef):
        return (Run("按"), *phrase(rate, view), Run("上浮"))
    assert isinstance(rate.value, int | Fraction)
    return plain(f"上浮{percent(rate.value)}")


def uplift(one: tree.Uplift, view: View) -> Statement:
    """By how much, and for whom."""
    rate = uplift_rate(one, view)
    if not possible(one, view):
        return Statement((*rate, Run("：按所采用的口径，没有可以上浮的情形")))
    told = condition(one.condition, view)
    return Statement((Run("符合下列条件的，"), *rate), told.parts or (told,))


STACKING: Final[dict[tree.Stacking, str]] = {
    tree.Stacking.HIGHEST: "同时符合几项上浮的，只取最高的一项",
    tree.Stacking.LOWEST: "同时符合几项上浮的，只取最低的一项",
    tree.Stacking.SUM: "同时符合几项上浮的，比例相加",
    tree.Stacking.PRODUCT: "同时符合几项上浮的，依次连乘",
    tree.Stacking.EXCLUSIVE: "几项上浮不会同时符合",
}


def stacking(benefit: tree.Benefit, view: View) -> str:
    """How several uplifts go together; empty where there are not several."""
    mode = view.settings.stacking(benefit.stacking)
    if len(benefit.uplifts) < 2 or mode is None:
        return ""
    return STACKING[mode]


# --- how often -------------------------------------------------------------------------------------------------

PERIODS: Final[dict[tree.PeriodKind, str]] = {
    tree.PeriodKind.EACH: "每次",
    tree.PeriodKind.CALENDAR_YEAR: "每自然年",
    tree.PeriodKind.TERM: "在施行期内",
    tree.PeriodKind.UNLIMITED: "",
}


def period(choice: tree.PeriodChoice, view: View) -> str:
    fixed = view.settings.period(choice)
    if isinstance(fixed, tree.Rolling):
        return f"任意连续{fixed.months}个月内"
    return PERIODS[fixed]


def cap(one: tree.Cap, view: View) -> str:
    return f"{one.holder.name}{period(one.period, view)}最高{yuan_text(one.amount)}"


def limit_rule(rule: tree.LimitRule, holder: tree.Holder, view: View) -> str:
    """One sentence of a limit."""
    match rule:
        case tree.NoRepeat(keys, choice):
            span = period(choice, view)
            return f"{span}{'，' if span else ''}同一{listed(key.name for key in keys)}不重复享受"
        case tree.NoLower(keys, level):
            same = listed(key.name for key in keys)
            return f"同一{same}已享受过更高{level.name}的，不再享受较低{level.name}的"
        case tree.NotTogether(choice):
            return f"{period(choice, view)}不同项目不同时享受"
        case tree.CountLimit(choice, times):
            return f"{holder.name}{period(choice, view)}享受不超过{times}次"
        case _:
            assert_never(rule)


# --- who is paid -----------------------------------------------------------------------------------------------


def payees(benefit: tree.Benefit) -> str:
    """Who has it in the end: those who do not merely advance it, where there are such."""
    final = [one for one in benefit.payees if not one.advanced] or list(benefit.payees)
    return listed_or(_party(one) for one in final)


def advancers(benefit: tree.Benefit) -> str:
    return listed_or(_party(one) for one in benefit.payees if one.advanced)


def _party(payee: tree.Payee) -> str:
    return payee.fact.name if payee.fact is not None else PERSON
