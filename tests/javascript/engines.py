"""Engines in node, asked from Python: the same questions as the exact evaluator is asked, as data."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypolicy.backends.javascript.data import settings_data
from hypolicy.backends.javascript.emit import engine
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.rules.outcome import Decision, Entry
    from hypolicy.rules.tree import Policy, RecordKind

DRIVER = Path(__file__).with_name("driver.cjs")
NODE = ("node", "--disallow-code-generation-from-strings", "--stack-size=2000")


def write_engine(policy: Policy, folder: Path, name: str = "engine") -> Path:
    path = folder / f"{name}.cjs"
    path.write_text(f"{engine(policy)}module.exports = hypolicy;\n", encoding="utf-8")
    return path


def ask(jobs: Iterable[tuple[Path, str, dict[str, Any]]]) -> list[Any]:
    """The answers to many questions, by one process."""
    lines = [json.dumps({"engine": str(path), "ask": what, "of": of}) for path, what, of in jobs]
    done = subprocess.run(
        [*NODE, str(DRIVER)], input="\n".join(lines), capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def value_data(value: Any) -> Any:
    """A value of a record as data."""
    if isinstance(value, date):
        return value.isoformat()
    return str(Fraction(value)) if isinstance(value, int | Fraction) and not isinstance(value, bool) else value


def question(
    kind: RecordKind, rows: Sequence[Sequence[Any]], settings: Settings, history: Sequence[Entry] = ()
) -> dict[str, Any]:
    places = {fact.name: fact.index for fact in kind.facts}
    return {
        "kind": kind.name,
        "records": [[value_data(value) for value in row] for row in rows],
        "history": [
            {
                "item": entry.item,
                "fen": str(entry.fen),
                "facts": [[places[name], value_data(value)] for name, value in entry.facts.items()],
            }
            for entry in history
        ],
        "settings": settings_data(settings),
    }


def decision_data(one: Decision) -> list[Any]:
    reasons = [[reason.text, reason.clause] for reason in one.reasons]
    return [one.status.value, str(one.fen), reasons, list(one.clauses)]
