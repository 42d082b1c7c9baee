"""A whole trace in words: for each item its result, how it came about step by step, and what would change it.

Made of lines only, so that a terminal, a page and a file of data say the same.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from hypolicy.rules import trace
from hypolicy.rules.ledger_words import cap_lines, ledger_ways, rule_lines
from hypolicy.rules.nearest_words import nearest_lines
from hypolicy.rules.outcome import Status
from hypolicy.rules.phrases import fen_in_yuan, listed, percent, value_text, yuan_text
from hypolicy.rules.rounding import RoundingPlace
from hypolicy.rules.trace import Absence
from hypolicy.rules.tree import Stacking
from hypolicy.rules.wording import (
    Line,
    lines,
    one_line,
    period_text,
    phrase,
    readings_in,
    shown,
    since_text,
    worked,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hypolicy.rules.trace import ReadingUsed, Step

STACKING_WORDS: Final[dict[Stacking, str]] = {
    Stacking.HIGHEST: "就高，只取较高的一项",
    Stacking.LOWEST: "就低，只取较低的一项",
    Stacking.SUM: "各项相加",
    Stacking.PRODUCT: "各项连乘",
    Stacking.EXCLUSIVE: "各项互斥，不得同时成立",
}
PLACE_WORDS: Final[dict[RoundingPlace, str]] = {
    RoundingPlace.YUAN: "元",
    RoundingPlace.JIAO: "角",
    RoundingPlace.FEN: "分",
}
_ROW_KEYS: Final = re.compile(r"(中没有这一行)（[^）]*）")
DISCLAIMER: Final = "本说明按所填事实和规则算出，供核对使用；是否享受以主管部门的审定为准。"


@frozen
class ItemNarrative:
    """One item: its result in a sentence, the steps to it, the ways to 准予, and the readings it rests on."""

    item: str
    clause: str
    status: Status
    amount: str
    headline: str
    steps: tuple[Line, ...]
    ways: tuple[Line, ...]
    readings: tuple[Line, ...]


@frozen
class Narrative:
    title: str
    number: str
    term: str
    record: str
    items: tuple[ItemNarrative, ...]
    not_applicable: tuple[ItemNarrative, ...]
    changed: tuple[str, ...]
    remarks: tuple[str, ...]


def narrate(told: trace.Trace, item: str | None = None) -> Narrative:
    """A trace in words; of all items that apply, or of one."""
    every = [narrate_item(one) for one in told.items if item in (None, one.item)]
    apart = item is None
    applicable = tuple(one for one in every if not apart or one.status is not Status.NOT_APPLICABLE)
    others = tuple(one for one in every if apart and one.status is Status.NOT_APPLICABLE)
    changed = tuple(
        f"「{reading.name}」改取「{reading.option}」（政策默认「{reading.default}」）"
        for reading in told.changed
    )
    remarks = [f"提示：{notice}。" for notice in told.notices]
    remarks += [f"注：「{table}」是示例数据，不是官方标准，金额仅供演示。" for table in told.illustrative]
    remarks.append(f"注：{DISCLAIMER}")
    record = f"{told.key.name} {value_text(told.key.value, told.key.type)}"
    return Narrative(
        told.title, told.number, period_text(told.term), record, applicable, others, changed, tuple(remarks)
    )


def narrate_item(item: trace.ItemTrace) -> ItemNarrative:
    decision = item.decision
    granted = decision.status is Status.GRANTED
    return ItemNarrative(
        item.item,
        item.clause,
        decision.status,
        fen_in_yuan(decision.fen) if granted else "",
        headline(item),
        without_repeats(_steps(item)),
        ways(item),
        tuple(reading_line(reading) for reading in _readings(item)),
    )


def without_repeats(told: Iterable[Line]) -> tuple[Line, ...]:
    """Parts that were told already are not told again."""
    seen: set[tuple[Line, ...]] = set()

    def shortened(line: Line) -> Line:
        if not line.details:
            return line
        if line.details in seen:
            return evolve(line, text=f"{line.text}（明细同前）", details=())
        seen.add(line.details)
        return evolve(line, details=tuple(shortened(detail) for detail in line.details))

    return tuple(shortened(line) for line in told)


# --- the result ------------------------------------------------------------------------------------------------


def headline(item: trace.ItemTrace) -> str:
    """The result in one sentence."""
    decision = item.decision
    match decision.status:
        case Status.GRANTED:
            fund = f"从{item.fund}列支，" if item.fund else ""
            return f"准予{fen_in_yuan(decision.fen)}，{fund}发给{payee_text(item.payee)}。"
        case Status.NOT_APPLICABLE:
            return f"不适用：{_why_not_applicable(item)}。"
        case Status.DENIED if item.before.status is Status.DENIED:
            return f"不予：{_denials(item)}。"
        case _ if item.delegated_to:
            return f"{decision.status.value}：另按规定办理（“{item.delegated_to}”）。"
        case _:
            return f"{decision.status.value}：{listed_reasons(item)}。"


def listed_reasons(item: trace.ItemTrace) -> str:
    """The evaluator's reasons; it names the keys of a missing row, which must not tell what is personal."""
    text = "；".join(reason.text.rstrip("。；") for reason in item.decision.reasons)
    looked_up = [
        one for step in trace.steps_of(item) for one in trace.walk(step) if isinstance(one, trace.Lookup)
    ]
    if any(key.value is Absence.HIDDEN for one in looked_up for key in one.keys):
        return _ROW_KEYS.sub(r"\1", text)
    return text


