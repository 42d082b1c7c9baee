"""What a step says, in plain Chinese: one table of sentences, and the lines made from it.

Every kind of step and every comparison has its sentence here; a test fails when one is missing. A sentence states
what is the case, and, where that is not what the rule wants, what it should be. Whatever gives a trace can be put
into words by this module; nothing in it knows how the trace came about.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Final, assert_never

from attrs import evolve, frozen

from hypolicy.rules import trace
from hypolicy.rules.calendar import add_days, add_months, chinese_date
from hypolicy.rules.operators import Comparison
from hypolicy.rules.phrases import listed, value_text
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.trace import Absence
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.rules.calendar import Period
    from hypolicy.rules.trace import Step
    from hypolicy.rules.types import Type


@frozen
class Line:
    """One sentence, with the sentences under it. `holds` says whether it speaks for the item; None where neither."""

    text: str
    clause: str = ""
    holds: bool | None = None
    details: tuple[Line, ...] = ()


# --- the table -------------------------------------------------------------------------------------------------

# What is said of a step: where it is true, and where it is not; of a value, how it is called.
SENTENCES: Final[dict[type, tuple[str, str]]] = {
    trace.Literal: ("一律符合", "一律不符合"),
    trace.FactRef: ("{name}：是", "{name}：否"),
    trace.ConceptRef: ("{name}：符合", "{name}：不符合"),
    trace.InTable: ("{operand}在「{table}」中", "{operand}不在「{table}」中"),
    trace.Given: ("有{name}（{value}）", "没有{name}"),
    trace.Not: ("{operand}", "{operand}"),
    trace.All: ("下列{count}项同时符合", "下列{count}项须同时符合"),
    trace.Any: ("下列{count}项符合其一即可", "下列{count}项符合其一即可，均不符合"),
    trace.Compare: ("{left}{actual}{right}", "{left}{actual}{right}，应当{wanted}{limit}"),
    trace.OneOf: ("{name}是{value}，属于{labels}", "{name}是{value}，不属于{labels}"),
    trace.InTerm: ("{operand}在施行期（{period}）内", "{operand}不在施行期（{period}）内"),
    trace.Within: ("{operand}在{start}起{length}内", "{operand}不在{start}起{length}内"),
    trace.TermLength: (
        "自{first}起至{last}止，{actual}{length}",
        "自{first}起至{last}止，{actual}{length}，应当{wanted}{length}{short}",
    ),
    trace.ByReading: ("{operand}（按口径「{reading}」取「{option}」）",) * 2,
    trace.Unassessed: ("「{words}」没有判断",) * 2,
}

PHRASES: Final[dict[type, str]] = {
    trace.Literal: "{value}",
    trace.FactRef: "{name}（{value}）",
    trace.ConceptRef: "{name}（{value}）",
    trace.ParameterRef: "{name}（{value}）",
    trace.Lookup: "「{table}」的{column}（{value}）",
    trace.Age: "自{birth}至{day}的周岁（{value}）",
    trace.Shift: "{operand}{way}{length}（即{value}）",
    trace.Sum: "{terms}",
    trace.Product: "{factors}",
    trace.Extreme: "{operands}中{which}的（{value}）",
    trace.ByReading: "{operand}",
    trace.Unassessed: "{words}（没有判断）",
}


class Sort(Enum):
    """What is compared; each is compared in words of its own."""

    QUANTITY = "数量"
    DAY = "日期"
    RANK = "等级"
    NAME = "名称"


READINGS: Final[dict[Comparison, dict[Sort, str]]] = {
    comparison: {
        Sort.QUANTITY: comparison.quantity_reading,
        Sort.DAY: comparison.date_reading,
        Sort.RANK: rank,
        Sort.NAME: name,
    }
    for comparison, rank, name in (
        (Comparison.EQUAL, "是", "是"),
        (Comparison.UNEQUAL, "不是", "不是"),
        (Comparison.AT_LEAST, "不低于", "不早于"),
        (Comparison.AT_MOST, "不高于", "不晚于"),
        (Comparison.ABOVE, "高于", "晚于"),
        (Comparison.BELOW, "低于", "早于"),
    )
}

OPPOSITE: Final[dict[Comparison, Comparison]] = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.AT_MOST: Comparison.ABOVE,
    Comparison.ABOVE: Comparison.AT_MOST,
    Comparison.BELOW: Comparison.AT_LEAST,
}

# Words that name a person or a body: one is it, or is not. Others are said to be so (是) or not (否).
NOUNS: Final = (
    "人", "者", "员", "工", "户", "生", "民", "力", "子女", "家庭", "家属", "军属", "企业", "公司", "单位", "机构",
    "院校", "学校", "妇女", "儿童", "老人", "青年",
)  # fmt: skip


def truth_text(name: str, truth: bool) -> str:
    """A fact that holds or not: 是贫困劳动力, 没有享受……, 统一编码：否."""
    if name.startswith(("已经", "已", "曾")):
        undone = name.removeprefix("已经").removeprefix("已").removeprefix("曾")
        return name if truth else Sentence.WITHOUT(name=undone)
    if name.startswith("有"):
        return name if truth else Sentence.WITHOUT(name=name.removeprefix("有"))
    if name.endswith(NOUNS):
        return Sentence.IS(name=name) if truth else Sentence.IS_NOT(name=name)
    return SENTENCES[trace.FactRef][0 if truth else 1].format(name=name)


def sort_of(kind: Type) -> Sort:
    match kind:
        case DateType():
            return Sort.DAY
        case NumberType():
            return Sort.QUANTITY
        case EnumType(ordered=True):
            return Sort.RANK
        case EnumType() | BoolType() | TextType() | IdentifierType():
            return Sort.NAME
        case _:
            assert_never(kind)


# --- values ----------------------------------------------------------------------------------------------------


def shown(step: Step) -> str:
    return value_text(step.value, step.type)


def phrase(step: Step) -> str:
    """A value by its name: 开班日期（2020年3月2日）."""
    template = PHRASES.get(type(step), "{words}")
    match step:
        case trace.Literal():
            return template.format(value=shown(step))
        case trace.FactRef(name=name) | trace.ConceptRef(name=name) | trace.ParameterRef(name=name):
            return template.format(name=name, value=shown(step))
        case trace.Lookup(table=table, column=column):
            if table == column:
                return f"「{table}」（{shown(step)}）"
            return template.format(table=table, column=column, value=shown(step))
        case trace.Age(birth=birth, day=day):
            return template.format(birth=phrase(birth), day=phrase(day), value=shown(step))
        case trace.Shift(operand=operand, amount=amount, unit=unit):
            way = "之后" if amount >= 0 else "之前"
            length = f"{abs(amount)}{unit}"
            return template.format(operand=phrase(operand), way=way, length=length, value=shown(step))
        case trace.Sum(terms=terms):
            return template.format(terms=_chain(terms, "＋", "－", within=False))
        case trace.Product(factors=factors):
            return template.format(factors=_chain(factors, "×", "÷", within=True))
        case trace.Extreme(largest=largest, operands=operands):
            which = "较大" if largest else "较小"
            every = "与".join(phrase(operand) for operand in operands)
            return template.format(operands=every, which=which, value=shown(step))
        case trace.ByReading(operand=operand):
            return template.format(operand=phrase(operand))
        case _:
            return template.format(words=step.place.words)


def _chain(parts: tuple[tuple[bool, Step], ...], plain: str, inverse: str, *, within: bool) -> str:
    """Parts joined by signs; a sum inside a product stands in brackets."""
    out = ""
    for place, (inverted, part) in enumerate(parts):
        text = phrase(part)
        if within and isinstance(part, trace.Sum):
            text = f"（{text}）"
        sign = inverse if inverted else plain
        out += text if place == 0 and not inverted else f"{sign}{text}"
    return out


def worked(step: Step) -> str:
    """A sum worked out: what it is made of, and what it comes to."""
    match step:
        case trace.Literal():
            return shown(step)
        case trace.Extreme(largest=largest, operands=operands):
            which = "较大者" if largest else "较小者"
            every = "与".join(worked(operand) for operand in operands)
            return Sentence.EXTREME_WORKED(operands=every, which=which, value=shown(step))
        case trace.Sum() | trace.Product():
            return f"{phrase(step)}＝{shown(step)}"
        case _:
            return phrase(step)


def name_of(step: Step) -> str:
    """A value's name without the value."""
    match step:
        case trace.FactRef(name=name) | trace.ConceptRef(name=name) | trace.ParameterRef(name=name):
            return name
        case trace.ByReading(operand=operand):
            return name_of(operand)
        case _:
            return step.place.words


