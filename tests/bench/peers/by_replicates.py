"""Many replicates of one population, each with its own parameters, by hand for numba and two threads.

`amounts`: who is granted never changes, so the granted rows are counted once by class and each replicate prices the
classes. `conditions`: rows sorted once by person and order, then rules and ledger in one loop for each replicate.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numba import njit, prange
from work import CELLS, COLUMNS, Clock, catalogue_fen, cube_rows, replicates, report

CATALOGUE = np.array(catalogue_fen(), np.int64) // 100
# What an amount is made of: the catalogue, it with either uplift, a fixed sum, hours, days.
PLAIN, PARK, TRANSFER, FIXED, HOURS, DAYS = range(6)


@njit(cache=True)
def amount(kind, size, p):  # type: ignore[no-untyped-def]
    if kind == PLAIN:
        return size * 100
    if kind == PARK:
        return size * (100 + p[0])
    if kind == TRANSFER:
        return size * (100 + p[1])
    if kind == FIXED:
        return size
    if kind == HOURS:
        return min(size * p[2], 30000)
    return size * p[3]


@njit(cache=True)
def claims(  # type: ignore[no-untyped-def]  # noqa: PLR0915
    p, columns, flags, catalogue, counts, sums, kinds, sizes, cells, jobs
):
    """Rows are in the order of persons and of the ledger. With `kinds`, note what each row is granted and for what."""
    person, start, cert_year, county, kind, occupation, level, cert, months, hours, days = columns
    registered, group, allowance, employed, insured, difficult, both, moved, risky, coded = flags
    n, granted, last = 0, 0, np.int64(-1)
    years = np.zeros(4, np.int64)
    for i in range(len(person)):
        if person[i] != last:
            last, granted = person[i], 0
            years[:] = 0
        if not registered[i] or start[i] < 18138 or start[i] > 18992:
            continue
        what, size, item = -1, np.int64(0), 0
        cell = (cert_year[i] * 12 + county[i]) * 4
        job = occupation[i] * 8 + level[i]
        if kind[i] == 0 or kind[i] == 3:
            if allowance[i]:
                fen = amount(DAYS, days[i], p)
                counts[cell + 3] += 1
                sums[cell + 3] += fen
                kinds[n], sizes[n], cells[n] = DAYS, days[i], cell + 3
                n += 1
            if group[i] and occupation[i] < 200 and (1 <= cert[i] <= 3 or (cert[i] == 4 and coded[i])):
                what, size = PLAIN, catalogue[job]
        elif kind[i] == 1:
            if employed[i] and months[i] >= p[4] and not insured[i] and 3 <= level[i] <= 5:
                item = 1
                if occupation[i] < 200:
                    if 1 <= cert[i] <= 4:
                        what, size = PLAIN, catalogue[job]
                        # The higher of two uplifts counts.
                        if both[i] and (not moved[i] or p[0] >= p[1]):
                            what = PARK
                        elif moved[i]:
                            what = TRANSFER
                elif cert[i] == 4 and difficult[i] and coded[i]:
                    what = FIXED
                    size = 55000 if level[i] == 5 else (99000 if level[i] == 4 else 132000)
        elif risky[i] and cert[i] == 5:
            what, size, item = HOURS, hours[i], 2
        if what < 0:
            continue
        fen = amount(what, size, p)
        if fen <= 0 or years[cert_year[i]] >= 3:
            continue
        free = True
        for place in range(granted):
            free = free and jobs[place] != job
        if free:
            jobs[granted] = job
            granted += 1
            years[cert_year[i]] += 1
            counts[cell + item] += 1
            sums[cell + item] += fen
            if what in (PARK, TRANSFER) and both[i] and moved[i]:
                what = PARK + 10
            kinds[n], sizes[n], cells[n] = what, size, cell + item
            n += 1
    return n


@njit(cache=True, parallel=True)
def fused(table, columns, flags, catalogue, counts, sums):  # type: ignore[no-untyped-def]
    rows = len(columns[0])
    for r in prange(len(table)):
        noted = np.empty((3, 2 * rows), np.int64)
        claims(
            table[r], columns, flags, catalogue, counts[r], sums[r], noted[0], noted[1], noted[2],
            np.empty(16, np.int64),
        )  # fmt: skip


@njit(cache=True, parallel=True)
def priced(table, kinds, sizes, cells, often, counts, sums):  # type: ignore[no-untyped-def]
    for r in prange(len(table)):
        p = table[r]
        for i in range(len(kinds)):
            kind = kinds[i]
            if kind == PARK + 10:
                kind = PARK if p[0] >= p[1] else TRANSFER
            counts[r, cells[i]] += often[i]
            sums[r, cells[i]] += often[i] * amount(kind, sizes[i], p)


def population(path: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    stored = pq.read_table(path, columns=list(COLUMNS))
    c = {name: stored.column(name).to_numpy() for name in COLUMNS}
    order = np.lexsort((c["record_id"], c["cert_date"], c["person_id"]))
    c = {name: np.ascontiguousarray(values[order]) for name, values in c.items()}
    year = c["cert_date"].astype("datetime64[Y]").astype(np.int64) + 1970 - 2019
    numbers = [c["person_id"], c["start_date"].astype("datetime64[D]").astype(np.int64), year]
    names = ("county", "kind", "occupation", "level", "cert_type", "contract_months", "hours", "days")
    numbers += [c[name].astype(np.int64) for name in names]
    group = c["poor_child"] | c["poor_labor"] | c["two_after"] | c["rural_transfer"]
    group |= c["urban_unemployed"] | c["veteran"] | c["disabled"]
    allowance = c["poor_labor"] | c["hard_to_employ"] | c["disabled"] | c["zero_employed_household"]
    allowance |= c["two_after"] & (c["rural_household"] | c["urban_dibao"])
    flags = (
        c["class_registered"], group, allowance, c["employed"], c["ui_subsidy"], c["difficult"],
        c["poor_county_park"] & c["poor_labor"], c["industry_transfer"], c["high_risk"], c["cert_coded"],
    )  # fmt: skip
    return tuple(numbers), flags


def amounts(table: Any, columns: Any, flags: Any) -> tuple[Any, Any]:
    noted = np.empty((3, 2 * len(columns[0])), np.int64)
    unused = np.zeros((2, CELLS), np.int64)
    n = claims(table[0], columns, flags, CATALOGUE, *unused, *noted, np.empty(16, np.int64))
    key = (noted[2, :n] * 16 + noted[0, :n]) * (1 << 24) + noted[1, :n]
    classes, often = np.unique(key, return_counts=True)
    kinds, sizes, cells = classes >> 24 & 15, classes & ((1 << 24) - 1), classes >> 28
    counts, sums = np.zeros((2, len(table), CELLS), np.int64)
    priced(table, kinds, sizes, cells, often, counts, sums)
    return counts, sums


def conditions(table: Any, columns: Any, flags: Any) -> tuple[Any, Any]:
    counts, sums = np.zeros((2, len(table), CELLS), np.int64)
    fused(table, columns, flags, CATALOGUE, counts, sums)
    return counts, sums


if __name__ == "__main__":
    path, count = sys.argv[1], int(sys.argv[2])
    columns, flags = population(path)
    answers, tables = [], {}
    for work in (amounts, conditions):
        table = np.array(replicates(count, conditions=work is conditions), np.int64)
        work(table[:2], columns, flags)
        tables[work] = table
    clock = Clock()
    for work, table in tables.items():
        counts, sums = work(table, columns, flags)
        clock.lap(work.__name__)
        answers += [
            (y, c, f"{item} {work.__name__}", n, s)
            for y, c, item, n, s in cube_rows(counts.sum(0), sums.sum(0))
        ]
    report(clock, answers)
