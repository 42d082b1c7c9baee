"""What a diagnostic code is."""

from __future__ import annotations

from attrs import frozen


@frozen
class Code:
    """`sentence` says what is wrong, `help` what to do; both may name facts in braces."""

    number: str
    sentence: str
    help: str
    warning: bool = False
