"""Expressions to functions: the definition of what each node means, on exact numbers.

A function takes a record (values by the index of the fact; None where not given) and the governing date, and
gives a value. Readings, parameters and tables are chosen once, when it is made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn, assert_never

from attrs import define, field

from hypolicy.rules import calendar, tree
from hypolicy.rules.facts import UNANSWERED, is_given
from hypolicy.rules.operators import Comparison
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.tables import cell_value
from hypolicy.rules.types import EnumType

if TYPE_CHECKING:
    from hypolicy.rules.outcome import Settings

Record = Sequence[Any]
Day = date | None
Function = Callable[[Record, Day], Any]


class MissingRowError(Exception):
    """A table has no row with these keys: the case that asks is denied."""

    def __init__(self, table: str, keys: tuple[str, ...]) -> None:
        super().__init__(table)
        self.table = table
        self.keys = keys


class MissingFactError(Exception):
    """A fact that a rule needs is not given: the item is pending."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.words = Sentence.LACKS_FACT(fact=fact)


class MissingDayError(MissingFactError):
    """Which version is in force cannot be told, because a fact that tells the governing date is not given."""

    def __init__(self) -> None:
        super().__init__("适用日")


class NotFixedError(MissingFactError):
    """A parameter that is left to an authority has no value yet: the item is pending."""

    def __init__(self, parameter: tree.Parameter) -> None:
        super().__init__(parameter.name)
        self.words = Sentence.NOT_FIXED(parameter=parameter.name, authority=parameter.authority)