# --- conditions ------------------------------------------------------------------------------------------------


def lines(step: Step, want: bool = True) -> tuple[Line, ...]:
    """What a condition comes to, line by line. `want` is what the rule wants of it: 非 turns it round."""
    if step.value is Absence.NOT_ASSESSED or not isinstance(step.value, bool):
        return (_unknown(step),)
    truth, holds = step.value, step.value is want
    match step:
        case trace.Not(operand=operand):
            return lines(operand, not want)
        case trace.All() if want:
            # What nobody could look at says nothing beside what has failed.
            told = [part for part in step.operands if truth or not isinstance(part, trace.Unassessed)]
            return tuple(line for operand in told for line in lines(operand))
        case trace.All():
            return _not_all(step)
        case trace.Any():
            return _any(step) if want else _not_any(step)
        case trace.ConceptRef(name=name, body=body):
            text = SENTENCES[trace.ConceptRef][0 if truth else 1].format(name=name)
            return (Line(text, step.place.clause, holds, lines(body, want)),)
        case trace.ByReading(operand=operand):
            return _by_reading(step, lines(operand, want))
        case _:
            return (Line(_sentence(step, truth, want), step.place.clause, holds),)


def one_line(step: Step, want: bool = True) -> Line:
    """A condition as a single line, its parts under it where it has several."""
    parts = lines(step, want)
    if len(parts) == 1:
        return parts[0]
    holds = step.value is want
    text = SENTENCES[trace.All][0 if holds else 1].format(count=len(parts))
    return Line(text, step.place.clause, holds, parts)


