"""What tests of more than one folder share: one browser for all of them, for Playwright takes only one a process."""

from browser.chromium import browser

__all__ = ["browser"]
