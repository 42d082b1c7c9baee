"""A TOML file with the places of its keys, read so that every mistake in it is told at once.

`tomllib` gives values without places; the lines of a file say where a key stands, well enough to point at it.
A key that nobody asked for is a mistake, so the keys that are known are simply those that were asked for.
"""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen

from hypolicy.diagnostics.diagnostic import Collector, Diagnostic, Place
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import closest
from hypolicy.source import limits
from hypolicy.source.text import SourceText, Span
from hypolicy_simulator.scenario.tree import Uncertain, When

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER: Final = re.compile(r"""\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$""")
_KEY: Final = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")
_NUMBER: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(%?)")
_AT: Final = re.compile(r"\(at line (\d+), column (\d+)\)$")

KeyPath = tuple[str | int, ...]


def number(value: object) -> Fraction | None:
    """A number written 0.045, 12 or 4.5%; a float is taken as it was written, not as it is stored."""
    if isinstance(value, bool):
        return None
    text = str(value).strip() if isinstance(value, int | float | str) else ""
    found = _NUMBER.fullmatch(text)
    return Fraction(found[1]) / (100 if found[2] else 1) if found else None


@frozen
class Document:
    """The text of a scenario file and where its keys are."""

    source: SourceText
    places: dict[KeyPath, Span] = field(repr=False)

    def place(self, path: KeyPath) -> Span:
        """The key at a path, or the nearest that holds it."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return Span(self.source, 0, 0)


EXTENDS: Final = "extends"


def read_document(path: Path, collector: Collector) -> Section:
    """The whole of a file, and of that which it extends: what it says itself takes the place of what that one says.

    Raises Refusal where a file cannot be read, or is not TOML.
    """
    section = _read(path, collector)
    if EXTENDS not in section.values:
        return section
    name = section.text(EXTENDS)
    if "/" in name or "\\" in name or name in ("", path.name):
        collector.report(
            "HY714", section.place(EXTENDS), name=EXTENDS, expected="同一文件夹中另一个情景文件的名称"
        )
        return section
    base = _read(path.parent / name, collector)
    homes = dict.fromkeys(base.values, base.document) | dict.fromkeys(section.values, section.document)
    base.values.pop(EXTENDS, None)
    return Section(base.values | section.values, (), section.document, collector, {EXTENDS}, homes)


def _read(path: Path, collector: Collector) -> Section:
    try:
        data = path.read_bytes()
    except OSError:
        raise Refusal(Diagnostic("HY710", {"path": str(path)})) from None
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal(Diagnostic("HY124", {"path": str(path)})) from None
    if len(data) > limits.MAX_FILE_BYTES:
        raise Refusal(Diagnostic("HY123", {"path": str(path), "limit": str(limits.MAX_FILE_BYTES)}))
    source = SourceText(PurePosixPath(path.name), text)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(Diagnostic("HY711", places=(Place(_error_span(source, str(error))),))) from None
    return Section(values, (), Document(source, _places(source)), collector)


def _error_span(source: SourceText, message: str) -> Span:
    at = _AT.search(message)
    if at is None:
        return Span(source, len(source.text), len(source.text))
    offset = source.line_starts[int(at[1]) - 1] + int(at[2]) - 1
    return Span(source, offset, min(offset + 1, len(source.text)))


def _places(source: SourceText) -> dict[KeyPath, Span]:
    places: dict[KeyPath, Span] = {}
    table: KeyPath = ()
    counts: dict[str, int] = {}
    for row, start in enumerate(source.line_starts, 1):
        line = source.line(row)
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            name = header[2].strip("\"'")
            table = (name,)
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                table = (name, counts[name])
            places.setdefault(table, Span(source, start + header.start(2), start + header.end(2)))
            places.setdefault((name,), places[table])
        elif key:
            span = Span(source, start + key.start(1), start + key.end(1))
            places.setdefault((*table, key[1].strip("\"'")), span)
    return places


@define
class Section:
    """One table of the document. What is asked of it is known; `finish` tells of what is left.

    `homes` are the documents of keys that come from elsewhere.
    """

    values: dict[str, Any]
    path: KeyPath
    document: Document
    collector: Collector
    asked: set[str] = field(factory=set)
    homes: dict[str, Document] = field(factory=dict)

    @property
    def span(self) -> Span:
        return self.document.place(self.path)

    def home(self, key: str) -> Document:
        return self.homes.get(key, self.document)

    def place(self, key: str) -> Span:
        return self.home(key).place((*self.path, key))

    def has(self, *keys: str) -> list[str]:
        """Which of these are there; all become known."""
        self.asked.update(keys)
        return [key for key in keys if key in self.values]

    def finish(self) -> None:
        """Report every key that nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                near = closest(key, self.asked)
                suggestion = f"是否应为「{near[0]}」？" if near else ""
                self.collector.report(
                    "HY712",
                    self.place(key),
                    suggestion=suggestion,
                    name=key,
                    names="、".join(sorted(self.asked)),
                )

    def _value(self, key: str) -> Any:
        self.asked.add(key)
        if key not in self.values:
            self.collector.report("HY713", self.span, name=key)
        return self.values.get(key)

    def _wrong(self, key: str, expected: str) -> None:
        if key in self.values:
            self.collector.report("HY714", self.place(key), name=key, expected=expected)

    # ------------------------------------------------------------------------------------------------ values

    def text(self, key: str, default: str | None = None) -> str:
        value = self._value(key) if default is None else self.values.get(key, default)
        self.asked.add(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value != default:
            self._wrong(key, "放在半角双引号内的文字")
        return default or ""

    def whole(self, key: str, first: int, last: int) -> int:
        value = self._value(key)
        if isinstance(value, int) and not isinstance(value, bool) and first <= value <= last:
            return value
        self._wrong(key, f"{first}至{last}之间的整数")
        return first

    def texts(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        value = self._value(key) if needed else self.values.get(key, [])
        self.asked.add(key)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        self._wrong(key, '放在方括号内的几个名称，例如 ["甲", "乙"]')
        return ()

    def wholes(self, key: str) -> tuple[int, ...]:
        value = self._value(key)
        if isinstance(value, list) and value and all(type(each) is int for each in value):
            return tuple(value)
        self._wrong(key, "放在方括号内的几个整数，例如 [2019, 2020]")
        return ()

    def fraction(self, key: str, default: Fraction) -> Fraction:
        self.asked.add(key)
        value = number(self.values[key]) if key in self.values else default
        if value is not None:
            return value
        self._wrong(key, '数或者百分数，例如 "4.5%"')
        return default

    def uncertain(self, key: str) -> Uncertain:
        """Three numbers that rise: low, middle, high."""
        value = self._value(key)
        numbers = [number(each) for each in value] if isinstance(value, list) else []
        known = [each for each in numbers if each is not None]
        if len(numbers) == len(known) == 3 and known == sorted(known):
            return Uncertain(*known)
        self._wrong(key, '由低到高的三个数，例如 ["80%", "100%", "140%"]')
        return Uncertain(Fraction(1), Fraction(1), Fraction(1))

    def when(self, key: str, *, needed: bool = False) -> When:
        """{ "名称" = "取值" }, or several labels in brackets."""
        value = self._value(key) if needed else self.values.get(key, {})
        self.asked.add(key)
        if not isinstance(value, dict):
            self._wrong(key, '放在花括号内的名称和取值，例如 { "甲" = "是" }')
            return When()
        terms = []
        for name, labels in value.items():
            several = labels if isinstance(labels, list) else [labels]
            if not several or not all(isinstance(label, str) for label in several):
                self._wrong(key, '放在花括号内的名称和取值，例如 { "甲" = "是" }')
            terms.append((name, tuple(map(str, several))))
        return When(tuple(terms))

    def section(self, key: str) -> Section:
        value = self._value(key)
        if not isinstance(value, dict):
            self._wrong(key, f"单独的一节 [{key}]")
            value = {}
        return Section(value, (*self.path, key), self.home(key), self.collector)

    def sections(self, key: str) -> Iterator[Section]:
        """Each [[key]]; none where there is none."""
        self.asked.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._wrong(key, f"一节或几节 [[{key}]]")
            return
        for place, each in enumerate(value):
            yield Section(each, (*self.path, key, place), self.home(key), self.collector)
