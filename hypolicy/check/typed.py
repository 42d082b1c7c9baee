"""Typed expressions with what they need to be known, and what is established when they hold or do not.

What is needed: optional facts that must be given before the expression is evaluated, and `VERSION` where it looks up
a parameter or a table, whose version the governing date selects. A part of 且 may rely on what the parts before it
have established; a part of 或 on what these have excluded.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import frozen

from hypolicy.rules import tree as rules
from hypolicy.rules.types import EnumType, IdentifierType, NumberType, TextType, Type
from hypolicy.rules.units import RATIO, YUAN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hypolicy.source.text import Span

N = TypeVar("N")
T = TypeVar("T")

VERSION: Final = "@适用日"

# What is needed, with the places that need it; and what is known.
Needs = Mapping[str, tuple[rules.Origin, ...]]
Known = frozenset[str]
NO_NEEDS: Final[Needs] = MappingProxyType({})
NOTHING: Final[Known] = frozenset()


class Unresolved(Exception):  # noqa: N818 - control flow inside the checker; the mistake is already reported
    """An expression that has no meaning; its mistake has been reported."""


def every(build: Callable[[N], T], nodes: Iterable[N]) -> list[T]:
    """Build all of these, and only then give up where one of them has no meaning."""
    out: list[T] = []
    failed = False
    for node in nodes:
        try:
            out.append(build(node))
        except Unresolved:
            failed = True
    if failed:
        raise Unresolved
    return out


@frozen
class Typed:
    expr: rules.Expr
    needs: Needs = NO_NEEDS
    if_true: Known = NOTHING
    if_false: Known = NOTHING

    @property
    def type(self) -> Type:
        return self.expr.type


def in_term_mark(date_name: str) -> str:
    """What `X在施行期内` establishes."""
    return f"@施行期内:{date_name}"


def date_name(expr: rules.Expr) -> str:
    """What a date is called, to know it again."""
    match expr:
        case rules.FactRef(fact):
            return fact.name
        case rules.ConceptRef(concept):
            return concept.name
        case _:
            return expr.origin.text


def together(needs: Iterable[Needs]) -> Needs:
    out: dict[str, dict[Span, rules.Origin]] = {}
    for some in needs:
        for need, origins in some.items():
            out.setdefault(need, {}).update((origin.span, origin) for origin in origins)
    return {need: tuple(origins.values()) for need, origins in out.items()}


def unmet(needs: Needs, known: Known, governing: str = "") -> Needs:
    """Needs that are not established; `VERSION` is where the governing date lies in the term."""
    selected = bool(governing) and in_term_mark(governing) in known
    return {
        need: origins
        for need, origins in needs.items()
        if need not in known and not (need == VERSION and selected)
    }


def negated(typed: Typed, origin: rules.Origin) -> Typed:
    return Typed(rules.Not(typed.expr, origin), typed.needs, typed.if_false, typed.if_true)


def conjunction(parts: Sequence[Typed], origin: rules.Origin) -> Typed:
    established = NOTHING
    needs: list[Needs] = []
    for part in parts:
        needs.append(unmet(part.needs, established))
        established |= part.if_true
    return Typed(rules.All(tuple(part.expr for part in parts), origin), together(needs), if_true=established)


def disjunction(parts: Sequence[Typed], origin: rules.Origin) -> Typed:
    excluded = NOTHING
    needs: list[Needs] = []
    for part in parts:
        needs.append(unmet(part.needs, excluded))
        excluded |= part.if_false
    common = frozenset.intersection(*(part.if_true for part in parts))
    return Typed(rules.Any(tuple(part.expr for part in parts), origin), together(needs), common, excluded)


def by_reading(reading: rules.Reading, options: Sequence[tuple[str, Typed]], origin: rules.Origin) -> Typed:
    """Whatever any option needs is needed; what all of them establish is established."""
    parts = [typed for _, typed in options]
    kind = parts[0].type
    if isinstance(kind, NumberType):
        kind = NumberType(kind.unit, all(isinstance(p.type, NumberType) and p.type.whole for p in parts))
    expr = rules.ByReading(reading, tuple((name, typed.expr) for name, typed in options), kind, origin)
    return Typed(
        expr,
        together(part.needs for part in parts),
        frozenset.intersection(*(part.if_true for part in parts)),
        frozenset.intersection(*(part.if_false for part in parts)),
    )


def comparable(left: Type, right: Type) -> bool:
    """Whether values of two types can be equal, or one of them greater."""
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        return left.unit == right.unit
    texts = (TextType, IdentifierType)
    if isinstance(left, texts) and isinstance(right, texts):
        return True
    return left == right


def in_words(kind: Type) -> str:
    """A type as a person would name it."""
    match kind:
        case EnumType(name):
            return f"「{name}」的取值"
        case NumberType(unit):
            if unit == RATIO:
                return "没有单位的数"
            return "金额" if unit == YUAN else f"以「{unit}」为单位的数"
        case _:
            return {"是否": "是或否", "文本": "文字"}.get(str(kind), str(kind))
