"""Finding rows of large tables; generated sources hold this function word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def find(keys: Sequence[int], key: int) -> int:
    """The place of a key in a sorted sequence; -1 where it is not there."""
    low = 0
    high = len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < len(keys) and keys[low] == key else -1
