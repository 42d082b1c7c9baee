"""What an expression says, whatever the words: two that differ only in writing have one form.

A form is a number that stands for a structure, so that forms are compared and sorted at no cost. In a form no
concept has a name, 且 and 或 have no order, 非 stands before single statements only, and comparisons of numbers and
dates are sums of products compared with zero (五年 and 60个月, 超过0天 and 不少于1天, 开班日期不晚于结业日期 and its
mirror image are each the same). Equal forms mean the same on every record; the reverse is not promised, and where it
matters a search decides (`proof`).
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from hypolicy.rules import tree
from hypolicy.rules.operators import Comparison
from hypolicy.rules.tables import cell_value
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hypolicy.rules.calendar import Period

Form = int
Monomial = tuple[Form, ...]
Polynomial = dict[Monomial, Fraction]
Terms = tuple[tuple[Monomial, Fraction], ...]
_ONE: Final[Monomial] = ()
_NUMERIC: Final = (NumberType, DateType)


@define
class Interner:
    """Structures and the numbers that stand for them; shared by all whose forms are to be compared.

    `atoms` are expressions that cannot be taken apart, `words` those in which a condition was first written.
    """

    _numbers: dict[tuple[Any, ...], Form] = field(factory=dict)
    structures: list[tuple[Any, ...]] = field(factory=list)
    atoms: dict[Form, tree.Expr] = field(factory=dict)
    words: dict[Form, str] = field(factory=dict)

    def form(self, *structure: Any) -> Form:
        number = self._numbers.get(structure)
        if number is None:
            number = self._numbers[structure] = len(self.structures)
            self.structures.append(structure)
        return number

    def opposite(self, form: Form) -> Form:
        structure = self.structures[form]
        match structure:
            case ("true",):
                return self.form("false")
            case ("false",):
                return self.form("true")
            case ("not", inner):
                return int(inner)
            case _:
                return self.form("not", form)


@define
class Forms:
    """Forms of the expressions of one policy.

    `names` says what readings, their options and parameters that are left open are called in the other policy, where
    they have other names here; keys are ("口径", name), ("口径", name, option) and ("参数", name).
    """

    interner: Interner = field(factory=Interner)
    names: Mapping[tuple[str, ...], str] = field(factory=dict)
    _truths: dict[tuple[int, bool], tuple[tree.Expr, Form]] = field(factory=dict)
    _tables: dict[tuple[int, str], tuple[tree.Table, Form]] = field(factory=dict)
    _cells: dict[Form, Mapping[tree.Value, frozenset[tuple[str, ...]]]] = field(factory=dict)

    # ---------------------------------------------------------------------------------------------- conditions

    def truth(self, expr: tree.Expr, holds: bool = True) -> Form:
        """The form of a condition, or of its contrary."""
        known = self._truths.get((id(expr), holds))
        if known is None:
            form = self._truth(expr, holds)
            known = self._truths[id(expr), holds] = (expr, form)
            self.interner.words.setdefault(form, expr.origin.text)
        return known[1]

    def _truth(self, expr: tree.Expr, holds: bool) -> Form:
        match expr:
            case tree.Literal(value):
                return self._known(bool(value) is holds)
            case tree.FactRef() | tree.Given() | tree.Lookup():
                return self._single(self._atom(expr), holds)
            case tree.ConceptRef(concept):
                return self.truth(concept.body, holds)
            case tree.Not(operand):
                return self.truth(operand, not holds)
            case tree.All(operands):
                return self.joined("all" if holds else "any", (self.truth(one, holds) for one in operands))
            case tree.Any(operands):
                return self.joined("any" if holds else "all", (self.truth(one, holds) for one in operands))
            case tree.OneOf(operand, labels):
                return self._one_of(operand, labels, holds)
            case tree.InTable(table, key, value):
                return self._in_table(table, key, value, holds)
            case tree.InTerm(operand, term):
                return self._in_term(operand, term, holds)
            case tree.Compare():
                return self._compare(expr, holds)
            case tree.TermLength() | tree.Within():
                return self.truth(as_comparisons(expr), holds)
            case tree.ByReading(reading, options):
                return self._by_reading(reading, [(name, self.truth(one, holds)) for name, one in options])
            case _:
                raise AssertionError(expr)  # no other expression is a condition

    def _known(self, truth: bool) -> Form:
        return self.interner.form("true" if truth else "false")

    def _single(self, form: Form, holds: bool) -> Form:
        return form if holds else self.interner.opposite(form)

    def joined(self, kind: str, parts: Iterable[Form]) -> Form:
        """`all` or `any` of these: flat, without order and repetition."""
        neutral, dominant = self._known(kind == "all"), self._known(kind != "all")
        found: set[Form] = set()
        for part in parts:
            structure = self.interner.structures[part]
            found.update(structure[1] if structure[0] == kind else (part,))
        found.discard(neutral)
        found = self._merged(kind, found)
        if dominant in found or any(self.interner.opposite(one) in found for one in found):
            return dominant
        if len(found) < 2:
            return next(iter(found), neutral)
        return self.interner.form(kind, tuple(sorted(found)))

    def _merged(self, kind: str, parts: set[Form]) -> set[Form]:
        """Lists of values of one thing drawn together: what all of them have, or what any of them has."""
        lists: dict[Form, list[frozenset[str]]] = {}
        out: set[Form] = set()
        for part in parts:
            match self.interner.structures[part]:
                case ("in", value, labels):
                    lists.setdefault(value, []).append(frozenset(labels))
                case _:
                    out.add(part)
        for value, sets in lists.items():
            chosen = frozenset.intersection(*sets) if kind == "all" else frozenset.union(*sets)
            out.add(self._listed(value, chosen))
        return out

    def _listed(self, value: Form, labels: frozenset[str]) -> Form:
        """A value is one of these; of an enumeration, all of them are no condition."""
        atom = self.interner.atoms.get(value)
        if not labels:
            return self._known(False)
        if atom is not None and isinstance(atom.type, EnumType) and labels == frozenset(atom.type.labels):
            return self._known(True)
        return self.interner.form("in", value, tuple(sorted(labels)))

    def _one_of(self, operand: tree.Expr, labels: Iterable[str], holds: bool) -> Form:
        chosen = frozenset(labels)
        if isinstance(operand.type, EnumType):
            every = frozenset(operand.type.labels)
            chosen = every & chosen if holds else every - chosen
            if chosen == every:
                return self._known(True)
            holds = True
        if not chosen:
            return self._known(not holds)
        return self._single(self.interner.form("in", self.value(operand), tuple(sorted(chosen))), holds)

    def _in_table(self, table: tree.Table, key: int, value: tree.Expr, holds: bool) -> Form:
        listed = steps((v.period.start, frozenset(row[key] for row in v.rows)) for v in table.versions)
        if len(listed) == 1:
            return self._one_of(value, listed[0][1], holds)
        contents = tuple((start, tuple(sorted(keys))) for start, keys in listed)
        return self._single(self.interner.form("listed", contents, self.value(value)), holds)

    def _in_term(self, operand: tree.Expr, term: Period, holds: bool) -> Form:
        days = [(Comparison.AT_LEAST, term.start)]
        if term.end is not None:
            days.append((Comparison.AT_MOST, term.end))
        parts = (self._linear(c, self.polynomial(operand), _constant(day), holds) for c, day in days)
        return self.joined("all" if holds else "any", parts)

    # --------------------------------------------------------------------------------------------- comparisons

    def _compare(self, expr: tree.Compare, holds: bool) -> Form:
        left, right = expr.left, expr.right
        if isinstance(left.type, BoolType):
            same = (expr.comparison is Comparison.EQUAL) is holds
            if isinstance(right, tree.Literal):
                return self.truth(left, bool(right.value) is same)
            sides = (self.truth(left), self.truth(right))
            return self._single(self.interner.form("same", *sorted(sides)), same)
        if isinstance(left.type, _NUMERIC):
            age = as_term_of_years(expr)
            if age is not None:
                return self.truth(age, holds)
            return self._linear(expr.comparison, self.polynomial(left), self.polynomial(right), holds)
        comparison = expr.comparison
        if isinstance(left, tree.Literal):
            left, right, comparison = right, left, comparison.mirrored
        if isinstance(right, tree.Literal) and isinstance(left.type, EnumType):
            return self._one_of(left, labels_where(left.type, comparison, str(right.value)), holds)
        if isinstance(right, tree.Literal):
            return self._one_of(left, [str(right.value)], (comparison is Comparison.EQUAL) is holds)
        sides = (self.value(left), self.value(right))
        if comparison in (Comparison.EQUAL, Comparison.UNEQUAL):
            equal = (comparison is Comparison.EQUAL) is holds
            return self._single(self.interner.form("same", *sorted(sides)), equal)
        comparison = comparison if holds else comparison.opposite
        if comparison in (Comparison.AT_MOST, Comparison.BELOW):
            sides, comparison = (sides[1], sides[0]), comparison.mirrored
        return self.interner.form(comparison.symbol, *sides)

    def _linear(self, comparison: Comparison, left: Polynomial, right: Polynomial, holds: bool) -> Form:
        comparison = comparison if holds else comparison.opposite
        return self.compared(comparison, plus(left, right, -1), Fraction(0))

    def compared(self, comparison: Comparison, polynomial: Polynomial, bound: Fraction) -> Form:
        """A sum against a bound: the first coefficient is one; whole numbers know no sharp edges."""
        sums = dict(polynomial)
        bound -= sums.pop(_ONE, Fraction(0))
        if not sums:
            return self._known(comparison.meaning(0, bound))
        terms = sorted(sums.items())
        leading = terms[0][1]
        if leading < 0:
            comparison = comparison.mirrored
        terms = [(monomial, coefficient / leading) for monomial, coefficient in terms]
        whole = all(c.denominator == 1 and self._whole(monomial) for monomial, c in terms)
        return self._single(*self._edge(comparison, tuple(terms), bound / leading, whole))

    def _edge(
        self,
        comparison: Comparison,
        terms: Terms,
        bound: Fraction,
        whole: bool,
    ) -> tuple[Form, bool]:
        """A sum of terms against its bound, as one of few statements or its contrary."""
        if whole and comparison in (Comparison.EQUAL, Comparison.UNEQUAL) and bound.denominator != 1:
            return self._known(True), comparison is Comparison.UNEQUAL
        if comparison is Comparison.UNEQUAL:
            return self.interner.form(Comparison.EQUAL.symbol, terms, bound), False
        if whole and comparison is not Comparison.EQUAL:
            beyond = comparison in (Comparison.ABOVE, Comparison.AT_MOST)
            least = Fraction(floor(bound) + 1 if beyond else ceil(bound))
            holds = comparison in (Comparison.ABOVE, Comparison.AT_LEAST)
            return self.interner.form(Comparison.AT_LEAST.symbol, terms, least), holds
        if comparison in (Comparison.ABOVE, Comparison.BELOW):
            return self.interner.form(comparison.opposite.symbol, terms, bound), False
        return self.interner.form(comparison.symbol, terms, bound), True

    def _whole(self, monomial: Monomial) -> bool:
        """Whether a product of atoms is always a whole number."""
        return all(_is_whole(self.interner.atoms[atom]) for atom in monomial)

    # -------------------------------------------------------------------------------------------------- values

    def value(self, expr: tree.Expr) -> Form:
        """The form of anything that is no condition."""
        if isinstance(expr.type, _NUMERIC):
            return self.number(self.polynomial(expr))
        match expr:
            case tree.Literal(value):
                return self.interner.form("text", value)
            case tree.ConceptRef(concept):
                return self.value(concept.body)
            case tree.ByReading(reading, options):
                return self._by_reading(reading, [(name, self.value(one)) for name, one in options])
            case tree.FactRef() | tree.Lookup():
                return self._atom(expr)
            case _:
                return self.truth(expr)

    def number(self, polynomial: Polynomial) -> Form:
        terms = sorted(polynomial.items())
        if len(terms) == 1 and terms[0][1] == 1 and len(terms[0][0]) == 1:
            return terms[0][0][0]
        return self.interner.form("sum", tuple(terms))

    def polynomial(self, expr: tree.Expr) -> Polynomial:
        """A number or a date as a sum of products of atoms; the atoms of a date are days."""
        match expr:
            case tree.Literal(value):
                return _constant(value)
            case tree.ConceptRef(concept):
                return self.polynomial(concept.body)
            case tree.ParameterRef(parameter) if parameter.versions:
                versions = _values(parameter)
                if len(versions) == 1:
                    return _constant(versions[0][1])
                return {(self._atom(expr),): Fraction(1)}
            case tree.Sum(terms):
                out: Polynomial = {}
                for negative, term in terms:
                    out = plus(out, self.polynomial(term), -1 if negative else 1)
                return out
            case tree.Product(factors):
                return self._product(expr, factors)
            case tree.Shift(operand, amount, unit) if unit == "天":
                return plus(self.polynomial(operand), _constant(amount))
            case tree.ByReading(reading, options):
                found = [(name, self.polynomial(one)) for name, one in options]
                if all(one == found[0][1] for _, one in found):
                    return found[0][1]
                form = self._by_reading(reading, [(name, self.number(one)) for name, one in found])
                self.interner.atoms.setdefault(form, expr)
                return {(form,): Fraction(1)}
            case _:
                return {(self._atom(expr),): Fraction(1)}

    def _product(self, expr: tree.Product, factors: Iterable[tuple[bool, tree.Expr]]) -> Polynomial:
        out = _constant(1)
        for inverse, factor in factors:
            found = self.polynomial(factor)
            if not inverse:
                out = times(out, found)
            elif constant_of(found):
                out = times(out, {_ONE: 1 / found[_ONE]})
            else:
                form = self.interner.form("inverse", self.number(found))
                self.interner.atoms.setdefault(form, expr)
                out = times(out, {(form,): Fraction(1)})
        return out

    def _atom(self, expr: tree.Expr) -> Form:
        """What cannot be taken apart."""
        form = self._atom_form(expr)
        self.interner.atoms.setdefault(form, expr)
        return form

    def _atom_form(self, expr: tree.Expr) -> Form:
        form = self.interner.form
        match expr:
            case tree.FactRef(fact):
                return form("fact", fact.record, fact.name)
            case tree.Given(fact):
                return form("given", fact.record, fact.name)
            case tree.ParameterRef(parameter) if parameter.versions:
                return form("parameter", tuple(_values(parameter)))
            case tree.ParameterRef(parameter):
                name = self.names.get(("参数", parameter.name), parameter.name)
                return form("open", name, parameter.authority, self.bound(parameter))
            case tree.Lookup(table, keys, column):
                return form("cell", self.table(table, column), tuple(self.value(key) for key in keys))
            case tree.Shift(operand, amount, unit):
                return form("later", self.value(operand), amount * (12 if unit == "年" else 1))
            case tree.Age(birth, day):
                return form("age", self.value(birth), self.value(day))
            case tree.Extreme(largest, operands):
                return form("max" if largest else "min", tuple(sorted({self.value(one) for one in operands})))
            case _:
                raise AssertionError(expr)

    def bound(self, parameter: tree.Parameter) -> tuple[Any, ...]:
        return () if parameter.bound is None else (parameter.bound[0].symbol, parameter.bound[1])

    def table(self, table: tree.Table, column: tree.Column) -> Form:
        """What a look-up in a column can find, uplifts of the table applied."""
        known = self._tables.get((id(table), column.name))
        if known is None:
            versions = [
                (
                    version.period.start,
                    frozenset(
                        (key, cell_value(table, row, column.index)) for key, row in version.rows.items()
                    ),
                )
                for version in table.versions
            ]
            form = self.interner.form("table", tuple(steps(versions)))
            known = self._tables[id(table), column.name] = (table, form)
        return known[1]

    def has_row(self, lookup: tree.Lookup) -> Form:
        """That the table has a row for a look-up; of a table with one version."""
        rows = frozenset(key for version in lookup.table.versions for key in version.rows)
        return self.interner.form("row", tuple(self.value(key) for key in lookup.keys), rows)

    def cells(self, table: Form) -> Mapping[tree.Value, frozenset[tuple[str, ...]]]:
        """The values that a column of a table with one version has, and the rows that have each."""
        if table not in self._cells:
            _, versions = self.interner.structures[table]
            found: dict[tree.Value, set[tuple[str, ...]]] = {}
            for _, rows in versions:
                for key, value in rows:
                    found.setdefault(value, set()).add(key)
            self._cells[table] = {value: frozenset(keys) for value, keys in sorted(found.items())}
        return self._cells[table]

    def _by_reading(self, reading: tree.Reading, options: list[tuple[str, Form]]) -> Form:
        if len({form for _, form in options}) == 1:
            return options[0][1]
        return self.interner.form(
            "reading", self.reading(reading), tuple(sorted(self.option(reading, options)))
        )

    def reading(self, reading: tree.Reading) -> str:
        return self.names.get(("口径", reading.name), reading.name)

    def option(self, reading: tree.Reading, options: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """Options under the names that they have in the other policy."""
        return [(self.names.get(("口径", reading.name, name), name), what) for name, what in options]


# --- polynomials -----------------------------------------------------------------------------------------------


def plus(left: Polynomial, right: Polynomial, sign: int = 1) -> Polynomial:
    out = dict(left)
    for monomial, coefficient in right.items():
        total = out.get(monomial, Fraction(0)) + sign * coefficient
        if total:
            out[monomial] = total
        else:
            out.pop(monomial, None)
    return out


def times(left: Polynomial, right: Polynomial) -> Polynomial:
    out: Polynomial = {}
    for one, a in left.items():
        for other, b in right.items():
            out = plus(out, {tuple(sorted((*one, *other))): a * b})
    return out


def constant_of(polynomial: Polynomial) -> Fraction | None:
    """The number that it is, or None where it depends on something."""
    return polynomial.get(_ONE, Fraction(0)) if set(polynomial) <= {_ONE} else None


def with_value(polynomial: Polynomial, atom: Form, value: Fraction) -> Polynomial:
    """The polynomial with a number in the place of an atom."""
    out: Polynomial = {}
    for monomial, coefficient in polynomial.items():
        left = tuple(one for one in monomial if one != atom)
        factor = value ** (len(monomial) - len(left))
        if coefficient * factor:
            out = plus(out, {left: coefficient * factor})
    return out


def _constant(value: tree.Value) -> Polynomial:
    number = Fraction(value.toordinal() if isinstance(value, date) else value)
    return {_ONE: number} if number else {}


# --- what a comparison says in other words ---------------------------------------------------------------------


def as_comparisons(expr: tree.TermLength | tree.Within) -> tree.Expr:
    """A term between two days, or a day within a term, as comparisons of days.

    A term from A to B, both included, compares with n months (or days) as the day after B does with the day n months
    (or days) after A.
    """
    origin = expr.origin
    match expr:
        case tree.Within(operand, start, amount, unit):
            latest = tree.Shift(start, amount, unit, origin)
            return tree.All(
                (
                    tree.Compare(Comparison.AT_LEAST, operand, start, origin),
                    tree.Compare(Comparison.AT_MOST, operand, latest, origin),
                ),
                origin,
            )
        case tree.TermLength(first, last, comparison, amount, unit):
            after = tree.Shift(last, 1, "天", origin)
            reached = tree.Shift(first, amount, unit, origin)
            return tree.Compare(comparison, after, reached, origin)


def as_term_of_years(expr: tree.Compare) -> tree.Expr | None:
    """An age compared with a number of years, as a comparison of the day with a birthday; None where it is not one."""
    left, right, comparison = expr.left, expr.right, expr.comparison
    if isinstance(left, tree.Literal):
        left, right, comparison = right, left, comparison.mirrored
    while isinstance(left, tree.ConceptRef):
        left = left.concept.body
    if not isinstance(left, tree.Age) or not isinstance(right, tree.Literal):
        return None
    bound = Fraction(right.value)  # type: ignore[arg-type]
    if comparison in (Comparison.EQUAL, Comparison.UNEQUAL):
        return None
    years = ceil(bound) if comparison in (Comparison.AT_LEAST, Comparison.BELOW) else floor(bound) + 1
    old_enough = comparison in (Comparison.AT_LEAST, Comparison.ABOVE)
    if years <= 0:
        return tree.Literal(old_enough, expr.type, expr.origin)
    birthday = tree.Shift(left.birth, years, "年", expr.origin)
    side = Comparison.AT_LEAST if old_enough else Comparison.BELOW
    return tree.Compare(side, left.day, birthday, expr.origin)


def labels_where(kind: EnumType, comparison: Comparison, label: str) -> list[str]:
    """The labels that compare so with one of them."""
    rank = kind.labels.index(label)
    return [one for i, one in enumerate(kind.labels) if comparison.meaning(i, rank)]


def _is_whole(atom: tree.Expr) -> bool:
    kind = atom.type
    return isinstance(kind, DateType) or (isinstance(kind, NumberType) and kind.whole)


# --- versions --------------------------------------------------------------------------------------------------


def steps(versions: Iterable[tuple[date, Any]]) -> list[tuple[date, Any]]:
    """Versions by their first days, drawn together where nothing changes.

    The first one holds however early the day is: the evaluator says so, and no rule asks before the term.
    """
    out: list[tuple[date, Any]] = []
    for content, group in groupby(versions, key=lambda version: version[1]):
        start = next(group)[0]
        out.append((start if out else date.min, content))
    return out


def _values(parameter: tree.Parameter) -> list[tuple[date, Fraction]]:
    return steps((version.period.start, version.value) for version in parameter.versions)
