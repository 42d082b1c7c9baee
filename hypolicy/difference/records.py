"""Edits of records: their facts, and the conditions under which one is refused or remarked on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from hypolicy.difference.edits import Edit, altering_kind
from hypolicy.difference.expressions import changes, said, shortened
from hypolicy.rules.difference import ChangeKind
from hypolicy.rules.phrases import listed
from hypolicy.rules.types import EnumType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hypolicy.difference.edits import Alter, Pair
    from hypolicy.difference.joint import FactPair
    from hypolicy.rules import tree

_DATA: Final = "改变的是数据文件要填什么"


def records(pair: Pair) -> Iterator[Edit]:
    yield from _facts(pair)
    yield from _validations(pair)
    yield from _notices(pair)


def _facts(pair: Pair) -> Iterator[Edit]:
    for fact in pair.joint.facts:
        sentences = tuple(_fact_changes(fact, retyped=fact.joint.name in pair.joint.retyped))
        if sentences:
            words = ["" if one is None else shortened(one.origin.text) for one in (fact.before, fact.after)]
            clause = fact.joint.origin.clause
            yield Edit(ChangeKind.FACT, clause, fact.joint.name, sentences, words[0], words[1], reason=_DATA)


def _fact_changes(pair: FactPair, *, retyped: bool) -> Iterator[str]:
    old, new, name = pair.before, pair.after, f"事实「{pair.joint.name}」"
    if old is None or new is None:
        only = new or old
        assert only is not None
        yield f"{'新增' if old is None else '删去'}{name}（{_type(only)}，{_presence(only)}）"
        return
    if retyped:
        yield f"{name}的类型由{_type(old)}改为{_type(new)}"
        return
    match old.type, new.type:
        case EnumType(labels=before), EnumType(labels=after):
            added = [label for label in after if label not in before]
            gone = [label for label in before if label not in after]
            if added:
                yield f"{name}增加取值：{listed(added)}"
            if gone:
                yield f"{name}删去取值：{listed(gone)}"
        case _:
            pass
    if _presence(old) != _presence(new):
        yield f"{name}由{_presence(old)}改为{_presence(new)}"


def _type(fact: tree.Fact) -> str:
    kind = fact.type
    return listed(kind.labels) if isinstance(kind, EnumType) else str(kind)


def _presence(fact: tree.Fact) -> str:
    if fact.column_optional:
        return "可缺列"
    return "可空" if fact.optional else "必填"


def _validations(pair: Pair) -> Iterator[Edit]:
    for old, new in _kinds(pair):
        if old is None or new is None:
            continue
        name = old.name
        made = [evolve(v, condition=pair.into(v.condition)) for v in new.validations]
        for a, b in _unlike(pair, old.validations, made):

            def change(
                kind: tree.RecordKind, a: tree.Validation | None = a, b: tree.Validation | None = b
            ) -> tree.RecordKind:
                kept = _exchanged(pair, kind.validations, a, b)
                return evolve(kind, validations=tuple(kept))

            yield _statement(pair, ChangeKind.VALIDATION, "校验", a, b, altering_kind(name, change))


def _notices(pair: Pair) -> Iterator[Edit]:
    for old, new in _kinds(pair):
        if old is None or new is None:
            continue
        name = old.name
        before = [notice for notice in old.notices if notice.condition is not None]
        after = [
            evolve(notice, condition=pair.into(notice.condition))
            for notice in new.notices
            if notice.condition is not None
        ]
        for a, b in _unlike(pair, before, after):

            def change(
                kind: tree.RecordKind, a: tree.Notice | None = a, b: tree.Notice | None = b
            ) -> tree.RecordKind:
                overlaps = [notice for notice in kind.notices if notice.condition is None]
                own = [notice for notice in kind.notices if notice.condition is not None]
                return evolve(kind, notices=(*overlaps, *_exchanged(pair, own, a, b)))

            yield _statement(pair, ChangeKind.NOTICE, "提示", a, b, altering_kind(name, change))
        yield from _overlaps(old, new)


def _overlaps(old: tree.RecordKind, new: tree.RecordKind) -> Iterator[Edit]:
    sides = [
        {
            tuple(fact.name for fact in notice.overlap): notice
            for notice in kind.notices
            if notice.overlap is not None
        }
        for kind in (old, new)
    ]
    for verb, some, others in (("新增", sides[1], sides[0]), ("删去", sides[0], sides[1])):
        for key, notice in some.items():
            if key not in others:
                sentence = f"{verb}提示「{notice.message}」"
                reason = "提示只告知，不影响结果"
                yield Edit(
                    ChangeKind.NOTICE, notice.origin.clause, notice.message, (sentence,), reason=reason
                )


def _kinds(pair: Pair) -> Iterator[tuple[tree.RecordKind | None, tree.RecordKind | None]]:
    before = {kind.name: kind for kind in pair.before.records}
    after = {kind.name: kind for kind in pair.after.records}
    for name in {**before, **after}:
        yield before.get(name), after.get(name)


def _unlike(pair: Pair, before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Statements with a condition and a message that are not the same: with the same message, or in the same place."""
    forms = pair.first.forms
    said_before = {(forms.truth(one.condition), one.message) for one in before}
    said_after = {(forms.truth(one.condition), one.message) for one in after}
    left = [one for one in before if (forms.truth(one.condition), one.message) not in said_after]
    right = [one for one in after if (forms.truth(one.condition), one.message) not in said_before]
    for same in (
        lambda a, b: a.message == b.message,
        lambda a, b: forms.truth(a.condition) == forms.truth(b.condition),
    ):
        for a in list(left):
            b = next((one for one in right if same(a, one)), None)
            if b is not None:
                left.remove(a)
                right.remove(b)
                yield a, b
    yield from ((one, None) for one in left)
    yield from ((None, one) for one in right)


def _exchanged(pair: Pair, statements: Iterable[Any], old: Any, new: Any) -> list[Any]:
    forms = pair.first.forms
    out = [
        one
        for one in statements
        if old is None
        or (forms.truth(one.condition), one.message) != (forms.truth(old.condition), old.message)
    ]
    return [*out, *([new] if new is not None else [])]


def _statement(pair: Pair, kind: ChangeKind, what: str, old: Any, new: Any, alter: Alter) -> Edit:
    origin = (new or old).origin
    sentences = []
    if old is None or new is None:
        only = new or old
        verb = "新增" if old is None else "删去"
        sentences.append(f"{verb}{what}「{only.message}」：{said(only.condition)}")
    else:
        told = changes(pair.first.forms, old.condition, new.condition, pair.concepts)
        sentences += [f"{what}「{old.message}」{one}" for one in told]
        if old.message != new.message:
            sentences.append(f"{what}「{old.message}」改称「{new.message}」")
    words = ["" if one is None else said(one.condition) for one in (old, new)]
    name = (new or old).message
    return Edit(kind, origin.clause, name, tuple(sentences), words[0], words[1], alter)
