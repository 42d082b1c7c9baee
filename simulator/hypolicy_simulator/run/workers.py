"""Many replicates, and other work on the model, by several processes; how many they are changes no result.

This process is one of them. Each other makes the model ready by itself, from the same files and the same cache; where
many replicates are to come it begins with that at once, while this one does the same.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import define, field

from hypolicy.diagnostics.refusal import Refusal
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
# So many replicates are worth it whatever the model is.
_MANY: Final = 200
# Pieces that another process has before it, so that it need not wait while this one is at work itself.
_AHEAD: Final = 2

# What glibc is told (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD in malloc.h), in bytes: the second takes no more than this.
_KEPT: Final = {-1: 1 << 30, -3: 1 << 25}

_model: Model | None = None


@define
class Workers:
    """As many processes as the choices say, with this one; started when there is enough for them to do.

    They end on leaving.
    """

    path: Path
    choices: Choices
    _model: Model | None = field(default=None, init=False)
    _pool: ProcessPoolExecutor | None = field(default=None, init=False)

    def __enter__(self) -> Workers:
        _keep_memory()
        if self.choices.replicates >= _MANY and self._processes > 1:
            self._started()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    @property
    def model(self) -> Model:
        """That of this process. Raises Refusal with whatever is wrong with the scenario or the choices."""
        if self._model is None:
            self._model = Model.read(self.path, self.choices)
        return self._model

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
        waiting, helpers = deque(enumerate(work)), self._helpers(len(work))
        running = dict[Future[Result], int]()
        while waiting or running:
            while waiting and len(running) < helpers * _AHEAD:
                number, piece = waiting.popleft()
                running[self._started().submit(_in_process, function, piece)] = number
            if waiting:
                number, piece = waiting.popleft()
                yield number, function(self.model, piece)
            done, _ = wait(running, 0 if waiting else None, FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()

    def _helpers(self, pieces: int) -> int:
        """How many other processes are worth while."""
        worth = self.choices.workers or pieces * len(self.model.population.persons) >= _WORTH_HELP
        return self._processes - 1 if worth and pieces > 1 else 0

    @property
    def _processes(self) -> int:
        return self.choices.workers or os.cpu_count() or 1

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Each process has a processor to itself; more threads would only be in each other's way.
            os.environ.setdefault("POLARS_MAX_THREADS", "1")
            self._pool = ProcessPoolExecutor(
                self._processes - 1,
                get_context("spawn"),
                initializer=_get_ready,
                initargs=(self.path, self.choices),
            )
            self._pool.submit(_begun)
        return self._pool


def _replicates(model: Model, jobs: list[Job]) -> list[Outcome]:
    return [tuple(arm.totals(job.replicate, job.world) for arm in model.arms) for job in jobs]


def _keep_memory() -> None:
    """Have glibc keep the memory of columns, which every replicate takes anew; to be given it again takes a tenth."""
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        for parameter, size in _KEPT.items():
            mallopt(parameter, size)


# --- in a process of its own -----------------------------------------------------------------------------------


def _get_ready(path: Path, choices: Choices) -> None:
    """It ends with the process that started it, however that ends, and leaves Ctrl-C to it."""
    global _model  # noqa: PLW0603 - a process has one model
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _keep_memory()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(Refusal):  # which the process that started it tells
        _model = Model.read(path, choices)


def _begun() -> None:
    """Processes begin with the first piece of work."""


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _in_process(function: Callable[[Model, Piece], Result], piece: Piece) -> Result:
    assert _model is not None
    return function(_model, piece)
