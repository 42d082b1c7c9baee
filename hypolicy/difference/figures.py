"""Edits of what is no subsidy: checks, goals, computations, how things are summed, and the text itself."""

from __future__ import annotations

import difflib
import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve

from hypolicy.difference.edits import Edit
from hypolicy.difference.expressions import changes, said, shortened
from hypolicy.difference.ledgers import into_group, members_of
from hypolicy.rules import tree
from hypolicy.rules.difference import ChangeKind
from hypolicy.rules.phrases import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.difference.edits import Alter, Pair

Figure = tree.Check | tree.Computation
F = TypeVar("F", bound=Figure)

_TEXT: Final = "原文本身不改变结果，规则的改动另行列出"
_TOTALS: Final = "结果和金额不变，改变的是怎样汇总"
_FUND: Final = "资金的登记不改变结果，各项补贴从哪里列支另行列出"
_AROUND: Final = 12
_SENTENCE: Final = re.compile(r"[^。；]*[。；]?")


def figures(pair: Pair) -> Iterator[Edit]:
    yield from _checks(pair)
    yield from _computations(pair)
    yield from _totals(pair)
    yield from _texts(pair)


def _checks(pair: Pair) -> Iterator[Edit]:
    made = [evolve(check, condition=pair.into(check.condition)) for check in pair.after.checks]
    for old, new in _by_name(pair.before.checks, made):

        def alter(
            policy: tree.Policy, old: tree.Check | None = old, new: tree.Check | None = new
        ) -> tree.Policy:
            return evolve(policy, checks=_exchanged(policy.checks, old, new))

        yield from _edit(pair, ChangeKind.CHECK, old, new, alter)


def _computations(pair: Pair) -> Iterator[Edit]:
    made = [evolve(one, amount=pair.into(one.amount)) for one in pair.after.computations]
    for old, new in _by_name(pair.before.computations, made):

        def alter(
            policy: tree.Policy, old: tree.Computation | None = old, new: tree.Computation | None = new
        ) -> tree.Policy:
            return evolve(policy, computations=_exchanged(policy.computations, old, new))

        yield from _edit(pair, ChangeKind.COMPUTATION, old, new, alter)


def _by_name(before: Sequence[F], after: Sequence[F]) -> Iterator[tuple[F | None, F | None]]:
    old = {one.name: one for one in before}
    new = {one.name: one for one in after}
    for name in [*old, *(name for name in new if name not in old)]:
        yield old.get(name), new.get(name)


def _exchanged(figures: Sequence[F], old: F | None, new: F | None) -> tuple[F, ...]:
    kept = [one for one in figures if old is None or one.name != old.name]
    return (*kept, *([new] if new is not None else []))


def _edit(
    pair: Pair, kind: ChangeKind, old: Figure | None, new: Figure | None, alter: Alter
) -> Iterator[Edit]:
    only = new or old
    sentences = tuple(_figure_changes(pair, kind, old, new))
    if sentences and only is not None:
        words = ["" if one is None else said(expr_of(one)) for one in (old, new)]
        yield Edit(kind, only.origin.clause, only.name, sentences, words[0], words[1], alter)


def _figure_changes(pair: Pair, kind: ChangeKind, old: Figure | None, new: Figure | None) -> Iterator[str]:
    if old is None or new is None:
        only = new or old
        assert only is not None
        word = only.kind.value if isinstance(only, tree.Check) else kind.value
        yield f"{'新增' if old is None else '删去'}{word}「{only.name}」：{said(expr_of(only))}"
        return
    told = changes(pair.first.forms, expr_of(old), expr_of(new), pair.concepts)
    yield from (f"「{old.name}」{one}" for one in told)
    if isinstance(old, tree.Check) and isinstance(new, tree.Check):
        if old.kind is not new.kind:
            yield f"「{old.name}」由{old.kind.value}改为{new.kind.value}"
        if old.total != new.total:
            scopes = ["全部记录合计" if one.total else "逐条记录" for one in (old, new)]
            yield f"「{old.name}」由按{scopes[0]}改为按{scopes[1]}"


def figures_of(policy: tree.Policy) -> dict[str, Figure]:
    every: list[Figure] = [*policy.checks, *policy.computations]
    return {figure.name: figure for figure in every}


def expr_of(figure: Figure) -> tree.Expr:
    return figure.condition if isinstance(figure, tree.Check) else figure.amount


def _totals(pair: Pair) -> Iterator[Edit]:
    names = [listed(fact.name for fact in side.dimensions) or "没有" for side in (pair.before, pair.after)]
    if names[0] != names[1]:
        sentence = f"汇总维度由{names[0]}改为{names[1]}"
        yield Edit(ChangeKind.TOTALS, "", "汇总维度", (sentence,), names[0], names[1], reason=_TOTALS)
    before = {fund.name: fund for fund in pair.before.funds}
    after = {fund.name: fund for fund in pair.after.funds}
    for name in [*before, *(name for name in after if name not in before)]:
        told = [
            None if fund is None else _fund(pair, fund, side)
            for side, fund in enumerate((before.get(name), after.get(name)))
        ]
        if told[0] == told[1]:
            continue
        fund = after.get(name) or before[name]
        if told[0] is None or told[1] is None:
            sentence = f"{'新增' if told[0] is None else '删去'}资金「{name}」"
        else:
            sentence = f"资金「{name}」由{told[0]}改为{told[1]}"
        yield Edit(ChangeKind.FUND, fund.origin.clause, name, (sentence,), reason=_FUND)


def _fund(pair: Pair, fund: tree.Fund, side: int) -> str:
    if fund.only_for is None:
        return "没有指定用途"
    group = into_group(pair, fund.only_for) if side else fund.only_for
    members = sorted({name for names in members_of(group).values() for name in names})
    return f"专用于{listed(members)}"


# --- the text --------------------------------------------------------------------------------------------------


def _texts(pair: Pair) -> Iterator[Edit]:
    """What the regulation says, clause by clause, sentence by sentence."""
    before, after = (_quoted(policy) for policy in (pair.before, pair.after))
    for clause in [*before, *(clause for clause in after if clause not in before)]:
        old, new = before.get(clause, []), after.get(clause, [])
        if old == new:
            continue
        gone: list[str] = []
        added: list[str] = []
        for verb, a1, a2, b1, b2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if verb != "equal":
                gone += old[a1:a2]
                added += new[b1:b2]
        words = "".join(gone), "".join(added)
        if not old or not new:
            sentence = f"{'新增' if not old else '删去'}条文“{shortened(words[0] or words[1])}”"
        elif not gone or not added:
            sentence = f"原文{'增加' if not gone else '删去'}“{shortened(words[0] or words[1])}”"
        else:
            told = _apart(*words)
            sentence = f"原文由“{told[0]}”改为“{told[1]}”"
        yield Edit(ChangeKind.CLAUSE, clause, clause, (sentence,), *words, reason=_TEXT)


def _apart(old: str, new: str) -> tuple[str, str]:
    """What is not the same in two passages, with a few words around it."""
    before = _alike(old, new)
    after = _alike(old[before:][::-1], new[before:][::-1])
    first = max(before - _AROUND, 0)

    def part(text: str) -> str:
        last = min(len(text) - after + _AROUND, len(text))
        return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"

    return shortened(part(old)), shortened(part(new))


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _quoted(policy: tree.Policy) -> dict[str, list[str]]:
    texts: dict[str, str] = {}
    for quote in policy.quotes:
        texts[quote.clause] = texts.get(quote.clause, "") + "".join(quote.text.split())
    return {clause: [part for part in _SENTENCE.findall(text) if part] for clause, text in texts.items()}
