"""Random numbers that are functions of what they are for: of a seed, a stream, a replicate, and whose they are.

    draw(element) = mix((element xor first) * second)      first, second: 128 bits of BLAKE2b(seed, stream, replicate)

`mix` is the finaliser of SplitMix64 in Stafford's variant 13 (Steele, Lea and Flood, OOPSLA 2014). A draw depends on
nothing else: not on the order of rows, on how a run is cut into parts, on other people, or on the machine. The same
person has the same draw under every reform and every reading (common random numbers), and an event with a higher rate
happens to everybody to whom it happened with the lower one.

Draws are whole numbers below 2**63, compared with whole thresholds: no float decides anything.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

from hypolicy_simulator.loops import run_loop, worth_compiling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Counts, Draws, Elements


ONE: Final = 1 << 63
_SHIFT = (np.uint64(30), np.uint64(27), np.uint64(31))
_FACTOR = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_TOP: Final = np.uint64(1)
# The same in one pass instead of eight, for the processor. Everything in it is an unsigned number of 64 bits.
_LOOP: Final = """
def draws(elements, key, out):
    for i in range(len(elements)):
        z = (elements[i] ^ key[0]) * key[1]
        z = (z ^ (z >> key[2])) * key[5]
        z = (z ^ (z >> key[3])) * key[6]
        out[i] = (z ^ (z >> key[4])) >> key[7]
"""
# As many as stay in the processor's nearest cache while the six passes of a draw go over them.
_BLOCK: Final = 1 << 13


def key_of(*parts: str | int) -> int:
    """A number of 64 bits that tells what is named apart from everything else."""
    return int.from_bytes(_digest(parts)[:8], "little")


def _digest(parts: Sequence[str | int]) -> bytes:
    text = "\0".join(map(str, parts))
    return blake2b(text.encode(), digest_size=16).digest()


def mix(values: Elements, out: Elements | None = None) -> Elements:
    """Every bit of a result depends on every bit of its value; different values stay different."""
    out = values.copy() if out is None else out
    spare = np.empty(min(len(out), _BLOCK), np.uint64)
    for start in range(0, len(out), _BLOCK):
        block = out[start : start + _BLOCK]
        room = spare[: len(block)]
        for shift, factor in zip(_SHIFT, (*_FACTOR, None), strict=True):
            np.right_shift(block, shift, out=room)
            np.bitwise_xor(block, room, out=block)
            if factor is not None:
                np.multiply(block, factor, out=block)
    return out


def draws(elements: Elements, seed: int, stream: str, replicate: int) -> Draws:
    """One draw below 2**63 for each element. Elements are themselves well mixed (`persons`, `occasions`)."""
    digest = _digest((seed, stream, replicate))
    first = np.uint64(int.from_bytes(digest[:8], "little"))
    second = np.uint64(int.from_bytes(digest[8:], "little") | 1)
    if worth_compiling(len(elements)):
        out, key = np.empty(len(elements), np.uint64), np.array([first, second, *_SHIFT, *_FACTOR, _TOP])
        run_loop(_LOOP, "draws", len(elements), [elements, key], [out])
        return out
    out = np.bitwise_xor(elements, first)
    np.multiply(out, second, out=out)
    mix(out, out)
    return np.right_shift(out, _TOP, out=out)


def occasions(elements: Elements, number: int) -> Elements:
    """New elements from old ones: what a person does on one occasion, told apart from all others."""
    out = np.add(elements, np.uint64(key_of("occasion", number)))
    return mix(out, out)


def threshold(rate: Fraction | float) -> int:
    """A draw below it happens with this rate, to one part in 2**63. Rates of 0 and 1 are exactly never and always.

    A float is taken to nine decimals, so that it does not matter how a machine rounds the last bit of a logarithm.
    """
    exact = rate if isinstance(rate, Fraction) else Fraction(round(float(rate) * 10**9), 10**9)
    return int(exact * ONE)


def below(values: Elements, first: int, last: int) -> Counts:
    """Whole numbers from `first` to `last`, each as likely (to one part in 2**31)."""
    span = np.uint64(last - first + 1)
    return ((values >> np.uint64(32)) * span >> np.uint64(31)).astype(np.int64) + first
