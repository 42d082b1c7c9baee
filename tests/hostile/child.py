"""Checks hostile folders in a process of its own, and says for each what was found and what it cost.

    python child.py FOLDER...

One JSON line a folder: its name, the codes that were told, and the CPU seconds for checking and telling them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import process_time

from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.render import render_json, render_text
from hypolicy.diagnostics.sarif import render_sarif
from hypolicy.pipeline import examine
from hypolicy.source.folder import PolicyFolder


def told(folder: Path) -> dict[str, object]:
    start = process_time()
    try:
        found = examine(PolicyFolder(folder.resolve())).diagnostics
    except Refusal as refusal:
        found = refusal.diagnostics
    for text in (render_text(found, color=True), render_json(found), render_sarif(found)):
        text.encode()
    return {
        "name": folder.name,
        "codes": sorted({diagnostic.code for diagnostic in found}),
        "seconds": process_time() - start,
    }


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(json.dumps(told(Path(argument)), ensure_ascii=False), flush=True)
