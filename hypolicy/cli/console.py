"""What commands say, and how they end."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.diagnostics.diagnostic import Diagnostic
    from hypolicy.diagnostics.refusal import Refusal

FINDINGS = 1
COULD_NOT_RUN = 2


def color(stream: object) -> bool:
    """Whether to colour: on a terminal, unless NO_COLOR is set."""
    isatty = getattr(stream, "isatty", lambda: False)
    return not os.environ.get("NO_COLOR") and bool(isatty())


def say(text: str = "") -> None:
    """A result, on standard output."""
    click.echo(text)


def tell(text: str) -> None:
    """A remark beside the result, on standard error."""
    click.echo(text, err=True)


def tell_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    from hypolicy.diagnostics.render import render_text  # noqa: PLC0415 - most runs have nothing to tell

    tell(render_text(list(diagnostics), color=color(sys.stderr)))


def give_up(refusal: Refusal) -> NoReturn:
    """Say why a command cannot run, and end it."""
    tell_diagnostics(refusal.diagnostics)
    sys.exit(COULD_NOT_RUN)
