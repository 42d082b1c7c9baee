"""What the layout adds to any site: a search index, a security policy on each page, and nothing that is not used.

Used by the published pages (`wrap`) and by the documentation of hypolicy itself (`docs/layout.py`).
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files

from hypolicy.backends.pages.shell.search import Found, index_script, sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs.config.base import Config
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

    from hypolicy.backends.pages.shell.search import Section

    # MkDocs makes a class of its own of each subscript, which only type checkers want.
    _Plugin = BasePlugin[Config]
else:
    _Plugin = BasePlugin

THEME: Final = Path(__file__).with_name("theme")
INDEX: Final = "search-index.js"
# The theme's own search and its source maps are three quarters of its size.
_UNUSED: Final = re.compile(r"assets/javascripts/(lunr|workers)/|\.map$|assets/images/")
_INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Layout(_Plugin):
    """The events of MkDocs that the layout takes part in."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Found] = []

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        return Files([file for file in files if not _UNUSED.search(file.src_uri)])

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        return self.content(html, page, sections(html))

    def content(self, html: str, page: Page, found: Sequence[Section]) -> str:
        """The content of a page as it is written, its sections put into the index."""
        title = page.title or ""
        self.found += [Found(page.url, title, section) for section in found]
        # A table without a class would be wrapped and drawn by the theme.
        return html.replace("<table>", '<table class="hp-table">')

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        return with_policy(output)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        folder = Path(config.site_dir)
        (folder / INDEX).write_text(index_script(self.found), encoding="utf-8", newline="\n")
        self.found = []
        for of_a_server in ("sitemap.xml", "sitemap.xml.gz", "404.html"):
            (folder / of_a_server).unlink(missing_ok=True)


def with_policy(html: str) -> str:
    """A page that may load nothing from elsewhere, send nothing, and run no script but its own.

    Pages opened from a folder have no origin of their own, so `file:` stands beside 'self'.
    """
    hashes = sorted({_hash(script) for script in _INLINE.findall(html)})
    sources = " ".join(["'self'", "file:", *(f"'sha256-{one}'" for one in hashes)])
    rules = (
        "default-src 'none'",
        f"script-src {sources}",
        "style-src 'self' file: 'unsafe-inline'",
        "img-src 'self' file: data:",
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
    return html.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{meta}', 1)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def theme(**more: Any) -> dict[str, Any]:
    """The settings of the theme: nothing comes from outside."""
    return {
        "name": "material",
        "custom_dir": str(THEME),
        "language": "zh",
        "font": False,
        "palette": [
            {
                "media": "(prefers-color-scheme)",
                "toggle": {"icon": "material/brightness-auto", "name": "颜色随系统，改为浅色"},
            },
            {
                "media": "(prefers-color-scheme: light)",
                "scheme": "default",
                "toggle": {"icon": "material/brightness-7", "name": "浅色，改为深色"},
            },
            {
                "media": "(prefers-color-scheme: dark)",
                "scheme": "slate",
                "toggle": {"icon": "material/brightness-4", "name": "深色，改为随系统"},
            },
        ],
        "features": ["navigation.sections"],
    } | more