def _denials(item: trace.ItemTrace) -> str:
    """Why an item is denied, the reasons of each case together."""
    if any(used.holds is False for used in item.conditions) or len(item.cases) < 2 or item.amount is not None:
        return listed_reasons(item)
    told = []
    for case in item.cases:
        failed = [used.denial for used in case.conditions if used.holds is False]
        failed += [line.text for line in _missing_row(case.amount)]
        told.append(f"情形「{case.name}」{listed(failed)}")
    return "；".join(told)


def payee_text(payee: trace.PayeeUsed) -> str:
    return f"{payee.kind}（{payee.name}）" if payee.name else payee.kind


def _why_not_applicable(item: trace.ItemTrace) -> str:
    if item.applies is None:
        return "本项适用于另一种记录"
    told = lines(item.applies)
    return "；".join(line.text for line in told if line.holds is not True) or told[0].text


def ways(item: trace.ItemTrace) -> tuple[Line, ...]:
    """What would have to be otherwise."""
    if item.decision.status is not Status.DENIED:
        return ()
    if item.nearest is not None:
        return nearest_lines(item.nearest)
    return ledger_ways(item.ledger) if item.ledger is not None else ()


# --- the steps -------------------------------------------------------------------------------------------------


def _steps(item: trace.ItemTrace) -> Iterator[Line]:
    """Each step that was taken, in its order."""
    if item.applies is not None:
        yield _applies(item)
    if item.before.status is Status.NOT_APPLICABLE:
        return
    if item.delegated_to:
        yield Line(f"本方案没有规定本项的条件和标准，另按规定办理：“{item.delegated_to}”", item.clause)
        return
    yield from (_gate(gate) for gate in item.pending)
    if item.governing is not None:
        yield _governing(item.governing)
    yield from (_condition(used) for used in item.conditions)
    taken = any(case.holds for case in item.cases)
    for case in item.cases:
        yield from _case(case, briefly=taken and not case.holds)
    if item.amount is not None:
        held = next(case for case in item.cases if case.holds and case.name == item.amount.case)
        yield base_line(held.amount, item.clause)
        yield from _amount(item.amount, item.clause)
    if item.ledger is not None:
        yield from _ledger(item)
    yield Line(f"结果：{headline(item).removesuffix('。')}", listed(item.decision.clauses))


def _applies(item: trace.ItemTrace) -> Line:
    assert item.applies is not None
    line = one_line(item.applies)
    start = "适用本项" if item.applies.value is True else "不适用本项"
    return Line(f"{start}：{line.text}", line.clause or item.clause, None, line.details)


def _gate(gate: trace.GateUsed) -> Line:
    told = lines(gate.condition, want=False)
    if gate.condition.value is True:
        ground = f"，按“{gate.ground.rstrip('。')}”办理" if gate.ground else ""
        return Line(f"属于「{gate.name}」，结果待定{ground}", gate.clause, False, _inside(told))
    return Line(f"不属于「{gate.name}」", gate.clause, True, _inside(told))


def _inside(told: tuple[Line, ...]) -> tuple[Line, ...]:
    """The parts of a concept whose name has just been said."""
    return told[0].details if len(told) == 1 and told[0].details else told


def _governing(step: Step) -> Line:
    version = "标准和目录取这一天的版本"
    if isinstance(step.value, Absence):
        version = "不能确定标准和目录的版本"
    return Line(f"适用日是{phrase(step)}，{version}", step.place.clause, None, _of_value(step))


def _of_value(step: Step) -> tuple[Line, ...]:
    """What a concept that is a value stands for."""
    match step:
        case trace.ConceptRef(name=name, body=body):
            chosen = ""
            if isinstance(body, trace.ByReading):
                chosen = f"，按口径「{body.reading.name}」取「{body.reading.option}」"
            return (Line(f"{name}取{phrase(body)}{chosen}"), *_of_value(body))
        case trace.ByReading(operand=operand):
            return _of_value(operand)
        case _:
            return ()


def _condition(used: trace.ConditionUsed) -> Line:
    step = used.condition
    if used.holds is None:
        if used.waits_for:
            told = f"没有判断「{step.place.words}」：须先解决“{listed(used.waits_for)}”"
            return Line(told, used.clause)
        line = one_line(step)
        return Line(line.text, used.clause, None, line.details)
    start = "符合" if used.holds else f"不符合（{used.denial}）"
    if isinstance(step, trace.ConceptRef):
        return Line(f"{start}：{step.name}", used.clause, used.holds, lines(step)[0].details)
    line = one_line(step)
    return Line(f"{start}：{line.text}", used.clause, used.holds, line.details)


def _case(case: trace.CaseUsed, *, briefly: bool) -> Iterator[Line]:
    """A case with its conditions; one without a name is only heard of when its table has no row.

    Where another case holds, of this one only what fails is told.
    """
    told = tuple(used for used in case.conditions if used.holds is not True or not briefly)
    missing = _missing_row(case.amount)
    if case.name:
        verdict = {True: "符合", False: "不符合", None: "无法判断"}[case.holds]
        details = (*(_condition(used) for used in told), *missing)
        line = Line(f"情形「{case.name}」：{verdict}", case.clause, case.holds or None, details)
        yield _neutral(line) if briefly else line
    else:
        yield from missing


def _missing_row(step: Step) -> tuple[Line, ...]:
    return tuple(
        Line(f"「{one.table}」中没有{_row(one)}的一行", one.place.clause, False)
        for one in trace.walk(step)
        if isinstance(one, trace.Lookup) and one.value is Absence.NO_ROW
    )


def _row(step: trace.Lookup) -> str:
    named = zip(step.key_names, step.keys, strict=True)
    return "、".join(f"{name}为{shown(key)}" for name, key in named)


# --- the amount ------------------------------------------------------------------------------------------------


def _amount(amount: trace.AmountUsed, clause: str) -> Iterator[Line]:
    for uplift in amount.uplifts:
        verdict = "符合" if uplift.holds else "不符合，不加"
        details = (*sources(uplift.rate), *_relevant(uplift))
        text = f"上浮{_rate(uplift.rate)}：{verdict}"
        yield Line(text, uplift.clause, uplift.holds or None, details)
    held = [uplift for uplift in amount.uplifts if uplift.holds]
    if amount.factor is None:
        every = listed(f"上浮{_rate(uplift.rate)}" for uplift in held)
        yield Line(f"{every}同时符合，规则没有写明怎样合计，金额待定", clause, False)
        return
    if len(held) > 1 and amount.stacking is not None:
        reading = amount.stacking_reading
        chosen = f"（按口径「{reading.name}」取「{reading.option}」）" if reading is not None else ""
        words = STACKING_WORDS[amount.stacking]
        text = f"同时符合{len(held)}项上浮：{words}，共上浮{percent(amount.factor - 1)}{chosen}"
        yield Line(text, clause)
    if held:
        text = f"加上上浮：{yuan_text(amount.base)}×{percent(amount.factor)}＝{yuan_text(amount.raised)}"
        yield Line(text, clause)
    if amount.cap is not None:
        yield _cap(amount)
    if amount.place is not None and amount.mode is not None:
        text = f"取整到{PLACE_WORDS[amount.place]}（{amount.mode.value}）：{yuan_text(amount.payable)}"
        yield Line(text, clause)
    if amount.payable <= 0:
        yield Line("计得的金额不大于零", clause, False)


def _rate(step: Step) -> str:
    return percent(step.value) if isinstance(step.value, int | Fraction) else shown(step)


def _relevant(uplift: trace.UpliftUsed) -> tuple[Line, ...]:
    """Of an uplift that is not given, only what it fails for."""
    told = lines(uplift.condition)
    return told if uplift.holds else tuple(_neutral(line) for line in told if line.holds is not True)


def _neutral(line: Line) -> Line:
    """A line that does not hold, and does no harm."""
    return evolve(line, holds=None, details=tuple(_neutral(detail) for detail in line.details))


