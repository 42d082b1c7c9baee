"""Many replicates, and other work on the model, by several processes; how many they are changes no result.

Each process makes the model ready by itself, from the same files and the same cache.
"""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import define, field

from hypolicy_simulator.run.model import Model
from hypolicy_simulator.run.parts import FOLDER, Outcome, part_path, read_part, write_part
from hypolicy_simulator.run.plan import Job, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from hypolicy_simulator.run.inputs import Choices

Result = TypeVar("Result")
Piece = TypeVar("Piece")

# A process takes seconds to get ready, which less work than this, in persons times pieces of work, is not worth.
_WORTH_HELP: Final = 200_000

_model: Model | None = None


@define
class Workers:
    """As many processes as the choices say, started when there is enough for them to do; ended on leaving."""

    model: Model
    choices: Choices
    _pool: ProcessPoolExecutor | None = field(default=None, init=False)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def jobs(self, jobs: list[Job], out: Path, run: str, told: Callable[[int, int], None]) -> list[Outcome]:
        """What all jobs come to, in their order, from parts that are there and those that are made now.

        `told` hears how many replicates of all there are.
        """
        (out / FOLDER).mkdir(exist_ok=True)
        cut = parts(jobs)
        done = {
            number: read_part(part_path(out, number), run, number, len(some))
            for number, some in enumerate(cut)
        }
        missing = [number for number, part in done.items() if part is None]
        count = len(jobs) - sum(len(cut[number]) for number in missing)
        told(count, len(jobs))
        for place, part in self.each(_replicates, [cut[number] for number in missing]):
            number = missing[place]
            write_part(part_path(out, number), run, number, part)
            done[number] = part
            count += len(part)
            told(count, len(jobs))
        return [outcome for number in range(len(cut)) for outcome in done[number] or []]

    def each(
        self, function: Callable[[Model, Piece], Result], work: Sequence[Piece]
    ) -> Iterator[tuple[int, Result]]:
        """A function of the model on each piece of work: which piece, and what it gave, as they are done."""
        if len(work) < 2 or not self._help(len(work)):
            for number, piece in enumerate(work):
                yield number, function(self.model, piece)
            return
        futures = {
            self._started().submit(_in_process, function, piece): number for number, piece in enumerate(work)
        }
        for future in as_completed(futures):
            yield futures[future], future.result()

    def _help(self, pieces: int) -> bool:
        if self.choices.workers:
            return self.choices.workers > 1
        return pieces * len(self.model.population.persons) >= _WORTH_HELP

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Each process has a processor to itself; more threads would only be in each other's way.
            os.environ.setdefault("POLARS_MAX_THREADS", "1")
            # Every replicate takes the same columns anew: glibc is to keep their memory, and not to give it back.
            for name in ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"):
                os.environ.setdefault(name, str(1 << 30))
            self._pool = ProcessPoolExecutor(
                self.choices.workers or os.cpu_count() or 1,
                get_context("spawn"),
                initializer=_get_ready,
                initargs=(self.model.inputs.path, self.choices),
            )
        return self._pool


def _replicates(model: Model, jobs: list[Job]) -> list[Outcome]:
    return [tuple(arm.totals(job.replicate, job.world) for arm in model.arms) for job in jobs]


# --- in a process of its own -----------------------------------------------------------------------------------


def _get_ready(path: Path, choices: Choices) -> None:
    """It ends with the process that started it, however that ends, and leaves Ctrl-C to it."""
    global _model  # noqa: PLW0603 - a process has one model
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _model = Model.read(path, choices)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _in_process(function: Callable[[Model, Piece], Result], piece: Piece) -> Result:
    assert _model is not None
    return function(_model, piece)
