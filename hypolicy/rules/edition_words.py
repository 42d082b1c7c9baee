"""What an explanation says of amendments: on which side of each the record falls, and what the better rules give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.outcome import Status
from hypolicy.rules.phrases import fen_in_yuan, listed, value_text
from hypolicy.rules.trace import Absence, Fall
from hypolicy.rules.types import DATE
from hypolicy.rules.wording import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules import trace
    from hypolicy.rules.outcome import Decision

_AMENDED: Final = "本项自{day}起经{numbers}修改；"
SENTENCES: Final[dict[Fall, str]] = {
    Fall.AFTER: "适用日（{governed}）不早于这一天，按修改后的规定",
    Fall.BEFORE: "适用日（{governed}）早于这一天，按修改前的规定",
    Fall.KEEPS: "适用日（{governed}）不早于这一天，而{began}早于这一天，新旧衔接从旧，按修改前的规定",
    Fall.BOTH: "适用日（{governed}）不早于这一天，而{began}早于这一天，新旧衔接取有利，两种规定都算",
}
_UNDATED: Final = "没有适用日，按修改后的规定"
_GONE: Final = "本项自{day}起由{numbers}废止"
_NOT_YET: Final = "本项自{day}起由{numbers}增加，适用日（{governed}）早于这一天"
_CHOSEN: Final = "{options}；取有利的一种，即{taken}"
_OPTION: Final = "{rules}：{result}"
_SINCE: Final = "自{day}起的规定"
_UNTIL: Final = "{day}以前的规定"


def edition_lines(item: trace.ItemTrace) -> Iterator[Line]:
    """Which rules decide, before anything else is said."""
    for used in item.amendments:
        text = SENTENCES[used.fall]
        if used.fall is Fall.AFTER and used.governed is Absence.NOT_GIVEN:
            text = _UNDATED
        yield Line(f"{_AMENDED}{text}".format(**_parts(used)))
    if item.decision.others:
        decisions = sorted((item.decision, *item.decision.others), key=lambda one: one.edition)
        options = "；".join(_OPTION.format(rules=_rules(item, one), result=_result(one)) for one in decisions)
        yield Line(_CHOSEN.format(options=options, taken=_rules(item, item.decision)))


def absence_text(item: trace.ItemTrace) -> str:
    """Why the rules that decide do not have the item; empty where they do."""
    for used in item.amendments:
        if used.absent:
            return (_GONE if used.fall is Fall.AFTER else _NOT_YET).format(**_parts(used))
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
        return _SINCE.format(day=chinese_date(begun.day))
    return _UNTIL.format(day=chinese_date(item.amendments[-1].day))


def _result(decision: Decision) -> str:
    return fen_in_yuan(decision.fen) if decision.status is Status.GRANTED else str(decision.status.value)
