"""Worlds to run: points that fill the space of uncertain figures evenly.

Scrambled Sobol points (Owen 1998), in a few independent scrambles, because only the spread between scrambles tells the
error of their mean (L'Ecuyer 2018).
"""

from __future__ import annotations

from math import ceil, log2
from typing import TYPE_CHECKING, Final

import numpy as np

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy_simulator.chance.keyed import key_of
from hypolicy_simulator.chance.worlds import World

if TYPE_CHECKING:
    from collections.abc import Sequence

SCRAMBLES: Final = 8
# Quantiles are kept off the ends, where a rate would be 0 or 1, and to as many digits as a float holds exactly.
_END: Final = 2.0**-20


def worlds(names: Sequence[str], count: int, seed: int) -> list[World]:
    """So many worlds; the i-th belongs to scramble i modulo SCRAMBLES. Raises Refusal where scipy is not installed."""
    if not names or not count:
        return [World() for _ in range(count)]
    try:
        from scipy.stats import qmc  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load
    except ImportError:
        raise Refusal(Diagnostic("HY735")) from None
    depth = max(1, ceil(log2(ceil(count / SCRAMBLES))))
    generators = [np.random.default_rng(key_of(seed, "sobol", number)) for number in range(SCRAMBLES)]
    scrambles = [qmc.Sobol(len(names), rng=generator).random_base2(depth) for generator in generators]
    points = [scrambles[number % SCRAMBLES][number // SCRAMBLES] for number in range(count)]
    clipped = np.clip(points, _END, 1 - _END)
    return [World(dict(zip(names, map(float, point), strict=True))) for point in clipped]
