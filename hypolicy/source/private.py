"""A folder of the user's own, for what may be made again at any time."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def private_folder() -> Path | None:
    """HYPOLICY_CACHE or the user's cache folder, made where it is missing.

    None where it cannot be had, or where others may write to it: its files are unpickled.
    """
    chosen = os.environ.get("HYPOLICY_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hypolicy"
    folder = Path(chosen) if chosen else base
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        about = folder.stat()
    except (OSError, RuntimeError):
        return None
    ours = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    return folder if ours and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else None


def write_private(file: Path, content: bytes) -> None:
    """Write a file of the private folder, whole or not at all. Raises OSError where it cannot be written."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = file.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(file)
