"""The long comparison of the calculator with the exact evaluator (make agreement-javascript).

    python tests/campaigns/calculator.py [--cases 100000] [--from 0]

Records of both policies under each option of each 口径, of the regulation as its example drafts leave it, of small
policies with amendments of every kind, of policies made at random and of those of the conformance suite: the compiled
JavaScript in node must give the same results, figures and sentences of reasoning. Tells the first difference of each
policy, and ends with 1 where there is one.
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
from javascript.sources import Source, amended, every_construct, invented, published  # noqa: E402

AT_ONCE = 1_000  # records that are compared by one process of node
OF_EACH_SMALL = 200
SHARE_OF_SMALL = 0.2  # of all cases, those of small policies


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


def sources(cases: int, first: int, folder: Path) -> Iterable[tuple[str, list[Source], int]]:
    """Every source, those of one sort together, with the cases of each."""
    small = int(cases * SHARE_OF_SMALL)
    large = published().values()
    for source in large:
        yield source.name, [source], -(-(cases - small) // len(large))
    policies = every_construct(folder)
    yield "一致性用例", policies, -(-small // 4 // len(policies))
    for name, make, share in (("修订", amended, small // 2), ("随机", invented, small // 4)):
        numbers = range(first, first + -(-share // OF_EACH_SMALL))
        yield name, [make(number, folder / f"{name}{number}") for number in numbers], OF_EACH_SMALL


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--from", dest="first", type=int, default=0, help="number of the first batch")
    options = parser.parse_args()
    total = differing = 0
    start = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, group, cases in sources(options.cases, options.first, Path(folder)):
            found = [compared(source, cases, options.first) for source in group]
            done, differ = sum(cases for cases, _ in found), sum(differs for _, differs in found)
            readings, seconds = max(len(source.settings) for source in group), perf_counter() - start
            told(f"{name}: {done} cases, {len(group)} policies, {readings} choices of 口径, {seconds:.0f} s")
            total += done
            differing += differ
    told(f"{total} cases, results and reasoning: {differing} policies differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
