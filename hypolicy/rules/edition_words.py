"""What an explanation says of amendments: on which side of each the record falls, and what the better rules give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.outcome import Status
from hypolicy.rules.phrases import fen_in_yuan, listed, value_text
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.trace import Absence, Fall
from hypolicy.rules.types import DATE
from hypolicy.rules.wording import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules import trace
    from hypolicy.rules.outcome import Decision

SENTENCES: Final[dict[Fall, str]] = {
    Fall.AFTER: "适用日（{governed}）不早于这一天，按修改后的规定",
    Fall.BEFORE: "适用日（{governed}）早于这一天，按修改前的规定",
    Fall.KEEPS: "适用日（{governed}）不早于这一天，而{began}早于这一天，新旧衔接从旧，按修改前的规定",
    Fall.BOTH: "适用日（{governed}）不早于这一天，而{began}早于这一天，新旧衔接取有利，两种规定都算",
}


def edition_lines(item: trace.ItemTrace) -> Iterator[Line]:
    """Which rules decide, before anything else is said."""
    for used in item.amendments:
        parts = _parts(used)
        side = SENTENCES[used.fall].format(**parts)
        if used.fall is Fall.AFTER and used.governed is Absence.NOT_GIVEN:
            side = Sentence.UNDATED()
        yield Line(Sentence.AMENDED(**parts, side=side))
    if item.decision.others:
        decisions = sorted((item.decision, *item.decision.others), key=lambda one: one.edition)
        options = "；".join(Sentence.UNDER_RULES(rules=_rules(item, o), result=_result(o)) for o in decisions)
        yield Line(Sentence.BETTER_TAKEN(options=options, taken=_rules(item, item.decision)))


def absence_text(item: trace.ItemTrace) -> str:
    """Why the rules that decide do not have the item; empty where they do."""
    for used in item.amendments:
        if used.absent:
            told = Sentence.ITEM_REPEALED if used.fall is Fall.AFTER else Sentence.ITEM_NOT_YET
            return told(**_parts(used))
    return ""


def _parts(used: trace.AmendmentUsed) -> dict[str, str]:
    began = used.began
    return {
        "day": chinese_date(used.day),
        "numbers": listed(used.numbers),
        "governed": value_text(used.governed, DATE),
        "began": f"{began.name}（{value_text(began.value, DATE)}）" if began is not None else "",
    }


def _rules(item: trace.ItemTrace, decision: Decision) -> str:
    """The rules that gave a decision, by the day of the amendment that made them, or that ended them."""
    begun = next((used for used in item.amendments if used.edition == decision.edition), None)
    if begun is not None:
        return Sentence.RULES_SINCE(day=chinese_date(begun.day))
    return Sentence.RULES_UNTIL(day=chinese_date(item.amendments[-1].day))


def _result(decision: Decision) -> str:
    return fen_in_yuan(decision.fen) if decision.status is Status.GRANTED else str(decision.status.value)