@define
class Compiler:
    """Makes functions under one choice of settings.

    With `complete` every record is known to give every fact that is not optional, and the checker has proved that
    no other is read where it is not given: nobody asks again. Otherwise whatever needs a fact that is not given
    has no value (MissingFactError), unless the facts that are given settle it whatever that fact may be.
    """

    settings: Settings
    complete: bool = True
    # By identity: editions of a policy may have different concepts of one name.
    _concepts: dict[int, Function] = field(factory=dict)

    def function(self, expr: tree.Expr) -> Function:
        match expr:
            case tree.Literal(value):
                return lambda r, d: value
            case tree.FactRef(fact):
                return self.fact(fact)
            case tree.ConceptRef(concept):
                if id(concept) not in self._concepts:
                    self._concepts[id(concept)] = self.function(concept.body)
                return self._concepts[id(concept)]
            case tree.ParameterRef(parameter):
                return self.parameter(parameter)
            case tree.Lookup():
                return self.lookup(expr)
            case tree.InTable():
                return self.in_table(expr)
            case tree.Given(fact):
                return self.given(fact)
            case tree.Not(operand):
                inner = self.function(operand)
                return lambda r, d: not inner(r, d)
            case tree.All(operands):
                every = _all if self.complete else _all_known
                return every([self.function(operand) for operand in operands])
            case tree.Any(operands):
                some = _any if self.complete else _any_known
                return some([self.function(operand) for operand in operands])
            case tree.Compare():
                return self.compare(expr)
            case tree.OneOf(operand, labels):
                inner, chosen = self.function(operand), frozenset(labels)
                return lambda r, d: inner(r, d) in chosen
            case tree.InTerm(operand, term):
                inner = self.function(operand)
                first, last = term.start, term.end or date.max
                return lambda r, d: first <= inner(r, d) <= last
            case tree.Within(operand, start, amount, unit):
                return self.within(self.function(operand), self.function(start), amount, unit)
            case tree.Age(birth, day):
                born, on = self.function(birth), self.function(day)
                return lambda r, d: calendar.completed_years(born(r, d), on(r, d))
            case tree.TermLength():
                return self.term_length(expr)
            case tree.Shift(operand, amount, unit):
                inner, shift = self.function(operand), shifting(amount, unit)
                return lambda r, d: shift(inner(r, d))
            case tree.Sum(terms):
                signed = [(negative, self.function(term)) for negative, term in terms]
                return lambda r, d: sum(-f(r, d) if negative else f(r, d) for negative, f in signed)
            case tree.Product(factors):
                return _product([(inverse, self.function(factor)) for inverse, factor in factors])
            case tree.Extreme(largest, operands):
                choose, inners = (max if largest else min), [self.function(operand) for operand in operands]
                return lambda r, d: choose(f(r, d) for f in inners)
            case tree.ByReading(reading, options):
                return self.function(dict(options)[self.settings.option(reading)])
            case _:
                assert_never(expr)

    def fact(self, fact: tree.Fact) -> Function:
        index = fact.index
        if self.complete:
            return lambda r, d: r[index]

        def known(r: Record, d: Day) -> Any:
            value = r[index]
            if not is_given(value):
                raise MissingFactError(fact.name)
            return value

        return known

    def given(self, fact: tree.Fact) -> Function:
        index = fact.index
        if self.complete:
            return lambda r, d: r[index] is not None

        def known(r: Record, d: Day) -> bool:
            if r[index] is UNANSWERED:
                raise MissingFactError(fact.name)
            return r[index] is not None

        return known

    def parameter(self, parameter: tree.Parameter) -> Function:
        if parameter.name in self.settings.parameters:
            fixed = self.settings.parameters[parameter.name]
            return lambda r, d: fixed
        if not parameter.versions:
            return lambda r, d: _not_fixed(parameter)
        starts = [version.period.start for version in parameter.versions]
        values = [version.value for version in parameter.versions]
        if len(values) == 1:
            only = values[0]
            return lambda r, d: only
        return lambda r, d: values[_version(starts, d)]

    # ------------------------------------------------------------------------------------------------ tables

    def dated(self, table: tree.Table, content: Callable[[tree.TableVersion], Any]) -> Callable[[Day], Any]:
        """The content of the version in force on a date."""
        versions = self.settings.versions(table)
        contents = [content(version) for version in versions]
        if len(contents) == 1:
            only = contents[0]
            return lambda d: only
        starts = [version.period.start for version in versions]
        return lambda d: contents[_version(starts, d)]

    def lookup(self, expr: tree.Lookup) -> Function:
        table, column = expr.table, expr.column.index
        keys = [self.function(key) for key in expr.keys]

        def cells(version: tree.TableVersion) -> dict[tuple[str, ...], Any]:
            return {key: cell_value(table, row, column) for key, row in version.rows.items()}

        rows_on = self.dated(table, cells)

        def cell(r: Record, d: Day) -> Any:
            key = tuple([f(r, d) for f in keys])
            try:
                return rows_on(d)[key]
            except KeyError:
                raise MissingRowError(table.name, key) from None

        return cell

    def in_table(self, expr: tree.InTable) -> Function:
        index, value = expr.key, self.function(expr.value)
        values_on = self.dated(expr.table, lambda version: frozenset(key[index] for key in version.rows))
        return lambda r, d: value(r, d) in values_on(d)

    # ----------------------------------------------------------------------------------------- comparisons

    def compare(self, expr: tree.Compare) -> Function:
        left, right = self.function(expr.left), self.function(expr.right)
        kind = expr.left.type
        meaning = expr.comparison.meaning
        if isinstance(kind, EnumType) and expr.comparison not in (Comparison.EQUAL, Comparison.UNEQUAL):
            rank = {label: index for index, label in enumerate(kind.labels)}
            return lambda r, d: meaning(rank[left(r, d)], rank[right(r, d)])
        if isinstance(expr.right, tree.Literal):
            constant = expr.right.value
            return lambda r, d: meaning(left(r, d), constant)
        return lambda r, d: meaning(left(r, d), right(r, d))

    def within(self, day: Function, start: Function, amount: int, unit: str) -> Function:
        shift = shifting(amount, unit)
        return lambda r, d: start(r, d) <= day(r, d) <= shift(start(r, d))

    def term_length(self, expr: tree.TermLength) -> Function:
        first, last = self.function(expr.first), self.function(expr.last)
        reached = term_reaches(expr.comparison, expr.amount, expr.unit)
        return lambda r, d: reached(first(r, d), last(r, d))


