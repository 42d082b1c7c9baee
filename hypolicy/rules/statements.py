"""What a rule says, in plain Chinese, before there is any record: who, on what conditions, how much.

`rules.wording` tells what became of a condition on one record; this module tells the condition itself, on a day and
under a choice of readings. A concept that one sentence can say is said by that sentence; a longer one is told part
by part. Words that refer to something with a page of its own are kept apart from the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from hypolicy.rules import tree
from hypolicy.rules.facts import parts as operands_of
from hypolicy.rules.outcome import Settings
from hypolicy.rules.phrases import listed, listed_or, value_text
from hypolicy.rules.readings import once
from hypolicy.rules.types import BoolType
from hypolicy.rules.wording import NOUNS, OPPOSITE, READINGS, Sort, period_text, sort_of, truth_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from fractions import Fraction

    from hypolicy.rules.operators import Comparison


@frozen
class Run:
    """Some words; where they name a parameter, a table or a concept, which."""

    words: str
    names: tree.Parameter | tree.Table | tree.Concept | None = None


Text = tuple[Run, ...]


@frozen
class Statement:
    """A sentence without its stop, and the sentences under it. `joined`: it has an 并且 or 或者 of its own."""

    text: Text
    parts: tuple[Statement, ...] = ()
    joined: bool = False


@frozen
class View:
    """On which day, and under which readings and values, a rule is told."""

    day: date
    settings: Settings = field(factory=Settings)

    def chosen(self, by_reading: tree.ByReading) -> tree.Expr:
        return dict(by_reading.options)[self.settings.option(by_reading.reading)]

    def value(self, parameter: tree.Parameter) -> Fraction | None:
        """The value in force on the day; None where nobody has fixed one."""
        if parameter.name in self.settings.parameters:
            return self.settings.parameters[parameter.name]
        return next((v.value for v in parameter.versions if self.day in v.period), None)

    def version(self, table: tree.Table) -> tree.TableVersion:
        """The version in force on the day; the checker has left no gap in the term."""
        versions = self.settings.versions(table)
        return next((v for v in versions if self.day in v.period), versions[-1])


def plain(words: str) -> Text:
    return (Run(words),)


def words_of(text: Text) -> str:
    return "".join(run.words for run in text)


def joined(texts: Iterable[Text], mark: str) -> Text:
    out: list[Run] = []
    for text in texts:
        if out:
            out.append(Run(mark))
        out += text
    return tuple(out)


# --- conditions ------------------------------------------------------------------------------------------------

ALL: Final = plain("同时符合下列各项")
ANY: Final = plain("符合下列之一")
FREE: Final = plain("不作限制")
NEVER: Final = plain("没有符合的情形")


def condition(expr: tree.Expr, view: View, want: bool = True) -> Statement:
    """What has to be the case. `want` is False under 非."""
    match expr:
        case tree.ByReading():
            return condition(view.chosen(expr), view, want)
        case tree.Not(operand):
            return condition(operand, view, not want)
        case tree.ConceptRef(concept):
            return condition(concept.body, view, want)
        case tree.All(operands) if want:
            return _every(tuple(_without_guards(operands, view)), view, want)
        case tree.Any(operands) if not want:
            return _every(operands, view, want)
        case tree.All(operands) | tree.Any(operands):
            return _one_of(operands, view, want)
        case _:
            return Statement(_sentence(expr, view, want))


def named_condition(expr: tree.Expr, view: View) -> Statement:
    """A condition of an item; where it takes several sentences, or asks for nothing, under its name in the rules."""
    told = condition(expr, view)
    if not isinstance(expr, tree.ConceptRef):
        return told
    if told.text in (FREE, NEVER):
        return Statement((Run(expr.concept.name, expr.concept), Run("："), *told.text))
    if not told.parts:
        return told
    return Statement((Run(expr.concept.name, expr.concept), Run("，即"), *told.text), told.parts)


def _every(operands: tuple[tree.Expr, ...], view: View, want: bool) -> Statement:
    told = [condition(one, view, want) for one in operands]
    return _together(
        [part for one in told for part in (one.parts if one.text == ALL else (one,))], ALL, "，并且"
    )


def _one_of(operands: tuple[tree.Expr, ...], view: View, want: bool) -> Statement:
    labels = [label(one, view) if want else "" for one in operands]
    told = [condition(one, view, want) for one, name in zip(operands, labels, strict=True) if not name]
    if any(labels):
        told.insert(0, _belongs([name for name in labels if name]))
    return _together(
        [part for one in told for part in (one.parts if one.text == ANY else (one,))], ANY, "，或者"
    )


def _together(parts: list[Statement], header: Text, joint: str) -> Statement:
    """Two short sentences in one; more, or such as have parts, one below the other."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2 and not any(part.parts or part.joined for part in parts):
        return Statement(joined((part.text for part in parts), joint), joined=True)
    return Statement(header, tuple(parts))


