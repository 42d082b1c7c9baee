"""hypolicy from within, for the figures that a whole process cannot give: `python ours.py exact`.

Prints one line of JSON, as the peers do.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench" / "peers")]

import polars as pl  # noqa: E402 - all found by the path above
from differential.random_records import random_records  # noqa: E402
from differential.second_opinion import decide as plain  # noqa: E402
from differential.second_opinion import load_catalogue  # noqa: E402
from work import Clock, report  # noqa: E402

from hypolicy.backends.exact.evaluate import Evaluator  # noqa: E402
from hypolicy.pipeline import load  # noqa: E402
from hypolicy.records.columns import decode_column  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

REGULATION: Final = ROOT / "policies" / "hengyang-2019"
RECORDS, RUNS = 20_000, 5


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def exact() -> None:
    """The exact evaluator on the whole regulation, without traces and files, and a plain one by hand, by turns."""
    clock = Clock()
    catalogue = load_catalogue(REGULATION / "补贴标准目录.csv")
    records = random_records(RECORDS, 1, sorted({occupation for occupation, _ in catalogue}))
    policy = load(REGULATION)
    facts = policy.records[0].facts
    columns = [decode_column(pl.Series([r[f.name] for r in records]), f).values.to_list() for f in facts]
    rows = list(zip(*columns, strict=True))
    evaluator = Evaluator(policy)
    gc.freeze()  # what was made so far is no part of what is measured
    ours, theirs = [], []
    for _ in range(RUNS + 1):  # the first is to warm up
        ours.append(seconds(lambda: evaluator.decide(rows)))
        theirs.append(seconds(lambda: plain(records, catalogue)))
    clock.lap("all")
    report(
        clock,
        exact_per_second=round(RECORDS / median(ours[1:])),
        plain_per_second=round(RECORDS / median(theirs[1:])),
    )


WORK: Final = {"exact": exact}

if __name__ == "__main__":
    WORK[sys.argv[1]](*sys.argv[2:])
