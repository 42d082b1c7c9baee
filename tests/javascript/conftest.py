"""Checked policies are kept beside the tests, never in the user's own cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from javascript.sources import Source, every_construct

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HYPOLICY_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def constructs(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    """The policies of the conformance suite."""
    return every_construct(tmp_path_factory.mktemp("conformance"))
