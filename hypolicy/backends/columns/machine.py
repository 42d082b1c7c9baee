"""Running generated functions: as they are, over lists, or compiled for the processor, over arrays.

Both give the same numbers. The plain way needs nothing else and begins at once, which is best for a record, a test
or a city's year; the compiled way loads Numba, and keeps what it has compiled in the user's own folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]


class Machine(Protocol):
    def call(
        self, text: str, name: str, inputs: Sequence[int | Array], outputs: Sequence[Array]
    ) -> int | None:
        """Call a function of a generated text; what it changes are the outputs."""


@define
class PlainMachine:
    """Python itself."""

    _functions: dict[tuple[str, str], Callable[..., Any]] = field(factory=dict)

    def call(
        self, text: str, name: str, inputs: Sequence[int | Array], outputs: Sequence[Array]
    ) -> int | None:
        lists = [array.tolist() for array in outputs]
        result: int | None = self.function(text, name)(
            *(value if isinstance(value, int) else value.tolist() for value in inputs), *lists
        )
        for array, values in zip(outputs, lists, strict=True):
            array[:] = values
        return result

    def function(self, text: str, name: str) -> Callable[..., Any]:
        key = (text, name)
        if key not in self._functions:
            namespace: dict[str, Any] = {}
            exec(compile(text, f"<{name}>", "exec"), namespace)  # noqa: S102 - our own text
            self._functions[key] = namespace[name]
        return self._functions[key]
