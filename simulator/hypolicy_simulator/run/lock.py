"""One run in one folder at a time."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

LOCK: Final = ".lock"


@contextmanager
def only_one(out: Path) -> Iterator[None]:
    """Hold the folder until the process ends, in whatever way. Raises Refusal where another one holds it."""
    try:
        stream = (out / LOCK).open("ab")
    except OSError:
        raise Refusal(Diagnostic("HY741", {"path": str(out)})) from None
    with stream:
        if not _locked(stream):
            raise Refusal(Diagnostic("HY742", {"path": str(out)}))
        try:
            yield
        finally:
            (out / LOCK).unlink(missing_ok=True)


def _locked(stream: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
