"""What a policy declares, with its place in the rule files: what became of each sentence of the official text."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.rules import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules.tree import Policy, Quote


class Kind(Enum):
    """What is declared, in the words of the pages."""

    BENEFIT = "补贴"
    PARAMETER = "标准"
    TABLE = "标准表"
    FUND = "资金"
    GROUP = "补贴的分组"
    LIMIT = "次数和重复的限制"
    COMMON_CONDITION = "共同条件"
    PENDING = "另按规定办理"
    CHECK = "核查"
    TARGET = "目标"
    SOFT_TARGET = "力争目标"
    COMPUTATION = "测算"
    NOTICE = "提示"
    FIXED_READING = "解释"
    READING = "口径"
    DEFINITION = "定义"


_CHECKS = {
    tree.CheckKind.CHECK: Kind.CHECK,
    tree.CheckKind.TARGET: Kind.TARGET,
    tree.CheckKind.SOFT_TARGET: Kind.SOFT_TARGET,
}


@frozen
class Declared:
    kind: Kind
    name: str
    origin: tree.Origin


def declared(policy: Policy) -> tuple[Declared, ...]:
    """Everything, in the order of the kinds; what two items share, once."""
    return tuple({(one.kind, one.name, str(one.origin.span)): one for one in _all(policy)}.values())


def _all(policy: Policy) -> Iterator[Declared]:
    for benefit in policy.benefits:
        yield Declared(Kind.BENEFIT, benefit.name, benefit.origin)
        for condition in benefit.conditions:
            if condition.origin.clause not in ("", benefit.origin.clause):
                yield Declared(Kind.COMMON_CONDITION, condition.denial, condition.origin)
        for gate in benefit.pending:
            yield Declared(Kind.PENDING, gate.name, gate.origin)
    for parameter in policy.parameters:
        yield Declared(Kind.PARAMETER, parameter.name, parameter.origin)
    for table in policy.tables:
        yield Declared(Kind.TABLE, table.name, table.origin)
    for limit in policy.limits:
        yield Declared(Kind.LIMIT, limit.name, limit.origin)
    for check in policy.checks:
        yield Declared(_CHECKS[check.kind], check.name, check.origin)
    for computation in policy.computations:
        yield Declared(Kind.COMPUTATION, computation.name, computation.origin)
    for fund in policy.funds:
        yield Declared(Kind.FUND, fund.name, fund.origin)
    for group in policy.groups:
        yield Declared(Kind.GROUP, group.name, group.origin)
    for kind in policy.records:
        for notice in kind.notices:
            yield Declared(Kind.NOTICE, notice.message, notice.origin)
    for reading in policy.readings:
        what = Kind.FIXED_READING if reading.fixed else Kind.READING
        yield Declared(what, reading.name, reading.origin)
    for concept in policy.concepts:
        yield Declared(Kind.DEFINITION, concept.name, concept.origin)


def outcomes(policy: Policy) -> dict[Quote, tuple[Declared, ...]]:
    """What stands behind each quote, up to the next one in its file or the end of its clause.

    Quotes with nothing between them belong to the same rules.
    """
    things = declared(policy)
    out: dict[Quote, tuple[Declared, ...]] = {}
    following: Quote | None = None
    for quote in sorted(policy.quotes, key=_place, reverse=True):
        file, end = _place(quote)
        together = following is not None and following.clause == quote.clause and _place(following)[0] == file
        limit = _place(following)[1] if following is not None and together else len(quote.span.source.text)
        own = tuple(
            one
            for one in things
            if one.origin.clause == quote.clause
            and str(one.origin.span.source.path) == file
            and end <= one.origin.span.start < limit
        )
        if not own and following is not None and together and quote.treatment == following.treatment:
            own = out[following]
        out[quote] = own
        following = quote
    return out


def _place(quote: Quote) -> tuple[str, int]:
    return str(quote.span.source.path), quote.span.start
