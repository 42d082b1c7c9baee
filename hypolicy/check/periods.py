"""Values that hold from a date: their periods in order of time; gaps in the term and overlaps are mistakes.

A version without 止 holds until the day before the next one begins; the last without 止 is open-ended.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from attrs import define

from hypolicy.check.symbols import Symbols, head
from hypolicy.check.typed import in_words
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.rules import tree as rules
from hypolicy.rules.calendar import Period, add_days, chinese_date, day_before
from hypolicy.rules.operators import WORDS
from hypolicy.rules.types import NumberType
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import Span
    from hypolicy.syntax.literals import Quantity
    from hypolicy.syntax.tree import Block

T = TypeVar("T")


@define
class Timeline:
    """Puts versions in their order and reports where the term has none, or two."""

    collector: Collector
    term: Period

    def periods(
        self, name: str, dated: Sequence[tuple[tree.Validity, T]], clause: str
    ) -> list[tuple[Period, T]]:
        """Each version with its period, in order of time."""
        ordered = sorted(dated, key=lambda pair: pair[0].start)
        out: list[tuple[Period, T]] = []
        for index, (validity, what) in enumerate(ordered):
            end = validity.end
            if end is not None and end < validity.start:
                self.collector.report("HY409", validity.span, clause=clause)
                end = validity.start
            if index + 1 < len(ordered):
                end = self._until(name, validity, end, ordered[index + 1][0], clause)
            out.append((Period(validity.start, end), what))
        first, last = ordered[0][0], out[-1][0]
        if first.start > self.term.start:
            self._gap(name, day_before(self.term.start), day_before(first.start), clause, first.span)
        if last.end is not None and (self.term.end is None or last.end < self.term.end):
            self._gap(name, last.end, self.term.end or date.max, clause, ordered[-1][0].span)
        return out

    def _until(
        self,
        name: str,
        validity: tree.Validity,
        end: date | None,
        following: tree.Validity,
        clause: str,
    ) -> date:
        """The last day of a version that another one follows."""
        if following.start == validity.start or (end is not None and end >= following.start):
            last = end or following.end or self.term.end or following.start
            self._told("HY402", name, following.start, last, clause, validity.span, following.span)
        if end is None:
            return max(validity.start, day_before(following.start))
        if end < day_before(following.start):
            self._gap(name, end, day_before(following.start), clause, validity.span, following.span)
        return end

    def _gap(self, name: str, after: date, until: date, clause: str, *spans: Span) -> None:
        """A stretch without a version, so far as it lies in the term; on the last of all days none is missed."""
        start = max(add_days(after, 1), self.term.start)
        end = min(until, self.term.end or date.max)
        if start <= end and start != date.max:
            self._told("HY401", name, start, end, clause, *spans)

    def _told(self, code: str, name: str, start: date, end: date, clause: str, *spans: Span) -> None:
        days = chinese_date(start) if start == end else f"{chinese_date(start)}至{chinese_date(end)}"
        self.collector.report(code, *spans, clause=clause, name=name, days=days)


@define
class ParameterChecker:
    symbols: Symbols
    timeline: Timeline

    def parameters(self) -> dict[str, rules.Parameter]:
        out: dict[str, rules.Parameter] = {}
        for name, block in self.symbols.all("参数").items():
            match block.head:
                case tree.DelegatedParameter() as left:
                    out[name] = self._delegated(left, block)
                case tree.Parameter(_, written):
                    kind, versions = self._kind_of(written, block), self._versions(name, written, block)
                    origin = rules.Origin(block.clause, block.head.span)
                    out[name] = rules.Parameter(name, kind, versions, origin)
                case _:
                    raise AssertionError(block.head)
        for name, block in self.symbols.all("落实").items():
            if name not in out or not out[name].authority:
                left_open = [parameter.name for parameter in out.values() if parameter.authority]
                wanted = "由其他部门规定的参数"
                self.symbols.missing(wanted, head(block, tree.Fulfilment).name, left_open, block.clause)
        return out

    def _delegated(self, written: tree.DelegatedParameter, block: Block) -> rules.Parameter:
        """A parameter left to an authority: without a value until 落实 gives it one."""
        name = written.name.text
        origin = rules.Origin(block.clause, written.span)
        bound = None
        kind = NumberType()
        if written.bound is not None:
            bound = (WORDS[written.word], written.bound.number)
            kind = NumberType(written.bound.unit)
        fulfilled = self.symbols.all("落实").get(name)
        if fulfilled is None:
            return rules.Parameter(name, kind, (), origin, written.authority, bound)
        versions = head(fulfilled, tree.Fulfilment).versions
        found = self._kind_of(versions, fulfilled)
        for version in versions:
            fits = bound is None or bound[0].meaning(version.quantity.number, bound[1])
            if not fits or (bound is not None and found.unit != kind.unit):
                places = (Place(version.span), Place(written.span, "在这里规定限度"))
                self._report("HY415", *places, clause=fulfilled.clause, name=name)
        dated = self._versions(name, versions, fulfilled)
        return rules.Parameter(name, found, dated, origin, written.authority, bound)

    def _kind_of(self, versions: Sequence[tree.Version], block: Block) -> NumberType:
        first = versions[0]
        for version in versions[1:]:
            if version.quantity.unit != first.quantity.unit:
                left, right = (in_words(NumberType(v.quantity.unit)) for v in (first, version))
                places = (Place(version.span), Place(first.span))
                self._report("HY302", *places, clause=block.clause, left=left, right=right)
        whole = all(version.quantity.whole for version in versions)
        return NumberType(first.quantity.unit, whole)

    def _versions(
        self, name: str, written: Sequence[tree.Version], block: Block
    ) -> tuple[rules.Version, ...]:
        dated = [(version.validity, version) for version in written]
        return tuple(
            rules.Version(
                period, version.quantity.number, version.ground, rules.Origin(block.clause, version.span)
            )
            for period, version in self.timeline.periods(name, dated, block.clause)
        )

    def _report(self, code: str, *places: Place, clause: str, **facts: object) -> None:
        self.timeline.collector.report(code, *places, clause=clause, suggestion="", **facts)


def quantities(symbols: Symbols, name: str) -> Iterator[tuple[Quantity, Span]]:
    """What is written of a parameter: its values and its bound, with their places."""
    for word in ("参数", "落实"):
        block = symbols.all(word).get(name)
        match block.head if block is not None else None:
            case tree.DelegatedParameter(bound=bound) as left if bound is not None:
                yield bound, left.span
            case tree.Parameter(versions=versions) | tree.Fulfilment(versions=versions):
                yield from ((version.quantity, version.span) for version in versions)
            case _:
                pass
