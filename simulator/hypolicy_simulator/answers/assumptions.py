"""Every figure that a scenario rests on, with where it comes from: what a reader has to believe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hypolicy.rules.outcome import fen_text, percent_text
from hypolicy_simulator.scenario import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy_simulator.run.model import Model
    from hypolicy_simulator.scenario.tree import Provenance, Scenario

Row = tuple[str, str, str, "Provenance"]


def assumptions(model: Model) -> pl.DataFrame:
    """One row for each row of each table of the scenario, in the order in which it mentions them."""
    rows = list(dict.fromkeys(_rows(model.own.checked.scenario)))
    return pl.DataFrame(
        {
            "文件": [file for file, _, _, _ in rows],
            "项目": [what for _, what, _, _ in rows],
            "数": [figure for _, _, figure, _ in rows],
            "性质": [each.kind.value for _, _, _, each in rows],
            "来源": [each.source for _, _, _, each in rows],
            "日期": [each.date for _, _, _, each in rows],
            "说明": [each.note for _, _, _, each in rows],
        }
    )


def _rows(scenario: Scenario) -> Iterator[Row]:
    for margin in (*scenario.margins, *(attribute.margin for attribute in scenario.attributes)):
        note = f"，换算{percent_text(margin.scale)}" if margin.scale != 1 else ""
        for count in margin.rows:
            yield margin.file, _named(margin.names, count.labels), f"{count.persons}{note}", count.provenance
    yield from _rates(scenario.takeup.rate)
    yield from _rates(scenario.takeup.again)
    for step in (*scenario.person_steps, *scenario.training_steps):
        match step.way:
            case tree.Happens(table):
                yield from _rates(table)
            case tree.Choose(table) | tree.DayOfYear(table):
                for row in table.rows:
                    names = _named((*table.given, *table.outcomes), (*row.labels, *row.outcomes))
                    yield table.file, names, f"权重{float(row.weight):g}", row.provenance
            case _:
                pass
    limits = [scenario.target, scenario.places.table if scenario.places is not None else None]
    for limit in limits:
        if limit is not None:
            for count in limit.rows:
                yield limit.file, _named(limit.names, count.labels), str(count.persons), count.provenance
    for fund in scenario.funds:
        for source in fund.sources:
            for count in source.yearly.rows:
                where = f"{fund.name}、{source.name}、{_named(source.yearly.names, count.labels)}"
                yield source.yearly.file, where, f"{fen_text(count.persons)}元", count.provenance
        for share in fund.shares:
            yield fund.name, f"{share.level}分担", percent_text(share.part), share.provenance


def _rates(table: tree.RateTable) -> Iterator[Row]:
    if table is tree.EVERYBODY:
        return
    for row in table.rows:
        figures = (
            [row.value.middle] if row.value.certain else [row.value.low, row.value.middle, row.value.high]
        )
        yield (
            table.file,
            _named(table.names, row.labels),
            "、".join(map(percent_text, figures)),
            row.provenance,
        )


def _named(names: tuple[str, ...], labels: tuple[str, ...]) -> str:
    return "、".join(f"{name}为{label}" for name, label in zip(names, labels, strict=True)) or "全部"