def _cap(amount: trace.AmountUsed) -> Line:
    cap = amount.cap
    assert cap is not None
    reading = cap.reading
    chosen = f"（按口径「{reading.name}」取「{reading.option}」）" if reading is not None else ""
    limit = f"{cap.holder}每次不超过{yuan_text(cap.amount)}{chosen}"
    if amount.capped < amount.raised:
        return Line(f"{limit}：计得{yuan_text(amount.raised)}，按{yuan_text(amount.capped)}计", cap.clause)
    return Line(f"{limit}：计得{yuan_text(amount.raised)}，没有超过", cap.clause)


def base_line(step: Step, clause: str) -> Line:
    """What the amount starts from, and where its numbers come from."""
    details = sources(step)
    if isinstance(step, trace.Lookup):
        column = "标准" if step.column == step.table else step.column
        text = f"基数：「{step.table}」中{_row(step)}的{column}，{shown(step)}"
    else:
        text = f"基数：{worked(step)}"
    return Line(text, step.place.clause or clause, None, details)


def sources(step: Step) -> tuple[Line, ...]:
    """The versions of the parameters and tables that a value rests on."""
    out: list[Line] = []
    for one in trace.walk(step):
        match one:
            case trace.ParameterRef():
                out.append(_parameter(one))
            case trace.Lookup():
                out += _table(one)
            case _:
                pass
    return tuple(dict.fromkeys(out))


def _parameter(step: trace.ParameterRef) -> Line:
    if step.replaced:
        return Line(f"{step.name}：本次试算改为{shown(step)}", step.clause)
    since = since_text(step.period)
    ground = f"，依据{step.ground.rstrip('。')}" if step.ground else ""
    return Line(f"{step.name}：{since}{'为' if since else ''}{shown(step)}{ground}", step.clause)


def _table(step: trace.Lookup) -> Iterator[Line]:
    version = step.version
    if version is not None:
        told = [f"取自本次指定的文件“{version.file}”"] if version.replaced else []
        told += [f"{since_text(version.period)}执行"] if since_text(version.period) else []
        told += ["是示例数据，不是官方标准"] if version.illustrative else []
        if told:
            yield Line(f"「{step.table}」{'，'.join(told)}")
    for uplift in step.uplifts:
        equals = value_text(uplift.equals, uplift.type)
        text = f"表中所列{value_text(step.written, step.type)}，{uplift.column}为{equals}，另加{percent(uplift.rate)}"
        yield Line(f"{text}，为{shown(step)}", uplift.clause)


# --- ledger and readings ---------------------------------------------------------------------------------------


def _ledger(item: trace.ItemTrace) -> Iterator[Line]:
    ledger = item.ledger
    assert ledger is not None
    for rule in ledger.rules:
        yield from rule_lines(rule)
    refused = not all(rule.allowed for rule in ledger.rules)
    if ledger.cap is not None and not refused:
        yield from cap_lines(ledger.cap)
    if ledger.link is not None and not refused:
        link = ledger.link
        reading = link.reading
        chosen = f"（按口径「{reading.name}」取「{reading.option}」）" if reading is not None else ""
        text = f"同一记录的{link.because_of}因「{link.limit}」不予，本项一并不予{chosen}"
        yield Line(text, link.clause, False)
    if not ledger.rules and ledger.free_of and ledger.link is None:
        yield Line(f"「{listed(ledger.free_of)}」的限制不适用于本项")


def _readings(item: trace.ItemTrace) -> list[ReadingUsed]:
    """Every reading that the result rests on, each once."""
    found = {reading.name: reading for reading in readings_in(trace.steps_of(item))}
    more: list[ReadingUsed | None] = []
    if item.amount is not None:
        held = sum(uplift.holds for uplift in item.amount.uplifts)
        more.append(item.amount.stacking_reading if held > 1 else None)
        more.append(item.amount.cap.reading if item.amount.cap is not None else None)
    if item.ledger is not None:
        more += [reading for rule in item.ledger.rules for reading in rule.readings]
        more.append(item.ledger.cap.reading if item.ledger.cap is not None else None)
        more.append(item.ledger.link.reading if item.ledger.link is not None else None)
    for reading in more:
        if reading is not None:
            found.setdefault(reading.name, reading)
    return list(found.values())


def reading_line(reading: ReadingUsed) -> Line:
    """A reading with the question that it answers, and why."""
    reason = reading.reason.rstrip("。")
    question = f"（{reading.question.rstrip('。')}）" if reading.question else ""
    if reading.changed:
        text = f"「{reading.name}」{question}本次改取「{reading.option}」"
        text += f"；政策默认取「{reading.default}」，理由：{reason}"
    else:
        text = f"「{reading.name}」{question}取「{reading.option}」，理由：{reason}"
    return Line(text, reading.clause)
