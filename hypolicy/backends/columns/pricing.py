"""Amounts apart from the conditions that lead to them, for scenarios that differ in amounts alone.

The first function goes over the rows once. Of every item that comes as far as an amount it notes the cases and the
uplifts that hold, and the leaves of the amount: the largest parts of its expression that are the same in every
scenario. The second prices such notes in every scenario, and needs no row for it.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.backends.columns import terms
from hypolicy.backends.columns.bounds import bounds_of
from hypolicy.backends.columns.coding import reached
from hypolicy.backends.columns.expressions import Arguments, Expressions
from hypolicy.backends.columns.functions import NAMES, preamble
from hypolicy.backends.columns.items import ItemCode
from hypolicy.backends.columns.reasons import DENIED, GRANTED, PENDING, STATUSES
from hypolicy.backends.columns.rows import EDITIONS_APART, Wanted, row_kernel
from hypolicy.backends.columns.terms import ZERO, Number, Term
from hypolicy.backends.columns.writer import Names, Writer
from hypolicy.rules import tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date
    from fractions import Fraction

    from hypolicy.backends.columns.coding import Coding
    from hypolicy.backends.columns.expressions import Value
    from hypolicy.backends.columns.rows import RowKernel
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.rules.editions import ItemEdition
    from hypolicy.rules.outcome import Settings

# In place of a status: it depends on the amount.
NOTED: Final = len(STATUSES)
# What an item of which nobody can tell the amount comes to in `price`; zero is denied.
OPEN: Final = -1
_VARIABLES: Final = frozenset("cdefhikmnosuwxz") | {"base", "fen"}
_GIVEN: Final = ("scenario", "outcome")
_NOTE: Final = ("item", "held", "raised")


@frozen
class PriceKernel:
    """`price` fills one number for each scenario and note: the amount, 0 where there is none, or `OPEN`.

    Its inputs are the numbers of scenarios, the columns of the notes, and the arrays of `arguments`.
    """

    body: str = field(repr=False)
    arguments: Arguments = field(repr=False)

    @property
    def text(self) -> str:
        return preamble(frozenset(self.arguments.functions)) + self.body


def price_kernels(
    items: Sequence[tuple[int, Sequence[ItemEdition]]],
    kind: tree.RecordKind,
    settings: Settings,
    coding: Coding,
    collector: Collector,
    varied: Mapping[str, Sequence[Fraction]],
    moving: frozenset[str],
) -> tuple[RowKernel, PriceKernel]:
    """Both functions; `moving` are those of the varied parameters that no note may depend on.

    The first has outputs for the leaves of an amount behind those that every note has; an item fills as many as it
    has, and leaves the others as they are.
    """
    names = Names({*_VARIABLES, *_NOTE, *_GIVEN, *NAMES})
    of_prices = Arguments(settings, coding, names, bounds=bounds_of(kind), varied=varied)
    prices = _Prices(of_prices, moving)

    def coder(benefit: tree.Benefit, number: int, arguments: Arguments, out: Writer) -> ItemCode:
        def settled() -> None:
            _note(out, number, priced=number in prices.items)

        return _NotedItem(benefit, arguments, out, False, settled, number, prices)

    notes = row_kernel(items, kind, settings, coding, Wanted.NOTES, collector, varied, coder, prices.filled)
    return notes, prices.kernel()


def _note(out: Writer, number: int, *, priced: bool) -> None:
    """What becomes of an item: counted where its status is known, noted where that depends on the amount.

    One that is never `priced`, because it is left to other rules, has nothing to note.
    """
    if priced:
        with out.block(f"if s == {NOTED}:"):
            for name, value in (("row", "i"), ("item", number), ("held", "h"), ("raised", "u")):
                out.line(f"{name}[m] = {value}")
            out.line("m += 1")
    with out.block("else:") if priced else nullcontext():
        out.line(f"tally[{len(STATUSES) * (number % EDITIONS_APART)} + s] += 1")


@define
class _Prices:
    """Writes the second function while the first is written; leaves are `filled` there and `read` here."""

    arguments: Arguments
    moving: frozenset[str]
    out: Writer = field(factory=lambda: Writer(depth=3))
    filled: list[str] = field(factory=list)
    read: list[str] = field(factory=list)
    items: list[int] = field(factory=list)

    def item(self, number: int) -> AbstractContextManager[None]:
        self.items.append(number)
        return self.out.block(f"{'elif' if len(self.items) > 1 else 'if'} item[i] == {number}:")

    def leaf(self, place: int, notes: Names) -> tuple[str, str]:
        """The names of a leaf in both functions."""
        if place == len(self.read):
            self.filled.append(notes.fresh("leaf"))
            self.read.append(self.arguments.names.fresh("leaf"))
        return self.filled[place], self.read[place]

    def kernel(self) -> PriceKernel:
        out = Writer()
        out.signature("price", ["scenario", *_NOTE, *self.read, *self.arguments.arrays, "outcome"])
        out.depth += 1
        out.line("o = 0")
        with out.block("for z in scenario:"), out.block("for i in range(len(item)):"):
            out.line(f"s = {DENIED}")
            out.line("fen = 0")
            out.lines += self.out.lines
            out.line(f"outcome[o] = fen if s == {GRANTED} else {OPEN} if s == {PENDING} else 0")
            out.line("o += 1")
        return PriceKernel(out.text, self.arguments)


@define
class _NotedItem(ItemCode):
    """An item as far as its amount, and what this is made of."""

    number: int
    prices: _Prices

    def cases(self) -> None:
        out, benefit = self.out, self.benefit
        out.line("h = 0")
        for place, case in enumerate(benefit.cases):
            with self.holding(place, case, ZERO):
                out.line(f"h += {1 << place}")
        with out.block("if h:"):
            out.line(f"s = {NOTED}")
            out.line("u = 0")
            with self.answered():
                for bit, uplift in enumerate(benefit.uplifts):
                    with self.where(self.raises(bit, uplift)):
                        out.line(f"u += {1 << bit}")
                with self.prices.item(self.number):
                    _PricedItem(
                        benefit, self.prices.arguments, self.prices.out, False, _nothing, self
                    ).cases()


def _nothing() -> None:
    """`price` itself says what becomes of an amount."""


@define
class _PricedItem(ItemCode):
    """The amount of an item, from a note."""

    noted: _NotedItem

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self.expressions = _Moving(self.arguments, self.out, noted=self.noted)

    @contextmanager
    def holding(self, place: int, case: tree.Case, before: Term) -> Iterator[None]:
        several = len(self.benefit.cases) > 1
        with self.where(Term(f"held[i] & {1 << place}", 0, 1) if several else terms.TRUE):
            yield

    def base(self, place: int, case: tree.Case) -> Number:
        assert isinstance(self.expressions, _Moving)
        self.expressions.guard = f"h & {1 << place}" if len(self.benefit.cases) > 1 else ""
        amount = self.expressions.number(case.amount)
        self.expressions.guard = ""
        return amount

    @contextmanager
    def answered(self) -> Iterator[None]:
        yield

    def raises(self, bit: int, uplift: tree.Uplift) -> Term:
        return Term(f"raised[i] & {1 << bit}", 0, 1, terms.ADD)

    def rate_version(self, rate: tree.Literal | tree.ParameterRef) -> Term:
        return ZERO


@define
class _Moving(Expressions):
    """Expressions over the leaves of a note; where `guard` does not hold a leaf is zero, because nobody reads it."""

    noted: _NotedItem = field(kw_only=True)
    guard: str = ""
    _leaves: dict[str, str] = field(factory=dict)

    def value(self, expr: tree.Expr) -> Value:
        if self.moves(expr):
            return super().value(expr)
        match self.noted.expressions.value(expr):
            case Number(top, bottom):
                return Number(self.leaf(top), self.leaf(bottom))
            case Term() as term:
                return self.leaf(term)

    def moves(self, expr: tree.Expr) -> bool:
        """Whether it is another in some scenarios."""
        return any(
            isinstance(node, tree.ParameterRef) and node.parameter.name in self.noted.prices.moving
            for node in reached(expr, self.settings)
        )

    def in_force(self, starts: Sequence[date], values: Sequence[Term]) -> Term:
        return self.leaf(self.noted.expressions.in_force(starts, values))

    def leaf(self, term: Term) -> Term:
        if term.constant is not None:  # which it may be by its bounds, whatever it is made of
            return terms.constant(term.constant)
        written = f"{term.code if not self.guard else f'({term.code}) if {self.guard} else 0'}"
        if written not in self._leaves:
            names = self.noted.prices.leaf(len(self._leaves), self.noted.arguments.names)
            self.noted.out.line(f"{names[0]}[m] = {written}")
            self._leaves[written] = names[1]
        return Term(f"{self._leaves[written]}[i]", term.low, term.high)
