"""Parts of a run on disk, so that one that was stopped goes on where it was.

A part says which run and which number it is, holds the totals of its replicates, and ends with a hash of all that. One
that is not whole, or of another run, is made anew.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

import numpy as np
from attrs import fields

from hypolicy.records.writing import atomic_path
from hypolicy_simulator.run.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hypolicy_simulator.arrays import Counts

# What one replicate comes to, by arm.
Outcome = tuple[Totals, ...]

FOLDER: Final = ".parts"
_DIGEST: Final = hashlib.sha256().digest_size
_DTYPE: Final = "<i8"
_NAMES: Final = tuple(each.name for each in fields(Totals))


def part_path(out: Path, number: int) -> Path:
    return out / FOLDER / f"{number:05}.part"


def write_part(path: Path, run: str, number: int, outcomes: Sequence[Outcome]) -> None:
    shapes = [{name: getattr(totals, name).shape for name in _NAMES} for totals in outcomes[0]]
    header = {"run": run, "number": number, "replicates": len(outcomes), "shapes": shapes}
    arrays = [
        getattr(totals, name).astype(_DTYPE).tobytes()
        for each in outcomes
        for totals in each
        for name in _NAMES
    ]
    content = b"".join([json.dumps(header).encode(), b"\n", *arrays])
    with atomic_path(path) as temporary:
        temporary.write_bytes(content + hashlib.sha256(content).digest())


def read_part(path: Path, run: str, number: int, replicates: int) -> list[Outcome] | None:
    """What a part holds, or None where it is not there, not whole, or another one."""
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
    return [_outcome(row, header["shapes"]) for row in np.frombuffer(body, _DTYPE).reshape(replicates, -1)]


def _outcome(numbers: Counts, shapes: Sequence[dict[str, Sequence[int]]]) -> Outcome:
    every = [shape for arm in shapes for shape in arm.values()]
    cuts = np.cumsum([int(np.prod(shape)) for shape in every])[:-1]
    arrays = iter(part.reshape(shape) for part, shape in zip(np.split(numbers, cuts), every, strict=True))
    return tuple(Totals(**{name: next(arrays) for name in arm}) for arm in shapes)
