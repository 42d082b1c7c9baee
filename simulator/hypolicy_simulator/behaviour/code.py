"""Steps as straight-line code: one text for each scenario, taken in two ways that give the same numbers.

Every line gives a name to an expression. Over whole columns the names are columns, and numpy goes over them line by
line; this begins at once, which is best for few rows. In a loop the names are the numbers of one row: compiled for the
processor, no column is made but those that are wanted, and nothing is gone over twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import define, field

from hypolicy_simulator.behaviour.frame import NONE
from hypolicy_simulator.behaviour.lookup import TAKEN, taken
from hypolicy_simulator.behaviour.months import BEYOND, LOOPS, later, month_table, renewed, start_table
from hypolicy_simulator.chance.keyed import FUNCTIONS, drawn, first_bits, stream_key, within
from hypolicy_simulator.loops import compiled_loop, worth_compiling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from hypolicy_simulator.behaviour.frame import Chance, Frame
    from hypolicy_simulator.behaviour.lookup import RateOf
    from hypolicy_simulator.chance.worlds import World

    Array = NDArray[Any]

# What the text calls, for a row at a time; `_OF_COLUMNS` are the same for columns.
_OF_ROWS: Final = f"""{FUNCTIONS}

def at(place):
    # An index that cannot be below zero need not be looked at for counting from the end.
    return np.uint64(place)


{TAKEN}
{LOOPS}

def where(condition, yes, no):
    return yes if condition else no


