"""What the run took from the policy: values of parameters, readings of the text, and tables, with their grounds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.phrases import value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Parameter, Reading, Table
    from hypolicy_simulator.run.model import Model

_COLUMNS = ("种类", "名称", "采用", "起", "依据", "说明")
_OTHERWISE = "运行时另行指定"


def rules(model: Model) -> pl.DataFrame:
    """One row for each version of each parameter, each reading, and each version of each table."""
    policy, settings = model.own.checked.policy, model.own.settings
    rows = [row for parameter in policy.parameters for row in _parameter(parameter, settings)]
    rows += [_reading(reading, settings) for reading in policy.readings]
    rows += [row for table in policy.tables for row in _table(table, settings)]
    return pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def illustrative(model: Model) -> tuple[str, ...]:
    """Tables without official data that amounts rest on."""
    policy, settings = model.own.checked.policy, model.own.settings
    return tuple(
        table.name
        for table in policy.tables
        if any(version.illustrative for version in settings.versions(table))
    )


def _parameter(parameter: Parameter, settings: Settings) -> Iterator[tuple[str, ...]]:
    clause = parameter.origin.clause
    if parameter.name in settings.parameters:
        value = value_text(settings.parameters[parameter.name], parameter.type)
        yield "参数", parameter.name, value, "", clause, _OTHERWISE
        return
    for version in parameter.versions:
        value, start = value_text(version.value, parameter.type), chinese_date(version.period.start)
        yield "参数", parameter.name, value, start, clause, version.ground
    if not parameter.versions:
        yield "参数", parameter.name, "没有规定", "", clause, f"由{parameter.authority}规定"


def _reading(reading: Reading, settings: Settings) -> tuple[str, ...]:
    chosen = settings.option(reading)
    others = [option for option in reading.options if option != chosen]
    words = [reading.question, f"理由：{reading.reason}" if chosen == reading.default else _OTHERWISE]
    if others and not reading.fixed:
        words.append(f"另可：{'、'.join(others)}")
    return "口径", reading.name, chosen, "", reading.origin.clause, " ".join(filter(None, words))


def _table(table: Table, settings: Settings) -> Iterator[tuple[str, ...]]:
    for version in settings.versions(table):
        remark = "示例数据，不是官方标准" if version.illustrative else ""
        if table.name in settings.tables:
            remark = "，".join(filter(None, (_OTHERWISE, remark)))
        size = f"{len(version.rows)}行"
        start = "" if version.period.start == date.min else chinese_date(version.period.start)
        yield "表格", table.name, size, start, table.origin.clause, remark
