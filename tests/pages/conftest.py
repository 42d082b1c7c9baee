"""The site of the whole regulation, built once for all tests of a worker, and policies to build others of."""

from __future__ import annotations

import fcntl
import os
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


class Sites:
    """The published sites that tests look at: each is built once, for all workers of a session, and left as it is."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, name: str, policy: Path, *amendments: Path) -> Path:
        out = self.root / name
        with (self.root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not out.exists():
                publish(policy, out, amendments=amendments)
        return out


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Sites:
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "网站"
    root.mkdir(exist_ok=True)
    return Sites(root)


@pytest.fixture(scope="session")
def built(sites: Sites) -> Path:
    """The folder of the published site of Hengyang."""
    return sites("衡阳", HENGYANG)


@pytest.fixture(scope="session")
def small(sites: Sites) -> Path:
    """The folder of the published site of a small policy whose standard has changed twice."""
    return sites("小镇", SMALL)


@pytest.fixture(scope="session")
def drafted(sites: Sites) -> Path:
    """The site of the small policy as a draft would leave it."""
    return sites("草案", SMALL, DRAFT)


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
