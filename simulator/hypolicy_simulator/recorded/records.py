"""A bureau's own records as trainings: read by the mapping, checked as `decide` checks them, coded in columns.

All problems are told at once: of the mapping, of every cell, and of records as a whole. A message names rows and
columns and never holds a value, which may be somebody's name or number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from attrs import field, frozen

from hypolicy.diagnostics.suggest import closest
from hypolicy.records.checks import Screening
from hypolicy.records.decode import Decoded, decode
from hypolicy.records.files import read_raw
from hypolicy.records.raw import RawTable, numbers
from hypolicy.records.reading import Piece
from hypolicy.rules.types import BoolType, DateType, EnumType, identifier_order
from hypolicy_simulator.behaviour.frame import ABSENT, NONE, Frame
from hypolicy_simulator.behaviour.trainings import NUMBER
from hypolicy_simulator.chance.keyed import mix
from hypolicy_simulator.recorded.mapping import DAYS as DAYS_WRITTEN
from hypolicy_simulator.recorded.mapping import ISO, Missing
from hypolicy_simulator.run.totals import calendar_years
from hypolicy_simulator.scenario.check import YEAR
from hypolicy_simulator.scenario.domains import DAYS, NUMBERS, YES_OR_NO, Labels, Texts, domain_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Fact, Policy, RecordKind
    from hypolicy_simulator.arrays import Column as Values
    from hypolicy_simulator.arrays import Elements, Rows
    from hypolicy_simulator.recorded.mapping import Column, Mapping
    from hypolicy_simulator.scenario.domains import Domain
    from hypolicy_simulator.scenario.tree import Scenario


@frozen
class Recorded:
    """What took place. `persons` are elements of the persons, in the order in which `frame.who` counts them;
    `repairs` says for each column how many cells were empty, and what was done about them.
    """

    frame: Frame = field(repr=False)
    persons: Elements = field(repr=False)
    domains: dict[str, Domain] = field(repr=False)
    repairs: pl.DataFrame = field(repr=False)


def read_recorded(
    scenario: Scenario, policy: Policy, settings: Settings, collector: Collector
) -> Recorded | None:
    """None where anything is wrong, which is reported. Raises Refusal where the file cannot be read at all."""
    assert scenario.recorded is not None
    source, kind = scenario.recorded, policy.records[0]
    raw = read_raw(scenario.path.parent / source.file, source.encoding)
    reader = _Reader(scenario, policy, kind, raw, source.mapping, collector)
    reader.columns_fit()
    if collector.has_errors:
        return None
    return reader.read(settings)


class _Faults(dict[tuple[str, str], set[int]]):
    """Rows by the bureau's column and what is wrong there."""

    def add(self, column: str, problem: str, rows: Iterable[int]) -> None:
        rows = set(rows)
        if rows:
            self.setdefault((column, problem), set()).update(rows)

    @property
    def rows(self) -> set[int]:
        return set().union(*self.values())


