"""The tables of a scenario: counts, rates and choices in CSV, every row with where it comes from.

A row has labels in some columns, one or three figures, and 来源, 日期, 性质 and 说明. Files are read as texts; whether
labels are known is for `names` to say, when the policy is at hand.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Final

import polars as pl
from attrs import define, field

from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.files import read_raw
from hypolicy_simulator.scenario.document import number
from hypolicy_simulator.scenario.tree import (
    ChoiceTable,
    Count,
    Kind,
    Option,
    Provenance,
    Rate,
    RateTable,
    Share,
    Uncertain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hypolicy.diagnostics.diagnostic import Collector

PERSONS: Final = "人数"
PLACES: Final = "名额"
TASK: Final = "任务"
MONEY: Final = "金额"
LEVEL: Final = "级次"
PART: Final = "比例"
FEN: Final = 100
RATES: Final = ("低值", "中值", "高值")
WEIGHT: Final = "权重"
PROVENANCE: Final = ("来源", "日期", "性质", "说明")
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_KINDS: Final = {kind.value: kind for kind in Kind}
_MOST_SHOWN: Final = 6


@define
class Sheet:
    """One file as texts. `labels` are the columns that are neither figures nor provenance."""

    file: str
    collector: Collector
    labels: tuple[str, ...] = ()
    rows: list[tuple[str, dict[str, str]]] = field(factory=list)

    def wrong(self, where: str, column: str, problem: str) -> None:
        self.collector.report("HY718", file=self.file, row=where, column=column, problem=problem)

    def provenance(self, where: str, row: dict[str, str]) -> Provenance:
        kind = _KINDS.get(row["性质"])
        if kind is None:
            self.wrong(where, "性质", f"须是{'、'.join(_KINDS)}之一")
        if not row["来源"]:
            self.wrong(where, "来源", "不能空着；没有来源的数，性质写“假设”，来源写由谁假设")
        if not _DATE.fullmatch(row["日期"]):
            self.wrong(where, "日期", "须写作 2020、2020-11 或者 2020-11-01 的样子")
        return Provenance(row["来源"], row["日期"], kind or Kind.ASSUMPTION, row["说明"])

    def figure(self, where: str, row: dict[str, str], column: str) -> Fraction:
        value = number(row[column])
        if value is None:
            self.wrong(where, column, "须是数或者百分数，例如 0.35、35%")
        return Fraction(0) if value is None else value

    def keys(self, row: dict[str, str], names: Sequence[str]) -> tuple[str, ...]:
        return tuple(row[name] for name in names)

    def once(self, keys: list[tuple[tuple[str, ...], str]]) -> None:
        """Report rows whose labels another row has already."""
        first: dict[tuple[str, ...], str] = {}
        for key, where in keys:
            if key in first:
                self.collector.report("HY719", file=self.file, row=where, other=first[key])
            first.setdefault(key, where)


def read_sheet(path: Path, file: str, figures: Sequence[str], collector: Collector) -> Sheet | None:
    """Every row with its place in the file; None where the file cannot be used, which is reported."""
    try:
        raw = read_raw(path)
        raw.require_sound()
    except Refusal as refusal:
        collector.extend(refusal.diagnostics)
        return None
    needed = (*figures, *PROVENANCE)
    missing = [name for name in needed if name not in raw.frame.columns]
    if missing:
        collector.report("HY717", file=file, columns="、".join(missing))
        return None
    labels = tuple(name for name in raw.frame.columns if name not in needed)
    texts = raw.frame.select(pl.all().cast(pl.String).str.strip_chars().fill_null(""))
    rows = [(raw.row_label(place), row) for place, row in enumerate(texts.iter_rows(named=True))]
    return Sheet(file, collector, labels, rows)


def read_counts(
    path: Path, file: str, collector: Collector, column: str = PERSONS
) -> tuple[tuple[str, ...], tuple[Count, ...]]:
    """Names and whole numbers by labels; the labels that a column mentions must all be combined with each other.

    Money is read in yuan, and is in fen then.
    """
    sheet = read_sheet(path, file, (column,), collector)
    if sheet is None:
        return (), ()
    counts, keys = [], []
    for where, row in sheet.rows:
        value = number(row[column])
        scaled = None if value is None else value * (FEN if column == MONEY else 1)
        if scaled is None or scaled.denominator != 1:
            expected = "元，最多两位小数" if column == MONEY else "整数"
            sheet.wrong(where, column, f"须是{expected}，不写单位和千分位逗号")
            scaled = Fraction(0)
        labels = sheet.keys(row, sheet.labels)
        counts.append(Count(labels, scaled.numerator, sheet.provenance(where, row)))
        keys.append((labels, where))
    sheet.once(keys)
    _combined(sheet, [count.labels for count in counts])
    return sheet.labels, tuple(counts)


def _combined(sheet: Sheet, keys: list[tuple[str, ...]]) -> None:
    present = set(keys)
    missing = [key for key in _product(keys) if key not in present]
    if missing:
        shown = "；".join("、".join(key) for key in missing[:_MOST_SHOWN])
        more = f"等{len(missing)}种" if len(missing) > _MOST_SHOWN else ""
        sheet.collector.report("HY720", file=sheet.file, cells=shown + more)


def _product(keys: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    return product(*(dict.fromkeys(column) for column in zip(*keys, strict=True)))


def read_rates(path: Path, file: str, collector: Collector) -> RateTable:
    """Rates by labels; 低值, 中值 and 高值 rise and are no more than 1."""
    sheet = read_sheet(path, file, RATES, collector)
    if sheet is None:
        return RateTable(file, (), ())
    rates, keys = [], []
    for where, row in sheet.rows:
        low, middle, high = (sheet.figure(where, row, column) for column in RATES)
        if not low <= middle <= high <= 1:
            sheet.wrong(where, "低值、中值、高值", "须由低到高，并且不超过 1（100%）")
            low = middle = high = Fraction(0)
        elif low < high and (middle in (low, high) or low == 0 or high == 1):
            sheet.wrong(
                where,
                "低值、中值、高值",
                "不确定的，三个数须两两不同，且在 0 与 1 之间；确定的，三个数写成一样",
            )
        labels = sheet.keys(row, sheet.labels)
        rates.append(Rate(labels, Uncertain(low, middle, high), sheet.provenance(where, row)))
        keys.append((labels, where))
    sheet.once(keys)
    return RateTable(file, sheet.labels, tuple(rates))


def read_choices(path: Path, file: str, given: tuple[str, ...], collector: Collector) -> ChoiceTable:
    """Options by the labels of `given`; the other columns are what is chosen."""
    sheet = read_sheet(path, file, (WEIGHT,), collector)
    if sheet is None:
        return ChoiceTable(file, given, (), ())
    missing = [name for name in given if name not in sheet.labels]
    outcomes = tuple(name for name in sheet.labels if name not in given)
    if missing or not outcomes:
        columns = "、".join(missing) or "选出什么的列"
        collector.report("HY717", file=file, columns=columns)
        return ChoiceTable(file, given, outcomes, ())
    rows = [
        Option(
            sheet.keys(row, given),
            sheet.keys(row, outcomes),
            sheet.figure(where, row, WEIGHT),
            sheet.provenance(where, row),
        )
        for where, row in sheet.rows
    ]
    sheet.once(
        [
            ((*option.labels, *option.outcomes), where)
            for option, (where, _) in zip(rows, sheet.rows, strict=True)
        ]
    )
    weights: dict[tuple[str, ...], Fraction] = {}
    for option in rows:
        weights[option.labels] = weights.get(option.labels, Fraction(0)) + option.weight
    for labels, weight in weights.items():
        if weight == 0:
            sheet.wrong("、".join(labels) or "全部", WEIGHT, "各行的权重不能都是 0")
    return ChoiceTable(file, given, outcomes, tuple(rows))


def read_shares(path: Path, file: str, collector: Collector) -> tuple[Share, ...]:
    """Which level of government bears which part; all of them together bear the whole."""
    sheet = read_sheet(path, file, (LEVEL, PART), collector)
    if sheet is None:
        return ()
    shares = [
        Share(row[LEVEL], sheet.figure(where, row, PART), sheet.provenance(where, row))
        for where, row in sheet.rows
    ]
    if sum((share.part for share in shares), Fraction(0)) != 1:
        sheet.wrong("各行", PART, "合计须是 1（100%）")
    return tuple(shares)
