"""The mapping file: which of a bureau's own columns and codes stand for which facts, and what is done about blanks.

Every column says what is done where a cell is empty; nothing is filled in unless the file says with what.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import field, frozen

from hypolicy_simulator.scenario.document import read_document

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import Span
    from hypolicy_simulator.scenario.document import Section

# How a bureau may write its days; what stands in the mapping file is this example.
DAYS: Final = {
    "2019-08-30": "%Y-%m-%d",
    "2019/8/30": "%Y/%m/%d",
    "2019.8.30": "%Y.%m.%d",
    "20190830": "%Y%m%d",
    "2019年8月30日": "%Y年%m月%d日",
}
Known = TypeVar("Known")
ISO: Final = "2019-08-30"


class Missing(Enum):
    """What is done with a record in which a cell is empty."""

    ERROR = "报错"
    DROP = "剔除"
    NONE = "空着"
    FILL = "填补"


@frozen
class Column:
    """How a fact comes about: from a column, the same in all records (`value`), or not at all (no `source`).

    `others` is what codes stand for that `codes` does not have; where it is empty these are mistakes. `blanks` are
    texts that say that nothing is known.
    """

    name: str
    source: str
    value: str | None
    codes: dict[str, str]
    others: str
    blanks: tuple[str, ...]
    written: str
    missing: Missing
    fill: str
    span: Span = field(eq=False, repr=False)


@frozen
class Mapping:
    file: str
    columns: tuple[Column, ...]


def read_mapping(path: Path, file: str, collector: Collector) -> Mapping:
    """Every mistake in it is reported."""
    top = read_document(path, collector)
    columns = []
    for section in top.sections("column"):
        columns.append(_column(section, collector))
        section.finish()
    if not columns:
        collector.report("HY713", top.span, name="column")
    top.finish()
    return Mapping(file, tuple(columns))


def _column(section: Section, collector: Collector) -> Column:
    name, span = section.text("name"), section.place("name")
    if section.has("value"):
        return Column(name, "", section.text("value"), {}, "", (), ISO, Missing.ERROR, "", span)
    if section.has("absent"):
        if section.values["absent"] is not True:
            collector.report("HY714", section.place("absent"), name="absent", expected="true")
        return Column(name, "", None, {}, "", (), ISO, Missing.NONE, "", span)
    missing = _one_of("missing", {each.value: each for each in Missing}, section, collector) or Missing.ERROR
    written = _one_of("written", {each: each for each in DAYS}, section, collector, ISO) or ISO
    return Column(
        name,
        section.text("from", name),
        None,
        _codes(section, collector),
        section.text("others", ""),
        section.texts("blanks", needed=False),
        written,
        missing,
        section.text("fill") if missing is Missing.FILL else "",
        span,
    )


def _one_of(
    key: str, known: dict[str, Known], section: Section, collector: Collector, default: str | None = None
) -> Known | None:
    word = section.text(key, default)
    if word and word not in known:
        collector.report("HY714", section.place(key), name=key, expected=f"下列之一：{'、'.join(known)}")
    return known.get(word)


def _codes(section: Section, collector: Collector) -> dict[str, str]:
    if not section.has("codes"):
        return {}
    codes = section.values["codes"]
    if isinstance(codes, dict) and all(isinstance(each, str) for each in codes.values()):
        return dict(codes)
    expected = '放在花括号内的代码和取值，例如 { "1" = "农村" }'
    collector.report("HY714", section.place("codes"), name="codes", expected=expected)
    return {}
