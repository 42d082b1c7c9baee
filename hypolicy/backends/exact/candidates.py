"""The values that a fact might have instead: those just across an edge of the rules.

A label, a truth or a text of a table is simply another one. A day or a number has too many others; what matters of
them are the values at which some comparison of the rules turns over, and these are found by asking the comparison
itself, so that whatever is added, shifted or multiplied in it needs no inverse.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen

from hypolicy.backends.exact.compile import Compiler
from hypolicy.backends.exact.observe import FAILURES
from hypolicy.rules import tree
from hypolicy.rules.facts import expressions_of, has_versions, is_given, parts
from hypolicy.rules.operators import Comparison
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.types import BoolType, DateType, EnumType, NumberType, TextType
from hypolicy.source.limits import MAX_COUNT, MAX_MONEY_FEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypolicy.backends.exact.compile import Day, Function, Record
    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.types import Type

_FARTHEST: Final[dict[type, int]] = {date: 1 << 16, int: MAX_COUNT, Fraction: MAX_MONEY_FEN}
_BOTH_WAYS: Final = (Comparison.AT_LEAST, Comparison.AT_MOST)


def chosen_walk(expr: tree.Expr, settings: Settings) -> Iterator[tree.Expr]:
    """An expression and everything in it, of each reading only the option that is chosen."""
    stack = [expr]
    while stack:
        current = stack.pop()
        yield current
        if isinstance(current, tree.ByReading):
            stack.append(dict(current.options)[settings.option(current.reading)])
        else:
            stack.extend(reversed(parts(current)))


def chosen_facts(expr: tree.Expr, settings: Settings) -> dict[str, tree.Fact]:
    """The facts that an expression reads under the readings chosen."""
    nodes = chosen_walk(expr, settings)
    return {node.fact.name: node.fact for node in nodes if isinstance(node, tree.FactRef | tree.Given)}


@frozen
class _Edge:
    """A test that turns over once as a fact of it rises, and whether the governing date matters to it."""

    test: Function
    dated: bool


@define
class Candidates:
    """Other values of the facts of a benefit. `telling` are facts whose limits would tell a personal one."""

    policy: tree.Policy
    benefit: tree.Benefit
    kind: tree.RecordKind
    settings: Settings
    telling: set[str] = field(factory=set)
    _edges: dict[str, list[_Edge]] = field(factory=dict)
    _texts: dict[str, list[str]] = field(factory=dict)
    _tables: dict[str, list[tuple[tree.Table, int]]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        exprs = [*expressions_of(self.benefit), *(v.condition for v in self.kind.validations)]
        for expr in exprs:
            for node in chosen_walk(expr, self.settings):
                self._learn(node)
        for case in self.benefit.cases:
            zero = tree.Literal(Fraction(0), case.amount.type, case.origin)
            self._edge(tree.Compare(Comparison.ABOVE, case.amount, zero, case.origin))

    # ---------------------------------------------------------------------------------------------- learning

    def _learn(self, node: tree.Expr) -> None:
        match node:
            case tree.Compare(comparison, left, right, origin):
                if isinstance(left.type, DateType | NumberType):
                    both = comparison in (Comparison.EQUAL, Comparison.UNEQUAL)
                    for one in _BOTH_WAYS if both else (comparison,):
                        self._edge(tree.Compare(one, left, right, origin))
                for side, other in ((left, right), (right, left)):
                    if isinstance(side, tree.FactRef) and isinstance(other, tree.Literal):
                        self._texts.setdefault(side.fact.name, []).append(str(other.value))
            case tree.InTerm(operand, term, origin):
                self._edge(_compared(Comparison.AT_LEAST, operand, term.start, origin))
                if term.end is not None:
                    self._edge(_compared(Comparison.AT_MOST, operand, term.end, origin))
            case tree.Within(operand, start, amount, unit, origin):
                self._edge(tree.Compare(Comparison.AT_LEAST, operand, start, origin))
                latest = tree.Shift(start, amount, unit, origin)
                self._edge(tree.Compare(Comparison.AT_MOST, operand, latest, origin))
            case tree.TermLength(comparison=comparison):
                both = comparison in (Comparison.EQUAL, Comparison.UNEQUAL)
                for one in _BOTH_WAYS if both else (comparison,):
                    self._edge(evolve(node, comparison=one))
            case tree.InTable(table, key, tree.FactRef(fact)):
                self._tables.setdefault(fact.name, []).append((table, key))
            case tree.Lookup(table, keys):
                for place, key_expr in enumerate(keys):
                    if isinstance(key_expr, tree.FactRef):
                        self._tables.setdefault(key_expr.fact.name, []).append((table, place))
            case _:
                pass

    def _edge(self, expr: tree.Expr) -> None:
        facts = chosen_facts(expr, self.settings)
        if any(fact.personal for fact in facts.values()):
            # Where such a test turns over would tell the personal fact.
            self.telling |= set(facts)
            return
        edge = _Edge(Compiler(self.settings, complete=False).function(expr), has_versions(expr))
        for name in facts:
            self._edges.setdefault(name, []).append(edge)

    # ---------------------------------------------------------------------------------------------- values

    def weight(self, fact: tree.Fact) -> int:
        """About how many other values a fact has."""
        match fact.type:
            case BoolType():
                return 1
            case EnumType(labels=labels):
                return len(labels)
            case TextType():
                return 2 + sum(
                    len(self._keys(table, place)) for table, place in self._tables.get(fact.name, ())
                )
            case _:
                return 2 + 2 * len(self._edges.get(fact.name, ()))

    def others(self, fact: tree.Fact, record: Record, day: Day) -> list[Any]:
        """Values instead of the present one; None stands for not given. Personal facts are never touched."""
        if fact.personal:
            return []
        current = record[fact.index]
        found: list[Any] = []
        match fact.type:
            case BoolType():
                found = [True, False]
            case EnumType(labels=labels):
                found = list(labels)
            case TextType():
                found = list(self._other_texts(fact))
            case DateType() | NumberType():
                found = self._across(fact, record, day)
            case _:
                return []
        if fact.optional:
            found.append(None)
        return [value for value in dict.fromkeys(found) if value != current]

    def _other_texts(self, fact: tree.Fact) -> Iterator[str]:
        yield from self._texts.get(fact.name, ())
        for table, place in self._tables.get(fact.name, ()):
            yield from self._keys(table, place)
            yield outside(table, fact)

    def _keys(self, table: tree.Table, place: int) -> list[str]:
        versions = self.settings.tables.get(table.name, table.versions)
        return list(dict.fromkeys(key[place] for version in versions for key in version.rows))

    def table_of(self, fact: tree.Fact, values: Sequence[Any]) -> tuple[str, bool]:
        """The table whose keys these values are, or (True) none of whose keys."""
        if not isinstance(fact.type, TextType):
            return "", False
        for table, place in self._tables.get(fact.name, ()):
            if all(value in self._keys(table, place) for value in values):
                return table.name, False
            if list(values) == [outside(table, fact)]:
                return table.name, True
        return "", False

    def _across(self, fact: tree.Fact, record: Record, day: Day) -> list[Any]:
        """The values at which a comparison turns over, seen from the present one, or from those of other facts."""
        current = record[fact.index]
        bases = [current] if is_given(current) else self._bases(fact, record)
        found: list[Any] = [] if is_given(current) else list(bases)
        for edge in self._edges.get(fact.name, ()):
            if edge.dated and day is None:
                continue
            for base in bases:
                found += turning_points(_varied(edge.test, fact, record, day), base)
        return found

    def _bases(self, fact: tree.Fact, record: Record) -> list[Any]:
        """Where to look from when a fact is not given."""
        if isinstance(fact.type, NumberType):
            return [0 if fact.type.whole else Fraction(0)]
        days = [value for value in record if isinstance(value, date)]
        return [max(days, default=self.policy.term.start), self.policy.term.start]


def outside(table: tree.Table, fact: tree.Fact) -> str:
    """A text that is no key of a table."""
    return Sentence.OUTSIDE_KEY(table=table.name, fact=fact.name)


def _compared(comparison: Comparison, operand: tree.Expr, day: date, origin: tree.Origin) -> tree.Compare:
    return tree.Compare(comparison, operand, tree.Literal(day, operand.type, origin), origin)


def _varied(test: Function, fact: tree.Fact, record: Record, day: Day) -> Callable[[Any], bool | None]:
    """A test as a function of one fact; None where it cannot be asked."""
    row = list(record)

    def varied(value: Any) -> bool | None:
        row[fact.index] = value
        try:
            return bool(test(row, day))
        except tuple(FAILURES):
            return None

    return varied


# --- searching along a line ------------------------------------------------------------------------------------


def turning_points(test: Callable[[Any], bool | None], base: Any) -> list[Any]:
    """The nearest value above and below the base where a test gives otherwise than at the base."""
    at_base = test(base)
    if at_base is None:
        return []
    found = []
    for step in (1, -1):
        last = last_alike(lambda value: test(value) == at_base, base, step)
        if last is not None:
            found.append(moved(last, step))
    return found


def last_alike(alike: Callable[[Any], bool], base: Any, step: int) -> Any:
    """The last value in a direction up to which a test holds as at the base; None where it holds without end."""
    farthest = _FARTHEST[type(base)]
    near, stride = 0, 1
    while stride <= farthest:
        value = moved(base, step * stride)
        if value is None:
            return None
        if not alike(value):
            break
        near, stride = stride, stride * 2
    else:
        return None
    far = stride
    while far - near > 1:
        middle = (near + far) // 2
        value = moved(base, step * middle)
        if value is not None and alike(value):
            near = middle
        else:
            far = middle
    return moved(base, step * near)


def moved(value: Any, steps: int) -> Any:
    """A day, a whole number or an amount so many days, ones or hundredths on; None beyond the ends."""
    match value:
        case date():
            ordinal = value.toordinal() + steps
            in_calendar = date.min.toordinal() <= ordinal <= date.max.toordinal()
            return date.fromordinal(ordinal) if in_calendar else None
        case int():
            return value + steps if value + steps >= 0 else None
        case _:
            amount = value + Fraction(steps, 100)
            return amount if amount >= 0 else None


def distance(kind: Type, before: Any, after: Any) -> int:
    """How large a change is, so that the nearest can be told first."""
    if after is None:
        return 400
    match kind:
        case DateType():
            return abs((after - before).days) if is_given(before) else 30
        case NumberType():
            return int(abs(after - (before if is_given(before) else 0)))
        case EnumType(labels=labels, ordered=True) if is_given(before):
            return 30 * abs(labels.index(after) - labels.index(before))
        case TextType():
            return 90
        case _:
            return 30
