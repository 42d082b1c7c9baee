"""What the ledger said, in words: which earlier payments count, and when the way is free again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.phrases import fen_in_yuan, listed, value_text
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.trace import EntryUsed, LedgerUsed, RuleKind, RuleUsed, RunningCapUsed
from hypolicy.rules.tree import PeriodKind, Rolling
from hypolicy.rules.wording import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules.trace import ReadingUsed
    from hypolicy.rules.tree import FixedPeriod

# What is said of each kind of rule: where it allows, and where it refuses.
RULE_SENTENCES: Final[dict[RuleKind, tuple[str, str]]] = {
    RuleKind.REPEAT: ("同一{keys}{within}没有享受过", "同一{keys}{within}已经享受，不重复享受"),
    RuleKind.LOWER: ("同一{keys}没有享受过更高的{level}", "同一{keys}已经享受过更高的{level}，不再享受"),
    RuleKind.TOGETHER: (
        "{within}没有享受过不得同享的其他项目",
        "{within}已经享受不得同享的其他项目，不予同享",
    ),
    RuleKind.COUNT: (
        "{holder}{within}不超过{times}次：以前{before}，本次是第{next}次",
        "{holder}{within}不超过{times}次：已享受{count}次，本次不予",
    ),
}

PERIOD_WORDS: Final[dict[PeriodKind, str]] = {
    PeriodKind.EACH: "每次",
    PeriodKind.CALENDAR_YEAR: "每年",
    PeriodKind.TERM: "施行期内",
    PeriodKind.UNLIMITED: "",
}


def rule_lines(rule: RuleUsed) -> Iterator[Line]:
    """One rule: whether it allows, and the earlier payments that it counts."""
    template = RULE_SENTENCES[rule.kind][0 if rule.allowed else 1]
    count = len(rule.counted) + rule.others
    text = template.format(
        keys=_keys(rule),
        level=rule.keys[-1].name if rule.keys else "",
        within=within(rule.period, rule.year),
        holder=rule.holder,
        times=rule.times,
        count=count,
        before=Sentence.HAD_BEFORE(count=count) if count else Sentence.HAD_NONE(),
        next=count + 1,
    )
    details = _entries(rule.counted, rule.others)
    told = Sentence.RULE(limit=rule.limit, text=text, chosen=_chosen(rule.readings))
    yield Line(told, rule.clause, rule.allowed, details)


def _keys(rule: RuleUsed) -> str:
    """The facts compared, with their values: 职业工种、等级（电工、初级工）."""
    keys = rule.keys[:-1] if rule.kind is RuleKind.LOWER else rule.keys
    if not keys:
        return ""
    values = listed(value_text(key.value, key.type) for key in keys)
    return Sentence.KEYS(names=listed(key.name for key in keys), values=values)


def within(period: FixedPeriod | None, year: int | None) -> str:
    match period:
        case None:
            return ""
        case Rolling(months):
            return Sentence.WITHIN_MONTHS(months=months)
        case _:
            return Sentence.WITHIN_YEAR(year=year) if year is not None else PERIOD_WORDS[period]


def _chosen(readings: tuple[ReadingUsed, ...]) -> str:
    if not readings:
        return ""
    told = listed(Sentence.READING_TAKES(reading=used.name, option=used.option) for used in readings)
    return Sentence.BY_READINGS(readings=told)


def entry_line(entry: EntryUsed) -> Line:
    """An earlier payment by its day, what it was for, its item and amount; never whose it was."""
    facts = listed(value_text(fact.value, fact.type) for fact in entry.facts)
    key = Sentence.RECORD(name=entry.key.name, key=value_text(entry.key.value, entry.key.type))
    parts = (chinese_date(entry.day), facts, entry.item, fen_in_yuan(entry.fen))
    told = Sentence.ENTRY_EARLIER if entry.earlier_batch else Sentence.ENTRY
    return Line(told(told="，".join(part for part in parts if part), key=key))


def _entries(counted: tuple[EntryUsed, ...], others: int) -> tuple[Line, ...]:
    rest = (Line(Sentence.ENTRIES_OF_OTHERS(count=others)),) if others else ()
    return (*(entry_line(entry) for entry in counted), *rest)


def cap_lines(cap: RunningCapUsed) -> Iterator[Line]:
    """A cap over a period: what was spent, what is left, what is paid."""
    asked = fen_in_yuan(cap.asked)
    if cap.paid == 0:
        told = Sentence.CAP_EXHAUSTED()
    elif cap.paid < cap.asked:
        told = Sentence.CAP_PARTLY(paid=fen_in_yuan(cap.paid), asked=asked)
    else:
        told = Sentence.CAP_ENOUGH(asked=asked)
    text = Sentence.RUNNING_CAP(
        holder=cap.holder,
        within=within(cap.period, cap.year),
        most=fen_in_yuan(cap.most),
        chosen=_chosen((cap.reading,)) if cap.reading is not None else "",
        spent=Sentence.SPENT_BEFORE(spent=fen_in_yuan(cap.spent)) if cap.spent else Sentence.SPENT_NONE(),
        told=told,
    )
    yield Line(text, cap.clause, cap.paid > 0, _entries(cap.counted, cap.others))


# --- when the way is free again --------------------------------------------------------------------------------


def ledger_ways(ledger: LedgerUsed) -> tuple[Line, ...]:
    """What could still be granted to this holder, where a limit has refused."""
    out = [line for rule in ledger.rules if not rule.allowed for line in _way(rule)]
    if not out and ledger.link is not None:
        out = [Line(Sentence.WAY_UNLINKED(item=ledger.link.because_of, limit=ledger.link.limit))]
    if not out and ledger.cap is not None and ledger.cap.paid == 0:
        out = _cap_way(ledger.cap)
    return tuple(out)


def _way(rule: RuleUsed) -> Iterator[Line]:
    if rule.kind is RuleKind.REPEAT:
        names = "或者".join(key.name for key in rule.keys)
        yield Line(Sentence.WAY_OTHER_KEY(names=names))
    elif rule.kind is RuleKind.LOWER:
        names = listed(key.name for key in rule.keys[:-1])
        yield Line(Sentence.WAY_HIGHER(level=rule.keys[-1].name, names=names))
    if rule.year is not None:
        yield _next_year(rule.year_name, rule.next_year)
    elif isinstance(rule.period, Rolling):
        yield Line(Sentence.WAY_AFTER_MONTHS(months=rule.period.months))


def _next_year(name: str, year: int | None) -> Line:
    if year is None:
        return Line(Sentence.WAY_NO_YEAR())
    return Line(Sentence.WAY_NEXT_YEAR(year=year, name=name))


def _cap_way(cap: RunningCapUsed) -> list[Line]:
    if cap.year is not None:
        return [Line(Sentence.WAY_CAP_YEAR())]
    return [Line(Sentence.WAY_CAP_NEVER())] if cap.period is PeriodKind.TERM else []
