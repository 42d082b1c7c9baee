"""Running generated functions: as they are, over lists, or compiled for the processor, over arrays.

Both give the same numbers. The plain way needs nothing else and begins at once, which is best for a record, a test
or a city's year. The compiled way loads Numba (half a second), compiles a text once (seconds), and keeps what it has
compiled in the user's own folder.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from enum import Enum
from inspect import isfunction
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from attrs import define, field

from hypolicy.source.private import private_folder, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[Any]
    Inputs = Sequence[int | Array]


class Jit(Enum):
    """Whether to compile for the processor; `AUTO` where so many rows come that it pays, and Numba is installed."""

    AUTO = "auto"
    NEVER = "never"
    ALWAYS = "always"


class Machine(Protocol):
    def call(self, text: str, name: str, inputs: Inputs, outputs: Sequence[Array]) -> int | None:
        """Call a function of a generated text; what it changes are the outputs."""


@define
class PlainMachine:
    """Python itself."""

    _functions: dict[tuple[str, str], Callable[..., Any]] = field(factory=dict)

    def call(self, text: str, name: str, inputs: Inputs, outputs: Sequence[Array]) -> int | None:
        lists = [array.tolist() for array in outputs]
        result: int | None = self.function(text, name)(
            *(value if isinstance(value, int) else value.tolist() for value in inputs), *lists
        )
        for array, values in zip(outputs, lists, strict=True):
            if array.size:
                array[:] = values
        return result

    def function(self, text: str, name: str) -> Callable[..., Any]:
        key = (text, name)
        if key not in self._functions:
            namespace: dict[str, Any] = {}
            exec(compile(text, f"<{name}>", "exec"), namespace)  # noqa: S102 - our own text
            self._functions[key] = namespace[name]
        return self._functions[key]


def numba_installed() -> bool:
    return importlib.util.find_spec("numba") is not None


@define
class CompiledMachine:
    """Numba. Functions release the interpreter, so that threads run them at the same time."""

    _functions: dict[tuple[str, str], Callable[..., Any]] = field(factory=dict)
    _making: Lock = field(factory=Lock)

    def call(self, text: str, name: str, inputs: Inputs, outputs: Sequence[Array]) -> int | None:
        # Numba compiles anew for an array that may be written to, and columns come as either.
        result = self.function(text, name)(*map(_read_only, inputs), *outputs)
        return None if result is None else int(result)

    def function(self, text: str, name: str) -> Callable[..., Any]:
        key = (text, name)
        with self._making:
            if key not in self._functions:
                self._functions[key] = _compiled(text)[name]
            return self._functions[key]


def _read_only(value: int | Array) -> int | Array:
    if isinstance(value, int) or not value.flags.writeable:
        return value
    view = value.view()
    view.flags.writeable = False
    return view


def _compiled(text: str) -> dict[str, Any]:
    """The functions of a text, each compiled when it is first called, or read from where it was kept."""
    from numba import njit  # noqa: PLC0415 - loaded only where it is used

    file = _kept_file(text)
    if file is None:
        namespace: dict[str, Any] = {}
        exec(compile(text, "<generated>", "exec"), namespace)  # noqa: S102 - our own text
    else:
        spec = importlib.util.spec_from_file_location(f"hypolicy_{file.stem}", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # where Numba looks for it when it reads what it has kept
        spec.loader.exec_module(module)
        namespace = module.__dict__
    compiled = njit(nogil=True, cache=file is not None, error_model="numpy")
    for name, value in list(namespace.items()):
        if isfunction(value):
            namespace[name] = compiled(value)
    return namespace


def _kept_file(text: str) -> Path | None:
    """The text as a file in the user's own folder, which Numba needs to keep what it compiles beside it."""
    private = private_folder()
    if private is None:
        return None
    file = private / "kernels" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.py"
    try:
        if not file.is_file():
            write_private(file, text.encode())
    except OSError:
        return None
    return file
