"""A whole trace in words: for each item its result, how it came about step by step, and what would change it.

Made of lines only, so that a terminal, a page and a file of data say the same.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from hypolicy.rules import trace
from hypolicy.rules.edition_words import absence_text, edition_lines
from hypolicy.rules.ledger_words import cap_lines, ledger_ways, rule_lines
from hypolicy.rules.nearest_words import nearest_lines
from hypolicy.rules.outcome import Status
from hypolicy.rules.phrases import fen_in_yuan, listed, percent, value_text, yuan_text
from hypolicy.rules.rounding import RoundingPlace
from hypolicy.rules.sentences import Sentence
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
_CASE_VERDICTS: Final[dict[bool | None, Sentence]] = {
    True: Sentence.CASE_HOLDS,
    False: Sentence.CASE_FAILS,
    None: Sentence.CASE_OPEN,
}
_UPLIFT_VERDICTS: Final[dict[bool | None, Sentence]] = {
    True: Sentence.UPLIFT_HOLDS,
    False: Sentence.UPLIFT_FAILS,
    None: Sentence.UPLIFT_OPEN,
}
_ROW_KEYS: Final = re.compile(r"(中没有这一行)（[^）]*）")


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
        Sentence.READING_CHANGED(reading=reading.name, option=reading.option, default=reading.default)
        for reading in told.changed
    )
    remarks = [Sentence.NOTICE(notice=notice) for notice in told.notices]
    remarks += [Sentence.ILLUSTRATIVE_TABLE(table=table) for table in told.illustrative]
    remarks.append(Sentence.DISCLAIMER())
    record = Sentence.RECORD(name=told.key.name, key=value_text(told.key.value, told.key.type))
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
            return evolve(line, text=Sentence.DETAILS_ABOVE(text=line.text), details=())
        seen.add(line.details)
        return evolve(line, details=tuple(shortened(detail) for detail in line.details))

    return tuple(shortened(line) for line in told)


# --- the result ------------------------------------------------------------------------------------------------


def headline(item: trace.ItemTrace) -> str:
    """The result in one sentence."""
    decision = item.decision
    match decision.status:
        case Status.GRANTED:
            fund = Sentence.FROM_FUND(fund=item.fund) if item.fund else ""
            amount = fen_in_yuan(decision.fen)
            return Sentence.GRANTED(amount=amount, fund=fund, payee=payee_text(item.payee))
        case Status.NOT_APPLICABLE:
            return Sentence.NOT_APPLICABLE(reasons=_why_not_applicable(item))
        case Status.DENIED if item.before.status is Status.DENIED:
            return Sentence.DENIED(reasons=_denials(item))
        case _ if item.delegated_to:
            return Sentence.OTHER_RULES(status=decision.status.value, to=item.delegated_to)
        case _:
            return Sentence.OTHER_STATUS(status=decision.status.value, reasons=listed_reasons(item))


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
        told.append(Sentence.DENIED_IN_CASE(case=case.name, reasons=listed(failed)))
    return "；".join(told)


def payee_text(payee: trace.PayeeUsed) -> str:
    return Sentence.PAYEE(kind=payee.kind, name=payee.name) if payee.name else payee.kind


def _why_not_applicable(item: trace.ItemTrace) -> str:
    if absent := absence_text(item):
        return absent
    if item.applies is None:
        return Sentence.OTHER_RECORD()
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
    yield from edition_lines(item)
    if item.applies is not None:
        yield _applies(item)
    if item.before.status is Status.NOT_APPLICABLE:
        return
    if item.delegated_to:
        yield Line(Sentence.DELEGATED_WHOLLY(to=item.delegated_to), item.clause)
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
    result = Sentence.RESULT(headline=headline(item).removesuffix("。"))
    yield Line(result, listed(item.decision.clauses))


def _applies(item: trace.ItemTrace) -> Line:
    assert item.applies is not None
    line = one_line(item.applies)
    told = Sentence.APPLIES if item.applies.value is True else Sentence.APPLIES_NOT
    return Line(told(text=line.text), line.clause or item.clause, None, line.details)


def _gate(gate: trace.GateUsed) -> Line:
    told = lines(gate.condition, want=False)
    if gate.condition.value is True:
        handled = Sentence.HANDLED_BY(ground=gate.ground.rstrip("。")) if gate.ground else ""
        return Line(Sentence.IN_GATE(gate=gate.name, handled=handled), gate.clause, False, _inside(told))
    return Line(Sentence.NOT_IN_GATE(gate=gate.name), gate.clause, True, _inside(told))


def _inside(told: tuple[Line, ...]) -> tuple[Line, ...]:
    """The parts of a concept whose name has just been said."""
    return told[0].details if len(told) == 1 and told[0].details else told


def _governing(step: Step) -> Line:
    told = Sentence.GOVERNED_UNKNOWN if isinstance(step.value, Absence) else Sentence.GOVERNED
    return Line(told(day=phrase(step)), step.place.clause, None, _of_value(step))


def _of_value(step: Step) -> tuple[Line, ...]:
    """What a concept that is a value stands for."""
    match step:
        case trace.ConceptRef(name=name, body=body):
            chosen = ""
            if isinstance(body, trace.ByReading):
                chosen = Sentence.UNDER_READING(reading=body.reading.name, option=body.reading.option)
            told = Sentence.STANDS_FOR(name=name, value=phrase(body), chosen=chosen)
            return (Line(told), *_of_value(body))
        case trace.ByReading(operand=operand):
            return _of_value(operand)
        case _:
            return ()


def _condition(used: trace.ConditionUsed) -> Line:
    step = used.condition
    if used.holds is None:
        if used.waits_for:
            told = Sentence.WAITS(words=step.place.words, waits=listed(used.waits_for))
            return Line(told, used.clause)
        line = one_line(step)
        return Line(line.text, used.clause, None, line.details)
    if isinstance(step, trace.ConceptRef):
        text, details = step.name, lines(step)[0].details
    else:
        line = one_line(step)
        text, details = line.text, line.details
    verdict = Sentence.HOLDS(text=text) if used.holds else Sentence.FAILS(denial=used.denial, text=text)
    return Line(verdict, used.clause, used.holds, details)


def _case(case: trace.CaseUsed, *, briefly: bool) -> Iterator[Line]:
    """A case with its conditions; one without a name is only heard of when its table has no row.

    Where another case holds, of this one only what fails is told.
    """
    told = tuple(used for used in case.conditions if used.holds is not True or not briefly)
    missing = _missing_row(case.amount)
    if case.name:
        verdict = _CASE_VERDICTS[case.holds]
        details = (*(_condition(used) for used in told), *missing)
        line = Line(verdict(case=case.name), case.clause, case.holds or None, details)
        yield _neutral(line) if briefly else line
    else:
        yield from missing


def _missing_row(step: Step) -> tuple[Line, ...]:
    return tuple(
        Line(Sentence.ROW_MISSING(table=one.table, row=_row(one)), one.place.clause, False)
        for one in trace.walk(step)
        if isinstance(one, trace.Lookup) and one.value is Absence.NO_ROW
    )


def _row(step: trace.Lookup) -> str:
    named = zip(step.key_names, step.keys, strict=True)
    return listed(Sentence.ROW_KEY(name=name, value=shown(key)) for name, key in named)


# --- the amount ------------------------------------------------------------------------------------------------


def _amount(amount: trace.AmountUsed, clause: str) -> Iterator[Line]:
    for uplift in amount.uplifts:
        verdict = _UPLIFT_VERDICTS[uplift.holds]
        details = (*sources(uplift.rate), *_relevant(uplift))
        yield Line(verdict(rate=_rate(uplift.rate)), uplift.clause, uplift.holds or None, details)
    if any(uplift.open for uplift in amount.uplifts):
        return
    held = [uplift for uplift in amount.uplifts if uplift.holds]
    if amount.factor is None:
        every = listed(Sentence.UPLIFT(rate=_rate(uplift.rate)) for uplift in held)
        yield Line(Sentence.UPLIFTS_UNDECIDED(uplifts=every), clause, False)
        return
    if len(held) > 1 and amount.stacking is not None:
        text = Sentence.UPLIFTS_TOGETHER(
            count=len(held),
            how=STACKING_WORDS[amount.stacking],
            rate=percent(amount.factor - 1),
            chosen=_chosen(amount.stacking_reading),
        )
        yield Line(text, clause)
    if held:
        text = Sentence.RAISED(
            base=yuan_text(amount.base), factor=percent(amount.factor), raised=yuan_text(amount.raised)
        )
        yield Line(text, clause)
    if amount.cap is not None:
        yield _cap(amount)
    if amount.place is not None and amount.mode is not None:
        text = Sentence.ROUNDED(
            place=PLACE_WORDS[amount.place], mode=amount.mode.value, amount=yuan_text(amount.payable)
        )
        yield Line(text, clause)
    if amount.payable <= 0:
        yield Line(Sentence.AMOUNT_NOT_ABOVE_ZERO(), clause, False)


def _chosen(reading: ReadingUsed | None) -> str:
    """The reading that something depends on; nothing where it depends on none."""
    return Sentence.BY_READING(reading=reading.name, option=reading.option) if reading is not None else ""


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
    parts = {
        "holder": cap.holder,
        "most": yuan_text(cap.amount),
        "chosen": _chosen(cap.reading),
        "asked": yuan_text(amount.raised),
    }
    if amount.capped < amount.raised:
        return Line(Sentence.CAP_CUTS(**parts, paid=yuan_text(amount.capped)), cap.clause)
    return Line(Sentence.CAP_LEAVES(**parts), cap.clause)


def base_line(step: Step, clause: str) -> Line:
    """What the amount starts from, and where its numbers come from."""
    details = sources(step)
    if isinstance(step, trace.Lookup):
        column = Sentence.STANDARD() if step.column == step.table else step.column
        text = Sentence.BASE_FROM_TABLE(table=step.table, row=_row(step), column=column, value=shown(step))
    else:
        text = Sentence.BASE(worked=worked(step))
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
        return Line(Sentence.PARAMETER_SET(name=step.name, value=shown(step)), step.clause)
    since = since_text(step.period)
    ground = Sentence.ON_GROUND(ground=step.ground.rstrip("。")) if step.ground else ""
    if since:
        text = Sentence.PARAMETER_SINCE(name=step.name, since=since, value=shown(step), ground=ground)
    else:
        text = Sentence.PARAMETER(name=step.name, value=shown(step), ground=ground)
    return Line(text, step.clause)


def _table(step: trace.Lookup) -> Iterator[Line]:
    version = step.version
    if version is not None:
        since = since_text(version.period)
        told = [Sentence.TABLE_FILE(file=version.file)] if version.replaced else []
        told += [Sentence.TABLE_SINCE(since=since)] if since else []
        told += [Sentence.TABLE_ILLUSTRATIVE()] if version.illustrative else []
        if told:
            yield Line(Sentence.TABLE_SAYS(table=step.table, told="，".join(told)))
    for uplift in step.uplifts:
        text = Sentence.TABLE_UPLIFT(
            written=value_text(step.written, step.type),
            column=uplift.column,
            equals=value_text(uplift.equals, uplift.type),
            rate=percent(uplift.rate),
            value=shown(step),
        )
        yield Line(text, uplift.clause)


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
        text = Sentence.LINK(item=link.because_of, limit=link.limit, chosen=_chosen(link.reading))
        yield Line(text, link.clause, False)
    if not ledger.rules and ledger.free_of and ledger.link is None:
        yield Line(Sentence.FREE_OF(limits=listed(ledger.free_of)))


def _readings(item: trace.ItemTrace) -> list[ReadingUsed]:
    """Every reading that the result rests on, each once."""
    found = {reading.name: reading for reading in readings_in(trace.steps_of(item))}
    more: list[ReadingUsed | None] = []
    if item.amount is not None:
        held = sum(uplift.holds is True for uplift in item.amount.uplifts)
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
    question = reading.question.rstrip("。")
    parts = {
        "reading": reading.name,
        "question": Sentence.READING_QUESTION(question=question) if question else "",
        "option": reading.option,
        "reason": reading.reason.rstrip("。"),
    }
    if reading.changed:
        return Line(Sentence.READING_OTHERWISE(**parts, default=reading.default), reading.clause)
    return Line(Sentence.READING(**parts), reading.clause)