def _belongs(labels: list[str]) -> Statement:
    if len(labels) == 1:
        return Statement(plain(_truth(labels[0], True)))
    verb = "属于" if all(one.endswith(NOUNS) for one in labels) else "有下列情形之一："
    return Statement(plain(f"{verb}{listed_or(labels)}"))


def _truth(name: str, truth: bool) -> str:
    return truth_text(name, truth).replace("：", "为")


def _without_guards(operands: tuple[tree.Expr, ...], view: View) -> Iterator[tree.Expr]:
    """有X goes without saying where another condition of the same list cannot hold without X."""
    for one in operands:
        others = [other for other in operands if other is not one]
        if not (isinstance(one, tree.Given) and any(_needs(other, one.fact, view) for other in others)):
            yield one


def _needs(expr: tree.Expr, fact: tree.Fact, view: View) -> bool:
    """Whether a condition cannot hold where the fact is not given."""
    match expr:
        case tree.ByReading():
            return _needs(view.chosen(expr), fact, view)
        case tree.ConceptRef(concept):
            return _needs(concept.body, fact, view)
        case tree.All(operands):
            return any(_needs(one, fact, view) for one in operands)
        case (
            tree.Compare() | tree.OneOf() | tree.InTable() | tree.InTerm() | tree.TermLength() | tree.Within()
        ):
            return any(isinstance(one, tree.FactRef) and one.fact == fact for one in operands_of(expr))
        case _:
            return False


def label(expr: tree.Expr, view: View) -> str:
    """What an alternative is called in a list of alternatives; empty where it takes a sentence."""
    match expr:
        case tree.FactRef(fact) if isinstance(fact.type, BoolType):
            return fact.name
        case tree.ByReading():
            return label(view.chosen(expr), view)
        case tree.ConceptRef(concept):
            return label(concept.body, view)
        case tree.Any(operands):
            every = [label(one, view) for one in operands]
            return listed_or(every) if all(every) else ""
        case _:
            return ""


def _sentence(expr: tree.Expr, view: View, want: bool) -> Text:
    """A condition without parts."""
    yes, within = ("是", "在") if want else ("不是", "不在")
    match expr:
        case tree.Literal(value):
            return FREE if value is want else NEVER
        case tree.FactRef(fact):
            return plain(_truth(fact.name, want))
        case tree.Given(fact):
            return plain(f"{'有' if want else '没有'}{fact.name}")
        case tree.InTable(table, _, value):
            return (*phrase(value, view), Run(within), table_name(table), Run("中"))
        case tree.OneOf(operand, labels):
            return (*phrase(operand, view), Run(f"{yes}{listed_or(labels)}"))
        case tree.InTerm(operand, term):
            return (*phrase(operand, view), Run(f"{within}{period_text(term)}之间"))
        case tree.Within(operand, start, amount, unit):
            after = Run(f"起{amount}{unit}以内")
            return (*phrase(operand, view), Run(within), *phrase(start, view), after)
        case tree.TermLength(first, last, comparison, amount, unit):
            length = READINGS[comparison if want else OPPOSITE[comparison]][Sort.QUANTITY]
            span = (Run("自"), *phrase(first, view), Run("起至"), *phrase(last, view))
            return (*span, Run(f"止{length}{amount}{unit}"))
        case tree.Compare(comparison, left, right):
            return _compared(comparison if want else OPPOSITE[comparison], left, right, view)
        case _:
            return phrase(expr, view)


