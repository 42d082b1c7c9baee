"""Whole persons from margins that overlap: how often every margin is exact, beside humanleague (make margins).

    python tests/campaigns/margins.py [--tables 200] [--peer PYTHON]

Each input is the set of all two-way margins of a random table of whole numbers, from dense ones to such in which most
cells are empty, so that the margins can be met. Success is that every count of every margin is met exactly, which is
counted anew for both. Ends with 1 where ours misses one. The tables of a number are the same everywhere.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from itertools import combinations
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "simulator")]

# The share of cells in which there is anybody, by turns.
FILLED: Final = (1.0, 0.6, 0.3, 0.12)
MOST_PERSONS: Final = 44_100


def random_table(number: int) -> Counts:
    """Three dimensions of 2 to 12 labels, or four of 2 to 7."""
    rng = np.random.default_rng(number)
    dimensions = int(rng.integers(3, 5))
    shape = tuple(int(size) for size in rng.integers(2, 13 if dimensions == 3 else 8, dimensions))
    weights = rng.lognormal(0, 1.5, shape) * (rng.random(shape) < FILLED[number % len(FILLED)])
    weights.flat[0] += 1e-9
    return rng.multinomial(int(rng.integers(100, MOST_PERSONS)), (weights / weights.sum()).ravel()).reshape(
        shape
    )


def margins_of(table: Counts) -> list[tuple[tuple[int, ...], Counts]]:
    """The dimensions of each two-way margin, and its counts."""
    axes = range(table.ndim)
    return [
        (pair, table.sum(axis=tuple(axis for axis in axes if axis not in pair)))
        for pair in combinations(axes, 2)
    ]


def exact(table: Counts, found: Counts) -> bool:
    """Whether a table has the same margins, of whole persons."""
    if found.shape != table.shape or (found < 0).any():
        return False
    both = zip(margins_of(table), margins_of(found), strict=True)
    return all((wanted == own).all() for (_, wanted), (_, own) in both)


def ours(table: Counts) -> Counts:
    from fractions import Fraction  # noqa: PLC0415

    from hypolicy_simulator.chance.keyed import mix  # noqa: PLC0415
    from hypolicy_simulator.population.fit import fit  # noqa: PLC0415
    from hypolicy_simulator.population.integers import integers  # noqa: PLC0415
    from hypolicy_simulator.population.margins import Counted  # noqa: PLC0415

    places = np.indices(table.shape).reshape(table.ndim, -1)
    margins = [
        Counted.of(
            str(pair),
            np.ravel_multi_index(tuple(places[list(pair)]), counts.shape),
            [Fraction(int(count)) for count in counts.ravel()],
        )
        for pair, counts in margins_of(table)
    ]
    weights = fit(margins, table.size).weights
    return integers(weights, margins, mix(np.arange(table.size, dtype=np.uint64)), 1).persons.reshape(
        table.shape
    )


PEER: Final = """
import sys, json
import numpy as np
import humanleague
from time import process_time
for line in sys.stdin:
    given = json.loads(line)
    pairs = [np.array(pair) for pair, _ in given]
    counts = [np.array(each, dtype=np.int64) for _, each in given]
    start = process_time()
    try:
        found, told = humanleague.qis(pairs, counts)
        out = {"found": np.asarray(found).astype(int).tolist() if not isinstance(found, str) else None}
    except Exception:
        out = {"found": None}
    out["seconds"] = process_time() - start
    print(json.dumps(out), flush=True)
"""


def main() -> int:
    import json  # noqa: PLC0415

    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--peer", type=Path)
    options = parser.parse_args()
    tables = [random_table(number) for number in range(options.tables)]
    good, seconds = 0, []
    for number, table in enumerate(tables):
        start = process_time()
        held = exact(table, ours(table))
        seconds.append(process_time() - start)
        good += held
        if not held:
            sys.stdout.write(f"table {number}, {table.shape}: a margin is missed\n")
    share = f"{good} of {len(tables)} exact"
    sys.stdout.write(f"hypolicy: {share}, mean {np.mean(seconds):.2f} s, worst {max(seconds):.2f} s (CPU)\n")
    if options.peer is not None:
        with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as script:
            script.write(PEER)
            script.flush()
            given = [
                json.dumps([[list(pair), counts.tolist()] for pair, counts in margins_of(table)])
                for table in tables
            ]
            done = subprocess.run(
                [options.peer, script.name],
                input="\n".join(given) + "\n",
                capture_output=True,
                text=True,
                check=True,
            )
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        met = sum(
            each["found"] is not None and exact(table, np.array(each["found"]))
            for table, each in zip(tables, answers, strict=True)
        )
        mean = np.mean([each["seconds"] for each in answers])
        sys.stdout.write(f"humanleague: {met} of {len(tables)} exact, mean {mean:.2f} s (CPU)\n")
    return int(good < len(tables))


if __name__ == "__main__":
    sys.exit(main())
