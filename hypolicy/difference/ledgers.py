"""Edits of the ledger and of the limits on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from hypolicy.difference import structure
from hypolicy.difference.edits import Edit
from hypolicy.difference.items import period_words
from hypolicy.rules import tree
from hypolicy.rules.difference import ChangeKind
from hypolicy.rules.phrases import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.difference.edits import Pair
    from hypolicy.rules.normal_form import Forms


def ledgers(pair: Pair) -> Iterator[Edit]:
    yield from _ledger(pair)
    yield from _limits(pair)


# --- the ledger ------------------------------------------------------------------------------------------------


def _ledger(pair: Pair) -> Iterator[Edit]:
    old, new = pair.before.ledger, pair.after.ledger
    if structure.ledger_form(old) == structure.ledger_form(new):
        return
    words = _ledger_words(old), _ledger_words(new)

    def alter(policy: tree.Policy) -> tree.Policy:
        return evolve(policy, ledger=new)

    told = [f"台账{one}" for one in _ledger_changes(old, new)]
    yield Edit(ChangeKind.LEDGER, "", "台账", tuple(told), *words, alter)


def _ledger_words(ledger: tree.Ledger | None) -> str:
    if ledger is None:
        return "没有台账"
    holders = listed(f"{holder.name}按{holder.fact.name}" for holder in ledger.holders)
    return f"归集{holders}，次序{listed(fact.name for fact in ledger.order)}，年度按{ledger.year_date.name}"


def _ledger_changes(old: tree.Ledger | None, new: tree.Ledger | None) -> Iterator[str]:
    if old is None or new is None:
        yield f"由“{_ledger_words(old)}”改为“{_ledger_words(new)}”"
        return
    holders = [listed(f"{h.name}按{h.fact.name}" for h in ledger.holders) for ledger in (old, new)]
    if holders[0] != holders[1]:
        yield f"的归集由{holders[0]}改为{holders[1]}"
    orders = [listed(fact.name for fact in ledger.order) for ledger in (old, new)]
    if orders[0] != orders[1]:
        yield f"的次序由{orders[0]}改为{orders[1]}"
    if old.year_date.name != new.year_date.name:
        yield f"的年度由按{old.year_date.name}改为按{new.year_date.name}"


def _limits(pair: Pair) -> Iterator[Edit]:
    kept = {limit.name for limit in pair.matches.limits.values()}
    for old in pair.before.limits:
        if old.name not in kept:
            name = f"限制「{old.name}」"
            yield _limit_edit(old.name, (f"删去{name}",), old, None)
    for new in pair.after.limits:
        first = pair.matches.limits.get(new.name)
        made = into_limit(pair, new)
        if first is None:
            told = "；".join(_rule(rule) for rule in new.rules)
            yield _limit_edit(new.name, (f"新增限制「{new.name}」：{told}",), None, made)
            continue
        sentences = tuple(_limit_changes(pair, first, made))
        if sentences:
            yield _limit_edit(first.name, sentences, first, made)


def _limit_edit(name: str, sentences: Sequence[str], old: tree.Limit | None, new: tree.Limit | None) -> Edit:
    def alter(policy: tree.Policy) -> tree.Policy:
        limits = [new if one.name == name and new is not None else one for one in policy.limits]
        if old is None and new is not None:
            limits.append(new)
        if new is None:
            limits = [one for one in limits if one.name != name]
        return evolve(policy, limits=tuple(limits))

    clause = next(one.origin.clause for one in (new, old) if one is not None)
    words = ["" if one is None else "；".join(_rule(rule) for rule in one.rules) for one in (old, new)]
    amended = new.origin.amended if new is not None else ()
    return Edit(ChangeKind.LIMIT, clause, name, tuple(sentences), words[0], words[1], alter, amended=amended)


def _limit_changes(pair: Pair, old: tree.Limit, new: tree.Limit) -> Iterator[str]:
    """`new` is as the first policy would write it."""
    forms, name = pair.first.forms, f"限制「{old.name}」"
    if old.holder.fact.name != new.holder.fact.name:
        yield f"{name}由{old.holder.name}（按{old.holder.fact.name}）改为{new.holder.name}（按{new.holder.fact.name}）"
    yield from _group_changes(forms, f"{name}适用的补贴", old.group, new.group)
    if old.linked is not None or new.linked is not None:
        yield from _group_changes(forms, f"{name}连带不予的补贴", old.linked, new.linked)
    left = {structure.limit_rule_form(forms, rule): rule for rule in old.rules}
    right = {structure.limit_rule_form(forms, rule): rule for rule in new.rules}
    gone = [rule for form, rule in left.items() if form not in right]
    added = [rule for form, rule in right.items() if form not in left]
    for rule in list(gone):
        other = next((one for one in added if type(one) is type(rule)), None)
        if other is not None:
            gone.remove(rule)
            added.remove(other)
            yield f"{name}由“{_rule(rule)}”改为“{_rule(other)}”"
    yield from (f"{name}删去“{_rule(rule)}”" for rule in gone)
    yield from (f"{name}增加“{_rule(rule)}”" for rule in added)


def _group_changes(forms: Forms, what: str, old: tree.Group | None, new: tree.Group | None) -> Iterator[str]:
    if old is None or new is None:
        yield f"{what}由{_group(old)}改为{_group(new)}"
    elif structure.group_form(forms, old, str) != structure.group_form(forms, new, str):
        before, after = members_of(old), members_of(new)
        if set(before) == set(after) and all(option == "" for option in before):
            added = [name for name in after[""] if name not in before[""]]
            gone = [name for name in before[""] if name not in after[""]]
            told = [f"增加{listed(added)}"] if added else []
            told += [f"删去{listed(gone)}"] if gone else []
            yield f"{what}{'，'.join(told)}"
        else:
            yield f"{what}由{_group(old)}改为{_group(new)}"


def members_of(group: tree.Group) -> dict[str, tuple[str, ...]]:
    members = group.members
    return dict(members.options) if isinstance(members, tree.GroupByReading) else {"": members}


def _group(group: tree.Group | None) -> str:
    if group is None:
        return "没有"
    told = [
        f"{f'「{option}」时' if option else ''}{listed(names) or '无项目'}"
        for option, names in members_of(group).items()
    ]
    return f"“{'；'.join(told)}”"


def _rule(rule: tree.LimitRule) -> str:
    """What a rule says, in the words of the language."""
    match rule:
        case tree.NoRepeat(keys, period):
            return f"同一{listed(key.name for key in keys)}在{period_words(period)}不重复享受"
        case tree.NoLower(keys, level):
            return f"同一{listed(key.name for key in keys)}已享受更高{level.name}的不再享受"
        case tree.NotTogether(period):
            return f"不同项目在{period_words(period)}不同享"
        case tree.CountLimit(period, times):
            return f"{period_words(period)}享受不超过{times}次"


def into_limit(pair: Pair, limit: tree.Limit) -> tree.Limit:
    rules = tuple(
        evolve(rule, period=into_period(pair, rule.period)) if not isinstance(rule, tree.NoLower) else rule
        for rule in limit.rules
    )
    linked = None if limit.linked is None else into_group(pair, limit.linked)
    return evolve(limit, group=into_group(pair, limit.group), linked=linked, rules=rules)


def into_group(pair: Pair, group: tree.Group) -> tree.Group:
    """A group of the second policy as the first would write it."""
    matches, members = pair.matches, group.members
    if not isinstance(members, tree.GroupByReading):
        return evolve(group, members=tuple(map(matches.item, members)))
    reading = matches.readings.get(members.reading.name, members.reading)
    options = tuple(
        (matches.option(members.reading.name, option), tuple(map(matches.item, names)))
        for option, names in members.options
    )
    return evolve(group, members=tree.GroupByReading(reading, options))


def into_period(pair: Pair, period: tree.PeriodChoice) -> tree.PeriodChoice:
    if not isinstance(period, tree.PeriodByReading):
        return period
    matches = pair.matches
    options = tuple((matches.option(period.reading.name, o), kind) for o, kind in period.options)
    return tree.PeriodByReading(matches.readings.get(period.reading.name, period.reading), options)
