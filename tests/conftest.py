"""What tests of more than one folder share: one browser for all of them, for Playwright takes only one a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from browser.chromium import browser
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

__all__ = ["browser"]

# How busy the machine is, is no fault of what is tested.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# The files that take longest come first: workers take whole files, and none should end alone with a long one.
_LONGEST: Final = (
    "tests/docs/test_tutorial.py",
    "tests/columns/test_compiled.py",
    "tests/cli/test_decide.py",
    "tests/simulation/test_runs.py",
    "tests/columns/test_agreement.py",
    "tests/differential/test_agreement.py",
    "tests/javascript/test_in_browser.py",
    "tests/javascript/test_agreement.py",
    "tests/simulation/test_carriers.py",
    "tests/pages/test_in_browser.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.split("::")[0], len(places)))
