"""Edits of what the policy declares once and uses everywhere: its term, readings, parameters, tables and concepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from hypolicy.difference.align import form_of
from hypolicy.difference.edits import Edit, Overrides
from hypolicy.difference.expressions import changes, said
from hypolicy.difference.versions import parameter_changes, table_changes
from hypolicy.rules.difference import ChangeKind
from hypolicy.rules.phrases import listed
from hypolicy.rules.wording import period_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.difference.edits import Pair
    from hypolicy.rules import tree

_DEFINES: Final = "口径通过它定义的词影响结果，这些词的改动另行列出"
_FIXED: Final = "固定口径登记对条文的理解，规则的改动另行列出"
_USES: Final = "用到它的规则的改动另行列出"


def declared(pair: Pair) -> Iterator[Edit]:
    yield from _term(pair)
    yield from _readings(pair)
    yield from _parameters(pair)
    yield from _tables(pair)
    yield from _concepts(pair)


# --- the term --------------------------------------------------------------------------------------------------


def _term(pair: Pair) -> Iterator[Edit]:
    old, new = pair.before.term, pair.after.term
    if old != new:
        words = period_text(old), period_text(new)
        sentence = f"施行期由{words[0]}改为{words[1]}"
        yield Edit(ChangeKind.TERM, "", "施行期", (sentence,), *words, overrides=Overrides(new))


# --- readings --------------------------------------------------------------------------------------------------


def _readings(pair: Pair) -> Iterator[Edit]:
    known = pair.matches.readings
    left = {reading.name for reading in known.values()}
    for reading in pair.before.readings:
        if reading.name not in left:
            yield _reading(reading, "删去", before=_options(reading))
    for reading in pair.after.readings:
        if reading.name not in known:
            yield _reading(reading, "新增", after=_options(reading))
            continue
        yield from _reading_changes(pair, known[reading.name], reading)


def _reading(reading: tree.Reading, verb: str, before: str = "", after: str = "") -> Edit:
    what = "固定口径" if reading.fixed else "口径"
    sentence = f"{verb}{what}「{reading.name}」：{before or after}"
    reason = _FIXED if reading.fixed else _DEFINES
    return Edit(
        ChangeKind.READING, reading.origin.clause, reading.name, (sentence,), before, after, reason=reason
    )


def _options(reading: tree.Reading) -> str:
    others = [option for option in reading.options if option != reading.default]
    if reading.fixed:
        return f"取「{reading.default}」，不取{listed(f'「{option}」' for option in others)}"
    return f"默认「{reading.default}」，另可{listed(f'「{option}」' for option in others)}"


def _reading_changes(pair: Pair, old: tree.Reading, new: tree.Reading) -> Iterator[Edit]:
    same = pair.matches.options[new.name]
    name, clause = f"口径「{old.name}」", new.origin.clause
    default = same.get(new.default, new.default)
    words = _options(old), _options(new)
    sentences = []
    if old.fixed != new.fixed:
        sentences.append(f"{name}由{'固定' if old.fixed else '可选'}改为{'固定' if new.fixed else '可选'}")
    added = [option for option in new.options if option not in same]
    removed = [option for option in old.options if option not in same.values()]
    sentences += [f"{name}增加选项「{option}」" for option in added]
    sentences += [f"{name}删去选项「{option}」" for option in removed]
    if sentences:
        reason = _FIXED if new.fixed else _DEFINES
        yield Edit(ChangeKind.READING, clause, old.name, tuple(sentences), *words, reason=reason)
    if default == old.default:
        return
    sentence = f"{name}的默认由「{old.default}」改为「{new.default}」"
    if old.fixed and new.fixed:
        yield Edit(ChangeKind.READING, clause, old.name, (sentence,), *words, reason=_FIXED)
    else:
        changed = {old.name: default}
        yield Edit(ChangeKind.READING, clause, old.name, (sentence,), *words, defaults=changed)


# --- parameters and tables -------------------------------------------------------------------------------------


def _parameters(pair: Pair) -> Iterator[Edit]:
    matched = pair.matches.parameters
    kept = {parameter.name for parameter in matched.values()}
    for old in pair.before.parameters:
        if old.name not in kept:
            yield _dropped(ChangeKind.PARAMETER, old.origin, f"参数「{old.name}」")
    for new in pair.after.parameters:
        if new.name not in matched:
            yield _introduced(ChangeKind.PARAMETER, new.origin, f"参数「{new.name}」")
            continue
        before = matched[new.name]
        sentences = tuple(f"{before.name}：{one}" for one in parameter_changes(before, new))
        if sentences:
            changed = evolve(before, versions=new.versions, authority=new.authority, bound=new.bound)
            yield Edit(
                ChangeKind.PARAMETER, new.origin.clause, before.name, sentences,
                before.origin.text, new.origin.text,
                overrides=Overrides(parameters={before.name: changed}), amended=new.origin.amended,
            )  # fmt: skip


def _tables(pair: Pair) -> Iterator[Edit]:
    matched = pair.matches.tables
    kept = {table.name for table in matched.values()}
    for old in pair.before.tables:
        if old.name not in kept:
            yield _dropped(ChangeKind.TABLE, old.origin, f"表「{old.name}」")
    for new in pair.after.tables:
        if new.name not in matched:
            yield _introduced(ChangeKind.TABLE, new.origin, f"表「{new.name}」")
            continue
        before = matched[new.name]
        sentences = tuple(f"「{before.name}」{one}" for one in table_changes(before, new))
        if sentences:
            yield Edit(
                ChangeKind.TABLE, new.origin.clause, before.name, sentences,
                before.origin.text, new.origin.text,
                overrides=Overrides(tables={before.name: evolve(new, name=before.name)}),
                amended=new.origin.amended,
            )  # fmt: skip


def _dropped(kind: ChangeKind, origin: tree.Origin, name: str) -> Edit:
    return Edit(kind, origin.clause, name, (f"删去{name}",), origin.text, "", reason=_USES)


def _introduced(kind: ChangeKind, origin: tree.Origin, name: str) -> Edit:
    return Edit(kind, origin.clause, name, (f"新增{name}",), "", origin.text, reason=_USES)


# --- concepts --------------------------------------------------------------------------------------------------


def _concepts(pair: Pair) -> Iterator[Edit]:
    """Concepts that both policies have; a new one is told where it is used."""
    forms = pair.first.forms
    for new in pair.after.concepts:
        old = pair.matches.concepts.get(new.name)
        if old is None:
            continue
        body = pair.into(new.body)
        changed = form_of(forms, old.body) != form_of(forms, body)
        sentences = [f"「{old.name}」{one}" for one in changes(forms, old.body, body, pair.concepts)]
        if old.denial != new.denial:
            words = [f"“{one.denial}”" if one.denial else "概念的名称" for one in (old, new)]
            sentences.append(f"「{old.name}」不符合时的理由由{words[0]}改为{words[1]}")
        if sentences:
            concept = evolve(old, body=body if changed else old.body, denial=new.denial)
            yield Edit(
                ChangeKind.CONCEPT, new.origin.clause, old.name, tuple(sentences),
                said(old.body), said(new.body),
                overrides=Overrides(concepts={old.name: concept}),
                amended=(*new.origin.amended, *new.body.origin.amended),
            )  # fmt: skip
