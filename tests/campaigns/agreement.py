"""The long comparison of the compiled engine with the exact evaluator (make agreement).

    python tests/campaigns/agreement.py [--plain 20000] [--compiled 500] [--records 200000] [--from 0]

Random policies run plainly, others compiled for the processor, each with random records and history; then the
regulation on random records under every option of every reading. Tells the first difference of each, and ends with 1
where there is one. The policies of a number are the same everywhere, so that a difference can be looked into.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from columns.agreement import (  # noqa: E402 - found by the path above
    difference,
    of_random_editions,
    of_random_policy,
    of_random_scenarios,
)
from differential.random_records import random_records  # noqa: E402
from differential.test_agreement import OCCUPATIONS, policy, rows_of  # noqa: E402

from hypolicy.backends.columns.program import Jit, compile_policy  # noqa: E402
from hypolicy.rules.outcome import Settings  # noqa: E402

APART = 1_000_000  # the numbers of policies that are compiled are others than those that run plainly
STEP = 500


def told(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def of_policies(name: str, seeds: range, compare: Callable[[int, Path], str | None]) -> int:
    """How many of these policies differ."""
    differing = refused = 0
    start = perf_counter()
    for place, seed in enumerate(seeds, 1):
        with tempfile.TemporaryDirectory() as folder:
            found = compare(seed, Path(folder) / "policy")
        refused += found is None
        if found:
            differing += 1
            told(f"{name} {seed}: {found}")
        if place % STEP == 0 or place == len(seeds):
            seconds = perf_counter() - start
            told(f"{name}: {place} policies, {differing} differ, {refused} refused, {seconds:.0f} s")
    return differing


def of_the_regulation(count: int) -> int:
    """How many options of readings differ on so many random records."""
    rows = rows_of(random_records(count, 2, OCCUPATIONS))
    choices = [("", "")] + [
        (reading.name, option)
        for reading in policy().readings
        for option in reading.options
        if option != reading.default and not reading.fixed
    ]
    differing = 0
    for reading, option in choices:
        settings = Settings({reading: option} if reading else {})
        for jit in (Jit.NEVER, Jit.ALWAYS):
            found = difference(compile_policy(policy(), settings, jit=jit), rows, (), 7919)
            differing += bool(found)
            told(f"the regulation, {reading} {option}, {jit.value}, {count} records: {found or 'agree'}")
    return differing


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plain", type=int, default=20_000)
    parser.add_argument("--compiled", type=int, default=500)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--from", dest="first", type=int, default=0, help="number of the first policy")
    options = parser.parse_args()
    warnings.simplefilter("error")
    plain = range(options.first, options.first + options.plain)
    compiled = range(APART + options.first, APART + options.first + options.compiled)
    differing = of_policies("plain", plain, lambda seed, folder: of_random_policy(seed, folder, 40))
    differing += of_policies("editions", plain[: options.plain // 10], of_random_editions)
    differing += of_policies(
        "compiled", compiled, lambda seed, folder: of_random_policy(seed, folder, 40, Jit.ALWAYS)
    )
    differing += of_policies("scenarios", plain[: options.plain // 10], of_random_scenarios)
    differing += of_policies(
        "scenarios, compiled",
        compiled[: options.compiled // 10],
        lambda seed, folder: of_random_scenarios(seed, folder, Jit.ALWAYS),
    )
    if options.records:
        differing += of_the_regulation(options.records)
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
