"""Work that is done by several threads at once, for what releases the interpreter while it is done."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

# Each works on something of its own, so that more of them take more memory.
THREADS: Final = 2

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def side_by_side(work: Callable[[_Given], _Made], given: Iterable[_Given]) -> Iterator[_Made]:
    """What the work makes of each, in their order; no more than `THREADS` are given out at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        begun: deque[Future[_Made]] = deque()
        for one in given:
            begun.append(pool.submit(work, one))
            if len(begun) == THREADS:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
