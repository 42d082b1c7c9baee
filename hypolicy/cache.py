"""A checked policy, kept until one of its files changes.

An entry says which files were read and their hashes; it is used only while every one of them, and the list of rule
files, is as it was. Entries lie in a folder that nobody else may write to, because they are unpickled. Whatever is
wrong with an entry or with the folder, the policy is simply checked again.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypolicy import __version__
from hypolicy.source.folder import UnusableFileError

if TYPE_CHECKING:
    from hypolicy.source.folder import PolicyFolder


def cache_folder() -> Path:
    """HYPOLICY_CACHE, or the user's own cache folder."""
    chosen = os.environ.get("HYPOLICY_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hypolicy"


def fetch(folder: PolicyFolder) -> Any:
    """What was kept for a folder whose files have not changed since; None otherwise."""
    try:
        entry = _entry(folder)
        if not _private(entry.parent) or not entry.is_file():
            return None
        files, payload = pickle.loads(entry.read_bytes())  # noqa: S301 - our own file, in a folder of our own
        if files != _stamp(folder, list(files["files"])):
            return None
        return pickle.loads(payload)  # noqa: S301
    except Exception:
        return None


def keep(folder: PolicyFolder, checked: object) -> None:
    """Keep what was made of a folder, with the files that were read for it."""
    try:
        entry = _entry(folder)
        entry.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _private(entry.parent):
            return
        content = pickle.dumps((_stamp(folder, sorted(folder.files_read)), pickle.dumps(checked)))
        temporary = entry.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(content)
        temporary.replace(entry)
    except (OSError, pickle.PicklingError, RecursionError):
        return


def _entry(folder: PolicyFolder) -> Path:
    identity = f"{__version__} {sys.version} {folder.root}"
    return cache_folder() / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.checked"


def _private(path: Path) -> bool:
    """Ours, and closed to the writing of others."""
    about = path.stat()
    owned = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    return owned and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _stamp(folder: PolicyFolder, files: list[str]) -> dict[str, Any]:
    """The state that an entry is good for: hashes of the files read, and which rule files there are."""
    hashes = {}
    for name in files:
        try:
            hashes[name] = hashlib.sha256((folder.root / name).read_bytes()).hexdigest()
        except (OSError, UnusableFileError):
            hashes[name] = ""
    package = Path(__file__).parent
    code = sorted((str(p), p.stat().st_mtime_ns) for p in package.rglob("*.py"))
    grammar = sorted((str(p), p.stat().st_mtime_ns) for p in package.parent.glob("grammar/*.lark"))
    return {"files": hashes, "rules": [str(path) for path in folder.rule_files()], "code": [*code, *grammar]}
