"""Many replicates by several processes. What they give does not depend on how many there are.

Each process makes the model ready by itself, from the same files and the same cache.
"""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Final

from hypolicy_simulator.run.model import Model
from hypolicy_simulator.run.parts import FOLDER, Outcome, part_path, read_part, write_part
from hypolicy_simulator.run.plan import Job, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hypolicy_simulator.run.inputs import Choices

# A process takes a second or two to get ready, which so few parts are not worth.
_ALONE: Final = 2

_model: Model | None = None


def run_jobs(
    model: Model, jobs: list[Job], out: Path, run: str, choices: Choices, told: Callable[[int, int], None]
) -> list[Outcome]:
    """What all jobs come to, in their order, from parts that are there and those that are made now.

    `told` hears how many replicates of all there are.
    """
    (out / FOLDER).mkdir(exist_ok=True)
    cut = parts(jobs)
    done = {
        number: read_part(part_path(out, number), run, number, len(some)) for number, some in enumerate(cut)
    }
    missing = [number for number, totals in done.items() if totals is None]
    count = len(jobs) - sum(len(cut[number]) for number in missing)
    told(count, len(jobs))
    if len(missing) <= _ALONE or choices.workers == 1:
        made: Iterator[tuple[int, list[Outcome]]] = (
            (number, _part(model, cut[number])) for number in missing
        )
    else:
        made = _by_processes(model, {number: cut[number] for number in missing}, choices)
    for number, totals in made:
        write_part(part_path(out, number), run, number, totals)
        done[number] = totals
        count += len(totals)
        told(count, len(jobs))
    return [totals for number in range(len(cut)) for totals in done[number] or []]


def _part(model: Model, jobs: list[Job]) -> list[Outcome]:
    return [tuple(arm.totals(job.replicate, job.world) for arm in model.arms) for job in jobs]


def _by_processes(
    model: Model, missing: dict[int, list[Job]], choices: Choices
) -> Iterator[tuple[int, list[Outcome]]]:
    """Parts as they are made, in any order."""
    workers = min(choices.workers or os.cpu_count() or 1, len(missing))
    pool = ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_get_ready, initargs=(model.inputs.path, choices)
    )
    try:
        futures = {pool.submit(_in_process, jobs): number for number, jobs in missing.items()}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _get_ready(path: Path, choices: Choices) -> None:
    """In a process of its own: it ends with the one that started it, however that ends, and leaves Ctrl-C to it."""
    global _model  # noqa: PLW0603 - a process has one model
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _model = Model.read(path, choices)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _in_process(jobs: list[Job]) -> list[Outcome]:
    assert _model is not None
    return _part(_model, jobs)
