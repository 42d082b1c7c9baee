"""A defect of ours, told so that it can be reported: where it is, and never the words of the error or any data."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from hypolicy import __version__

if TYPE_CHECKING:
    from types import TracebackType


def defect(error: BaseException) -> str:
    """What kind of error it is, the innermost of our own lines, and the version."""
    return f"{type(error).__name__}，{_place(error.__traceback__)}，hypolicy {__version__}"


def _place(trace: TracebackType | None) -> str:
    """The innermost of our own lines: the path of a module within its package, and the number."""
    place = ""
    for frame, line in traceback.walk_tb(trace):
        package, _, module = frame.f_globals.get("__name__", "").partition(".")
        if package.startswith("hypolicy"):
            place = f"{module.replace('.', '/')}.py:{line}"
    return place
