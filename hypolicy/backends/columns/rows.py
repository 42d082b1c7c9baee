"""The row kernel: every benefit on every row, one loop, as the text of a Python function.

Its arguments are two row numbers, the columns of the facts, the arrays of the tables, and where the results go. The
same text is run as it is over lists, or compiled for the processor over arrays.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import field, frozen

from hypolicy.backends.columns.bounds import bounds_of
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
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from hypolicy.backends.columns.coding import Coding
    from hypolicy.rules import tree
    from hypolicy.rules.outcome import Settings

_STATUSES: Final = "s：0 不适用，1 准予，2 不予，3 待定；fen：金额（分）；w：理由的代码"
_VARIABLES: Final = frozenset("cdfhikmnsuwx") | {"start", "stop", "rows", "base", "fen"}


class Wanted(Enum):
    """What a run asks of the rules: decisions with their reasons, decisions alone, or what is granted and counts."""

    REASONS = "reasons"
    DECISIONS = "decisions"
    GRANTED = "granted"


@frozen
class RowKernel:
    """A generated function: its text, the columns and arrays that it takes, and what its codes mean, by item."""

    wanted: Wanted
    body: str = field(repr=False)
    functions: frozenset[str]
    # Names of the columns by their facts.
    columns: dict[str, str]
    arrays: tuple[NDArray[np.int64], ...] = field(repr=False)
    outputs: tuple[str, ...]
    reasons: dict[int, ItemReasons] = field(repr=False)

    @property
    def text(self) -> str:
        return preamble(self.functions) + self.body

    def flat(self, packed: frozenset[str]) -> str:
        """The text for a processor, on columns of bits for these facts."""
        return flattened(self.text, frozenset(self.columns[fact] for fact in packed if fact in self.columns))


def row_kernel(
    benefits: Sequence[tuple[int, tree.Benefit]],
    kind: tree.RecordKind,
    settings: Settings,
    coding: Coding,
    wanted: Wanted,
    collector: Collector,
) -> RowKernel:
    """The kernel of these benefits, by their places in the policy; what cannot be compiled is reported."""
    outputs = _outputs([place for place, _ in benefits], wanted)
    names = Names({*_VARIABLES, *outputs, *NAMES})
    arguments = Arguments(settings, coding, names, bounds=bounds_of(kind))
    body, reasons = Writer(), {}
    for place, benefit in benefits:
        code = ItemCode(
            benefit, arguments, body, wanted is Wanted.REASONS, _sink(body, place, wanted, benefit)
        )
        try:
            code.write()
        except TooLargeError as error:
            words = benefit.name if error.expr is None else error.expr.origin.text
            _report(collector, "HY850", benefit, words=words, digits=str(error.digits))
        except NestedLookupError as error:
            _report(collector, "HY852", benefit, words=error.expr.origin.text)
        except TooManyReasonsError:
            _report(collector, "HY851", benefit)
        reasons[place] = code.reasons
    parameters = ["start", "stop", *arguments.columns.values(), *arguments.arrays, *outputs]
    head = Writer()
    for line in (_STATUSES, *_labels(coding)):
        head.comment(line)
    head.signature("rows", parameters)
    head.depth += 1
    if wanted is Wanted.GRANTED:
        head.line("m = 0")
    with head.block("for i in range(start, stop):"):
        head.include(body)
    if wanted is Wanted.GRANTED:
        head.line("return m")
    arrays = tuple(np.array(values, np.int64) for values in arguments.arrays.values())
    return RowKernel(
        wanted, head.text, frozenset(arguments.functions), arguments.columns, arrays, outputs, reasons
    )


def _labels(coding: Coding) -> Iterator[str]:
    """What the numbers of labels stand for."""
    for fact in coding.facts:
        if isinstance(fact.type, EnumType):
            labels = "，".join(f"{rank} {label}" for rank, label in enumerate(fact.type.labels))
            yield f"{fact.name}：{labels}"


def _outputs(places: Sequence[int], wanted: Wanted) -> tuple[str, ...]:
    """Where results go: columns for each item, or a list of what is granted beside counts of the statuses."""
    match wanted:
        case Wanted.REASONS:
            return tuple(f"{word}_{place}" for place in places for word in ("status", "fen", "why"))
        case Wanted.DECISIONS:
            return tuple(f"{word}_{place}" for place in places for word in ("status", "fen"))
        case Wanted.GRANTED:
            return ("tally", "row", "item", "amount")


def _sink(out: Writer, place: int, wanted: Wanted, benefit: tree.Benefit) -> Callable[[], None]:
    """Writes what becomes of the status and the amount of one item."""
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
            out.line(f"item[m] = {place}")
            out.line("amount[m] = fen")
            out.line("m += 1")

    return entries if wanted is Wanted.GRANTED else columns


def _report(collector: Collector, code: str, benefit: tree.Benefit, **facts: str) -> None:
    collector.report(
        code, Place(benefit.origin.span), clause=benefit.origin.clause, name=benefit.name, **facts
    )