def _unknown(step: Step) -> Line:
    match step:
        case trace.FactRef(name=name) | trace.Given(name=name):
            return Line(f"{name}：{value_text(step.value, step.type)}", step.place.clause)
        case _ if step.value is Absence.NOT_ASSESSED:
            text = SENTENCES[trace.Unassessed][0].format(words=step.place.words)
            return Line(text, step.place.clause)
        case _:
            missing = dict.fromkeys(
                one.name
                for one in trace.walk(step)
                if isinstance(one, trace.FactRef | trace.Given) and one.value is Absence.NOT_GIVEN
            )
            why = value_text(step.value, step.type)
            if missing:
                why = Sentence.NOT_FILLED_IN(facts=listed(missing))
            return Line(Sentence.UNKNOWN(words=step.place.words, why=why), step.place.clause)


def _sentence(step: Step, truth: bool, want: bool) -> str:
    """A condition without parts: what is the case."""
    template = SENTENCES.get(type(step), SENTENCES[trace.Unassessed])[0 if truth else 1]
    match step:
        case trace.Literal():
            return template
        case trace.FactRef(name=name):
            return truth_text(name, truth)
        case trace.Given(name=name, shown=value, shown_type=kind):
            text = template.format(name=name, value=value_text(value, kind))
            return text if truth is want or want else Sentence.SHOULD_NOT_BE(text=text)
        case trace.InTable(table=table, operand=operand):
            return template.format(operand=phrase(operand), table=table)
        case trace.OneOf(operand=operand, labels=labels):
            return template.format(name=name_of(operand), value=shown(operand), labels=listed(labels))
        case trace.InTerm(operand=operand, term=term):
            return template.format(operand=phrase(operand), period=period_text(term))
        case trace.Within(operand=operand, start=start, amount=amount, unit=unit):
            return template.format(operand=phrase(operand), start=phrase(start), length=f"{amount}{unit}")
        case trace.TermLength():
            return _term_length(step, truth, want)
        case trace.Compare():
            return _compare(step, truth, want)
        case _:
            return template.format(words=step.place.words)


