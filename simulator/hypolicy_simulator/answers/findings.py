"""All that a run has to tell, in one value: results.json, the workbook and the report are made from it alone.

They show figures of these tables and compute none, so that a figure is the same wherever it stands.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import polars.selectors as cs
from attrs import field, frozen

from hypolicy_simulator.answers.lines import ALL
from hypolicy_simulator.answers.rules import illustrative
from hypolicy_simulator.scenario.tree import Kind as Trust

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hypolicy_simulator.run.model import Model
    from hypolicy_simulator.run.plan import Kind

MONEY: Final = "金额"
COUNT: Final = "人次"
YEAR: Final = "年度"
ITEM: Final = "补贴项目"
FUND: Final = "资金来源"


@frozen
class Total:
    """`amount` is in yuan."""

    count: int
    amount: Decimal

    def of(self, measure: str) -> Decimal | int:
        return self.amount if measure == MONEY else self.count


@frozen
class Findings:
    """`tables` are by the names of their files; `items` have their funds, and the date that tells their year."""

    policy: str
    number: str
    scenario: str
    about: str
    dimensions: tuple[str, ...]
    items: tuple[tuple[str, str, str], ...]
    amendments: tuple[str, ...]
    illustrative: tuple[str, ...]
    record: Mapping[str, Any] = field(repr=False)
    tables: Mapping[str, pl.DataFrame] = field(repr=False)

    @classmethod
    def of(cls, model: Model, record: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> Findings:
        checked, axes = model.own.checked, model.own.axes
        booked = set(tables["budget.csv"][ITEM])
        base = model.inputs.base
        before = {each.number for each in base.policy.amendments} if base is not None else set()
        tried = [each for each in checked.policy.amendments if each.number not in before]
        return cls(
            checked.policy.title,
            checked.policy.number,
            checked.scenario.name,
            checked.scenario.about,
            tuple(fact.name for fact in checked.policy.dimensions),
            tuple(
                (each.name, axes.fund(place), each.year_date.name if each.year_date is not None else "")
                for place, each in enumerate(checked.policy.benefits)
                if each.name in booked
            ),
            tuple(f"{each.title}（{each.number}）" for each in tried) if base is not None else (),
            illustrative(model),
            record,
            {name: table for name, table in tables.items() if name.endswith(".csv")},
        )

    # ---------------------------------------------------------------------------------------------- looking up

    @property
    def years(self) -> tuple[int, ...]:
        """Years in which anything is granted."""
        return tuple(sorted(set(self.tables["budget.csv"][YEAR])))

    @property
    def funds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fund for _, fund, _ in self.items))

    @property
    def header(self) -> tuple[str, ...]:
        """The columns that tell one line of a budget from another."""
        return (YEAR, *self.dimensions, ITEM, FUND)

    @property
    def replicates(self) -> int:
        """Of each kind of uncertainty; none where there are no intervals."""
        return int(self.record["模拟次数"])

    def line(self, table: pl.DataFrame, **names: str) -> pl.DataFrame:
        """The rows of a line; a column that is not named is summed over."""
        wanted = {name: names.get(name, ALL) for name in self.header}
        return table.filter(pl.col(name).cast(pl.String) == label for name, label in wanted.items())

    def total(self, **names: str) -> Total:
        """A sum, as the run has it; nought where nothing was granted."""
        return self._totals.get(self._key(names), Total(0, Decimal("0.00")))

    def interval(self, kind: Kind, measure: str = MONEY, **names: str) -> dict[str, str] | None:
        """Mean, quantiles and their errors of a line, in yuan; None where there are none."""
        return self._intervals.get((kind.value, measure, *self._key(names)))

    def _key(self, names: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(names.get(name, ALL) for name in self.header)

    @cached_property
    def _totals(self) -> dict[tuple[str, ...], Total]:
        rows = self.tables["summary.csv"].rows(named=True)
        return {tuple(row[name] for name in self.header): Total(row[COUNT], row[MONEY]) for row in rows}

    @cached_property
    def _intervals(self) -> dict[tuple[str, ...], dict[str, str]]:
        names = ("不确定性", "指标", *self.header)
        rows = self.tables["intervals.csv"].rows(named=True) if "intervals.csv" in self.tables else []
        return {tuple(row[name] for name in names): row for row in rows}

    @property
    def trust(self) -> dict[str, int]:
        """How many figures the scenario rests on, by how far they may be trusted."""
        counts = Counter(self.tables["assumptions.csv"]["性质"])
        return {kind.value: counts[kind.value] for kind in Trust}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What nobody should read the figures without."""
        said = [f"「{name}」是示例数据，不是官方标准，金额仅供演示。" for name in self.illustrative]
        trust = self.trust
        if made_up := trust[Trust.ASSUMPTION.value]:
            parts = "、".join(f"{kind}{count}个" for kind, count in trust.items() if count)
            said.append(
                f"测算依据的{sum(trust.values())}个数中，{parts}；"
                f"这{made_up}个假设不是官方数据，得到正式数据后应当替换。"
            )
        return tuple(said)

    @property
    def rules_hash(self) -> str:
        """Of all rule files of the policy."""
        files = {name: known for name, known in self.record["输入"].items() if name.endswith(".hyp")}
        return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def write_json(findings: Findings, path: Path) -> None:
    """All tables in one file; money is in yuan, as texts, exactly."""
    content = {
        "情景": findings.scenario,
        "政策": {"名称": findings.policy, "文号": findings.number},
        "注意": list(findings.warnings),
        "运行": dict(findings.record),
        "表": {name.removesuffix(".csv"): _rows(table) for name, table in findings.tables.items()},
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    return table.with_columns(cs.decimal().cast(pl.String)).to_dicts()
