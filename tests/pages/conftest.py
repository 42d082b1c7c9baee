"""The site of the whole regulation, built once for all tests of a worker, and policies to build others of."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hypolicy.publication import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

HENGYANG = Path(__file__).parents[2] / "policies" / "hengyang-2019"
SMALL = Path(__file__).parent / "policies" / "小政策"
DRAFT = Path(__file__).parent / "policies" / "修订 提高标准.hyp"


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Checked policies are kept beside the tests, never in the user's own cache."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HYPOLICY_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the published site of Hengyang."""
    out = tmp_path_factory.mktemp("site") / "衡阳"
    publish(HENGYANG, out)
    return out


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the published site of a small policy whose standard has changed twice."""
    out = tmp_path_factory.mktemp("small") / "小镇"
    publish(SMALL, out)
    return out


@pytest.fixture(scope="session")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the small policy as a draft would leave it."""
    out = tmp_path_factory.mktemp("drafted") / "草案"
    publish(SMALL, out, amendments=[DRAFT])
    return out


@pytest.fixture
def policy_copy(tmp_path: Path) -> Path:
    """The small policy, to be changed by a test."""
    return Path(shutil.copytree(SMALL, tmp_path / "政策"))


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
