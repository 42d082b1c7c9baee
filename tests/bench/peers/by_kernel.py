"""Written by hand for numba: what a compiler of rules could emit at best. One pass over the rows while Polars reads
on, then the ledger, partition by partition. The kernels are warmed up on a small file before the clock starts."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pyarrow as pa
from numba import njit
from work import CELLS, COLUMNS, Clock, catalogue_fen, cube_rows, report

CATALOGUE = np.array(catalogue_fen(), np.int64)
BATCH, THREADS, PARTITION = 131_072, 2, 16_384


@njit(cache=True, nogil=True, inline="always")
def bit(bitmap, i):  # type: ignore[no-untyped-def]
    return (bitmap[i >> 3] >> (i & 7)) & 1


@njit(cache=True, nogil=True, inline="always")
def year_index(day):  # type: ignore[no-untyped-def]
    return (1 if day >= 18262 else 0) + (1 if day >= 18628 else 0) + (1 if day >= 18993 else 0)


@njit(cache=True, nogil=True)
def rules(  # type: ignore[no-untyped-def]
    n, person_id, record_id, start_date, cert_date, county, poor_child, poor_labor, two_after, rural_transfer,
    urban_unemployed, veteran, disabled, hard_to_employ, zero_employed_household, rural_household, urban_dibao,
    employed, contract_months, difficult, industry_transfer, poor_county_park, high_risk, kind, occupation, level,
    cert_type, cert_coded, class_registered, hours, days, ui_subsidy, catalogue, out, counts, sums,
):  # fmt: skip
    """Add D to the sums, write the rows that are due A, B or C to `out`, and give their number."""
    m = 0
    for i in range(n):
        s = start_date[i]
        if s < 18138 or s > 18992 or not bit(class_registered, i):
            continue
        k = kind[i]
        ct = cert_type[i]
        job = np.int64(occupation[i]) * 8 + level[i]
        fen = 0
        item = 0
        if k in (0, 3):
            poor = bit(poor_labor, i)
            if (
                poor or bit(hard_to_employ, i) or bit(disabled, i) or bit(zero_employed_household, i)
                or (bit(two_after, i) and (bit(rural_household, i) or bit(urban_dibao, i)))
            ):  # fmt: skip
                c = (year_index(cert_date[i]) * 12 + county[i]) * 4 + 3
                counts[c] += 1
                sums[c] += 2000 * days[i]
            if (occupation[i] < 200 and ((ct >= 1 and ct <= 3) or (ct == 4 and bit(cert_coded, i)))) and (
                bit(poor_child, i) or poor or bit(two_after, i) or bit(rural_transfer, i)
                or bit(urban_unemployed, i) or bit(veteran, i) or bit(disabled, i)
            ):  # fmt: skip
                fen = catalogue[job]
        elif k == 1:
            lv = level[i]
            if (
                bit(employed, i)
                and contract_months[i] >= 12
                and not bit(ui_subsidy, i)
                and lv >= 3
                and lv <= 5
            ):
                item = 1
                if occupation[i] < 200:
                    if ct >= 1 and ct <= 4:
                        fen = catalogue[job]
                        if bit(poor_county_park, i) and bit(poor_labor, i):
                            fen = fen * 170 // 100
                        elif bit(industry_transfer, i):
                            fen = fen * 150 // 100
                elif ct == 4 and bit(difficult, i) and bit(cert_coded, i):
                    fen = 55000 if lv == 5 else (99000 if lv == 4 else 132000)
        elif bit(high_risk, i) and ct == 5:
            item = 2
            fen = min(500 * hours[i], 30000)
        if fen > 0:
            day = cert_date[i]
            out[m, 0] = person_id[i]
            out[m, 1] = record_id[i]
            out[m, 2] = fen
            # day, job, year, county and item in one word
            out[m, 3] = (
                (np.int64(day) << 32)
                | (job << 16)
                | (year_index(day) << 12)
                | (np.int64(county[i]) << 4)
                | item
            )
            m += 1
    return m


@njit(cache=True, nogil=True, inline="always")
def mixed(person):  # type: ignore[no-untyped-def]
    h = np.uint64(person) * np.uint64(0x9E3779B97F4A7C15)
    return h ^ (h >> np.uint64(29))


@njit(cache=True, nogil=True)
def scatter(rows, shift, at, out):  # type: ignore[no-untyped-def]
    """Rows to the partition of their person; `at` is where the next row of each goes."""
    for i in range(len(rows)):
        b = mixed(rows[i, 0]) >> shift
        out[at[b]] = rows[i]
        at[b] += 1


@njit(cache=True, nogil=True)
def histogram(rows, shift, counts):  # type: ignore[no-untyped-def]
    for i in range(len(rows)):
        counts[mixed(rows[i, 0]) >> shift] += 1


@njit(cache=True, nogil=True)
def ledger(rows, counts, sums):  # type: ignore[no-untyped-def]
    """Grant what may be granted of one partition: rows chained by person, then person by person in order."""
    size = len(rows)
    mask = 1
    while mask < 2 * size:
        mask <<= 1
    mask -= 1
    head = np.full(mask + 1, -1, np.int32)
    following = np.empty(size, np.int32)
    chosen = np.empty(size, np.int32)
    for i in range(size):
        h = np.int64(mixed(rows[i, 0]) & np.uint64(mask))
        while head[h] >= 0 and rows[head[h], 0] != rows[i, 0]:
            h = (h + 1) & mask
        following[i] = head[h]
        head[h] = i
    for h in range(mask + 1):
        i = head[h]
        k = 0
        while i >= 0:  # the person's rows, in order
            j = k
            day = rows[i, 3] >> 32
            while j > 0:
                before = rows[chosen[j - 1], 3] >> 32
                if before < day or (before == day and rows[chosen[j - 1], 1] < rows[i, 1]):
                    break
                chosen[j] = chosen[j - 1]
                j -= 1
            chosen[j] = i
            k += 1
            i = following[i]
        years = 0  # how many are granted, 16 bits a year
        g = 0  # chosen[:g] are granted
        for j in range(k):
            i = chosen[j]
            word = rows[i, 3]
            y = (word >> 12) & 15
            free = ((years >> (16 * y)) & 65535) < 3
            for t in range(g):
                if (rows[chosen[t], 3] >> 16) & 65535 == (word >> 16) & 65535:
                    free = False
            if free:
                years += 1 << (16 * y)
                chosen[g] = i
                g += 1
                c = (y * 12 + ((word >> 4) & 255)) * 4 + (word & 15)
                counts[c] += 1
                sums[c] += rows[i, 2]


def views(batch: pa.RecordBatch) -> list[np.ndarray]:
    """Its columns where they are: numbers as arrays, truth values as Arrow's own bits."""
    out = []
    for name in COLUMNS:
        array = batch.column(name)
        if pa.types.is_boolean(array.type):
            if array.offset % 8:
                array = pa.array(array.to_numpy(zero_copy_only=False))
            out.append(np.frombuffer(array.buffers()[1], np.uint8)[array.offset // 8 :])
        else:
            out.append((array.view(pa.int32()) if pa.types.is_date32(array.type) else array).to_numpy())
    return out


def answer(path: str, clock: Clock) -> tuple[np.ndarray, np.ndarray]:
    counts, sums = np.zeros(CELLS, np.int64), np.zeros(CELLS, np.int64)
    pieces = []
    buffer = np.empty((0, 4), np.int64)
    for frame in pl.scan_parquet(path).select(COLUMNS).collect_batches(chunk_size=BATCH):
        for batch in frame.to_arrow().to_batches():
            if len(buffer) < batch.num_rows:
                buffer = np.empty((batch.num_rows, 4), np.int64)
            m = rules(batch.num_rows, *views(batch), CATALOGUE, buffer, counts, sums)
            pieces.append(buffer[:m].copy())
    clock.lap("read and rules")
    due = sum(map(len, pieces))
    bits = max(1, (due // PARTITION).bit_length())
    shift = np.uint64(64 - bits)
    sizes = np.zeros((len(pieces), 1 << bits), np.int64)
    for piece, own in zip(pieces, sizes, strict=True):
        histogram(piece, shift, own)
    ends = sizes.sum(0).cumsum()
    starts = ends - sizes.sum(0)
    at = starts + sizes.cumsum(0) - sizes
    rows = np.empty((due, 4), np.int64)

    def settle(thread: int) -> tuple[np.ndarray, np.ndarray]:
        own = np.zeros((2, CELLS), np.int64)
        for first, last in zip(starts[thread::THREADS], ends[thread::THREADS], strict=True):
            ledger(rows[first:last], own[0], own[1])
        return own[0], own[1]

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(scatter, pieces, [shift] * len(pieces), at, [rows] * len(pieces)))
        for own_counts, own_sums in pool.map(settle, range(THREADS)):
            counts += own_counts
            sums += own_sums
    clock.lap("ledger")
    return counts, sums


if __name__ == "__main__":
    path, small = sys.argv[1:3]
    answer(small, Clock())
    clock = Clock()
    rows = cube_rows(*answer(path, clock))
    report(clock, rows)
