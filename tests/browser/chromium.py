"""A real browser for tests: Debian's Chromium, driven by Playwright, in a profile of its own.

`make test` installs it where it may; where there is none, tests that need it are skipped, except in CI.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI 中应当安装 Chromium：make .venv/.browser")
        pytest.skip("没有安装 Chromium：make .venv/.browser")
    with launched() as one:
        yield one


@contextmanager
def launched() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is there

    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        yield one
        one.close()


@contextmanager
def new_page(browser: Browser, **options: Any) -> Iterator[tuple[Page, list[str], list[str]]]:
    """A page in a context of its own, with the addresses that it asks for, and what goes wrong in it."""
    context = browser.new_context(**options)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    try:
        yield page, asked, wrong
    finally:
        context.close()
