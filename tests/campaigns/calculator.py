"""The long comparison of the calculator with the exact evaluator (make agreement-javascript).

    python tests/campaigns/calculator.py [--cases 100000] [--from 0]

Records of both policies under each option of each 口径, of the regulation as its example drafts leave it, and of small
policies with amendments of every kind: the compiled JavaScript in node must give the same results, figures and
sentences of reasoning. Tells the first difference of each part, and ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from javascript.engines import Comparison  # noqa: E402 - found by the path above
from javascript.sources import Source, amended, regulation, shenzhen  # noqa: E402

AT_ONCE = 1_000  # records that are compared by one process of node
OF_EACH_AMENDED = 200
SHARE_OF_AMENDED = 0.1  # of all cases, those of small amended policies


def told(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def compared(source: Source, cases: int, first: int) -> tuple[int, bool]:
    """How many records of a source were compared, at least so many unless they differ, and whether they do."""
    numbers, done = count(first), 0
    while done < cases:
        with tempfile.TemporaryDirectory() as folder:
            comparison = Comparison(Path(folder))
            while comparison.explained < min(AT_ONCE, cases - done):
                source.compare(comparison, next(numbers))
            found = comparison.first_difference()
        done += comparison.explained
        if found:
            told(f"{source.name}: {found}")
            return done, True
    return done, False


def sources(cases: int, first: int) -> Iterable[tuple[Source, int]]:
    """Every source, with its share of the cases."""
    small = int(cases * SHARE_OF_AMENDED)
    large = [*regulation(), shenzhen()]
    yield from ((source, -(-(cases - small) // len(large))) for source in large)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + -(-small // OF_EACH_AMENDED)):
            yield amended(number, Path(folder) / str(number)), OF_EACH_AMENDED


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--from", dest="first", type=int, default=0, help="number of the first batch")
    options = parser.parse_args()
    total = differing = 0
    start = perf_counter()
    for source, cases in sources(options.cases, options.first):
        done, differs = compared(source, cases, options.first)
        total += done
        differing += differs
        readings = len(source.settings)
        seconds = perf_counter() - start
        told(f"{source.name}: {done} cases, {readings} choices of 口径, {seconds:.0f} s")
    told(f"{total} cases, results and reasoning: {differing} parts differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