def _compare(step: trace.Compare, truth: bool, want: bool) -> str:
    left, right = step.left, step.right
    actual = step.comparison if truth else OPPOSITE[step.comparison]
    wanted = step.comparison if want else OPPOSITE[step.comparison]
    sort = sort_of(left.type)
    if truth is not want and left.value == right.value and sort is Sort.QUANTITY:
        actual = Comparison.EQUAL
    equality = step.comparison in (Comparison.EQUAL, Comparison.UNEQUAL)
    if equality and sort in (Sort.NAME, Sort.RANK) and isinstance(right, trace.Literal):
        return _named(step, wanted, good=truth is want)
    template = SENTENCES[trace.Compare][0 if truth is want else 1]
    return template.format(
        left=phrase(left),
        actual=READINGS[actual][sort],
        right=phrase(right),
        wanted=READINGS[wanted][sort],
        limit=shown(right),
    )


def _named(step: trace.Compare, wanted: Comparison, *, good: bool) -> str:
    """A label, a text or a truth that should be, or should not be, a certain one."""
    name, value, other = name_of(step.left), shown(step.left), shown(step.right)
    if isinstance(step.left.type, BoolType):
        text = (
            truth_text(name, step.left.value is True)
            if isinstance(step.left.value, bool)
            else phrase(step.left)
        )
        should = READINGS[wanted][Sort.NAME].replace("是", "为")
        return text if good else Sentence.NAME_SHOULD(text=text, wanted=should, other=other)
    text = Sentence.NAME_IS(name=name, value=value)
    if good:
        return text if value == other else Sentence.NAME_IS_NOT(name=name, value=value, other=other)
    return Sentence.NAME_SHOULD(text=text, wanted=READINGS[wanted][Sort.NAME], other=other)


def _term_length(step: trace.TermLength, truth: bool, want: bool) -> str:
    actual = step.comparison if truth else OPPOSITE[step.comparison]
    wanted = step.comparison if want else OPPOSITE[step.comparison]
    short = _shortfall(step, wanted) if truth is not want else ""
    return SENTENCES[trace.TermLength][0 if truth is want else 1].format(
        first=phrase(step.first),
        last=phrase(step.last),
        actual=READINGS[actual][Sort.QUANTITY],
        wanted=READINGS[wanted][Sort.QUANTITY],
        length=f"{step.amount}{step.unit}",
        short=Sentence.STILL_SHORT(short=short) if short else "",
    )


def _shortfall(step: trace.TermLength, wanted: Comparison) -> str:
    """How much longer a term would have to be."""
    first, last = step.first.value, step.last.value
    if not isinstance(first, date) or not isinstance(last, date):
        return ""
    if wanted not in (Comparison.AT_LEAST, Comparison.ABOVE):
        return ""
    if step.unit == "天":
        end = add_days(first, step.amount)
    else:
        end = add_months(first, step.amount * (12 if step.unit == "年" else 1))
    beyond = 1 if wanted is Comparison.ABOVE else 0
    return interval_text(add_days(last, 1), add_days(end, beyond))