def _not_fixed(parameter: tree.Parameter) -> NoReturn:
    raise NotFixedError(parameter)


def _version(starts: list[date], day: Day) -> int:
    """The version in force. The checker has proved that the day, if known, lies in the term."""
    if day is None:
        raise MissingDayError
    return max(bisect_right(starts, day) - 1, 0)


def shifting(amount: int, unit: str) -> Callable[[date], date]:
    """The day so many days, months or years later."""
    if unit == "天":
        return lambda day: calendar.add_days(day, amount)
    months = amount * (12 if unit == "年" else 1)
    return lambda day: calendar.add_months(day, months)


def term_reaches(comparison: Comparison, amount: int, unit: str) -> Callable[[date, date], bool]:
    """How a term of two days, both included, compares with a number of days, months or years."""
    if unit == "天":
        meaning = comparison.meaning
        return lambda first, last: meaning((last - first).days + 1, amount)
    months = amount * (12 if unit == "年" else 1)
    reaches, exceeds = calendar.reaches_months, calendar.exceeds_months
    match comparison:
        case Comparison.AT_LEAST:
            return lambda first, last: reaches(first, last, months)
        case Comparison.ABOVE:
            return lambda first, last: exceeds(first, last, months)
        case Comparison.AT_MOST:
            return lambda first, last: not exceeds(first, last, months)
        case Comparison.BELOW:
            return lambda first, last: not reaches(first, last, months)
        case Comparison.EQUAL:
            return lambda first, last: reaches(first, last, months) and not exceeds(first, last, months)
        case Comparison.UNEQUAL:
            return lambda first, last: exceeds(first, last, months) or not reaches(first, last, months)
        case _:
            assert_never(comparison)


def _all(functions: list[Function]) -> Function:
    if len(functions) == 2:
        first, second = functions
        return lambda r, d: first(r, d) and second(r, d)

    def every(r: Record, d: Day) -> bool:
        for function in functions:  # noqa: SIM110 - a loop is twice as fast as a generator here
            if not function(r, d):
                return False
        return True

    return every


def _any(functions: list[Function]) -> Function:
    if len(functions) == 2:
        first, second = functions
        return lambda r, d: first(r, d) or second(r, d)

    def some(r: Record, d: Day) -> bool:
        for function in functions:  # noqa: SIM110 - a loop is twice as fast as a generator here
            if function(r, d):
                return True
        return False

    return some


def _all_known(functions: list[Function]) -> Function:
    """且 where facts may be missing: what fails decides, whatever an operand before it would have been."""
    return lambda r, d: not _settled(functions, r, d, False)


def _any_known(functions: list[Function]) -> Function:
    """或 where facts may be missing: what holds decides, whatever an operand before it would have been."""
    return lambda r, d: _settled(functions, r, d, True)


def _settled(functions: list[Function], record: Record, day: Day, decisive: bool) -> bool:
    """Whether some operand is `decisive`, asked in order; MissingFactError where that is not known.

    An operand without a row, or divided by zero, ends the matter only where no fact before it is missing: that fact
    might have settled it first.
    """
    missing: MissingFactError | None = None
    for function in functions:
        try:
            if bool(function(record, day)) is decisive:
                return True
        except MissingFactError as error:
            missing = missing or error
        except (MissingRowError, ZeroDivisionError):
            if missing is None:
                raise
            break
    if missing is not None:
        raise missing
    return False


def _product(factors: list[tuple[bool, Function]]) -> Function:
    if len(factors) == 2 and not factors[0][0] and not factors[1][0]:
        (_, first), (_, second) = factors
        return lambda r, d: first(r, d) * second(r, d)

    def product(r: Record, d: Day) -> Fraction:
        out = Fraction(1)
        for inverse, function in factors:
            value = function(r, d)
            if inverse and value == 0:
                raise ZeroDivisionError
            out = out / value if inverse else out * value
        return out

    return product
