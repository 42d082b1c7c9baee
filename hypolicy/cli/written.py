"""What a command says, in the form that is asked for, on the screen or in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from hypolicy.cli.console import say, tell

if TYPE_CHECKING:
    from pathlib import Path

_FORMS: Final = {".html": "html", ".htm": "html", ".json": "json"}

form_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    help="输出的形式，默认由 --out 的扩展名决定，没有则为 text。",
)


def form_of(out: Path | None) -> str:
    """The form that the name of the file asks for."""
    return _FORMS.get(out.suffix.lower(), "text") if out is not None else "text"


def write(text: str, out: Path | None) -> None:
    """To the file, whole or not at all, or to the screen."""
    if out is None:
        say(text.rstrip("\n"))
        return
    from hypolicy.records.files import atomic_path  # noqa: PLC0415 - slow to load, and not always wanted

    with atomic_path(out) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    tell(f"已写入 {out}")
