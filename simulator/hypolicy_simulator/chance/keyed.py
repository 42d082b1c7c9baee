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
from hashlib import blake2b
from inspect import getsource
from typing import TYPE_CHECKING, Final

import numpy as np

from hypolicy_simulator.loops import compiled_loop, worth_compiling

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def happening(elements, key, thresholds, group, rows):
    count = 0
    for i in range(len(elements)):
        rows[count] = i
        count += draw(elements[i], key[0], key[1]) < thresholds[group[i]]
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


def happening(
    elements: Elements, seed: int, stream: str, replicate: int, thresholds: Draws, group: Column
) -> Rows:
    """The rows to which something happens: those whose draws are below the threshold of their group."""
    if worth_compiling(len(elements)):
        rows = np.empty(len(elements) + 1, np.intp)
        key = np.array(stream_key(seed, stream, replicate), np.uint64)
        return rows[: compiled_loop(_LOOPS, "happening", [elements, key, thresholds, group], [rows])]
    return np.flatnonzero(draws(elements, seed, stream, replicate) < thresholds[group])


def occasions(elements: Elements, number: int) -> Elements:
    """New elements from old ones: what a person does on one occasion, told apart from all others."""
    return mix(np.add(elements, np.uint64(key_of("occasion", number))))


def threshold(rate: Fraction | float) -> int:
    """A draw below it happens with this rate, to one part in 2**63. Rates of 0 and 1 are exactly never and always.

    A float is taken to nine decimals, so that it does not matter how a machine rounds the last bit of a logarithm.
    """
    exact = rate if isinstance(rate, Fraction) else Fraction(round(float(rate) * 10**9), 10**9)
    return int(exact * ONE)
