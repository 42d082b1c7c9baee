"""--reading, --set and --table: what a run chooses otherwise than the policy says."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import polars as pl

from hypolicy.check.exactness import may_break_the_fen
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.records.files import read_raw
from hypolicy.rules.calendar import Period
from hypolicy.rules.outcome import Settings, fen_text, percent_text
from hypolicy.rules.units import RATIO
from hypolicy.source.text import SourceText
from hypolicy.syntax.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from hypolicy.rules.tree import Parameter, Policy, TableVersion
    from hypolicy.rules.units import Unit

_EQUALS: Final = re.compile("[=＝]")


def read_settings(
    policy: Policy, readings: Sequence[str], values: Sequence[str], tables: Sequence[str], encoding: str
) -> Settings:
    """All three options, checked against the policy. Raises Refusal with everything that is wrong."""
    collector = Collector()
    options = {reading.name: reading.options[-1] for reading in policy.readings if not reading.fixed}
    present = {
        p.name: quantity_text(p.versions[-1].value, p.type.unit) for p in policy.parameters if p.versions
    }
    files = {table.name: f"{table.name}.csv" for table in policy.tables}
    chosen = _pairs("--set", values, present, collector)
    settings = Settings(
        _readings(policy, _pairs("--reading", readings, options, collector), collector),
        _parameters(policy, chosen, collector),
        _tables(policy, _pairs("--table", tables, files, collector), encoding, collector),
    )
    for benefit in policy.benefits:
        if benefit.rounding is None and may_break_the_fen(benefit, settings.parameters):
            collector.report("HY915", name=benefit.name)
    for parameter in policy.parameters:
        left_open = parameter.authority and not parameter.versions
        if left_open and parameter.name not in dict(chosen):
            collector.report("HY917", name=parameter.name, authority=parameter.authority)
    if collector.found:
        raise Refusal(*collector.found)
    return settings


def encoding_of(path: Path, encoding: str) -> str:
    """The encoding of a file that goes with the data: UTF-8, which is what we write, or else that of the data."""
    with suppress(OSError, UnicodeDecodeError):
        path.read_bytes().decode("utf-8")
        return "utf-8"
    return encoding


def _pairs(
    option: str, texts: Iterable[str], examples: Mapping[str, str], collector: Collector
) -> list[tuple[str, str]]:
    """名称=值, each name once. An example is given with the name that was written, where the policy has it."""
    out: dict[str, str] = {}
    for text in texts:
        name, value = (part.strip() for part in (*_EQUALS.split(text, maxsplit=1), "")[:2])
        if not name or not value:
            known = name if name in examples else next(iter(examples), "名称")
            example = f"{known}={examples.get(known, '值')}"
            collector.report("HY902", option=option, value=text, example=example)
        elif name in out:
            collector.report("HY909", option=option, name=name)
        else:
            out[name] = value
    return list(out.items())


def _readings(policy: Policy, pairs: list[tuple[str, str]], collector: Collector) -> dict[str, str]:
    # Brackets in names may be typed half-width.
    known = {fold(reading.name): reading for reading in policy.readings}
    free = [reading.name for reading in policy.readings if not reading.fixed]
    out: dict[str, str] = {}
    for name, option in pairs:
        reading = known.get(fold(name))
        if reading is None:
            collector.report("HY903", suggestion=did_you_mean(name, free), name=name, names="、".join(free))
        elif reading.fixed:
            collector.report("HY905", name=reading.name)
        elif fold(option) not in map(fold, reading.options):
            collector.report(
                "HY904",
                suggestion=f"{did_you_mean(option, reading.options)}可选：{'、'.join(reading.options)}。",
                name=reading.name,
                option=option,
                options="、".join(reading.options),
            )
        else:
            out[reading.name] = next(each for each in reading.options if fold(each) == fold(option))
    return out


def _parameters(policy: Policy, pairs: list[tuple[str, str]], collector: Collector) -> dict[str, Fraction]:
    known = {parameter.name: parameter for parameter in policy.parameters}
    out: dict[str, Fraction] = {}
    for name, text in pairs:
        parameter = known.get(name)
        if parameter is None:
            collector.report("HY906", suggestion=did_you_mean(name, known), name=name, names="、".join(known))
            continue
        value = parameter_value(parameter, text)
        if value is None:
            ratio = parameter.type.unit == RATIO
            unit, mark = ("百分数", "%") if ratio else (f"“{parameter.type.unit}”", str(parameter.type.unit))
            collector.report("HY907", name=name, value=text, unit=unit, example=f"{name}=30{mark}")
        elif parameter.bound is not None and not parameter.bound[0].meaning(value, parameter.bound[1]):
            comparison, bound = parameter.bound
            limit = f"{comparison.quantity_reading}{quantity_text(bound, parameter.type.unit)}"
            collector.report("HY918", name=name, value=text, bound=limit)
        else:
            out[name] = value
    return out


def quantity_text(value: Fraction, unit: Unit) -> str:
    """A value with its unit, as it would be written."""
    if unit == RATIO:
        return percent_text(value)
    return f"{value.numerator if value.denominator == 1 else fen_text(int(value * 100))}{unit}"


def parameter_value(parameter: Parameter, text: str) -> Fraction | None:
    """A quantity of the parameter's unit, or a bare number that takes it; but a rate is written with %.

    None where it is neither.
    """
    unit_names = frozenset(name for name, _ in parameter.type.unit.powers)
    # The parser takes a tenth of a second to load, which a run without this option need not wait for.
    from hypolicy.syntax.lexer import Lexer  # noqa: PLC0415
    from hypolicy.syntax.literals import Quantity  # noqa: PLC0415

    lexed = Lexer({}, units=unit_names).lex(SourceText(PurePosixPath("--set"), text))
    if [lexeme.kind for lexeme in lexed.lexemes] != ["QUANTITY"]:
        return None
    quantity = lexed.lexemes[0].value
    assert isinstance(quantity, Quantity)
    unit, bare = parameter.type.unit, not quantity.unit_name and quantity.unit == RATIO
    fits = unit != RATIO if bare else quantity.unit == unit
    return quantity.number if fits else None


def _tables(
    policy: Policy, pairs: list[tuple[str, str]], encoding: str, collector: Collector
) -> dict[str, tuple[TableVersion, ...]]:
    known = {table.name: table for table in policy.tables}
    out: dict[str, tuple[TableVersion, ...]] = {}
    for name, file in pairs:
        table = known.get(name)
        if table is None:
            collector.report("HY908", suggestion=did_you_mean(name, known), name=name, names="、".join(known))
            continue
        try:
            raw = read_raw(Path(file), encoding_of(Path(file), encoding))
            raw.require_sound()
        except Refusal as refusal:
            collector.extend(refusal.diagnostics)
            continue
        from hypolicy.check.versions import table_version  # noqa: PLC0415 - as above

        rows = raw.frame.cast(pl.String).fill_null("").rows()
        lines = [(1, raw.frame.columns), *((raw.row_number(i), list(row)) for i, row in enumerate(rows))]
        out[name] = (table_version(table, Period(date.min), lines, file, collector),)
    return out