def _any(step: trace.Any) -> tuple[Line, ...]:
    """符合其一即可: which of them hold, or that none does."""
    count, clause = len(step.operands), step.place.clause
    labels = [_label(operand) for operand in step.operands]
    header = SENTENCES[trace.Any][0].format(count=count)
    truth = step.value is True
    held = [operand for operand in step.operands if operand.value is True]
    if all(labels):
        details = tuple(
            line
            for operand in (held if truth else step.operands)
            for line in lines(operand)
            if line.details or isinstance(operand, trace.ByReading)
        )
        hidden = Absence.HIDDEN.value
        which = listed(_label(one) for one in held) if held else Sentence.ONE_HIDDEN(hidden=hidden)
        verdict = Sentence.ANY_HELD(which=which) if truth else Sentence.ANY_NONE()
        text = Sentence.ANY_LABELS(header=header, labels=listed(labels), verdict=verdict)
        return (Line(text, clause, truth, details),)
    if truth and not held:
        return (Line(Sentence.ANY_HIDDEN(header=header, hidden=Absence.HIDDEN.value), clause, truth),)
    if truth:
        return tuple(one_line(operand) for operand in held) if len(held) > 1 else lines(held[0])
    text = SENTENCES[trace.Any][1].format(count=count)
    return (Line(text, clause, False, tuple(one_line(operand) for operand in step.operands)),)


def _not_any(step: trace.Any) -> tuple[Line, ...]:
    """None of these: each must not hold."""
    held = [operand for operand in step.operands if operand.value is True]
    labels = [_label(operand) for operand in step.operands]
    if step.value is False and all(labels):
        return (Line(Sentence.NOT_ANY(labels=listed(labels)), step.place.clause, True),)
    return tuple(one_line(operand, want=False) for operand in (held or step.operands))


def _not_all(step: trace.All) -> tuple[Line, ...]:
    """Not all of these together: it is enough that one does not hold."""
    missing = [operand for operand in step.operands if operand.value is False]
    if missing:
        return tuple(one_line(operand, want=False) for operand in missing)
    text = SENTENCES[trace.All][0].format(count=len(step.operands))
    details = tuple(evolve(one_line(operand), holds=None) for operand in step.operands)
    return (Line(Sentence.NOT_ALL(text=text), step.place.clause, False, details),)


def _by_reading(step: trace.ByReading, parts: tuple[Line, ...]) -> tuple[Line, ...]:
    """The option's own lines, and that they are those of this option."""
    reading = step.reading
    if len(parts) == 1:
        text = SENTENCES[trace.ByReading][0].format(
            operand=parts[0].text, reading=reading.name, option=reading.option
        )
        return (evolve(parts[0], text=text),)
    header = Sentence.OPTION_PARTS(reading=reading.name, option=reading.option)
    return (Line(header), *parts)


def _label(step: Step) -> str:
    """What an alternative is called in a list of alternatives; empty where it takes a sentence."""
    match step:
        case trace.FactRef(name=name) if isinstance(step.type, BoolType):
            return name
        case trace.ConceptRef(name=name):
            return name
        case trace.ByReading(operand=operand):
            return _label(operand)
        case _:
            return ""


# --- dates and readings ----------------------------------------------------------------------------------------


def period_text(period: Period) -> str:
    if period.end is None:
        return f"{chinese_date(period.start)}起"
    return f"{chinese_date(period.start)}至{chinese_date(period.end)}"


def since_text(period: Period) -> str:
    """自……起, or nothing where a version has no beginning."""
    return "" if period.start == date.min else str(period)


def interval_text(first: date, last: date) -> str:
    """From one day to a later one, in months and days: 6个月, 1个月3天; between ends of months, in months."""
    if all(add_days(day, 1).day == 1 for day in (first, last)):
        first, last = add_days(first, 1), add_days(last, 1)
    months = (last.year - first.year) * 12 + last.month - first.month
    while months and add_months(first, months) > last:
        months -= 1
    days = (last - add_months(first, months)).days
    if months < 1:
        return f"{(last - first).days}天"
    years, months = divmod(months, 12)
    parts = ((years, "年"), (months, "个月"), (days, "天"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def readings_in(steps: Iterable[Step]) -> list[trace.ReadingUsed]:
    """The readings that steps rest on, each once, in their order."""
    found: dict[str, trace.ReadingUsed] = {}
    for step in steps:
        for inner in trace.walk(step):
            if isinstance(inner, trace.ByReading):
                found.setdefault(inner.reading.name, inner.reading)
    return list(found.values())
