"""Reading built pages as a browser would: elements with their attributes, and the text."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from pathlib import Path

_EMPTY = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


@define(slots=False)
class Reader(HTMLParser):
    """`elements` are all start tags; `text` is what is written between them, scripts and styles left out."""

    elements: list[tuple[str, dict[str, str]]] = field(factory=list)
    texts: list[str] = field(factory=list)
    main: list[str] = field(factory=list)
    scripts: list[str] = field(factory=list)
    _open: list[str] = field(factory=list)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "script" in self._open or "style" in self._open:
            self.scripts.append(data)
            return
        self.texts.append(data)
        if "article" in self._open:
            self.main.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    @property
    def article(self) -> str:
        return " ".join("".join(self.main).split())


def read(page: Path | str) -> Reader:
    """A page as text, or one of a built site, which is read once: no test writes to a site after looking at it."""
    return _reader(page) if isinstance(page, str) else _page(page)


@cache
def _page(path: Path) -> Reader:
    return _reader(path.read_text(encoding="utf-8"))


def _reader(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader
