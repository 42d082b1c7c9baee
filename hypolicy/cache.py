"""A checked policy, kept until one of its files changes.

An entry says which files were read and their hashes; it is used only while every one of them, the list of rule
files, and the program itself are as they were. A policy has an entry for each choice of amendments that is asked for.
Whatever is wrong with an entry, the policy is simply checked again.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from hypolicy import __version__
from hypolicy.source.private import private_folder, write_private

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hypolicy.source.folder import PolicyFolder


@frozen
class Choice:
    """What was asked for beside the folder: amending documents, with the hashes of their files, and a day."""

    amendments: tuple[tuple[str, str], ...]
    as_of: date | None

    @classmethod
    def of(cls, amendments: Iterable[Path], as_of: date | None) -> Choice:
        return cls(tuple((str(path.resolve()), _hash(path)) for path in amendments), as_of)


def fetch(folder: PolicyFolder, choice: Choice) -> Any:
    """What was kept for a folder whose files have not changed since; None otherwise."""
    entry = _entry(folder, choice)
    try:
        if entry is None or not entry.is_file():
            return None
        stamp, payload = pickle.loads(entry.read_bytes())  # noqa: S301 - our own file, in a folder of our own
        if stamp != _stamp(folder, list(stamp["files"])):
            return None
        return pickle.loads(payload)  # noqa: S301
    except Exception:  # a spoilt cache must never be the user's problem
        return None


def keep(folder: PolicyFolder, choice: Choice, checked: object) -> None:
    """Keep what was made of a folder, with the files that were read for it."""
    entry = _entry(folder, choice)
    if entry is None:
        return
    try:
        content = pickle.dumps((_stamp(folder, sorted(folder.files_read)), pickle.dumps(checked)))
        write_private(entry, content)
    except (OSError, pickle.PicklingError, RecursionError):
        return


def _entry(folder: PolicyFolder, choice: Choice) -> Path | None:
    private = private_folder()
    if private is None:
        return None
    identity = f"{__version__} {sys.version} {folder.root} {choice}"
    return private / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.checked"


def _stamp(folder: PolicyFolder, files: list[str]) -> dict[str, Any]:
    """The state that an entry is good for: hashes of the files read, which rule files there are, and our code."""
    hashes = {name: _hash(folder.root / name) for name in files}
    package = Path(__file__).parent
    ours = [*package.rglob("*.py"), *package.parent.glob("grammar/*.lark")]
    code = sorted((str(path), path.stat().st_mtime_ns) for path in ours)
    return {"files": hashes, "rules": [str(path) for path in folder.rule_files()], "code": code}


def _hash(path: Path) -> str:
    """The hash of a file; empty where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