def _compared(comparison: Comparison, left: tree.Expr, right: tree.Expr, view: View) -> Text:
    if isinstance(right, tree.Literal) and isinstance(right.value, bool):
        truth = right.value is (comparison is comparison.EQUAL)
        return plain(_truth(words_of(phrase(left, view)), truth))
    return (*phrase(left, view), Run(READINGS[comparison][sort_of(left.type)]), *phrase(right, view))


# --- values ----------------------------------------------------------------------------------------------------


def phrase(expr: tree.Expr, view: View) -> Text:
    """A value, by its name or as it is worked out; a parameter with the number in force."""
    match expr:
        case tree.Literal(value, kind):
            return plain(value_text(value, kind))
        case tree.FactRef(fact):
            return plain(fact.name)
        case tree.ByReading():
            return phrase(view.chosen(expr), view)
        case tree.ConceptRef(concept):
            if isinstance(concept.body, tree.FactRef | tree.Literal | tree.ByReading | tree.ConceptRef):
                return phrase(concept.body, view)
            return (Run(concept.name, concept),)
        case tree.ParameterRef(parameter):
            return (Run(f"{parameter.name}（{standard(parameter, view)}）", parameter),)
        case tree.Lookup(table, keys, column):
            which = listed(words_of(phrase(key, view)) for key in keys)
            what = "标准" if column.name == table.name else column.name
            return (table_name(table), Run(f"中{which}对应的{what}"))
        case tree.Age(birth, day):
            return (Run("自"), *phrase(birth, view), Run("至"), *phrase(day, view), Run("的周岁"))
        case tree.Shift(operand, amount, unit):
            return (*phrase(operand, view), Run(f"{'之后' if amount >= 0 else '之前'}{abs(amount)}{unit}"))
        case tree.Sum(terms):
            return _chain(terms, "＋", "－", view, within=False)
        case tree.Product(factors):
            return _chain(factors, "×", "÷", view, within=True)
        case tree.Extreme(largest, operands):
            which = "较大" if largest else "较小"
            return (*joined((phrase(one, view) for one in operands), "与"), Run(f"中{which}的一个"))
        case _:
            return condition(expr, view).text


def _chain(
    parts: tuple[tuple[bool, tree.Expr], ...], sign: str, inverse: str, view: View, *, within: bool
) -> Text:
    """Parts joined by signs; a sum inside a product stands in brackets."""
    out: list[Run] = []
    for place, (inverted, part) in enumerate(parts):
        text = phrase(part, view)
        if within and isinstance(part, tree.Sum):
            text = (Run("（"), *text, Run("）"))
        if place or inverted:
            out.append(Run(inverse if inverted else sign))
        out += text
    return tuple(out)


def table_name(table: tree.Table) -> Run:
    return Run(f"「{table.name}」", table)


def standard(parameter: tree.Parameter, view: View) -> str:
    """The number in force, with its unit; or whose decision it is."""
    value = view.value(parameter)
    if value is not None:
        return value_text(value, parameter.type)
    return f"由{parameter.authority}规定" if parameter.authority else "这一天没有规定"


# --- what a rule rests on --------------------------------------------------------------------------------------


def chosen_walk(expr: tree.Expr, view: View) -> Iterator[tree.Expr]:
    """An expression and everything in it, of a reading only the option chosen."""
    yield expr
    inner = (view.chosen(expr),) if isinstance(expr, tree.ByReading) else operands_of(expr)
    for one in inner:
        yield from chosen_walk(one, view)


def readings_of(expr: tree.Expr, view: View) -> tuple[tree.Reading, ...]:
    """The readings that decide what an expression says, each once."""
    met = (one.reading for one in chosen_walk(expr, view) if isinstance(one, tree.ByReading))
    return tuple(once(met))
