"""How a pass that cannot go on hands its diagnostics up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Diagnostic


class Refusal(Exception):  # noqa: N818 - a refusal is told to the user, not an error of ours
    """The user's input cannot be used; every reason is in `diagnostics`. Nothing was written."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"{d.code} {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics
