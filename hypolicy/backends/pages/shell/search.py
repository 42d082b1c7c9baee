"""What a search can find: the sections of every page, as a script; pages opened from a folder may load no data.

The words stand as they are on the page. How words and numbers are taken to be the same is known to the script that
searches (`search.js`), and to nothing else.
"""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

# What is no text of the page: drawings, sources, forms, the long explanations that repeat the rules, and what has a
# page of its own.
_SKIPPED_TAGS: Final = frozenset({"svg", "pre", "nav", "form", "script", "style"})
_SKIPPED_CLASSES: Final = frozenset({"hp-steps", "hp-story", "hp-used", "headerlink"})
_EMPTY_TAGS: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "path", "rect", "circle", "wbr"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3"})
_INLINE: Final = frozenset({"a", "b", "strong", "em", "small", "span", "code", "mark", "i"})


@define
class Section:
    """A heading with the text up to the next one; `place` is its anchor, empty where it has none."""

    level: int
    place: str
    heading: str = ""
    text: str = ""


def sections(html: str) -> list[Section]:
    """The sections of a page, in order; what stands before the first heading is a section without one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [section for section in reader.sections if section.heading or section.text]


@define(slots=False)
class _Reader(HTMLParser):
    sections: list[Section] = field(factory=lambda: [Section(1, "")])
    open_tags: list[tuple[str, bool]] = field(factory=list)
    skipping: int = 0
    in_heading: bool = False

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _EMPTY_TAGS:
            self.space()
            return
        given = dict(attrs)
        skipped = tag in _SKIPPED_TAGS or not _SKIPPED_CLASSES.isdisjoint((given.get("class") or "").split())
        self.open_tags.append((tag, skipped))
        self.skipping += skipped
        if self.skipping:
            return
        if tag in _HEADINGS:
            self.sections.append(Section(int(tag[1]), given.get("id") or ""))
            self.in_heading = True
        elif tag not in _INLINE:
            self.space()

    def handle_endtag(self, tag: str) -> None:
        while self.open_tags:
            open_tag, skipped = self.open_tags.pop()
            self.skipping -= skipped
            if open_tag == tag:
                break
        if tag in _HEADINGS:
            self.in_heading = False
        elif tag not in _INLINE:
            self.space()

    def handle_data(self, data: str) -> None:
        if self.skipping:
            return
        section = self.sections[-1]
        if self.in_heading:
            section.heading = " ".join(f"{section.heading}{data}".split())
        else:
            section.text += data if section.text and not section.text.endswith(" ") else data.lstrip()

    def space(self) -> None:
        section = self.sections[-1]
        if not self.in_heading and section.text and not section.text.endswith(" "):
            section.text += " "


@frozen
class Found:
    """What a search can find: a section of a page."""

    address: str
    page: str
    section: Section


def index_script(entries: Iterable[Found]) -> str:
    """The index as a script: one list a section, of address, page, heading, text."""
    rows = []
    for one in entries:
        place = f"#{one.section.place}" if one.section.place and one.section.level > 1 else ""
        heading = one.section.heading if one.section.level > 1 else ""
        rows.append([f"{one.address}{place}", one.page, heading, " ".join(one.section.text.split())])
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    safe = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"hypolicySearch.load({safe});\n"
