"""Libraries that read a broken file fail in ways of their own; to the user it is one sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def broken_as(code: str, file: str) -> Iterator[None]:
    """Whatever the library raises is a refusal with this code. Its words are dropped: they may hold data.

    A panic of a compiled library is no `Exception`, so it is known by its name.
    """
    try:
        yield
    except (Refusal, MemoryError):
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise Refusal(Diagnostic(code, {"file": file})) from None
        raise
