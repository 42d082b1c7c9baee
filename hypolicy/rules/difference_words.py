"""What is said of a difference, whatever shows it: the summary, an example, two explanations beside each other."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.rules.difference import Aspect, Verdict
from hypolicy.rules.narration import narrate
from hypolicy.rules.narration_text import MARKS, sentence
from hypolicy.rules.phrases import listed, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules.difference import Change, Difference, Effect, Example, Outcome, Sample
    from hypolicy.rules.wording import Line

SAME: Final = "含义没有不同。"
BEFORE: Final = "修改前"
AFTER: Final = "修改后"
NO_CLAUSE: Final = "全文"
DISCLAIMER: Final = "例子是程序造出的记录，不是真人；结果由逐条精确计算得出。"
_ALIKE: Final = 0.5


def summary(told: Difference) -> str:
    """How many changes there are, and what is known of them."""
    if told.same:
        return SAME
    counts: dict[str, int] = {}
    for change in told.changes:
        words = change_verdict(change)
        counts[words] = counts.get(words, 0) + 1
    order = [*(verdict.value for verdict in Verdict), *_ASPECTS.values()]
    parts = [f"{words}的{counts[words]}处" for words in order if words in counts]
    return f"共{len(told.changes)}处改动：{listed(parts)}。"


_ASPECTS: Final[dict[Aspect, str]] = {Aspect.REASON: "只有理由不同", Aspect.CLAUSE: "只有依据不同"}


def change_verdict(change: Change) -> str:
    """What is known of a change: that results differ, or only what is said with them, or that nothing does."""
    if change.verdict is not Verdict.DIFFERS:
        return str(change.verdict.value)
    aspects = {effect.example.aspect for effect in change.effects if effect.example is not None}
    if aspects <= set(_ASPECTS):
        return _ASPECTS[Aspect.REASON if Aspect.REASON in aspects else Aspect.CLAUSE]
    return str(Verdict.DIFFERS.value)


def by_clause(told: Difference) -> list[tuple[str, list[Change]]]:
    """The changes under their clauses, in the order of the regulation."""
    out: dict[str, list[Change]] = {}
    for change in told.changes:
        out.setdefault(change.clause or NO_CLAUSE, []).append(change)
    return list(out.items())


def effect_words(effect: Effect) -> str:
    """What is known of one effect that has no example."""
    match effect.verdict:
        case Verdict.OPEN:
            return f"无法判断：{'；'.join(effect.unseen)}"
        case Verdict.SAME:
            return "已证明没有一条记录的结果不同"
        case verdict:
            return str(verdict.value)


def indirect_words(change: Change) -> str:
    """What may follow from a change by way of a limit that items share; empty where nothing does."""
    if not change.indirect:
        return ""
    return f"同受次数等限制的{listed(change.indirect)}可能间接受影响"


def record_words(sample: Sample) -> str:
    """The facts of a made-up record that matter."""
    told = [f"{known.name}：{value_text(known.value, known.type)}" for known in sample.facts]
    return "，".join(told) or "任何一条记录"


def readings_words(example: Example) -> str:
    """The readings that have to be chosen for the example."""
    chosen = listed(f"「{name}」取「{option}」" for name, option in example.readings)
    return f"口径{chosen}时" if chosen else ""


def introduction(example: Example) -> str:
    """What the example is of."""
    same = {Aspect.REASON: "结果相同，只有理由不同", Aspect.CLAUSE: "结果相同，只有依据的条款不同"}
    parts = [example.item, readings_words(example), same.get(example.aspect, "")]
    return f"{'，'.join(part for part in parts if part)}，例如："


def outcome_words(outcome: Outcome) -> str:
    reasons = "" if outcome.fen is not None else "；".join(outcome.reasons)
    return f"{outcome.words}（{reasons}）" if reasons else outcome.words


# --- two explanations ------------------------------------------------------------------------------------------


@frozen
class Contrast:
    """A line of either explanation, or one of each that stand for one another; empty where there is none."""

    before: str
    after: str


def contrasts(example: Example) -> list[Contrast]:
    """The lines in which the two explanations are not the same; empty where there are no explanations.

    Steps that only one of them comes to, because the other has ended before, are left out.
    """
    first, second = (_lines(example, outcome) for outcome in (example.before, example.after))
    if not first or not second:
        return []
    every: list[Contrast] = []
    bare = [[_bare(line) for line in lines] for lines in (first, second)]
    for verb, a1, a2, b1, b2 in SequenceMatcher(None, bare[0], bare[1], autojunk=False).get_opcodes():
        if verb != "equal":
            every += _aligned(first[a1:a2], second[b1:b2])
    telling = [row for row in every if _tells(row)]
    return telling or every


def _bare(line: str) -> str:
    """A line without its mark: what is said is the same whether it matters or not."""
    text = line.lstrip("　")
    for mark in MARKS.values():
        text = text.removeprefix(mark)
    return text


def _aligned(left: list[str], right: list[str]) -> list[Contrast]:
    """Lines beside those that they resemble, in their order."""
    if not left or not right:
        return [Contrast(line, "") for line in left] + [Contrast("", line) for line in right]
    likeness = {
        (i, j): SequenceMatcher(None, one, other, autojunk=False).ratio()
        for i, one in enumerate(left)
        for j, other in enumerate(right)
    }
    i, j = max(likeness, key=lambda place: (likeness[place], -sum(place)))
    if likeness[i, j] < _ALIKE:
        return _aligned(left, []) + _aligned([], right)
    return [
        *_aligned(left[:i], right[:j]),
        Contrast(left[i], right[j]),
        *_aligned(left[i + 1 :], right[j + 1 :]),
    ]


def _tells(row: Contrast) -> bool:
    """Whether a row says why the results differ: both sides of a step, or one that by itself refuses something."""
    line = row.before or row.after
    if row.before and row.after:
        return not (row.before.startswith("没有判断") or row.after.startswith("没有判断"))
    return line.startswith("不符合") or "本次不予" in line


def _lines(example: Example, outcome: Outcome) -> list[str]:
    if outcome.explanation is None:
        return []
    told = narrate(outcome.explanation)
    every = (*told.items, *told.not_applicable)
    narrative = next((one for one in every if one.item == example.item), None)
    steps = narrative.steps[:-1] if narrative is not None else ()  # the last one says the result once more
    return [line for step in steps for line in _flat(step, "", 0)]


def _flat(line: Line, above: str, depth: int) -> Iterator[str]:
    yield f"{'　' * depth}{MARKS[line.holds] if depth else ''}{sentence(line, above)}"
    for detail in line.details:
        yield from _flat(detail, line.clause, depth + 1)
