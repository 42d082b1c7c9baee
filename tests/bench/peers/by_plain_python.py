"""The reference: plain Python, row by row, as the text reads. It shares no rule with the other peers."""

from __future__ import annotations

import datetime
import sys
from typing import Any

import pyarrow.parquet as pq
from work import IN_CATALOGUE, Clock, Row, catalogue_yuan, report

FIRST, LAST = datetime.date(2019, 8, 30), datetime.date(2021, 12, 31)
Record = dict[str, Any]


def claims(r: Record) -> tuple[int, int, int, int]:
    """A, B, C and D of one record in fen, before the ledger."""
    if not (r["class_registered"] and FIRST <= r["start_date"] <= LAST):
        return 0, 0, 0, 0
    a = b = c = d = 0
    listed = r["occupation"] < IN_CATALOGUE
    coded = r["cert_type"] == 4 and r["cert_coded"]
    if r["kind"] in (0, 3):
        group = (
            r["poor_child"] or r["poor_labor"] or r["two_after"] or r["rural_transfer"] or r["urban_unemployed"]
            or r["veteran"] or r["disabled"]
        )  # fmt: skip
        if group and (r["cert_type"] in (1, 2, 3) or coded) and listed:
            a = catalogue_yuan(r["occupation"], r["level"]) * 100
        if (
            r["poor_labor"] or r["hard_to_employ"] or r["disabled"] or r["zero_employed_household"]
            or (r["two_after"] and (r["rural_household"] or r["urban_dibao"]))
        ):  # fmt: skip
            d = 20 * r["days"] * 100
    if (
        r["kind"] == 1
        and r["employed"]
        and r["contract_months"] >= 12
        and not r["ui_subsidy"]
        and r["level"] in (5, 4, 3)
    ):
        if listed and r["cert_type"] in (1, 2, 3, 4):
            yuan = catalogue_yuan(r["occupation"], r["level"])
            if r["poor_county_park"] and r["poor_labor"]:
                b = yuan * 170
            elif r["industry_transfer"]:
                b = yuan * 150
            else:
                b = yuan * 100
        elif not listed and r["difficult"] and coded:
            b = {5: 550, 4: 990, 3: 1320}[r["level"]] * 100
    if r["kind"] == 2 and r["high_risk"] and r["cert_type"] == 5:
        c = min(5 * r["hours"], 300) * 100
    return a, b, c, d


def totals(records: list[Record]) -> list[Row]:
    """The answer, from records in any order."""
    cells: dict[tuple[int, int, str], tuple[int, int]] = {}
    persons: dict[int, list[tuple[datetime.date, int, Record, tuple[int, int, int]]]] = {}

    def add(r: Record, item: str, fen: int) -> None:
        if fen > 0:
            cell = (r["cert_date"].year, r["county"], item)
            count, total = cells.get(cell, (0, 0))
            cells[cell] = (count + 1, total + fen)

    for r in records:
        a, b, c, d = claims(r)
        add(r, "D", d)
        if a + b + c > 0:
            persons.setdefault(r["person_id"], []).append((r["cert_date"], r["record_id"], r, (a, b, c)))
    for entries in persons.values():
        seen: set[tuple[int, int]] = set()
        granted: dict[int, int] = {}
        for _, _, r, amounts in sorted(entries, key=lambda entry: entry[:2]):
            job, year = (r["occupation"], r["level"]), r["cert_date"].year
            if job in seen or granted.get(year, 0) >= 3:
                continue
            seen.add(job)
            granted[year] = granted.get(year, 0) + 1
            for item, fen in zip("ABC", amounts, strict=True):
                add(r, item, fen)
    return [(year, county, item, count, total) for (year, county, item), (count, total) in cells.items()]


if __name__ == "__main__":
    clock = Clock()
    table = pq.read_table(sys.argv[1]).to_pylist()
    clock.lap("read")
    answer = totals(table)
    clock.lap("rules")
    report(clock, answer)
