"""The pages as one document on paper: all that stands in the contents, printed to PDF by Chromium.

Links between pages become links within the document. Nothing but the folder of the site is read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html import escape
from posixpath import dirname, join, normpath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hypolicy.backends.pages.site import Page

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
_PATIENCE: Final = 180  # seconds
_IDS: Final = re.compile(r'(<[a-z][^>]*? )id="([^"]*)"')
_LINKS: Final = re.compile(r'href="([^"]*)"')


def browser() -> str:
    """The path of a Chromium; HYPOLICY_CHROMIUM, where it is set, says which. Raises Refusal where there is none."""
    chosen = os.environ.get("HYPOLICY_CHROMIUM")
    found = [shutil.which(name) for name in ((chosen,) if chosen else BROWSERS)]
    path = next((one for one in found if one), None)
    if path is None:
        raise Refusal(Diagnostic("HY894", {"names": "、".join((chosen,) if chosen else BROWSERS[:3])}))
    return path


def print_pages(title: str, pages: Sequence[Page], folder: Path, out: Path, *, notice: str = "") -> None:
    """Print the listed pages of the site in `folder` to the file `out`, each under the `notice`, if there is one.

    Raises Refusal where Chromium fails.
    """
    path = browser()
    paper = folder / "paper.html"
    paper.write_text(document(title, pages, folder, notice), encoding="utf-8", newline="\n")
    try:
        with TemporaryDirectory(prefix="hypolicy-") as profile:
            subprocess.run(  # noqa: S603 - a browser of the user's, on a file of ours
                [path, *_OPTIONS, f"--user-data-dir={profile}", f"--print-to-pdf={out}", paper.as_uri()],
                check=True,
                timeout=_PATIENCE,
                capture_output=True,
            )
    except (OSError, subprocess.SubprocessError):
        raise Refusal(Diagnostic("HY895", {"browser": path})) from None
    finally:
        paper.unlink()
    if not out.is_file():
        raise Refusal(Diagnostic("HY895", {"browser": path}))


def document(title: str, pages: Sequence[Page], folder: Path, notice: str) -> str:
    """The whole as one page of HTML, which is to lie in the folder of the site."""
    numbers = {page.address: number for number, page in enumerate(pages) if page.listed}
    styles = sorted(path.relative_to(folder).as_posix() for path in (folder / "assets").rglob("*.css"))
    # Ours comes last, over that of the theme.
    styles.sort(key=lambda path: "hypolicy" in path)
    links = "\n".join(f'<link rel="stylesheet" href="{style}">' for style in styles)
    warning = f'<p class="hp-notice">{escape(notice)}</p>\n' if notice else ""
    chapters = "\n".join(
        f'<section class="hp-sheet" id="p{numbers[page.address]}">\n{warning}{_moved(page, numbers)}\n</section>'
        for page in pages
        if page.listed
    )
    return (
        f'<!doctype html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n{links}\n'
        f'</head>\n<body dir="ltr" data-md-color-scheme="default">\n<div class="md-typeset hp-paper">\n{chapters}\n'
        "</div>\n</body>\n</html>\n"
    )


def _moved(page: Page, numbers: dict[str, int]) -> str:
    """A page as a chapter of the document: its anchors are its own, its links lead to other chapters or nowhere."""
    number = numbers[page.address]

    def link(match: re.Match[str]) -> str:
        path, _, place = match[1].partition("#")
        address = normpath(join(dirname(page.address), unquote(path))) if path else page.address
        if address not in numbers:
            return ""
        return f'href="#p{numbers[address]}{f"-{place}" if place else ""}"'

    return _LINKS.sub(link, _IDS.sub(rf'\1id="p{number}-\2"', str(page.body)))
