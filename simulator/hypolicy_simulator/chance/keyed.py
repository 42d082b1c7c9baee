"""Random numbers that are functions of what they are for: of a seed, a stream, a replicate, and whose they are.

    draw(element) = mixed((element xor first) * second)    first, second: 128 bits of BLAKE2b(seed, stream, replicate)

`mixed` is the finaliser of SplitMix64 in Stafford's variant 13 (Steele, Lea and Flood, OOPSLA 2014). A draw depends on
nothing else: not on the order of rows, on how a run is cut into parts, on other people, or on the machine. The same
person has the same draw under every reform and every reading (common random numbers), and an event with a higher rate
happens to everybody to whom it happened with the lower one.

Draws are whole numbers below 2**63, compared with whole thresholds: no float decides anything.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from hashlib import blake2b
from inspect import getsource
from typing import TYPE_CHECKING, Final

import numpy as np

from hypolicy_simulator.loops import compiled_loop, worth_compiling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.backends.columns.machine import Inputs
    from hypolicy_simulator.arrays import Column, Counts, Draws, Elements, Rows


ONE: Final = 1 << 63
# As many as stay in the processor's nearest cache while the passes of a draw go over them.
_BLOCK: Final = 1 << 13


def key_of(*parts: str | int) -> int:
    """A number of 64 bits that tells what is named apart from everything else."""
    return int.from_bytes(_digest(parts)[:8], "little")


def _digest(parts: Sequence[str | int]) -> bytes:
    text = "\0".join(map(str, parts))
    return blake2b(text.encode(), digest_size=16).digest()


def stream_key(seed: int, stream: str, replicate: int) -> tuple[int, int]:
    """What draws of a stream are made with: two numbers of 64 bits, of which the second is odd."""
    digest = _digest((seed, stream, replicate))
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little") | 1


# --- on numbers in a loop, and on columns; unsigned numbers of 64 bits -------------------------------------------


def mixed(value: Elements) -> Elements:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9  # type: ignore[assignment]
    value = (value ^ value >> 27) * 0x94D049BB133111EB  # type: ignore[assignment]
    return value ^ value >> 31  # type: ignore[return-value]


def draw(element: Elements, first: np.uint64, second: np.uint64) -> Draws:
    return mixed((element ^ first) * second) >> 1  # type: ignore[return-value]


def first_bits(drawn: Draws) -> Counts:
    """The first sixteen bits of draws."""
    return np.int64(drawn >> 47)  # type: ignore[return-value]


def within(drawn: Draws, count: Counts) -> Counts:
    """Whole numbers from 0, fewer than `count` (below 2**31), each as likely, to one part in 2**31."""
    return np.int64((drawn >> 32) * np.uint64(count) >> 31)  # type: ignore[return-value]


# The same as text, for loops.
FUNCTIONS: Final = "\n\n".join(
    [
        "from __future__ import annotations\nimport numpy as np",
        *(getsource(function) for function in (mixed, draw, first_bits, within)),
    ]
)
_LOOPS: Final = f"""{FUNCTIONS}

def draws(elements, key, out):
    for i in range(len(elements)):
        out[i] = draw(elements[i], key[0], key[1])


def happening(elements, everybody, who, key, thresholds, group, rows, own):
    first, second, occasion = key[0], key[1], key[2]
    count = 0
    for k in range(len(elements) if everybody else len(who)):
        i = k if everybody else who[k]
        element = mixed(elements[i] + occasion)
        rows[count] = i
        own[count] = element
        count += draw(element, first, second) < thresholds[group[i]]
    return count
"""

# --- on columns --------------------------------------------------------------------------------------------------


def mix(values: Elements) -> Elements:
    """Every bit of a result depends on every bit of its value; different values stay different."""
    out = np.empty_like(values)
    for start in range(0, len(values), _BLOCK):
        out[start : start + _BLOCK] = mixed(values[start : start + _BLOCK])
    return out


def draws(elements: Elements, seed: int, stream: str, replicate: int) -> Draws:
    """One draw below 2**63 for each element. Elements are themselves well mixed (`persons`, `occasions`)."""
    return drawn(elements, *np.array(stream_key(seed, stream, replicate), np.uint64))


def drawn(elements: Elements, first: np.uint64, second: np.uint64) -> Draws:
    out = np.empty(len(elements), np.uint64)
    if worth_compiling(len(elements)):
        compiled_loop(_LOOPS, "draws", [elements, np.array([first, second])], [out])
        return out
    for start in range(0, len(elements), _BLOCK):
        out[start : start + _BLOCK] = draw(elements[start : start + _BLOCK], first, second)
    return out


def occasions(elements: Elements, number: int) -> Elements:
    """New elements from old ones: what a person does on one occasion, told apart from all others."""
    return mix(np.add(elements, _occasion(number)))


@cache
def _occasion(number: int) -> np.uint64:
    return np.uint64(key_of("occasion", number))


def happening(
    elements: Elements, who: Rows | None, number: int, keys: tuple[int, int], thresholds: Draws, group: Column
) -> tuple[Rows, Elements]:
    """Those of some people (of all, where `who` is None) to whom something happens on an occasion, by its number; and
    their elements of it (see `occasions`).

    It does where the draw, by the keys of its stream, is below the threshold of a person's group.
    """
    count = len(elements) if who is None else len(who)
    if not worth_compiling(count):
        some = np.arange(count) if who is None else who
        own = occasions(elements[some], number)
        happens = np.flatnonzero(drawn(own, *np.array(keys, np.uint64)) < thresholds[group[some]])
        return some[happens], own[happens]
    # The last that nothing happens to is written behind those to whom something does.
    rows, own = np.empty(count + 1, np.intp), np.empty(count + 1, np.uint64)
    key, some = np.array([*keys, _occasion(number)], np.uint64), rows[:0] if who is None else who
    inputs: Inputs = [elements, int(who is None), some, key, thresholds, group]
    count = compiled_loop(_LOOPS, "happening", inputs, [rows, own])
    return rows[:count], own[:count]


def threshold(rate: Fraction | float) -> int:
    """A draw below it happens with this rate, to one part in 2**63. Rates of 0 and 1 are exactly never and always.

    A float is taken to nine decimals, so that it does not matter how a machine rounds the last bit of a logarithm.
    """
    exact = rate if isinstance(rate, Fraction) else Fraction(round(float(rate) * 10**9), 10**9)
    return int(exact * ONE)
