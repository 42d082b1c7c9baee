"""Tables of persons kept from earlier runs: the solver takes seconds, and is asked the same again and again.

A table is kept under a hash of all that it was made from. Whatever is wrong with what was kept, it is made anew.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hypolicy import __version__
from hypolicy.source.private import private_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy_simulator.arrays import Counts
    from hypolicy_simulator.population.margins import Counted
    from hypolicy_simulator.population.support import Support


def key_of_table(cells: Support, margins: Sequence[Counted], seed: int) -> str:
    """Tells apart whatever could give another table, the program itself included."""
    digest = hashlib.sha256(f"{__version__} {seed} {cells.names} {cells.labels}".encode())
    digest.update(cells.cells.tobytes())
    for margin in margins:
        digest.update(f"{margin.targets.tolist()} {margin.total}".encode())
        digest.update(margin.rows.tobytes())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def find(key: str) -> tuple[Counts, str] | None:
    """The persons of each cell, and how they were rounded."""
    path = _path(key)
    try:
        if path is None or not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as stored:
            return stored["persons"].astype(np.int64), str(stored["method"])
    except (OSError, ValueError, KeyError):
        return None


def keep(key: str, persons: Counts, method: str) -> None:
    path = _path(key)
    if path is None:
        return
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        with temporary.open("wb") as stream:
            np.savez(stream, persons=persons, method=np.array(method))
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)


def _path(key: str) -> Path | None:
    private = private_folder()
    return None if private is None else private / f"{key[:32]}.persons"