@frozen
class _Reader:
    scenario: Scenario
    policy: Policy
    kind: RecordKind
    raw: RawTable
    mapping: Mapping
    collector: Collector

    # ------------------------------------------------------------------------------------------------ mapping

    def columns_fit(self) -> None:
        """Whether every column of the mapping is there, makes a fact, and can be what the mapping says."""
        facts = {fact.name: fact for fact in self.kind.facts}
        known = {*facts, self.scenario.paid} - {""}
        named: set[str] = set()
        for column in self.mapping.columns:
            if column.name not in known:
                near = closest(column.name, known)
                suggestion = f"是否应为「{near[0]}」？" if near else ""
                names = "、".join(sorted(known))
                self.collector.report(
                    "HY715", column.span, suggestion=suggestion, name=column.name, names=names
                )
                continue
            if column.name in named:
                self.collector.report("HY722", column.span, name=column.name)
            named.add(column.name)
            self.column_fits(column, facts.get(column.name))
        if not isinstance(getattr(facts.get(self.scenario.begins), "type", None), DateType):
            span = self.scenario.spans["begins"]
            self.collector.report("HY728", span, name=self.scenario.begins, expected=str(DAYS), found="别的")
        missing = [f.name for f in self.kind.facts if not f.column_optional and f.name not in named]
        if self.scenario.paid and self.scenario.paid not in named:
            missing.append(self.scenario.paid)
        if missing:
            self.collector.report("HY755", file=self.mapping.file, names="、".join(missing))

    def column_fits(self, column: Column, fact: Fact | None) -> None:
        if column.source and column.source not in self.raw.frame.columns:
            near = closest(column.source, self.raw.frame.columns)
            suggestion = f"是否应为「{near[0]}」？" if near else ""
            facts = {"file": self.raw.file, "column": column.source, "name": column.name}
            self.collector.report("HY756", column.span, suggestion=suggestion, **facts)
        if fact is None:
            return
        if column.missing is Missing.NONE and not fact.optional:
            self.collector.report("HY757", column.span, name=column.name)
        labels = self.labels(fact)
        if labels is not None:
            given = [*column.codes.values(), column.others, column.value, column.fill]
            for label in dict.fromkeys(each for each in given if each):
                if label not in labels:
                    near = closest(label, labels)
                    suggestion = f"是否应为「{near[0]}」？" if near else ""
                    where = {"where": f"{self.mapping.file} 中，", "name": column.name, "label": label}
                    self.collector.report(
                        "HY716", column.span, suggestion=suggestion, labels="、".join(labels), **where
                    )
        if domain_of(fact) is None and fact not in (self.kind.key, self.person) and not fact.optional:
            self.collector.report("HY758", column.span, name=fact.name)

    def labels(self, fact: Fact) -> tuple[str, ...] | None:
        match fact.type:
            case BoolType():
                return YES_OR_NO.labels
            case EnumType(labels=labels):
                return labels
            case _:
                return None

    @property
    def person(self) -> Fact:
        return next(fact for fact in self.kind.facts if fact.name == self.scenario.person)

    # ------------------------------------------------------------------------------------------------- cells

    def read(self, settings: Settings) -> Recorded | None:
        faults, dropped, repairs = _Faults(), set[int](), []
        series: dict[str, pl.Series] = {}
        for column in self.mapping.columns:
            texts, empty = self.mapped(column, faults)
            repairs.append((column.name, column.source, column.missing.value, len(empty), column.fill))
            match column.missing:
                case Missing.ERROR:
                    faults.add(column.source, "空着；对照表写明缺了就报错", empty)
                case Missing.DROP:
                    dropped.update(empty)
                case Missing.FILL:
                    texts = texts.scatter(list(empty), column.fill) if empty else texts
                case _:
                    pass
            series[column.name] = texts.alias(column.name)
        self.spoilt(faults)
        names = {fact.name: fact.column for fact in self.kind.facts}
        frame = pl.DataFrame([texts.alias(names[name]) for name, texts in series.items() if name in names])
        table = RawTable(self.raw.file, frame, self.raw.numbering)
        decoded = decode(table, self.kind)
        self.decoded_faults(decoded, settings, faults)
        days = self.days_of(series, decoded, faults)
        self.tell(faults, dropped)
        if self.collector.has_errors:
            return None
        kept = np.array([row for row in range(frame.height) if row not in dropped], np.intp)
        return self.coded(decoded, days, kept, self.repairs(repairs, len(dropped)))

    def mapped(self, column: Column, faults: _Faults) -> tuple[pl.Series, set[int]]:
        """The texts of a fact, and the rows in which there is none."""
        height = self.raw.frame.height
        if column.value is not None:
            return pl.repeat(column.value, height, eager=True, dtype=pl.String), set()
        if not column.source:
            return pl.repeat(None, height, eager=True, dtype=pl.String), set()
        cells = self.raw.frame[column.source]
        if cells.dtype == pl.Boolean:
            cells = cells.replace_strict([True, False], ["是", "否"], default=None, return_dtype=pl.String)
        texts = cells.cast(pl.String).str.strip_chars().replace("", None)
        if column.blanks:
            texts = texts.replace(list(column.blanks), [None] * len(column.blanks))
        empty = set(texts.is_null().arg_true().to_list())
        if column.codes:
            coded = texts.replace_strict(
                list(column.codes),
                list(column.codes.values()),
                default=column.others or None,
                return_dtype=pl.String,
            )
            coded = pl.select(pl.when(texts.is_not_null()).then(coded)).to_series()
            unknown = set(coded.is_null().arg_true().to_list()) - empty
            faults.add(column.source, f"不是对照表中的代码；代码有：{'、'.join(column.codes)}", unknown)
            return coded, empty
        if column.written != ISO:
            texts = self.as_iso(column, texts, empty, faults)
        return texts, empty

    def as_iso(self, column: Column, texts: pl.Series, empty: set[int], faults: _Faults) -> pl.Series:
        plain = texts.str.to_date("%Y-%m-%d", strict=False)
        days = texts.str.to_date(DAYS_WRITTEN[column.written], strict=False).fill_null(plain)
        wrong = set(days.is_null().arg_true().to_list()) - empty
        faults.add(column.source, f"不是日期，或者没有写成 {column.written} 的样子", wrong)
        return days.cast(pl.String)

    def spoilt(self, faults: _Faults) -> None:
        sources = {column.source for column in self.mapping.columns}
        for fault in self.raw.faults:
            if fault.column in sources:
                faults.add(fault.column, fault.problem, [fault.row])

    def decoded_faults(self, decoded: Decoded, settings: Settings, faults: _Faults) -> None:
        """What is wrong with facts and with records as a whole, but for cells of which something is told already."""
        screening = Screening(self.kind, settings)
        screening.see(Piece(0, decoded))
        told = {(row, column) for (column, _), rows in faults.items() for row in rows}
        sources = {column.name: column.source for column in self.mapping.columns}
        facts = {fact.column: fact.name for fact in self.kind.facts}
        fault: tuple[int, str, str]
        for fault in screening.faults.all().iter_rows():
            row, name, problem = fault
            source = sources.get(facts[str(name)], str(name))
            if (row, source) not in told:
                faults.add(source, str(problem), [row])

    def days_of(
        self, series: dict[str, pl.Series], decoded: Decoded, faults: _Faults
    ) -> dict[str, pl.Series]:
        """Days that years are told by, each within what totals can hold; the day of payment, which is no fact."""
        scenario, sources = self.scenario, {each.name: each.source for each in self.mapping.columns}
        days = {
            fact.name: decoded.series[fact.name]
            for fact in self.kind.facts
            if isinstance(fact.type, DateType)
        }
        if scenario.paid and scenario.paid not in days:
            texts = series[scenario.paid]
            days[scenario.paid] = texts.str.to_date("%Y-%m-%d", strict=False)
            wrong = (days[scenario.paid].is_null() & texts.is_not_null()).arg_true().to_list()
            faults.add(sources[scenario.paid], "不是日期，或者没有写成 2019-08-30 的样子", wrong)
        years = calendar_years(scenario.years)
        told = {each.year_date.name for each in self.policy.benefits if each.year_date is not None}
        for name in sorted({scenario.paid, *told} - {""}):
            outside = ~days[name].dt.year().is_between(years[0], years[-1])
            faults.add(
                sources[name],
                f"年份不在{years[0]}至{years[-1]}之间，无从汇总",
                outside.fill_null(False).arg_true(),
            )
        begins = days[scenario.begins].dt.year().is_between(scenario.years[0], scenario.years[-1])
        faults.add(
            sources[scenario.begins],
            f"开班的年份不在情景的年度（{scenario.years[0]}至{scenario.years[-1]}）之内",
            (~begins).fill_null(False).arg_true(),
        )
        return days

    def tell(self, faults: _Faults, dropped: set[int]) -> None:
        for (column, problem), rows in faults.items():
            rest = sorted(rows - dropped)
            if rest:
                shown = numbers([self.raw.row_number(row) for row in rest], self.raw.numbering.counter)
                where = {"file": self.raw.file, "places": f"{shown}「{column}」列", "problem": problem}
                self.collector.report("HY759", **where)

    def repairs(self, repairs: Sequence[tuple[str, str, str, int, str]], dropped: int) -> pl.DataFrame:
        rows = [(*row[:3], row[4], row[3]) for row in repairs]
        rows.append(("合计", "", "剔除的记录", "", dropped))
        rows.append(("合计", "", "采用的记录", "", self.raw.frame.height - dropped))
        return pl.DataFrame(rows, ["事实", "取自", "缺了怎样办", "填补", "数目"], orient="row")

    # ---------------------------------------------------------------------------------------------- columns

    def coded(
        self, decoded: Decoded, days: dict[str, pl.Series], kept: Rows, repairs: pl.DataFrame
    ) -> Recorded:
        domains: dict[str, Domain] = {}
        columns: dict[str, Values] = {}
        mapped = {column.name for column in self.mapping.columns}
        for fact in self.kind.facts:
            declared = domain_of(fact)
            if declared is None or fact.name not in mapped:
                continue
            series = decoded.series[fact.name][kept]
            if isinstance(declared, Texts):
                labels = tuple(sorted(series.drop_nulls().cast(pl.String).unique().to_list()))
                declared = Labels(labels or ("",))
                series = series.cast(pl.String).cast(pl.Enum(declared.labels))
            domains[fact.name] = declared
            columns[fact.name] = _codes(series, declared)
        if self.scenario.paid and self.scenario.paid not in columns:
            domains[self.scenario.paid] = DAYS
            columns[self.scenario.paid] = _codes(days[self.scenario.paid][kept], DAYS)
        who, persons = _ranks(decoded.series[self.scenario.person][kept])
        number, _ = _ranks(decoded.series[self.kind.key.name][kept])
        year = days[self.scenario.begins][kept].dt.year().to_numpy() - self.scenario.years[0]
        columns |= {YEAR: year.astype(np.int16), NUMBER: number + 1}
        domains[YEAR] = Labels(tuple(map(str, self.scenario.years)))
        frame = Frame(mix(number.astype(np.uint64)), columns, who)
        return Recorded(frame, mix(np.arange(persons, dtype=np.uint64)), domains, repairs)


def _codes(series: pl.Series, domain: Domain) -> Values:
    """As columns of frames hold values."""
    if isinstance(domain, Labels):
        codes = series.cast(pl.Int16) if series.dtype == pl.Boolean else series.to_physical().cast(pl.Int16)
        return codes.fill_null(ABSENT).to_numpy()
    wide = series.to_physical() if series.dtype == pl.Date else series.cast(pl.Int32)
    assert domain in (DAYS, NUMBERS)
    return wide.cast(pl.Int32).fill_null(NONE).to_numpy()


def _ranks(series: pl.Series) -> tuple[Values, int]:
    """Identifiers by their rank in the order of identifiers, from 0, and how many there are."""
    texts = series.cast(pl.String)
    known = sorted(texts.unique().to_list(), key=identifier_order)
    ranks = texts.replace_strict(known, list(range(len(known))), return_dtype=pl.Int64)
    return ranks.to_numpy(), len(known)
