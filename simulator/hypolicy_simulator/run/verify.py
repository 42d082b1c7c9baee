"""Whether a finished run still is what its record says: its files, what it was made from, and what that gives."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from hypolicy.diagnostics.diagnostic import Collector, Diagnostic
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from pathlib import Path

RUN: Final = "run.json"


def read_record(folder: Path) -> dict[str, Any]:
    """run.json. Raises Refusal where there is none, or it is not whole."""
    try:
        record = json.loads((folder / RUN).read_text(encoding="utf-8"))
        parts = (record["输出"], record["输入"], record["情景文件"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(Diagnostic("HY743", {"path": str(folder)})) from None
    if not (isinstance(parts[0], dict) and isinstance(parts[1], dict) and isinstance(parts[2], str)):
        raise Refusal(Diagnostic("HY743", {"path": str(folder)}))
    return dict(record)


def changed_files(folder: Path, hashes: dict[str, str], collector: Collector) -> None:
    """Report every file of a folder that is not there, or is not what it was."""
    for name, known in sorted(hashes.items()):
        try:
            now = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError:
            collector.report("HY744", file=name)
            continue
        if now != known:
            collector.report("HY745", file=name)
