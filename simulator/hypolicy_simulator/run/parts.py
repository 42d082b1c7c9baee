"""Parts of a run on disk, so that one that was stopped goes on where it was.

A part says which run and which number it is, holds its totals, and ends with a hash of all that. One that is not whole,
or of another run, is made anew.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

import numpy as np

from hypolicy.records.writing import atomic_path
from hypolicy_simulator.run.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER: Final = ".parts"
_DIGEST: Final = hashlib.sha256().digest_size
_DTYPE: Final = "<i8"


def part_path(out: Path, number: int) -> Path:
    return out / FOLDER / f"{number:05}.part"


def write_part(path: Path, run: str, number: int, totals: Sequence[Totals]) -> None:
    header = {"run": run, "number": number, "shape": totals[0].counts.shape, "replicates": len(totals)}
    arrays = [array.astype(_DTYPE).tobytes() for each in totals for array in (each.counts, each.fen)]
    content = b"".join([json.dumps(header).encode(), b"\n", *arrays])
    with atomic_path(path) as temporary:
        temporary.write_bytes(content + hashlib.sha256(content).digest())


def read_part(path: Path, run: str, number: int, replicates: int) -> list[Totals] | None:
    """The totals of a part, or None where it is not there, not whole, or another one."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content, digest = data[:-_DIGEST], data[-_DIGEST:]
    if hashlib.sha256(content).digest() != digest:
        return None
    line, _, body = content.partition(b"\n")
    header = json.loads(line)
    if (header["run"], header["number"], header["replicates"]) != (run, number, replicates):
        return None
    numbers = np.frombuffer(body, _DTYPE).reshape(replicates, 2, *header["shape"])
    return [Totals(counts, fen) for counts, fen in numbers]
