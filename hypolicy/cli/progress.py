"""How far a long run has come: a bar on a terminal, with its rate and the time that remains; nothing elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from attrs import define, field

from hypolicy.cli.console import color

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

# A run that is done sooner shows no bar.
_PATIENCE: Final = 1.0


@define
class Bar:
    """`advance` is told of each stage how much of it is done, and how many records that is."""

    shown: bool
    _begun: float = field(factory=monotonic)
    _stage_begun: float = field(factory=monotonic)
    _stage: str = ""
    _bar: Progress | None = None
    _task: TaskID | None = None

    def stage(self, name: str) -> None:
        """Another stage begins."""
        self.close()
        self._stage, self._stage_begun = name, monotonic()

    def advance(self, share: float, records: int) -> None:
        now = monotonic()
        if not self.shown or now - self._begun < _PATIENCE:
            return
        if self._bar is None:
            self._show()
        if self._bar is not None and self._task is not None:
            rate = records / max(now - self._stage_begun, 1e-9)
            self._bar.update(self._task, completed=share, records=f"{records:,}条", rate=f"{rate:,.0f}条/秒")

    def _show(self) -> None:
        # Only a long run on a terminal waits for these to be loaded.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        console = Console(stderr=True, color_system="auto" if color(sys.stderr) else None)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[records]}"),
            TextColumn("{task.fields[rate]}"),
            TextColumn("剩余"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task(self._stage, total=1.0, records="", rate="")
        self._bar.start()

    def close(self) -> None:
        """Nothing is shown, until somebody advances again."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


@contextmanager
def progress() -> Iterator[Bar]:
    """On leaving the bar is gone, however it is left."""
    bar = Bar(shown=sys.stderr.isatty())
    try:
        yield bar
    finally:
        bar.close()
