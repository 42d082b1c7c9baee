"""Running things by turns and comparing them.

Each system is a process of its own. Within a round every system has its turn, and ratios are taken round by round
against the anchor of the same round, so that a machine that is busy for a while slows all of them alike. What is told
is the median of the rounds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Timer
from time import perf_counter
from typing import Any, Final

from attrs import frozen

ROOT: Final = Path(__file__).resolve().parents[2]
BENCH: Final = ROOT / ".bench"
PEERS: Final = ROOT / "tests" / "bench" / "peers"
OURS: Final = Path(sys.executable)
# Seconds after which a process is ended.
TIMEOUT: Final = 600


class FailedError(Exception):
    """A system has ended with an error, has taken too long, or gives another answer than the others."""


@frozen
class System:
    """A row of a table. `environment` is the folder of its interpreter under .bench/, or that of hypolicy."""

    name: str
    environment: str
    arguments: tuple[str, ...]

    def command(self) -> list[str]:
        own = BENCH / self.environment / "bin" / "python"
        return [str(OURS if self.environment == "hypolicy" else own), *self.arguments]


@frozen
class Run:
    """One process: what it told, and what it cost. Times in seconds, memory in MB."""

    told: dict[str, Any]
    wall: float
    cpu: float
    peak: float

    @property
    def inside(self) -> float:
        """From reading to the answer; the whole process where it does not tell."""
        return float(self.told.get("seconds", self.wall))

    @property
    def work(self) -> float:
        """Seconds of processors from reading to the answer, which do not grow when others are busy too."""
        return float(self.told.get("cpu", self.cpu))


@frozen
class Measured:
    """All rounds of one system. `ratio` is of its time to the anchor's, `work_ratio` of its processors' time."""

    system: System
    runs: list[Run]
    ratio: float
    work_ratio: float

    def of(self, name: str) -> float:
        return median(getattr(run, name) for run in self.runs)

    @property
    def peak(self) -> float:
        return max(run.peak for run in self.runs)


def once(system: System, cache: Path) -> Run:
    """Run it. What it says of itself is one line of JSON, or nothing."""
    environment = os.environ | {
        "HYPOLICY_CACHE": str(cache),
        "NUMBA_CACHE_DIR": str(BENCH / "numba"),
        "PYTHONPATH": str(ROOT) if system.environment == "hypolicy" else "",
        "PYTHONWARNINGS": "ignore",
        # The modules of an installed program are compiled once, as those of the peers are.
        "PYTHONDONTWRITEBYTECODE": "",
    }
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        start = perf_counter()
        with out.open("wb") as stream:
            process = subprocess.Popen(
                system.command(), stdout=stream, stderr=subprocess.PIPE, env=environment
            )
            assert process.stderr is not None
            limit = Timer(TIMEOUT, process.kill)
            limit.start()
            errors = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            limit.cancel()
        wall = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise FailedError(f"{system.name}: {errors.decode(errors='replace')[-800:]}")
        lines = [line for line in out.read_text(errors="replace").splitlines() if line.startswith("{")]
    told = json.loads(lines[-1]) if lines else {}
    peak = max(usage.ru_maxrss / 1024, told.get("tree_rss_mb", 0.0))
    return Run(told, wall, usage.ru_utime + usage.ru_stime, peak)


def compare(systems: list[System], rounds: int, cache: Path, by: str = "inside") -> list[Measured]:
    """Every system in every round; the first is the anchor. Answers that differ are a failure of somebody."""
    runs: dict[str, list[Run]] = {system.name: [] for system in systems}
    for _ in range(rounds):
        for system in systems:
            runs[system.name].append(once(system, cache))
    digests = {run.told["digest"] for each in runs.values() for run in each if "digest" in run.told}
    if len(digests) > 1:
        told = {name: each[0].told.get("digest") for name, each in runs.items()}
        raise FailedError(f"the systems do not agree: {told}")
    work = "work" if by == "inside" else "cpu"

    def ratio(system: System, name: str) -> float:
        anchor = runs[systems[0].name]
        pairs = zip(runs[system.name], anchor, strict=True)
        return median(getattr(one, name) / max(getattr(other, name), 1e-6) for one, other in pairs)

    return [Measured(system, runs[system.name], ratio(system, by), ratio(system, work)) for system in systems]
