"""Numbers of values, the same wherever they are read, and the parts that they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A factor that spreads numbers over all of 64 bits, no two to the same place: 2⁶⁴ divided by the golden ratio.
SPREAD: Final = 0x9E3779B97F4A7C15
_HASH_SEED: Final = 2019


def numbers_of(keys: pl.Series) -> NDArray[np.int64]:
    """A number for each key, the same for the same key, whether a file holds it as a number or as a text."""
    if keys.dtype.is_integer():
        whole = keys if keys.dtype == pl.Int64 else keys.cast(pl.Int64)
        return (whole.fill_null(0) if whole.null_count() else whole).to_numpy()
    spelt = keys.cast(pl.Int64, strict=False)
    plain = spelt.cast(pl.String) == keys  # and not 07, which is another key than 7
    if not plain.all(ignore_nulls=False):
        spelt = spelt.zip_with(plain.fill_null(False), keys.hash(_HASH_SEED).reinterpret(signed=True))
    return spelt.to_numpy()


def part_of(numbers: NDArray[np.int64], parts: int) -> NDArray[np.uint64]:
    """Which of so many parts, of about one size, each number belongs to."""
    spread = numbers.astype(np.uint64) * np.uint64(SPREAD)
    return (spread >> np.uint64(32)) * np.uint64(parts) >> np.uint64(32)
