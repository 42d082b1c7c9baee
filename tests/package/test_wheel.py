"""The package as a user gets it: nothing with a general name lands beside it, and the grammar is inside."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from hypolicy import __version__ as VERSION  # noqa: N812 - a constant of these tests

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, cwd: Path, **environment: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=inherited | {"PYTHONUTF8": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def build_wheel(source: Path, folder: Path) -> Path:
    run(
        "-m",
        "pip",
        "wheel",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        ".",
        cwd=source,
    )
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked_sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    run("-m", "hatchling", "build", "--target", "sdist", "--directory", str(folder), cwd=ROOT)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder / f"hypolicy-{VERSION}"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    run("-m", "pip", "install", "--no-index", "--no-deps", "--target", str(folder), str(wheel), cwd=folder)
    return folder


def test_only_our_own_name_lands_in_site_packages(installed: Path):
    names = {path.name for path in installed.iterdir()}
    assert names == {"hypolicy", "hypolicy_simulator", f"hypolicy-{VERSION}.dist-info", "bin"}
    assert {path.name for path in (installed / "bin").iterdir()} == {"hypolicy"}


def test_the_grammar_is_inside(installed: Path):
    inside = installed / "hypolicy" / "grammar" / "hypolicy.lark"
    assert inside.read_bytes() == (ROOT / "grammar" / "hypolicy.lark").read_bytes()


def test_every_module_of_the_checkout_is_inside_and_no_other_python(installed: Path):
    def modules(package: Path) -> set[str]:
        return {path.relative_to(package).as_posix() for path in package.rglob("*.py")}

    for place in ("hypolicy", "simulator/hypolicy_simulator"):
        assert modules(installed / Path(place).name) == modules(ROOT / place)


def test_it_runs_from_another_folder(installed: Path, tmp_path: Path):
    where = run("-c", "import hypolicy; print(hypolicy.__file__)", cwd=tmp_path, PYTHONPATH=str(installed))
    assert Path(where.strip()).is_relative_to(installed)
    version = run("-m", "hypolicy", "--version", cwd=tmp_path, PYTHONPATH=str(installed))
    assert version.strip() == f"hypolicy {VERSION}"
    commands = run("-m", "hypolicy", "--help", cwd=tmp_path, PYTHONPATH=str(installed))
    assert "simulate" in commands


def test_the_licence_goes_with_it(installed: Path):
    [licence] = (installed / f"hypolicy-{VERSION}.dist-info").rglob("LICENSE")
    assert licence.read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_source_archive_has_the_policies_and_none_of_our_litter(unpacked_sdist: Path):
    names = {path.name for path in unpacked_sdist.iterdir()}
    assert names >= {"grammar", "hypolicy", "policies", "simulator", "tests"}
    assert names >= {"README.md", "LICENSE", "pyproject.toml"}
    assert not names & {".git", ".venv", "out", "dist", "build"}
    assert (unpacked_sdist / "policies" / "hengyang-2019" / "补贴标准目录.csv").is_file()
    assert not list(unpacked_sdist.rglob("__pycache__"))


def test_the_source_archive_gives_the_same_wheel(unpacked_sdist: Path, wheel: Path, tmp_path: Path):
    again = build_wheel(unpacked_sdist, tmp_path)
    with ZipFile(wheel) as first, ZipFile(again) as second:
        assert {e.filename: e.CRC for e in first.infolist()} == {e.filename: e.CRC for e in second.infolist()}
