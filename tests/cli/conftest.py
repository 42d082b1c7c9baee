"""What runs keep for later ones lies beside the tests: checked policies and compiled modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli import running

from hypolicy.records import files

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="session")
def _own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HYPOLICY_CACHE", str(tmp_path_factory.mktemp("checked")))
        patched.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


@pytest.fixture(params=["exact", "columns"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `running.decide` decides with; compiled rules go through files in many small pieces."""
    name: str = request.param
    monkeypatch.setattr(running, "ENGINE", ["--engine", name])
    if name == "columns":
        monkeypatch.setattr(files, "PIECE_BYTES", 5_000)
        monkeypatch.setattr(files, "SMALL_PARQUET", 20_000)
        monkeypatch.setattr(files, "PIECE_ROWS", 50)
    return name
