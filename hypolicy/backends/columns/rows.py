"""The row kernel: every benefit on every row, one loop, as the text of a Python function.

Its arguments are two row numbers, the columns of the facts, the arrays of the tables, and where the results go. The
same text is run as it is over lists, or compiled for the processor over arrays.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from attrs import field, frozen

from hypolicy.backends.columns.bounds import bounds_of
from hypolicy.backends.columns.editions import BothEditionsError, benefits_in, choose_edition
from hypolicy.backends.columns.expressions import Arguments
from hypolicy.backends.columns.flat import flattened
from hypolicy.backends.columns.functions import NAMES, preamble
from hypolicy.backends.columns.items import ItemCode
from hypolicy.backends.columns.reasons import (
    GRANTED,
    STATUSES,
    ItemReasons,
    NestedLookupError,
    TooManyReasonsError,
)
from hypolicy.backends.columns.terms import TooLargeError
from hypolicy.backends.columns.writer import Names, Writer
from hypolicy.diagnostics.diagnostic import Collector, Place
from hypolicy.rules.types import EnumType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from hypolicy.backends.columns.coding import Coding
    from hypolicy.rules import tree
    from hypolicy.rules.editions import ItemEdition
    from hypolicy.rules.outcome import Settings

_STATUSES: Final = "s：0 不适用，1 准予，2 不予，3 待定；fen：金额（分）；w：理由的代码"
# In the list of what is granted an item is its place, and so many times the number of its edition.
EDITIONS_APART: Final = 1 << 12
_VARIABLES: Final = frozenset("cdefhikmnsuwxz") | {"start", "stop", "rows", "base", "fen"}


class Wanted(Enum):
    """What a run asks of the rules: decisions with their reasons, decisions alone, or what is granted and counts.

    `NOTES` are what amounts are made of (see `pricing`).
    """

    REASONS = "reasons"
    DECISIONS = "decisions"
    GRANTED = "granted"
    NOTES = "notes"

    @property
    def listed(self) -> bool:
        """Whether items are listed beside counts of the statuses, instead of columns for each item."""
        return self in (Wanted.GRANTED, Wanted.NOTES)


class Coder(Protocol):
    """Makes what writes the statements of an item; `number` tells its place and its edition."""

    def __call__(self, benefit: tree.Benefit, number: int, arguments: Arguments, out: Writer) -> ItemCode: ...


@frozen
class RowKernel:
    """A generated function: its text, the columns and arrays that it takes, and what its codes mean, by item."""

    wanted: Wanted
    body: str = field(repr=False)
    functions: frozenset[str]
    # Names of the columns by their facts.
    columns: dict[str, str]
    arguments: Arguments = field(repr=False)
    outputs: tuple[str, ...]
    # By item and edition.
    reasons: dict[int, dict[int, ItemReasons]] = field(repr=False)
    # Texts for a processor, which take longer to make than to run on a few rows.
    _flat: dict[tuple[frozenset[str], tuple[str, ...]], str] = field(factory=dict, repr=False, eq=False)

    @property
    def text(self) -> str:
        return preamble(self.functions) + self.body

    @property
    def code(self) -> list[str]:
        """The lines of the text that are no comments."""
        return [line for line in self.text.splitlines() if not line.lstrip().startswith("#")]

    @cached_property
    def arrays(self) -> list[NDArray[np.int64]]:
        """The arrays of tables, and of the parameters that were varied when it was made."""
        return self.arguments.arrays_of({})

    def flat(self, packed: frozenset[str], flags: tuple[str, ...] = ()) -> str:
        """The text for a processor, on columns of bits for these facts, and on one column for those of `flags`.

        Facts of `flags` are among those that it reads; each of their columns may be the one of all (see `flattened`).
        """
        key = packed, flags
        if key not in self._flat:
            columns = frozenset(self.columns[fact] for fact in packed if fact in self.columns)
            self._flat[key] = flattened(self.text, columns, [self.columns[fact] for fact in flags])
        return self._flat[key]


def row_kernel(
    items: Sequence[tuple[int, Sequence[ItemEdition]]],
    kind: tree.RecordKind,
    settings: Settings,
    coding: Coding,
    wanted: Wanted,
    collector: Collector,
    varied: Mapping[str, Sequence[Fraction]] | None = None,
    coder: Coder | None = None,
    more_outputs: Sequence[str] = (),
) -> RowKernel:
    """The kernel of these items, by their places in the policy; what cannot be compiled is reported.

    With `varied`, the values of parameters by scenario, it takes the number of a scenario behind the row numbers.
    What a `coder` of one's own writes into beside the usual outputs is told by `more_outputs` in the end.
    """
    several = frozenset(place for place, editions in items if len(editions) > 1)
    outputs = _outputs([place for place, _ in items], several, wanted)
    names = Names({*_VARIABLES, *outputs, *NAMES})
    arguments = Arguments(settings, coding, names, bounds=bounds_of(kind), varied=varied or {})
    body, reasons = Writer(), dict[int, dict[int, ItemReasons]]()
    for place, editions in items:
        reasons[place] = _item(place, editions, arguments, body, wanted, collector, coder or _coder(wanted))
    outputs = (*outputs, *more_outputs)
    numbers = ["start", "stop"] if varied is None else ["start", "stop", "z"]
    parameters = [*numbers, *arguments.columns.values(), *arguments.arrays, *outputs]
    out = Writer()
    for line in (_STATUSES, *_labels(coding)):
        out.comment(line)
    out.signature("rows", parameters)
    out.depth += 1
    if wanted.listed:
        out.line("m = 0")
    with out.block("for i in range(start, stop):"):
        out.include(body)
    if wanted.listed:
        out.line("return m")
    functions = frozenset(arguments.functions)
    return RowKernel(wanted, out.text, functions, arguments.columns, arguments, outputs, reasons)


def _item(
    place: int,
    editions: Sequence[ItemEdition],
    arguments: Arguments,
    out: Writer,
    wanted: Wanted,
    collector: Collector,
    coder: Coder,
) -> dict[int, ItemReasons]:
    """One item: the edition that decides a row, where there are several, and what it says."""
    several = len(editions) > 1
    if several:
        with _reporting(collector, next(benefits_in(editions))):
            choose_edition(editions, arguments, out)
    reasons: dict[int, ItemReasons] = {}
    for number, edition in enumerate(editions):
        with out.block(f"{'elif' if number else 'if'} e == {number}:") if several else nullcontext():
            if several and not wanted.listed:
                out.line(f"edition_{place}[i] = {edition.back}")
            benefit = edition.benefit
            if benefit is None:
                continue
            with _reporting(collector, benefit):
                code = coder(benefit, place + edition.back * EDITIONS_APART, arguments, out)
                reasons[edition.back] = code.reasons
                code.write()
    return reasons


@contextmanager
def _reporting(collector: Collector, benefit: tree.Benefit) -> Iterator[None]:
    """Report what keeps a benefit from being compiled."""

    def report(code: str, **facts: str) -> None:
        place = Place(benefit.origin.span)
        collector.report(code, place, clause=benefit.origin.clause, name=benefit.name, **facts)

    try:
        yield
    except TooLargeError as error:
        words = benefit.name if error.expr is None else error.expr.origin.text
        report("HY850", words=words, digits=str(error.digits))
    except NestedLookupError as error:
        report("HY852", words=error.expr.origin.text)
    except TooManyReasonsError:
        report("HY851")
    except BothEditionsError as error:
        report("HY853", number=error.number)


def _labels(coding: Coding) -> Iterator[str]:
    """What the numbers of labels stand for."""
    for fact in coding.facts:
        if isinstance(fact.type, EnumType):
            labels = "，".join(f"{rank} {label}" for rank, label in enumerate(fact.type.labels))
            yield f"{fact.name}：{labels}"


def _outputs(places: Sequence[int], several: frozenset[int], wanted: Wanted) -> tuple[str, ...]:
    """Where results go: columns for each item, or a list of what is granted beside counts of the statuses."""
    match wanted:
        case Wanted.GRANTED:
            return ("tally", "row", "item", "amount")
        case Wanted.NOTES:
            return ("tally", "row", "item", "held", "raised")
        case _:
            pass
    words = ("status", "fen", "why") if wanted is Wanted.REASONS else ("status", "fen")
    columns = [f"{word}_{place}" for place in places for word in words]
    return (*columns, *(f"edition_{place}" for place in sorted(several)))


def _coder(wanted: Wanted) -> Coder:
    def coder(benefit: tree.Benefit, number: int, arguments: Arguments, out: Writer) -> ItemCode:
        sink = _sink(out, number, wanted, benefit)
        return ItemCode(benefit, arguments, out, wanted is Wanted.REASONS, sink)

    return coder


def _sink(out: Writer, number: int, wanted: Wanted, benefit: tree.Benefit) -> Callable[[], None]:
    """Writes what becomes of the status and the amount of one item; `number` tells its place and its edition."""
    place = number % EDITIONS_APART
    never = bool(benefit.delegated_to)

    def columns() -> None:
        out.line(f"status_{place}[i] = s")
        if wanted is Wanted.REASONS:
            out.line(f"why_{place}[i] = w")
        if never:
            return
        with out.block(f"if s == {GRANTED}:"):
            out.line(f"fen_{place}[i] = fen")

    def entries() -> None:
        out.line(f"tally[{len(STATUSES) * place} + s] += 1")
        if never:
            return
        with out.block(f"if s == {GRANTED}:"):
            out.line("row[m] = i")
            out.line(f"item[m] = {number}")
            out.line("amount[m] = fen")
            out.line("m += 1")

    return entries if wanted is Wanted.GRANTED else columns
