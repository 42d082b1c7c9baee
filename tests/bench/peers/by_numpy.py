"""Written by hand in numpy: every rule is a mask over whole columns."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow.parquet as pq
import suspects
from work import (
    CELLS,
    FIRST_DAY,
    IN_CATALOGUE,
    LAST_DAY,
    YEAR_STARTS,
    Clock,
    catalogue_fen,
    cube_rows,
    report,
)

CATALOGUE = np.array(catalogue_fen(), np.int64)
OUTSIDE = np.array([0, 0, 0, 132000, 99000, 55000, 0, 0], np.int64)
Columns = dict[str, np.ndarray]


def columns(path: str) -> Columns:
    table = pq.read_table(path)
    out = {}
    for name in table.column_names:
        array = table[name].combine_chunks()
        out[name] = (array.cast("int32") if name.endswith("_date") else array).to_numpy(zero_copy_only=False)
    return out


def amounts(c: Columns) -> tuple[np.ndarray, np.ndarray]:
    """A + B + C, of which at most one is not zero, and D, in fen, before the ledger."""
    base = c["class_registered"] & (c["start_date"] >= FIRST_DAY) & (c["start_date"] <= LAST_DAY)
    kind, cert, job, level = c["kind"], c["cert_type"], c["occupation"], c["level"]
    free = base & ((kind == 0) | (kind == 3))
    group = (
        c["poor_child"] | c["poor_labor"] | c["two_after"] | c["rural_transfer"] | c["urban_unemployed"]
        | c["veteran"] | c["disabled"]
    )  # fmt: skip
    coded = (cert == 4) & c["cert_coded"]
    listed = job < IN_CATALOGUE
    standard = CATALOGUE[job.astype(np.int64) * 8 + level]
    fen = np.where(free & group & (((cert >= 1) & (cert <= 3)) | coded) & listed, standard, 0)
    trained = (
        base & (kind == 1) & c["employed"] & (c["contract_months"] >= 12) & ~c["ui_subsidy"]
        & (level >= 3) & (level <= 5)
    )  # fmt: skip
    percent = np.where(
        c["poor_county_park"] & c["poor_labor"], 170, np.where(c["industry_transfer"], 150, 100)
    )
    fen += np.where(trained & listed & (cert >= 1) & (cert <= 4), standard // 100 * percent, 0)
    fen += np.where(trained & ~listed & c["difficult"] & coded, OUTSIDE[level], 0)
    safety = base & (kind == 2) & c["high_risk"] & (cert == 5)
    fen += np.where(safety, np.minimum(5 * c["hours"].astype(np.int64), 300) * 100, 0)
    living = free & (
        c["poor_labor"] | c["hard_to_employ"] | c["disabled"] | c["zero_employed_household"]
        | (c["two_after"] & (c["rural_household"] | c["urban_dibao"]))
    )  # fmt: skip
    return fen, np.where(living, c["days"].astype(np.int64) * 2000, 0)


def year_index(day: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.array(YEAR_STARTS), day, side="right")


def denied(c: Columns, payable: np.ndarray) -> np.ndarray:
    """Which of the payable rows the ledger denies."""
    _, person, count = np.unique(c["person_id"][payable], return_inverse=True, return_counts=True)
    several = np.where(count[person] > 1)[0]
    person, rows = person[several], payable[several]
    job = c["occupation"][rows].astype(np.int64) * 8 + c["level"][rows]
    year = year_index(c["cert_date"][rows])
    suspect = np.zeros(len(count), bool)
    in_year, times = np.unique(person * 4 + year, return_counts=True)
    suspect[in_year[times > 3] // 4] = True
    jobs = np.sort(person * 2048 + job)
    suspect[jobs[1:][jobs[1:] == jobs[:-1]] // 2048] = True
    chosen = np.where(suspect[person])[0]
    at = rows[chosen]
    keys = (person[chosen], c["cert_date"][at], c["record_id"][at], job[chosen], year[chosen])
    return at[suspects.denied(*(key.tolist() for key in keys))]


def cube(
    c: Columns, fen: np.ndarray, living: np.ndarray, payable: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    place = (year_index(c["cert_date"]) * 12 + c["county"]) * 4
    paid = np.where(living > 0)[0]
    cells = np.concatenate([place[payable] + np.array([0, 1, 2, 0])[c["kind"][payable]], place[paid] + 3])
    sums = np.zeros(CELLS, np.int64)  # np.bincount would add the weights as floats
    np.add.at(sums, cells, np.concatenate([fen[payable], living[paid]]))
    return np.bincount(cells, minlength=CELLS), sums


if __name__ == "__main__":
    clock = Clock()
    read = columns(sys.argv[1])
    clock.lap("read")
    fen, living = amounts(read)
    clock.lap("rules")
    payable = np.where(fen > 0)[0]
    payable = np.setdiff1d(payable, denied(read, payable), assume_unique=True)
    clock.lap("ledger")
    answer = cube_rows(*cube(read, fen, living, payable))
    clock.lap("sums")
    report(clock, answer)