"""
_OF_COLUMNS: Final[dict[str, Any]] = {
    "NONE": NONE,
    "BEYOND": BEYOND,
    "draw": drawn,
    "first_bits": first_bits,
    "within": within,
    "taken": taken,
    "later": later,
    "renewed": renewed,
    "at": lambda place: place,
    "where": np.where,
}


_APART: Final = 96


@define
class Code:
    """Lines as they are written, and what they take beside columns."""

    lines: list[str] = field(factory=list)
    values: dict[str, str] = field(factory=dict)
    columns: list[str] = field(factory=list)
    tables: list[Array] = field(factory=list)
    rates: list[RateOf] = field(factory=list)
    streams: list[str] = field(factory=list)
    numbers: list[Callable[[World], tuple[int, int]]] = field(factory=list)

    def line(self, expression: str) -> str:
        """The name of a new value."""
        name = f"v{len(self.lines)}"
        self.lines.append(f"{name} = {expression}")
        return name

    def value(self, name: str) -> str:
        """What a name of the scenario is called: the result of a step before, or else a column."""
        if name not in self.values:
            self.values[name] = f"c{len(self.columns)}"
            self.columns.append(name)
        return self.values[name]

    def table(self, numbers: Array) -> str:
        """The name of a table; its places, which are not below zero, are read as `table[at(place)]`."""
        self.tables.append(np.ascontiguousarray(numbers).reshape(-1))
        return f"t{len(self.tables) - 1}"

    def rate(self, rate: RateOf) -> str:
        """Thresholds by group."""
        self.rates.append(rate)
        return f"r{len(self.rates) - 1}"

    def draw(self, stream: str) -> str:
        self.streams.append(stream)
        place = 2 * (len(self.streams) - 1)
        return self.line(f"draw(element, k{place}, k{place + 1})")

    def range(self, of_world: Callable[[World], tuple[int, int]]) -> tuple[str, str]:
        """The first of some whole numbers and how many there are, in a world."""
        self.numbers.append(of_world)
        place = 2 * (len(self.numbers) - 1)
        return f"number[{place}]", f"number[{place + 1}]"

    def calendar(self) -> str:
        """The tables of months."""
        return f"{self.table(month_table())}, {self.table(start_table())}"

    def group(self, held: str, expression: str) -> str:
        """A group of a table; there must be one for all rows that a step concerns. Others are as in the first."""
        group = self.line(expression)
        self.lines.append(f"doubt = doubt | ({held} & ({group} < 0))")
        return self.line(f"where({group} < 0, 0, {group})")

    def day(self, expression: str) -> str:
        """A day that may be beyond the tables of a loop."""
        day = self.line(expression)
        self.lines.append(f"doubt = doubt | ({day} == BEYOND)")
        return day


@define
class Kernel:
    """The code of some steps, ready to run: it gives columns to `wanted` names."""

    code: Code
    wanted: Mapping[str, type[np.signedinteger[Any]]]
    _whole: Callable[..., Any] | None = None
    _loop: Callable[..., Any] | None = None

    def run(self, frame: Frame, chance: Chance) -> bool:
        """Give a frame its columns; whether there was a group of each table for each row."""
        code, world = self.code, chance.world
        keys = [stream_key(chance.seed, stream, chance.replicate) for stream in code.streams]
        of_world = [
            np.array(keys, np.uint64).reshape(-1),
            np.array([of(world) for of in code.numbers], np.int64).reshape(-1),
            *(rate.thresholds(world) for rate in code.rates),
        ]
        if worth_compiling(len(frame)) and self._run_loop(frame, of_world):
            return True
        columns = [frame[name].astype(np.int64) for name in code.columns]
        if self._whole is None:
            self._whole = _function(self._text_of_columns())
        doubt, *results = self._whole(frame.elements, *of_world, *code.tables, *columns)
        for (name, dtype), values in zip(self.wanted.items(), results, strict=True):
            frame.columns[name] = np.broadcast_to(values, len(frame)).astype(dtype)
        return not np.any(doubt)

    def _run_loop(self, frame: Frame, of_world: Sequence[Array]) -> bool:
        """The same in a loop; False where that is in doubt, such as on days beyond its tables."""
        own = [name in frame.columns for name in self.code.columns]
        columns = [
            frame.columns[name] if of_training else frame.of_persons[name]
            for name, of_training in zip(self.code.columns, own, strict=True)
        ]
        # Columns that all begin at the same place of a page would push each other out of the nearest cache.
        apart = [_APART * (place + 1) for place in range(len(self.wanted))]
        results = {
            name: np.empty(len(frame) + more, dtype)[more:]
            for (name, dtype), more in zip(self.wanted.items(), apart, strict=True)
        }
        who = frame.who if frame.who is not None else np.zeros(0, np.intp)
        inputs = [frame.elements, who, *of_world, *self.code.tables, *columns]
        doubt = compiled_loop(self._text_of_loop(own), "steps", inputs, list(results.values()))
        frame.columns.update(results)
        return not doubt

    @property
    def _keys(self) -> list[str]:
        return [f"k{place} = key[{place}]" for place in range(2 * len(self.code.streams))]

    def _parameters(self, column: str) -> str:
        kinds = {"r": len(self.code.rates), "t": len(self.code.tables), column: len(self.code.columns)}
        every = [f"{kind}{place}" for kind, count in kinds.items() for place in range(count)]
        return ", ".join(["key", "number", *every])

    @property
    def _results(self) -> list[str]:
        return [self.code.values[name] for name in self.wanted]

    def _text_of_columns(self) -> str:
        head = f"def steps(element, {self._parameters('c')}):"
        lines = [
            "doubt = False",
            *self._keys,
            *self.code.lines,
            f"return {', '.join(['doubt', *self._results, ''])}",
        ]
        return "\n    ".join([head, *lines]) + "\n"

    def _text_of_loop(self, own: Sequence[bool]) -> str:
        """`own`: which columns are of trainings, and not of the persons who train."""
        outputs = [f"o{place}" for place in range(len(self.wanted))]
        head = f"def steps(elements, who, {', '.join([self._parameters('a'), *outputs])}):"
        of_row = [f"c{place} = a{place}[{'i' if mine else 'at(who[i])'}]" for place, mine in enumerate(own)]
        body = ["element = elements[i]", *of_row, *self.code.lines]
        body += [f"{out}[i] = {value}" for out, value in zip(outputs, self._results, strict=True)]
        lines = [head, "    doubt = False", *(f"    {line}" for line in self._keys)]
        lines.append("    for i in range(len(elements)):")
        lines += [f"        {line}" for line in body] + ["    return 1 if doubt else 0", ""]
        return _OF_ROWS + "\n".join(lines)


def _function(text: str) -> Callable[..., Any]:
    namespace = dict(_OF_COLUMNS)
    exec(compile(text, "<steps>", "exec"), namespace)  # noqa: S102 - our own text
    function: Callable[..., Any] = namespace["steps"]
    return function
