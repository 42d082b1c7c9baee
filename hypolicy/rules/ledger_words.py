"""What the ledger said, in words: which earlier payments count, and when the way is free again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.phrases import fen_in_yuan, listed, value_text
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
        before=f"已享受{count}次" if count else "没有享受过",
        next=count + 1,
    )
    details = _entries(rule.counted, rule.others)
    yield Line(f"「{rule.limit}」：{text}{_chosen(rule.readings)}", rule.clause, rule.allowed, details)


def _keys(rule: RuleUsed) -> str:
    """The facts compared, with their values: 职业工种、等级（电工、初级工）."""
    keys = rule.keys[:-1] if rule.kind is RuleKind.LOWER else rule.keys
    if not keys:
        return ""
    values = listed(value_text(key.value, key.type) for key in keys)
    return f"{listed(key.name for key in keys)}（{values}）"


def within(period: FixedPeriod | None, year: int | None) -> str:
    match period:
        case None:
            return ""
        case Rolling(months):
            return f"在{months}个月内"
        case _:
            return f"在{year}年内" if year is not None else PERIOD_WORDS[period]


def _chosen(readings: tuple[ReadingUsed, ...]) -> str:
    if not readings:
        return ""
    told = listed(f"「{reading.name}」取「{reading.option}」" for reading in readings)
    return f"（按口径{told}）"


def entry_line(entry: EntryUsed) -> Line:
    """An earlier payment by its day, what it was for, its item and amount; never whose it was."""
    facts = listed(value_text(fact.value, fact.type) for fact in entry.facts)
    key = f"{entry.key.name} {value_text(entry.key.value, entry.key.type)}"
    batch = "，以前批次" if entry.earlier_batch else ""
    parts = (chinese_date(entry.day), facts, entry.item, fen_in_yuan(entry.fen))
    return Line("，".join(part for part in parts if part) + f"（{key}{batch}）")


def _entries(counted: tuple[EntryUsed, ...], others: int) -> tuple[Line, ...]:
    rest = (Line(f"其他人员享受的{others}笔"),) if others else ()
    return (*(entry_line(entry) for entry in counted), *rest)


def cap_lines(cap: RunningCapUsed) -> Iterator[Line]:
    """A cap over a period: what was spent, what is left, what is paid."""
    chosen = _chosen((cap.reading,)) if cap.reading is not None else ""
    limit = f"{cap.holder}{within(cap.period, cap.year)}最高{fen_in_yuan(cap.most)}{chosen}"
    spent = f"以前已享受{fen_in_yuan(cap.spent)}" if cap.spent else "以前没有享受过"
    if cap.paid == 0:
        told = "已经用完，本次不予"
    elif cap.paid < cap.asked:
        told = f"只余{fen_in_yuan(cap.paid)}，本次计得{fen_in_yuan(cap.asked)}，按余额发给"
    else:
        told = f"本次{fen_in_yuan(cap.asked)}没有超过"
    details = _entries(cap.counted, cap.others)
    yield Line(f"{limit}：{spent}，{told}", cap.clause, cap.paid > 0, details)


# --- when the way is free again --------------------------------------------------------------------------------


def ledger_ways(ledger: LedgerUsed) -> tuple[Line, ...]:
    """What could still be granted to this holder, where a limit has refused."""
    out = [line for rule in ledger.rules if not rule.allowed for line in _way(rule)]
    if not out and ledger.link is not None:
        out = [Line(f"{ledger.link.because_of}不受「{ledger.link.limit}」限制时，本项即可享受")]
    if not out and ledger.cap is not None and ledger.cap.paid == 0:
        out = _cap_way(ledger.cap)
    return tuple(out)


def _way(rule: RuleUsed) -> Iterator[Line]:
    if rule.kind is RuleKind.REPEAT:
        names = "或者".join(key.name for key in rule.keys)
        yield Line(f"{names}不同的，不受这一条限制")
    elif rule.kind is RuleKind.LOWER:
        yield Line(
            f"{rule.keys[-1].name}不低于已享受的，或者{listed(k.name for k in rule.keys[:-1])}不同的，可以享受"
        )
    if rule.year is not None:
        yield _next_year(rule.year_name, rule.next_year)
    elif isinstance(rule.period, Rolling):
        yield Line(f"满{rule.period.months}个月后不再计入以前的享受，届时可以享受")


def _next_year(name: str, year: int | None) -> Line:
    if year is None:
        return Line("施行期内不再有新的年度")
    return Line(f"{year}年重新计算：{name}在{year}年的，符合其他条件即可享受")


def _cap_way(cap: RunningCapUsed) -> list[Line]:
    if cap.year is not None:
        return [Line("限额按年计算，在下一年度重新计算")]
    return [Line("限额已经用完，施行期内不再享受")] if cap.period is PeriodKind.TERM else []
