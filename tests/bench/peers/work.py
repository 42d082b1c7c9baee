"""What every peer shares: the columns of a record, the catalogue, the form of the answer, the clock.

The work is that of policies/benchmark, whose official text says it in words. A peer is called as
`python by_x.py FILE [variant]`, reads the Parquet file, and prints one line of JSON: seconds from reading to the answer
(imports not counted), its stages, the peak of memory, and a digest of the answer. Nothing here needs a library.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OCCUPATIONS = 250
IN_CATALOGUE = 200  # occupations below this number are in the catalogue
FIRST_DAY, LAST_DAY = 18138, 18992  # 2019-08-30 and 2021-12-31, as days since 1970-01-01
YEARS, COUNTIES, ITEMS = 4, 12, "ABCD"
CELLS = YEARS * COUNTIES * len(ITEMS)
YEAR_STARTS = (18262, 18628, 18993)  # 2020-01-01, 2021-01-01, 2022-01-01

PERSON_FLAGS = (
    "poor_child", "poor_labor", "two_after", "rural_transfer", "urban_unemployed", "veteran", "disabled",
    "hard_to_employ", "zero_employed_household", "rural_household", "urban_dibao",
)  # fmt: skip
EMPLOYER_FLAGS = ("difficult", "industry_transfer", "poor_county_park", "high_risk")
COLUMNS = (
    "person_id", "record_id", "start_date", "cert_date", "county", *PERSON_FLAGS, "employed", "contract_months",
    *EMPLOYER_FLAGS, "kind", "occupation", "level", "cert_type", "cert_coded", "class_registered", "hours", "days",
    "ui_subsidy",
)  # fmt: skip
FLAGS = (*PERSON_FLAGS, "employed", *EMPLOYER_FLAGS, "cert_coded", "class_registered", "ui_subsidy")

Row = tuple[int, int, str, int, int]  # year, county, item, how many are paid, their sum in fen


def catalogue_yuan(occupation: int, level: int) -> int:
    """Any fixed table will do: 600 to 3600 yuan. policies/benchmark/补贴标准目录.csv holds the same."""
    return 600 + (occupation * 2654435761 + level * 40503) % 3001


def catalogue_fen() -> list[int]:
    """The catalogue as a flat list, at occupation * 8 + level, in fen; 0 where there is none."""
    return [
        catalogue_yuan(occupation, level) * 100 if occupation < IN_CATALOGUE and 1 <= level <= 5 else 0
        for occupation in range(OCCUPATIONS)
        for level in range(8)
    ]


def cube_rows(counts: Any, sums: Any) -> list[Row]:
    """Arrays of CELLS cells (year, county, item, the last running fastest) as rows, without empty ones."""
    return [
        (
            2019 + cell // (COUNTIES * 4),
            cell // 4 % COUNTIES,
            ITEMS[cell % 4],
            int(counts[cell]),
            int(sums[cell]),
        )
        for cell in range(CELLS)
        if counts[cell]
    ]


def digest(rows: Iterable[Sequence[Any]]) -> str:
    """One short text for the whole answer, whatever the order of its rows."""
    plain = sorted((int(y), int(c), str(i), int(n), int(s)) for y, c, i, n, s in rows)
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]


# Percent, percent, fen an hour, fen a day, months: what parameters are in each of many replicates.
Replicate = tuple[int, int, int, int, int]


def replicates(count: int, *, conditions: bool) -> list[Replicate]:
    """Drawn from fixed numbers; `conditions`: whether the months of contract that are asked for vary too."""
    draw = random.Random(20200828 + conditions)
    return [
        (
            draw.randint(30, 90),
            draw.randint(20, 70),
            draw.randint(300, 800),
            draw.randint(1500, 3500),
            draw.randint(3, 24) if conditions else 12,
        )
        for _ in range(count)
    ]


class Clock:
    """Seconds since it was made, and what each stage took of them."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()
        self.start_of_work = self.worked = time.process_time()
        self.stages: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.worked = time.process_time()
        self.stages[stage] = round(self.stages.get(stage, 0.0) + now - self.last, 5)
        self.last = now

    def seconds(self) -> float:
        return time.perf_counter() - self.start


def report(clock: Clock, rows: Iterable[Sequence[Any]] | None = None, **more: Any) -> None:
    """The line of JSON that the benchmark reads."""
    answer = {} if rows is None else {"digest": digest(rows)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = {
        "seconds": round(clock.last - clock.start, 5),
        "cpu": round(clock.worked - clock.start_of_work, 5),  # of all processors
        "stages": clock.stages,
        "rss_mb": round(peak, 1),
    }
    sys.stdout.write(json.dumps(line | answer | more) + "\n")
