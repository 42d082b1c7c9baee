"""Wrapping the published pages with MkDocs: the last step, which knows nothing of policies.

Pages come as finished HTML. They pass by Markdown, so nothing that an author has written is ever taken for markup;
titles are escaped here, because the templates of MkDocs escape nothing.
"""

from __future__ import annotations

import posixpath
from html import escape
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.toc import AnchorLink, TableOfContents

from hypolicy.backends.pages.shell.layout import Layout, theme
from hypolicy.backends.pages.shell.search import sections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mkdocs.structure.pages import Page as MkDocsPage

    from hypolicy.backends.pages.shell.search import Section
    from hypolicy.backends.pages.site import Page


def wrap(
    title: str,
    pages: Sequence[Page],
    assets: Mapping[str, str],
    footer: Sequence[str],
    into: Path,
    *,
    notice: str = "",
) -> None:
    """Write the site into an empty folder: its pages in their layout, and files to stand beside them as they are.

    Every page begins with the `notice`, if there is one, and ends with the lines of the `footer`.
    """
    with TemporaryDirectory() as nothing:
        config = MkDocsConfig()
        config.load_dict(
            {
                "site_name": escape(title),
                "docs_dir": nothing,
                "site_dir": str(into),
                "use_directory_urls": False,
                "strict": True,
                "plugins": [],
                "theme": theme(),
                "nav": _contents(pages),
                "validation": {"nav": {"omitted_files": "ignore"}},
                "extra": {
                    "generator": False,
                    "footer": [escape(line) for line in footer],
                    "notice": escape(notice),
                },
            }
        )
        errors, warnings = config.validate()
        assert not [*errors, *warnings]
        config.plugins["hypolicy"] = _Wrapped({_source(page.address): page for page in pages}, assets)
        build(config)


def _source(address: str) -> str:
    return f"{posixpath.splitext(address)[0]}.md"


def _contents(pages: Sequence[Page]) -> list[dict[str, Any]]:
    """The contents: pages of a chapter together, where the first of them stands."""
    out: list[dict[str, Any]] = []
    chapters: dict[str, list[dict[str, str]]] = {}
    for page in pages:
        if not page.listed:
            continue
        entry = {escape(page.title): _source(page.address)}
        if not page.section:
            out.append(dict(entry))
        elif page.section in chapters:
            chapters[page.section].append(entry)
        else:
            chapters[page.section] = [entry]
            out.append({page.section: chapters[page.section]})
    return out


class _Wrapped(Layout):
    """The layout, around pages that are already HTML."""

    def __init__(self, pages: Mapping[str, Page], assets: Mapping[str, str]) -> None:
        super().__init__()
        self.pages = pages
        self.assets = assets

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        out = super().on_files(files, config=config)
        for source in self.pages:
            out.append(File.generated(config, source, content=""))
        for address, text in self.assets.items():
            out.append(File.generated(config, address, content=text))
        return out

    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        source = self.pages[page.file.src_uri]
        page.title = escape(source.title)
        page.meta["styles"] = [one for one in source.assets if one.endswith(".css")]
        page.meta["scripts"] = [one for one in source.assets if one.endswith(".js")]
        return ""

    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        source = self.pages[page.file.src_uri]
        found = sections(source.body)
        page.toc = _toc(found)
        return self.content(source.body, page, found)


def _toc(found: Sequence[Section]) -> TableOfContents:
    """Headings of the second level, those of the third below them."""
    links: list[AnchorLink] = []
    for section in found:
        if not section.place or not section.heading:
            continue
        link = AnchorLink(escape(section.heading), section.place, section.level)
        if section.level == 2:
            links.append(link)
        elif section.level == 3 and links:
            links[-1].children.append(link)
    return TableOfContents(links)
