"""How a condition or a value has changed, in sentences that quote the author's own words.

The second expression comes as the first policy would write it (`align.into_first`), so that a word whose definition
has changed elsewhere counts as the same word here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.difference.align import form_of
from hypolicy.rules import tree
from hypolicy.rules.facts import facts_of, parts
from hypolicy.rules.types import BoolType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.rules.normal_form import Forms

_NUMERALS: Final = "一两三四五六七八九十"
_MOST_WORDS: Final = 120


def said(expr: tree.Expr) -> str:
    """The words of an expression, as a person would quote them."""
    return shortened(expr.origin.text.strip("，；。"))


def shortened(text: str) -> str:
    return text if len(text) <= _MOST_WORDS else f"{text[: _MOST_WORDS - 1]}…"


def counted(number: int, word: str) -> str:
    """一项, 两项, 12项."""
    return f"{_NUMERALS[number - 1] if number <= len(_NUMERALS) else number}{word}"


def changes(
    forms: Forms, before: tree.Expr, after: tree.Expr, known: frozenset[str] = frozenset()
) -> Iterator[str]:
    """What has changed, one predicate each; `known` are concepts that need no definition."""
    if form_of(forms, before) == form_of(forms, after):
        return
    if not isinstance(before.type, BoolType) or not isinstance(after.type, BoolType):
        yield _replaced(before, after, known)
        return
    match before, after:
        case tree.ByReading(reading, options), tree.ByReading(other, others) if reading.name == other.name:
            new = dict(others)
            for name, option in options:
                if name in new:
                    told = changes(forms, option, new[name], known)
                    yield from (f"在口径「{reading.name}」取「{name}」时{sentence}" for sentence in told)
        case (tree.All(), _) | (_, tree.All()):
            yield from _lists(forms, tree.All, ("个条件", "条件"), (before, after), known)
        case (tree.Any(), _) | (_, tree.Any()):
            yield from _lists(forms, tree.Any, ("项", "一项"), (before, after), known)
        case tree.OneOf(operand, labels), tree.OneOf(other_operand, other_labels) if forms.value(
            operand
        ) == forms.value(other_operand):
            yield from _labels(said_of(operand), labels, other_labels)
        case _:
            yield _replaced(before, after, known)


def said_of(expr: tree.Expr) -> str:
    """A value by its name."""
    match expr:
        case tree.FactRef(fact):
            return fact.name
        case tree.ConceptRef(concept):
            return concept.name
        case _:
            return said(expr)


def _labels(name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    added = [label for label in after if label not in before]
    removed = [label for label in before if label not in after]
    if added:
        yield f"中{name}所列增加{counted(len(added), '项')}：{'、'.join(added)}"
    if removed:
        yield f"中{name}所列删去{counted(len(removed), '项')}：{'、'.join(removed)}"


def _replaced(before: tree.Expr, after: tree.Expr, known: frozenset[str]) -> str:
    return f"由“{said(before)}”改为“{said(after)}”{defined(after, known)}"


def _lists(
    forms: Forms,
    kind: type[tree.All | tree.Any],
    words: tuple[str, str],
    pair: tuple[tree.Expr, tree.Expr],
    known: frozenset[str],
) -> Iterator[str]:
    """Operands added, removed, and changed, whatever their order."""
    first, second = (_operands(expr, kind) for expr in pair)
    left = {form_of(forms, one): one for one in first}
    right = {form_of(forms, one): one for one in second}
    removed = [one for form, one in left.items() if form not in right]
    added = [one for form, one in right.items() if form not in left]
    for before, after in _partners(removed, added):
        removed.remove(before)
        added.remove(after)
        for told in changes(forms, before, after, known):
            yield told if told.startswith(("由", "中")) else f"中“{said(before)}”{told}"
    counter, noun = words
    for verb, found in (("增加", added), ("删去", removed)):
        if found:
            how_many = noun if noun == "条件" and len(found) == 1 else counted(len(found), counter)
            listed = "、".join(f"“{said(one)}”" if len(found) > 1 else said(one) for one in found)
            more = "".join(defined(one, known) for one in found) if verb == "增加" else ""
            yield f"{verb}{how_many}：{listed}{more}"


def _operands(expr: tree.Expr, kind: type[tree.All | tree.Any]) -> list[tree.Expr]:
    if not isinstance(expr, kind):
        return [expr]
    return [inner for operand in expr.operands for inner in _operands(operand, kind)]


def _partners(removed: Sequence[tree.Expr], added: Sequence[tree.Expr]) -> list[tuple[tree.Expr, tree.Expr]]:
    """What was removed with what was added in its place: the same sort of statement about the same facts."""
    out: list[tuple[tree.Expr, tree.Expr]] = []
    free = list(added)
    for one in removed:
        for other in free:
            if alike(one, other):
                out.append((one, other))
                free.remove(other)
                break
    return out


def alike(before: tree.Expr, after: tree.Expr) -> bool:
    """Whether one statement can be said to have become the other."""
    facts = set(facts_of(before)) & set(facts_of(after))
    if type(before) is not type(after):
        return bool(facts) and isinstance(before, tree.Not) == isinstance(after, tree.Not)
    match before, after:
        case tree.FactRef(), tree.FactRef():
            return False
        case tree.ConceptRef(concept), tree.ConceptRef(other):
            return bool(facts) and (
                concept.name[:2] == other.name[:2] or concept.name[-2:] == other.name[-2:]
            )
        case _:
            return bool(facts)


def defined(expr: tree.Expr, known: frozenset[str]) -> str:
    """What new words in an expression stand for."""
    names: dict[str, tree.Expr] = {}
    for node in _own_words(expr):
        if isinstance(node, tree.ConceptRef) and node.concept.name not in known:
            names.setdefault(node.concept.name, node.concept.body)
    return "".join(f"（「{name}」：{said(body)}）" for name, body in names.items())


def _own_words(expr: tree.Expr) -> Iterator[tree.Expr]:
    """The expression without the bodies of the concepts in it."""
    yield expr
    if not isinstance(expr, tree.ConceptRef):
        for part in parts(expr):
            yield from _own_words(part)
