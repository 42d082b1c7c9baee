"""Records for the benchmark: `python make_records.py FOLDER N...` writes FOLDER/N.parquet, always the same.

Rows are in random order; persons are sparse 62-bit numbers, as identity numbers are, and have the same flags in all
their records. 15 % of a person's later records repeat the occupation and level of the one before, half of them fall
close to it, and persons with five or more records are mostly eligible and mostly in one year, so that both limits
of the ledger bite.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from work import COLUMNS, EMPLOYER_FLAGS, IN_CATALOGUE, OCCUPATIONS, PERSON_FLAGS

SEED = 20200828
FIRST_START = 17897  # 2019-01-01
SPAN = 19173 - 60 - FIRST_START + 1  # the last certificate is of 2022-06-30
PERSON_SHARES = (0.05, 0.15, 0.08, 0.25, 0.12, 0.02, 0.03, 0.06, 0.02, 0.45, 0.03)
EMPLOYER_SHARES = (0.1, 0.1, 0.12, 0.15)
ROW_GROUP = 122_880
MANY = 5  # records of a person for whom the limits are made


def records(n: int) -> pa.Table:
    """A table of n records, the columns of `work.COLUMNS`."""
    random = np.random.default_rng(SEED + n)
    counts = np.minimum(random.geometric(1 / 1.35, size=int(n / 1.3) + 64), 12)
    last = int(np.searchsorted(np.cumsum(counts), n))
    counts = counts[: last + 1]
    counts[-1] -= int(counts.sum() - n)
    persons = len(counts)
    person = np.repeat(np.arange(persons, dtype=np.int64), counts)  # grouped by person, for now
    later = np.zeros(n, bool)
    later[1:] = person[1:] == person[:-1]

    often = (counts >= MANY)[person]
    start = FIRST_START + random.integers(0, SPAN, n)
    start[often] = 18262 + random.integers(0, 500, int(often.sum()))
    near = np.where(later & (random.random(n) < np.where(often, 0.95, 0.5)))[0]
    start[near] = np.clip(
        start[near - 1] + random.integers(-40, 90, len(near)), FIRST_START, FIRST_START + SPAN - 1
    )
    cert = start + random.integers(5, 61, n)
    occupation = random.integers(0, OCCUPATIONS, n)
    level = random.choice([5, 4, 3, 2, 1], size=n, p=[0.45, 0.3, 0.15, 0.06, 0.04])
    repeats = np.where(later & (random.random(n) < 0.15))[0]
    occupation[repeats], level[repeats] = occupation[repeats - 1], level[repeats - 1]
    flags = {
        name: (random.random(persons) < share)[person]
        for name, share in zip(PERSON_FLAGS, PERSON_SHARES, strict=True)
    }
    order = random.permutation(n)
    columns: dict[str, np.ndarray] = {
        "person_id": (person * 2862933555777941757) & ((1 << 62) - 1),  # an odd factor: no two alike
        "record_id": random.permutation(n).astype(np.int64),
        "start_date": start.astype(np.int32),
        "cert_date": cert.astype(np.int32),
        "county": random.integers(0, 12, n).astype(np.int8),
        **flags,
        "employed": random.random(n) < 0.6,
        "contract_months": random.integers(0, 61, n).astype(np.int16),
    }
    for name, share in zip(EMPLOYER_FLAGS, EMPLOYER_SHARES, strict=True):
        columns[name] = random.random(n) < share
    columns["kind"] = random.choice(4, size=n, p=[0.45, 0.32, 0.15, 0.08]).astype(np.int8)
    columns["occupation"] = occupation.astype(np.int16)
    columns["level"] = level.astype(np.int8)
    columns["cert_type"] = random.choice(6, size=n, p=[0.1, 0.15, 0.35, 0.1, 0.2, 0.1]).astype(np.int8)
    columns["cert_coded"] = random.random(n) < 0.7
    columns["class_registered"] = random.random(n) < 0.92
    columns["hours"] = random.integers(8, 121, n).astype(np.int16)
    columns["days"] = random.integers(1, 41, n).astype(np.int16)
    columns["ui_subsidy"] = random.random(n) < 0.1

    permit = (columns["kind"] == 2) & (random.random(n) < 0.8)
    columns["cert_type"] = np.where(permit, np.int8(5), columns["cert_type"])
    columns["kind"] = np.where(often & (random.random(n) < 0.8), np.int8(0), columns["kind"])
    columns["poor_labor"] |= often & (person % 4 != 0)
    columns["cert_type"] = np.where(often, np.int8(2), columns["cert_type"])
    columns["class_registered"] |= often
    columns["occupation"] = np.where(often, occupation % IN_CATALOGUE, occupation).astype(np.int16)

    arrays = [pa.array(columns.pop(name)[order]) for name in COLUMNS]
    dated = [a.cast(pa.date32()) if c.endswith("_date") else a for c, a in zip(COLUMNS, arrays, strict=True)]
    return pa.table(dated, names=list(COLUMNS))


def write(folder: Path, n: int) -> Path:
    """Write the file, unless it is there."""
    path = folder / f"{n}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        pq.write_table(records(n), beside, row_group_size=ROW_GROUP, compression="snappy")
        beside.replace(path)
    return path


if __name__ == "__main__":
    for size in sys.argv[2:]:
        write(Path(sys.argv[1]), int(size))
