"""Two policies compared: put on one record, matched, their edits listed, and the effect of each found out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from hypolicy.difference import structure
from hypolicy.difference.align import matched
from hypolicy.difference.declared import declared
from hypolicy.difference.edits import Edit, Pair, altering_benefit, together
from hypolicy.difference.effects import Effects
from hypolicy.difference.figures import expr_of, figures, figures_of
from hypolicy.difference.items import items
from hypolicy.difference.joint import joined, merged
from hypolicy.difference.ledgers import ledgers
from hypolicy.difference.records import records
from hypolicy.difference.renamed_facts import renamed_facts
from hypolicy.difference.side import Side
from hypolicy.rules.difference import Change, ChangeKind, Difference, Renaming, Version
from hypolicy.rules.normal_form import Forms, Interner
from hypolicy.rules.types import BOOL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hypolicy.rules import tree
from hypolicy.rules.calendar import chinese_date

_NOWHERE: Final = "没有规则用到它，结果相同"
# What an amendment changes from its day on, without saying so in itself.
_DATED: Final = frozenset(
    {ChangeKind.CONCEPT, ChangeKind.GATE, ChangeKind.BENEFIT, ChangeKind.LIMIT, ChangeKind.LEDGER}
)


def compare(before: tree.Policy, after: tree.Policy, notes: tuple[str, str] = ("", "")) -> Difference:
    """Everything that the two policies do differently, and what was only called otherwise."""
    pair = pair_of(before, after)
    edits = _counting(pair, edits_of(pair))
    effects = Effects(pair)
    ranks = _ranks(before, after)
    changes = [_change(pair, edit, effects) for edit in edits]
    changes.sort(key=lambda change: (ranks.get(change.clause, -1), change.kind is not ChangeKind.CLAUSE))
    return Difference(
        Version(before.title, before.number, notes[0]),
        Version(after.title, after.number, notes[1]),
        tuple(changes),
        tuple(_renamings(pair, before, after)),
        tuple(_remarks(pair, before, after)),
    )


def pair_of(before: tree.Policy, after: tree.Policy) -> Pair:
    joint = joined(before, after, renamed_facts(before, after))
    interner = Interner()
    matches = matched(joint, interner)
    defaults = {reading.name: reading.default for reading in joint.before.readings}
    first = Side(joint.before, Forms(interner), defaults=defaults)
    second = Side(joint.after, Forms(interner, matches.names), matches)
    own = {second.called(r.name): matches.option(r.name, r.default) for r in joint.after.readings}
    return Pair(joint, matches, first, evolve(second, defaults=own))


def edits_of(pair: Pair) -> list[Edit]:
    found = [*declared(pair), *items(pair), *ledgers(pair), *records(pair), *figures(pair)]
    edits = list(together(found))
    return [*edits, *_left_over(pair, edits)]


def _left_over(pair: Pair, edits: Sequence[Edit]) -> Iterator[Edit]:
    """Items that the edits together do not turn into what they are in the second policy: nothing is left untold."""
    made = pair.with_edits(edits)
    for benefit in pair.after.benefits:
        name = pair.matches.item(benefit.name)
        got = made.benefit(name)
        whole = pair.into.benefit(benefit)
        if got is None or _form(pair.second.forms, benefit) == _form(pair.first.forms, got):
            continue
        sentence = f"「{name}」的规则有改动"
        words = benefit.origin.text
        alter = altering_benefit(name, lambda b, whole=whole: evolve(whole, name=b.name))  # type: ignore[misc]
        yield Edit(ChangeKind.BENEFIT, benefit.origin.clause, name, (sentence,), "", words, alter)


def _form(forms: Forms, benefit: tree.Benefit) -> object:
    return structure.benefit_form(forms, benefit)


# --- which edits count -----------------------------------------------------------------------------------------


def _counting(pair: Pair, edits: Iterable[Edit]) -> list[Edit]:
    """The edits that are changes: not so one that reaches only what is the same in both policies after all."""
    first, second = consumers(pair.first), consumers(pair.second)

    def counts(edit: Edit) -> bool:
        if edit.alter is None and edit.overrides is None:
            return True
        alone = consumers(pair.with_edits([edit]))
        reached = [name for name, form in alone.items() if form != first.get(name)]
        return not reached or any(second.get(name) != first.get(name) for name in reached)

    return [edit for edit in edits if counts(edit)]


def consumers(side: Side) -> dict[tuple[str, str], object]:
    """Everything that gives a result, with its form."""
    forms, policy = side.forms, side.policy
    out: dict[tuple[str, str], object] = {}
    for benefit in policy.benefits:
        form = structure.benefit_form(forms, benefit), benefit.origin.clause
        out["补贴", side.matches.item(benefit.name)] = form
    for limit in policy.limits:
        name = side.matches.limits[limit.name].name if limit.name in side.matches.limits else limit.name
        out["限制", name] = structure.limit_form(forms, limit, side.matches.item), limit.origin.clause
    for figure in figures_of(policy).values():
        expr = expr_of(figure)
        out["核查", figure.name] = forms.truth(expr) if expr.type == BOOL else forms.value(expr)
    for kind in policy.records:
        out["校验", kind.name] = frozenset(forms.truth(v.condition) for v in kind.validations)
        out["提示", kind.name] = frozenset(
            (forms.truth(n.condition), n.message) for n in kind.notices if n.condition is not None
        )
    return out


def _change(pair: Pair, edit: Edit, effects: Effects) -> Change:
    found = () if edit.reason else effects.of(edit)
    since = pair.since(edit) if edit.kind in _DATED else None
    start = "" if since is None else f"自{chinese_date(since)}起，"
    return Change(
        edit.kind,
        edit.clause,
        edit.name,
        tuple(f"{start}{sentence}" for sentence in edit.sentences),
        edit.before,
        edit.after,
        found,
        edit.reason or ("" if found else _NOWHERE),
        effects.indirect(found),
    )


def _ranks(before: tree.Policy, after: tree.Policy) -> dict[str, int]:
    """Clauses in the order of the regulation; one that is gone stands where it stood."""
    first, second = ([clause.number for clause in policy.clauses] for policy in (before, after))
    return {number: place for place, number in enumerate(merged(second, first))}


# --- names, and what is said beside the rules --------------------------------------------------------------------


def _renamings(pair: Pair, before: tree.Policy, after: tree.Policy) -> Iterator[Renaming]:
    matches = pair.matches
    for fact in pair.joint.facts:
        if fact.before is not None and fact.after is not None:
            if fact.before.name != fact.after.name:
                yield Renaming(ChangeKind.FACT, fact.before.name, fact.after.name)
            elif fact.before.column != fact.after.column:
                columns = (f"{fact.before.name}（列名{one.column}）" for one in (fact.before, fact.after))
                yield Renaming(ChangeKind.FACT, *columns)
    groups: list[tuple[ChangeKind, dict[str, Any]]] = [
        (ChangeKind.READING, dict(matches.readings)),
        (ChangeKind.PARAMETER, dict(matches.parameters)),
        (ChangeKind.TABLE, dict(matches.tables)),
        (ChangeKind.CONCEPT, dict(matches.concepts)),
        (ChangeKind.BENEFIT, dict(matches.benefits)),
        (ChangeKind.LIMIT, dict(matches.limits)),
    ]
    for kind, found in groups:
        yield from (Renaming(kind, old.name, name) for name, old in found.items() if old.name != name)
    for reading, options in matches.options.items():
        for new, old in options.items():
            if new != old:
                yield Renaming(ChangeKind.READING, f"{matches.readings[reading].name}：{old}", new)


def _remarks(pair: Pair, before: tree.Policy, after: tree.Policy) -> Iterator[str]:
    """What changes no rule: the head, reasons and grounds, and the worked cases."""
    for what, old, new in (
        ("名称", before.title, after.title),
        ("文号", before.number, after.number),
        ("上位文件", "、".join(before.grounds), "、".join(after.grounds)),
    ):
        if old != new:
            yield f"{what}由“{old or '没有'}”改为“{new or '没有'}”。"
    for reading in pair.after.readings:
        first = pair.matches.readings.get(reading.name)
        if first is not None and (first.reason, first.question) != (reading.reason, reading.question):
            yield f"口径「{first.name}」的问题或者理由改了说法。"
    for parameter in pair.after.parameters:
        same = pair.matches.parameters.get(parameter.name)
        if same is not None:
            grounds = [{(v.period.start, v.value): v.ground for v in p.versions} for p in (same, parameter)]
            for place, ground in grounds[1].items():
                if place in grounds[0] and grounds[0][place] != ground:
                    old = grounds[0][place]
                    yield f"{same.name}的依据由“{old or '没有写明'}”改为“{ground or '没有写明'}”。"
    told = _cases(before.cases, after.cases)
    if told:
        yield f"用例：{told}。"


def _cases(before: Iterable[tree.WorkedCase], after: Iterable[tree.WorkedCase]) -> str:
    old, new = ({case.name: _content(case) for case in cases} for cases in (before, after))
    counts = Counter(
        新增=sum(name not in old for name in new),
        删去=sum(name not in new for name in old),
        修改=sum(name in old and old[name] != content for name, content in new.items()),
    )
    return "、".join(f"{word}{count}个" for word, count in counts.items() if count)


def _content(case: tree.WorkedCase) -> tuple[object, ...]:
    expected = [
        [(e.item, e.status, e.amount, e.reason, e.clauses) for e in record] for record in case.expected
    ]
    tables = {name: version.rows for name, version in case.tables.items()}
    return (
        case.records, case.readings, case.parameters, tables, case.cells, expected, case.record,
    )  # fmt: skip
